"""The Judge page's view Disagreements without a browser: what it shows, the presses that rule, and what is kept."""

import pytest

from lib.records import Verdict
from lib.store import experts
from lib.store.judge import judges, rulings, runs, verdicts
from lib.store.review import criteria, labels, queues
from lib.workflow.judge import judging
from tests.support.pages import calm, click, field, said
from tests.support.steps import add, row, say

JUDGE = judging.DEFAULT_JUDGE
HOSTILE = "**bold** $x$ <b>b</b> ![](http://evil.example/p.png) :red[r] [l](http://evil.example)"


@pytest.fixture
def view(db, make_trace, visit):
    """Six traces Ann failed; the judge passed t0 (of the train split) to t3."""
    add(db, *(row(make_trace(f"t{n}", split="dev" if n else "train"), Ann="fail") for n in range(6)))
    say(db, "t1", "fail", critique=HOSTILE)
    run = runs.create(db, judging.save_prompt(db, JUDGE, "Critique. {{ trace }}", []).key, "m", "environment")
    for key in runs.pending(db, run):
        number = int(db.value("select trace_id from traces where id = :key", key=key)[1:])
        verdicts.save(db, run, key, Verdict("pass" if number < 4 else "fail", f"{HOSTILE} {number}"))
    runs.set_status(db, run, "done")
    return lambda **address: visit(db.path, "judge", view="Disagreements", judge=JUDGE, **address)


def case(db, trace: str):
    return rulings.case(db, runs.newest(db, JUDGE).id, "Ann", trace)


def area(page, label: str):
    return next(one for one in page.text_area if one.label.startswith(label))


def test_the_view_leads_from_case_to_case_and_counts_them(db, view):
    page = view()
    assert "0 of 4 ruled" in page.get("progress")[0].proto.text and "1 of 4: t0, open." in said(page)
    page = click(page, "Next")
    assert "2 of 4: t1, open." in said(page) and page.query_params["case"] == "t1"
    assert "1 of 4: t0" in said(click(page, "Previous"))
    field(page.selectbox, "Which way").set_value("judge failed a pass")
    assert "Nothing is open" in said(calm(page.run()))


def test_hostile_words_of_expert_and_judge_stand_as_text_alone(db, view):
    page = view(case="t1")
    texts = [one.value for one in page.text]
    assert HOSTILE in texts and f"{HOSTILE} 1" in texts
    rulings.add(db, case(db, "t1").verdict, case(db, "t1").label, "borderline", HOSTILE)
    page = view(case="t1", ruling="ruled")
    assert [one.value for one in page.text].count(HOSTILE) == 2
    assert not any("evil.example" in str(one.value) for one in (*page.markdown, *page.caption))


def test_judge_wrong_with_a_note_or_as_an_example_moves_on(db, view, visit):
    page = click(view(), "Judge wrong")
    page = click(page, "Rule: judge wrong")
    assert "Write a short note" in said(page) and rulings.notes(db, JUDGE) == []
    field(page.checkbox, "Use the label as an example").check()
    page = click(page, "Rule: judge wrong")
    assert "t0 was ruled: judge wrong." in said(page) and "1 of 3: t1, open." in said(page)
    assert case(db, "t0").ruling.example and "1 of 4 ruled" in page.get("progress")[0].proto.text
    page = click(page, "Undo")
    assert "1 of 4: t0, open." in said(page) and case(db, "t0").ruling is None
    page = click(click(page, "Next"), "Judge wrong")
    assert not [one for one in page.checkbox if one.label.startswith("Use the label")]
    area(page, "Note for the prompt").set_value(HOSTILE)
    click(page, "Rule: judge wrong")
    for view in ("Disagreements", "Bench"):
        page = visit(db.path, "judge", view=view, judge=JUDGE)
        page.session_state["notes_open"] = True
        assert next(one.value for one in calm(page.run()).dataframe if "note" in one.value)["note"][0] == HOSTILE


def test_label_wrong_is_the_principals_alone_and_asks_for_a_new_critique_below_the_old_one(db, view):
    say(db, "t5", "fail", "Bob")
    page = click(view(case="t2"), "Label wrong")
    assert area(page, "Critique of the new label").value == ""
    assert "The critique so far, of fail." in said(page) and [one.value for one in page.text].count("why fail") == 2
    page = click(page, "Rule: label wrong")
    assert "Say shortly why the label changes" in said(page) and "Write why it is pass" in said(page)
    area(page, "Why does the label change").set_value("I overlooked it")
    area(page, "Critique of the new label").set_value("It answers after all")
    page = click(page, "Rule: label wrong")
    assert labels.current(db, "t2", "Ann").critique == "It answers after all"
    assert "Ann changed 1 label here." in said(page)
    figures = page.dataframe[-1].value.set_index("figure")
    assert figures.loc["Agreement"].tolist()[:2] == ["2 of 6 (6% to 70%)", "3 of 6 (19% to 81%)"]
    assert figures.loc["TPR", "before any label was changed"] == "– (the expert passed none of these traces)"
    page = view(case="t2", ruling="label wrong")
    assert "Ann, before: fail" in said(page) and not [one for one in page.button if one.label == "Borderline"]
    click(page, "Take back")
    assert labels.current(db, "t2", "Ann").outcome == "fail" and experts.principal(db).name == "Ann"


def test_unclear_adds_a_line_and_offers_another_look_at_what_was_labelled_before(db, view):
    page = click(view(), "Criterion unclear")
    area(page, "The line that makes it clear").set_value("A greeting is no answer")
    page = click(page, "Rule: criterion unclear")
    assert criteria.newest(db).text == "- A greeting is no answer"
    page.session_state["criteria_open"] = True
    page = calm(page.run())
    assert "6 labels of Ann are older" in said(page)
    field(page.number_input, "How many").set_value(2)
    page = click(page, "Put back into the queue")
    assert next(one["trace"] for one in queues.listing(db, "Ann")) == "t0" and len(queues.listing(db, "Ann")) == 2
    area(page, "What pass and fail mean here").set_value("- A greeting is no answer\n- No prices")
    page = click(page, "Save the criteria as a new version")
    assert "why the criteria change" in said(page)
    field(page.text_input, "What changes, and why?").set_value("prices")
    page = click(page, "Save the criteria as a new version")
    assert criteria.newest(db).number == 2 and "+ - No prices" in "\n".join(one.value for one in page.code)


def test_what_is_typed_is_there_again_on_the_next_visit(db, view):
    page = click(view(case="t3"), "Borderline")
    area(page, "Why is it borderline?").set_value("half a sent")
    calm(page.run())
    page = view(case="t3")
    assert area(page, "Why is it borderline?").value == "half a sent"
    page = click(page, "Label wrong")
    assert area(page, "Why does the label change?").value == "half a sent"
    page.session_state["criteria_open"] = True
    page = calm(page.run())
    area(page, "What pass and fail mean here").set_value("No pri")
    calm(page.run())
    page = view()
    page.session_state["criteria_open"] = True
    assert area(calm(page.run()), "What pass and fail mean here").value == "No pri"


def test_a_difference_ruled_on_in_an_earlier_run_is_ruled_the_same_with_one_press(db, view):
    rulings.add(db, case(db, "t1").verdict, case(db, "t1").label, "borderline", "hard")
    judging.save_prompt(db, JUDGE, "Other. {{ trace }}", [])
    run = runs.create(db, judges.newest_prompt(db, JUDGE).key, "m", "environment")
    for key in runs.pending(db, run):
        verdicts.save(db, run, key, Verdict("pass", "again"))
    page = view(case="t1", run=str(run))
    assert "Ruled before: borderline**, run 1" in said(page) and "6 of 6: t1, open. Ruled before" in said(page)
    page = click(page, "Rule the same")
    assert rulings.case(db, run, "Ann", "t1").ruling.note == "hard"


def test_the_desk_shows_the_criteria_in_force_to_be_read(db, view, visit):
    assert not [one for one in visit(db.path, "review", view="Desk").expander if "Criteria" in one.label]
    criteria.save(db, HOSTILE, "first")
    page = visit(db.path, "review", view="Desk")
    assert next(one for one in page.expander if "Criteria, version 1" in one.label).text[0].value == HOSTILE


def test_without_labels_the_view_says_what_is_missing(db, make_trace, visit):
    add(db, row(make_trace("t1"), verdicts={"judge": Verdict("pass", "x")}))
    assert "No pair yet" in said(visit(db.path, "judge", view="Disagreements"))
    say(db, "t1", "pass")
    assert "0 of 0 ruled" in visit(db.path, "judge", view="Disagreements").get("progress")[0].proto.text
