"""What waits for the principal expert: in words, agreed to and thereby done, or declined.

What is agreed to goes through the same verb as if the principal had done it, and is refused as that would be.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store, experts, people, sign_offs
from lib.store.dataset import awaited, imported
from lib.store.dataset.awaited import Awaited
from lib.store.judge import rulings
from lib.store.removal import counting
from lib.store.removal.removing import settle
from lib.store.review import criteria as documents
from lib.store.review import labels
from lib.store.sign_offs import SignOff
from lib.workflow import rights
from lib.workflow.judge import disagreements, splitting
from lib.workflow.judge.disagreements import Ending
from lib.workflow.overview import awaited_words, removing
from lib.workflow.review import criteria, reviewers

HIDDEN = "Label this trace first, without knowing what others said: then it is shown here."


@dataclass(frozen=True)
class Waiting:
    """One thing that waits, as the reader may see it: each part that is not to be shown is empty."""

    asked: SignOff
    title: str
    reason: str
    consequence: str
    text: str  # that would be written
    changes: Awaited | None  # of imported labels, trace by trace


@dataclass(frozen=True)
class Desk:
    """The view of the sign-offs: what waits, the oldest first, what was decided, and who decides."""

    waiting: list[Waiting]
    decided: list[SignOff]
    decides: bool  # the reader
    principal: str


def look(store: Store) -> Desk:
    """Everything the view Sign-offs shows, read once."""
    return Desk([_waits(store, one) for one in sign_offs.waiting(store)], sign_offs.decided(store),
                rights.principals(store), rights.principal_words(store))


def _waits(store: Store, found: SignOff) -> Waiting:
    return Waiting(found, in_words(found), found.reason if may_see(store, found) else "", consequence(store, found),
                   text(store, found), changes(store, found))


def agree(store: Store, number: int) -> SignOff:
    """Does what was asked for, in the principal's right, and notes that it was agreed to; both or neither.

    UsageError for anybody else, and where what was asked for does not fit any more.
    """
    rights.check(store, "agrees to what waits")
    with store.transaction():
        found, name = sign_offs.get(store, number), experts.principal(store).name
        sign_offs.decide(store, number, sign_offs.AGREED)
        decided = sign_offs.get(store, number)
        _DO[found.kind](store.by(name, f"{found.asked_by}, agreed by {name}"), found)
    if found.kind == sign_offs.REMOVAL:
        settle(store)
    return decided


def decline(store: Store, number: int) -> SignOff:
    """Nothing of it happens; who asked may withdraw it so, anybody else but the principal may not."""
    found = sign_offs.get(store, number)
    withdrawn = store.person is not None and store.person == found.asked_by
    if not withdrawn:
        rights.check(store, "declines what others ask for")
    with store.transaction():
        sign_offs.decide(store, number, sign_offs.WITHDRAWN if withdrawn else sign_offs.DECLINED)
        if found.kind == sign_offs.LABELS:
            imported.leave_labels(store, found.detail["import"])
    return sign_offs.get(store, number)


def _case(store: Store, found: SignOff):
    """The case as it was when it was asked for; UsageError where label or ruling is another one now."""
    told = found.detail
    case = rulings.case(store, told["run"], store.person, told["trace"], every=True)
    if (case.verdict, case.label, case.ruling and case.ruling.key) != (told["verdict"], told["label"], told["ruling"]):
        raise UsageError(f"The label or the ruling has changed since {found.asked_by} asked: look at the case, and "
                         "decline this.")
    return case


def _rule(store: Store, found: SignOff) -> None:
    told = found.detail
    disagreements.rule(store, _case(store, found), Ending(told["kind"], told["note"], told["critique"],
                                                          expert=store.person), _token(found))


def _take_back(store: Store, found: SignOff) -> None:
    disagreements.take_back(store, _case(store, found), store.person, _token(found))


def _adjudicate(store: Store, found: SignOff) -> None:
    told = found.detail
    reviewers.adjudicate(store, store.person, told["trace"], told["outcome"], told["critique"], found.reason,
                         _token(found))


def _open_test(store: Store, found: SignOff) -> None:
    splitting.open_test(store, found.detail["run"], found.reason, _token(found))


def _save_criteria(store: Store, found: SignOff) -> None:
    now = documents.newest(store)
    if found.detail["number"] != (now.number if now else 0):
        raise UsageError(f"Version {now.number} of the criteria was saved since {found.asked_by} asked: read it, and "
                         "decline this or have it asked for anew.")
    criteria.save(store, documents.Draft(found.detail["number"], found.detail["text"], found.reason))


def _take_labels(store: Store, found: SignOff) -> None:
    imported.take_labels(store, found.detail["import"])


def _token(found: SignOff) -> str:
    return f"sign-off {found.number}"


_DO: dict[str, Callable[[Store, SignOff], object]] = {
    sign_offs.RULING: _rule, sign_offs.TAKE_BACK: _take_back, sign_offs.ADJUDICATION: _adjudicate,
    sign_offs.OPEN_TEST: _open_test, sign_offs.CRITERIA: _save_criteria,
    sign_offs.PRINCIPAL: lambda store, found: experts.make_principal(store, found.detail["name"]),
    sign_offs.MERGE: lambda store, found: people.merge(store, found.detail["name"], found.detail["into"]),
    sign_offs.LABELS: _take_labels, sign_offs.REMOVAL: removing.agreed}


def in_words(found: SignOff) -> str:
    """What was asked for, as a heading."""
    told = found.detail
    if found.kind == sign_offs.RULING:
        return f"Rule “{told['kind']}” on {told['trace']}, run {told['run']}"
    if found.kind == sign_offs.TAKE_BACK:
        return f"Take back the ruling “{told['ending']}” on {told['trace']}, run {told['run']}"
    return {
        sign_offs.ADJUDICATION: lambda: f"Adjudicate {told['trace']}",
        sign_offs.OPEN_TEST: lambda: f"Open the test split for run {told['run']}",
        sign_offs.CRITERIA: lambda: "Change the criteria",
        sign_offs.PRINCIPAL: lambda: f"Make {told['name']} the principal expert",
        sign_offs.MERGE: lambda: f"Merge {told['name']} into {told['into']}",
        sign_offs.LABELS: lambda: f"Take in {counted(told['labels'], 'label')} of {told['file']}",
        sign_offs.REMOVAL: lambda: f"{_VERBS[told['thing']['kind']]} {told['thing']['name']}"}[found.kind]()


_VERBS = {removing.PROJECT: "Delete the project", removing.IMPORT: "Take back import", removing.TRACES: "Delete",
          removing.JUDGE: "Delete the judge"}


def consequence(store: Store, found: SignOff) -> str:
    """What agreeing would do, in a sentence; nothing that others said of a trace the reader has not labelled."""
    told = found.detail
    if found.kind == sign_offs.RULING and told["kind"] == "label wrong":
        return (f"{rights.principal_words(store)}'s label changes from {told['expert_outcome']} to "
                f"{told['judge_outcome']}, with the critique below; the old one stays in the history.")
    if found.kind == sign_offs.RULING:
        return "The line above is added to the criteria as a new version."
    if found.kind == sign_offs.LABELS:
        waits = awaited.look(store, told["import"])
        return awaited_words.said(waits) if waits else "None of them waits any more: agreeing changes nothing."
    if found.kind == sign_offs.ADJUDICATION:
        return (f"A new label of {rights.principal_words(store)}: {told['outcome']}, with the critique below."
                if may_see(store, found) else HIDDEN)
    return {
        sign_offs.TAKE_BACK: "The case is open again, and what the ruling did is undone.",
        sign_offs.OPEN_TEST: "The look is logged, and the figures of the test split stand from then on.",
        sign_offs.CRITERIA: "The text below becomes the version in force.",
        sign_offs.PRINCIPAL: "Judges are measured against that person's labels from then on.",
        sign_offs.MERGE: "Their labels count as one person's; of two on one trace the newer one counts.",
        sign_offs.REMOVAL: "All of the lines below goes, at once and for good."}[found.kind]


def changes(store: Store, found: SignOff) -> Awaited | None:
    """Of imported labels what would change, trace by trace, for whoever may agree and whose labels they are; else None.

    To anybody else it would tell the principal's outcomes on traces that they may still have to label blind.
    """
    if found.kind != sign_offs.LABELS or not rights.principals(store):
        return None
    waits = awaited.look(store, found.detail["import"])
    return waits if waits and waits.whose == rights.principal_words(store) else None


def text(store: Store, found: SignOff) -> str:
    """What would be written: a critique, or the criteria; "" where there is nothing, or it may not be seen yet."""
    if not may_see(store, found):
        return ""
    if found.kind == sign_offs.REMOVAL:
        return "\n".join(counting.lines(removing.asked_counts(found)))
    return found.detail.get("critique") or found.detail.get("text") or ""


def may_see(store: Store, found: SignOff) -> bool:
    """Whether the reader may know how a trace should be settled: only who has labelled it is still free of others."""
    if found.kind != sign_offs.ADJUDICATION:
        return True
    reader = rights.principal_words(store) if store.person is None else store.person
    return labels.current(store, found.detail["trace"], reader) is not None
