"""Disagreements from verdict to ruling: each case ends as judge wrong, label wrong, criterion unclear or borderline.

What a ruling does beside being kept is said here: a note or an example for the prompt, a new label, a line of the
criteria. Taking one back undoes that, and nothing is ever erased.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from lib import writers
from lib.prompting.judge import placeholders
from lib.records import KNOWN, SHADOW, TEST, TRAIN, UsageError
from lib.records.disagreements import BORDERLINE, JUDGE_WRONG, LABEL_WRONG, OPEN, UNCLEAR, Case, Ruling
from lib.statistics.disagreements import Standing
from lib.statistics.disagreements import standing as of_tallies
from lib.store import Store, experts, sign_offs
from lib.store.judge import judges, rulings, splits, verdicts
from lib.store.review import criteria, labels, reveals
from lib.workflow import rights
from lib.workflow.judge import versions
from lib.workflow.review import reviewing
from lib.workflow.review.reviewing import Decision

COLUMNS = ["id", "input", "output", "expert_outcome", "expert_critique", "expert_mode", "judge_outcome",
           "judge_critique", "agree", "ruling", "ruling_note"]
_UNDONE = "The ruling was taken back."


@dataclass(frozen=True)
class Ending:
    """What was decided on a case: the kind, and what it needs."""

    kind: str
    note: str = ""  # for the prompt; why the label changes; the line for the criteria; why it is borderline
    critique: str = ""  # of the new label
    example: bool = False  # put the label into the draft of the prompt
    expert: str = ""  # who decides; a label is changed by the principal alone


def standing(store: Store, run: int, expert: str, every: bool = False) -> Standing:
    """How far a run's disagreements are ruled on, and what that did to its counts."""
    return of_tallies(rulings.tallies(store, run, expert, every))


def may_be_example(store: Store, case: Case) -> bool:
    """Whether the label may be shown in the judge's prompt: complete, of the train split, and there is a prompt."""
    return case.split == TRAIN and bool(case.expert_critique.strip()) and case.judge in judges.with_prompt(store)


def is_sealed(store: Store, case: Case) -> bool:
    """Whether a note on this case is offered for no prompt: its trace is of the test split, which is sealed by now."""
    return case.split == TEST and splits.enough(store)


def shows_criteria(store: Store, case: Case) -> bool:
    """Whether a line of the criteria reaches this judge; one recorded elsewhere has no prompt that could show them."""
    if case.judge not in judges.with_prompt(store):
        return True
    try:
        return "criteria" in placeholders(versions.draft(store, judges.newest_prompt(store, case.judge)).template)
    except UsageError:  # it is being typed, and cannot be read yet
        return True


def rule(store: Store, case: Case, ending: Ending, token: str | None = None) -> Ruling:
    """Ends a case; the same token sent twice is one ruling. A ruling that stands is succeeded by the new one.

    Raises UsageError where something is missing, or label or ruling changed since the case was shown.
    """
    if ending.kind not in _MAKE:
        raise UsageError(f"A disagreement ends as {', '.join(_MAKE)}, not as '{ending.kind}'.")
    with store.transaction():
        made = rulings.of_token(store, token)
        if made is not None:
            return made
        _check_still(store, case)
        if case.ending == LABEL_WRONG:
            raise UsageError("The label was changed here. To rule otherwise, take that ruling back first.")
        done = _MAKE[ending.kind](store, case, replace(ending, note=ending.note.strip()), token)
        return rulings.add(store, case.verdict, case.label, ending.kind, ending.note.strip(), token, **done)


def _check_still(store: Store, case: Case) -> None:
    now = rulings.case(store, case.run, case.expert, case.trace, every=True)
    if (now.label, now.ruling) != (case.label, case.ruling):
        raise UsageError("Somebody has changed the label or ruled on this case since it was shown here. Look at it "
                         "again, then rule.")


def _judge_wrong(store: Store, case: Case, ending: Ending, token: str | None) -> dict[str, Any]:
    if not ending.note and not ending.example:
        raise UsageError("Write a short note for the prompt, so that the judge can learn from this case"
                         + (", or use the label as an example." if may_be_example(store, case) else "."))
    if ending.example:
        _show_in_prompt(store, case)
    return {"example": ending.example}


def _show_in_prompt(store: Store, case: Case) -> None:
    if not may_be_example(store, case):
        raise UsageError("Only a label with a critique on a trace of the train split can be an example of a prompt.")
    version = judges.newest_prompt(store, case.judge)
    typed = versions.draft(store, version)
    if case.label not in typed.examples:
        versions.keep(store, version, replace(typed, examples=(*typed.examples, case.label)))


def _label_wrong(store: Store, case: Case, ending: Ending, token: str | None) -> dict[str, Any]:
    _check_principal(store, case, ending.expert)
    _check_relabelling(store, case, ending)
    return {"new_label": _relabel(store, case, case.judge_outcome, ending.critique, ending.note, token)}


def _check_relabelling(store: Store, case: Case, ending: Ending) -> None:
    if case.judge in judges.special(store):
        raise UsageError("This judge is measured on failure modes, not on the label: if the expert was wrong here, "
                         "change what this trace has in Error analysis, Name them, and look again.")
    missing = ["Say shortly why the label changes: the old one is kept beside it."] * (not ending.note)
    if not ending.critique.strip() or ending.critique.strip() == case.expert_critique.strip():
        missing.append(f"The old critique says why the trace was {case.expert_outcome}. Write why it is "
                       f"{case.judge_outcome}: the judge learns from that.")
    if missing:
        raise UsageError(" ".join(missing))


def _check_principal(store: Store, case: Case, expert: str) -> None:
    rights.check(store, "changes a label")
    principal = experts.principal(store)
    if principal is None or not principal.name == expert == case.expert:
        raise UsageError(f"Only the principal expert{f', {principal.name},' if principal else ''} changes a label: "
                         "one judgement counts. Choose who rules.")


def _relabel(store: Store, case: Case, outcome: str, critique: str, reason: str, token: str | None) -> int:
    """A new label through the desk's own path; who read the judge's critique here is not blind to it any more."""
    before = labels.current(store, case.trace, case.expert).circumstances
    reveals.add(store, case.trace, case.expert)
    return reviewing.decide(store, case.expert, Decision(
        case.trace, outcome, critique, token or secrets.token_hex(16),
        mode=SHADOW if before.mode == SHADOW else KNOWN, revised_response=before.revised_response, reason=reason,
        seen=case.label)).key


def _unclear(store: Store, case: Case, ending: Ending, token: str | None) -> dict[str, Any]:
    rights.check(store, "changes the criteria")
    _check_line(store, case, ending)
    now = criteria.newest(store)
    lines = [*(now.text.rstrip().splitlines() if now else ()), _line(ending.note)]
    made = criteria.save(store, "\n".join(lines), f"Unclear on trace {case.trace}: expert {case.expert_outcome}, "
                                                  f"judge {case.judge} {case.judge_outcome} (run {case.run}).")
    return {"version": made.number}


def _check_line(store: Store, case: Case, ending: Ending) -> None:
    if not ending.note:
        raise UsageError("Write the line that makes the criterion clear: it goes into the criteria document.")


def _line(note: str) -> str:
    return f"- {' '.join(note.split())}"


def _borderline(store: Store, case: Case, ending: Ending, token: str | None) -> dict[str, Any]:
    return {}


_MAKE: dict[str, Callable[[Store, Case, Ending, str | None], dict[str, Any]]] = {
    JUDGE_WRONG: _judge_wrong, LABEL_WRONG: _label_wrong, UNCLEAR: _unclear, BORDERLINE: _borderline}


# Rulings that change a label or the criteria, and what each needs: anybody else but the principal asks for them.
OF_THE_PRINCIPAL = {LABEL_WRONG: _check_relabelling, UNCLEAR: _check_line}


def ask(store: Store, case: Case, ending: Ending) -> sign_offs.SignOff:
    """Asks the principal for a ruling of that person's right: no label, criterion or figure changes by it."""
    ending = replace(ending, note=ending.note.strip(), critique=ending.critique.strip())
    with store.transaction():
        _check_still(store, case)
        if case.ending == LABEL_WRONG:
            raise UsageError("The label was changed here. To rule otherwise, ask for that ruling to be taken back.")
        OF_THE_PRINCIPAL[ending.kind](store, case, ending)
        return sign_offs.ask(store, sign_offs.RULING, subject(case), {
            **_shown(case), "kind": ending.kind, "note": ending.note, "critique": ending.critique}, ending.note)


def ask_back(store: Store, case: Case, reason: str) -> sign_offs.SignOff:
    """Asks the principal to take a ruling of that person's right back."""
    with store.transaction():
        _check_still(store, case)
        return sign_offs.ask(store, sign_offs.TAKE_BACK, subject(case), _shown(case), reason)


def subject(case: Case) -> str:
    """What a sign-off on a case is about: the pair."""
    return f"verdict {case.verdict}, label {case.label}"


def _shown(case: Case) -> dict[str, Any]:
    return {"run": case.run, "trace": case.trace, "verdict": case.verdict, "label": case.label,
            "ruling": case.ruling.key if case.ruling else None, "judge": case.judge,
            "expert_outcome": case.expert_outcome, "judge_outcome": case.judge_outcome, "ending": case.ending}


def rule_again(store: Store, case: Case, token: str | None = None) -> Ruling:
    """Ends a case as the same difference ended in another run: no second line is written, no second example made."""
    with store.transaction():
        made = rulings.of_token(store, token)
        if made is not None:
            return made
        _check_still(store, case)
        if not case.elsewhere:
            raise UsageError("This difference has not been ruled on in another run: rule on it here.")
        same = case.elsewhere[0]
        return rulings.add(store, case.verdict, case.label, same.kind, same.note, token, version=same.criteria)


def take_back(store: Store, case: Case, expert: str = "", token: str | None = None) -> Ruling:
    """Opens a case again and undoes what its ruling did: out of the draft, the old label anew, out of the criteria."""
    with store.transaction():
        made = rulings.of_token(store, token)
        if made is not None:
            return made
        _check_still(store, case)
        if case.ruling is None:
            raise UsageError("This case is open: there is no ruling to take back.")
        if case.ending == LABEL_WRONG:
            _check_principal(store, case, expert)
            _relabel(store, case, *case.former, _UNDONE, token)
        if case.ending == UNCLEAR:
            rights.check(store, "changes the criteria")
            _take_out_line(store, case.ruling)
        if case.ruling.example:
            _take_out_example(store, case)
        return rulings.add(store, case.verdict, case.ruling.label, OPEN, "", token)


def _take_out_line(store: Store, ruling: Ruling) -> None:
    now = criteria.newest(store)
    lines = now.text.splitlines() if now else []
    if _line(ruling.note) in lines:
        at = len(lines) - 1 - lines[::-1].index(_line(ruling.note))
        criteria.save(store, "\n".join(lines[:at] + lines[at + 1:]), _UNDONE)


def _take_out_example(store: Store, case: Case) -> None:
    version = judges.newest_prompt(store, case.judge)
    typed = versions.draft(store, version)
    shown = versions.saved(version).examples
    left = tuple(one for one in typed.examples if one != case.ruling.label or one in shown)
    versions.keep(store, version, replace(typed, examples=left))


def pairs(store: Store, run: int, expert: str, every: bool, ending: str) -> bytes:
    """Every counted pair of a run as a file: both critiques, whether they agree, and how a disagreement ended."""
    if ending not in writers.WRITERS:
        raise UsageError(f"Files ending in .{ending} cannot be written. Endings: {', '.join(writers.WRITERS)}.")
    ruled = rulings.endings(store, run, expert, every)
    found = verdicts.pairs(store, run, expert, "all", -1, every)
    return writers.write(ending, (_row(one, ruled.get(one["trace_id"], ("", ""))) for one in found
                                  if one["expert_outcome"] and one["judge_outcome"]), COLUMNS)


def _row(pair: dict[str, Any], ruled: tuple[str, str]) -> dict[str, Any]:
    return {**pair, "id": pair["trace_id"], "agree": "yes" if pair["expert_outcome"] == pair["judge_outcome"] else "no",
            "ruling": ruled[0], "ruling_note": ruled[1]}
