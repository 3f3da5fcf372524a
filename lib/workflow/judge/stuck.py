"""Where agreement stands still: what the store says of the three causes, and the decision a person records."""

from collections.abc import Sequence

from lib.prompting import critique_hints
from lib.prompting.guidelines import TRIAL
from lib.prompting.lint import TOO_SHORT
from lib.records import Figure, UsageError
from lib.records.suggestion import TARGET
from lib.statistics import metrics, stuck
from lib.statistics.comparison import chance_of
from lib.statistics.stuck import Facts, Flat
from lib.statistics.versions import Measured
from lib.store import Store, experts
from lib.store.dataset import dimensions
from lib.store.judge import comparisons, decisions, judges
from lib.store.review import critiques
from lib.workflow.judge import slices, versions
from lib.workflow.review import consistency

NEWEST_CRITIQUES = 500


def flatness(store: Store, points: Sequence[Measured], expert: str) -> Flat:
    """Whether the newest three versions of a trend stand still; versions that try a rule away are none of them."""
    def p(worst: Measured, best: Measured) -> float:
        return chance_of(comparisons.flips(store, worst.run, best.run, expert))

    kept = stuck.comparable([point for point in points if not point.note.startswith(TRIAL)])
    return stuck.flatness(kept, decisions.target(store), p)


def facts(store: Store, judge: str, flat: Flat, stands_in: bool) -> Facts:
    """What the causes are checked against; `stands_in`: the principal only stands in for the expert."""
    principal = experts.principal(store)
    if principal is None:
        raise UsageError("This project has no expert yet: label a trace on the Review page, or import labels.")
    version = judges.newest_prompt(store, judge)
    return Facts(
        principal.name, stands_in, metrics.wilson(*critiques.share_of_labels(store, principal.name), "nobody has "
                                                  "labelled yet"),
        _terse(store, principal.name), consistency.ceiling(store, principal.name), decisions.target(store),
        len(version.examples), versions.remarks(
            store, version.template, [one.label.key for one in version.examples], judge),
        _slices(store, flat.points[-1].run) if flat.points else [], flat.points)


def _terse(store: Store, expert: str) -> Figure:
    found = critiques.newest(store, expert, NEWEST_CRITIQUES)
    short = sum(bool(TOO_SHORT & set(critique_hints.hints(*one))) for one in found)
    return metrics.wilson(short, len(found), "nobody has labelled yet")


def _slices(store: Store, run: int) -> list[tuple[str, slices.Slice]]:
    """Every slice with enough pairs of every dimension in use."""
    return [(dimension.name, one) for dimension in dimensions.described(store)
            for one in slices.by(store, run, dimension.name) if not one.small and one.agreement.value is not None]


def decide(store: Store, judge: str, kind: str, text: str, target: float | None = None) -> None:
    """Records a decision; one that changes the target changes it, both or neither."""
    if kind == TARGET and target is None:
        raise UsageError("Say what the new target is.")
    with store.transaction():
        if kind == TARGET:
            before = decisions.target(store)
            decisions.set_target(store, target)
            text = f"{text.strip()} ({before:.0%} to {target:.0%})" if text.strip() else ""
        decisions.add(store, judge, kind, text)
