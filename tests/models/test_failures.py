"""Why a call failed, in the server's own words whatever the shape of its body, and what it teaches of a model."""

import asyncio
import json

import pytest

from lib.models import failures, llm
from lib.models.habits import Habits
from lib.models.replies import LlmError
from lib.models.transport import Answered
from tests.support.endpoint import Answer, completion, default_plan, error
from tests.support.running import PATIENCE

CALLED = failures.Called("http://x/v1", "OPENAI_API_KEY", "OPENAI_BASE_URL", "m")
SCHEMA = {"type": "object", "properties": {"outcome": {"type": "string"}}}


@pytest.mark.parametrize(("body", "words"), [
    ({"error": {"message": "out of range"}}, "out of range"), ({"error": "out of range"}, "out of range"),
    ({"message": "out of range"}, "out of range"), ({"detail": "out of range"}, "out of range"),
    ({"detail": [{"loc": ["body", "top_p"], "msg": "out of range", "type": "x"}]}, "out of range"),
    ({"errors": [{"message": "out of range"}, {"message": "and more"}]}, "out of range; and more"),
    ([{"error": {"code": 400, "message": "out of range", "status": "INVALID_ARGUMENT"}}], "out of range"),
    ({"error": {"error": {"message": "out of range"}}}, "out of range"),
    ({"error_msg": "out of range"}, "out of range"),
    ({"title": "out of range", "status": 400}, "out of range"), ("out of range", "out of range"),
    ("<html><head><title>out of range</title></head><body>x</body></html>", "out of range"),
    ("<p>out of\n range</p>", "out of range"), ({"odd": 1}, '{"odd": 1}'),
    ({}, "no reason given"), ("", "no reason given")])
def test_the_reason_is_shown_whatever_the_shape_of_the_body(body, words):
    text = body if isinstance(body, str) else json.dumps(body)
    assert failures.said(text).message == words
    assert words in str(failures.of_answer(Answered(400, text), CALLED))


def test_what_a_gateway_passes_on_as_text_keeps_its_code():
    inner = json.dumps({"error": {"message": "no", "type": "insufficient_quota", "code": "insufficient_quota"}})
    body = json.dumps({"error": {"message": f"RateLimitError: {inner}", "type": "throttling_error", "code": "429"}})
    assert failures.of_answer(Answered(429, body), CALLED).kind == "quota"


@pytest.mark.parametrize(("inside", "kind"), [
    ({"code": 502, "message": "x"}, "server"), ({"code": "429", "message": "x"}, "rate_limit"),
    ({"code": "rate_limit_exceeded", "message": "x"}, "rate_limit"), ({"code": 402, "message": "x"}, "quota"),
    ({"type": "authentication_error", "message": "x"}, "auth"), ({"code": 400, "message": "x"}, "bad_request"),
    ({"message": "x"}, "server"), ("overloaded", "server"), ({"code": 524}, "server"), (7, "server")])
def test_an_error_inside_an_answer_is_told_by_its_code(inside, kind):
    assert failures.inside(inside, CALLED).kind == kind


@pytest.mark.parametrize("words", [
    "Insufficient Balance", "insufficient_credits", "You have insufficient funds",
    "Billing hard limit has been reached",
    "Your account is in arrears", "Arrearage", "out of credits", "Payment Required"])
def test_an_account_that_cannot_pay_is_known_by_its_words(words):
    assert failures.of_answer(Answered(403, json.dumps({"error": {"message": words}})), CALLED).kind == "quota"


@pytest.mark.parametrize(("words", "kind"), [
    ("API key not valid. Please pass a valid API key.", "auth"), ("No connected db.", "auth"),
    ("/chat/completions: Invalid model name passed in model=x. Call `/v1/models` to view available ones.",
     "model_not_found"), ("The model `x` does not exist or you do not have access to it.", "model_not_found"),
    ("JSON mode is not supported by this model", "bad_request"), ("the template was not found", "bad_request")])
def test_a_wrong_key_and_a_model_that_is_not_there_are_known_by_their_words_too(words, kind):
    assert failures.of_answer(Answered(400, json.dumps({"error": {"message": words}})), CALLED).kind == kind


def test_a_gateway_s_own_names_for_a_wait_and_an_error_are_read(endpoint):
    found = failures.of_answer(Answered(429, "{}", {"llm_provider-retry-after": "60"}), CALLED)
    assert (found.kind, found.retry_after) == ("rate_limit", 60)
    for beside in ({"provider_specific_fields": {"native_finish_reason": "error"}}, {"native_finish_reason": "error"}):
        body = completion("").body
        endpoint.plan = Answer(body={**body, "choices": [body["choices"][0] | beside]})
        with pytest.raises(LlmError) as caught:
            asked(endpoint, {})
        assert caught.value.kind == "server"


def test_a_count_that_nobody_told_is_unknown_and_not_nothing(endpoint):
    endpoint.plan = Answer(body=completion("x").body | {"usage": {"prompt_tokens": 0, "completion_tokens": 0}})

    async def go() -> llm.Reply:
        async with llm.Client(llm.Endpoint("test", endpoint.url, "key-for-a-test"), PATIENCE) as client:
            return await client.complete([{"role": "user", "content": "x"}], model="m")

    found = asyncio.run(go())
    assert (found.prompt_tokens, found.completion_tokens) == (None, None)


def asked(endpoint, *calls: dict, known: dict[str, Habits] | None = None) -> tuple[list[dict], dict[str, Habits]]:
    """The bodies that one client sends for calls with these parameters, and what it has learned."""
    learned: dict[str, Habits] = {}

    async def go() -> None:
        async with llm.Client(llm.Endpoint("test", endpoint.url, "key-for-a-test"), PATIENCE, habits=known,
                              learned=learned.__setitem__) as client:
            for parameters in calls:
                await client.complete([{"role": "user", "content": "x"}], model="m", parameters=parameters,
                                      schema=SCHEMA)

    asyncio.run(go())
    return [call.body for call in endpoint.chats], learned


def without(*names: str):
    """A model that reasons: it refuses these parameters as their maker words it."""
    def plan(body):
        for name in names:
            if name in body and name.startswith("max"):
                return error(400, f"Unsupported parameter: '{name}' is not supported with this model. Use another one "
                             "instead.", "unsupported_parameter", name)
            if name in body:
                return error(400, f"Unsupported value: '{name}' does not support 0 with this model. Only the default "
                             "(1) value is supported.", "unsupported_value", name)
        return default_plan(body)

    return plan


def test_a_model_that_reasons_is_asked_as_its_answers_say_once(endpoint):
    endpoint.plan = without("max_tokens", "temperature")
    sent, learned = asked(endpoint, {"max_tokens": 9, "temperature": 0}, {"max_tokens": 9, "temperature": 0})
    assert [("max_tokens" in body, body.get("max_completion_tokens"), "temperature" in body) for body in sent] == [
        (True, None, True), (False, 9, True), (False, 9, False), (False, 9, False)]
    assert all(body["response_format"]["type"] == "json_schema" for body in sent)
    assert learned == {"m": Habits(instead={"max_tokens": "max_completion_tokens"}, without=("temperature",))}
    assert learned["m"].words == ("By its own answers this model is asked with 'max_completion_tokens' in place of "
                                  "'max_tokens', no 'temperature', of which it takes no value.")
    assert Habits.of(json.loads(json.dumps(learned["m"].stored))) == learned["m"]


def test_an_older_server_gets_the_older_name(endpoint):
    endpoint.plan = lambda body: (Answer(422, {"detail": [{"loc": ["body", "max_completion_tokens"], "msg":
                                  "Extra inputs are not permitted"}]}) if "max_completion_tokens" in body
                                  else default_plan(body))
    sent, _ = asked(endpoint, {"max_completion_tokens": 9})
    assert [body.get("max_tokens") for body in sent] == [None, 9]


def test_a_server_that_takes_neither_name_is_believed(endpoint):
    endpoint.plan = without("max_tokens", "max_completion_tokens")
    with pytest.raises(LlmError, match="max_completion_tokens"):
        asked(endpoint, {"max_tokens": 9})


def test_a_parameter_that_was_wanted_is_not_dropped(endpoint):
    endpoint.plan = without("reasoning_effort")
    with pytest.raises(LlmError, match="reasoning_effort"):
        asked(endpoint, {"reasoning_effort": "low"})


@pytest.mark.parametrize("refusal", [
    error(400, "Structured outputs are not supported by this model."), error(400, "JSON mode is not enabled"),
    Answer(422, "unprocessable"), error(404, "No endpoints found that can handle the requested parameters."),
    Answer(400, {"detail": "no"})])
def test_whatever_words_refuse_a_format_the_next_weaker_one_is_tried_and_remembered(endpoint, refusal):
    endpoint.plan = lambda body: refusal if "response_format" in body else default_plan(body)
    sent, learned = asked(endpoint, {}, {})
    assert [body.get("response_format", {}).get("type") for body in sent] == ["json_schema", "json_object", None, None]
    assert learned == {"m": Habits("text")}


def test_once_a_format_has_gone_through_a_refusal_is_believed(endpoint):
    endpoint.plan = [default_plan({}), error(400, "strange")]
    with pytest.raises(LlmError, match="strange"):
        asked(endpoint, {}, {})
    assert endpoint.calls == 2


def test_what_is_known_before_is_asked_at_once(endpoint):
    sent, learned = asked(endpoint, {"max_tokens": 9}, known={
        "m": Habits("json_object", {"max_tokens": "max_completion_tokens"})})
    assert sent[0]["response_format"] == {"type": "json_object"} and sent[0]["max_completion_tokens"] == 9
    assert learned == {} and Habits.of({"format": "unheard of"}) == Habits()
