"""Door 1 against a real loopback server: every way a call can fail gets its name, and the key stays inside."""

import asyncio
import json
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from lib.models import llm
from lib.models.replies import MAX_RAW
from lib.records import UsageError
from tests.support.endpoint import (
    Answer,
    Endpoint,
    completion,
    cut,
    default_plan,
    drip,
    error,
    half_json,
    hang,
    html,
    length,
    refusal,
    reset,
    verdict,
    without_formats,
)
from tests.support.running import PATIENCE
from tests.support.secrets import CANARY

SCHEMA = {"type": "object", "properties": {"outcome": {"type": "string"}}, "required": ["outcome"]}
ASK = [{"role": "user", "content": "hello"}]


def complete(endpoint: Endpoint, *, times: int = 1, timeout: float = PATIENCE, key: str = CANARY,
             **options) -> llm.Reply:
    """The last reply of `times` calls by one client."""
    async def go() -> llm.Reply:
        async with llm.Client(llm.Endpoint("test", endpoint.url, key), timeout=timeout) as client:
            for _ in range(times):
                reply = await client.complete(ASK, **{"model": "test-model", **options})
        return reply

    return asyncio.run(go())


def failure(endpoint: Endpoint, answer: Answer, **options) -> llm.LlmError:
    """The error that this answer becomes."""
    endpoint.plan = answer
    with pytest.raises(llm.LlmError) as caught:
        complete(endpoint, **options)
    return caught.value


def test_a_reply_comes_back_plainly(endpoint):
    endpoint.plan = verdict("pass", "fine")
    reply = complete(endpoint)
    assert json.loads(reply.text) == {"critique": "fine", "outcome": "pass"}
    assert (reply.finish_reason, reply.refusal, reply.model, reply.format) == ("stop", None, "test-model-2026", "text")
    assert (reply.prompt_tokens, reply.completion_tokens) == (100, 20)


def test_the_call_carries_key_model_messages_schema_and_parameters(endpoint):
    complete(endpoint, schema=SCHEMA, parameters={"temperature": 0.5, "top_k": 3})
    [call] = endpoint.chats
    assert call.headers["authorization"] == f"Bearer {CANARY}"
    assert call.body == {
        "model": "test-model", "messages": ASK, "temperature": 0.5, "top_k": 3, "response_format": {
            "type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": SCHEMA}}}


def test_only_an_endpoint_that_wants_it_is_sent_a_bound_on_texts():
    schema = {"type": "object", "properties": {"why": {"type": "string"}, "list": {"items": {"type": "string"}},
                                               "outcome": {"type": "string", "enum": ["pass"]}}}
    sent = llm._bounded(schema, 9)
    assert sent["properties"] == {"why": {"type": "string", "maxLength": 9},
                                  "list": {"items": {"type": "string", "maxLength": 9}},
                                  "outcome": {"type": "string", "enum": ["pass"]}}
    assert llm._bounded(schema, None) == schema


@pytest.mark.parametrize(("answer", "kind"), [
    (error(401), "auth"), (error(403), "auth"), (error(404, code="model_not_found"), "model_not_found"),
    (error(429), "rate_limit"), (error(429, code="insufficient_quota"), "quota"),
    (error(400, param="temperature"), "parameter"), (error(400, "unsupported value"), "parameter"),
    (error(400, "too long", "context_length_exceeded", "messages"), "context_length"),
    (error(400, "the request exceeds the available context size"), "context_length"),
    (error(400, "no", param="messages.[0].content"), "bad_request"),
    (error(400, "filtered", "content_filter", "prompt"), "content_filter"),
    (error(400), "bad_request"), (error(422), "bad_request"), (error(408), "server"),
    (error(500), "server"), (error(502), "server"), (error(503), "server"), (html(503), "server"),
    (reset(), "connection"), (cut(), "connection"),
    (html(), "unreadable"), (Answer(body=""), "unreadable"), (Answer(body="[" * 100_000), "unreadable"),
    (Answer(body={"error": {"message": "overloaded"}}), "server"), (Answer(body=[1]), "unreadable"),
    (Answer(body={"choices": []}), "server"), (Answer(body={"choices": None}), "server"),
    (Answer(body='{"choices": [{"message": {"content": "half'), "unreadable"),
    (completion(None), "unreadable"), (completion(None, None), "unreadable"), (completion(["a"]), "unreadable"),
    (completion([{"type": "image_url", "image_url": {"url": "x"}}]), "unreadable"),
])
def test_every_fault_gets_its_name_after_exactly_one_call(endpoint, answer, kind):
    assert failure(endpoint, answer).kind == kind
    assert endpoint.calls == 1


@pytest.mark.parametrize(("kind", "transient", "stops"), [
    ("rate_limit", True, False), ("server", True, False), ("connection", True, False), ("timeout", True, False),
    ("quota", False, True), ("auth", False, True), ("model_not_found", False, True), ("parameter", False, True),
    ("context_length", False, False), ("unreadable", False, False), ("bad_request", False, False)])
def test_a_kind_says_whether_to_try_again_or_to_stop(kind, transient, stops):
    named = llm.LlmError(kind, "text")
    assert (named.transient, named.stops_the_run) == (transient, stops)


@pytest.mark.parametrize(("header", "seconds"), [
    (1, 1.0), ("90", 90.0), ("1.5", 1.5), ("-3", 0.0), ("999999999", 999999999.0), (None, None), ("soon", None),
    ("Mon, 01 Jan 2001 00:00:00 GMT", 0.0), ("nan", 0.0)])
def test_retry_after_is_read_as_it_stands(endpoint, header, seconds):
    assert failure(endpoint, error(429, retry_after=header)).retry_after == seconds


def test_retry_after_may_be_a_date(endpoint):
    date = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    assert 3_500 < failure(endpoint, error(503, retry_after=date)).retry_after <= 3_600


def test_a_call_that_hangs_ends_at_the_deadline(endpoint):
    fault = failure(endpoint, hang(), timeout=0.3)
    assert (fault.kind, str(fault)) == ("timeout", "No whole reply came within 0.3 s.")


def test_a_call_that_drips_ends_at_the_same_deadline(endpoint):
    assert failure(endpoint, drip(), timeout=0.3).kind == "timeout"


def test_an_endpoint_that_is_not_there_is_named():
    gone = Endpoint()
    gone.close()
    with pytest.raises(llm.LlmError, match="cannot be reached") as caught:
        complete(gone)
    assert caught.value.kind == "connection"


def test_an_unreadable_reply_is_kept(endpoint):
    assert "Please log in" in failure(endpoint, html()).raw
    assert len(failure(endpoint, Answer(body="x" * 50_000)).raw) == MAX_RAW


def test_refusal_length_and_filter_are_replies(endpoint):
    endpoint.plan = [refusal("I will not."), length(), completion(None, "content_filter"), half_json()]
    assert complete(endpoint).refusal == "I will not."
    assert complete(endpoint).finish_reason == "length"
    assert complete(endpoint).finish_reason == "content_filter"
    assert complete(endpoint).text.endswith("cor")


def test_a_reply_with_half_a_character_can_be_stored(endpoint):
    endpoint.plan = Answer(body=json.dumps(completion("bad \ud800 half").body))
    assert complete(endpoint).text == "bad \\ud800 half"


def test_counts_of_tokens_that_are_no_counts_are_unknown(endpoint):
    body = completion("x").body
    endpoint.plan = Answer(body={**body, "usage": {"prompt_tokens": "many", "completion_tokens": -1}, "model": 7})
    reply = complete(endpoint)
    assert (reply.prompt_tokens, reply.completion_tokens, reply.model) == (None, None, "")


@pytest.mark.parametrize(("taken", "asked"), [
    (("json_schema",), ["json_schema"] * 3),
    (("json_object",), ["json_schema", "json_object", "json_object", "json_object"]),
    ((), ["json_schema", "json_object", None, None, None])])
def test_a_refused_format_is_asked_for_once_only(endpoint, taken, asked):
    endpoint.plan = without_formats(default_plan, *taken)
    reply = complete(endpoint, times=3, schema=SCHEMA)
    assert [call.body.get("response_format", {}).get("type") for call in endpoint.chats] == asked
    assert reply.format == (asked[-1] or "text")


def test_calls_at_the_same_time_agree_on_the_format(endpoint):
    async def go() -> list[llm.Reply]:
        async with llm.Client(llm.Endpoint("test", endpoint.url, CANARY)) as client:
            ask = [client.complete(ASK, model="m", schema=SCHEMA) for _ in range(8)]
            await asyncio.gather(*ask)
            return await client.complete(ASK, model="m", schema=SCHEMA)

    slow_refusal = Answer(400, error(400, param="response_format").body, delay=0.2)
    answers = iter([slow_refusal])
    endpoint.plan = lambda body: (next(answers, error(400, param="response_format"))
                                  if "response_format" in body else verdict("pass"))
    assert asyncio.run(go()).format == "text"
    assert "response_format" not in endpoint.chats[-1].body


def test_a_rejected_parameter_is_named(endpoint):
    fault = failure(endpoint, error(400, "Unsupported value", "unsupported_value", "temperature"))
    assert "'temperature'" in str(fault)


@pytest.mark.parametrize("name", ["messages", "model", "stream", "response_format"])
def test_a_parameter_cannot_replace_what_is_ours(endpoint, name):
    assert failure(endpoint, verdict("pass"), parameters={name: True}).kind == "parameter"
    assert endpoint.calls == 0


def test_a_redirect_is_not_followed_with_the_key(endpoint):
    other = Endpoint()
    fault = failure(endpoint, Answer(307, headers={"Location": f"{other.url}/chat/completions"}))
    other.close()
    assert (fault.kind, other.ledger) == ("auth", [])
    assert "redirects" in str(fault)


@pytest.mark.parametrize("answer", [
    error(401, f"Incorrect key {CANARY}"), error(429, CANARY), error(500, CANARY), error(404, CANARY),
    error(400, f"context length {CANARY}"), error(400, CANARY, param="top_p"), error(400, "x" * 490 + CANARY),
    error(401, CANARY, code=CANARY, param=CANARY), Answer(200, f"<p>{CANARY}"), Answer(500, f"<p>{CANARY}"),
    Answer(body={"error": CANARY}), Answer(400, {"detail": CANARY})])
def test_a_key_the_server_echoes_shows_nowhere(endpoint, answer):
    fault = failure(endpoint, answer)
    shown = "".join([str(fault), repr(fault), fault.raw, repr(fault.args), *traceback.format_exception(fault)])
    assert "CANARY" not in shown and CANARY[:12] not in shown


def test_a_key_echoed_in_a_reply_is_taken_out_however_it_is_spelt(endpoint):
    spelt = json.dumps(completion(f"key {CANARY}").body).replace("sk-", "sk\\u002d")
    endpoint.plan = [completion(f"key {CANARY}"), Answer(body=spelt), refusal(CANARY)]
    assert complete(endpoint).text == "key [key]"
    assert complete(endpoint).text == "key [key]"
    assert complete(endpoint).refusal == "[key]"
    assert CANARY not in repr(llm.Endpoint("test", endpoint.url, CANARY))


@pytest.mark.parametrize("key", [llm.NO_KEY, "EMPTY", "ollama"])
def test_a_key_that_is_only_a_word_garbles_no_reply(endpoint, key):
    endpoint.plan = completion("none of it: EMPTY, ollama")
    assert complete(endpoint, key=key).text == "none of it: EMPTY, ollama"


def test_models_are_listed_in_order_with_their_shutdown_date(endpoint):
    found = llm.list_models(llm.Endpoint("test", endpoint.url, CANARY))
    assert found == [llm.Model("test-model", None, "tests"), llm.Model("old-model", "2026-12-11", "tests")]


@pytest.mark.parametrize("answer", [html(), error(404), Answer(body={"data": None}), Answer(body={"data": ["x"]}),
                                    Answer(body={"object": "list"}), Answer(body=[]), Answer(body="{")])
def test_an_answer_that_lists_no_models_says_what_to_check(endpoint, answer):
    endpoint.models = answer
    with pytest.raises(llm.LlmError, match="OPENAI_BASE_URL") as caught:
        llm.list_models(llm.Endpoint("test", endpoint.url, CANARY))
    assert caught.value.kind == "unreadable"


def test_a_refused_key_is_named_when_listing_models(endpoint):
    endpoint.models = error(401, CANARY)
    with pytest.raises(llm.LlmError) as caught:
        llm.list_models(llm.Endpoint("test", endpoint.url, CANARY))
    assert caught.value.kind == "auth" and CANARY not in str(caught.value)


def test_the_environment_names_the_endpoint(endpoint_env):
    found = llm.environment_endpoint()
    assert (found.base_url, found.api_key) == (endpoint_env.url, CANARY)


def test_without_key_and_address_there_is_no_endpoint():
    assert llm.environment_endpoint() is None


def test_a_key_alone_means_openai_and_an_address_alone_needs_no_key(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", f" {CANARY}\n")
    assert llm.environment_endpoint() == llm.Endpoint("environment", llm.OPENAI_URL, CANARY)
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1/")
    assert llm.environment_endpoint() == llm.Endpoint("environment", "http://127.0.0.1:9/v1", llm.NO_KEY)


@pytest.mark.parametrize(("url", "key"), [
    ("api.openai.com/v1", CANARY), ("http://[", CANARY), ("ftp://x/v1", CANARY), ("", CANARY),
    (f"https://user:{CANARY}@x/v1", CANARY), ("http://127.0.0.1:9/v1", "sk-…CANARY"),
    ("http://127.0.0.1:9/v1", "sk-CANARY\nX-Evil: 1")])
def test_an_address_or_key_that_cannot_work_is_refused_without_a_call(url, key):
    with pytest.raises(UsageError) as caught:
        llm.list_models(llm.Endpoint("test", url, key))
    assert "CANARY" not in str(caught.value)


@pytest.mark.parametrize(("host", "here"), [("127.0.0.1", True), ("127.1.2.3", True), ("::1", True),
                                            ("localhost", True), ("127.evil.example", False),
                                            ("localhost.evil.example", False),
                                            ("10.0.0.1", False), ("", False), (None, False)])
def test_only_a_loopback_address_is_this_machine(host, here):
    assert llm.is_this_machine(host) is here
