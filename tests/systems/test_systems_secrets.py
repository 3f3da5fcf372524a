"""Which variables of the environment an AI system may use: those the operator names, and no other, wherever it asks."""

import asyncio
import json

import pytest

from lib import systems
from lib.models import keys
from lib.records import Trace, UsageError
from lib.store.dataset import systems as versions
from lib.workflow.dataset import answering
from tests.support.ai_system import SECRET, TRACE, ask
from tests.support.answering import execute, inputs
from tests.support.endpoint import Answer

OTHER = "sk-OTHER-5d2e8f0b7c164a39"
REFUSED = "is not among the secrets an AI system may use: name it in PLUMBLINE_SECRETS"
PLACES = {"a header": {"headers": {"Authorization": "Bearer ${OTHER_KEY}"}},
          "a header of another name": {"headers": {"X-Team": "${OTHER_KEY}"}},
          "the path": {"url": "http://127.0.0.1:9/${OTHER_KEY}"},
          "the query": {"url": "http://127.0.0.1:9/?k=${OTHER_KEY}"},
          "the body": {"body": '{"input": {{ input }}, "key": "${OTHER_KEY}"}'}}


@pytest.fixture(autouse=True)
def environment(monkeypatch):
    """One secret that the operator names, and one that it does not."""
    monkeypatch.setenv("SHOP_KEY", SECRET)
    monkeypatch.setenv("OTHER_KEY", OTHER)


def stored(db, kind, config):
    """A version as an older Plumbline would have stored it, unchecked."""
    return versions.add(db, "old", kind, config)


@pytest.mark.parametrize(("text", "names"), [
    ("", ()), (" , ", ()), ("A", ("A",)), ("A,B", ("A", "B")), (" A ,\n B A", ("A", "B"))])
def test_the_operator_names_them_with_commas_or_blanks(monkeypatch, text, names):
    monkeypatch.setenv("PLUMBLINE_SECRETS", text)
    assert keys.named() == names


@pytest.mark.parametrize("place", PLACES)
def test_another_variable_is_refused_when_it_is_saved(place):
    with pytest.raises(UsageError, match=f"OTHER_KEY {REFUSED}"):
        systems.check("http", {"url": "http://127.0.0.1:9/", "answer": "$.answer", **PLACES[place]}, [])


@pytest.mark.parametrize("place", PLACES)
def test_an_older_version_that_names_another_one_sends_nothing(db, ai_system, place):
    inputs(db, 1)
    config = systems.check("http", {"url": f"{ai_system.url}/ask", "answer": "$.answer"}, [])
    named = {name: value.replace("http://127.0.0.1:9", ai_system.url) if name == "url" else value
             for name, value in PLACES[place].items()}
    stored(db, "http", config | named)
    with pytest.raises(UsageError, match=f"OTHER_KEY {REFUSED}"):
        execute(db, answering.start(db, "old").id)
    assert ai_system.ledger == []


def test_the_key_of_a_chat_endpoint_has_to_be_named_too(db, endpoint):
    values = {"base_url": endpoint.url, "model": "m", "key_variable": "OTHER_KEY"}
    with pytest.raises(UsageError, match=f"OTHER_KEY {REFUSED}"):
        systems.check("openai", values, [])
    inputs(db, 1)
    stored(db, "openai", systems.check("openai", values | {"key_variable": ""}, []) | {"key_variable": "OTHER_KEY"})
    with pytest.raises(UsageError, match=f"OTHER_KEY {REFUSED}"):
        execute(db, answering.start(db, "old").id)
    assert endpoint.ledger == []


def test_the_sentence_does_not_tell_whether_a_variable_is_set(monkeypatch):
    monkeypatch.delenv("PLUMBLINE_SECRETS")
    said = []
    for name in ("OTHER_KEY", "NO_SUCH_KEY"):
        with pytest.raises(UsageError) as caught:
            keys.value(name)
        said.append(str(caught.value).replace(name, "X"))
    assert said[0] == said[1] and "(now: none)" in said[0] and OTHER not in said[0]


def test_a_secret_in_a_body_goes_in_as_json_once_and_literally(ai_system, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", 'a"b\\{{ input }}${OTHER_KEY}')
    trace = Trace("t1", "hello ${SHOP_KEY}", None)
    ask("http", trace, url=f"{ai_system.url}/ask", answer="$.answer",
        body='{"key": "Bearer ${SHOP_KEY}", "text": "{{ input }}", "all": {{ input }}}')
    assert ai_system.ledger[0].body == {
        "key": 'Bearer a"b\\{{ input }}${OTHER_KEY}', "text": trace.input, "all": trace.input}


def test_a_secret_of_a_body_is_taken_out_of_the_answer(ai_system):
    ai_system.plan = lambda body: Answer(body={"answer": json.dumps(body)})
    answer = ask("http", TRACE, url=f"{ai_system.url}/ask", answer="$.answer", body='{"key": "${SHOP_KEY}"}')
    assert answer.output == '{"key": "[key]"}' and ai_system.ledger[0].body == {"key": SECRET}


def test_a_named_secret_that_is_not_set_is_said_before_any_call(ai_system, monkeypatch):
    monkeypatch.delenv("SHOP_KEY")
    config = systems.check("http", {"url": ai_system.url, "answer": "$.a", "headers": {"X-Api-Key": "${SHOP_KEY}"}}, [])

    async def opened():
        async with systems.SYSTEMS["http"].opened(config, 1):
            pass

    with pytest.raises(UsageError, match="SHOP_KEY is not set"):
        asyncio.run(opened())
    assert ai_system.ledger == []
