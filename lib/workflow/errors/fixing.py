"""Step 4, the loop closed: a fix, its inputs run again on the version that carries it, and whether it worked.

Only the expert's look verifies a fix; passes that are run again beside the fails show what it broke.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import FAIL, PASS, Figure, Job, UsageError
from lib.records.rating import Tally
from lib.records.words import counted
from lib.statistics import comparison, metrics
from lib.statistics.metrics import format_share
from lib.statistics.mode_pages import Ranked
from lib.store import Store, experts, jobs
from lib.store.dataset import answers, systems, traces
from lib.store.errors import fixes, mode_decisions
from lib.store.errors.fixes import Again, Fix
from lib.workflow import figures
from lib.workflow.errors import linked, rates, what_to_fix

CHANCE = 0.05  # of a p below it we say that chance would not bring that
CONTROL = 10  # passes that are run again beside the fails
MOST_AT_ONCE = 8  # calls
# A failure this common is mended before a judge is built to count it; of fewer traces nothing is said.
PERVASIVE_SHARE, PERVASIVE_RATE, ENOUGH = 0.3, 0.5, 10


@dataclass(frozen=True)
class Effect:
    """What became of a fix's traces: the same inputs before and after, as the expert judged both."""

    fixed: int
    still_failing: int
    broken: int
    still_passing: int
    unread: int  # answered again, and not looked at yet
    unanswered: int
    p: float  # exact, of as many fixed and broken
    before: Figure  # pass rates of those looked at
    after: Figure
    rows: tuple[Again, ...]

    @property
    def read(self) -> int:
        """Those with an outcome before and after."""
        return self.fixed + self.still_failing + self.broken + self.still_passing


def listed(store: Store, mode: str | None = None) -> list[Fix]:
    """The fixes, newest first (those of one failure mode)."""
    return [fix for fix in fixes.every(store) if mode is None or mode in fix.modes]


def modes_of(store: Store, fix: Fix) -> dict[str, str]:
    """Number -> name of the failure modes that a fix is of, as links have them."""
    return {key: name for key, name in linked.names(store).items() if name in fix.modes}


def create(store: Store, title: str, modes: Sequence[str], text: str = "", version: str = "",
           most: int | None = None, control: int = CONTROL) -> Fix:
    """A fix of these failure modes with their fails (all, or the newest `most`) and so many passes beside them.

    Raises UsageError where no fail has one of the modes, or the version is the one that failed.
    """
    if not modes:
        raise UsageError("Name at least one failure mode that this fixes.")
    for name in modes:
        mode_decisions.get(store, name)
    expert = figures.principal_name(store)
    fails = fixes.fails_with(store, expert, modes)[:most]
    passes = fixes.passes_beside(store, expert, fails)
    beside = random.Random(0).sample(passes, min(control, len(passes)))
    return fixes.get(store, fixes.create(store, title, text, version, modes,
                                         _other_versions(store, [*fails, *beside], version)))


def _other_versions(store: Store, keys: list[int], version: str) -> list[int]:
    if not keys:
        raise UsageError("No fail has these failure modes: there is nothing to run again.")
    kept = [key for key in keys if not version or traces.by_key(store, key).system_version != version]
    if not kept:
        raise UsageError(f"All of these fails are answers of {version} itself: a newer version carries the fix.")
    return kept


def run(store: Store, fix: int, *, concurrency: int = MOST_AT_ONCE, token: str | None = None) -> Job:
    """A queued job in which the version of a fix answers its inputs; each answer goes into the principal's queue.

    Raises UsageError where the version is none that can be called, or has answered them all.
    """
    found = fixes.get(store, fix)
    if not found.system_version:
        raise UsageError("Name the version of the AI system that carries this fix first.")
    if found.system_version not in [system.version for system in systems.every(store)]:
        raise UsageError(f"'{found.system_version}' is not set up here, so it cannot be asked: add it on Dataset, view "
                         "Get outputs, or import its answers and queue them.")
    expert, system = figures.principal_name(store), systems.get(store, found.system_version)
    with store.transaction():
        known = jobs.known(store, token)
        if known is None:
            todo = [key for key in fixes.traces_of(store, fix) if not answers.has(store, key, system.version)]
            if not todo:
                raise UsageError(f"{system.version} has answered all of these inputs already.")
            # In an order that tells nobody which of them failed before.
            random.Random(fix).shuffle(todo)
            known = jobs.create(store, "answer", [(key, {}) for key in todo], system=system.id, token=token,
                                concurrency=concurrency, config={"version": system.version, "again": True, "fix": fix,
                                                                 "expert": expert})
    return jobs.get(store, known)


def queue(store: Store, fix: int) -> int:
    """Puts what the version has answered and the principal has not seen into the queue; returns how many."""
    expert = figures.principal_name(store)
    waiting = [one.answer for one in fixes.again(store, fix, expert) if one.answer and one.after is None]
    random.Random(fix).shuffle(waiting)
    return fixes.queue(store, fix, waiting, expert)


def queue_imported(store: Store) -> None:
    """Queues the answers that an import brought to fixes: else they could be drawn later as if picked by nobody."""
    for fix in fixes.every(store):
        if fix.status == "fixed":
            queue(store, fix.id)


def effect(store: Store, fix: int) -> Effect:
    """Before and after on the same inputs, by the principal's labels."""
    rows = tuple(fixes.again(store, fixes.get(store, fix).id, figures.principal_name(store)))
    # To "agree with pass" before and after is to pass: the comparison of runs counts the same flips.
    shared = {text: number for number, (text, n) in enumerate(Counter(one.input for one in rows).items()) if n > 1}
    compared = comparison.compared(comparison.Row(one.trace, PASS, one.before, one.after, None, shared.get(one.input))
                                   for one in rows)
    both = [one for one in rows if one.before is not None and one.after is not None]
    kept = Counter(one.before for one in both if one.before == one.after)
    before, after = (metrics.share(Tally.of(Counter(
        (None, shared.get(one.input), getattr(one, side)) for one in both)), (0,), (0, 1), "none is looked at yet")
        for side in ("before", "after"))
    return Effect(
        compared.fixed, kept[FAIL], compared.broken, kept[PASS],
        sum(one.answer is not None and one.after is None for one in rows), sum(one.answer is None for one in rows),
        compared.p, before, after, rows)


def verify(store: Store, fix: int) -> Effect:
    """Notes that the expert has looked at every new answer; UsageError with how many are missing."""
    found = effect(store, fix)
    if missing := unread_words(found):
        raise UsageError(f"Not verified: {missing}")
    fixes.mark_verified(store, fix)
    return found


def unread_words(found: Effect) -> str:
    """What is missing before a fix can be called verified; empty where nothing is."""
    if not found.rows:
        return "it has no trace to look at."
    parts = [f"{found.unanswered:,} of {counted(len(found.rows), 'input is', 'inputs are')} not answered by the new "
             "version yet"
             ] * bool(found.unanswered) + [
                 f"{counted(found.unread, 'new answer is', 'new answers are')} still unread"] * bool(found.unread)
    return f"{', and '.join(parts)}." if parts else ""


def reading(found: Effect) -> str:
    """Fixed against broken, in a sentence on chance."""
    if not found.read:
        return "Nothing to compare yet: the expert has looked at none of the new answers."
    flips = found.fixed + found.broken
    if not flips:
        return "No outcome changed."
    words = f"{found.fixed:,} fixed against {found.broken:,} newly broken"
    if found.p >= CHANCE:
        return f"{words}: chance alone could bring that."
    return f"{words}: more than chance would bring" + (", so it got worse." if found.broken > found.fixed else ".")


def pervasive(store: Store, ranked: Sequence[Ranked] | None = None) -> list[str]:
    """Why to fix before building a judge, a sentence for each reason; empty where there is none.

    `ranked` is what `what_to_fix.ranking` said, where that is known already.
    """
    return list(causes(store, ranked).values())


def causes(store: Store, ranked: Sequence[Ranked] | None = None) -> dict[str, str]:
    """The same, each under what is so common: a failure mode by its name, or "" for fails of any kind."""
    if experts.principal(store) is None:
        return {}
    modes = what_to_fix.ranking(store) if ranked is None else ranked
    found = {mode.name: _common(mode) for mode in modes if _is_common(mode)}
    overall = rates.table(store).overall
    if overall.n >= ENOUGH and overall.fails > PERVASIVE_RATE * overall.n:
        found[""] = f"{format_share(overall.rate)} of {counted(overall.n, 'labelled trace')} fail."
    return found


def _is_common(mode: Ranked) -> bool:
    share = mode.share.value
    return (share is not None and share > PERVASIVE_SHARE and mode.fails / share >= ENOUGH
            and mode.status not in ("fixed", "watched"))


def _common(mode: Ranked) -> str:
    return f"'{mode.name}' is in {mode.share.value:.0%} of the coded fails."
