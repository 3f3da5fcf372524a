"""Each adapter on the shape of its program as it was recorded; the real ones are tried by `make test-adapters`."""

import ast
import re
import sys

import pytest

from lib.prompting import passport
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.judge.exported import JUDGE, PROGRAMS, REPLIES, VERDICTS, is_error, leave

TABLE = (HOUSE / "docs" / "passport.md").read_text()


@pytest.mark.parametrize("name", passport.ADAPTERS)
def test_a_recorded_program_gets_verdicts_and_errors_out_of_the_product_s_own_messages(
        db, endpoint_env, tmp_path, name):
    left = leave(db, endpoint_env, tmp_path / "judge", name)
    # pytest itself is here.
    told = left.told(sys.executable, f"recorded/{name}_recorded.py" if name != "pytest" else "hosts/pytest_host.py")
    assert {trace: told[trace] for trace in VERDICTS} == VERDICTS
    assert all(is_error(trace, told[trace]) for trace in REPLIES.keys() - VERDICTS)
    assert left.same


@pytest.mark.parametrize("name", passport.ADAPTERS)
def test_each_says_how_it_is_used_and_what_becomes_of_an_error_and_is_short(name):
    [text] = passport.adapters([name]).values()
    tree = ast.parse(text)
    first = tree.body[0]
    assert "error" in ast.get_docstring(tree) and first.end_lineno <= 15
    assert "\n    " in first.value.value, "a few lines to copy"
    assert len(text.splitlines()) - first.end_lineno <= 40


@pytest.mark.parametrize("name", passport.ADAPTERS)
def test_each_stands_in_the_guide_with_the_version_that_was_tried(name):
    [row] = re.findall(rf"^\| `{name}` \|.*$", TABLE, re.M)
    pinned = (PROGRAMS / "requirements" / f"{name}.txt").read_text()
    tried = re.search(r"^(?:# npm: )?[\w-]+(?:==|@)([\d.]+)$", pinned, re.M)[1]
    assert tried in row


def test_all_are_written_beside_the_judge_and_named_in_its_readme(db, endpoint_env, tmp_path):
    folder = leave(db, endpoint_env, tmp_path / "judge").folder
    before = {file.name for file in folder.iterdir()}
    CommandLine(db.path)("judge", "export", JUDGE, folder, "--with", "all")
    made = {f"{name}_judge.py" for name in passport.ADAPTERS}
    assert len(made) == 8 and {file.name for file in folder.iterdir()} == before | made
    assert all(f"`{name}`" in (folder / "README.md").read_text() for name in made)
    refused = CommandLine(db.path).refused("judge", "export", JUDGE, folder, "--with", "nobody")
    assert "'nobody' is not one of" in refused
