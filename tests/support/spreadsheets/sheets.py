"""A queue, inputs and labels that go to a spreadsheet, are filled in there, and come back."""

import csv
import io
from pathlib import Path

import openpyxl

from lib.readers import guess
from lib.store import Store
from lib.store.dataset import traces
from lib.store.review import labels
from lib.workflow.dataset import exchange
from lib.workflow.review import queueing
from tests.support import HOUSE

CASES = HOUSE / "tests" / "readers" / "data" / "cases" / "spreadsheets"
RECORDED = CASES / "saved"  # by LibreOffice, from our own exports filled in: see tests/spreadsheets
ANSWER, VERSION = "half past ten", "v 2"


def case(name: str) -> bytes:
    """A file of the folder of cases."""
    return (CASES / name).read_bytes()


def bring(store: Store, name: str, data: bytes):
    """Imports a file as a click would."""
    table = exchange.read_file(name, data)
    return exchange.import_table(store, table, guess(table))


def waiting(store: Store, name: str) -> Store:
    """The traces of a case, all that are answered drawn for Ann."""
    bring(store, name, case(name))
    queueing.draw(store, ["Ann"], 50, {"random": 100}, seed=1)
    return store


def judged(trace: str) -> tuple[str, str]:
    """The outcome and the critique that Ann gives each trace of the files."""
    outcome = "pass" if sum(trace.encode()) % 2 else "fail"
    return outcome, f"- misses {trace}" if outcome == "fail" else f"critique for {trace}\nsecond line; with, marks"


def fill(kind: str, data: bytes, ending: str) -> bytes:
    """An export with the empty cells filled in, all else as it was."""
    if ending == "xlsx":
        return _fill_workbook(kind, data)
    grid = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    for row in grid[1:]:
        _fill_row(kind, [name.lstrip("\u2060") for name in grid[0]], row)
    out = io.StringIO(newline="")
    csv.writer(out).writerows(grid)
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def _fill_row(kind: str, names: list[str], row: list[str]) -> None:
    for name, value in _typed(kind, row[names.index("plumbline")]).items():
        row[names.index(name)] = value


def _typed(kind: str, mark: str) -> dict[str, str]:
    if kind == "inputs":
        return {"output": ANSWER, "system_version": VERSION, "created_at": "2026-11-24T16:00:00Z"}
    return dict(zip(("outcome", "critique"), judged(mark.partition(":")[2]), strict=True)) if kind == "queue" else {}


def _fill_workbook(kind: str, data: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.active
    names = [cell.value for cell in sheet[1]]
    for row in sheet.iter_rows(min_row=2):
        for name, value in _typed(kind, row[names.index("plumbline")].value).items():
            row[names.index(name)].value = value
            row[names.index(name)].data_type = "s"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def said(store: Store) -> dict[str, tuple[str, str]]:
    """What Ann said of each trace she labelled."""
    found = {trace: labels.current(store, trace, "Ann") for trace in ids(store)}
    return {trace: (label.outcome, label.critique) for trace, label in found.items() if label}


def ids(store: Store) -> list[str]:
    """Every trace of the project, in order."""
    return [row[0] for row in store.rows("select trace_id from traces where project = :project order by id")]


def whole(store: Store) -> dict[str, tuple]:
    """What no label may change."""
    return {trace: (found.input, found.output, found.context) for trace in ids(store)
            if (found := traces.get(store, trace))}


def saved_files() -> list[Path]:
    """The recorded files, which LibreOffice saved."""
    return sorted(RECORDED.iterdir())
