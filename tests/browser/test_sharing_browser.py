"""What a PM sends and prints: a link that a colleague's browser opens, a page on paper, a report in one file."""

import pytest
from playwright.sync_api import Page, expect

from lib.store import cycles, projects
from lib.store.errors import mode_decisions, mode_history
from tests.support.browser import App, idle, opened

# What belongs to the app and not to what is read.
OF_THE_APP = ("stSidebar", "stHeader", "stButtonGroup", "stSelectbox", "stDownloadButton", "stPopover", "stExpander",
              "stDataFrame")
NO_CLIPBOARD = "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})"


@pytest.fixture
def app(example_app) -> App:
    """These tests only look, but for one name, which they give back."""
    return example_app


def first_mode(app: App) -> mode_decisions.DecidedMode:
    return mode_decisions.every(app.store)[0]


def test_a_link_is_copied_and_outlives_a_new_name(app, visitor):
    mode = first_mode(app)
    page = opened(visitor.page(permissions=["clipboard-read", "clipboard-write"]),
                  app.at("errors", view="Failure modes", mode=mode.key), "Error analysis")
    page.get_by_role("button", name="Copy link").press("Enter")
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    project = app.store.project
    assert copied == app.at("errors", project=project, view="Failure modes", mode=mode.key, part="Facts")
    mode_history.rename(app.store, mode.key, "called otherwise")
    try:
        other = opened(visitor.page(), copied, "Error analysis")
        expect(other.get_by_role("heading", name="called otherwise")).to_be_visible()
    finally:
        mode_history.rename(app.store, mode.key, mode.name)


def test_without_a_clipboard_the_link_stands_chosen_in_a_box(app, visitor):
    page = visitor.page()
    page.add_init_script(NO_CLIPBOARD)
    opened(page, app.at("errors", view="What to fix"), "Error analysis")
    page.get_by_role("button", name="Copy link").click()
    box = page.get_by_role("textbox", name="The link")
    expect(box).to_have_value(app.at("errors", project=app.store.project, view="What to fix"))
    expect(box).to_be_focused()
    assert box.evaluate("box => box.selectionEnd - box.selectionStart == box.value.length")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_paper_stands_what_is_read_and_nothing_of_the_app(app, visitor, scheme):
    mode = first_mode(app)
    page = opened(visitor.page(color_scheme=scheme), app.at("errors", view="Failure modes", mode=mode.key),
                  "Error analysis")
    head = page.get_by_text(f"{projects.current(app.store).name} · {cycles.today()} · Plumbline", exact=True)
    expect(head).to_be_hidden()
    assert page.get_by_role("heading", name="Error analysis").bounding_box()["y"] < 30  # and takes no room
    page.emulate_media(media="print")
    expect(head).to_be_visible()
    assert head.bounding_box()["y"] < page.get_by_role("heading", name="Error analysis").bounding_box()["y"]
    assert head.evaluate("one => getComputedStyle(one).color") == "rgb(20, 24, 27)"
    for part in OF_THE_APP:
        for one in page.get_by_test_id(part).all():
            expect(one).to_be_hidden()
    expect(page.get_by_role("heading", name=mode.name)).to_be_visible()
    expect(page.get_by_text("What the expert said", exact=True)).to_be_visible()
    written = page.get_by_text("What the expert said", exact=True)
    assert written.evaluate("one => getComputedStyle(one).color") == "rgb(20, 24, 27)"
    assert _cut_off(page) == []


def _cut_off(page: Page) -> list[str]:
    """Tables and texts that would not fit on the paper."""
    return page.evaluate("""() => [...document.querySelectorAll("[data-testid=stMain] :is(table, p)")]
        .filter(one => one.getBoundingClientRect().right > innerWidth + 1).map(one => one.textContent)""")


def test_the_report_is_one_file_that_asks_nobody_and_leads_back(app, page, visitor, tmp_path):
    opened(page, app.at("errors", view="What to fix"), "Error analysis")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Report").click()
    file = tmp_path / "report.html"
    waiting.value.save_as(file)
    idle(page)
    sheet = visitor.page()
    sheet.set_content(file.read_text())
    expect(sheet.get_by_role("heading", name="What to fix first")).to_be_visible()
    link = sheet.get_by_role("heading", name="1. ").get_by_role("link")
    opened(visitor.page(), link.get_attribute("href"), "Error analysis")
    assert f"project={app.store.project}&view=Failure+modes&mode=" in link.get_attribute("href")
