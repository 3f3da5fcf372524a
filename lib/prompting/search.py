"""The automatic search: candidates for the guidelines of a prompt, tried on train and dev, by GEPA (Agrawal 2025).

The one importer of gepa. Knows no network and no store: it is handed what judges, what reflects and what stops it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import gepa
from gepa.core.adapter import EvaluationBatch

from lib.prompting import guidelines, suggest
from lib.records import Label, Trace, Verdict
from lib.records.suggestion import AT_ONCE, SEED, Difference

_PART = "guidelines"


@dataclass(frozen=True)
class Tried:
    """A trace the search judges, and the expert's label on it."""

    trace: Trace
    label: Label


@dataclass(frozen=True)
class Tools:
    """What the search is given. Each may raise to end the search; what was found until then is kept."""

    judged: Callable[[str, Sequence[Trace]], list[Verdict]]  # template, traces -> a verdict each
    reflected: Callable[[str, Sequence[Difference]], list[str]]  # guidelines, differences -> better ones, or none
    measured: Callable[[str, Sequence[Verdict]], None]  # template, its verdicts on all dev traces
    stopped: Callable[[], bool]  # asked before each round


def run(template: str, train: Sequence[Tried], dev: Sequence[Tried], tools: Tools) -> None:
    """Tries the guidelines of the template and better ones after it, until the tools end it.

    Proposals are drawn from train alone; dev decides which of them are kept.
    """
    gepa.optimize(
        {_PART: guidelines.section(template)}, list(train), list(dev), adapter=_Adapter(template, dev, tools),
        reflection_minibatch_size=min(AT_ONCE, len(train)), stop_callbacks=lambda _: tools.stopped(),
        logger=_Silent(), seed=SEED, track_best_outputs=False)


class _Silent:
    """gepa reports to standard output otherwise."""

    def log(self, message: str) -> None:
        """Keeps nothing."""


class _Adapter:
    """What gepa asks of a system it improves: try a candidate, say what went wrong, propose another one."""

    def __init__(self, template: str, dev: Sequence[Tried], tools: Tools) -> None:
        self.template, self.dev, self.tools = template, [one.trace.key for one in dev], tools

    def evaluate(self, batch: list[Tried], candidate: dict[str, str], capture_traces: bool = False) -> EvaluationBatch:
        """1 for each trace on which judge and expert agree; 0 for an error too, and for a prompt of no use."""
        template = guidelines.replaced(self.template, candidate[_PART])
        if suggest.unusable(self.template, template):
            return EvaluationBatch(batch, [0.0] * len(batch), [(one, Verdict(None)) for one in batch])
        verdicts = self.tools.judged(template, [one.trace for one in batch])
        if [one.trace.key for one in batch] == self.dev:
            self.tools.measured(template, verdicts)
        pairs = list(zip(batch, verdicts, strict=True))
        return EvaluationBatch(batch, [float(said.outcome == one.label.outcome) for one, said in pairs], pairs)

    def make_reflective_dataset(self, candidate: dict[str, str], found: EvaluationBatch,
                                parts: list[str]) -> dict[str, list[dict[str, Any]]]:
        """The train traces of this batch on which the two differ."""
        return {_PART: [{"difference": _difference(one, said)} for one, said in found.trajectories
                        if said.outcome != one.label.outcome]}

    def propose_new_texts(self, candidate: dict[str, str], found: dict[str, list[dict[str, Any]]],
                          parts: list[str]) -> dict[str, str]:
        """The section anew; nothing where the model wrote nothing that can be used."""
        rules = self.tools.reflected(candidate[_PART], [row["difference"] for row in found[_PART]])
        return {_PART: "\n".join(f"- {rule}" for rule in rules)} if rules else {}


def _difference(one: Tried, said: Verdict) -> Difference:
    return Difference(one.trace.id, one.trace.input, one.trace.output or "", one.label.outcome, one.label.critique,
                      said.outcome or f"nothing that can be read ({said.error})", said.critique)
