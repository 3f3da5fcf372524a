"""From a mark of a chart to its traces by a click, and from the address to the same list in another browser."""

import json
import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Page, expect

from lib.statistics.breakdowns import days
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import mode_history
from lib.workflow.errors import causes, linked
from tests.support.browser import App, alive, idle, opened

DOT, BAR = "symbol", "rect"


def click_mark(page: Page, chart: str, kind: str) -> None:
    """Clicks the topmost mark of this kind in the chart of this name: which one is drawn first is up to the browser."""
    alive(page.locator(f"[class*=st-key-chart_{chart}]").locator(f".mark-{kind}.role-mark path").first).click()


@pytest.fixture
def app(example_app) -> App:
    """These tests only look."""
    return example_app


@pytest.fixture
def store(app) -> Store:
    return app.store


def words(page: Page) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def listed(page: Page, text: str, count: int) -> None:
    expect(page.get_by_text(f"{text}: {count:,}", exact=True)).to_be_visible()
    idle(page)


def test_a_click_on_a_dot_lists_its_fails_and_the_address_shows_them_to_others(app, store, page, visitor):
    opened(page, app.at("errors", by="assistant"), "Error analysis")
    click_mark(page, "rates", DOT)
    page.wait_for_url("**cell=*")
    [value] = json.loads(words(page)["cell"])
    count = traces.count(store, Filter(dimension="assistant", value=value, label="fail"))
    listed(page, f"Fails with assistant {value}", count)
    other = opened(visitor.page(), page.url, "Error analysis")
    listed(other, f"Fails with assistant {value}", count)
    other.get_by_role("link", name="Open this list in Dataset").click()
    expect(other.get_by_text(f"{count:,} traces", exact=False).first).to_be_visible()
    assert words(other).items() >= {"combination": json.dumps({"assistant": value}), "rated": "expert"}.items()


def test_a_click_on_a_bar_opens_the_mode_with_its_fails(app, store, page, visitor):
    opened(page, app.at("errors", view="Failure modes"), "Error analysis")
    click_mark(page, "failure_modes", BAR)
    page.wait_for_url(re.compile(r"\bmode=\d"))
    mode = linked.names(store)[words(page)["mode"]]
    count = traces.count(store, Filter(failure_mode=mode, label="fail"))
    listed(page, "Fails that have it", count)
    listed(opened(visitor.page(), page.url, "Error analysis"), "Fails that have it", count)


def test_a_mark_is_chosen_by_keys_and_the_chart_says_what_it_shows(app, store, page):
    opened(page, app.at("errors", by="assistant"), "Error analysis")
    drawing = page.locator("[class*=st-key-chart_rates]").get_by_test_id("stVegaLiteChart")
    expect(drawing).to_have_attribute("aria-label", re.compile("Failure rate by assistant.*assistant model_A; n "))
    pick = page.get_by_role("combobox", name="Click a mark or a row, or choose one here, to see its traces")
    idle(page)
    pick.focus()
    pick.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()
    pick.press("Enter")
    page.wait_for_url("**cell=*")
    [value] = json.loads(words(page)["cell"])
    listed(page, f"Fails with assistant {value}", traces.count(store, Filter(dimension="assistant", value=value,
                                                                             label="fail")))


def test_a_map_follows_the_theme_from_dark_to_bright(app, visitor):
    for scheme in ("light", "dark"):
        page = opened(visitor.page(color_scheme=scheme), app.at("errors", by="assistant", by2="topic_category"),
                      "Error analysis")
        cells = page.locator("[class*=st-key-chart_rates] svg.marks .mark-rect.role-mark path")
        expect(cells.first).to_be_attached()
        shades = cells.evaluate_all("""found => found.map(one => ({share: +one.getAttribute("aria-label")
            .match(/: (\\d+)%/)[1], light: getComputedStyle(one).fill.match(/\\d+/g)
            .reduce((sum, part) => sum + +part, 0)}))""")
        assert len(shades) > 8
        # Shares are told in whole per cent: of equal ones the order is open.
        assert [(one, other) for one in shades for other in shades if one["share"] < other["share"]
                and (one["light"] < other["light"]) == (scheme == "light")] == []


def test_a_click_on_a_month_lists_the_fails_it_counts_and_dataset_the_same(app, store, page, visitor):
    opened(page, app.at("errors", view="Failure modes", cut="month"), "Error analysis")
    click_mark(page, "modes_by_month", DOT)
    page.wait_for_url("**point=*")
    said = words(page)
    mode, month = said["trend_of"], said["point"]
    [count] = [rate.passes for rate in causes.cut(store, period="month").rates(mode) if rate.value == month]
    listed(page, f"Fails with {mode}, month {month}", count)
    other = opened(visitor.page(), page.url, "Error analysis")
    listed(other, f"Fails with {mode}, month {month}", count)
    other.get_by_role("link", name="Open this list in Dataset").click()
    expect(other.get_by_text(f"of {count:,}", exact=False).first).to_be_visible()
    first, last = days(month)
    number = str(mode_history.by_name(store, mode))
    assert words(other).items() >= {"since": first, "until": last, "failure_mode": number, "label": "fail"}.items()


def test_a_copied_address_carries_filter_trace_and_run(app, store, page, visitor):
    trace = traces.listing(store, Filter(label="fail"), 3)[2]
    opened(page, app.at("dataset", label="fail", search="Public", trace=trace["trace_id"]), "Dataset")
    page.get_by_role("textbox", name="Search", exact=True).fill("Hearing")
    page.get_by_role("textbox", name="Search", exact=True).press("Enter")
    page.wait_for_url("**search=Hearing*")
    other = opened(visitor.page(), page.url, "Dataset")
    expect(other.get_by_role("textbox", name="Search", exact=True)).to_have_value("Hearing")
    assert words(other).items() >= {"label": "fail", "search": "Hearing", "trace": trace["trace_id"]}.items()
    expect(other.locator(".tt-root").filter(has_text=trace["output"][:60]).first).to_be_visible()
    count = traces.count(store, Filter(label="fail", search="Hearing"))
    expect(other.get_by_text(f"{count:,} traces")).to_be_visible()
