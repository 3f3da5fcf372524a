"""The measuring of the screens, by itself: tables of figures worked out by hand, and an earlier commit's tree."""

import subprocess

import pytest

from lib.records import UsageError
from tests.support import HOUSE
from tests.support.screens import earlier, sheets, tables

SIZE = "1280×720"


def figures(y, foot, clicks, faults, note="", why=""):
    return {"places": {"Run": {SIZE: {"y": y, "foot": foot, "note": note}}},
            "jobs": {"Rule": {"clicks": clicks, "typed": 1, "entries": 2, "why": why}},
            "axe": [["list", "light", 1280, faults], ["list", "dark", 390, 1]] if faults else []}


def test_the_tables_set_before_beside_after_and_mark_what_is_in_the_first_window():
    before, after = figures(1_710, 1_750, 12, 1_032, "folded away", "nothing to press"), figures(680, 720, 3, 0)
    text = tables.page(before, after)
    assert f"| what | {SIZE}, before | {SIZE}, after |\n| --- | ---: | ---: |" in text
    assert "| Run (*: folded away) | 1,710* | **680** |" in text
    assert "| Rule | 12, not done | 3 | 1 | 1 | 2 | 2 |" in text
    assert "| rule | light, 1280 | dark, 390 |" in text and "| `list` | 1,032 → 0 | 1 → 0 |" in text


def test_without_an_earlier_version_there_is_one_column_and_a_dash_for_what_is_not_there():
    text = tables.page(None, figures(None, None, 3, 0))
    assert f"| what | {SIZE} |\n| --- | ---: |\n| Run | – |" in text and "| Rule | 3 | 1 | 2 |" in text
    assert "axe" not in text


def test_what_ends_below_the_window_is_not_marked():
    assert "| Run | 700 |" in tables.page(None, figures(700, 721, 3, 0))


def test_the_tables_replace_what_stands_between_the_marks_of_the_page():
    page = f"# Head\n{tables.BEGIN}\nold\n{tables.END}\nfoot\n"
    assert tables.put_into(page, "new") == f"# Head\n{tables.BEGIN}\nnew\n{tables.END}\nfoot\n"
    assert (HOUSE / "docs" / "screens.md").read_text().count(tables.BEGIN) == 1
    with pytest.raises(UsageError, match="has no line"):
        tables.put_into("# Head\n", "new")


def test_an_earlier_commit_lies_in_a_folder_with_today_s_rulers_and_is_gone_afterwards():
    with earlier.tree("HEAD") as place:
        assert (place / "app.py").exists()
        today = (HOUSE / earlier.RULERS / "spots.py").read_text()
        assert (place / earlier.RULERS / "spots.py").read_text() == today
    assert not place.exists()
    listed = subprocess.run(["git", "worktree", "list"], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    assert str(place) not in listed


def test_a_commit_that_is_not_there_is_said():
    with pytest.raises(UsageError, match="There is no commit 0000000"), earlier.tree("0000000"):
        pass


def test_a_title_that_is_too_long_for_its_picture_loses_its_page_first():
    font = sheets.ImageFont.load_default(size=18)
    assert sheets.fitting("Judge, Bench", 400, font) == "Judge, Bench"
    assert sheets.fitting("Error analysis, Failure modes", 150, font) == "Failure modes"
    assert sheets.fitting("Judge, Disagreements of a long answer", 150, font).endswith("...")
