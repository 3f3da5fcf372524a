"""A long file of ours comes back in slices: tried whole before, safe to be cut off, and nobody's save is lost."""

import csv
import io

import pytest

from lib.readers import guess
from lib.records import DataError
from lib.records.sheets import OURS
from lib.store.dataset import imports, returns, traces
from lib.workflow.dataset import exchange, reading
from tests.support.steps import add

LONG = 2 * returns.SLICE + 100


@pytest.fixture
def many(db, make_trace):
    """More traces than two slices hold, the last one without an output."""
    add(db, *(make_trace(f"t{n}", output=None if n == LONG - 1 else "said") for n in range(LONG)))
    return db


def rows_of_ours() -> list[dict[str, str]]:
    """The rows of a file of labels, as they go out."""
    return [{"id": f"t{n}", "output": "said", "expert": "Ann", "outcome": "pass" if n % 3 else "fail",
             "critique": f"because of {n}", OURS: f"labels:t{n}"} for n in range(LONG)]


def read(store, rows: list[dict[str, str]]):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    table = exchange.read_file("labels.csv", out.getvalue().encode())
    assert table.returns
    return reading.read(store, table, guess(table))


def stored(store) -> int:
    return store.value("select count(*) from labels")


def test_all_of_it_is_stored_as_one_import_and_twice_adds_nothing(many):
    result = reading.keep(many, read(many, rows_of_ours()))[1]
    assert result.labels == stored(many) == LONG and result.contradicted == 0
    assert [tuple(row) for row in many.rows("select file, added, stage from imports where added")][-1:] == [
        ("labels.csv", result.added, None)]
    assert result.added == LONG + result.answered
    again = reading.keep(many, read(many, rows_of_ours()))[1]
    assert (again.labels, again.known_labels, again.added, stored(many)) == (0, LONG, 0, LONG)
    assert many.value("select count(*) from imports where file = 'labels.csv'") == 1 and imports.unfinished(many) == []


def test_a_row_of_no_trace_at_the_end_keeps_all_of_it_out(many):
    rows = rows_of_ours()
    rows[-1] |= {"id": "nobody", OURS: "labels:nobody"}
    with pytest.raises(DataError, match=rf"line {LONG + 1}: there is no trace 'nobody'.*Nothing was imported"):
        reading.keep(many, read(many, rows))
    assert stored(many) == 0 and imports.unfinished(many) == []


def test_what_a_file_would_bring_is_counted_and_nothing_is_stored(many):
    assert f"New are {LONG:,} labels" in reading.report_of(many, read(many, rows_of_ours())).returned
    assert stored(many) == 0


def given(rows):
    return returns.Given("labels.csv", "plumbline", "{}", rows, True, "line", "p.db.importing-gone")


def test_cut_off_halfway_it_says_so_and_is_taken_in_whole_the_second_time(many):
    found = read(many, rows_of_ours())
    whole = list(reading._given(found).rows())

    def broken():
        yield from whole[:-1]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        returns.add_returned(many, given(broken), lambda: None)
    assert stored(many) == returns.SLICE
    assert reading.finish(many) == ["The import of labels.csv, a file of ours that came back, was cut off: 1,000 of "
                                    "what it brings are stored. Import the file again: those are passed over."]
    assert reading.finish(many) == []
    result = reading.keep(many, found)[1]
    assert (result.labels, result.known_labels, stored(many)) == (LONG - returns.SLICE, returns.SLICE, LONG)


def test_an_output_that_somebody_stores_meanwhile_stays_and_the_row_is_counted(many):
    rows = [{"id": row["id"], "output": row["output"], OURS: f"inputs:{row['id']}"} for row in rows_of_ours()]
    rows[-1]["output"] = "mine"
    found = read(many, rows)

    def late():
        for number, row in enumerate(reading._given(found).rows()):
            if number == LONG - 1:
                many.execute("update traces set output = 'theirs' where trace_id = :id", id=row.trace.id)
            yield row

    result = returns.add_returned(many, given(late), lambda: None)
    assert result.contradicted == 1 and traces.get(many, f"t{LONG - 1}").output == "theirs"
