"""What is typed into the prompt and told to nobody: cut off by a press, or named by an address from before."""

import pytest

from lib.store.judge import judges, prompt_drafts
from lib.workflow.judge import judging
from tests.support.pages import calm, click, field

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def first(db):
    judging.ensure_judge(db)
    return judges.newest_prompt(db, JUDGE)


def test_words_whose_change_was_cut_off_are_kept_by_the_next_drawing(visit, db, first):
    """Streamlit has taken them and told nobody, as when a press comes while it tells."""
    app = visit(db.path, "judge")
    app.session_state[f"section_3_of_{JUDGE}"] = "- Be strict."
    app = calm(app.run())
    assert field(app.text_area, "Guidelines").value == "- Be strict."
    assert "- Be strict." in prompt_drafts.of_version(db, first.key).template


def test_a_press_of_save_takes_words_whose_change_was_cut_off(visit, db, first):
    app = visit(db.path, "judge")
    app.session_state[f"section_3_of_{JUDGE}"] = "- Be strict."
    app = click(app, "Save")
    made = judges.newest_prompt(db, JUDGE)
    assert made.number == 2 and "- Be strict." in made.template
    assert field(app.text_area, "Guidelines").value == "- Be strict."
    assert prompt_drafts.of_version(db, made.key) is None


def test_an_address_from_before_a_save_does_not_lead_back(visit, db, first):
    app = visit(db.path, "judge", version="1")
    field(app.text_area, "Guidelines").input("- Be strict.")
    app = click(app, "Save")
    assert app.query_params["version"] == "2"
    app.query_params["version"] = "1"  # of a message that was under way
    assert field(calm(app.run()).text_area, "Guidelines").value == "- Be strict."
    calm(app.run())  # the browser has heard of it
    app.query_params["version"] = "1"  # somebody goes back
    assert field(calm(app.run()).text_area, "Guidelines").value != "- Be strict."
