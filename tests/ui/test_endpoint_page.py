"""The judge's endpoint on the Settings page: entered, tried and forgotten."""

import pytest

from lib.models import entered, llm
from tests.support.endpoint import verdict
from tests.support.pages import press, words

KEY = "sk-entered-0123456789abcdef"


@pytest.fixture
def page(db, visit, monkeypatch):
    """The view of the models, without an endpoint in the environment."""
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    yield lambda: visit(db.path, "settings", view="Models")
    entered.forget()


def fill_in(app, address: str, key: str = KEY):
    app.text_input(key="endpoint_address").input(address)
    app.text_input(key="endpoint_key").input(key)
    next(one for one in app.button if one.label == "Use this endpoint").click()
    return app.run()


def test_it_is_entered_tried_and_forgotten(page, endpoint):
    endpoint.plan = verdict("pass", "It works.")
    app = fill_in(page(), endpoint.url)
    assert f"Endpoint {endpoint.url}" in words(app)
    app = press(app, "try_endpoint")
    assert "replies in exactly the form asked for" in app.success[0].value and len(endpoint.chats) == 1
    assert KEY not in words(app)
    app = press(app, "forget_endpoint")
    assert llm.environment_endpoint() is None and f"Endpoint {endpoint.url}" not in words(app)


def test_what_is_no_address_is_said(page):
    assert "no address that can be called" in words(fill_in(page(), "ftp://models"))


