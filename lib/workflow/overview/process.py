"""The process map: the seven steps of the method, each with its live state, and what to do next.

The state of a step is read from the store; the order and the thresholds are the method's.
"""

from collections.abc import Collection
from dataclasses import dataclass

from lib.records import Counts
from lib.statistics import metrics
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import assertions, failure_modes, mode_decisions
from lib.store.judge import decisions, judges, runs, verdicts
from lib.store.review import labels
from lib.workflow.errors import fixing

ENOUGH = 30  # labels, and fails explained and coded: the method's start; more are better, as long as one learns


@dataclass(frozen=True)
class Step:
    """One step of the method: where it is done, how far it is, and what would move it on."""

    number: int
    title: str
    page: str
    state: str  # "done", "now" or "later"
    text: str
    action: str
    view: str  # of the page


@dataclass(frozen=True)
class _Facts:
    principal: str | None
    traces: int
    answered: int
    labelled: int
    fails: int
    explained: int  # fails with a critique
    coded: int
    pervasive: list[str]  # why to fix before a judge is built
    judge: str | None
    counts: Counts  # of the judge's newest run that was measured
    agreement: float | None
    target: float
    decided: int  # failure modes that somebody has decided what to do about
    assertions: int
    special: int  # judges of one criterion


def steps(store: Store) -> list[Step]:
    """The seven steps in order; exactly one is "now" unless all are done."""
    facts = _facts(store)
    rows = [step(facts) for step in (_expert, _dataset, _review, _fix, _judge, _errors, _special)]
    first_open = next((number for number, row in enumerate(rows) if not row[3]), len(rows))
    return [Step(number + 1, title, page, "done" if done else "now" if number == first_open else "later", text, action,
                 view) for number, (title, page, view, done, text, action) in enumerate(rows)]


def next_step(found: list[Step]) -> Step:
    """The step to do now; when all are done, review again: the loop has no end."""
    return next((step for step in found if step.state == "now"), found[2])


def _facts(store: Store) -> _Facts:
    person = experts.principal(store)
    tally = labels.tally(store, person.name) if person else dict.fromkeys(("labelled", "fail", "explained"), 0)
    coded = failure_modes.progress(store, person.name)[0] if person else 0
    special = judges.special(store)
    judge, counts = _measured(store, person.name, special) if person else (None, Counts())
    return _Facts(
        principal=person.name if person else None, traces=traces.count(store),
        answered=traces.answered(store), labelled=tally["labelled"], fails=tally["fail"],
        explained=tally["explained"], coded=coded, pervasive=fixing.pervasive(store), judge=judge,
        counts=counts, agreement=metrics.agreement(counts).value,
        target=decisions.target(store), decided=sum(bool(one.decided.decision) for one in mode_decisions.every(store)),
        assertions=len(assertions.every(store)), special=len(special))


def _measured(store: Store, expert: str, special: Collection[str]) -> tuple[str | None, Counts]:
    """(judge, its counts) of the judge that agrees most, each by its newest run that was measured against labels."""
    newest: dict[str, Counts] = {}
    for run in (one for one in runs.every(store) if one.judge not in special and one.judge not in newest):
        counts = verdicts.counts(store, run.id, expert)
        if counts.n:
            newest[run.judge] = counts
    if newest:
        return max(newest.items(), key=lambda one: metrics.agreement(one[1]).value)
    return next((name for name in judges.with_prompt(store) if name not in special), None), Counts()


Row = tuple[str, str, str, bool, str, str]


def _expert(facts: _Facts) -> Row:
    text = f"Principal expert: {facts.principal}." if facts.principal else "Nobody is named yet."
    return "Name the one principal expert", "settings", "", facts.principal is not None, text, "Name the expert"


def _dataset(facts: _Facts) -> Row:
    waiting = facts.traces - facts.answered
    text = f"{facts.traces:,} traces" + (f", {waiting:,} without an output yet." if waiting else ".")
    text = text if facts.traces else "No traces yet."
    return "Build a dataset", "dataset", "", facts.answered > 0, text, "Import traces"


def _review(facts: _Facts) -> Row:
    text = f"{facts.labelled:,} of {facts.answered:,} traces labelled, {facts.fails:,} failed"
    if facts.fails:
        text += f"; {facts.explained:,} of {facts.fails:,} fails have a critique"
    done = facts.labelled >= min(ENOUGH, max(facts.answered, 1)) and facts.explained >= min(ENOUGH, facts.fails)
    return "Pass or fail, with a critique", "review", "", done, f"{text}.", "Review traces"


def _fix(facts: _Facts) -> Row:
    if facts.pervasive and facts.coded:
        return ("Fix obvious errors", "errors", "What to fix", False, f"Fix before you build a judge. "
                f"{' '.join(facts.pervasive)}", "See what to fix")
    text = f"{facts.coded:,} of {facts.fails:,} fails have a failure mode."
    done = facts.coded >= min(ENOUGH, facts.fails) if facts.fails else facts.labelled >= ENOUGH
    return "Fix obvious errors", "errors", "Codes", done, text if facts.fails else "No fail yet.", "Name failure modes"


def _judge(facts: _Facts) -> Row:
    if facts.agreement is None:
        text = "Not validated: no verdict meets a label yet."
    else:
        errors = metrics.format_errors(facts.counts.errors)
        text = f"{facts.judge} agrees on {facts.agreement:.0%} of {facts.counts.n:,} pairs{errors}."
    done = facts.agreement is not None and facts.agreement >= facts.target
    action = "Read the disagreements" if facts.counts.n else "Run the judge"
    return "Bring the judge into line", "judge", "Disagreements" if facts.counts.n else "Bench", done, text, action


def _errors(facts: _Facts) -> Row:
    text = "Waits for a judge that can be trusted."
    if facts.counts.n:
        text = f"{facts.decided:,} failure modes have a decision: what to do about them."
    return "Find where failures cluster", "errors", "Pass rates", facts.decided > 0, text, "See where it fails"


def _special(facts: _Facts) -> Row:
    made = facts.assertions + facts.special
    text = (f"{facts.assertions:,} assertions, {facts.special:,} special judges." if made
            else "Waits for root causes that are worth it.")
    return "Only then: special judges and assertions", "errors", "Checks", made > 0, text, "Assert, or build a judge"
