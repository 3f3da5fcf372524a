"""How far down a page stands what a person came for: named spots, each found by the words of any version."""

import re
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page

from tests.support import SOMEBODY
from tests.support.browser import Watched
from tests.support.screens.finding import Way, button, css, first, tile, words
from tests.support.screens.states import settled
from tests.support.screens.work import World

SIZES = ((1440, 900), (1280, 720), (390, 844))
LINE = 24  # pixels of a line of text: of a long one the first is what is looked for
HEADER = 36  # pixels of a grid's first line, which names the columns: a grid is one drawing and has no parts to find


@dataclass(frozen=True)
class Spot:
    """What is looked for, where, and in how many ways; `notes` says of a way what it lacks, `below` where in it."""

    name: str
    of: str  # a project of World.servers
    page: str
    view: str
    ways: tuple[Way, ...]
    notes: tuple[str, ...] = ()
    person: str | None = SOMEBODY
    below: int = 0
    line: bool = False  # whether its first line is enough
    more: tuple[tuple[str, str], ...] = ()  # of the address


@dataclass(frozen=True)
class Place:
    """Where a spot was: pixels from the top to its upper and lower edge; None when it is not on the page."""

    y: int | None
    foot: int | None
    note: str = ""

    def inside(self, height: int) -> bool:
        """Whether all of it is in a window of this height."""
        return self.y is not None and self.y >= 0 and self.foot <= height


MODE = css("[data-testid=stMain] p:has-text('What the expert said') >> xpath=following::*[@data-testid='stText'][1]")
FOLDED = css("[data-testid=stExpander] summary:has-text('Run the judge')")
SPOTS = (
    Spot("Overview, first visit: the agreement of a judge", "first", "", "", (
        tile("Agreement"), words(r"agree.*\d ?%"))),
    Spot("Overview: to start a project of one's own", "first", "", "", (
        button("^Start with your own traces$|^Start a project$"), button("New project"))),
    Spot("Desk: Pass", "failed", "review", "Desk", (button("^Pass"),)),
    Spot("Desk: Fail", "failed", "review", "Desk", (button("^Fail"),)),
    Spot("Bench: agreement", "work", "judge", "Bench", (tile("Agreement"), words(r"^Agreement.*\d ?%"))),
    Spot("Bench: agreement of a recorded judge", "judged", "judge", "Bench", (
        tile("Agreement"), words(r"Agreement.*\d ?%")), more=(("judge", "gpt-4"),)),
    Spot("Bench: Save", "work", "judge", "Bench", (button("^Save( as a new version)?$"),)),
    Spot("Bench: Run", "work", "judge", "Bench", (button("^Run$"), FOLDED),
         ("", "folded away, a click more")),
    Spot("Bench without a key: Run", "failed", "judge", "Bench", (button("^Run$"), FOLDED),
         ("", "folded away, a click more")),
    Spot("Disagreements: the case", "work", "judge", "Disagreements", (words("^question of t"),)),
    Spot("Disagreements: first of the four rulings", "work", "judge", "Disagreements", (button("^Judge wrong"),)),
    Spot("Disagreements: last of the four rulings", "work", "judge", "Disagreements", (button("^Borderline"),)),
    Spot("Versions: the figures of a version", "work", "judge", "Versions", (
        css("[data-testid=stDataFrame]"),), below=HEADER),
    Spot("What to fix: the first failure mode", "failed", "errors", "What to fix", (button(r"^1\. "),)),
    Spot("A failure mode: what the expert said", "failed", "errors", "", (MODE,), line=True),
    Spot("Import: the primary button after an upload", "empty", "dataset", "Import", (button(r"Import \d+ traces$"),)),
    Spot("Traces: the first row", "failed", "dataset", "Traces", (css("[data-testid=stDataFrame]"),), below=HEADER),
)
UPLOAD = "id,question,answer,topic\n" + "".join(f"c{n},How do I {n}?,So: {n}.,orders\n" for n in range(30))


def measured(browser: Browser, world: World, sizes: tuple = SIZES) -> dict[str, dict[str, Place]]:
    """Of every spot by its name where it is at each size, by "width×height"."""
    found = {spot.name: {} for spot in SPOTS}
    for width, height in sizes:
        watched = Watched(browser)
        pages = {person: watched.page(person, viewport={"width": width, "height": height})
                 for person in (SOMEBODY, None)}
        for spot in SPOTS:
            _open(pages[spot.person], world, spot)
            found[spot.name][f"{width}×{height}"] = place(pages[spot.person], spot)
        watched.close()
    return found


def place(page: Page, spot: Spot) -> Place:
    """Where a spot is on the page that is open, before anybody scrolls."""
    seen = first(page, *spot.ways)
    if seen is None:
        return Place(None, None, "not on the page")
    box = seen[1].bounding_box()
    top = round(box["y"] + spot.below)
    high = HEADER if spot.below else LINE if spot.line else box["height"]
    foot = round(top + high)
    return Place(top, foot, spot.notes[seen[0]] if spot.notes else "")


def _open(page: Page, world: World, spot: Spot) -> None:
    app, project = world.servers()[spot.of]
    view = {"view": spot.view} if spot.view else {}
    page.goto(app.at(spot.page, project=project, **view, **dict(spot.more)))
    settled(page)
    if spot.view == "Import":
        file = Path(world.plain.path).parent / "chat.csv"
        file.write_text(UPLOAD)
        page.locator("input[type=file]").set_input_files(file)
        first(page, *spot.ways, patience=20_000)
        settled(page)
    elif spot.ways == (MODE,):
        open_mode(page, world)


def open_mode(page: Page, world: World) -> None:
    """The page of the failure mode that is ranked first, by a click on its name."""
    app, project = world.servers()["failed"]
    page.goto(app.at("errors", project=project, view="What to fix"))
    settled(page)
    page.get_by_role("link", name=re.compile(r"^1\. ")).click()
    page.wait_for_url(re.compile(r"[?&]mode=."))
    settled(page)

