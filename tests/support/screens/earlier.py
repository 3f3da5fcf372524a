"""An earlier commit, measured with today's rulers: its tree in a folder of its own, today's commands put into it."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lib.records import UsageError
from tests.support import HOUSE

RULERS = Path("tests", "support", "screens")


@contextmanager
def tree(commit: str) -> Iterator[Path]:
    """A checkout of this commit with today's commands in it, gone after the block; UsageError without such a commit."""
    if _git("rev-parse", "--verify", "--quiet", f"{commit}^{{commit}}").returncode:
        raise UsageError(f"There is no commit {commit} in {HOUSE}. Name one that git log lists here; a shallow clone "
                         "gets the others with git fetch --unshallow.")
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "tree"
        _git("worktree", "add", "--detach", str(place), commit).check_returncode()
        try:
            shutil.copytree(HOUSE / RULERS, place / RULERS, dirs_exist_ok=True)
            yield place
        finally:
            _git("worktree", "remove", "--force", str(place))


def measured(commit: str, with_axe: bool) -> dict:
    """All figures of this commit, as `measure.measured` has them of this checkout."""
    with tree(commit) as place:
        file = place / "measured.json"
        words = ["-m", "tests.support.screens.measure", "--json", str(file), *["--axe"] * with_axe]
        subprocess.run([sys.executable, *words], cwd=place, check=True, stdout=subprocess.DEVNULL)
        return json.loads(file.read_text())["after"]


def _git(*words: str) -> subprocess.CompletedProcess:
    return subprocess.run(["git", *words], check=False, cwd=HOUSE, capture_output=True, text=True)
