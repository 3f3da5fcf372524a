"""Failure modes: names given to why a trace failed; a fail may have several.

Only what a person has confirmed is counted; what a model proposed stands apart until then. How a mode came to be
what it is (merged, split, renamed) is in mode_history.py.
"""

import json
from typing import Any

from lib.records import UsageError
from lib.records.pairs import Tied
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces


def every(store: Store) -> dict[str, str]:
    """Name -> definition of every failure mode of the project that a person has confirmed."""
    rows = store.rows("""select name, definition from failure_modes
        where project = :project and confirmed and merged_into is null order by name""")
    return dict(map(tuple, rows))


def add(store: Store, name: str, definition: str = "") -> int:
    """The row of a failure mode, made where there is none; a definition given replaces the old one.

    A name that was merged away means the mode it went into; one that only a model had proposed is confirmed by this.
    """
    if not name.strip():
        raise UsageError("A failure mode needs a name.")
    with store.transaction():
        store.execute("insert or ignore into failure_modes (project, name) values (:project, :name)", name=name.strip())
        mode = store.value("""select coalesce(merged_into, id) from failure_modes
            where project = :project and name = :name""", name=name.strip())
        store.execute("""insert into failure_mode_events (failure_mode, kind, author)
            select id, 'confirmed', :person from failure_modes where id = :mode and not confirmed""", mode=mode)
        store.execute("update failure_modes set confirmed = 1, rejected_at = null where id = :mode and not confirmed",
                      mode=mode)
        if definition:
            store.execute("""insert into failure_mode_events (failure_mode, kind, detail, author)
                select id, 'redefined', json_object('definition', json_array(definition, :definition)), :person
                from failure_modes where id = :mode and definition not in ('', :definition)""",
                          definition=definition, mode=mode)
            store.execute("update failure_modes set definition = :definition where id = :mode",
                          definition=definition, mode=mode)
        return mode


def of_trace(store: Store, trace_id: str) -> list[str]:
    """The failure modes given to a trace."""
    return [row[0] for row in store.rows("""select f.name from counted_codes c
        join failure_modes f on f.id = c.failure_mode join traces t on t.id = c.trace
        where t.project = :project and t.trace_id = :id order by f.name""", id=trace_id)]


def give(store: Store, trace_id: str, names: list[str], coder: str = "") -> None:
    """Makes these the failure modes of a trace, and none of them an answer; unknown names are created.

    A mode that the trace has already keeps who named it first.
    """
    if coder:
        experts.check_own(store, coder, "codes a trace")
    with store.transaction():
        trace = traces.key_of(store, trace_id)
        modes = json.dumps(list(dict.fromkeys(add(store, name) for name in names)))
        # What only a model proposes was not there to choose: it waits on.
        store.execute("""delete from trace_failure_modes where trace = :trace
            and failure_mode not in (select value from json_each(:modes))
            and failure_mode in (select id from failure_modes where confirmed)""", trace=trace, modes=modes)
        store.execute("""insert or ignore into trace_failure_modes (trace, failure_mode)
            select :trace, value from json_each(:modes)""", trace=trace, modes=modes)
        # Who has decided on a proposal for this fail is not free of the model afterwards.
        store.execute("""insert into coded_traces (trace, coder, proposals_seen) select :trace, :coder, exists (
                select 1 from proposed_codes where trace = :trace and decision is not null)
            on conflict (trace) do update set coder = :coder, created_at = strftime('%Y-%m-%dT%H:%M:%fZ')""",
                      trace=trace, coder=coder)


_UNREAD = """
    from current_labels l join traces t on t.id = l.trace
    where t.project = :project and l.outcome = 'fail'
    and l.expert = (select id from experts where project = :project and name = :expert)
    and not exists (select 1 from decided_traces d where d.trace = l.trace)
    and (:dimension is null or t.id in (
        select trace from trace_values tv join dimension_values v on v.id = tv.value
        join dimensions d on d.id = v.dimension
        where d.project = :project and d.name = :dimension and (:value is null or v.name = :value)))
"""


def next_uncoded(store: Store, expert: str, after: str | None = None, dimension: str | None = None,
                 value: str | None = None) -> str | None:
    """The id of the next fail of this expert that no person has coded, after the one named, then from the beginning."""
    return store.value("select t.trace_id" + _UNREAD + """
        order by l.id <= (select max(a.id) from current_labels a join traces b on b.id = a.trace
            where b.project = :project and b.trace_id = :after and a.expert = l.expert), l.id
        limit 1""", expert=expert, after=after, dimension=dimension, value=value)


def uncoded(store: Store, expert: str) -> list[int]:
    """Row numbers of the fails of this expert that no person has coded, in the order they were labelled."""
    return [row[0] for row in store.rows("select t.id" + _UNREAD + "order by l.id", expert=expert,
                                         dimension=None, value=None)]


def coded_unseen(store: Store, expert: str) -> list[int]:
    """Row numbers of the fails of this expert that a person coded without a model's proposals, newest label first."""
    return [row[0] for row in store.rows("""select distinct l.trace from current_labels l
        join decided_traces d on d.trace = l.trace and not d.proposals_seen
        where l.outcome = 'fail' and l.expert = (select id from experts where project = :project and name = :expert)
        order by l.id desc""", expert=expert)]


def distribution(store: Store, expert: str) -> tuple[dict[str, int], int, int]:
    """(failure mode -> fails that have it, fails coded, fails not coded) among this expert's fails.

    A fail in which a person found no failure mode is coded too.
    """
    # The fails are found once: looked for at every code, 100,000 labels take three times as long.
    counts = store.rows("""with fails as materialized (select l.trace from current_labels l where l.outcome = 'fail'
            and l.expert = (select id from experts where project = :project and name = :expert)),
        found as (select failure_mode, count(*) as n from counted_codes
            where trace in (select trace from fails) group by failure_mode)
        select f.name, coalesce(c.n, 0) from failure_modes f left join found c on c.failure_mode = f.id
        where f.project = :project and f.confirmed and f.merged_into is null order by 2 desc, 1""", expert=expert)
    return dict(map(tuple, counts)), *progress(store, expert)


def tied(store: Store, expert: str) -> dict[str, Tied]:
    """Failure mode -> (session, input, coded fails of both that have it, those that have not, 0, 0) where any share."""
    coded: dict[tuple, int] = {}
    have: dict[str, dict[tuple, int]] = {}
    for name, session, text, n in store.rows("""with fails as materialized (
            select l.trace, tied.session, tied.input from current_labels l
            join tied_traces tied on tied.trace = l.trace where l.outcome = 'fail'
            and l.expert = (select id from experts where project = :project and name = :expert)
            and (l.trace in (select trace from counted_codes) or l.trace in (select trace from coded_traces)))
        select null, session, input, count(*) from fails group by 2, 3
        union all select f.name, s.session, s.input, count(*) from fails s join counted_codes c on c.trace = s.trace
            join failure_modes f on f.id = c.failure_mode and f.project = :project group by 1, 2, 3""", expert=expert):
        (coded if name is None else have.setdefault(name, {}))[session, text] = n
    return {name: tuple((*key, here.get(key, 0), n - here.get(key, 0), 0, 0) for key, n in coded.items())
            for name, here in have.items()}


def progress(store: Store, expert: str) -> tuple[int, int]:
    """(fails coded, fails not coded) of this expert."""
    row = store.row("""select coalesce(sum(coded), 0), coalesce(sum(not coded), 0) from (
        select l.trace in (select trace from counted_codes) or l.trace in (select trace from coded_traces) as coded
        from current_labels l join experts e on e.id = l.expert
        where e.project = :project and e.name = :expert and l.outcome = 'fail')""", expert=expert)
    return row[0], row[1]


def listing(store: Store, expert: str) -> list[dict[str, Any]]:
    """Every failure mode, whatever became of it, with what counts: id, name, definition, kind, impact, status,
    confirmed, rejected_at, merged_into (a name), fails (of this expert that have it), notes (behind it)."""
    return [dict(row) for row in store.rows("""
        with fails as materialized (select trace from current_labels where outcome = 'fail'
            and expert = (select id from experts where project = :project and name = :expert))
        select f.id, f.name, f.definition, f.kind, f.impact, f.status,
            f.confirmed, f.rejected_at, m.name as merged_into, f.example,
            (select count(*) from trace_failure_modes c where c.failure_mode = f.id
                and c.trace in (select trace from fails)) as fails,
            (select count(*) from failure_mode_notes n where n.failure_mode = f.id) as notes
        from failure_modes f left join failure_modes m on m.id = f.merged_into
        where f.project = :project order by f.confirmed desc, fails desc, f.name""", expert=expert)]


def unconfirmed(store: Store) -> list[str]:
    """The names a model proposed and no person has decided on."""
    return [row[0] for row in store.rows("""select name from failure_modes where project = :project
        and not confirmed and merged_into is null and rejected_at is null order by name""")]
