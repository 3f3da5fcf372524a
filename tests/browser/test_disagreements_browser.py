"""Disagreements in a browser: a key pressed while typing keeps the words, a double click rules once."""

import pytest
from playwright.sync_api import Locator, Page, expect

from lib.records import Verdict
from lib.store import open_store, projects, sign_offs
from lib.store.judge import judges, rulings, runs
from tests.support.browser import OfProject, be, idle, opened
from tests.support.steps import add, row

LONG = "\n\n".join(f"Paragraph {n} of an answer." for n in range(60))  # higher than any window


@pytest.fixture
def app(module_app, make_trace, request) -> OfProject:
    """Three dev traces that Ann failed and the recorded judge passed."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(row(make_trace(f"t{n}", split="dev", output=LONG), Ann="fail",
                     verdicts={"judge": Verdict("pass", "It is fine. " * 200)}) for n in range(3)))
    return OfProject(module_app, store)


def at(page: Page, place: str) -> None:
    expect(page.get_by_text(f"{place}, open.")).to_be_visible()
    idle(page)


def drawn(page: Page, label: str) -> Locator:
    """The box of this name once its script is done: what is typed before may be drawn over."""
    box = page.get_by_label(label)
    expect(box).to_be_visible()
    idle(page)
    return box


def test_keys_rule_with_the_words_that_were_just_typed_and_a_double_click_rules_once(app, page):
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.keyboard.press("j")
    note = drawn(page, "Note for the prompt")
    expect(note).to_be_focused()
    page.keyboard.type("Do not be fooled by a greeting")
    note.press("Control+Enter")
    at(page, "1 of 2: t1")
    assert [one.text for one in rulings.notes(app.store, judges.every(app.store)[0])] == [
        "Do not be fooled by a greeting"]
    page.get_by_role("button", name="Borderline").click()
    drawn(page, "Why is it borderline?").press_sequentially("a half")
    page.get_by_role("button", name="Rule: borderline").dblclick()
    at(page, "1 of 1: t2")
    run = runs.newest(app.store, "judge").id
    assert rulings.endings(app.store, run, "Ann")["t1"] == ("borderline", "a half")
    assert app.store.value("""select count(*) from rulings r join labels l on l.id = r.label
        join traces t on t.id = l.trace where t.project = :project""") == 2


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)], ids=str)
def test_the_case_begins_high_and_the_endings_stay_in_view(app, page, size):
    wide = size[0] > 400
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    assert page.locator(".st-key-trace_card").bounding_box()["y"] < 250
    for place in (0, 900 if wide else 10_000):
        page.get_by_test_id("stMain").evaluate("(main, place) => { main.scrollTop = place; }", place)
        for name in ("Judge wrong", "Label wrong", "Criterion unclear", "Borderline"):
            expect(page.get_by_role("button", name=name)).to_be_in_viewport()
            if not wide:
                assert page.get_by_role("button", name=name).bounding_box()["height"] >= 44


def test_a_wrong_label_asks_for_a_new_critique_below_the_old_one(app, page):
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.keyboard.press("l")
    expect(drawn(page, "Why does the label change?")).to_be_focused()
    new = page.get_by_label("Critique of the new label")
    expect(new).to_have_value("")
    old = page.get_by_text("The critique so far, of fail.")
    assert old.bounding_box()["y"] < new.bounding_box()["y"]
    page.get_by_role("button", name="Rule: label wrong").click()
    message = page.get_by_text("Say shortly why the label changes")
    expect(message).to_be_in_viewport()


def test_on_a_phone_the_next_case_is_read_from_its_beginning_and_undo_is_at_the_thumb(app, page):
    page.set_viewport_size({"width": 390, "height": 844})
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.get_by_role("button", name="Borderline").click()
    drawn(page, "Why is it borderline?").fill("a half")
    page.get_by_role("button", name="Rule: borderline").click()
    at(page, "1 of 2: t1")
    expect(page.get_by_text("t0 was ruled: borderline.")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Undo")).to_be_in_viewport()
    expect(page.get_by_text("Paragraph 0 of an answer.")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)], ids=str)
def test_the_boxes_of_a_ruling_keep_their_height_where_the_column_is_higher_than_the_window(app, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.keyboard.press("l")
    note = drawn(page, "Why does the label change?")
    expect(note).to_be_focused()
    expect(note).to_be_in_viewport()
    assert note.bounding_box()["height"] >= 60
    assert note.evaluate("""box => { const item = box.closest("[data-testid=stElementContainer]");
        return item.clientHeight >= item.scrollHeight; }""")
    assert page.get_by_label("Critique of the new label").bounding_box()["height"] >= 60


def test_a_note_is_kept_while_it_is_typed_and_the_caret_stays(app, page):
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.keyboard.press("j")
    note = drawn(page, "Note for the prompt")
    page.keyboard.type("a greeting ")
    note.press("Home")
    expect(note).to_be_focused()
    run = runs.newest(app.store, "judge").id
    case = rulings.case(app.store, run, "Ann", "t0")
    page.wait_for_function("() => document.querySelector('[data-test-script-state=running]')", polling=10)
    idle(page)
    assert rulings.draft(app.store, case.verdict, case.label).note == "a greeting "
    expect(note).to_be_focused()
    assert note.evaluate("box => box.selectionStart") == 0
    page.keyboard.type("Not ")
    expect(note).to_have_value("Not a greeting ")
    page.wait_for_function("() => document.querySelector('[data-test-script-state=running]')", polling=10)
    idle(page)
    page.reload()
    expect(page.get_by_label("Note for the prompt")).to_have_value("Not a greeting ")


def test_a_key_pressed_while_the_page_runs_waits_until_it_is_done(app, page):
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.keyboard.press("n")
    page.wait_for_function("() => document.querySelector('[data-test-script-state=running]')", polling=5)
    page.keyboard.press("l")
    expect(page.get_by_text("2 of 3: t1, open.")).to_be_visible()
    expect(page.get_by_label("Why does the label change?")).to_be_focused()


def test_a_link_to_a_run_or_case_that_is_not_here_says_so_and_what_is_shown(app, page):
    run = runs.newest(app.store, "judge").id
    opened(page, app.at("judge", view="Disagreements", run="99999", case="zzz"))
    expect(page.get_by_text(f"There is no run 99999 here. Shown is run {run}.")).to_be_visible()
    expect(page.get_by_text("There is no case for 'zzz' here. Shown is t0.")).to_be_visible()
    idle(page)
    page.keyboard.press("n")
    at(page, "2 of 3: t1")
    expect(page.get_by_text("There is no case for 'zzz'")).to_be_hidden()
    opened(page, app.at("judge", view="Disagreements", run=run, case="t2"))
    at(page, "3 of 3: t2")
    expect(page.get_by_text("There is no")).to_be_hidden()


def test_asked_for_a_wrong_label_the_desk_goes_on_and_the_next_key_counts(app, page):
    be(page.context, "Eve", "engineer")
    opened(page, app.at("judge", view="Disagreements"))
    at(page, "1 of 3: t0")
    page.keyboard.press("l")
    drawn(page, "Why does the label change?").fill("it was right")
    page.get_by_label("Critique of the new label").fill("It answers.")
    page.get_by_role("button", name="Ask Ann: label wrong").click()
    at(page, "2 of 3: t1")
    page.keyboard.press("b")
    expect(page.get_by_label("Why is it borderline?")).to_be_focused()
    assert len(sign_offs.waiting(app.store)) == 1
