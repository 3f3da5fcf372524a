"""What becomes of a failure mode: proposed, confirmed, rejected, renamed, redefined, merged, taken apart, split.

Each step writes an event, so that a merge can be undone exactly; nothing is ever deleted.
"""

import json
from collections.abc import Iterable
from typing import Any

from lib.records import UsageError
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.errors import failure_modes

KINDS, IMPACTS = ("", "specification", "generalisation"), ("low", "medium", "high")


def get(store: Store, mode: int) -> dict[str, Any]:
    """One failure mode: id, name, definition, kind, impact, status, confirmed, rejected_at, merged_into (a number)."""
    row = store.row("""select id, name, definition, kind, impact, status, confirmed, rejected_at, merged_into
        from failure_modes where id = :mode and project = :project""", mode=mode)
    if row is None:
        raise UsageError(f"There is no failure mode number {mode} in this project.")
    return dict(row)


def by_name(store: Store, name: str) -> int:
    """The row of a named failure mode; UsageError where there is none."""
    row = store.value("select id from failure_modes where project = :project and name = :name", name=name.strip())
    if row is None:
        raise UsageError(f"There is no failure mode '{name}'. Error analysis, Name them, lists them.")
    return row


def events(store: Store, mode: int) -> list[dict[str, Any]]:
    """The history of a failure mode, newest first: kind, detail, author, created_at."""
    rows = store.rows("""select h.kind, h.detail, h.author, h.created_at from failure_mode_events h
        join failure_modes f on f.id = h.failure_mode
        where f.project = :project and f.id = :mode order by h.id desc""", mode=mode)
    return [{**dict(row), "detail": json.loads(row["detail"])} for row in rows]


def propose(store: Store, name: str, definition: str, notes: Iterable[int],
            critiques: Iterable[int] = ()) -> int | None:
    """A failure mode that waits for a person, with the notes behind it and their fails; None where the name is taken.

    `critiques`: labels whose critique speaks where a fail has no note. A name that waits already gets these too.
    """
    with store.transaction():
        known = store.row("select id, confirmed, merged_into, rejected_at from failure_modes"
                          " where project = :project and name = :name", name=name.strip())
        if known and (known["confirmed"] or known["merged_into"] or known["rejected_at"]):
            return None
        mode = known["id"] if known else store.execute("""insert into failure_modes
            (project, name, definition, confirmed) values (:project, :name, :definition, 0)""",
            name=name.strip(), definition=definition.strip())
        if not known:
            _note(store, mode, "proposed")
        _take_notes(store, mode, notes, "model")
        store.execute("""insert or ignore into trace_failure_modes (trace, failure_mode, source)
            select l.trace, :mode, 'model' from labels l join traces t on t.id = l.trace
            where t.project = :project and l.id in (select value from json_each(:labels))""",
                      mode=mode, labels=json.dumps(list(critiques)))
    return mode


def _take_notes(store: Store, mode: int, notes: Iterable[int], source: str) -> None:
    chosen = json.dumps(list(notes))
    store.execute("""insert or ignore into failure_mode_notes (failure_mode, note)
        select :mode, n.id from notes n join traces t on t.id = n.trace
        where t.project = :project and n.id in (select value from json_each(:notes))""", mode=mode, notes=chosen)
    store.execute("""insert or ignore into trace_failure_modes (trace, failure_mode, source)
        select n.trace, :mode, :source from notes n join traces t on t.id = n.trace
        where t.project = :project and n.id in (select value from json_each(:notes))""",
                  mode=mode, notes=chosen, source=source)


def _note(store: Store, mode: int, event: str, /, **detail: Any) -> None:
    store.execute("insert into failure_mode_events (failure_mode, kind, detail, author) values (:mode, :event, :detail,"
                  " :person)", mode=mode, event=event, detail=json.dumps(detail))


def notes_behind(store: Store, mode: int) -> list[dict[str, Any]]:
    """The notes behind a failure mode: id, trace_id, text."""
    return [dict(row) for row in store.rows("""select n.id, t.trace_id, n.text from failure_mode_notes b
        join notes n on n.id = b.note join traces t on t.id = n.trace
        where b.failure_mode = :mode and t.project = :project order by n.id""", mode=mode)]


def critiques_behind(store: Store, mode: int, expert: str) -> list[dict[str, Any]]:
    """The critiques of this expert on its fails that have no note: trace_id, text."""
    return [dict(row) for row in store.rows("""select t.trace_id, l.critique as text from trace_failure_modes c
        join traces t on t.id = c.trace join current_labels l on l.trace = t.id and l.outcome = 'fail'
        join experts e on e.id = l.expert and e.name = :expert and e.project = :project
        where c.failure_mode = :mode and t.project = :project and trim(l.critique) <> ''
        and not exists (select 1 from notes n where n.trace = t.id) order by l.id""", mode=mode, expert=expert)]


def traces_of(store: Store, mode: int, limit: int = 500) -> list[dict[str, Any]]:
    """Traces that have a failure mode, confirmed or not, with the newest note: trace_id, input, note, source."""
    return [dict(row) for row in store.rows("""select t.trace_id, t.input, c.source,
            (select text from notes n where n.trace = t.id order by n.id desc limit 1) as note
        from trace_failure_modes c join traces t on t.id = c.trace
        where c.failure_mode = :mode and t.project = :project order by t.id limit :limit""", mode=mode, limit=limit)]


def confirm(store: Store, mode: int) -> None:
    """A person takes a proposed (or rejected) failure mode: from now on it counts."""
    with store.transaction():
        found = _own(store, mode)
        if found["confirmed"]:
            return
        store.execute("update failure_modes set confirmed = 1, rejected_at = null where id = :mode", mode=mode)
        _note(store, mode, "confirmed")


def reject(store: Store, mode: int) -> None:
    """A person does not take a failure mode: it counts no more, keeps what it has, and can be confirmed later."""
    with store.transaction():
        if _own(store, mode)["rejected_at"]:
            return
        store.execute("""update failure_modes set confirmed = 0, rejected_at = strftime('%Y-%m-%dT%H:%M:%fZ')
            where id = :mode""", mode=mode)
        _note(store, mode, "rejected")


def _own(store: Store, mode: int) -> dict[str, Any]:
    """A failure mode that still stands for itself."""
    found = get(store, mode)
    if found["merged_into"]:
        raise UsageError(f"'{found['name']}' was merged into another failure mode: take it apart first.")
    return found


def rename(store: Store, mode: int, name: str) -> None:
    """Another name for the same failure mode; UsageError where another one has it."""
    with store.transaction():
        found, name = _own(store, mode), name.strip()
        if name == found["name"]:
            return
        _refuse_taken(store, name)
        store.execute("update failure_modes set name = :name where id = :mode", mode=mode, name=name)
        _note(store, mode, "renamed", before=found["name"], after=name)


def _refuse_taken(store: Store, name: str) -> None:
    if not name:
        raise UsageError("A failure mode needs a name.")
    if store.value("select 1 from failure_modes where project = :project and name = :name", name=name):
        raise UsageError(f"There is a failure mode '{name}' already: merge the two, or choose another name.")


def redefine(store: Store, mode: int, definition: str, kind: str, impact: str) -> None:
    """Sets what makes a fail one of these, whose failure it is (one of KINDS), and how much it matters (of IMPACTS)."""
    if kind not in KINDS or impact not in IMPACTS:
        raise UsageError(f"A kind is one of {', '.join(KINDS[1:])} or none; an impact one of {', '.join(IMPACTS)}.")
    with store.transaction():
        found = _own(store, mode)
        new = {"definition": definition.strip(), "kind": kind, "impact": impact}
        changed = {name: [found[name], value] for name, value in new.items() if found[name] != value}
        if not changed:
            return
        store.execute("""update failure_modes set definition = :definition, kind = :kind, impact = :impact
            where id = :mode""", mode=mode, **new)
        _note(store, mode, "redefined", **changed)


def merge(store: Store, mode: int, into: int) -> None:
    """One failure mode goes into another one: its codes, its notes, what was merged into it; `take_apart` undoes it."""
    if mode == into:
        raise UsageError("A failure mode cannot be merged into itself: choose another one.")
    with store.transaction():
        found, target = _own(store, mode), _own(store, into)
        if target["rejected_at"]:
            raise UsageError(f"'{target['name']}' was rejected: confirm it first, or choose another failure mode.")
        if found["confirmed"]:
            confirm(store, into)
        detail = {"into": into, "name": found["name"], "target": target["name"], **_moved(store, mode, into)}
        for statement in _MERGE:
            store.execute(statement, mode=mode, into=into)
        _note(store, mode, "merged", **detail)
        _note(store, into, "took in", name=found["name"], fails=len(detail["traces"]))


_MERGE = (
    """insert or ignore into trace_failure_modes (trace, failure_mode, source)
        select trace, :into, source from trace_failure_modes where failure_mode = :mode""",
    "delete from trace_failure_modes where failure_mode = :mode",
    "insert or ignore into failure_mode_notes (failure_mode, note)"
    " select :into, note from failure_mode_notes where failure_mode = :mode",
    "delete from failure_mode_notes where failure_mode = :mode",
    "update or ignore proposed_codes set failure_mode = :into where failure_mode = :mode",
    "update failure_modes set merged_into = :into where id = :mode or merged_into = :mode",
)


def _moved(store: Store, mode: int, into: int) -> dict[str, list[int]]:
    """What a merge will move, and which of it the target had before."""
    def keys(sql: str) -> list[int]:
        return [row[0] for row in store.rows(sql, mode=mode, into=into)]

    return {
        "traces": keys("select trace from trace_failure_modes where failure_mode = :mode"),
        "model": keys("select trace from trace_failure_modes where failure_mode = :mode and source = 'model'"),
        "both": keys("""select trace from trace_failure_modes where failure_mode = :mode
            intersect select trace from trace_failure_modes where failure_mode = :into"""),
        "notes": keys("select note from failure_mode_notes where failure_mode = :mode"),
        "both_notes": keys("""select note from failure_mode_notes where failure_mode = :mode
            intersect select note from failure_mode_notes where failure_mode = :into"""),
        "inside": keys("select id from failure_modes where merged_into = :mode"),
    }


def take_apart(store: Store, mode: int) -> None:
    """Undoes a merge: the mode stands for itself again, with the fails and notes it had that its target still has."""
    with store.transaction():
        found = get(store, mode)
        last = next((event["detail"] for event in events(store, mode) if event["kind"] == "merged"), None)
        if not found["merged_into"] or last is None:
            raise UsageError(f"'{found['name']}' was not merged into another failure mode.")
        words = {name: json.dumps(last[name]) for name in ("traces", "model", "both", "notes", "both_notes", "inside")}
        for statement in _TAKE_APART:
            store.execute(statement, mode=mode, into=found["merged_into"], **words)
        _note(store, mode, "taken apart", target=get(store, found["merged_into"])["name"])


_TAKE_APART = (
    """insert or ignore into trace_failure_modes (trace, failure_mode, source)
        select c.trace, :mode, case when c.trace in (select value from json_each(:model)) then 'model'
            else 'person' end
        from trace_failure_modes c
        where c.failure_mode = :into and c.trace in (select value from json_each(:traces))""",
    """delete from trace_failure_modes where failure_mode = :into
        and trace in (select value from json_each(:traces) except select value from json_each(:both))""",
    """insert or ignore into failure_mode_notes (failure_mode, note) select :mode, note from failure_mode_notes
        where failure_mode = :into and note in (select value from json_each(:notes))""",
    """delete from failure_mode_notes where failure_mode = :into
        and note in (select value from json_each(:notes) except select value from json_each(:both_notes))""",
    "update failure_modes set merged_into = null where id = :mode and project = :project",
    "update failure_modes set merged_into = :mode where id in (select value from json_each(:inside))",
)


def split(store: Store, mode: int, name: str, trace_ids: Iterable[str], definition: str = "") -> int:
    """A new failure mode that takes these traces, and their notes, out of another one; as confirmed as that one is."""
    with store.transaction():
        found, name, wanted = _own(store, mode), name.strip(), list(trace_ids)
        _refuse_taken(store, name)
        chosen = [traces.key_of(store, trace) for trace in wanted]
        if not chosen:
            raise UsageError("Choose the traces that go to the new failure mode.")
        new = store.execute("""insert into failure_modes (project, name, definition, confirmed, kind, impact)
            select project, :name, :definition, confirmed, kind, impact from failure_modes where id = :mode""",
                            mode=mode, name=name, definition=definition.strip())
        for statement in _SPLIT:
            store.execute(statement, mode=mode, new=new, traces=json.dumps(chosen))
        _note(store, mode, "split", name=name, fails=len(chosen))
        _note(store, new, "split off", name=found["name"], fails=len(chosen))
    return new


_SPLIT = (
    """update trace_failure_modes set failure_mode = :new
        where failure_mode = :mode and trace in (select value from json_each(:traces))""",
    """update failure_mode_notes set failure_mode = :new where failure_mode = :mode
        and note in (select id from notes where trace in (select value from json_each(:traces)))""",
)


def create(store: Store, name: str, definition: str = "") -> int:
    """A failure mode by hand, before any fail has it; UsageError where the name is taken."""
    with store.transaction():
        _refuse_taken(store, name.strip())
        mode = failure_modes.add(store, name, definition)
        _note(store, mode, "made by hand")
    return mode
