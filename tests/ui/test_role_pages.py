"""Every page and view as each role that a login holds somebody to: all is read, and what is refused is a sentence."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lib.records import CANCELLED
from lib.records.people import ENGINEER, EXPERT, PM, ROLES, VIEWER
from lib.store import open_store, people, prices
from lib.store.errors import analyses, assertions
from lib.store.judge import probes, suggestions
from lib.store.roles import RoleError
from lib.workflow import models
from lib.workflow.dataset import exchange
from lib.workflow.errors import checking
from tests.support.pages import calm, said
from tests.support.sources import views
from tests.support.writes import WHO

LOOKS = [(page, view) for page, _, view in views()]
# Page and view, what it says to whom may not, and who may.
DOORS = [
    (("review", "Desk"), "an expert writes a label", (EXPERT,)),
    (("dataset", "Import"), "an engineer or a PM imports files", (ENGINEER, PM)),
    (("dataset", "Dimensions"), "an engineer or a PM changes dimensions", (ENGINEER, PM)),
    (("dataset", "Propose inputs"), "an engineer has inputs written", (ENGINEER,)),
    (("dataset", "Get outputs"), "an engineer has inputs answered", (ENGINEER,)),
    (("dataset", "Reference"), "an engineer or a PM adds and removes files", (ENGINEER, PM)),
    (("judge", "Bench"), "an expert or an engineer edits a prompt", (EXPERT, ENGINEER)),
    (("judge", "Splits"), "an engineer draws splits", (ENGINEER,)),
    (("errors", "Checks"), "an engineer writes checks", (ENGINEER,)),
    (("errors", "Fixes"), "a PM (records|writes) a fix", (ENGINEER, PM)),
    (("settings", "Project"), "an engineer or a PM changes the question", (ENGINEER, PM)),
    (("settings", "Models"), "an engineer sets models and prices", (ENGINEER,)),
]


@pytest.fixture
def file(world, tmp_path):
    """A copy of the world in which no work waits: a server that starts would take it up, a page that opens check."""
    copy = replace(world, path=Path(shutil.copy(world.path, tmp_path / "pages.db")))
    for table, number in ((analyses, world.analysis), (suggestions, world.suggestion), (probes, world.probe)):
        table.set_status(copy.held(None), number, CANCELLED)
    checking.run(copy.held(None), assertions.get(copy.held(None), "short"))
    return copy.path


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("page", "view"), LOOKS)
def test_every_view_opens_for_every_role_without_a_word_of_error(visit, file, page, view, role):
    app = visit(file, page, view=view, reviewer=WHO[role], held=role)
    assert [error.value for error in app.error] == []


@pytest.mark.parametrize(("place", "words", "roles"), DOORS, ids=[" ".join(place) for place, *_ in DOORS])
def test_a_door_says_who_goes_through_it(visit, file, place, words, roles):
    for role in ROLES:
        page, view = place
        told = said(visit(file, page, view=view, reviewer=WHO[role], held=role))
        assert bool(re.search(words, told)) == (role not in roles)


def test_looking_at_everything_writes_nothing_for_a_viewer(visit, world, file):
    copy = replace(world, path=file)
    before = list(copy.held(None).connection.iterdump())
    for page, view in LOOKS:
        visit(file, page, view=view, reviewer="Vic", held=VIEWER)
    assert list(copy.held(None).connection.iterdump()) == before
    assert people.get(copy.held(None), "Vic") is None


@pytest.mark.parametrize(("page", "view"), LOOKS)
def test_whatever_a_viewer_presses_is_a_sentence_at_most(visit, world, file, page, view):
    """Each press on the page as it opens; nothing of it is an error page, and nothing changes the file."""
    copy = replace(world, path=file)
    before = list(copy.held(None).connection.iterdump())
    app = visit(file, page, view=view, reviewer="Vic", held=VIEWER)
    for key in [button.key for button in app.button if not button.disabled]:
        here = next((button for button in app.button if button.key == key), None)
        if here is not None:
            app = calm(here.click().run())
    for kind in ("text_input", "text_area"):
        for key in [one.key for one in app.get(kind)]:
            here = next((one for one in app.get(kind) if one.key == key and not one.disabled), None)
            if here is not None:
                app = calm(here.set_value("typed by a viewer").run())
    assert list(copy.held(None).connection.iterdump()) == before


# Page, view, what is pressed there, and who may.
BUTTONS = [
    ("overview", "Cycles", "Open the cycle", (EXPERT, ENGINEER, PM)),
    ("settings", "Models", "Save the price", (ENGINEER,)),
    ("settings", "Models", "Use this file", (ENGINEER,)),
    ("settings", "Models", "Fetch it", (ENGINEER,)),
    ("review", "When to stop", "Put these", (EXPERT, ENGINEER, PM)),
    ("overview", "Where we are", "Open this example", (ENGINEER, PM)),
    ("overview", "Where we are", "New project", (ENGINEER, PM)),
]


@pytest.mark.parametrize(("page", "view", "label", "roles"), BUTTONS, ids=[label for *_, label, _ in BUTTONS])
def test_what_a_role_may_not_press_is_not_offered(visit, file, page, view, label, roles):
    for role in ROLES:
        app = visit(file, page, view=view, reviewer=WHO[role], held=role)
        offered = [button for button in app.button if button.label.startswith(label) and not button.disabled]
        assert bool(offered) == (role in roles), role


def test_a_viewer_is_told_once_who_opens_a_cycle_and_writes_an_insight(visit, file):
    told = said(visit(file, "overview", view="Cycles", reviewer="Vic", held=VIEWER))
    assert told.count("an engineer or a PM opens and closes cycles") == 1
    assert "a PM writes an insight" in said(visit(file, "overview", view="Insights", reviewer="Vic", held=VIEWER))
    assert "a PM changes who works here" in said(visit(file, "settings", view="Experts", reviewer="Vic", held=VIEWER))


def test_on_an_empty_file_a_viewer_is_told_who_starts_a_project(visit, tmp_path):
    app = visit(tmp_path / "new.db", "overview", reviewer="Vic", held=VIEWER)
    assert "an engineer or a PM does" in said(app) and not app.button
    assert visit(tmp_path / "new.db", "overview", reviewer="Pia", held=PM).button


def test_an_example_offers_its_own_way_to_who_may_start_a_project(visit, tmp_path):
    store = open_store(tmp_path / "example.db")
    exchange.open_example(store, next(iter(exchange.EXAMPLES)))
    for role in ROLES:
        app = visit(store.path, "overview", reviewer=WHO[role], held=role)
        assert ("own_traces" in [button.key for button in app.button]) == (role in (ENGINEER, PM))


def test_who_may_not_set_a_price_or_a_model_hears_of_the_role_first(world, file):
    held = replace(world, path=file).held(VIEWER)
    for verb in (lambda: prices.put(held, "", 0, 0), lambda: models.name_file(held, "/no/such.gguf")):
        with pytest.raises(RoleError, match="A viewer reads models, prices and settings"):
            verb()
