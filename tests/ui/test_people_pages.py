"""Who is at a page, without a browser: asked and never assumed, shown where something is written, kept with it."""

import json
from urllib.parse import quote

import pytest

from lib.records import Verdict
from lib.store import experts, people, projects, sign_offs
from lib.store.errors import failure_modes, fixes, insights, mode_decisions, mode_history
from lib.store.judge import runs, verdicts
from lib.store.review import criteria, labels
from lib.ui.people import browser
from lib.workflow.judge import judging
from tests.support.pages import calm, click, field, said
from tests.support.steps import add, row, say

HOSTILE = "**Eve** ![](http://evil.example/p.png) :red[r]"
WRITERS = [("review", "Desk"), ("review", "Queue"), ("errors", "Notes"), ("errors", "Codes"), ("errors", "Groups"),
           ("errors", "Fixes"), ("overview", "Insights"), ("overview", "Sign-offs"), ("settings", "Experts"),
           ("judge", "Disagreements")]


@pytest.fixture
def db(db, make_trace):
    """Ann failed four traces that the judge passes; one has a failure mode."""
    add(db, *(row(make_trace(f"t{n}", split="dev"), Ann="fail") for n in range(4)), make_trace("t9"))
    failure_modes.give(db, "t0", ["no date"], "Ann")
    run = runs.create(db, judging.save_prompt(db, judging.DEFAULT_JUDGE, "Critique. {{ trace }}", []).key, "m",
                      "environment")
    for key in runs.pending(db, run):
        verdicts.save(db, run, key, Verdict("pass", "It answers."))
    runs.set_status(db, run, "done")
    return db


def buttons(app) -> list[str]:
    return [button.label.replace("\\", "") for button in app.button]


@pytest.mark.parametrize(("page", "view"), WRITERS)
def test_nobody_is_assumed_where_something_is_written(visit, db, page, view):
    app = visit(db.path, page, view=view, reviewer=None)
    assert "Who are you?" in said(app) and not [name for name in buttons(app) if name.startswith("As ")]


@pytest.mark.parametrize(("page", "view"), WRITERS)
def test_who_writes_stands_on_the_page(visit, db, page, view):
    app = visit(db.path, page, view=view, reviewer="Ann")
    assert "As Ann, principal expert. Not you?" in buttons(app) and "Who are you?" not in said(app)


@pytest.mark.parametrize(("page", "view"), [(page, view) for page, view in WRITERS if view != "Sign-offs"])
def test_a_viewer_reads_and_is_told_why_nothing_can_be_written(visit, db, page, view):
    app = visit(db.path, page, view=view, reviewer="Vic", role="viewer")
    assert "A viewer reads along" in said(app) and "As Vic, viewer. Not you?" in buttons(app)


def test_an_address_names_nobody(visit, db):
    app = visit(db.path, "review", view="Desk", reviewer=None)
    app.query_params["reviewer"] = "Ann"
    app = calm(app.run())
    assert "Who are you?" in said(app) and "reviewer" not in app.query_params


def test_name_and_role_are_asked_for_and_refused_in_a_sentence(visit, db):
    app = visit(db.path, "review", view="Desk", reviewer=None)
    assert "as what you work here" in said(click(app, "Go on as this person"))
    app.radio(key="who_role_page").set_value("PM")
    assert "needs a name" in said(click(app, "Go on as this person"))
    app.text_input(key="who_typed_page").input("  pia  novak ")
    app = click(app, "Go on as this person")
    assert "As pia novak, PM. Not you?" in buttons(app)
    assert [one.name for one in people.every(db)] == ["Ann", "pia novak"] and len(experts.every(db)) == 1


def test_the_list_offers_who_is_known_and_no_one_who_has_retired(visit, db):
    people.enter(db, "Old", "expert")
    people.retire(db, "Old")
    app = visit(db.path, "review", view="Desk", reviewer=None)
    assert app.selectbox(key="who_chosen_page").options == ["Ann"]
    assert "Who are you?" in said(visit(db.path, "review", view="Desk", reviewer="Old"))


@pytest.mark.parametrize("sent", ["", "x", "[]", "[1, 2]", '["Ann"]', '["Ann", "boss"]', '{"a": 1}', "[null, null]"])
def test_a_cookie_of_nonsense_is_nobody(monkeypatch, sent):
    assert read(monkeypatch, quote(sent)) == ("", "")


def test_a_cookie_holds_any_letter(monkeypatch):
    assert read(monkeypatch, quote(json.dumps(("Zoë; 李", "PM")))) == ("Zoë; 李", "PM")


def read(monkeypatch, sent: str) -> tuple[str, str]:
    """What the page takes from a browser that sends this cookie."""
    monkeypatch.setattr(type(browser.st.context), "cookies", {browser.COOKIE: sent})
    return browser.claimed()


def test_who_is_said_in_one_project_is_the_same_in_another(visit, db):
    other = projects.create(db, "Other")
    app = visit(db.path, "settings", view="Experts", project=str(other.project), reviewer="Eve", role="engineer")
    assert "As Eve, engineer. Not you?" in buttons(app) and [one.name for one in people.every(other)] == ["Eve"]


def test_the_store_keeps_who_did_it(visit, db):
    app = visit(db.path, "overview", view="Insights", reviewer="Eve", role="engineer")
    next(one for one in app.text_area if one.label == "What did you learn?").input("They ask twice.")
    click(app, "Note it")
    assert insights.every(db)[0].author == "Eve"
    app = visit(db.path, "errors", view="What to fix", mode="no date", reviewer="Pia", role="PM")
    field(app.text_input, "Owner").input("Eve")
    click(app, "Save")
    assert mode_decisions.get(db, "no date").decided.owner == "Eve"
    assert mode_history.events(db, mode_history.by_name(db, "no date"))[0]["author"] == "Pia"
    app = visit(db.path, "errors", view="Fixes", mode="no date", reviewer="Eve", role="engineer")
    field(app.text_input, "What was changed, in a few words").input("Dates")
    click(app, "Record this fix")
    assert fixes.every(db)[0].author == "Eve"


def test_an_engineer_asks_for_a_ruling_and_the_principal_sees_what_waits(visit, db):
    address = {"view": "Disagreements", "judge": judging.DEFAULT_JUDGE, "case": "t0"}
    app = click(visit(db.path, "judge", reviewer="Eve", role="engineer", **address), "Label wrong")
    next(one for one in app.text_area if one.label.startswith("Why does")).set_value("I asked the carrier")
    next(one for one in app.text_area if one.label.startswith("Critique of")).set_value("It names the day")
    click(app, "Ask Ann: label wrong")
    app = visit(db.path, "judge", reviewer="Eve", role="engineer", **address)  # the desk has gone on to the next
    assert "Waits for Ann, asked by Eve" in said(app).replace("**", "")
    assert labels.current(db, "t0", "Ann").outcome == "fail"
    app = visit(db.path, "overview", reviewer="Ann")
    assert "1 waits for your sign-off" in said(app).replace("**", "")
    assert "sign-off" not in said(visit(db.path, "overview", reviewer="Eve", role="engineer"))
    app = click(visit(db.path, "overview", view="Sign-offs", reviewer="Ann"), "Agree")
    assert labels.current(db, "t0", "Ann").outcome == "pass" and "Nothing waits" in said(app)


def test_the_criteria_of_an_engineer_wait_and_who_wrote_a_version_stands_in_its_history(visit, db):
    app = visit(db.path, "judge", view="Disagreements", judge=judging.DEFAULT_JUDGE, reviewer="Eve", role="engineer")
    app.session_state["criteria_open"] = True
    app = calm(app.run())
    next(one for one in app.text_area if one.label == "What pass and fail mean here").set_value("Name the day.")
    field(app.text_input, "What changes, and why?").set_value("nobody knew")
    click(app, "Ask Ann for this version")
    assert criteria.newest(db) is None and sign_offs.waiting(db)[0].asked_by == "Eve"
    app = visit(db.path, "overview", view="Sign-offs", reviewer="Eve", role="engineer")
    assert "Agree" not in buttons(app) and "Nothing waits" in said(click(app, "Withdraw"))


def test_people_are_renamed_merged_and_retired_on_the_settings_page(visit, db):
    say(db, "t1", "pass", "Bob")
    say(db, "t2", "pass", HOSTILE)
    app = visit(db.path, "settings", view="Experts", reviewer="Ann")
    app.selectbox(key=f"into_{HOSTILE}").set_value("Bob")
    app = calm(app.run())
    app = calm(next(one for one in app.button if one.key == f"do_merge_{HOSTILE}").click().run())
    assert labels.tally(db, "Bob")["labelled"] == 2
    app.text_input(key="rename_Bob").input("Robert")
    app = calm(next(one for one in app.button if one.key == "do_rename_Bob").click().run())
    app = calm(next(one for one in app.button if one.key == "do_retire_Ann").click().run())
    assert "name who follows first" in said(app)
    app = calm(next(one for one in app.button if one.key == "do_retire_Robert").click().run())
    assert "Bring back" in buttons(app) and len(people.log(db)) == 3
    assert [one.author for one in people.log(db)] == ["Ann"] * 3


def test_a_merge_into_the_principal_is_asked_for(visit, db):
    say(db, "t1", "pass", "Bob")
    app = visit(db.path, "settings", view="Experts", reviewer="Eve", role="engineer")
    app.selectbox(key="into_Bob").set_value("Ann")
    app = calm(app.run())
    app.text_input(key="why_merge_Bob").input("one human")
    app = calm(next(one for one in app.button if one.key == "do_merge_Bob").click().run())
    assert labels.current(db, "t1", "Ann").outcome == "fail" and sign_offs.waiting(db)[0].kind == sign_offs.MERGE
