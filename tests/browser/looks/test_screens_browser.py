"""The commands that show and measure every screen: pictures on sheets, faults named, things found, jobs done."""

import pytest
from PIL import Image
from playwright.sync_api import expect

from tests.support.browser import Watched
from tests.support.screens import __main__ as command
from tests.support.screens import jobs, measure, sheets, spots
from tests.support.screens.states import STATES, every_view, wrong

WIDTH, HEIGHT = 1280, 720


@pytest.fixture(scope="module")
def world():
    """The servers that are measured."""
    with measure.worlds() as made:
        yield made


def test_a_state_is_drawn_whole_and_laid_out_on_a_sheet(browser, tmp_path):
    views = [one for one in every_view(chosen=True) if one.title in ("Overview", "Settings")]
    assert list(command.drawn(browser, tmp_path, ["dark", "phone"], views)) == []
    for state in ("dark", "phone"):
        files = sorted((tmp_path / state).glob("*.png"))
        assert len(files) == len(views) == 8
        for file in files:
            with Image.open(file) as picture:
                assert picture.size == (STATES[state].width, STATES[state].height)
        with Image.open(tmp_path / f"{state}-1.png") as sheet:
            assert sheet.width == sheets.WIDTH and sheet.height > 600
    with Image.open(tmp_path / "dark" / "overview-where-we-are.png") as picture:
        assert max(picture.convert("RGB").getpixel((700, 8))) < 60
    with Image.open(tmp_path / "phone" / "overview-where-we-are.png") as picture:
        assert min(picture.convert("RGB").getpixel((200, 8))) > 200


def test_an_error_and_a_page_that_is_too_wide_are_named(page):
    page.set_viewport_size({"width": WIDTH, "height": HEIGHT})
    page.set_content("<main data-testid=stMain><div data-testid=stException>KeyError: 'x'<br>more</div></main>")
    assert wrong(page) == ["shows an error: KeyError: 'x'"]
    page.set_content(f"<body style='margin: 0'><main data-testid=stMain><p style='width: {WIDTH + 9}px'>wide</p>")
    assert f"is {WIDTH + 9} px wide in {WIDTH} px" in wrong(page)
    page.set_content("<main data-testid=stMain>narrow</main>")
    assert wrong(page) == []


def test_every_thing_that_is_measured_is_on_its_page(browser, world):
    found = spots.measured(browser, world, ((WIDTH, HEIGHT),))
    assert found.keys() == {spot.name for spot in spots.SPOTS}
    places = {name: at[f"{WIDTH}×{HEIGHT}"] for name, at in found.items()}
    assert [name for name, place in places.items() if place.y is None or place.foot <= place.y] == []


@pytest.mark.parametrize("name", jobs.JOBS)
def test_a_job_is_done_and_a_click_is_one_entry_of_the_history_at_most(browser, world, name):
    took = jobs.done(browser, world, name)
    assert took.why == ""
    assert 0 < took.entries <= took.clicks < 12


def test_a_job_that_cannot_be_done_says_where_it_ended(browser, world):
    app, project = world.servers()["empty"]
    page = Watched(browser).page()
    page.goto(app.at(project=project))
    expect(page.get_by_role("heading").first).to_be_visible()
    took = jobs.tried(jobs.Hand(page), jobs.mode, world)
    assert took.why.startswith("nothing to press on http") and took.clicks == 1
    page.context.close()
