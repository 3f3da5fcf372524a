"""One judgement by two judges: a probability first, and a written verdict where it lies in the band of the unsure.

Works through a client it is given; what either judge has said before is asked of a function.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any

from lib.prompting.decisions import DecisionPrompt
from lib.prompting.judge import Prompt
from lib.records import Cascade, PromptVersion, Trace, Verdict
from lib.records.decision import FIRST, SECOND

OTHER_MODEL = "other model"  # the kind of error where another one answers than the band was chosen on


@dataclass(frozen=True)
class CascadePrompt:
    """A cascade made ready to be asked of many traces: the prompts of both its judges."""

    version: PromptVersion
    first: DecisionPrompt
    second: Prompt

    @property
    def empty(self) -> list[str]:
        """The sections that the second judge is not sent, by their titles."""
        return self.second.empty

    def messages(self, trace: Trace, nonce: str | None = None) -> list[dict[str, Any]]:
        """What the first judge is told, as messages."""
        return self.first.messages(trace, nonce)

    def without(self, trace: Trace) -> "CascadePrompt":
        """For judging one of its own examples: both judges without it."""
        return replace(self, first=self.first.without(trace), second=self.second.without(trace))


def prepared(version: PromptVersion, question: str, criteria: str = "") -> CascadePrompt:
    """A version made ready; `question` is the project's, `criteria` its criteria document."""
    one, two = halves(version)
    return CascadePrompt(version, DecisionPrompt(one, question, criteria), Prompt(two, question, criteria))


def halves(version: PromptVersion) -> tuple[PromptVersion, PromptVersion]:
    """The two judges of a cascade, as versions of their own."""
    of: Cascade = version.cascade
    return (replace(version, examples=version.examples[:of.own], cascade=None),
            PromptVersion(of.then, of.then_version, of.template, version.examples[of.own:], of.then_model,
                          of.parameters))


async def judge_trace(prompt: CascadePrompt, ask: Callable[[str], Awaitable[Verdict]]) -> Verdict:
    """The verdict on one trace; `ask` gives that of the first or the second judge, by a call or from the store.

    The probability is the first judge's, whoever decides; what both took is added up.
    """
    of, one = prompt.version.cascade, await ask(FIRST)
    if one.p_pass is None:
        return one
    if one.model and of.model and one.model != of.model:
        return replace(one, outcome=None, p_pass=None, error=OTHER_MODEL, raw=(
            f"{one.model} answered, and the band was chosen on probabilities of {of.model}: judge dev with it and make "
            "the cascade anew"))
    if not of.asks(one.p_pass):
        return replace(one, outcome=of.outcome(one.p_pass), decided_by=FIRST)
    two = await ask(SECOND)
    if two.outcome is None:
        return _both(one, two)
    return replace(_both(one, two), p_pass=one.p_pass, p_raw=one.p_raw, decided_by=SECOND,
                   reused=two.reused if one.reused else None)


def _both(one: Verdict, two: Verdict) -> Verdict:
    """The second verdict with what the first one took besides."""
    sums = {name: _sum(getattr(one, name), getattr(two, name)) for name in (
        "prompt_tokens", "completion_tokens", "cached_tokens", "milliseconds")}
    return replace(two, **sums)


def _sum(one: int | None, two: int | None) -> int | None:
    return two if one is None else one if two is None else one + two
