"""What a person came for stands high, nothing is cut, and what was done is said where it covers nothing."""

from itertools import pairwise

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import App, serving
from tests.support.screens import projects
from tests.support.screens.states import every_view, settled

PHONE, NARROW, WIDE = {"width": 390, "height": 844}, {"width": 900, "height": 720}, {"width": 1280, "height": 720}
# Of each row of views: whether it is less than two of its buttons high, and whether the chosen one is seen whole.
ROWS = """() => [...document.querySelectorAll('[data-testid=stButtonGroup] [role=radiogroup]')].map(row => {
    const chosen = row.querySelector('[aria-checked=true]').getBoundingClientRect(), seen = row.getBoundingClientRect();
    const high = Math.max(...[...row.children].map(one => one.offsetHeight));
    return [row.clientHeight < 1.5 * high, chosen.left >= seen.left - 1, chosen.right <= seen.right + 1]; })"""
# Parts whose words are wider than the room they are given.
CUT = """parts => parts.filter(one => one.scrollWidth > one.clientWidth + 1).map(one => one.textContent)"""

# The last view of each page, which is out of sight first.
LAST = list({view.file: view for view in every_view()}.values())


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    """A server with every kind of project, and the numbers of these by their names."""
    path = tmp_path_factory.mktemp("room") / "plumbline.db"
    made = projects.fill(path)
    with serving() as start:
        yield start(path), made


def at(page: Page, world: tuple[App, dict[str, int]], window: dict, file: str, of: str, **words: str) -> Page:
    """The page in a window of this size, drawn to its end."""
    app, made = world
    page.set_viewport_size(window)
    page.goto(app.at(file, project=made[of], **words))
    settled(page)
    return page


def top(page: Page, part: str) -> float:
    return page.locator(part).first.bounding_box()["y"]


@pytest.mark.parametrize("window", [PHONE, NARROW], ids=["phone", "narrow"])
@pytest.mark.parametrize("view", LAST, ids=lambda view: view.said)
def test_views_are_one_row_with_the_chosen_one_in_sight(world, page, view, window):
    app, made = world
    page.set_viewport_size(window)
    page.goto(view.address(app, made))
    settled(page)
    page.wait_for_function(f"() => ({ROWS})().flat().every(Boolean)")
    assert page.evaluate(ROWS)


def test_on_a_phone_the_trace_begins_in_its_first_quarter(world, page):
    assert top(at(page, world, PHONE, "review", projects.FAILED), ".st-key-trace_card") < 200


def test_on_a_phone_the_first_row_of_the_table_is_in_its_first_half(world, page):
    at(page, world, PHONE, "dataset", projects.FAILED)
    assert top(page, "[data-testid=stDataFrame]") + 38 < 400
    boxes = [one.bounding_box() for one in page.locator(".st-key-traces_tools > *").all()]
    for before, after in pairwise(boxes):
        assert before["x"] + before["width"] <= after["x"] + 1


def test_the_traces_have_their_choices_in_two_rows_and_nothing_is_cut(world, page):
    at(page, world, NARROW, "dataset", projects.FAILED)
    assert top(page, "[data-testid=stDataFrame]") < 250
    assert page.locator(".st-key-filter_bar button p, .st-key-traces_bar button p").evaluate_all(CUT) == []


@pytest.mark.parametrize("window", [WIDE, NARROW], ids=["wide", "narrow"])
def test_the_figures_of_the_bench_are_whole_and_its_buttons_end_with_the_page(world, page, window):
    at(page, world, window, "judge", projects.PROMPTED)
    parts = ".st-key-judge_strip [data-testid=stMetricValue] *, .st-key-judge_strip [data-testid=stMetricLabel] p"
    assert page.locator(parts).evaluate_all(CUT) == []
    save, run = (page.get_by_role("button", name=name, exact=True).bounding_box() for name in ("Save", "Run"))
    head = page.locator(".st-key-judge_choices").bounding_box()
    assert abs(save["x"] + save["width"] - head["x"] - head["width"]) < 2 and run["y"] == save["y"]
    menu = page.get_by_test_id("stMainMenuButton").bounding_box()
    assert menu["x"] >= save["x"] + save["width"]


@pytest.mark.parametrize("window", [WIDE, NARROW, PHONE], ids=["wide", "narrow", "phone"])
def test_the_four_rulings_stand_in_line(world, page, window):
    at(page, world, window, "judge", projects.PROMPTED, view="Disagreements")
    boxes = [one.bounding_box() for one in page.locator(".st-key-ruling_endings button").all()]
    assert len(boxes) == 4 and len({round(one["width"]) for one in boxes}) == 1
    assert len({round(one["x"]) for one in boxes}) * len({round(one["y"]) for one in boxes}) == 4
    assert page.locator(".st-key-ruling_endings button p").evaluate_all(CUT) == []
    bar = page.locator(".st-key-desk_ruled").bounding_box()
    steps = page.get_by_role("button", name="Next").bounding_box()
    assert bar["y"] < steps["y"] + steps["height"] and steps["y"] < bar["y"] + bar["height"]


def test_what_was_done_is_said_beside_the_page_and_a_long_name_in_full(world, page):
    at(page, world, WIDE, "settings", projects.PROMPTED, view="Project")
    page.get_by_role("button", name="Save").click()
    said = page.get_by_test_id("stToast")
    expect(said).to_contain_text("Saved.")
    main = page.get_by_test_id("stMainBlockContainer").bounding_box()
    page.wait_for_function("""left => document.querySelector('[data-testid=stToast]').getBoundingClientRect().right
        <= left""", arg=main["x"])
    expect(page.get_by_test_id("stSidebar").get_by_role("combobox", name="Project")).to_have_attribute(
        "title", "Order assistant")


def test_names_of_a_chart_stand_on_their_dots_and_what_it_is_takes_a_line(world, page):
    at(page, world, WIDE, "errors", projects.FAILED, view="Rates", by="assistant")
    chart = page.locator("[class*=st-key-chart_rates]").first
    middles = "parts => parts.map(one => one.getBoundingClientRect()).map(box => box.y + box.height / 2)"
    names = chart.locator("g.role-axis-label text").evaluate_all(middles)
    dots = chart.locator("g.mark-symbol path").evaluate_all(middles)
    assert len(dots) > 2 and all(min(abs(dot - name) for name in names) < 4 for dot in dots)
    said = chart.locator("g.role-title-subtitle text")
    expect(said).to_contain_text("lines are 95 % intervals")
    assert said.locator("tspan").count() <= 1


def test_the_map_has_its_choices_above_it(world, page):
    at(page, world, WIDE, "dataset", projects.FAILED, view="Coverage")
    expect(page.get_by_text("The stronger the colour of a cell, the more inputs it has.")).to_be_visible()
    assert top(page, "[data-testid=stSelectbox]:has-text('choose one here')") < top(
        page, "[class*=st-key-chart_coverage]")


def test_a_batch_is_drawn_without_a_look_at_its_mix(world, page):
    at(page, world, WIDE, "review", projects.FAILED, view="Queue")
    assert top(page, ".st-key-queue_draw") < 400
    expect(page.get_by_text("The mix: Random 25")).to_be_visible()


def test_a_judge_page_begins_with_the_judge_that_the_overview_leads_with(world, page):
    at(page, world, WIDE, "judge", projects.JUDGED)
    expect(page.get_by_role("combobox", name="Judge", exact=True)).to_have_value("gpt-4")
