"""The README stays true: it names every row of every table, every variable, every page, and its pictures exist."""

import re
from pathlib import Path

import pytest

from lib.charts import CHARTS
from lib.cli import main
from lib.metrics import METRICS
from lib.queues import QUEUES
from lib.readers import READERS
from lib.systems import SYSTEMS
from lib.workflow.dataset import EXPORTS
from lib.writers import WRITERS

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text()
CODE = "\n".join(path.read_text() for path in [ROOT / "app.py", *ROOT.glob("lib/**/*.py"), *ROOT.glob("pages/*.py")])


@pytest.mark.parametrize("row", [*METRICS, *READERS, *WRITERS, *CHARTS, *SYSTEMS, *QUEUES, *EXPORTS])
def test_every_row_of_every_table_is_named(row):
    assert f"`{row}`" in README


def test_every_variable_of_the_environment_is_explained():
    used = set(re.findall(r'environ(?:\.get\(|\[)"([A-Z_]+)"', CODE))
    assert used and all(f"`{name}`" in README for name in used)


@pytest.mark.parametrize("title", re.findall(r'\.py", title="([^"]+)"', (ROOT / "app.py").read_text()))
def test_every_page_is_named(title):
    assert f"**{title}**" in README


def test_every_picture_and_file_it_points_at_exists():
    targets = re.findall(r"\]\((?!http)([^)#]+)\)", README)
    assert targets and all((ROOT / target).exists() for target in targets)


def test_every_command_it_shows_exists():
    shown = re.findall(r"python -m lib (?!--)([a-z-]+)", README)
    assert shown and set(shown) <= set(main.commands)


def test_the_continuous_check_is_the_readme_s_own_command():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == "make test"
    assert "make test" in README and "make run" in README
