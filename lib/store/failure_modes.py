"""Failure modes: names given to why a trace failed; a fail may have several."""

from lib.records import UsageError
from lib.store import traces
from lib.store.database import Store


def every(store: Store) -> dict[str, str]:
    """Name -> definition of every failure mode of the project."""
    rows = store.rows("select name, definition from failure_modes where project = :project order by name")
    return dict(map(tuple, rows))


def add(store: Store, name: str, definition: str = "") -> int:
    """The row of a failure mode, made where there is none; a definition given replaces the old one."""
    if not name.strip():
        raise UsageError("A failure mode needs a name.")
    with store.transaction():
        store.execute("insert or ignore into failure_modes (project, name) values (:project, :name)", name=name.strip())
        if definition:
            store.execute("update failure_modes set definition = :definition where project = :project and name = :name",
                          definition=definition, name=name.strip())
        return store.value("select id from failure_modes where project = :project and name = :name", name=name.strip())


def of_trace(store: Store, trace_id: str) -> list[str]:
    """The failure modes given to a trace."""
    return [row[0] for row in store.rows("""select f.name from trace_failure_modes tf
        join failure_modes f on f.id = tf.failure_mode join traces t on t.id = tf.trace
        where t.project = :project and t.trace_id = :id order by f.name""", id=trace_id)]


def give(store: Store, trace_id: str, names: list[str]) -> None:
    """Makes these the failure modes of a trace; unknown names are created."""
    with store.transaction():
        trace = traces.key_of(store, trace_id)
        store.execute("delete from trace_failure_modes where trace = :trace", trace=trace)
        for mode in dict.fromkeys(add(store, name) for name in names):
            store.execute("insert into trace_failure_modes (trace, failure_mode) values (:trace, :mode)",
                          trace=trace, mode=mode)


def next_uncoded(store: Store, expert: str) -> str | None:
    """The id of the first fail of this expert that has no failure mode yet, or None."""
    return store.value("""select t.trace_id from current_labels l join traces t on t.id = l.trace
        join experts e on e.id = l.expert
        where t.project = :project and e.name = :expert and l.outcome = 'fail'
        and not exists (select 1 from trace_failure_modes where trace = l.trace) order by l.id limit 1""",
                       expert=expert)


def in_order_read(store: Store, expert: str) -> list[list[str]]:
    """The failure modes of each coded fail of this expert, in the order the fails were labelled."""
    found: dict[int, list[str]] = {}
    for label, name in store.rows("""select l.id, f.name from current_labels l join experts e on e.id = l.expert
            join trace_failure_modes tf on tf.trace = l.trace join failure_modes f on f.id = tf.failure_mode
            where e.project = :project and e.name = :expert and l.outcome = 'fail' order by l.id""", expert=expert):
        found.setdefault(label, []).append(name)
    return list(found.values())


def distribution(store: Store, expert: str) -> tuple[dict[str, int], int, int]:
    """(failure mode -> fails that have it, fails coded, fails not coded) among this expert's fails."""
    counts = store.rows("""select f.name, count(l.id) from failure_modes f
        left join trace_failure_modes tf on tf.failure_mode = f.id
        left join current_labels l on l.trace = tf.trace and l.outcome = 'fail'
            and l.expert = (select id from experts where project = :project and name = :expert)
        where f.project = :project group by f.id order by 2 desc, 1""", expert=expert)
    row = store.row("""select coalesce(sum(coded), 0), coalesce(sum(not coded), 0) from (
        select exists (select 1 from trace_failure_modes where trace = l.trace) as coded
        from current_labels l join experts e on e.id = l.expert
        where e.project = :project and e.name = :expert and l.outcome = 'fail')""", expert=expert)
    return dict(map(tuple, counts)), row[0], row[1]
