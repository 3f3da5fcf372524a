"""What users of the product said of traces: how it gets in, of one trace and of all; and the cycles that looked at it.

A thumb is no label. No figure of a judge and no rate reads this table; what labels and thumbs say of the same traces
is set side by side in statistics.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from lib.records import UsageError
from lib.records.feedback import Feedback
from lib.store import cycles, experts
from lib.store.database import Store

MOST_DAYS = 3_650
_HERE = """from feedback f join traces t on t.id = f.trace
    where t.project = :project and f.trace not in (select trace from archived_traces) """
_PUBLISH = """insert or ignore into main.feedback (trace, name, value, comment, who, given_at, import)
    select coalesce(s.target, :base + s.key), f.name, f.value, f.comment, f.who, f.given_at, :import
    from staged.traces s join staged.feedback f on f.trace = s.key
    where s.state <> 'conflict' and s.key > :after and s.key <= :to order by f.rowid"""


def publish(store: Store, between: Mapping[str, Any]) -> int:
    """Adds what a slice of an attached stage holds, inside the caller's transaction; returns how much was new."""
    store.execute(_PUBLISH, **between)
    return store.value("select changes()")


def of_trace(store: Store, trace_id: str) -> list[Feedback]:
    """What users said of a trace, oldest first."""
    return [Feedback(*row) for row in store.rows("""select f.name, f.value, f.comment, f.who, f.given_at
        from feedback f join traces t on t.id = f.trace where t.project = :project and t.trace_id = :id
        order by coalesce(f.given_at, f.created_at), f.id""", id=trace_id)]


def by_trace(store: Store) -> dict[int, list[Feedback]]:
    """Row number of a trace -> what users said of it, oldest first; archived traces are left out."""
    found: dict[int, list[Feedback]] = {}
    for key, *said in store.rows("select f.trace, f.name, f.value, f.comment, f.who, f.given_at " + _HERE
                                 + "order by coalesce(f.given_at, f.created_at), f.id"):
        found.setdefault(key, []).append(Feedback(*said))
    return found


def count(store: Store) -> int:
    """How many things users said of traces of this project."""
    return store.value("select count(*) " + _HERE)


def rows(store: Store) -> Iterator[dict[str, Any]]:
    """Everything that users said, a row each, for an export."""
    return map(dict, store.stream("""select t.trace_id as id, f.name, f.value, f.comment, f.who, f.given_at
        from feedback f join traces t on t.id = f.trace where t.project = :project order by f.id"""))


@dataclass(frozen=True)
class Held:
    """A label held against what users said of the same trace."""

    trace: str
    input: str
    outcome: str
    critique: str
    counts: bool  # drawn without looking at an outcome, and not begun with a judge's words
    tie: tuple[int | None, int | None]  # (session, input) that it shares with others
    said: tuple[Feedback, ...]


def held(store: Store, expert: str) -> list[Held]:
    """Every trace that has both a label of this expert and something that users said, in the order of the traces."""
    said = by_trace(store)
    return [Held(row[1], row[2], row[3], row[4], bool(row[5]), (row[6], row[7]), tuple(said[row[0]]))
            for row in store.rows("""select t.id, t.trace_id, substr(t.input, 1, 250), l.outcome, l.critique,
                l.counts, tied.session, tied.input
            from current_labels l join traces t on t.id = l.trace left join tied_traces tied on tied.trace = t.id
            where t.project = :project and l.expert = :expert order by t.id""",
                                  expert=experts.row_of(store, expert)) if row[0] in said]


def days(store: Store) -> int | None:
    """How many days lie between two looks at it; 0: none is asked for; None: nobody has said."""
    return store.value("select feedback_days from projects where id = :project")


def set_days(store: Store, wanted: int) -> None:
    """Says how often labels are held against users' feedback; 0 asks for none."""
    if not 0 <= wanted <= MOST_DAYS:
        raise UsageError(f"A schedule is 0 (none) to {MOST_DAYS:,} days, not {wanted:,}.")
    store.execute("update projects set feedback_days = :days where id = :project", days=wanted)


@dataclass(frozen=True)
class Check:
    """A cycle in which labels were held against users' feedback."""

    cycle: int
    at: str
    by: str
    reason: str
    figures: dict[str, Any]


def note(store: Store, reason: str, figures: Mapping[str, Any]) -> int:
    """Notes such a cycle, done as it is opened; returns its number."""
    with store.transaction():
        number = cycles.begin(store, cycles.SCHEDULED, reason, cycles.today().isoformat())
        store.execute("update cycles set checked = :figures where id = :id and project = :project",
                      figures=json.dumps(dict(figures)), id=number)
        cycles.close(store, number)
    return number


def checks(store: Store) -> list[Check]:
    """All of them, the newest first."""
    return [Check(*tuple(row)[:4], json.loads(row[4])) for row in store.rows("""select id, opened_at, opened_by,
        reason, checked from cycles where project = :project and checked is not null order by id desc""")]
