"""The siege itself: a part of it runs, prints its table and says by its exit whether all of it held."""

import re
import subprocess
import sys
from importlib import import_module

import pytest

from tests.support import HOUSE
from tests.support.running import PATIENCE
from tests.support.siege import Line
from tests.support.siege.attacks import FIFTY
from tests.support.spreadsheets.formulas import FORMULAS

PARTS = {path.stem for path in (HOUSE / "tests" / "bench" / "siege").glob("*.py")} - {"__init__", "__main__"}


def siege(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, "-m", "tests.bench.siege", *words], cwd=HOUSE, capture_output=True,
                          text=True, timeout=2 * PATIENCE, check=False)


@pytest.mark.parametrize("part", ["formula", "labelling"])
def test_a_tenth_of_a_part_holds(part):
    ended = siege("--quick", "--seed", "1", "--only", part)
    assert ended.returncode == 0, ended.stdout + ended.stderr
    lines = re.findall(r"^\| (?!what \| |---)(.+) \|$", ended.stdout, re.M)
    assert "seed 1" in ended.stdout and len(lines) >= 2 and all(line.count(" | ") == 4 for line in lines)
    assert f"{len(lines)} lines, 0 missed" in ended.stdout


def test_every_part_has_its_limit_and_is_listed():
    main = import_module("tests.bench.siege.__main__")
    assert set(main.PARTS) == PARTS
    assert all(0 < import_module(f"tests.bench.siege.{part}").LIMIT <= 900 for part in PARTS)


def test_a_line_that_misses_is_marked_and_a_part_that_hangs_or_breaks_ends_red(monkeypatch, capsys):
    main = import_module("tests.bench.siege.__main__")
    main._print(Line("labels", "8", "0 lost", "1 lost", False, 1.25))
    assert "| labels | 8 | 0 lost | **MISSED** 1 lost | 1.2 |" in capsys.readouterr().out
    monkeypatch.setattr(import_module("tests.bench.siege.reviewers"), "LIMIT", 1)
    found = main._apart("reviewers", 1, quick=True)
    assert [line.held for line in found] == [False] and "of 1" in found[0].seen


def test_there_are_as_many_texts_and_cells_as_the_guide_says():
    assert (len(FIFTY), len(set(FIFTY.values())), len(FORMULAS), len(set(FORMULAS))) == (50, 50, 30, 30)
