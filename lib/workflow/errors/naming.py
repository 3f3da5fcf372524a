"""From words on fails to failure modes, in one record: how far it is, and which of its parts waits."""

from dataclasses import dataclass
from typing import Any

from lib.records.words import counted
from lib.store import Store, experts
from lib.store.errors import failure_modes, mode_history
from lib.store.errors.notes import Fails
from lib.workflow.errors import analysing
from lib.workflow.errors.analysing import Said

NOTES, GROUPS, CODES = "Write notes", "Group them", "Name each fail"


@dataclass(frozen=True)
class Naming:
    """How far the principal's fails are on the way to failure modes."""

    expert: str
    said: Said
    modes: int  # that count
    waiting: int  # proposed by a model, undecided
    coded: int
    uncoded: int

    @property
    def words(self) -> str:
        """All of it in a line."""
        said = self.said
        spoken = f"{said.notes:,} of {counted(said.fails, 'fail has', 'fails have')} a note"
        if said.critiques:
            spoken += f", {said.critiques:,} more a critique, which counts as one"
        todo = f" {said.missing:,} more, and a model may propose groups." if said.missing else ""
        wait = f", {self.waiting:,} proposed and not confirmed" if self.waiting else ""
        return (f"{spoken}.{todo} {counted(self.modes, 'failure mode')}{wait}; {counted(self.coded, 'fail')} coded, "
                f"{self.uncoded:,} not yet.")

    @property
    def next(self) -> str:
        """The part to go on with: words first, then names for them, then every fail."""
        if self.said.missing and not self.modes and not self.waiting:
            return NOTES
        return GROUPS if self.waiting or not self.modes else CODES


@dataclass(frozen=True)
class Group:
    """A failure mode with what became of it, as failure_modes.listing has it, and the words behind it."""

    row: dict[str, Any]
    behind: list[dict[str, Any]]  # trace_id, text


@dataclass(frozen=True)
class Groups:
    """Every failure mode: those that wait for a person, those that count, those merged or rejected."""

    naming: Naming
    waiting: list[Group]
    confirmed: list[dict[str, Any]]
    gone: list[dict[str, Any]]

    @property
    def alive(self) -> list[dict[str, Any]]:
        """Those that another one may be merged into."""
        return [*(group.row for group in self.waiting), *self.confirmed]


def naming(store: Store, where: Fails | None = None) -> Naming | None:
    """How far it is, words by the fails that `where` names; None where nobody has labelled."""
    person = experts.principal(store)
    if person is None:
        return None
    said = analysing.said(store, where)
    return Naming(person.name, said, len(failure_modes.every(store)), len(failure_modes.unconfirmed(store)),
                  *failure_modes.progress(store, person.name))


def groups(store: Store) -> Groups | None:
    """Everything the part Group them shows of failure modes; None where nobody has labelled."""
    found = naming(store)
    if found is None:
        return None
    rows = failure_modes.listing(store, found.expert)
    alive = [row for row in rows if not row["merged_into"] and not row["rejected_at"]]
    waiting = [Group(row, [*mode_history.notes_behind(store, row["id"]),
                           *mode_history.critiques_behind(store, row["id"], found.expert)])
               for row in alive if not row["confirmed"]]
    return Groups(found, waiting, [row for row in alive if row["confirmed"]],
                  [row for row in rows if row not in alive])


@dataclass(frozen=True)
class Chosen:
    """A failure mode that is looked at, its fails, and what became of it."""

    row: dict[str, Any]
    fails: list[dict[str, Any]]  # trace_id, input, note, source
    events: list[dict[str, Any]]


def chosen(store: Store, row: dict[str, Any]) -> Chosen:
    """The failure mode of a row of `Groups` with what hangs on it."""
    return Chosen(row, mode_history.traces_of(store, row["id"]), mode_history.events(store, row["id"]))
