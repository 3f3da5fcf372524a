"""The bench's strip and keys in a browser: in view, Ctrl+S and Ctrl+Enter from inside the prompt, no word lost."""

import re

import pytest
from playwright.sync_api import Page, expect

from lib.records import Verdict
from lib.store import open_store, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, prompt_drafts, runs, verdicts
from lib.workflow.judge import judging
from tests.support.browser import OfProject, end_runs, idle, opened, serving
from tests.support.desk import comes
from tests.support.endpoint import Endpoint, verdict
from tests.support.secrets import CANARY
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture(scope="module")
def bench_app(tmp_path_factory):
    llm = Endpoint()
    llm.plan = verdict("pass", "The judge liked it.")
    with serving() as start:
        yield start(tmp_path_factory.mktemp("bench") / "plumbline.db", OPENAI_BASE_URL=llm.url, OPENAI_API_KEY=CANARY)
    llm.close()


@pytest.fixture
def app(bench_app, make_trace, request) -> OfProject:
    """Twenty labelled dev traces that version 1 has judged, wrong on four of them."""
    store = projects.create(open_store(bench_app.path), request.node.name, "Did the AI help?")
    add(store, *(row(make_trace(f"t{n}", split="dev"), Ann="fail" if n % 2 else "pass") for n in range(20)))
    judging.ensure_judge(store)
    run = runs.create(store, judges.newest_prompt(store, JUDGE).key, "test-model", "environment",
                      where=Filter(split="dev"))
    for number, key in enumerate(runs.pending(store, run)):
        right = "fail" if number % 2 else "pass"
        verdicts.save(store, run, key, Verdict("pass" if number in (1, 5, 9, 13) else right, "said"))
    runs.set_status(store, run, "done")
    yield OfProject(bench_app, store)
    end_runs(bench_app.path)


def typed(page: Page, words: str):
    """The guidelines with these words at their end, and the caret behind them."""
    field = page.get_by_role("textbox", name="Guidelines")
    field.click()
    field.press("Control+End")
    page.keyboard.type(words)
    return field


def reads(page: Page, text: str) -> None:
    expect(page.get_by_text(text).filter(visible=True).first).to_be_visible()


@pytest.mark.parametrize("size", [(1440, 900), (1280, 720), (390, 844)], ids=str)
def test_the_strip_is_in_view_wherever_the_page_is_scrolled_to(app, page, size):
    page.set_viewport_size(dict(zip(("width", "height"), size, strict=True)))
    opened(page, app.at("judge", view="Bench"))
    reads(page, "Version 1, run")
    idle(page)
    strip, places = page.locator(".st-key-judge_strip"), []
    assert strip.bounding_box()["y"] < 250 and strip.bounding_box()["height"] < (130 if size[0] > 400 else 150)
    for place in (0, 900, 100_000):
        page.get_by_test_id("stMain").evaluate("(main, place) => { main.scrollTop = place; }", place)
        for name in ("Agreement", "TPR", "TNR", "Kappa", "Pairs"):
            tile = strip.get_by_test_id("stMetric").filter(has_text=name)
            expect(tile).to_be_in_viewport(ratio=1)
            places.append(round(tile.bounding_box()["x"]))
        for name in ("Run", "Save"):
            button = strip.get_by_role("button", name=name, exact=True)
            expect(button).to_be_in_viewport(ratio=1)
            # Streamlit's own bar lies over what is below it: nothing is at the button's place but the button.
            assert button.evaluate("""one => { const {x, y, width, height} = one.getBoundingClientRect();
                return one.contains(document.elementFromPoint(x + width / 2, y + height / 2)); }""")
    assert places[:5] * 3 == places
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


def test_ctrl_s_saves_the_words_typed_last_and_typing_goes_on_in_the_same_box(app, page):
    opened(page, app.at("judge", view="Bench"))
    idle(page)
    field = typed(page, "\n- Name the line.")
    page.keyboard.press("Control+s")
    page.keyboard.type(" And the day.")  # before the server has answered
    reads(page, "version 2 has not been run")
    idle(page)
    expect(field).to_be_focused()
    expect(field).to_have_value(re.compile(r"- Name the line\. And the day\.$"))
    made = judges.newest_prompt(app.store, JUDGE)
    assert made.number == 2 and "- Name the line.\n" in made.template
    page.keyboard.press("Tab")
    reads(page, "Changes to version 2 that are not saved yet.")
    comes(page, lambda: "- Name the line. And the day." in prompt_drafts.of_version(app.store, made.key).template)


def test_ctrl_enter_saves_and_runs_what_is_typed_on_dev(app, page):
    opened(page, app.at("judge", view="Bench"))
    idle(page)
    field = typed(page, "\n- Be strict.")
    page.keyboard.press("Control+Enter")
    reads(page, "done: 20 of 20 judged")
    reads(page, "Version 2, run")
    reads(page, "points against version 1")
    made, run = judges.newest_prompt(app.store, JUDGE), runs.newest(app.store, JUDGE)
    assert (made.number, run.prompt, run.split) == (2, made.key, "dev") and "- Be strict." in made.template
    assert len(runs.every(app.store)) == 2
    expect(field).to_be_focused()


def test_what_is_typed_and_not_saved_outlives_a_disagreement_that_is_opened(app, page):
    opened(page, app.at("judge", view="Bench"))
    idle(page)
    field = typed(page, "\n- Half a ru")
    page.get_by_role("button", name=re.compile("question of t5 ")).click()
    reads(page, "answer to t5")
    expect(field).to_have_value(re.compile(r"- Half a ru$"))
    assert field.bounding_box()["x"] < page.get_by_text("answer to t5").first.bounding_box()["x"]
    page.get_by_role("button", name="Next", exact=True).click()
    reads(page, "answer to t9")
    page.reload()
    reads(page, "answer to t9")
    expect(page.get_by_role("textbox", name="Guidelines")).to_have_value(re.compile(r"- Half a ru$"))
    assert len(judges.prompts(app.store, JUDGE)) == 1


def test_what_is_typed_outlives_a_reload_without_leaving_the_box(app, page):
    opened(page, app.at("judge", view="Bench"))
    idle(page)
    field = typed(page, "\n- Half a ru")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    caret = field.evaluate("box => box.selectionStart")
    reads(page, "Changes to version 1 that are not saved yet.")
    idle(page)
    expect(field).to_be_focused()
    assert field.evaluate("box => box.selectionStart") == caret
    page.reload()
    expect(page.get_by_role("textbox", name="Guidelines")).to_have_value(re.compile(r"- Half a ru$"))
    assert len(judges.prompts(app.store, JUDGE)) == len(runs.every(app.store)) == 1  # nothing was saved or run


def test_a_heading_that_is_typed_stays_in_its_box_until_it_is_left(app, page):
    opened(page, app.at("judge", view="Bench"))
    idle(page)
    field = typed(page, "\n## ")
    page.keyboard.type("Tone", delay=1300)  # each letter after a pause in which other words are sent
    expect(field).to_have_value(re.compile(r"## Tone$"))
    waiting = page.locator(".st-key-judge_prompt [data-waits]")
    expect(waiting).to_have_count(1)  # and only this box says that its words are not kept yet
    assert "Not kept yet" in waiting.evaluate("box => getComputedStyle(box, '::after').content")
    page.keyboard.press("Tab")
    expect(page.get_by_role("textbox", name="Tone")).to_be_visible()
    expect(waiting).to_have_count(0)


def test_a_second_ctrl_s_says_quietly_that_nothing_has_changed(app, page):
    opened(page, app.at("judge", view="Bench"))
    idle(page)
    typed(page, "\n- Name the line.")
    page.keyboard.press("Control+s")
    reads(page, "version 2 has not been run")
    idle(page)
    page.keyboard.press("Control+s")
    note = page.get_by_test_id("stToast").filter(has_text="Nothing has changed since version 2.")
    expect(note).to_be_visible()
    expect(page.get_by_test_id("stAlert").filter(has_text="Nothing has changed")).to_be_hidden()
    for name in ("Run", "Save"):
        button = page.locator(".st-key-judge_strip").get_by_role("button", name=name, exact=True).bounding_box()
        assert note.bounding_box()["y"] > button["y"] + button["height"]


def test_a_link_to_a_version_that_is_not_here_says_so(app, page):
    opened(page, app.at("judge", view="Bench", version="77"))
    reads(page, "There is no version 77 here. Shown is version 1.")
    judging.save_prompt(app.store, JUDGE, "Be strict. {{ trace }}", [])
    opened(page, app.at("judge", view="Versions", before="88", after="99"))
    reads(page, "There is no version 88 here. Shown is version 1.")
    reads(page, "There is no version 99 here. Shown is version 2.")
