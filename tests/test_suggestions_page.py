"""The panels of suggestions and rules without a browser: what a press asks for, and what a click puts in the draft."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records.suggestion import GUIDELINES, REVISION, SEARCH
from tests.suggesting import judged, labelled
from tests.test_pages import calm, said


def _panels() -> None:
    import os

    import streamlit as st

    from lib.store import judges, open_store
    from lib.ui import rules, suggestions

    store = open_store(os.environ["PLUMBLINE_DB"]).of(1)
    start = judges.newest_prompt(store, judges.every(store)[0])
    suggestions.panel(store, start)
    rules.rules_panel(store, start)
    st.text_area("Prompt", key=f"template_{start.key}")


@pytest.fixture
def panels(monkeypatch):
    def show(store, **address):
        monkeypatch.setenv("PLUMBLINE_DB", str(store.path))
        app = AppTest.from_function(_panels, default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        return calm(app.run())

    return show


@pytest.mark.parametrize("kind", [GUIDELINES, REVISION, SEARCH])
def test_each_kind_says_what_it_would_be_drawn_from(db, endpoint_env, panels, kind):
    judged(db, labelled(db))
    app = panels(db, suggest=kind)
    assert "no test trace is read" in said(app) and "Have it drafted" in [button.label for button in app.button]
