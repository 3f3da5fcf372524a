"""The prompt editor without a browser: what is typed is kept, known mistakes are said, examples are suggested."""

import pytest

from lib.store.judge import judges, prompt_drafts
from lib.store.review import labels
from lib.workflow.judge import judging, versions
from tests.support.pages import calm, click, field, said
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE
NOTE = "What did you change, and why?"


@pytest.fixture
def first(db, make_trace):
    """A judge with one prompt version, and four train labels of two topics."""
    add(db, *(row(make_trace(f"t{n}", split="train", dimensions={"topic": ("ab"[n // 2],)}),
                  Ann=("pass", "fail")[n % 2]) for n in range(4)))
    judging.ensure_judge(db)
    return judges.newest_prompt(db, JUDGE)


def prompt(app):
    return field(app.text_area, "Prompt")


def test_what_is_typed_is_there_again_on_another_visit_and_no_version_is_saved(visit, db, first):
    app = visit(db.path, "judge", one_text="true")
    prompt(app).input(first.template + "\nBe strict.").run()
    field(app.text_input, NOTE).input("stricter").run()
    field(app.multiselect, "Examples, in the order the judge reads them").select(labels.current(db, "t1", "Ann").key)
    app.run()
    again = visit(db.path, "judge", one_text="true")
    assert prompt(again).value == first.template + "\nBe strict." and field(again.text_input, NOTE).value == "stricter"
    assert again.multiselect[0].value == [labels.current(db, "t1", "Ann").key]
    assert "not saved yet" in said(again) and len(judges.prompts(db, JUDGE)) == 1


def test_a_discarded_draft_brings_the_version_back(visit, db, first):
    app = visit(db.path, "judge", one_text="true")
    prompt(app).input("nothing of it").run()
    app = click(app, "Discard the draft")
    assert prompt(app).value == first.template and prompt_drafts.newest(db, JUDGE) is None
    assert "Discard the draft" not in [button.label for button in app.button]


def test_what_is_typed_back_is_no_draft(visit, db, first):
    app = visit(db.path, "judge", one_text="true")
    prompt(app).input("x").run()
    prompt(app).input(first.template).run()
    assert prompt_drafts.of_version(db, first.key) is None


def test_a_draft_of_an_earlier_version_is_opened_first_and_its_child_knows_it(visit, db, first):
    judges.save_prompt(db, JUDGE, "second {{ trace }}", model="m", parameters={"seed": 1})
    prompt_drafts.keep(db, first.key, prompt_drafts.Draft(first.template + "\nmore", (), "why"))
    app = visit(db.path, "judge", one_text="true")
    assert prompt(app).value.endswith("more")
    click(app, "Save")
    made = judges.newest_prompt(db, JUDGE)
    assert (made.number, made.parent, made.note) == (3, first.key, "why")
    assert prompt_drafts.newest(db, JUDGE) is None


def test_a_new_version_keeps_model_and_parameters(db, first):
    start = judges.save_prompt(db, JUDGE, "second {{ trace }}", model="m", parameters={"seed": 1})
    made = versions.save(db, start, prompt_drafts.Draft("third {{ trace }}"))
    assert (made.model, made.parameters, made.parent) == ("m", {"seed": 1}, start.key)


def test_what_cannot_be_saved_stays_a_draft(visit, db, first):
    app = visit(db.path, "judge", one_text="true")
    prompt(app).input("{{ unknown }} {{ trace }}")
    app = click(app, "Save")
    assert "unknown" in app.error[0].value and len(judges.prompts(db, JUDGE)) == 1
    assert prompt_drafts.of_version(db, first.key).template == "{{ unknown }} {{ trace }}"


def test_a_suggested_set_balances_outcomes_and_is_a_draft_to_edit(visit, db, first):
    app = visit(db.path, "judge", one_text="true")
    assert "No critiques" in said(app)
    field(app.number_input, "How many").set_value(2)
    app = click(app, "Suggest a diverse set")
    chosen = labels.by_keys(db, list(app.multiselect[0].value))
    assert {one.label.outcome for one in chosen} == {"pass", "fail"}
    assert {one.trace.dimensions["topic"] for one in chosen} == {("a",), ("b",)}
    assert prompt_drafts.of_version(db, first.key).examples == tuple(one.label.key for one in chosen)
    assert "Terse critiques" in said(app) and len(judges.prompts(db, JUDGE)) == 1


def test_an_example_is_moved_before_the_one_it_follows(visit, db, first):
    keys = [labels.current(db, f"t{n}", "Ann").key for n in range(3)]
    prompt_drafts.keep(db, first.key, prompt_drafts.Draft(first.template, tuple(keys)))
    app = visit(db.path, "judge", one_text="true")
    [*_, last] = [button for button in app.button if button.label == "Earlier"]
    calm(last.click().run())
    assert prompt_drafts.of_version(db, first.key).examples == (keys[0], keys[2], keys[1])
    assert [button.disabled for button in app.button if button.label == "Earlier"] == [True, False, False]


def test_text_of_a_test_trace_in_the_prompt_is_said_and_keeps_nobody_from_saving(visit, db, first, make_trace):
    hidden = "The mayor said that the bridge on Mill Street stays closed until the end of the summer."
    add(db, make_trace("hidden", split="test", output=hidden))
    app = visit(db.path, "judge", one_text="true")
    prompt(app).input(f"Critique first.\n{hidden}\n{{{{ examples }}}}\n{{{{ trace }}}}").run()
    assert "Unseen text" in said(app) and "the test trace hidden" in said(app)
    click(app, "Save")
    assert len(judges.prompts(db, JUDGE)) == 2


def test_the_preview_says_that_its_tokens_are_an_estimate(visit, db, first):
    app = visit(db.path, "judge")
    app.session_state["preview_open"] = True
    app = calm(app.run())
    assert "tokens: an estimate, four characters each" in said(app)
    assert any("question of t0" in code.value for code in app.code)
