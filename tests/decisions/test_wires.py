"""The three wires against a strict loopback server: what is sent, what is read, and every error by its name."""

import asyncio
import json
from collections.abc import Callable
from dataclasses import replace

import openai
import pytest

from lib.models import llm
from lib.models.decisions import door
from lib.models.decisions.asked import Answer as Answered
from lib.models.decisions.asked import Question, Shown
from lib.models.llm import LlmError
from lib.records import UsageError
from tests.support.endpoint import Answer, Endpoint, completion, error, hang, html, refusal
from tests.support.judge.decision_wires import decisions, system_one, token

Q = Question("Judge it.", "Does the output pass?", {"pass": "It helps.", "fail": "It does not."}, "the trace",
             (Shown("another trace", "fail"),))
CHOICE = replace(Q, choice=True)
DECISIONS, ROOT = "/v1/decisions", "/v1/systemone"


def ask(endpoint: Endpoint, wire: str, question: Question = Q, base: str = "", **options) -> Answered:
    async def once() -> Answered:
        reached = llm.Endpoint("test", base or endpoint.url, "sk-secret-1234567890")
        async with llm.Client(reached, options.pop("timeout", 5.0)) as client:
            return await door.ask(client, question, wire=wire, model="m", **options)

    return asyncio.run(once())


def refused(endpoint: Endpoint, wire: str, **options) -> LlmError:
    with pytest.raises(LlmError) as raised:
        ask(endpoint, wire, **options)
    return raised.value


def test_openai_is_asked_below_the_address_and_its_answer_is_read(endpoint):
    endpoint.others[DECISIONS] = decisions(0.83)
    found = ask(endpoint, "openai")
    assert (found.p_pass, found.model, found.error) == (0.83, "gpt-6-luna", None)
    assert (found.prompt_tokens, found.completion_tokens, found.cached_tokens) == (300, 2, 250)
    body = endpoint.ledger[0].body
    assert body["input"].endswith("another trace\n\nthe trace")  # what is the same for every trace comes first
    said = body["questions"][0]["instructions"]
    assert "It helps." in said and "the trace" not in said


def test_the_openai_client_reads_the_same_body_as_the_loopback_writes_it(endpoint):
    # The strict server is held against the vendor's own client, so that it tests what there is.
    endpoint.others[DECISIONS] = decisions(0.83)
    with openai.OpenAI(base_url=endpoint.url, api_key="k", max_retries=0) as client:
        found = client.decisions.create(model="gpt-6-luna", input="t", questions=[
            {"type": "predicate", "name": "passes", "instructions": "?"}])
    assert found.answers[0].probability == 0.83


@pytest.mark.parametrize("base", ["", "root"])
def test_system_one_is_asked_at_the_root_whether_or_not_the_address_ends_in_v1(endpoint, base):
    endpoint.others[ROOT] = system_one(0.2)
    assert ask(endpoint, "systemone", base=endpoint.url.removesuffix("/v1") if base else "").p_pass == 0.2
    assert endpoint.ledger[0].path == ROOT
    state = endpoint.ledger[0].body["state"]
    assert list(state) == ["examples", "trace"]  # what is the same for every trace comes first


def test_a_path_of_ones_own_stays_at_the_host_of_the_endpoint(endpoint):
    endpoint.others["/api/alpha/decisions"] = system_one(0.2)
    assert ask(endpoint, "systemone", path="/api/alpha/decisions").p_pass == 0.2
    for path in ("https://evil.example/x", "//evil.example/x", "api/x", "/a\\b", "/ä"):
        with pytest.raises(UsageError, match="path from the host on"):
            door.check_path(path)


@pytest.mark.parametrize("wire,path,shape", [("openai", DECISIONS, decisions), ("systemone", ROOT, system_one)])
def test_the_order_of_the_options_is_the_versions(endpoint, wire, path, shape):
    endpoint.others[path] = shape(0.7)
    turned = replace(CHOICE, means={"fail": "It does not.", "pass": "It helps."})
    assert ask(endpoint, wire, turned).p_pass == pytest.approx(0.7)
    said = json.dumps(endpoint.ledger[0].body)
    assert said.index('"fail"', said.index("questions")) < said.index('"pass"', said.index("questions"))


def test_logprobs_counts_every_spelling_of_the_two_labels(endpoint):
    # pass: .5 + .1 = .6, fail: .2, together .8; .6 of .8 is .75
    endpoint.plan = token(("pass", 0.5), (" Pass", 0.1), ("FAIL", 0.2), ("passing", 0.15))
    found = ask(endpoint, "logprobs")
    assert found.p_pass == pytest.approx(0.75) and found.raw["label_mass"] == pytest.approx(0.8)
    assert found.raw["order"] == ["pass", "fail"]
    body = endpoint.chats[0].body
    assert (body["max_tokens"], body["top_logprobs"], body["logprobs"]) == (1, 20, True)
    assert [one["role"] for one in body["messages"]] == ["system", "user", "assistant", "user"]
    assert body["messages"][-1]["content"] == "the trace"


def test_logprobs_asks_a_model_that_names_the_limit_otherwise(endpoint):
    endpoint.plan = lambda body: (error(400, "Unsupported parameter: 'max_tokens'", param="max_tokens")
                                  if "max_tokens" in body else token(("pass", 0.9), ("fail", 0.1)))
    again = []
    assert ask(endpoint, "logprobs", again=lambda: again.append(1)).p_pass == pytest.approx(0.9)
    assert endpoint.chats[-1].body["max_completion_tokens"] == 1 and again == [1]


NAN = '{"model": "m", "answers": [{"type": "predicate", "name": "passes", "probability": NaN}]}'
OF_OPENAI = {
    "refusal": [decisions(0.8, type="refusal")],
    "no answer": [Answer(body={"answers": []}), Answer(body={})],
    "wrong answer": [decisions(0.8, type="score"), decisions(0.8, name="another"), Answer(body={"answers": ["x"]})],
    "not a probability": [decisions(1.7), decisions(-0.1), decisions("0.8"), decisions(True), decisions(None),
                          Answer(body=NAN)],
    "unreadable": [html(), Answer(body=[]), Answer(body='{"answers": [')],
}
OF_SYSTEM_ONE = {
    "no answer": [Answer(body={"answers": {}})],
    "wrong answer": [Answer(body={"answers": {"other": {"type": "noul", "noul": 0.5}}}), system_one(0.8, type="score")],
    "not a probability": [system_one(1.7), system_one(True)],
    "low mass": [system_one(0.8, x_label_mass=0.49), system_one(0.8, {"meta": {"warnings": [
        "Only 2% of the model's probability landed on a valid label; this answer is unreliable."]}})],
}
OF_A_CHOICE = {
    "tie": [system_one(0.5)],  # its confidence is 0: no label at all
    "no answer": [system_one(0.8, probabilities={"pass": 0.8}), system_one(0.8, probabilities=None)],
    "wrong answer": [system_one(0.8, probabilities={"pass": 0.8, "fail": 0.1, "maybe": 0.1}),
                     system_one(0.8, choice="maybe")],
    "not a probability": [system_one(0.8, probabilities={"pass": 0.8, "fail": 0.23})],  # 1.03 in all
}
OF_LOGPROBS = {
    "low mass": [token(("The", 0.6), ("pass", 0.3), ("fail", 0.1))],
    "refusal": [refusal()],
    "no answer": [Answer(body={"choices": []})],
}
ERRORS = [(wire, path, question, kind, plan) for wire, path, question, table in (
    ("openai", DECISIONS, Q, OF_OPENAI), ("systemone", ROOT, Q, OF_SYSTEM_ONE),
    ("systemone", ROOT, CHOICE, OF_A_CHOICE),
    ("logprobs", "/v1/chat/completions", Q, OF_LOGPROBS)) for kind, plans in table.items() for plan in plans]


@pytest.mark.parametrize("wire,path,question,kind,plan", ERRORS)
def test_an_answer_that_is_no_probability_is_an_error_of_its_kind(endpoint, wire, path, question, kind, plan):
    endpoint.others[path] = plan
    found = ask(endpoint, wire, question)
    assert (found.p_pass, found.error) == (None, kind)
    assert found.said  # what came is kept


@pytest.mark.parametrize("shares,p", [({"pass": 0.81, "fail": 0.2}, 0.81 / 1.01),
                                      ({"pass": 0.5, "fail": 0.48}, 0.5 / 0.98)])
def test_a_sum_that_is_off_by_rounding_is_taken(endpoint, shares, p):
    endpoint.others[ROOT] = system_one(0.8, probabilities=shares)
    assert ask(endpoint, "systemone", CHOICE).p_pass == pytest.approx(p)


def test_even_odds_with_some_confidence_told_otherwise_are_no_tie(endpoint):
    endpoint.others[ROOT] = system_one(0.5)
    assert ask(endpoint, "systemone").p_pass == 0.5  # yes or no: no confidence is told


STATUSES: list[tuple[Answer | Callable, str]] = [
    (error(401, "Incorrect API key provided"), "auth"), (error(429, "slow", retry_after=3), "rate_limit"),
    (error(503), "server"), (Answer(404, {"detail": "Not Found"}), "model_not_found"),
    (Answer(413, {"error": "request body must not exceed 64 KiB without images"}), "bad_request"),
    (Answer(400, {"error": "questions.q: Input tag 'predicate' found"}), "bad_request"),
    (Answer(500, {"error": "Model server returned 401: {\"error\": \"bad key\"}"}), "auth"),
    (Answer(500, {"error": "Model server returned 429: slow down"}), "rate_limit"),
    (Answer(500, {"error": "Model server returned 502: gone"}), "server"), (hang(), "timeout"),
]


@pytest.mark.parametrize("answer,kind", STATUSES)
def test_a_refused_call_is_named_by_its_status_also_by_one_inside_a_fault(endpoint, answer, kind):
    endpoint.others[ROOT] = answer
    assert refused(endpoint, "systemone", timeout=0.5).kind == kind


def test_a_wait_that_is_asked_for_and_the_words_of_every_shape_of_body_are_kept(endpoint):
    endpoint.others[ROOT] = error(429, "slow", retry_after=3)
    assert refused(endpoint, "systemone").retry_after == 3
    endpoint.others[ROOT] = Answer(413, {"error": "request body must not exceed 64 KiB without images"})
    assert "64 KiB" in str(refused(endpoint, "systemone"))
    endpoint.others[ROOT] = Answer(422, {"detail": [{"loc": ["body", "state"], "msg": "blank", "type": "x"}]})
    assert "blank" in str(refused(endpoint, "systemone"))


NOT_ONE = Answer(501, {"error": {"code": 501, "message": "This model is not a decision model",
                                 "type": "not_supported_error"}})


def test_a_model_that_is_no_decision_model_says_which_is_one(endpoint):
    endpoint.others[ROOT] = NOT_ONE
    endpoint.models = [{"id": "chat", "architecture": {"output_modalities": ["text"]}},
                       {"id": "lev-small", "architecture": {"output_modalities": ["decisions"]}}]
    found = refused(endpoint, "systemone")
    assert found.kind == "not a decision model" and found.stops_the_run and "lev-small" in str(found)
    endpoint.models = error(500)
    assert "--wire logprobs" in str(refused(endpoint, "systemone"))


@pytest.mark.parametrize("answer", [completion("pass"), token(("pass", 1.0), told=False), token(("pass", 1.0))])
def test_a_chat_model_without_log_probabilities_stops_the_run(endpoint, answer):
    endpoint.plan = answer
    found = refused(endpoint, "logprobs")
    assert found.kind == "no probabilities" and found.stops_the_run


def test_a_system_one_server_whose_model_tells_none_stops_the_run_too(endpoint):
    endpoint.others[ROOT] = system_one(1.0, {"meta": {"warnings": [
        "The model server returned no logprobs, so probabilities are 0/1 guesses, not calibrated."]}})
    assert refused(endpoint, "systemone").kind == "no probabilities"


def test_the_key_is_in_no_answer_that_is_kept(endpoint):
    endpoint.others[DECISIONS] = Answer(body={"model": "sk-secret-1234567890", "answers": [
        {"type": "predicate", "name": "passes", "probability": 0.4, "note": "sk-secret-1234567890"}]})
    found = ask(endpoint, "openai")
    assert found.p_pass == 0.4 and "sk-secret" not in json.dumps(found.raw) + found.model
