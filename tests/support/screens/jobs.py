"""The jobs of the people Plumbline is for, really done in a browser: how many clicks, and entries of its history."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Error, Page, expect

from lib.store import open_store, projects
from lib.store.judge import judges, rulings, runs
from lib.workflow.judge import judging
from tests.support import SOMEBODY
from tests.support.browser import Watched, idle
from tests.support.desk import comes
from tests.support.screens.finding import Hand, button, css, words
from tests.support.screens.spots import MODE, UPLOAD
from tests.support.screens.states import settled
from tests.support.screens.work import World

LEFT = "[data-testid=stSidebar]"
NAME = "My product"


@dataclass(frozen=True)
class Done:
    """What a job took; `why` says where it could not be done."""

    clicks: int
    typed: int
    entries: int
    why: str = ""


def menu(name: str) -> Callable[[Page], object]:
    """The link to a page, at the left."""
    return lambda page: page.locator(LEFT).get_by_role("link", name=name, exact=True)


def tab(name: str) -> Callable[[Page], object]:
    """The choice of a view."""
    return lambda page: page.get_by_role("radio", name=name, exact=True)


def field(name: str) -> Callable[[Page], object]:
    """A field by its label."""
    return lambda page: page.get_by_label(re.compile(name))


def first_label(hand: Hand, world: World) -> None:
    """From the first screen of `make run` to a label on a trace of one's own."""
    if hand.sees(button("^Start with your own traces$|^New project$")):
        hand.press(button("^Start with your own traces$"), button("^New project$"))
    else:
        hand.press(menu("Settings"))
        hand.press(tab("Project"))
    hand.type(NAME, field("^Name of (your|another) AI product"))
    hand.press(button("^Start a project$"))
    file = Path(world.first.path).parent / "own.csv"
    file.write_text(UPLOAD)
    with hand.page.expect_file_chooser() as chooser:
        hand.press(button("Upload|Browse files"))
    chooser.value.set_files(file)
    introduced(hand)
    hand.press(button(r"^Import \d+ traces$"))
    hand.press(button("^Review"))
    introduced(hand)
    hand.page.locator(".decision[data-trace]").wait_for()
    hand.page.wait_for_function("""() => { const found = [...document.querySelectorAll('*')].map(one =>
        one.shadowRoot?.querySelector('.decision[data-trace]')).find(Boolean);
        return found && performance.now() - found.dataset.shownAt > 400; }""")
    hand.press(button("^Pass"))
    comes(hand.page, lambda: _labels(world, NAME))


def _labels(world: World, project: str) -> int:
    store = open_store(world.first.path)
    of = next(one for one in projects.every(store) if one.name == project)
    return store.of(of.id).value("""select count(*) from labels l join traces t on t.id = l.trace
        where t.project = :project""")


def introduced(hand: Hand) -> None:
    """Says who is there where the page asks for it."""
    if hand.sees(words("^Who are you[?]$"), patience=1_500):
        hand.type("Bea", field("or, if it is not in the list"))
        hand.press(lambda page: page.locator("label").filter(has_text="expert: "))
        hand.press(button("^Go on as this person$"))


def version(hand: Hand, world: World) -> None:
    """From the overview: a line more in the prompt, saved, run, and compared with the version before."""
    hand.press(menu("Judge"))
    guidelines = hand.page.get_by_role("textbox", name="Guidelines")
    hand.press(lambda page: guidelines)
    hand.type("\n- Name the line.", lambda page: guidelines)
    hand.press(button("^Save( as a new version)?$"))
    comes(hand.page, lambda: judges.newest_prompt(world.store, judging.DEFAULT_JUDGE).number == 2)
    hand.rest()
    if not hand.sees(button("^Run$")):
        hand.press(css("[data-testid=stExpander] summary:has-text('Run the judge')"))
    hand.press(button("^Run$"))
    comes(hand.page, lambda: [one.status for one in runs.every(world.store, judging.DEFAULT_JUDGE)] == ["done"] * 2)
    settled(hand.page)
    hand.press(tab("Versions"))
    hand.page.get_by_test_id("stMetric").filter(has_text=re.compile(r"Fixed\s*\d")).first.wait_for()


def mode(hand: Hand, world: World) -> None:
    """From the overview to what the expert said of the failure mode to fix first."""
    hand.press(menu("Error analysis"))
    if not hand.sees(button(r"^1\. ")):
        hand.press(tab("What to fix"))
    hand.press(button(r"^1\. "))
    assert hand.sees(MODE, patience=20_000)


def ruling(hand: Hand, world: World) -> None:
    """From the overview to a first disagreement that is ruled: the judge was wrong, with a note."""
    hand.press(menu("Judge"))
    hand.press(tab("Disagreements"))
    introduced(hand)
    hand.press(button("^Judge wrong"))
    hand.type("Do not be fooled by a greeting.", field("Note for the prompt"))
    hand.press(button("^Rule: judge wrong"))
    comes(hand.page, lambda: rulings.notes(world.store, judging.DEFAULT_JUDGE))


def around(hand: Hand, world: World) -> None:
    """Four clicks through the pages, and the browser's Back once: it should show the view that was left."""
    for one in (menu("Judge"), tab("Versions"), menu("Dataset"), tab("Coverage")):
        hand.press(one)
    hand.page.wait_for_url("**view=Coverage*")
    hand.page.go_back()
    idle(hand.page)
    expect(hand.page.get_by_role("radio", name="Traces", exact=True)).to_be_checked(timeout=20_000)


# The job, the server and project it begins on, and whether somebody has said who that is.
JOBS = {
    "Own project to its first label": (first_label, "first", None),
    "PM: to what the expert said of the first failure mode": (mode, "failed", SOMEBODY),
    "A ruling: the judge was wrong, with a note": (ruling, "work", SOMEBODY),
    "Engineer: a version, saved, run and compared": (version, "work", SOMEBODY),
    "Judge, Versions, Dataset, Coverage, and Back once": (around, "failed", SOMEBODY)}


def done(browser: Browser, world: World, name: str) -> Done:
    """The job of this name, done at 1280×720 by a new visitor."""
    job, of, person = JOBS[name]
    watched = Watched(browser)
    page = watched.page(person, viewport={"width": 1280, "height": 720})
    app, project = world.servers()[of]
    page.goto(app.at(project=project))
    settled(page)
    found = tried(Hand(page), job, world)
    watched.close()
    return found


def tried(hand: Hand, job: Callable[[Hand, World], None], world: World) -> Done:
    """What it took; where a version cannot do it, as far as it came, and why."""
    why = ""
    try:
        job(hand, world)
    except (AssertionError, Error) as error:
        why = str(error).splitlines()[0]
    return Done(hand.clicks, hand.typed, hand.entries, why)
