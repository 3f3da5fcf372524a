"""Reference documents on the page: added, listed, searched, removed after a question; and looked up on the desk."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.store.dataset import documents
from tests.support.running import HOUSE, PATIENCE

SHOP = ("shop.md", b"# Returns\nWithin *thirty* days.\n# :red[Fees] ![x](http://e.example/i)\nNone.", "text/markdown")


@pytest.fixture
def app(db, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_DB", str(db.path))
    app = AppTest.from_file(str(HOUSE / "app.py"), default_timeout=PATIENCE).run()
    app.query_params["view"] = "Reference"
    return app.switch_page("pages/dataset.py").run()


def added(app: AppTest, *files) -> AppTest:
    app.file_uploader[0].set_value(list(files))
    pressed = next(button for button in app.button if button.label == "Add")
    pressed.click().run()
    assert not app.exception
    return app


def test_nothing_yet_is_said_and_nothing_can_be_searched(app):
    assert any("No reference documents yet" in one.value for one in app.markdown) and not app.text_input
    assert [one.value for one in added(app).warning] == ["Choose a file first."]


def test_files_are_added_listed_and_replaced(app, db):
    added(app, SHOP, ("prices.csv", b"name,price\nTea,3\n", "text/csv"))
    assert app.success[0].value == "shop\\.md\\: 2 sections added\\."
    assert app.dataframe[0].value.values.tolist() == [["prices.csv", 1], ["shop.md", 2]]
    assert "as it was" in added(app, SHOP).success[0].value


def test_a_refused_file_is_a_sentence_and_adds_nothing(app, db):
    added(app, SHOP, ("prices.csv", b"name,price\nTea\n", "text/csv"))
    assert "line 2" in app.error[0].value and documents.files(db) == {}


def test_what_is_found_is_shown_as_text_with_the_found_words_bold(app):
    added(app, SHOP)
    app.text_input(key="reference_words").set_value("thir").run()
    assert [one.label for one in app.expander] == ["**Returns** · shop\\.md  \nWithin \\***thirty**\\* days\\."]
    assert app.expander[0].text[0].value == "Within *thirty* days."
    app.text_input(key="reference_words").set_value('"fees').run()
    assert app.expander[0].label.startswith("**\\:red\\[Fees\\] \\!\\[x\\]")
    app.text_input(key="reference_words").set_value("nowhere").run()
    assert not app.expander and "Nothing holds all of these words" in app.main.caption[-1].value


def test_a_file_is_removed_after_a_question(app, db):
    added(app, SHOP)
    app.selectbox(key="reference_file").set_value("shop.md").run()
    assert "Remove shop.md and its 2 sections?" in app.text[0].value and documents.some(db)
    next(button for button in app.button if button.label == "Yes, remove it").click().run()
    assert not app.exception and not documents.some(db)
    assert any("No reference documents yet" in one.value for one in app.markdown)


def test_the_desk_looks_things_up_in_a_fragment_and_draws_nothing_without_documents(db, monkeypatch):
    def desk():
        import streamlit as st

        from lib.store import default_path, open_store
        from lib.ui import reference
        st.fragment(reference.lookup)(open_store(default_path()).of(1))
    monkeypatch.setenv("PLUMBLINE_DB", str(db.path))
    page = AppTest.from_function(desk, default_timeout=PATIENCE).run()
    assert not page.text_input and not page.exception
    documents.replace(db, "a.md", [(f"t{n}", "tea") for n in range(12)])
    page.run()
    page.text_input[0].set_value("tea").run()
    assert [one.text[0].value for one in page.expander] == ["tea"] * 8 and not page.exception
