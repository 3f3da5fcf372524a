"""Who did it: kept with prompt versions, checks, draws of splits and queues, and cycles, and shown on their pages."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from lib.records.people import ENGINEER, PM
from lib.sampling import queues as kinds
from lib.store import cycles
from lib.store.errors import assertions
from lib.store.judge import judges, splits
from lib.store.review import queues
from lib.workflow.errors import checking
from lib.workflow.judge import judging, splitting
from lib.workflow.review import queueing
from tests.support.pages import said


@pytest.fixture
def copy(world, tmp_path):
    return replace(world, path=Path(shutil.copy(world.path, tmp_path / "who.db")))


def test_a_prompt_version_keeps_who_saved_it(visit, copy):
    judging.save_prompt(copy.held(ENGINEER), judging.DEFAULT_JUDGE, "Anew. {{ trace }}", [])
    newest, first = judges.prompts(copy.held(None), judging.DEFAULT_JUDGE)
    assert (newest.author, first.author) == ("Eve", "")
    app = visit(copy.path, "judge", view="Versions", judge=judging.DEFAULT_JUDGE)
    after = next(one for one in app.selectbox if one.label == "After")
    assert [title.split(", ")[2].split(":")[0] for title in after.options if "Eve" in title] == ["Eve"]


def test_a_check_keeps_who_made_it(visit, copy):
    checking.add(copy.held(ENGINEER), "long", "length", {"most": 9}, reason="wanted")
    assert assertions.get(copy.held(None), "long").author == "Eve"
    assert "by Eve" in said(visit(copy.path, "errors", view="Checks"))


def test_a_draw_of_splits_keeps_who_drew(visit, copy):
    splitting.balance(copy.held(ENGINEER), 1)
    assert splits.draws(copy.held(None))[0]["author"] == "Eve"
    app = visit(copy.path, "judge", view="Splits", judge=judging.DEFAULT_JUDGE)
    assert next(one for one in app.dataframe if "who" in one.value).value["who"].tolist() == ["Eve"]


def test_a_batch_keeps_who_drew_it(visit, copy):
    queueing.draw(copy.held(PM), ["Ben"], 2, {kinds.RANDOM: 100}, seed=0)
    assert {one["drawn_by"] for one in queues.listing(copy.held(None), "Ben") if one["expert"] == "Ben"} == {"Pia"}
    app = visit(copy.path, "review", view="Queue", reviewer="Ben")
    assert "Pia" in next(one for one in app.dataframe if "drawn by" in one.value).value["drawn by"].tolist()


def test_a_cycle_keeps_who_opened_and_closed_it(visit, copy):
    number = cycles.begin(copy.held(PM), cycles.TRIGGERS[-1], "an outage")
    assert "by Pia" in said(visit(copy.path, "overview", view="Cycles"))
    closed = cycles.close(copy.held(ENGINEER), number)
    assert (closed.opened_by, closed.closed_by) == ("Pia", "Eve")
    app = visit(copy.path, "overview", view="Cycles")
    assert next(one for one in app.dataframe if "by" in one.value).value["by"].tolist() == ["Eve"]
