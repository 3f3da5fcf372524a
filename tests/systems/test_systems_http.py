"""An AI system behind any HTTP endpoint: what is sent, what is read, every fault, and no secret anywhere."""

import asyncio
import json
import re

import pytest

from lib import systems
from lib.models.replies import MAX_RAW, LlmError
from lib.records import Trace, UsageError
from lib.systems import http, template
from tests.support.ai_system import SECRET, SPELLED, TRACE, ask
from tests.support.endpoint import Answer, cut, drip, error, hang, html, reset
from tests.support.secrets import DISGUISES, spellings


def config(server, **values):
    return {"url": f"{server.url}/ask", "answer": "$.answer", **values}


def failure(server, answer, **values) -> LlmError:
    server.plan = answer
    with pytest.raises(LlmError) as caught:
        ask("http", **config(server, **values))
    return caught.value


def test_the_input_goes_out_as_json_and_the_answer_is_found(ai_system):
    answer = ask("http", **config(ai_system))
    [call] = ai_system.ledger
    assert (call.path, call.body, call.headers["content-type"]) == (
        "/ask", {"input": TRACE.input}, "application/json")
    assert answer.output == f"said: {TRACE.input}" and answer.log["milliseconds"] >= 0 and answer.messages is None


def test_names_stand_for_values_and_in_quotes_for_parts_of_a_text(ai_system):
    ask("http", **config(ai_system, body='{"q": {{ input }}, "text": "{{id}}: {{ input }}", "who": {{ persona }}, '
                                         '"f": {{ features }}, "all": {{ context }}, "m": {{ messages }}}'))
    assert ai_system.ledger[0].body == {
        "q": TRACE.input, "text": f"t1: {TRACE.input}", "who": "new", "f": ["a", "b"], "all": {"orders": [7]},
        "m": None}


@pytest.mark.parametrize("text", ["{{ id }}", '", "admin": true, "x": "', "\\", "${SHOP_KEY}", "%s {0} {{",
                                  "\x00\u2028é", "\ud83d half"])
def test_whatever_an_input_holds_it_goes_in_once_and_literally(ai_system, monkeypatch, text):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    ask("http", Trace("t1", text, None), **config(ai_system, body='{"a": {{ input }}, "b": "{{ input }}"}'))
    assert ai_system.ledger[0].body == {"a": text, "b": text}


def test_a_value_a_trace_does_not_have_is_null_and_in_a_text_nothing(ai_system):
    ask("http", Trace("t", "x", None), **config(ai_system, body='{"p": {{ persona }}, "t": "<{{ persona }}>"}'))
    assert ai_system.ledger[0].body == {"p": None, "t": "<>"}


def test_an_address_may_hold_values_which_are_escaped(ai_system):
    ask("http", Trace("a/../b?c", "x y&z=1", None), **config(
        ai_system, url=f"{ai_system.url}/of/{{{{ id }}}}?q={{{{ input }}}}", method="GET"))
    [call] = ai_system.ledger
    assert call.path == "/of/a%2F..%2Fb%3Fc?q=x%20y%26z%3D1" and call.body == {}


def test_a_path_to_messages_and_tokens_is_followed(ai_system):
    talk = [{"role": "user", "content": "x"}, {"role": "assistant", "content": None, "tool_calls": [{"id": "1"}]}]
    ai_system.plan = Answer(body={"out": [{"text": "one"}, {"text": "two"}], "talk": talk, "use": {"in": 5, "out": 7}})
    answer = ask("http", **config(ai_system, answer="$.out[*].text", messages="$.talk", prompt_tokens="$.use.in",
                                  completion_tokens="$.use.out"))
    assert (answer.output, answer.messages) == ("one\ntwo", talk)
    assert (answer.log["prompt_tokens"], answer.log["completion_tokens"]) == (5, 7)


@pytest.mark.parametrize(("body", "output"), [({"answer": {"a": 1}}, '{"a": 1}'), ({"answer": 7}, "7"),
                                              ({"answer": ""}, ""), ({"answer": False}, "false")])
def test_an_answer_that_is_no_text_is_the_json_it_is(ai_system, body, output):
    ai_system.plan = Answer(body=body)
    assert ask("http", **config(ai_system)).output == output


@pytest.mark.parametrize(("answer", "kind", "said"), [
    (error(429, retry_after=7), "rate_limit", "slow down"), (error(500), "server", "failed with 500"),
    (error(503, retry_after="soon"), "server", "503"), (reset(), "connection", "cannot be reached"),
    (cut(), "connection", "broke off"), (html(), "unreadable", r"no answer at \$.answer"),
    (Answer(body={"other": 1}), "unreadable", "no answer"), (Answer(body={"answer": None}), "unreadable", "no answer"),
    (Answer(body="[" * 100_000), "unreadable", "no answer"), (Answer(body=b"\xff\xfe{"), "unreadable", "no answer"),
    (error(401), "auth", "headers name in the environment"), (error(403), "auth", "403"),
    (error(404), "address", "nothing to call"), (error(405), "address", "405"),
    (error(422, "no id"), "bad_request", "no id"),
    (Answer(302, "", {"Location": "/elsewhere"}), "address", "redirects elsewhere"),
    (Answer(307, "", {"Location": "http://127.0.0.1:9/"}), "address", "redirects elsewhere")])
def test_every_fault_has_a_kind_and_a_sentence(ai_system, answer, kind, said):
    found = failure(ai_system, answer)
    assert (found.kind, len(ai_system.ledger)) == (kind, 1) and re.search(said, str(found))


@pytest.mark.parametrize(("wait", "seconds"), [("7", 7), (None, None), ("soon", None)])
def test_a_wish_to_wait_is_passed_on(ai_system, wait, seconds):
    assert failure(ai_system, error(429, retry_after=wait)).retry_after == seconds


@pytest.mark.parametrize("answer", [hang(), drip()])
def test_an_answer_that_never_ends_is_given_up_at_the_deadline(ai_system, answer):
    found = failure(ai_system, answer, timeout="0.2")
    assert (found.kind, str(found)) == ("timeout", "No whole answer came within 0.2 s.")


def test_an_answer_beyond_all_bounds_is_cut_off(ai_system):
    found = failure(ai_system, Answer(body={"answer": "x" * (http.MOST_BYTES + 1)}))
    assert found.kind == "too long" and 0 < len(found.raw) <= 20_000


def test_a_header_names_a_variable_and_its_value_is_nowhere(ai_system, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    values = config(ai_system, headers='{"Authorization": "Bearer ${SHOP_KEY}", "X-Team": "ours"}')
    assert SECRET not in json.dumps(systems.check("http", values, []))
    ai_system.plan = Answer(200, json.dumps({"answer": f"{SECRET} and MARK"}).replace("MARK", SPELLED))
    assert ask("http", **values).output == "[key] and [key]"
    assert ai_system.ledger[0].headers["authorization"] == f"Bearer {SECRET}"
    for status in (200, 400, 401, 404, 429, 500):
        found = failure(ai_system, Answer(status, f"<p>{SECRET} {SPELLED}"), headers=values["headers"])
        assert not any(form in repr((str(found), found.raw, found)) for form in (SECRET, SPELLED))


@pytest.mark.parametrize("name", DISGUISES)
def test_a_secret_in_disguise_is_nowhere_either(ai_system, monkeypatch, name):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    said, values = f"it is {DISGUISES[name](SECRET)} indeed", {"headers": {"X-Api-Key": "${SHOP_KEY}"}}
    ai_system.plan = Answer(body={"answer": said, "talk": [{"role": "assistant", "content": said, "more": [said]}]})
    kept = [repr(ask("http", **config(ai_system, messages="$.talk", **values)))]
    for status in (200, 302, 400, 401, 404, 429, 500):
        found = failure(ai_system, Answer(status, f"<p>{said}"), **values)
        kept.append(repr((str(found), found.raw, found)))
    readings = [text for one in kept for text in (one, one.replace("\\\\", "\\"))]
    assert not [text[:500] for text in readings for spelt in spellings(SECRET) if spelt.decode() in text]


def test_where_an_answer_is_cut_off_no_half_of_a_secret_is_left(ai_system, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    text = "x" * (MAX_RAW - 10) + SECRET + "x" * http.MOST_BYTES
    found = failure(ai_system, Answer(200, text), headers={"X-Api-Key": "${SHOP_KEY}"})
    assert len(found.raw) == MAX_RAW and found.raw.endswith("x[key]xxxxx")


def test_a_missing_variable_is_named_before_any_call(ai_system):
    with pytest.raises(UsageError, match="SHOP_KEY is not set: put it into the environment"):
        ask("http", **config(ai_system, headers={"Authorization": "Bearer ${SHOP_KEY}"}))
    assert ai_system.ledger == []


def test_the_judges_key_goes_to_no_other_address(ai_system, endpoint_env, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_SECRETS", "SHOP_KEY OPENAI_API_KEY")
    with pytest.raises(UsageError, match="is not sent to another address"):
        ask("http", **config(ai_system, headers={"Authorization": "Bearer ${OPENAI_API_KEY}"}))
    assert ai_system.ledger == []


@pytest.mark.parametrize(("values", "said"), [
    ({"url": "ftp://x/"}, "no address"), ({"url": "http://me:secret@x/"}, "without a password"),
    ({"url": "http://{{ input }}/"}, "no address"), ({"url": ""}, "missing"), ({"answer": ""}, "missing"),
    ({"answer": "$[?"}, "without filters"), ({"messages": "$..["}, "without filters"),
    ({"answer": "$.a[?@.b]"}, "without filters"), ({"answer": "$..a..b"}, "without filters"),
    ({"answer": "$." + "a" * 500}, "at most 500"), ({"prompt_tokens": "$[99999999999]"}, "without filters"),
    ({"method": "DELETE"}, "not called"),
    ({"body": "{{ input }"}, "no JSON"), ({"body": '{"a": {{ city }}}'}, "names 'city', which no trace has"),
    ({"body": '{"a": {{ input.x }}}'}, "names 'input.x'"), ({"url": "http://x/{{ y }}"}, "names 'y'"),
    ({"headers": '{"Authorization": "Bearer sk-1234567890"}'}, "would store a secret"),
    ({"headers": {"X-Api-Key": "abc"}}, "would store a secret"), ({"headers": {"A": "a\r\nB: c"}}, "plain text"),
    ({"headers": {"A": 1}}, "plain text"), ({"headers": "[]"}, "JSON object"), ({"headers": "{"}, "no JSON"),
    ({"timeout": "0"}, "number of seconds"), ({"timeout": "nan"}, "number of seconds"),
    ({"color": "red"}, "is no field")])
def test_what_does_not_fit_is_refused_when_it_is_saved(values, said):
    with pytest.raises(UsageError, match=said) as caught:
        systems.check("http", {"url": "http://x/", "answer": "$.a", **values}, ["persona"])
    assert "sk-1234567890" not in str(caught.value)


@pytest.mark.parametrize(("path", "output"), [
    ("$.a.b-c", "1"), ("a.b-c", "1"), ("$['a']['b-c']", "1"), ('$.a["b-c"]', "1"), ("$..b-c", "1"), ("$.list[1]", "y"),
    ("$.list[-1]", "z"), ("$.list[0:2]", "x\ny"), ("$.list[*]", "x\ny\nz"), ("$.list[0, 2]", "x\nz"),
    ("$.größe", "7"), ("$..['größe']", "7")])
def test_every_plain_way_to_a_place_is_followed(ai_system, path, output):
    ai_system.plan = Answer(body={"a": {"b-c": "1"}, "list": ["x", "y", "z"], "größe": 7})
    assert ask("http", **config(ai_system, answer=path)).output == output


def test_a_filter_that_an_earlier_version_kept_is_never_followed(ai_system):
    kept = {**systems.check("http", config(ai_system), []), "answer": "$[?@.a == 1]"}

    async def once() -> None:
        async with systems.SYSTEMS["http"].opened(kept, 1):
            pass

    with pytest.raises(UsageError, match="without filters"):
        asyncio.run(once())
    assert ai_system.ledger == []


def test_a_dimension_of_any_name_can_be_put_in():
    template.check_json('{"a": {{ topic category }}}', ["topic category"], "The body")
    trace = Trace("t", "x", None, dimensions={"topic category": ("é",)})
    assert json.loads(template.fill_json('{"a": {{topic category}}}', trace)) == {"a": "é"}
