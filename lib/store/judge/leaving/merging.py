"""A copy of the file comes back: its labels, runs and verdicts are added here, each once, and conflicts are listed.

Rows are matched by what they say and never by their numbers, so the same copy merged twice adds nothing. One
transaction: a process killed at any moment leaves all of it or nothing. A merge is an import: it stands among them, and
is taken back like one.
"""

from dataclasses import dataclass
from pathlib import Path

from lib.records import UsageError
from lib.store.database import Store
from lib.store.dataset import imported, naming
from lib.store.judge.leaving import (
    copies,
    joining,
    merged_labels,
    merged_prompts,
    merged_remarks,
    merged_runs,
    merged_traces,
)
from lib.store.judge.leaving.copies import Sides

FORMAT = "copy of this file"


@dataclass(frozen=True)
class Merged:
    """What a copy has brought: counts, runs that put shards together, conflicts in sentences, and what was left out.

    `waiting` are labels in the principal's name that wait for a sign-off; `left_out` has counts by what they are of;
    `elsewhere` names the other projects of the copy, which are merged by themselves.
    """

    file: str
    traces: int
    labels: int
    waiting: int
    versions: int
    runs: int
    verdicts: int
    rulings: int
    notes: int
    joined: tuple[int, ...]
    conflicts: tuple[str, ...]
    left_out: dict[str, int]
    elsewhere: tuple[str, ...]

    @property
    def added(self) -> int:
        """Everything new."""
        return (self.traces + self.labels + self.waiting + self.versions + self.runs + self.verdicts + len(self.joined)
                + self.rulings + self.notes)


class _Looked(Exception):
    """Takes back what a look has stored."""


def merge(store: Store, file: Path, dry_run: bool = False) -> Merged:
    """Adds what the copy in this file has more; with `dry_run` the same is only counted.

    Begin no transaction before. Raises UsageError where there is no such file or it has no project of this name,
    StoreError where it is another program's, a newer version's, or damaged.
    """
    program, found = store.program("imports"), None
    with copies.attached(program, file):
        try:
            with program.transaction():
                found = _merged(program, file.name)
                if dry_run:
                    raise _Looked
        except _Looked:
            pass
    return found


def _merged(store: Store, file: str) -> Merged:
    other, elsewhere = _project(store, file)
    sides = Sides(store, other, imported.enter(store, file, FORMAT, "{}", None))
    last = naming.newest(store)
    traces = merged_traces.bring(sides)
    conflicts = merged_traces.conflicts(sides)
    labels, waiting, twice = merged_labels.bring(sides)
    versions, numbers = merged_prompts.bring(sides)
    runs, verdicts, differ = merged_runs.bring(sides)
    rulings, notes = merged_remarks.bring(sides)
    joined = joining.join(store)
    left = {**merged_traces.left_out(sides), **merged_labels.left_out(sides), **merged_prompts.left_out(sides),
            **merged_runs.left_out(sides), **merged_remarks.left_out(sides), **_work_of_others(sides)}
    found = Merged(file, traces, labels, waiting, versions, runs, verdicts, rulings, notes, tuple(joined),
                   (*conflicts, *twice, *numbers, *differ), {what: n for what, n in left.items() if n}, elsewhere)
    _note(sides, found, last)
    return found


def _project(store: Store, file: str) -> tuple[int, tuple[str, ...]]:
    """The row of this project in the copy, by its name, and the names of the others there."""
    rows = store.rows("""select o.id, o.name, o.name = p.name as same from other.projects o
        join main.projects p on p.id = :project order by o.id""")
    others = tuple(row["name"] for row in rows if not row["same"])
    for row in rows:
        if row["same"]:
            return row["id"], others
    name = store.value("select name from main.projects where id = :project")
    raise UsageError(f"{file} has no project '{name}'. Its projects: {', '.join(others) or 'none'}. Name one that both "
                     "have with --project, or give it the same name in both.")


_OTHERS = """select (select count(*) from other.trace_failure_modes o join other.of_traces m on m.theirs = o.trace
        join other.failure_modes f on f.id = o.failure_mode where not exists (
            select 1 from main.trace_failure_modes c join main.failure_modes g on g.id = c.failure_mode
            where c.trace = m.ours and g.name = f.name)),
    (select count(*) from other.criteria_versions o where o.project = :other and not exists (
        select 1 from main.criteria_versions c where c.project = :project and c.text = o.text))"""


def _work_of_others(sides: Sides) -> dict[str, int]:
    """What a merge never takes: it has to be done, or typed, here."""
    codes, criteria = sides.rows(_OTHERS)[0]
    return {"failure modes given to traces": codes, "versions of the criteria": criteria}


def _note(sides: Sides, found: Merged, last: dict[str, int]) -> None:
    """The merge among the imports, where it has brought anything; who is waited for is asked."""
    naming.belong(sides.store, sides.number, last)
    if not found.added:
        imported.forget(sides.store, sides.number)
        return
    sides.add("update main.imports set added = :added where id = :number", added=found.traces)
    imported.ask_for_labels(sides.store, sides.number)
