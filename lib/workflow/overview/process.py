"""The process map: the seven steps of the method, each with its live state, and what to do next.

The state of a step is read from the store; the order and the thresholds are the method's.
"""

from dataclasses import dataclass

from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.errors import assertions, failure_modes, fixes, mode_decisions
from lib.store.errors.fixes import Fix
from lib.store.judge import decisions, judges
from lib.store.review import labels
from lib.workflow import figures
from lib.workflow.errors import going_on
from lib.workflow.errors.going_on import Standing as Going
from lib.workflow.figures import Agreement, Standing

ENOUGH = 30  # labels, and fails explained and coded: the method's start; more are better, as long as one learns
FEW_WAITING = 20  # fewer than one trace in so many without an output: the dataset is built all the same
FIX = 4  # the step that somebody may go on from with a written reason


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
    going: Going  # why to fix before a judge is built, and who goes on all the same
    fixes: list[Fix]  # recorded, and not verified yet
    judge: str | None
    best: Agreement | None  # of the judge that agrees most
    target: float
    decided: int  # failure modes that somebody has decided what to do about
    assertions: int
    special: int  # judges of one criterion


def steps(store: Store, standing: list[Standing] | None = None) -> list[Step]:
    """The seven steps in order; exactly one is "now" unless none is left to do. `standing` of who has read it already.

    A step is done where what it asks for is there; one that somebody goes on from with a reason is passed, not done.
    """
    facts = _facts(store, figures.standing(store) if standing is None else standing)
    rows = [step(facts) for step in (_expert, _dataset, _review, _fix, _judge, _errors, _special)]
    passed = rows[FIX - 1] if facts.going.said and facts.going.kept else None
    first_open = next((number for number, row in enumerate(rows) if not row.done and row is not passed), len(rows))
    return [Step(number + 1, row.title, row.page, "done" if row.done else "now" if number == first_open else "later",
                 row.text, row.action, row.view) for number, row in enumerate(rows)]


def next_step(found: list[Step]) -> Step:
    """The step to do now; when all are done, review again: the loop has no end."""
    return next((step for step in found if step.state == "now"), found[2])


def _facts(store: Store, standing: list[Standing]) -> _Facts:
    person, best = experts.principal(store), figures.best(standing)
    tally = labels.tally(store, person.name) if person else dict.fromkeys(("labelled", "fail", "explained"), 0)
    special = judges.special(store)
    return _Facts(
        principal=person.name if person else None, traces=traces.count(store),
        answered=traces.answered(store), labelled=tally["labelled"], fails=tally["fail"],
        explained=tally["explained"], coded=failure_modes.progress(store, person.name)[0] if person else 0,
        going=going_on.standing(store), fixes=[one for one in fixes.every(store) if one.status != "verified"],
        judge=best.judge if best else next((one.judge for one in standing if not one.special), None),
        best=best.agreement if best else None, target=decisions.target(store),
        decided=sum(bool(one.decided.decision) for one in mode_decisions.every(store)),
        assertions=len(assertions.every(store)), special=len(special))


@dataclass(frozen=True)
class _Row:
    title: str
    page: str
    view: str
    done: bool
    text: str
    action: str


def _expert(facts: _Facts) -> _Row:
    text = f"Principal expert: {facts.principal}." if facts.principal else "Nobody is named yet."
    return _Row("Name the one principal expert", "settings", "", facts.principal is not None, text, "Name the expert")


def _dataset(facts: _Facts) -> _Row:
    waiting = facts.traces - facts.answered
    # A file cannot say of an empty cell whether the answer was empty or is still to come: a few hold nobody up.
    enough = facts.answered >= min(ENOUGH, max(facts.traces, 1)) or waiting * FEW_WAITING < facts.traces
    text = "No traces yet."
    if facts.traces:
        text = counted(facts.traces, "trace") + (f", {waiting:,} without an output yet." if waiting else ".")
    action, view = ("Have them answered", "Get outputs") if waiting else ("Import traces", "Import")
    return _Row("Build a dataset", "dataset", view if not enough else "", enough, text, action)


def _review(facts: _Facts) -> _Row:
    text = f"{facts.labelled:,} of {counted(facts.answered, 'trace')} labelled, {facts.fails:,} failed"
    if facts.fails:
        has = "has" if facts.fails == 1 else "have"
        text += f"; {facts.explained:,} of {counted(facts.fails, 'fail')} {has} a critique"
    done = facts.labelled >= min(ENOUGH, max(facts.answered, 1)) and facts.explained >= min(ENOUGH, facts.fails)
    return _Row("Pass or fail, with a critique", "review", "", done, f"{text}.", "Review traces")


def _fix(facts: _Facts) -> _Row:
    """Done where enough fails are named, nothing is so common that it goes first, and no fix waits for a look."""
    title, going = "Fix obvious errors", facts.going
    if going.said and facts.coded:
        kept = f" {going.kept.author} goes on all the same: {going.kept.reason}" if going.kept else ""
        return _Row(title, "errors", "What to fix", False, f"Fix before you build a judge. {going.said}{kept}",
                    "See what to fix")
    if not facts.fails:
        looked = facts.labelled >= min(ENOUGH, max(facts.answered, 1))
        return _Row(title, "errors", "Name them", looked, "No fail yet.", "Name failure modes")
    has = "has" if facts.fails == 1 else "have"
    text = f"{facts.coded:,} of {counted(facts.fails, 'fail')} {has} a failure mode"
    named = facts.coded >= min(ENOUGH, facts.fails)
    if named and facts.fixes:
        one = len(facts.fixes) == 1
        return _Row(title, "errors", "What to fix", False, f"{text}; {counted(len(facts.fixes), 'fix', 'fixes')} "
                    f"{'is' if one else 'are'} recorded and not verified yet.", "See what to fix")
    text += "; none is so common that it must be mended first." if named else "."
    return _Row(title, "errors", "Name them", named, text, "Name failure modes")


def _judge(facts: _Facts) -> _Row:
    """Done where the best judge holds the target on enough pairs to tell."""
    title, found = "Bring the judge into line", facts.best
    if found is None:
        return _Row(title, "judge", "Bench", False, "Not validated: no verdict meets a label yet.", "Run the judge")
    value, n = found.figures["agreement"].value, found.counts.n
    text = f"{facts.judge} agrees on {value:.0%} of {counted(n, 'pair')}{metrics.format_errors(found.counts.errors)}"
    few = f"; fewer than {metrics.FEW} tell little" if n < metrics.FEW else ""
    short = f"; the target is {facts.target:.0%}" if value < facts.target else ""
    done = not few and not short
    return _Row(title, "judge", "Disagreements", done, f"{text}{short or few}.", "Read the disagreements")


def _errors(facts: _Facts) -> _Row:
    has = "has" if facts.decided == 1 else "have"
    text = f"{counted(facts.decided, 'failure mode')} {has} a decision: what to do about it."
    if not facts.decided:
        text = "No failure mode has a decision yet." if facts.best else "Waits for a judge that can be trusted."
    return _Row("Find where failures cluster", "errors", "Rates", facts.decided > 0, text, "See where it fails")


def _special(facts: _Facts) -> _Row:
    made = facts.assertions + facts.special
    text = (f"{counted(facts.assertions, 'assertion')}, {counted(facts.special, 'special judge')}." if made
            else "Waits for root causes that are worth it.")
    return _Row("Only then: special judges and assertions", "errors", "Checks", made > 0, text,
                "Assert, or build a judge")
