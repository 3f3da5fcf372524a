"""Repeats: earlier traces that come back blind, so that an expert's agreement with themselves can be measured."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random

from lib.records import Label, UsageError
from lib.store import experts
from lib.store.database import Store
from lib.store.given import PLACE

LEAST, MOST = 0.05, 0.1  # of the labels an expert gives
APART = 20  # labels between a label and its repeat at the least
_LOOKED_AT = 200  # labels from a random place on, so that choosing costs the same at any size


@dataclass(frozen=True)
class Repeat:
    """The label that counted when the repeat was given, and the repeat."""

    first: Label
    second: Label


def settings(store: Store) -> tuple[float, float]:
    """(share of an expert's labels that are repeats, hours before a trace comes back at the earliest)."""
    return tuple(store.row("select repeat_share, repeat_after_hours from projects where id = :project"))


def set_share(store: Store, share: float, hours: float) -> None:
    """Changes how many earlier traces come back, and when at the earliest; a share of 0 switches it off."""
    if share and not LEAST <= share <= MOST:
        raise UsageError(f"The share of repeats is 0 (off) or from {LEAST:.0%} to {MOST:.0%}: fewer measure nothing, "
                         "more take the expert's time from new traces.")
    if not 0 <= hours <= 24 * 365:
        raise UsageError("The hours before a trace comes back are from 0 to 8,760, which is a year.")
    store.execute("update projects set repeat_share = :share, repeat_after_hours = :hours where id = :project",
                  share=share, hours=hours)


def due(store: Store, expert: str) -> str | None:
    """The id of the trace that comes back now to this expert, or None; the same until another label is given.

    Between two repeats lies a number of labels that is random around 1 / share: nobody can count along, and a
    pause is not followed by a heap of repeats.
    """
    share, hours = settings(store)
    person = store.value("select id from experts where project = :project and name = :expert", expert=expert)
    newest = person and store.value("select max(id) from labels where expert = :expert", expert=person)
    if not share or not newest:
        return None
    # By its own index: the few repeats are read, not all labels from the newest back to the last repeat.
    last = store.value("""select coalesce(max(id), 0) from labels indexed by repeats_of_expert
        where expert = :expert and purpose = 'repeat'""", expert=person)
    wait = Random(f"{person} {last}").randint(round(0.5 / share), round(1.5 / share)) - 1
    if _labels_since(store, person, last, wait) < wait:
        return None
    before = (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="milliseconds")
    return _choose(store, person, newest, before.replace("+00:00", "Z"))


def _labels_since(store: Store, person: int, last: int, enough: int) -> int:
    return store.value("""select count(*) from (select 1 from labels where expert = :expert and id > :last
        limit :enough)""", expert=person, last=last, enough=enough)


def _choose(store: Store, person: int, newest: int, before: str) -> str | None:
    oldest = store.value("select min(id) from labels where expert = :expert", expert=person)
    start = Random(f"{person} {newest}").randint(oldest, newest)
    return _from(store, person, start, before) or _from(store, person, oldest, before)


def _from(store: Store, person: int, start: int, before: str) -> str | None:
    """The first label from here on that may be repeated: it counts, is complete, old enough and never repeated."""
    return store.value("""
        with some as (select * from labels where expert = :expert and id >= :start
            and id < (select id from labels where expert = :expert order by id desc limit 1 offset :apart - 1)
            order by id limit :looked_at)
        select t.trace_id from some l join traces t on t.id = l.trace
        where t.project = :project and t.id not in (select trace from archived_traces)
        and l.purpose = 'label' and l.mode <> 'shadow' and trim(l.critique) <> ''
        and l.created_at <= :before
        and not exists (select 1 from labels n where n.trace = l.trace and n.expert = l.expert
            and (n.purpose = 'repeat' or n.id > l.id))
        order by l.id limit 1""", expert=person, start=start, apart=APART, looked_at=_LOOKED_AT, before=before)


def pairs(store: Store, expert: str) -> list[Repeat]:
    """Every repeat of this expert with the label that counted when it was given, newest first."""
    rows = store.rows("""select t.trace_id, a.outcome as outcome1, a.critique as critique1, a.created_at as at1,
            a.id as key1, b.outcome as outcome2, b.critique as critique2, b.created_at as at2, b.id as key2
        from labels b indexed by repeats_of_expert join traces t on t.id = b.trace
        join labels a on a.id = (select l.id from labels l where l.trace = b.trace and l.expert = b.expert
            and l.purpose <> 'repeat' and case when b.id < 0 then l.created_at < b.created_at else l.id < b.id end
            order by """ + PLACE + """ desc, l.created_at desc limit 1)
        where t.project = :project and b.purpose = 'repeat' and b.expert = :expert
        and b.trace not in (select trace from archived_traces) order by b.id desc""",
                      expert=experts.row_of(store, expert))
    return [Repeat(*(Label(row["trace_id"], expert, *(row[f"{name}{side}"] for name in (
        "outcome", "critique", "at", "key"))) for side in (1, 2))) for row in rows]


def outcomes_by_month(store: Store, expert: str) -> list[tuple[str, int, int]]:
    """(month, passes, fails) of the labels that count, one a trace, which this expert gave unaided.

    On traces drawn without looking at an outcome.
    """
    return [tuple(row) for row in store.rows("""select substr(created_at, 1, 7), sum(outcome = 'pass'),
        sum(outcome = 'fail') from current_labels where expert = :expert and purpose = 'label' and mode <> 'shadow'
        and unbiased = 1 group by 1 order by 1""", expert=experts.row_of(store, expert))]
