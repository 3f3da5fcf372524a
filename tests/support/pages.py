"""A page of the app without a browser, as a visitor of an address sees it, and what such a visitor does on it."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from lib.store import Store
from lib.ui.people import browser
from tests.support import HOUSE, SOMEBODY
from tests.support.running import PATIENCE

Visit = Callable[..., AppTest]


def opened_page(monkeypatch, store: Store, page: str, /, **address: str | None) -> AppTest:
    """Opens a page on this file, as `visit` does; an exception on it fails the test."""
    monkeypatch.setenv("PLUMBLINE_DB", str(store.path))
    app = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=PATIENCE).switch_page(f"pages/{page}.py")
    app.session_state["app_ran"] = True
    be(app, address.pop("reviewer", SOMEBODY), address.pop("role", "expert"))
    for name, value in address.items():
        app.query_params[name] = value
    return fine(app.run())


def be(app: AppTest, name: str | None, role: str = "expert") -> None:
    """The visitor has said in this browser who that is; None: nobody has said anything."""
    if name is not None:
        app.session_state["person"] = (name, role)


def fine(app: AppTest) -> AppTest:
    """The page as it was drawn; an exception on it fails the test."""
    assert not app.exception, app.exception
    return app


def press(app: AppTest, key: str) -> AppTest:
    """The page once the button of this key was pressed."""
    return fine(next(button for button in app.button if button.key == key).click().run())


def bare(text: str) -> str:
    """A sentence as it is read: without escapes, the frames around addresses, and what keeps a sign from a spell."""
    return text.translate(dict.fromkeys(map(ord, "\\`\u2060")))


def words(app: AppTest) -> str:
    """All that a page says, its escapes taken away."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "error", "warning", "success")
    return bare("\n".join(str(found.value) for kind in kinds for found in app.get(kind)))


@pytest.fixture
def visit(monkeypatch) -> Visit:
    """`visit(path, "judge", view="Prompt", reviewer="Ann")` opens a page on a file; no page may ever raise.

    `reviewer` is who has said so in this browser, `role` as what; with None nobody has. With `held` a login holds the
    visitor to that role.
    """

    def open_page(path, page: str, /, **params: str | None) -> AppTest:
        monkeypatch.setenv("PLUMBLINE_DB", str(path))
        app = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=60).switch_page(f"pages/{page}.py")
        app.session_state["app_ran"] = True
        held = params.pop("held", None)
        be(app, params.pop("reviewer", SOMEBODY), params.pop("role", held or "expert"))
        app.session_state[browser.HELD] = held
        for name, value in params.items():
            if value is not None:
                app.query_params[name] = value
        return calm(app.run())

    return open_page


def calm(app: AppTest) -> AppTest:
    """The page, which raised nothing."""
    assert [error.message for error in app.exception] == []
    return app


def said(app: AppTest) -> str:
    """All that a page says in words, its escapes taken away."""
    found = [*app.title, *app.header, *app.subheader, *app.markdown, *app.caption, *app.text, *app.error, *app.warning,
             *app.success, *app.info]
    return bare("\n".join(str(one.value) for one in found))


def click(app: AppTest, label: str) -> AppTest:
    """Presses the button that says this."""
    return calm(next(button for button in app.button if button.label == label).click().run())


def field(kind, label: str):
    """The one of a kind that is called this: `field(app.text_input, "Note")`."""
    return next(one for one in kind if one.label == label)
