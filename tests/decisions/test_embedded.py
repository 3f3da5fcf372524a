"""Decision judges at the real embedded server: log-probabilities of a chat model, and its 501 for typed questions."""

import asyncio

import pytest

from lib.models import llm
from lib.models.decisions import door
from lib.models.llm import LlmError
from lib.prompting import decisions
from lib.records import Decision, PromptVersion, Trace
from tests.support.running import small_model

TRACE = Trace("t", "What is the capital of France?", "The capital of France is Paris.")
VERSION = PromptVersion("quick", 1, decisions.DEFAULT_TEMPLATE, decision=Decision(
    "logprobs", "It is right.", "It is wrong."))


@pytest.fixture(scope="module")
def served():
    """The small model with one thread: other tests need the other processor."""
    with small_model() as endpoint:
        yield endpoint


def ask(served: llm.Endpoint, wire: str) -> door.Answer:
    async def once() -> door.Answer:
        async with llm.Client(served, 120.0) as client:
            asked = decisions.DecisionPrompt(VERSION, "Is it right?").asked(TRACE)
            return await door.ask(client, asked, wire=wire, model=llm.list_models(served)[0].id)

    return asyncio.run(once())


def test_log_probabilities_are_read_or_their_mass_is_said_to_be_too_low(served):
    found = ask(served, "logprobs")
    # The small model puts .04 to .36 on the two words with most wordings: then there is an error, and no verdict.
    assert (found.error, found.p_pass) == ("low mass", None) or (
        0 < found.p_pass < 1 and found.raw["label_mass"] >= 0.5)
    assert found.completion_tokens == 1


def test_what_is_the_same_for_every_trace_is_read_once(served):
    first, second = ask(served, "logprobs"), ask(served, "logprobs")
    assert second.cached_tokens > 0.9 * first.prompt_tokens


def test_a_chat_model_asked_typed_questions_stops_the_run_and_its_kind_is_known_from_the_list(served):
    assert [one.decides for one in llm.list_models(served)] == [False]
    with pytest.raises(LlmError, match="is not a decision model") as raised:
        ask(served, "systemone")
    assert raised.value.stops_the_run
