"""A judge's bias: where a run errs differently than elsewhere, and what flips its verdicts besides the work itself."""

from dataclasses import dataclass

from lib.records import Counts, Run, UsageError
from lib.records.probing import SAME, Probed
from lib.statistics import effective
from lib.statistics.bias.groups import Groups, Reordered, by_length, by_version, reordered
from lib.statistics.bias.probes import ProbeResult, results
from lib.statistics.comparison import Row
from lib.store import Store
from lib.store.judge import comparisons, judges, noise, probes, runs, slices
from lib.workflow.figures import expert_named
from lib.workflow.judge import probing


@dataclass(frozen=True)
class Bias:
    """All that is known of a run: by groups of its pairs without any call, and by the probes asked so far."""

    run: Run
    expert: str
    length: Groups
    version: Groups
    order: list[Reordered]
    why_no_order: str  # "" where there is one
    probes: list[ProbeResult]
    flipped: list[Probed]  # every reply that is not the run's own outcome, but for those to the same asked again
    why_no_probes: str  # "" where the run can be probed

    @property
    def ties(self) -> str:
        """A sentence where pairs are of traces that share an input or a session."""
        return effective.sentence(sum((one.counts for one in self.version.groups), Counts()), "pairs")


def of(store: Store, run: int, expert: str | None = None, every: bool = False) -> Bias:
    """The bias of a run by an expert's labels (default: the principal's), sealed test pairs left out.

    `every` counts shadow labels and traces drawn by an outcome too, in the groups; probes never ask of such.
    """
    found, person = runs.get(store, run), expert_named(store, expert)
    others = noise.reordered(store, run)
    order = reordered((other, version, [Row(*row) for row in comparisons.rows(store, run, other, person, every)])
                      for other, version in others)
    replies = probes.replies(store, run, person)
    return Bias(found, person, by_length(slices.counts_by_length(store, run, person, every)),
                by_version(slices.counts_by_version(store, run, person, every)), order,
                "" if order else _why_no_order(store, found), results(replies),
                [one for one in replies if one.alteration != SAME and one.outcome not in (None, one.first)],
                why_no_probes(store, found))


def _why_no_order(store: Store, run: Run) -> str:
    if run.prompt is None:
        return "These verdicts were recorded elsewhere: the order of its examples is not known."
    if len(judges.prompt_by_key(store, run.prompt).examples) < 2:
        return "Its prompt shows fewer than two examples: there is no order."
    return ("No run of another version differs in the order of its examples alone. The probe 'order' asks the same "
            "prompt with them reversed.")


def why_no_probes(store: Store, run: Run) -> str:
    """Why a run cannot be probed, as a sentence; "" where it can, or where nobody has labelled yet."""
    try:
        return probing.refused(store, run)
    except UsageError as error:
        return str(error)
