"""An AI system behind chat completions: the team's own prompt, whole messages, its own address and key."""

import pytest

from lib import systems
from lib.models.replies import LlmError
from lib.records import Trace, UsageError
from tests.support.ai_system import SECRET, TRACE, ask
from tests.support.endpoint import completion, error, html, refusal, verdict

TALK = [{"role": "system", "content": "an old prompt"}, {"role": "user", "content": "hi"},
        {"role": "assistant", "content": None, "tool_calls": [{"id": "1", "type": "function"}]},
        {"role": "tool", "tool_call_id": "1", "content": "7"}, {"role": "user", "content": "and now?"},
        {"role": "assistant", "content": "an old answer"}]


def config(server, **values):
    return {"base_url": server.url, "model": "shop-model", **values}


def test_the_teams_prompt_model_and_parameters_are_sent_and_all_is_kept(endpoint):
    endpoint.plan = completion("It is on its way.", reasoning_content="thought")
    answer = ask("openai", **config(endpoint, system_prompt="You are a shop.", parameters='{"temperature": 0.2}'))
    [call] = endpoint.chats
    sent = [{"role": "system", "content": "You are a shop."}, {"role": "user", "content": TRACE.input}]
    assert (call.body["messages"], call.body["model"], call.body["temperature"]) == (sent, "shop-model", 0.2)
    assert call.headers["authorization"] == "Bearer none"
    assert answer.output == "It is on its way."
    assert answer.messages == [*sent, {"role": "assistant", "content": answer.output, "reasoning_content": "thought"}]
    assert answer.log.pop("milliseconds") >= 0
    assert answer.log == {"prompt_tokens": 100, "completion_tokens": 20, "model": "test-model-2026",
                          "finish_reason": "stop"}


def test_a_conversation_is_sent_up_to_what_the_user_said_last_under_the_new_prompt(endpoint):
    endpoint.plan = completion("new")
    answer = ask("openai", Trace("t", "and now?", None, TALK), **config(endpoint, system_prompt="new prompt"))
    assert endpoint.chats[0].body["messages"] == [{"role": "system", "content": "new prompt"}, *TALK[1:5]]
    assert answer.messages[-1] == {"role": "assistant", "content": "new"} and len(answer.messages) == 6


def test_calling_a_tool_is_an_answer(endpoint):
    call = {"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"id": 7}'}}
    endpoint.plan = completion(None, "tool_calls", tool_calls=[call])
    answer = ask("openai", **config(endpoint, parameters={"tools": [{"type": "function"}]}))
    assert answer.output == "" and endpoint.chats[0].body["tools"] == [{"type": "function"}]
    assert answer.messages[-1] == {"role": "assistant", "content": None, "tool_calls": [call]}
    assert answer.log["finish_reason"] == "tool_calls"


def test_a_refusal_and_a_cut_answer_are_what_the_ai_system_said(endpoint):
    endpoint.plan = [refusal("I will not."), completion("It is on", "length")]
    assert ask("openai", **config(endpoint)).output == "I will not."
    cut = ask("openai", **config(endpoint))
    assert (cut.output, cut.log["finish_reason"]) == ("It is on", "length")


def test_its_own_response_format_is_sent(endpoint):
    ask("openai", **config(endpoint, parameters={"response_format": {"type": "json_object"}}))
    assert endpoint.chats[0].body["response_format"] == {"type": "json_object"}


@pytest.mark.parametrize(("answer", "kind", "said"), [
    (error(401), "auth", "Correct SHOP_KEY"), (error(429, retry_after=3), "rate_limit", "slow down"),
    (error(500), "server", "500"), (html(), "unreadable", "no chat completion"),
    (completion([{"type": "text"}]), "unreadable", "no chat completion"),
    (error(404), "model_not_found", "shop-model")])
def test_every_fault_has_a_kind_and_a_sentence_that_names_what_is_its_own(endpoint, monkeypatch, answer, kind, said):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    endpoint.plan = answer
    with pytest.raises(LlmError, match=said) as caught:
        ask("openai", **config(endpoint, key_variable="SHOP_KEY"))
    assert caught.value.kind == kind and "OPENAI" not in str(caught.value)


def test_an_echoed_key_is_taken_out_of_messages_and_tool_calls_too(endpoint, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    endpoint.plan = completion(f"key {SECRET}", tool_calls=[{"function": {"arguments": SECRET}}], extra={SECRET: 1})
    answer = ask("openai", **config(endpoint, key_variable="SHOP_KEY"))
    assert endpoint.chats[0].headers["authorization"] == f"Bearer {SECRET}"
    assert answer.output == "key [key]" and SECRET not in repr(answer)


def test_the_judges_endpoint_is_never_taken_in_its_place(endpoint_env, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_SECRETS", "OPENAI_API_KEY")
    for values in ({"model": "m"}, {"model": "m", "base_url": ""}):
        with pytest.raises(UsageError, match="Address is missing"):
            systems.check("openai", values, [])
    with pytest.raises(UsageError, match="is not sent to another address"):
        ask("openai", base_url="http://127.0.0.1:9/v1", model="m", key_variable="OPENAI_API_KEY")
    assert endpoint_env.calls == 0


def test_the_judges_key_may_be_named_for_its_own_address(endpoint_env, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_SECRETS", "OPENAI_API_KEY")
    endpoint_env.plan = verdict("pass")
    ask("openai", **config(endpoint_env, key_variable="OPENAI_API_KEY"))
    assert endpoint_env.calls == 1


@pytest.mark.parametrize(("values", "said"), [
    ({"key_variable": "sk-1234567890"}, "The key itself is never stored"), ({"model": " "}, "missing"),
    ({"base_url": "shop"}, "no address"), ({"parameters": "[1]"}, "JSON object"), ({"system_prompt": 5}, "a text")])
def test_what_does_not_fit_is_refused_when_it_is_saved(values, said):
    with pytest.raises(UsageError, match=said) as caught:
        systems.check("openai", {"base_url": "http://x/v1", "model": "m", **values}, [])
    assert "sk-1234567890" not in str(caught.value)


def test_an_unknown_kind_is_refused_with_those_there_are():
    with pytest.raises(UsageError, match=r"no kind of AI system 'grpc'\. Kinds: openai, http, python"):
        systems.check("grpc", {}, [])
