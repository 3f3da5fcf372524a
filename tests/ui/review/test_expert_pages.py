"""The views Reviewers, Consistency and When to stop, and what the Judge page leaves out, by their words and presses."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import ADJUDICATION, REPEAT, Circumstances, Verdict
from lib.store import experts
from lib.store.judge import runs
from lib.store.review import labels, queues, repeats
from tests.support.pages import fine, opened_page
from tests.support.steps import add, row, say

SHADOW = Circumstances("shadow")


@pytest.fixture
def visit(db, monkeypatch):
    """`visit("review", view="Reviewers", reviewer="Bob")`: a page on what the test put into the project."""
    def open_page(page: str, **address: str) -> AppTest:
        return opened_page(monkeypatch, db, page, **address)

    return open_page


def said(app: AppTest) -> str:
    found = [*app.markdown, *app.caption, *app.text, *app.error, *app.warning, *app.success, *app.header,
             *app.subheader]
    return "\n".join(str(one.value) for one in found).replace("\\", "")


def named(kind, label: str):
    return next(one for one in kind if one.label == label)


@pytest.fixture
def two(db, make_trace):
    """Ann, principal, and Bob differ on t1; Bob and Cid differ on t2, which Ann has not seen; all passed t3."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 13)))
    for name, outcomes in (("Ann", ("pass", None, "pass")), ("Bob", ("fail", "fail", "pass")),
                           ("Cid", (None, "pass", None))):
        for number, outcome in enumerate(outcomes, 1):
            if outcome:
                say(db, f"t{number}", outcome, name, f"{name} says {outcome} of t{number}")
    return db


def test_one_reviewer_alone_is_told_what_a_second_is_good_for(visit, db, make_trace):
    add(db, make_trace())
    say(db, "t1", "pass")
    assert "One reviewer so far" in said(visit("review", view="Reviewers", reviewer="Ann"))


def test_agreement_between_reviewers_stands_with_n_and_intervals(visit, two):
    app = visit("review", view="Reviewers", reviewer="Ann")
    progress, pairs = (table.value for table in app.dataframe[:2])
    assert list(progress["reviewer"]) == ["Ann, principal", "Bob", "Cid"] and list(progress["labelled"]) == [2, 3, 1]
    assert list(zip(pairs["first"], pairs["second"], pairs["traces"], strict=True)) == [("Ann", "Bob", 2),
                                                                                         ("Bob", "Cid", 1)]
    assert pairs["agreement"][0].startswith("1 of 2 (") and pairs["kappa"][1].startswith("0.0 (")


def test_of_two_reviewers_neither_alpha_nor_ac1_stands_there(visit, db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), Ann="pass" if n % 2 else "fail", Bob="pass" if n % 3 else "fail")
              for n in range(12)))
    app = visit("review", view="Reviewers", reviewer="Ann")
    assert "Krippendorff" not in [tile.label for tile in app.metric] and "AC1" not in app.dataframe[1].value


def test_three_reviewers_have_alpha_and_where_fails_are_rare_ac1_with_its_reason(visit, db, make_trace):
    # Of 40 traces Ann fails two, Bob one of them and another, Cid none and labels half; t40 has one label.
    add(db, *(row(make_trace(f"t{n}"), Ann="fail" if n in (1, 2) else "pass", Bob="fail" if n in (2, 3) else "pass",
                  **({"Cid": "pass"} if n % 2 else {})) for n in range(40)), row(make_trace("t40"), Ann="pass"))
    app = visit("review", view="Reviewers", reviewer="Ann")
    # 96 passes, 4 fails of 100 labels; pass beside fail: t1 and t3 2·1/(3-1) each: alpha = 1 - 99·2 / (96·4) = 0.48.
    tiles = {tile.label: tile.value for tile in app.metric}
    assert tiles == {"Krippendorff's alpha": "0.48", "Gwet's AC1": "0.96", "Traces": "40"}
    text = said(app)
    assert "All 3 reviewers at once: Ann, Bob, Cid. Alpha (0.48) is lower than the agreement (96%)" in text
    assert "with two labels or more; 1 with one cannot be paired" in text and "95 % interval" in text
    pairs = app.dataframe[1].value
    assert pairs["AC1"][0].startswith("0.94 (") and all(pairs["AC1"])
    assert "Ann and Bob: Kappa" not in text  # the reason is given once


def test_of_two_a_low_kappa_is_explained_below_their_table(visit, db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), Ann="fail" if n in (1, 2) else "pass", Bob="fail" if n in (2, 3) else "pass")
              for n in range(40)))
    app = visit("review", view="Reviewers", reviewer="Ann")
    assert app.dataframe[1].value["AC1"][0].startswith("0.94 (")
    assert "Ann and Bob: Kappa (0.47) is lower than the agreement (95%)" in said(app)
    assert "of 3 traces that somebody failed, everybody failed 1." in said(app)


def test_what_others_said_is_not_on_the_page_before_ones_own_label(visit, two):
    text = said(visit("review", view="Reviewers", reviewer="Ann"))
    assert "Bob says fail of t1" in text and "1 more are on traces you have not labelled" in text
    assert "of t2" not in text
    text = said(visit("review", view="Reviewers", reviewer="Ann", differs="t2"))
    assert "of t2" not in text


def test_the_principal_adjudicates_and_the_list_is_empty(visit, two):
    app = visit("review", view="Reviewers", reviewer="Ann")
    named(app.text_area, "Critique").input("The date is wrong.")
    named(app.text_input, "Why: what settled it?").input("Bob found the source.")
    named(app.radio, "Outcome").set_value("fail")
    app = fine(named(app.button, "Adjudicate").click().run())
    found = labels.current(two, "t1", "Ann")
    assert (found.outcome, found.critique) == ("fail", "The date is wrong.")
    assert (found.circumstances.purpose, found.circumstances.reason) == (ADJUDICATION, "Bob found the source.")
    assert "0 to settle, 1 adjudicated" in said(app)


def test_without_a_reason_nothing_is_adjudicated(visit, two):
    app = visit("review", view="Reviewers", reviewer="Ann")
    app = fine(named(app.button, "Adjudicate").click().run())
    assert "a reason for your colleagues" in said(app) and len(labels.history(two, "t1", "Ann")) == 1


def test_anybody_else_asks_and_nothing_changes_before_the_principal_agrees(visit, two):
    app = visit("review", view="Reviewers", reviewer="Bob")
    assert "Adjudicate" not in [button.label for button in app.button]
    named(app.text_area, "Critique").input("The date is wrong.")
    named(app.text_input, "Why: what settled it?").input("I found the source.")
    app = fine(named(app.button, "Ask Ann to settle it so").click().run())
    assert len(labels.history(two, "t1", "Ann")) == 1 and "Waits for Ann, asked by Bob" in said(app).replace("**", "")
    app = visit("overview", view="Sign-offs", reviewer="Ann")
    assert "A new label of Ann: fail" in said(app) and "The date is wrong." in said(app)
    fine(named(app.button, "Agree").click().run())
    assert labels.current(two, "t1", "Ann").critique == "The date is wrong."


@pytest.mark.parametrize("basis", ["developer", "proxy for the expert"])
@pytest.mark.parametrize(("page", "view"), [("overview", ""), ("judge", ""), ("review", "Reviewers")])
def test_a_stand_in_is_named_wherever_figures_rest_on_one(visit, two, page, view, basis):
    words = f"Ann decides here as {basis}. A stand-in is not the expert"
    address = {"view": view, "reviewer": "Ann"} if view else {}
    assert words not in said(visit(page, **address))
    experts.describe(two, "Ann", "", basis)
    assert words in said(visit(page, **address))


def test_before_the_first_repeat_it_is_said_when_it_comes(visit, two):
    text = said(visit("review", view="Consistency", reviewer="Ann"))
    assert "once 19 more traces are labelled" in text and "is 24 hours old" in text and "one in 14" in text
    repeats.set_share(two, 0, 24)
    assert "Repeats are switched off" in said(visit("review", view="Consistency", reviewer="Ann"))


def test_a_differing_repeat_stands_beside_its_label(visit, two):
    say(two, "t3", "fail", critique="I would fail it now", circumstances=Circumstances("blind", REPEAT))
    app = visit("review", view="Consistency", reviewer="Ann")
    text = said(app)
    assert "Ann says pass of t3" in text and "I would fail it now" in text
    assert {tile.label: tile.value for tile in app.metric} == {"Same outcome again": "0 of 1", "Kappa": "0.0",
                                                               "Repeats": "1"}


def test_the_share_of_repeats_is_set_and_refused_in_a_sentence(visit, two):
    app = visit("review", view="Consistency", reviewer="Ann")
    named(app.number_input, "Repeats, % of labels").set_value(30.0)
    app = fine(named(app.button, "Save").click().run())
    assert "from 5% to 10%" in said(app) and repeats.settings(two) == (0.07, 24)
    named(app.number_input, "Repeats, % of labels").set_value(10.0)
    named(app.number_input, "Hours before a trace comes back").set_value(48.0)
    fine(named(app.button, "Save").click().run())
    assert repeats.settings(two) == (0.1, 48)


def test_the_meters_and_the_next_ten_go_into_the_queue_with_one_press(visit, two):
    app = visit("review", view="When to stop", reviewer="Ann")
    text = said(app)
    assert "Not known yet" in text and "2 traces labelled by Ann. Begin with about 30" in text
    assert "± 10% with 37" in text and "At random: every trace without your label" in text
    shown = list(app.dataframe[0].value["trace"])
    assert len(shown) == 10 and "why" not in app.dataframe[0].value
    fine(named(app.button, "Put these 10 into my queue").click().run())
    assert [one["trace"] for one in queues.listing(two, "Ann")] == shown


def test_the_judge_page_says_what_is_left_out_and_counts_it_on_request(visit, db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), verdicts={"bot": Verdict("pass")}) for n in range(1, 4)))
    for number, how in enumerate((Circumstances("blind"), SHADOW, Circumstances("blind", unbiased=False)), 1):
        say(db, f"t{number}", "fail", circumstances=how)
    app = visit("judge", judge="bot")
    assert named(app.metric, "Pairs").value == "1" and "2 pairs left out: 1 shadow, 1 drawn by outcome." in said(app)
    app = fine(named(app.toggle, "Count them too").set_value(True).run())
    assert named(app.metric, "Pairs").value == "3"
    assert sum((one.key or "").startswith("row_t") for one in app.button) == 3
    assert named(visit("judge", judge="bot", every="true").metric, "Pairs").value == "3"
    assert runs.newest(db, "bot").total == 3


def test_where_nothing_is_left_out_no_switch_is_shown(visit, db, make_trace):
    add(db, row(make_trace(), Ann="pass", verdicts={"bot": Verdict("pass")}))
    assert not visit("judge", judge="bot").toggle


def test_a_reviewer_is_meant_however_the_name_is_spelt(visit, db, make_trace):
    add(db, make_trace("t1"), make_trace("t2"))
    say(db, "t1", "pass")
    for spelling in (" ANN ", "ann", "A\u200bnn"):
        app = visit("review", view="Queue", reviewer=spelling)
        assert "As Ann, principal expert. Not you?" in [button.label.replace("\\", "") for button in app.button]
    assert [expert.name for expert in experts.every(db)] == ["Ann"]


def test_a_name_added_in_another_spelling_makes_nobody_new(visit, db):
    experts.add(db, "Ann")
    app = visit("settings")
    next(box for box in app.text_input if box.label == "Name of somebody else who works here").set_value("ANN ")
    next(button for button in app.button if button.label == "Add").click().run()
    assert fine(app) and [expert.name for expert in experts.every(db)] == ["Ann"]
