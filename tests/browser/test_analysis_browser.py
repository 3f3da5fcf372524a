"""A heat map in a real browser: a click on a cell lists its fails, and the drawing really arrives as files."""

import struct
from xml.etree import ElementTree

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import App, alive, idle, opened

MAP = {"by": "assistant", "by2": "topic_category"}


@pytest.fixture
def app(example_app) -> App:
    """These tests only look."""
    return example_app


def download(page: Page, name: str) -> bytes:
    with page.expect_download() as found:
        page.get_by_role("button", name=name, exact=True).click()
    return found.value.path().read_bytes()


def test_a_click_on_a_cell_lists_the_very_fails_it_counts_and_the_address_shows_them_to_others(app, page, visitor):
    opened(page, app.at("errors", **MAP), "Error analysis")
    # model_B × marginal: 29 of 40 failed; its cell says so.
    cell = page.get_by_test_id("stVegaLiteChart").locator(".role-mark.mark-text text").filter(has_text="29 of 40")
    box = alive(cell).bounding_box()
    page.mouse.click(box["x"] - 40, box["y"] + box["height"] / 2)
    page.wait_for_url("**cell=*")
    for shown in (page, opened(visitor.page(), page.url, "Error analysis")):
        expect(shown.get_by_text("Fails with assistant model_B, topic_category marginal: 29")).to_be_visible()
    page.get_by_role("link", name="Open this list in Dataset").click()
    expect(page.get_by_text("29 traces", exact=True)).to_be_visible()
    expect(page.get_by_text("Only what a rate counts as fails: labels of the expert")).to_be_visible()


def test_a_chart_is_saved_as_png_svg_and_csv(app, page):
    opened(page, app.at("errors", **MAP), "Error analysis")
    page.get_by_text("Downloads", exact=True).click()
    picture = download(page, "PNG")
    assert picture.startswith(b"\x89PNG") and struct.unpack(">II", picture[16:24])[0] > 1_000
    drawing = ElementTree.fromstring(download(page, "SVG"))
    assert drawing.tag == "{http://www.w3.org/2000/svg}svg"
    words = " ".join("".join(one.itertext()) for one in drawing.iter("{http://www.w3.org/2000/svg}text"))
    assert "29 of 40" in words and "labels of linguists; n = 884" in words
    table = download(page, "CSV").decode("utf-8-sig").splitlines()
    assert table[0].lstrip("\u2060") == "assistant,topic_category,n,fails,failure rate,from,to,mark"
    assert table[1].startswith("model_B,marginal,40,29,0.725,") and len(table) == 13
    idle(page)
