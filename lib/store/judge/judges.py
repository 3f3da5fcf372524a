"""Judges and their prompt versions; a prompt version is never edited, only succeeded."""

import json
import sqlite3

from lib.records import Cascade, Decision, Example, Label, PromptVersion, UsageError
from lib.records.decision import DECISION, TEXT
from lib.records.people import checked, tidied
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.judge_labels import OTHER
from lib.store.removal import log
from lib.store.review.labels import by_keys

_DOES = {TEXT: "writes its verdicts", DECISION: "answers with a probability"}


def every(store: Store, archived: bool = False) -> list[str]:
    """Names of the project's judges, oldest first; the archived ones only where they are asked for."""
    return list(numbers(store, archived).values())


def numbers(store: Store, archived: bool = False) -> dict[int, str]:
    """Number -> name of the project's judges, oldest first: links hold numbers, for a name may change."""
    return dict(map(tuple, store.rows("""select id, name from judges where project = :project
        and (:archived or archived_at is null) order by id""", archived=archived)))


def with_prompt(store: Store, archived: bool = False) -> list[str]:
    """Names of the judges that can be run: those with a prompt; archived ones only where they are asked for."""
    return [row[0] for row in store.rows("""select name from judges j where project = :project
        and exists (select 1 from prompt_versions where judge = j.id) and (:archived or archived_at is null)
        order by id""", archived=archived)]


def archived(store: Store) -> list[str]:
    """Names of the judges that are archived."""
    there = every(store)
    return [name for name in every(store, archived=True) if name not in there]


def rename(store: Store, name: str, new: str) -> None:
    """Another name for a judge; UsageError where another one has it. Its prompts, runs and verdicts stay its own."""
    with store.transaction():
        row, wanted = row_of(store, name), checked(tidied(new))
        if not wanted:
            raise UsageError("A judge needs a name.")
        if wanted != name:
            if wanted in every(store, archived=True):
                raise UsageError(f"There is a judge '{wanted}' already: choose another name.")
            store.execute("update judges set name = :name where id = :row", name=wanted, row=row)
            log.note(store, log.RENAMED, "judge", wanted, {"before": name})


def archive(store: Store, name: str) -> None:
    """A judge is offered nowhere until it is brought back; its prompts, runs and verdicts stay."""
    with store.transaction():
        if store.execute_many("""update judges set archived_at = strftime('%Y-%m-%dT%H:%M:%fZ')
                where id = :row and archived_at is null""", [{"row": row_of(store, name)}]):
            log.note(store, log.ARCHIVED, "judge", name)


def bring_back(store: Store, name: str) -> None:
    """An archived judge is offered again."""
    with store.transaction():
        if store.execute_many("update judges set archived_at = null where id = :row and archived_at is not null",
                              [{"row": row_of(store, name)}]):
            log.note(store, log.BROUGHT_BACK, "judge", name)


def row_of(store: Store, name: str) -> int:
    """The row number of a named judge; UsageError where there is none."""
    row = store.value("select id from judges where project = :project and name = :name", name=name)
    if row is None:
        known = ", ".join(every(store, archived=True)) or "none yet"
        raise UsageError(f"There is no judge '{name}'. Judges of this project: {known}.")
    return row


def add(store: Store, name: str, kind: str = TEXT) -> int:
    """The row of a judge, made where there is none; UsageError where one of another kind has the name."""
    if not name.strip():
        raise UsageError("A judge needs a name.")
    with store.transaction():
        store.execute("insert or ignore into judges (project, name, kind) values (:project, :name, :kind)",
                      name=name.strip(), kind=kind)
        if (there := kind_of(store, name.strip())) != kind:
            raise UsageError(f"Judge '{name.strip()}' {_DOES[there]}: its versions cannot be of another kind. "
                             "Choose another name.")
        return row_of(store, name.strip())


def kind_of(store: Store, name: str) -> str:
    """Whether a judge writes its verdicts or answers with a probability: `text` or `decision`."""
    return store.value("select kind from judges where id = :row", row=row_of(store, name))


def special(store: Store) -> dict[str, tuple[str, str]]:
    """Judge -> (its failure mode, why it was made before error analysis), for those with one criterion."""
    rows = store.rows("""select j.name, coalesce(m.name, f.name), j.reason from judges j
        join failure_modes f on f.id = j.failure_mode left join failure_modes m on m.id = f.merged_into
        where j.project = :project order by j.id""")
    return {name: (mode, reason) for name, mode, reason in rows}


def recorded_run(store: Store, name: str) -> int:
    """The run that holds a judge's recorded verdicts, made where there is none."""
    with store.transaction():
        judge = add(store, name)
        store.execute("""insert or ignore into runs (judge, model, endpoint, status, ended_at)
            values (:judge, :name, 'recorded', 'recorded', strftime('%Y-%m-%dT%H:%M:%fZ'))""", judge=judge, name=name)
        return store.value("select id from runs where judge = :judge and status = 'recorded'", judge=judge)


def save_prompt(store: Store, judge: str, template: str, labels: list[int] | None = None, model: str | None = None,
                parameters: dict | None = None, note: str = "", parent: int | None = None,
                decision: Decision | None = None, cascade: Cascade | None = None) -> PromptVersion:
    """A new prompt version with these labels as examples, in this order; the judge is made where there is none.

    `parent` is the key of the version it was made from; the judge's newest one where it is not named. With a
    `decision` it asks for a probability; with a `cascade` a second judge where that is unsure, and the labels are
    those of both, the first judge's first.
    """
    with store.transaction():
        row = add(store, judge, DECISION if decision else TEXT)
        examples = by_keys(store, labels or [], judge.strip())
        if parent is not None and prompt_by_key(store, parent).judge != judge.strip():
            raise UsageError(f"Prompt version number {parent} is another judge's.")
        key = store.execute("""insert into prompt_versions (judge, number, template, model, parameters, note, parent,
                author, decision, cascade)
            select :judge, coalesce(max(number), 0) + 1, :template, :model, :parameters, :note,
                coalesce(:parent, max(id)), :person, :decision, :cascade from prompt_versions where judge = :judge""",
                            judge=row, template=template, model=model, parameters=json.dumps(parameters or {}),
                            note=note, parent=parent,
                            decision=_plain(decision), cascade=_plain(cascade))
        _show(store, key, examples)
    return prompt_by_key(store, key)


def _show(store: Store, key: int, examples: list[Example]) -> None:
    store.execute_many("""insert into prompt_examples (prompt_version, position, label, outcome)
        values (:key, :position, :label, :outcome)""", [
            {"key": key, "position": position, "label": example.label.key, "outcome": example.label.outcome}
            for position, example in enumerate(examples)])


def _plain(found: Decision | Cascade | None) -> str | None:
    return json.dumps(found.stored) if found else None


_SELECT = """
    select p.*, j.name, coalesce(p.parent, (
        select max(b.id) from prompt_versions b where b.judge = p.judge and b.number < p.number)) as made_from
    from prompt_versions p join judges j on j.id = p.judge
    """


def prompts(store: Store, judge: str) -> list[PromptVersion]:
    """All prompt versions of a judge, newest first; their examples are included."""
    rows = store.rows(_SELECT + "where j.id = :judge order by number desc", judge=row_of(store, judge))
    return [_record(store, row) for row in rows]


def newest_prompt(store: Store, judge: str) -> PromptVersion:
    """The prompt version a run uses; UsageError for a judge that only has recorded verdicts."""
    found = store.row(_SELECT + "where j.id = :judge order by number desc limit 1", judge=row_of(store, judge))
    if found is None:
        runnable = ", ".join(with_prompt(store)) or "none yet"
        raise UsageError(f"Judge '{judge}' has recorded verdicts but no prompt, so it cannot be run. "
                         f"Judges with a prompt: {runnable}.")
    return _record(store, found)


def prompt_by_key(store: Store, key: int) -> PromptVersion:
    """One prompt version with its examples; UsageError where the project has none of this number."""
    row = store.row(_SELECT + "where p.id = :key and j.project = :project", key=key)
    if row is None:
        raise UsageError(f"There is no prompt version number {key} in this project.")
    return _record(store, row)


def _record(store: Store, row: sqlite3.Row) -> PromptVersion:
    # As they were shown when the version was saved: what is coded later changes no prompt.
    examples = store.rows("""select l.trace, t.trace_id, e.name, coalesce(x.outcome, l.outcome),
            case when x.outcome <> l.outcome then :other || l.critique else l.critique end, l.created_at, l.id
        from prompt_examples x join labels l on l.id = x.label join traces t on t.id = l.trace
        join experts e on e.id = l.expert where x.prompt_version = :key order by x.position""", key=row["id"],
                          other=OTHER)
    return PromptVersion(
        judge=row["name"], number=row["number"], template=row["template"],
        examples=tuple(Example(traces.by_key(store, found[0]), Label(*found[1:])) for found in examples),
        model=row["model"], parameters=json.loads(row["parameters"]), note=row["note"],
        created_at=row["created_at"], key=row["id"], parent=row["made_from"],
        author=row["author"], decision=Decision.of(json.loads(row["decision"])) if row["decision"] else None,
        cascade=Cascade(**json.loads(row["cascade"])) if row["cascade"] else None)
