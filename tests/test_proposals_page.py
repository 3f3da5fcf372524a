"""The page where inputs are written and decided on, on an empty and on a filled project, every button by its key."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import NEAR, Nearest
from lib.store import Store, dimensions, generations, jobs, prices, traces
from lib.ui import proposals
from lib.workflow import coverage, proposing
from tests.endpoint import completion, inputs
from tests.running import HOUSE, written


@pytest.fixture
def open_page(db: Store, endpoint_env, monkeypatch: pytest.MonkeyPatch):
    """`open_page(choose="empty")`: the page as a visitor of that address sees it."""
    monkeypatch.setenv("PLUMBLINE_DB", str(db.path))
    monkeypatch.setattr(proposals, "SHOWN_AT_LEAST", 0)

    def open(**params: str) -> AppTest:
        app = AppTest.from_file(str(HOUSE / "pages" / "dataset.py"), default_timeout=30)
        app.session_state["app_ran"] = True
        for name, value in {"view": "Propose inputs", **params}.items():
            app.query_params[name] = value
        return fine(app.run())

    return open


def fine(app: AppTest) -> AppTest:
    assert not app.exception, app.exception
    return app


def shown(app: AppTest) -> str:
    return "\n".join(str(found.value) for kind in ("markdown", "caption", "text", "subheader", "error", "warning", "code")
                     for found in app.get(kind))


def test_an_empty_project_is_told_the_warning_and_can_have_inputs_written(open_page, db):
    app = open_page()
    assert "specialised fields" in shown(app) and "No dimensions yet" in shown(app) and "No proposals wait" in shown(app)
    assert "1 calls" in shown(app) and "no price in Settings" in shown(app)
