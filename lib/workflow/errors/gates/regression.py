"""The regression set: the traces of every fixed failure mode, answered by a new version, judged, and told one by one.

Nothing is asked twice: an answer or a verdict that is there is used, and what the expert has said of an answer stands
above the judge.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import FAIL, INTERRUPTED, PASS, PAUSED, QUEUED, RUNNING, Figure, Job, Run, UsageError
from lib.records.rating import Tally
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.deciding import gates, returned
from lib.statistics.deciding.returned import Again, Judge
from lib.store import Store, jobs
from lib.store.dataset import answers, systems
from lib.store.errors import fixes, mode_decisions
from lib.store.errors.gates import frozen, regressions
from lib.store.errors.gates.regressions import Fixed
from lib.store.judge import judges, replacements
from lib.workflow import figures
from lib.workflow.dataset import answering
from lib.workflow.errors.gates import which
from lib.workflow.errors.gates.rows import Row, percent
from lib.workflow.jobs import JOBS

CLOSED = ("fixed", "verified")
_LISTED = 20  # traces that are named in words


@dataclass(frozen=True)
class Wanted:
    """A regression set as it was asked for: the version that answers, and what it is held against."""

    version: str
    most: float = returned.MOST  # share of a failure mode's traces that may fail again
    modes: tuple[str, ...] = ()  # empty: every one that was fixed


def fixed(store: Store, wanted: Wanted, judge: str) -> list[Fixed]:
    """The traces of what was fixed; of a judge of one failure mode those that had it. UsageError where there is none.
    """
    closed = [fix for fix in fixes.every(store) if fix.status in CLOSED]
    named = {mode_decisions.get(store, name).name for name in wanted.modes}
    special = judges.special(store).get(judge, ("", ""))[0]
    found = [one for one in regressions.fixed(store, [fix.id for fix in closed], wanted.version,
                                              figures.principal_name(store))
             if (not named or one.mode in named) and (not special or one.mode == special)]
    missing = sorted(named - {one.mode for one in found})
    if missing or not found:
        which_ones = f" of {', '.join(missing)}" if missing else ""
        raise UsageError(f"No fix{which_ones} is carried by a version yet, so there is nothing that could be back: "
                         "record one with 'fix new', and name its version.")
    return found


def answer(store: Store, wanted: Wanted, found: Sequence[Fixed], most: int | None, concurrency: int) -> Job | None:
    """A queued job in which the version answers what it has not, each input once; None where it has answered all.

    A job of an earlier gate that was cut off goes on. UsageError where the version is none that can be called.
    """
    todo = list({one.input: one.key for one in reversed(found) if one.answer is None}.values())[::-1]
    todo = [key for key in todo if not answers.has(store, key, wanted.version)][:most]
    if not todo:
        return None
    if wanted.version not in [one.version for one in systems.every(store)]:
        raise UsageError(f"{counted(len(todo), 'input has', 'inputs have')} no answer of '{wanted.version}', and it is "
                         "not set up here, so it cannot be asked: add it with 'system-add', or import its answers.")
    JOBS.settle(store)
    for job in jobs.every(store, "answer"):
        if job.config.get("gate") and job.config.get("version") == wanted.version:
            if job.status == RUNNING:
                raise UsageError(f"Job {job.id} answers for this version in another process: wait for its end.")
            if job.status in (QUEUED, INTERRUPTED, PAUSED):
                return JOBS.taken_up(store, job.id)
    made = jobs.create(store, "answer", [(key, {}) for key in todo], system=systems.get(store, wanted.version).id,
                       concurrency=concurrency, config={"version": wanted.version, "again": True, "gate": True})
    return jobs.get(store, made)


def address(store: Store, version: str) -> str:
    """Where the version is called; "" where it is not set up here."""
    return next((answering.address(one) for one in systems.every(store) if one.version == version), "")


def judge(store: Store, of: Run, found: Sequence[Fixed]) -> Run | None:
    """The run that judges the answers as a run has judged, queued where anything is left; None without an answer.

    What the expert has labelled is not asked. The same answers again are the same run; verdicts of the judge before its
    set was frozen again are not taken over.
    """
    keys = sorted({one.answer for one in found if one.answer is not None and one.label is None})
    if not keys:
        return None
    token = f"gate {store.project} {of.id} {hashlib.sha256(repr(keys).encode()).hexdigest()[:32]}"
    with store.transaction():
        known = regressions.run_of(store, token)
        number = known or replacements.over(store, of.id, of.model, of.endpoint, of.address, keys, token=token,
                                                      anew=frozen.refrozen(store, of.id))
    return which.go_on(store, number)


def rows(store: Store, wanted: Wanted, of: Run, found: Sequence[Fixed], run: Run | None) -> list[Row]:
    """A row for each failure mode: whether it is back; by the judge's errors as its measured run shows them."""
    keys = [one.answer for one in found if one.answer is not None]
    said = regressions.verdicts(store, run.id, keys) if run else {}
    sure = returned.judge_of(figures.agreement(store, run=of.id).counts)
    modes = dict.fromkeys(one.mode for one in found)
    return [_row(mode, [one for one in found if one.mode == mode], said, sure, wanted) for mode in modes]


def _row(mode: str, found: list[Fixed], said: dict[int, str | None], sure: Judge | None, wanted: Wanted) -> Row:
    # Two traces with one input have one answer: it is counted once.
    once = list({one.answer if one.answer is not None else -one.key: one for one in found}.values())
    outcomes = [(one, one.label or said.get(one.answer)) for one in once]
    again, missing = _again(outcomes), sum(outcome is None for _, outcome in outcomes)
    figure = returned.share(again, sure)
    held = _held(again, missing, sure, wanted.most) if figure.value is not None else gates.INCONCLUSIVE
    failed = tuple(one.answer_id for one, outcome in outcomes if outcome == FAIL)
    name = f"failure mode “{mode}” is not back: fails again on at most {percent(wanted.most)} of its traces"
    return Row(name, _words(outcomes, figure), held, figure,
               " ".join(_beside(outcomes, again, sure, wanted, held, failed)), failed)


def _held(again: Again, missing: int, sure: Judge | None, most: float) -> str:
    """Pass, fail or inconclusive, whatever became of the traces that have no outcome."""
    worst = returned.share(Again(again.failed + missing, again.judged + missing, again.failed_by_label,
                                 again.labelled), sure)
    best = returned.share(Again(again.failed, again.judged + missing, again.failed_by_label, again.labelled), sure)
    if worst.value is None:
        return gates.INCONCLUSIVE
    return PASS if worst.high <= most else FAIL if best.low > most else gates.INCONCLUSIVE


def _again(outcomes: list[tuple[Fixed, str | None]]) -> Again:
    """The counts, cut down to their effective size where answers share a session or an input."""
    tally = Tally.total(Tally.sharing(one.session, one.text, *(
        int((one.label is None, outcome) == cell) for cell in ((False, PASS), (False, FAIL), (True, PASS), (True, FAIL))
    )) for one, outcome in outcomes if outcome)
    return Again.of(tally)


def _words(outcomes: list[tuple[Fixed, str | None]], figure: Figure) -> str:
    n = sum(outcome is not None for _, outcome in outcomes)
    failing = sum(outcome == FAIL for _, outcome in outcomes)
    if figure.value is None:
        return f"{failing:,} of {counted(n, 'new answer')} fail; not defined: {figure.why}"
    return (f"{failing:,} of {counted(n, 'new answer')} fail; with the judge's own errors taken off "
            f"{metrics.format_share(figure)} ({100 * figure.low:.0f}% to {100 * figure.high:.0f}%)")


def _beside(outcomes: list[tuple[Fixed, str | None]], again: Again, sure: Judge | None, wanted: Wanted, held: str,
            failed: tuple[str, ...]) -> list[str]:
    """Which traces failed again, what has no outcome, and what would decide it."""
    made = []
    if failed:
        rest = f" and {len(failed) - _LISTED:,} more" if len(failed) > _LISTED else ""
        made.append(f"Failed again: {', '.join(failed[:_LISTED])}{rest}.")
    unanswered = sum(one.answer is None for one, _ in outcomes)
    unread = sum(outcome is None and one.answer is not None for one, outcome in outcomes)
    made += [f"{counted(unanswered, 'input')} not answered by {wanted.version}."] * bool(unanswered)
    made += [f"{counted(unread, 'answer')} without a readable verdict."] * bool(unread)
    if held == gates.INCONCLUSIVE and not unanswered + unread:
        if more := returned.more(again, sure, wanted.most):
            made.append(f"About {counted(more, 'trace')} more would decide it, if the share stays.")
    return made
