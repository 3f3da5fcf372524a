"""A model and its replacement: the same version over the labelled traces of a run, and whether it is as good."""

from dataclasses import dataclass

from lib.engine.runner import address_of
from lib.prompting import pictures
from lib.records import DONE, QUEUED, RUNNING, Estimate, Figure, Run, UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.comparison import Comparison, Row, compared, format_p
from lib.statistics.deciding.replacements import UNKNOWN, answer, difference, not_worse
from lib.store import Store, prices
from lib.store.judge import comparisons, judges, replacements, runs
from lib.store.judge.replacements import Replacement
from lib.workflow import endpoints
from lib.workflow.figures import principal_name
from lib.workflow.judge import budget, judging

MARGIN = 5.0  # points of agreement, where nobody chooses another
MOST = 50.0
RULE = ("Same: the whole 95 % interval of the difference in agreement (Tango's, for pairs) lies within ± the margin. "
        "Better or worse: else, the interval lies on one side of 0 and the exact test of the flips gives p < 0.05. "
        "Anything else, or more errors of the replacement than the margin: not enough to tell.")


@dataclass(frozen=True)
class Result:
    """A replacement beside the model it may replace; `answer` is None until its run is done."""

    old: Run
    new: Run
    chosen: Replacement
    found: Comparison
    difference: Figure  # of the agreement, in shares: above 0 the replacement agrees more often
    answer: str | None
    safe: bool  # at least not worse by more than the margin
    many_errors: bool  # of the replacement: more than the margin


def start(store: Store, run: int, model: str, points: float = MARGIN, endpoint: str | None = None) -> Run:
    """A queued run of this model over exactly the traces of a run that the principal has labelled.

    The margin, in points, is kept with it and never changes; the same model again is the same run. UsageError where the
    run has no prompt or goes on, or the model is its own.
    """
    old = runs.get(store, run)
    _check(old, points)
    if judges.prompt_by_key(store, old.prompt).cascade:
        raise UsageError("The band of a cascade belongs to the model it was chosen on: judge dev with the other model, "
                         "then make the cascade anew by 'cascade new'.")
    chosen = endpoints.choice(store, endpoint, model)
    address = address_of(chosen.endpoint)
    if (old.model, old.endpoint, old.address) == (chosen.model, chosen.endpoint, address):
        raise UsageError(f"Run {run} is of {model} itself: name another model.")
    made = replacements.queue(store, run, chosen.model, chosen.endpoint, address, points / 100, principal_name(store))
    return runs.get(store, made)


def _check(old: Run, points: float) -> None:
    if old.prompt is None:
        raise UsageError("These verdicts were recorded elsewhere: only a judge with a prompt can be run on another "
                         "model.")
    if old.status in (QUEUED, RUNNING):
        raise UsageError(f"Run {old.id} is {old.status}: a replacement stands beside what it has judged, so wait for "
                         "its end.")
    if not 0 < points <= MOST:
        raise UsageError(f"A margin lies above 0 and up to {MOST:.0f} points of agreement, not at {points:g}.")


def press(store: Store, run: int, model: str, points: float, endpoint: str | None = None) -> Run:
    """The same as a page does it: the run goes on in a process of its own."""
    made = start(store, run, model, points, endpoint)
    if made.status == QUEUED and not judging.RUNS.alive(store, made.id):
        judging.start_process(store, made.id)
    return made


def estimate(store: Store, run: int, model: str) -> Estimate:
    """What a replacement of a run will take; what may be taken over is not looked for."""
    old = runs.get(store, run)
    version = judges.prompt_by_key(store, old.prompt)
    keys = replacements.labelled(store, run, principal_name(store))
    each, reply = budget.tokens_of_a_judgement(store, version, keys)
    prompt, completion = round(each * len(keys)), round(reply * len(keys))
    return Estimate(len(keys), prompt, completion, prices.cost(store, [(model, len(keys), prompt, completion)]),
                    pictures=pictures.wanted(version.parameters))


def candidates(store: Store, judge: str) -> list[Run]:
    """The runs of a judge that a replacement can be tried for, newest first."""
    return [run for run in runs.every(store, judge) if run.prompt is not None and run.status == DONE]


def results(store: Store, judge: str) -> list[Result]:
    """All replacements tried for a judge, newest first."""
    return [result(store, one) for one in replacements.every(store, judge)]


def under_way(store: Store, judge: str) -> bool:
    """Whether the run of any of them goes on."""
    return any(runs.status(store, one.new) in (QUEUED, RUNNING) for one in replacements.every(store, judge))


def of_run(store: Store, run: int) -> list[Result]:
    """Those tried for a run, or the one that it is, newest first; UsageError where there is none."""
    found = replacements.of(store, runs.get(store, run).id)
    if not found:
        raise UsageError(f"No replacement was tried for run {run}: name a model with --model.")
    return [result(store, one) for one in found]


def result(store: Store, chosen: Replacement) -> Result:
    """What a replacement came to, by the principal's labels as they are now."""
    old, new = runs.get(store, chosen.old), runs.get(store, chosen.new)
    found = compared(Row(*row) for row in comparisons.rows(store, old.id, new.id, principal_name(store)))
    flips = found.flips
    many = found.errors[1] > chosen.margin * len(found.rows)
    said = None if new.status != DONE else UNKNOWN if many else answer(flips, chosen.margin)
    return Result(old, new, chosen, found, difference(flips), said, not_worse(flips, chosen.margin), many)


def words(one: Result) -> str:
    """The answer in sentences, with what it rests on."""
    pair = f"{one.new.model} (run {one.new.id}) in place of {one.old.model} (run {one.old.id})"
    margin = (f"The margin of ± {one.chosen.margin * 100:g} points was chosen on {one.chosen.created_at[:10]}, before "
              "the run.")
    if one.answer is None:
        return f"{pair}: {one.new.status}, {one.new.done:,} of {one.new.total:,} judged. {margin}"
    return " ".join(filter(None, (f"{pair}: {one.answer}.", _rests_on(one), margin, _safe(one), _errors(one))))


def _rests_on(one: Result) -> str:
    found, by = one.found, one.difference
    if by.value is None:
        return f"{by.why[0].upper()}{by.why[1:]}."
    fine = f".{metrics.digits(found.n)}f"
    side = "more" if by.value > 0 else "less"
    how = f"{abs(by.value) * 100:{fine}} points {side} often" if by.value else "as often"
    errors = metrics.format_errors(sum(found.errors)).lstrip(", ")
    return (f"On {counted(found.n, 'labelled trace')}{f' ({errors} left out)' if errors else ''} it agrees {how} (95 % "
            f"interval {by.low * 100:+{fine}} to {by.high * 100:+{fine}} points): {found.fixed:,} fixed, "
            f"{found.broken:,} broken, {format_p(found.p)}.")


def _safe(one: Result) -> str:
    if one.answer != UNKNOWN or one.many_errors or not one.safe:
        return ""
    return "It is at least not worse by more than the margin."


def _errors(one: Result) -> str:
    n = one.found.errors[1]
    if not n:
        return ""
    return (f"{n:,} of the replacement's replies cannot be read or never came"
            + (", more than the margin allows" if one.many_errors else "") + f": 'resume {one.new.id} --errors' asks "
            "again for them.")
