"""A page of the app without a browser, as a visitor of an address sees it."""

from streamlit.testing.v1 import AppTest

from lib.store import Store
from tests.support.running import HOUSE, PATIENCE


def opened_page(monkeypatch, store: Store, page: str, /, **address: str) -> AppTest:
    """Opens a page on this file; an exception on it fails the test."""
    monkeypatch.setenv("PLUMBLINE_DB", str(store.path))
    app = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=PATIENCE).switch_page(f"pages/{page}.py")
    app.session_state["app_ran"] = True
    for name, value in address.items():
        app.query_params[name] = value
    return fine(app.run())


def fine(app: AppTest) -> AppTest:
    """The page as it was drawn; an exception on it fails the test."""
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    """The page once the button of this key was pressed."""
    return fine(next(button for button in app.button if button.key == key).click().run())


def words(app: AppTest) -> str:
    """All that a page says, its escapes taken away."""
    kinds = ("title", "subheader", "markdown", "caption", "text", "error", "warning", "success")
    return "\n".join(str(found.value) for kind in kinds for found in app.get(kind)).replace("\\", "")
