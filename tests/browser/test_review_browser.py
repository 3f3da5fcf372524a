"""The desk under real fingers: keys, double clicks, mashing and reloads; the labels are read from the database."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lib.records import Verdict
from lib.store import Store, experts, open_store, projects
from lib.store.review import labels
from tests.support.browser import idle, opened
from tests.support.desk import SHOWN_AT_LEAST, box, long_ago, on, said_to_be
from tests.support.steps import add, row, say

TRACES = 6
# Notes when each trace was first and last seen on the page.
TIMES = """() => {
    const times = {};
    setInterval(() => {
        const trace = document.body.innerText.match(/answer to (t\\d)/)?.[1], now = performance.now();
        if (trace) times[trace] = [times[trace]?.[0] ?? now, now];
    }, 10);
    return times;
}"""


@pytest.fixture
def store(module_app, make_trace, request) -> Store:
    """A project of its own with six traces that a judge failed; Ann has labelled the last one."""
    store = projects.create(open_store(module_app.path), request.node.name, "Did the AI help?")
    add(store, *(row(make_trace(f"t{number}"), verdicts={"GPT-4": Verdict("fail", f"verdict on t{number}")})
                 for number in range(1, TRACES + 1)))
    say(store, "t6", "pass")
    return store


@pytest.fixture
def address(module_app, store) -> Callable[..., str]:
    """Where Ann reviews this project."""
    return lambda **more: module_app.at("review", project=store.project, **more)


@pytest.fixture
def ann(address, page) -> Page:
    """Ann's page, with the first trace on it long enough to have been read."""
    return on(opened(page, address()), "t1")


def said(store: Store) -> dict[str, list[str]]:
    """Every label Ann gave here, by trace."""
    rows = store.rows("""select t.trace_id, l.outcome from labels l join traces t on t.id = l.trace
        where t.project = :project order by l.id""")
    found: dict[str, list[str]] = {}
    for trace, outcome in rows[1:]:
        found.setdefault(trace, []).append(outcome)
    return found


def test_1_passes_and_2_fails_and_each_brings_the_next_trace(store, ann):
    ann.keyboard.press("1")
    on(ann, "t2").keyboard.press("2")
    on(ann, "t3")
    assert said(store) == {"t1": ["pass"], "t2": ["fail"]}
    expect(ann.get_by_text("3 of 6 labelled · 2 without a critique")).to_be_visible()
    assert all(label.circumstances.mode == "blind" and 0.3 < label.circumstances.seconds < 60
               for label in (labels.current(store, "t1", "Ann"), labels.current(store, "t2", "Ann")))


def test_a_label_given_while_typing_has_its_critique_and_the_next_box_is_empty(store, ann):
    box(ann).press_sequentially("It says 1 where 2 is right")
    ann.keyboard.press("Alt+1")
    on(ann, "t2")
    assert said(store) == {"t1": ["pass"]}
    assert labels.current(store, "t1", "Ann").critique == "It says 1 where 2 is right"
    expect(box(ann)).to_have_value("")


def test_arrows_move_and_lose_no_word(store, ann):
    box(ann).fill("half a thought")
    box(ann).press("Tab")
    ann.keyboard.press("ArrowRight")
    on(ann, "t2")
    expect(box(ann)).to_have_value("")
    ann.keyboard.press("ArrowLeft")
    on(ann, "t1")
    expect(box(ann)).to_have_value("half a thought")
    assert said(store) == {}


def test_u_goes_back_to_the_trace_labelled_last_and_both_labels_are_kept(store, ann):
    ann.keyboard.press("1")
    on(ann, "t2").keyboard.press("u")
    on(ann, "t1").keyboard.press("2")
    on(ann, "t2")
    assert said(store) == {"t1": ["pass", "fail"]}


def test_a_double_click_labels_the_trace_on_the_screen_alone(store, ann):
    ann.get_by_role("button", name="Pass", exact=False).first.dblclick()
    on(ann, "t2")
    assert said(store) == {"t1": ["pass"]}


def test_mashing_a_key_labels_nothing_that_was_not_on_the_screen(store, ann):
    seen = ann.evaluate_handle(TIMES)
    for _ in range(10):
        ann.keyboard.press("1")
    ann.wait_for_function("() => !document.body.innerText.match('answer to t1')")
    idle(ann)
    given, times = said(store), seen.json_value()
    long_enough = {trace for trace, (first, last) in times.items() if last - first >= SHOWN_AT_LEAST * 1000}
    assert set(given) <= {"t1"} | long_enough, times
    assert all(len(outcomes) == 1 for outcomes in given.values())


def test_a_held_key_labels_one_trace_and_says_so(store, ann):
    ann.evaluate("""() => { for (let n = 0; n < 30; n++) document.dispatchEvent(new KeyboardEvent('keydown',
        {key: '1', code: 'Digit1', bubbles: true, repeat: n > 0})); }""")
    on(ann, "t2")
    assert said(store) == {"t1": ["pass"]}


def test_a_reload_and_a_copied_address_show_the_same_trace(store, ann, visitor):
    ann.keyboard.press("ArrowRight")
    on(ann, "t2")
    assert parse_qs(urlsplit(ann.url).query)["trace"] == ["t2"]
    ann.reload()
    on(ann, "t2")
    on(opened(visitor.page(), ann.url), "t2")


def test_a_reload_leaves_the_reviewer_who_it_was_though_another_became_principal(store, ann):
    experts.add(store, "Bob")
    experts.make_principal(store, "Bob")
    ann.reload()
    expect(on(ann, "t1").get_by_role("button", name="As Ann, expert. Not you?")).to_be_visible()


def test_a_link_to_no_trace_says_so_and_leads_on(store, address, page):
    opened(page, address(trace="nope"))
    expect(page.get_by_text("There is no trace 'nope'")).to_be_visible()
    page.get_by_role("button", name="Go on with the next unlabelled").click()
    on(page, "t1")


def test_what_was_said_to_one_reviewer_is_not_said_to_the_next_on_the_same_page(store, ann):
    ann.keyboard.press("1")
    expect(on(ann, "t2").get_by_text("t1: pass saved.")).to_be_visible()
    ann.get_by_role("button", name="Not you?").click()
    said_to_be(ann, "Bob")
    on(ann, "t1")
    expect(ann.get_by_text("pass saved.")).to_be_hidden()


def test_a_tab_that_does_not_know_of_a_newer_label_asks_before_its_own_counts(store, address, ann):
    other = ann.context.new_page()
    on(opened(other, address(trace="t1")), "t1").keyboard.press("2")
    on(other, "t2")
    box(ann).fill("from the older tab")
    box(ann).press("Escape")
    ann.keyboard.press("1")
    expect(ann.get_by_text("was labelled fail at")).to_be_visible()
    assert said(store) == {"t1": ["fail"]}
    expect(box(ann)).to_have_value("from the older tab")
    on(ann, "t1").keyboard.press("1")
    on(ann, "t2")
    assert said(store) == {"t1": ["fail", "pass"]}
    assert labels.current(store, "t1", "Ann").critique == "from the older tab"


def test_the_verdict_is_nowhere_on_the_page_until_it_is_asked_for_after_the_label(store, ann):
    assert "verdict on t1" not in ann.content() and "GPT-4" not in ann.content()
    ann.keyboard.press("2")
    on(ann, "t2").keyboard.press("u")
    on(ann, "t1")
    expect(ann.get_by_text("Your label: fail")).to_be_visible()
    assert "verdict on t1" not in ann.content()
    ann.get_by_role("button", name="Show what judges said").click()
    expect(ann.get_by_text("verdict on t1")).to_be_visible()
    on(ann, "t1").keyboard.press("1")
    on(ann, "t2")
    assert [label.circumstances.mode for label in labels.history(store, "t1", "Ann")] == ["known", "blind"]


def test_in_shadow_mode_the_critique_begins_with_the_judges_and_the_label_says_so(store, address, page):
    on(opened(page, address(mode="shadow")), "t1")
    expect(box(page)).to_have_value("verdict on t1")
    page.keyboard.press("2")
    on(page, "t2")
    label = labels.current(store, "t1", "Ann")
    assert (label.critique, label.circumstances.mode) == ("verdict on t1", "shadow")


def test_w_reaches_the_box_escape_leaves_it_and_a_question_mark_shows_the_keys(ann):
    ann.keyboard.press("w")
    expect(box(ann)).to_be_focused()
    ann.keyboard.type("12 du?")
    expect(box(ann)).to_have_value("12 du?")
    ann.keyboard.press("Escape")
    expect(box(ann)).not_to_be_focused()
    ann.keyboard.press("?")
    expect(ann.get_by_text("defer: comes back at the end")).to_be_visible()
    # Every key acts once, however many traces the panel has shown.
    ann.keyboard.press("ArrowRight")
    on(ann, "t2").keyboard.press("?")
    expect(ann.get_by_text("defer: comes back at the end")).to_be_hidden()
    ann.keyboard.press("n")
    expect(ann.get_by_label("This showed me something new")).to_be_checked()


def test_ctrl_enter_asks_for_the_outcome_at_first_and_keeps_it_afterwards(store, ann):
    box(ann).fill("first thought")
    box(ann).press("Control+Enter")
    expect(ann.get_by_text("Pass or fail? Alt+1")).to_be_visible()
    box(ann).press("Alt+2")
    on(ann, "t2").keyboard.press("u")
    on(on(ann, "t1"), "t1")
    box(ann).fill("second thought")
    box(ann).press("Control+Enter")
    on(ann, "t2")
    assert said(store) == {"t1": ["fail", "fail"]}
    assert labels.current(store, "t1", "Ann").critique == "second thought"


def test_a_deferred_trace_comes_back_when_nothing_else_is_left(store, ann):
    ann.keyboard.press("d")
    on(ann, "t2")
    for number in range(2, TRACES):
        on(ann, f"t{number}").keyboard.press("1")
    on(ann, "t1")
    assert set(said(store)) == {"t2", "t3", "t4", "t5"}


def test_a_tick_and_a_revised_response_are_part_of_the_label(store, ann):
    ann.keyboard.press("n")
    ann.get_by_text("Revised response").click()
    ann.get_by_label("Revised response").fill("It should have said 3.")
    ann.get_by_label("Revised response").press("Escape")
    ann.keyboard.press("2")
    on(ann, "t2")
    found = labels.current(store, "t1", "Ann").circumstances
    assert (found.showed_new, found.revised_response) == (True, "It should have said 3.")
    expect(ann.get_by_label("This showed me something new")).not_to_be_checked()


def test_an_old_label_changes_only_with_a_reason(store, ann, address):
    long_ago(store, "t1")
    on(opened(ann, address(trace="t1")), "t1").keyboard.press("2")
    expect(ann.get_by_text("Say shortly why it changes")).to_be_visible()
    ann.get_by_label("Reason for the change").fill("the policy changed")
    ann.get_by_label("Reason for the change").press("Escape")
    on(ann, "t1").keyboard.press("2")
    on(ann, "t2")
    assert said(store) == {"t1": ["pass", "fail"]}
    assert labels.current(store, "t1", "Ann").circumstances.reason == "the policy changed"


def test_when_all_is_read_the_page_says_so(store, ann):
    for number in range(1, TRACES):
        box(on(ann, f"t{number}")).fill("because")
        box(ann).press("Alt+1")
    expect(ann.get_by_text("Every trace this filter leaves is reviewed.")).to_be_visible()
    ann.get_by_text("Rendered", exact=True).click()
    expect(ann.get_by_role("switch", name="Rendered")).not_to_be_checked()
    idle(ann)
    expect(ann.get_by_text("Every trace this filter leaves is reviewed.")).to_be_visible()
    assert len(said(store)) == TRACES - 1


def test_what_has_no_critique_yet_comes_back_at_the_end_with_its_outcome(store, ann):
    ann.keyboard.press("2")
    for number in range(2, TRACES):
        box(on(ann, f"t{number}")).fill("because")
        box(ann).press("Alt+1")
    box(on(ann, "t1")).fill("what was missing")
    box(ann).press("Control+Enter")
    expect(ann.get_by_text("Every trace this filter leaves is reviewed.")).to_be_visible()
    assert said(store)["t1"] == ["fail", "fail"] and labels.current(store, "t1", "Ann").critique == "what was missing"


def test_what_one_expert_said_is_hidden_from_another(store, address, visitor):
    say(store, "t1", "fail", "Bob", "Bob's secret")
    page = on(opened(visitor.page(), address(trace="t1")), "t1")
    assert "secret" not in page.content()
