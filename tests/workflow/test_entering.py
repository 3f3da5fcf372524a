"""An endpoint entered on the page: used at once, tried with one call, forgotten, and stored nowhere."""

import os

import pytest

from lib.models import entered, llm
from lib.models.replies import LlmError
from lib.records import UsageError
from lib.workflow import endpoints, entering
from tests.support.endpoint import error, verdict

KEY = "sk-entered-0123456789abcdef"


@pytest.fixture(autouse=True)
def _forgotten(monkeypatch):
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    yield
    entered.forget()


def test_it_is_used_at_once_and_by_processes_that_are_started(db, endpoint):
    assert endpoints.choice(db).endpoint == endpoints.EMBEDDED and not entering.is_entered()
    entering.enter(db, f" {endpoint.url} ", f" {KEY} ", alone=True)
    assert entering.is_entered() and llm.environment_endpoint().api_key == KEY == os.environ["OPENAI_API_KEY"]
    assert endpoints.choice(db).endpoint == endpoints.ENVIRONMENT
    entering.enter(db, endpoint.url, "", alone=True)
    assert "OPENAI_API_KEY" not in os.environ
    entering.forget(db)
    assert not entering.is_entered() and llm.environment_endpoint() is None


def test_the_environment_s_own_comes_back(db, monkeypatch, endpoint):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-environment")
    entering.enter(db, endpoint.url, KEY, alone=True)
    entering.forget(db)
    assert llm.environment_endpoint() == llm.Endpoint("environment", llm.OPENAI_URL, "sk-of-the-environment")


def test_one_button_says_what_it_can_do(db, endpoint):
    endpoint.plan = verdict("pass", "It works.")
    entering.enter(db, endpoint.url, KEY, alone=True)
    model = endpoints.models(db, endpoints.ENVIRONMENT)[0].id
    found = entering.try_out(db, model)
    assert (found.model, found.format) == (model, "json_schema") and len(endpoint.chats) == 1
    assert entering.in_words(found).endswith("replies in exactly the form asked for (JSON schema).")
    assert KEY.encode() not in db.path.read_bytes()


@pytest.mark.parametrize("role", ["expert", "PM", "viewer"])
def test_it_is_an_engineer_s_affair(db, endpoint, role):
    held = db.by("Ann", role=role)
    for verb in (lambda: entering.enter(held, endpoint.url, KEY, alone=True), lambda: entering.forget(held),
                 lambda: entering.try_out(held, "m")):
        with pytest.raises(UsageError, match="engineer"):
            verb()
    assert not entering.is_entered()


def test_what_does_not_work_is_said_in_a_sentence(db, endpoint):
    endpoint.plan = error(401, "wrong key")
    entering.enter(db, endpoint.url, KEY, alone=True)
    with pytest.raises(LlmError) as caught:
        entering.try_out(db, endpoints.models(db, endpoints.ENVIRONMENT)[0].id)
    assert KEY not in str(caught.value) and "OPENAI_API_KEY" in str(caught.value)


@pytest.mark.parametrize(("address", "key", "alone", "said"), [
    ("ftp://x/v1", KEY, True, "no address that can be called"),
    ("http://[::1", KEY, True, "no address that can be called"),
    ("http://me:secret@x/v1", "", True, "without a password"),
    ("", "", True, "needs a key"), ("http://x/v1", "sk one", True, "no blanks"), ("http://x/v1", "sk-ü", True, "ASCII"),
    ("http://x/v1", KEY, False, "its operator names the endpoint")])
def test_what_cannot_be_an_endpoint_is_refused(db, address, key, alone, said):
    with pytest.raises(UsageError, match=said):
        entering.enter(db, address, key, alone)
    assert not entering.is_entered() and llm.environment_endpoint() is None
