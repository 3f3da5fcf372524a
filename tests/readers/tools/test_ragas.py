"""Ragas' tables: metrics of zeros and ones are verdicts, empty ones errors, scales are counted."""

import json

import pytest

from lib.readers import guess, read_table, recognise
from lib.readers.mapping import rows
from lib.readers.options import from_options
from lib.records import FAIL, PASS, DataError, ImportedRow
from tests.support.formats import assistant, fixture, imported, parquet, user

CASE = "exports/ragas-0.4.3-{}"


def judged(row: ImportedRow) -> dict[str, tuple]:
    return {judge: (verdict.outcome, verdict.error) for judge, verdict in row.verdicts}


@pytest.mark.parametrize("name", ["to_csv.csv", "to_csv-with-index.csv"])
def test_a_table_reads_the_same_with_pandas_index_and_without(name):
    table = read_table("t", fixture(CASE.format(name)))
    first, second, third = rows(table, guess(table))
    assert [part.what for part in table.unread] == (["column 1, which has no name"] if "index" in name else [])
    assert (first.trace.input, first.trace.output) == ("May I return a mug?", "Within 30 days.")
    assert first.trace.context == {"retrieved_contexts": ["Policy: 30 days", 'With a receipt, "always"'],
                                   "reference": "30 days"}
    assert [(row.trace.input, judged(row)) for row in (first, second, third)] == [
        ("May I return a mug?", {"policy": (PASS, None), "string_present": (PASS, None)}),
        ("Second", {"policy": (FAIL, None), "string_present": (FAIL, None)}),
        ("Third", {"policy": (None, "no value"), "string_present": (FAIL, None)})]
    assert all(row.labels == () for row in (first, second, third))


@pytest.mark.parametrize("index", ["5,7,1000", "0,1,2", "2,1,0"])
def test_any_numbered_index_of_pandas_is_passed_over(index):
    one, two, three = index.split(",")
    data = f",user_input,response,m\n{one},a,b,1\n{two},c,d,0\n{three},e,f,1\n"
    assert [row.trace.input for row in imported(data.encode())] == ["a", "c", "e"]


def test_a_first_column_without_a_name_that_is_no_index_is_refused_with_its_line():
    with pytest.raises(DataError, match="column 1: this column has no name, and line 3 holds 'row two'"):
        read_table("t.csv", b",user_input,response,m\n0,a,b,1\nrow two,c,d,0\n")


def test_a_metric_with_a_scale_is_counted_and_taken_with_a_threshold():
    data = b"user_input,response,faithfulness,exact\na,b,0.83,1\nc,d,0.2,0\ne,f,,1\n"
    table = read_table("t", data)
    assert [(found.what, found.count) for found in table.unread] == [("values of 'faithfulness'", 2)]
    assert [judged(row) for row in rows(table, guess(table))] == [
        {"exact": (PASS, None)}, {"exact": (FAIL, None)}, {"exact": (PASS, None)}]
    taken = from_options(table, verdicts=["faithfulness=judges.faithfulness.value"], threshold=0.5)
    assert [judged(row) for row in rows(table, taken)] == [{"faithfulness": (PASS, None)},
                                                           {"faithfulness": (FAIL, None)}, {}]


def test_a_person_s_own_column_beside_the_metrics_is_a_label():
    row, = imported(b"user_input,response,label,exact\na,b,0,1\n")
    assert [label.outcome for label in row.labels] == [FAIL] and judged(row) == {"exact": (PASS, None)}


def test_other_columns_stay_columns():
    table = read_table("t", b"id,user_input,response,persona,exact\n7,a,b,child,1\n8,c,d,adult,0\n9,e,f,child,1\n")
    first, *_ = rows(table, guess(table))
    assert (first.trace.id, first.trace.dimensions) == ("7", {"persona": ("child",)})


def test_a_conversation_as_python_prints_it_or_as_parquet_keeps_it_is_one():
    said = [{"content": "It's \"here\"?", "metadata": None, "type": "human"}, {"content": "Yes.", "type": "ai"}]
    row, = imported(f'user_input,reference,m\n"{str(said).replace(chr(34), chr(34) * 2)}",x,1\n'.encode())
    same, = imported(parquet([{"user_input": said, "reference": "x", "m": 1.0}]))
    assert row.trace.messages == same.trace.messages == [user("It's \"here\"?"), assistant("Yes.")]
    assert (row.trace.input, row.trace.output) == ("It's \"here\"?", "Yes.")


def test_the_names_of_older_versions_are_read():
    row, = imported(json.dumps([{"question": "a", "answer": "b", "contexts": ["x"], "ground_truth": "c", "m": 1}]
                               ).encode())
    assert (row.trace.input, row.trace.output) == ("a", "b")
    assert row.trace.context == {"contexts": ["x"], "ground_truth": "c"}


def test_without_a_metric_it_is_a_table():
    assert recognise("t", b"user_input,response,reference\na,b,c\n") == "csv"


def test_an_empty_input_is_refused_with_its_line():
    with pytest.raises(DataError, match=r"t, line 3: the input \(user_input or question\) is empty"):
        read_table("t", b"user_input,response,m\na,b,1\n,b,1\n")
