"""The steps of a system of several steps in their order, and of each fail the last good and the first failing one."""

import json
from dataclasses import dataclass

from lib.records import UsageError
from lib.records.words import counted
from lib.store.database import Store
from lib.store.dataset import traces

RECENT, MOST_OFFERED = 1_000, 20


@dataclass(frozen=True)
class Step:
    """One step of the system, and how many traces name it."""

    name: str
    traces: int


def every(store: Store) -> list[Step]:
    """The steps in order."""
    return [Step(*row) for row in store.rows("""select s.name, (select count(*) from failing_steps f
            where f.last_good = s.id or f.first_failing = s.id)
        from steps s where s.project = :project order by s.position, s.id""")]


def names_in(recorded: list[dict]) -> list[str]:
    """The steps of one trace by the names a matrix can use, each once: who called a model, which tool, which search."""
    found = [str(step.get("agent") or step.get("name") or "") if step.get("kind") == "model"
             else str(step.get("name") or step.get("kind") or "") for step in recorded if step.get("kind") != "agent"]
    return list(dict.fromkeys(name.strip() for name in found if name.strip()))


def recorded(store: Store) -> list[Step]:
    """Steps that traces recorded and the list does not have, in the order traces take them, with how many took each.

    Of the newest RECENT traces with steps; a system has few steps, so MOST_OFFERED of the frequent ones are enough.
    """
    places: dict[str, list[float]] = {}
    for row in store.rows("""select steps from traces where project = :project and steps is not null
            order by id desc limit :most""", most=RECENT):
        names = names_in(json.loads(row[0]))
        for place, name in enumerate(names):
            places.setdefault(name, []).append((place + 1) / (len(names) + 1))
    known = {step.name for step in every(store)}
    frequent = sorted((name for name in places if name not in known), key=lambda name: -len(places[name]))
    kept = sorted(frequent[:MOST_OFFERED], key=lambda name: sum(places[name]) / len(places[name]))
    return [Step(name, len(places[name])) for name in kept]


def add(store: Store, name: str) -> None:
    """A new last step; UsageError where there is one of this name."""
    with store.transaction():
        if _known(store, name):
            raise UsageError(f"There is a step '{name.strip()}' already.")
        store.execute("""insert into steps (project, position, name)
            select :project, coalesce(max(position), 0) + 1, :name from steps where project = :project""",
                      name=_checked(name))


def rename(store: Store, name: str, new: str) -> None:
    """Gives a step another name; fails that name it follow."""
    with store.transaction():
        key = _key(store, name)
        if new.strip() != name and _known(store, new):
            raise UsageError(f"There is a step '{new.strip()}' already.")
        store.execute("update steps set name = :new where id = :key", new=_checked(new), key=key)


def move_up(store: Store, name: str) -> None:
    """Puts a step before the one it follows; the first one stays."""
    with store.transaction():
        names = [step.name for step in every(store)]
        _key(store, name)
        place = names.index(name)
        if place:
            names[place - 1:place + 1] = [name, names[place - 1]]
        for position, one in enumerate(names, 1):
            store.execute("update steps set position = :position where project = :project and name = :name",
                          position=position, name=one)


def remove(store: Store, name: str) -> None:
    """Takes away a step that no trace names; UsageError where one does."""
    with store.transaction():
        key = _key(store, name)
        used = next(step.traces for step in every(store) if step.name == name)
        if used:
            raise UsageError(f"{counted(used, 'trace names', 'traces name')} the step '{name}': give them other steps "
                             "first, or rename it.")
        store.execute("delete from steps where id = :key", key=key)


def _checked(name: str) -> str:
    if not name.strip():
        raise UsageError("A step needs a name.")
    return name.strip()


def _known(store: Store, name: str) -> int | None:
    return store.value("select id from steps where project = :project and name = :name", name=name.strip())


def _key(store: Store, name: str) -> int:
    key = _known(store, name)
    if key is None:
        raise UsageError(f"There is no step '{name}'. Steps: "
                         f"{', '.join(step.name for step in every(store)) or 'none yet'}.")
    return key


def give(store: Store, trace_id: str, last_good: str | None, first_failing: str) -> None:
    """Says of a trace which step was the last good one (None: none was) and which failed first."""
    with store.transaction():
        trace = traces.key_of(store, trace_id)
        good, failing = (None if last_good is None else _key(store, last_good)), _key(store, first_failing)
        names = [step.name for step in every(store)]
        if last_good is not None and names.index(last_good) >= names.index(first_failing):
            raise UsageError(f"The last good step comes before the first failing one, and '{last_good}' does not come "
                             f"before '{first_failing}'.")
        store.execute("""insert into failing_steps (trace, last_good, first_failing) values (:trace, :good, :failing)
            on conflict (trace) do update set last_good = :good, first_failing = :failing""",
                      trace=trace, good=good, failing=failing)


def forget(store: Store, trace_id: str) -> None:
    """Takes back what was said of a trace's steps."""
    store.execute("delete from failing_steps where trace = :trace", trace=traces.key_of(store, trace_id))


def of_trace(store: Store, trace_id: str) -> tuple[str | None, str] | None:
    """(last good step or None, first failing step) of a trace, or None where nobody has said."""
    row = store.row("""select g.name, b.name from failing_steps f join steps b on b.id = f.first_failing
        left join steps g on g.id = f.last_good join traces t on t.id = f.trace
        where t.project = :project and t.trace_id = :id""", id=trace_id)
    return None if row is None else tuple(row)


_FAILS = """current_labels l join traces t on t.id = l.trace left join failing_steps f on f.trace = l.trace
    where l.outcome = 'fail' and l.expert = (select id from experts where project = :project and name = :expert)
    and (:mode is null or l.trace in (select c.trace from counted_codes c
        join failure_modes m on m.id = c.failure_mode where m.project = :project and m.name = :mode))"""


def counts(store: Store, expert: str, mode: str | None = None) -> list[tuple[str | None, str, int]]:
    """(last good step or None, first failing step, fails) among this expert's fails (that have a failure mode)."""
    return [tuple(row) for row in store.rows("""select g.name, b.name, count(*) from failing_steps s
        join steps b on b.id = s.first_failing and b.project = :project left join steps g on g.id = s.last_good
        where s.trace in (select l.trace from """ + _FAILS + """)
        group by s.last_good, s.first_failing order by g.position, b.position""", expert=expert, mode=mode)]


def progress(store: Store, expert: str, mode: str | None = None) -> tuple[int, int]:
    """(fails of this expert with their steps, all of them)."""
    return tuple(store.row("select count(f.trace), count(*) from " + _FAILS, expert=expert, mode=mode))


def next_fail(store: Store, expert: str, after: str | None = None, mode: str | None = None) -> str | None:
    """The id of the next fail of this expert without its steps, after the trace named, then from the beginning."""
    return store.value("select t.trace_id from " + _FAILS + """ and f.trace is null
        order by t.id <= coalesce((select id from traces where project = :project and trace_id = :after), 0), t.id
        limit 1""", expert=expert, after=after, mode=mode)
