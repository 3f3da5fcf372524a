"""A judge of any kind, made ready and asked the same way: by a written verdict, by a probability, or by both."""

from collections.abc import Callable

from lib.models.llm import Client
from lib.prompting import cascades, decisions, judge
from lib.prompting.cascades import CascadePrompt
from lib.prompting.decisions import DecisionPrompt
from lib.prompting.judge import Prompt
from lib.records import PromptVersion, Trace, Verdict
from lib.records.decision import FIRST

AnyPrompt = Prompt | DecisionPrompt | CascadePrompt


def prepared(version: PromptVersion, question: str, criteria: str = "", whole: bool = False) -> AnyPrompt:
    """A version made ready to be asked of many traces; `whole` as `judge.Prompt` has it."""
    if version.cascade:
        return cascades.prepared(version, question, criteria)
    if version.decision:
        return DecisionPrompt(version, question, criteria)
    return Prompt(version, question, criteria, whole)


async def judge_trace(client: Client, prompt: AnyPrompt, trace: Trace, model: str,
                      nonce: str | None = None, again: Callable[[], None] = lambda: None) -> Verdict:
    """One call for one trace, as `judge.judge_trace` and `decisions.judge_trace` make it; of a cascade one or two."""
    if isinstance(prompt, CascadePrompt):
        async def ask(half: str) -> Verdict:
            one = prompt.first if half == FIRST else prompt.second
            of = model if half == FIRST else prompt.second.version.model
            return await judge_trace(client, one, trace, of or model, nonce, again)
        return await cascades.judge_trace(prompt, ask)
    if isinstance(prompt, DecisionPrompt):
        return await decisions.judge_trace(client, prompt, trace, model, again)
    return await judge.judge_trace(client, prompt, trace, model, nonce, again)
