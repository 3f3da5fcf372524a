"""A judge of either kind, asked the same way: one that writes its verdict, or one that answers with a probability."""

from collections.abc import Callable

from lib.models.llm import Client
from lib.prompting import decisions, judge
from lib.prompting.decisions import DecisionPrompt
from lib.prompting.judge import Prompt
from lib.records import PromptVersion, Trace, Verdict


def prepared(version: PromptVersion, question: str, criteria: str = "", whole: bool = False) -> Prompt | DecisionPrompt:
    """A version made ready to be asked of many traces; `whole` as `judge.Prompt` has it."""
    if version.decision:
        return DecisionPrompt(version, question, criteria)
    return Prompt(version, question, criteria, whole)


async def judge_trace(client: Client, prompt: Prompt | DecisionPrompt, trace: Trace, model: str,
                      nonce: str | None = None, again: Callable[[], None] = lambda: None) -> Verdict:
    """One call for one trace, as `judge.judge_trace` and `decisions.judge_trace` make it."""
    if isinstance(prompt, DecisionPrompt):
        return await decisions.judge_trace(client, prompt, trace, model, again)
    return await judge.judge_trace(client, prompt, trace, model, nonce, again)
