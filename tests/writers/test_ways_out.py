"""Every way a table leaves: thirty formulas in every field it has, and not one that a spreadsheet would run."""

import re

import pytest

from lib.charts import CHARTS
from lib.store import Store, create_backup, open_store, projects
from lib.ui import charted
from tests.support import HOUSE
from tests.support.siege.ways import WAYS, cells, formulas_everywhere, live
from tests.support.spreadsheets.formulas import FORMULAS


@pytest.fixture(scope="module")
def full(tmp_path_factory, empty_project) -> Store:
    path = tmp_path_factory.mktemp("formulas") / "plumbline.db"
    store = open_store(create_backup(open_store(empty_project), path))
    return formulas_everywhere(store.of(projects.every(store)[0].id))


@pytest.mark.parametrize("way", WAYS)
def test_no_cell_of_any_table_is_run(full, way):
    found = cells(WAYS[way](full, "csv"), "csv")
    assert live(found) == [] and any("1+1" in cell for cell in found)
    assert cells(WAYS[way](full, "xlsx"), "xlsx")


@pytest.mark.parametrize("columns", [("value", "n"), FORMULAS[:2]])
def test_no_cell_of_a_charts_numbers_is_run(columns):
    found = cells(charted._csv({columns[0]: list(FORMULAS), columns[1]: [-1.5] * len(FORMULAS)}), "csv")
    assert live(found) == [] and len(found) == 2 * (len(FORMULAS) + 1)
    assert CHARTS  # each of them stands on a page through `charted`, whose CSV this is


def test_no_way_out_is_missing_here():
    """Whatever a page hands to a download, or a command to a file, is one of the ways above."""
    # The report is a page and a passport is code and JSON: their texts are in no cell.
    known = {way.split()[0] for way in WAYS} | {"_csv", "as_html", "archive"}
    sources = {path: path.read_text() for room in ("ui", "cli") for path in HOUSE.glob(f"lib/{room}/**/*.py")}
    pressed = [found for text in sources.values() for found in re.findall(
        r"download_button\((?:[^()]|\([^()]*\))*?lambda[^:]*:\s*([\w.]+)\(", text)]
    assert len(pressed) == sum(text.count("download_button(") for text in sources.values())
    written = [found for text in sources.values() for found in re.findall(r"exchange\.write\(", text)]
    # The queue, the insights, and what to fix: as files of the commands; and the report, a page and no table.
    assert len(written) == 4
    assert {name.rpartition(".")[2] for name in pressed} <= known
