"""The view of sources: nothing known yet, a pull that outlives the page, what came, and who may press."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import DONE, FAILED
from lib.store.dataset import traces
from lib.store.dataset.sources import pulls
from lib.workflow.dataset import sources
from lib.workflow.dataset.sources import pulling
from tests.support.pages import bare, opened_page, press
from tests.support.platforms import Refusal
from tests.support.running import ended


@pytest.fixture
def open_page(db, monkeypatch):
    """The view as a visitor sees it."""
    def open(**more) -> AppTest:
        return opened_page(monkeypatch, db, "dataset", view="Sources", **more)

    return open


def shown(app: AppTest) -> str:
    return bare("\n".join(str(found.value) for kind in ("markdown", "caption", "text", "code", "error", "warning")
                          for found in app.get(kind)))


@pytest.fixture
def platform(db, platforms):
    """Phoenix on loopback, known as the source app."""
    found = platforms("phoenix")
    sources.add(db, "app", "phoenix", found.url, "shop")
    return found


def test_without_a_source_the_view_says_how_one_is_made_known(open_page):
    app = open_page()
    assert "No source is known yet" in shown(app) and "source add" in shown(app)
    assert [button.key for button in app.button if str(button.key).startswith("pull_")] == []


def test_a_press_pulls_in_a_process_of_its_own_and_the_view_says_what_came(open_page, db, platform):
    app = open_page()
    assert "Not pulled from yet" in shown(app) and "Arize Phoenix" in shown(app)
    press(app, "pull_1")
    assert ended(db, 1, pulls, "pull").status == DONE
    assert traces.count(db) == 7
    said = shown(open_page())
    assert "7 traces here" in said and "7 traces read. 7 new · 0 here already · 2 new labels · 1 new verdict" in said


def test_what_broke_off_says_why_and_the_next_press_goes_on(open_page, db, platform):
    platform.refusals.append(Refusal(403))
    press(open_page(), "pull_1")
    assert ended(db, 1, pulls, "pull").status not in (DONE, FAILED)
    app = open_page()
    assert "refuses the key" in shown(app)
    press(app, "pull_1")
    assert ended(db, 1, pulls, "pull").status == DONE and len(pulls.every(db)) == 1


def test_two_pulls_of_one_source_do_not_run_at_once(db, platform):
    pulling.begin(db, "app")
    with pytest.raises(Exception, match="under way"):
        pulling.begin(db, "app")
