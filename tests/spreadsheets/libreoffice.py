"""The round trip through a real LibreOffice: each way of saving brings each label to its trace, and no trace.

Run by `make test-spreadsheets`, which needs soffice on the PATH (Debian's package libreoffice-calc).
"""

import io
import zipfile

import pytest

from lib.store import projects
from tests.support.spreadsheets.recorded import saved
from tests.support.spreadsheets.sheets import bring, judged, said, waiting, whole


@pytest.mark.parametrize(("ending", "opened"), [("csv", "utf-8"), ("csv", "windows-1252"), ("xlsx", "utf-8")])
@pytest.mark.parametrize("case", ["more-traces.jsonl", "spreadsheet-the-traces.jsonl",
                                  "spreadsheet-numeric-answer-the-traces.jsonl"])
def test_a_queue_comes_back_through_libreoffice(db, tmp_path, case, ending, opened):
    waiting(db, case)
    for way, data in saved(db, "queue", ending, tmp_path, opened):
        other = projects.create(db, way)
        before = whole(waiting(other, case))
        answered = [trace for trace, (_, output, _) in before.items() if output]
        result = bring(other, f"queue.{way}", data)
        assert (way, result.traces, result.labels) == (way, 0, len(answered))
        assert said(other) == {trace: judged(trace) for trace in answered} and whole(other) == before


def test_libreoffice_keeps_the_list_of_outcomes_and_makes_no_formula(db, tmp_path):
    waiting(db, "more-traces.jsonl")
    made = dict(saved(db, "queue", "xlsx", tmp_path))
    with zipfile.ZipFile(io.BytesIO(made["xlsx"])) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    # Run without a window it keeps no view, so the frozen header goes; a person's own LibreOffice has one.
    assert 'type="list"' in sheet and "pass,fail" in sheet
    assert "<f>" not in sheet and "<f " not in sheet, "a cell has become a formula"
