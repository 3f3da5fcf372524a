"""Nothing is silent: what a reading takes, leaves out and cannot know is in its report, with place and count."""

import dataclasses
import io
import json
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from lib.readers import guess, read_table
from lib.readers.files import parquet_file
from lib.readers.mapping import rows
from lib.readers.options import from_options
from lib.records import DataError
from lib.store.dataset import traces
from lib.workflow.dataset import reading
from tests.support import HOUSE

CASES = HOUSE / "tests" / "readers" / "data" / "cases" / "imports"


def case(name: str):
    return read_table(name, CASES / name)


def report(table, store=None, mapping=None, **changes):
    mapping = dataclasses.replace(mapping or guess(table), **changes)
    return reading.report_of(store, reading.read(store, table, mapping))


@pytest.mark.parametrize(("name", "said"), [
    ("f2_na.csv", "line 4, column 'label': 'N/A' is neither pass nor fail"),
    ("f2_nan.csv", "line 3, column 'label': 'nan' is neither pass nor fail"),
    ("f2_one_odd_label.csv", "'unsure' is neither pass nor fail")])
def test_an_odd_cell_is_refused_with_its_line_and_left_out_on_request(name, said):
    table = case(name)
    assert guess(table).labels[0].outcome == "label"
    with pytest.raises(DataError) as refused:
        report(table)
    assert said in str(refused.value)
    found = report(table, skip_bad_rows=True)
    assert (found.skipped_count, found.counts.labels) == (1, found.counts.traces - 1)
    assert not found.skipped[0].whole and "neither pass nor fail" in found.skipped[0].why


def test_passed_and_failed_are_understood():
    found = rows(table := case("f2_passed_failed.csv"), guess(table))
    assert [row.labels[0].outcome for row in found] == ["pass", "fail"]


@pytest.mark.parametrize("name", ["f12_excel_columns.csv", "f12_excel_rows.csv", "f12_padded_header.csv",
                                  "f12_pandas_index.csv"])
def test_what_spreadsheets_and_pandas_add_is_passed_over(name):
    found = rows(table := case(name), guess(table))
    assert [(row.trace.input, row.trace.output, row.labels[0].outcome) for row in found] == [
        ("When does it open?", "At nine.", "pass"), ("Who leads it?", "Dana.", "fail")]
    assert [str(what) for what in table.unread] == (
        ["column 1, which has no name: 2 (it only counts the rows)."] if "index" in name else [])


def test_ids_stay_as_they_are_written():
    found = rows(table := case("f3_traces.jsonl"), guess(table))
    assert [row.trace.id for row in found] == ["001", "002", "003", "004"]


def test_every_column_that_is_not_read_is_counted():
    table = read_table("t.csv", b"input,output,cost,empty\na,b,1,\nc,d,,\n")
    assert [str(what) for what in report(table).unread] == ["column 'cost': 1."]


def test_of_a_nested_object_the_whole_is_named_or_what_is_left_of_it():
    table = read_table("t.jsonl", b'{"input": "a", "meta": {"x": 1, "y": {"z": 2}}, "judges": {"j": {"verdict": "pass",'
                                  b' "cost": 3}}}')
    assert [what.what for what in report(table, context=()).unread] == ["column 'meta'", "column 'judges.j.cost'"]


def test_a_column_that_looks_like_labels_and_is_none_is_named_with_the_cell_that_stopped_it():
    table = read_table("t.csv", b"input,label\na,pass\nb,unsure\nc,maybe\nd,perhaps\n")
    assert [str(what) for what in report(table).not_taken] == [
        "column 'label' looks like labels and is not read: 'unsure' in line 3."]


@pytest.mark.parametrize(("header", "asked"), [("label", ["label"]), ("human_label", []), ("ann_label", ["ann_label"])])
def test_where_the_file_does_not_say_who_spoke_it_is_asked(header, asked):
    table = read_table("t.csv", f"input,{header}\na,pass\n".encode())
    assert list(report(table).unsaid) == asked


def test_a_machine_s_label_is_a_verdict():
    found = guess(read_table("t.csv", b"input,llm_label,human_label\na,pass,fail\n"))
    assert [one.outcome for one in found.labels] == ["human_label"]
    assert [(one.judge, one.outcome) for one in found.verdicts] == [("llm", "llm_label")]


def test_a_column_named_as_verdicts_is_no_label_any_more():
    found = from_options(read_table("t.csv", b"input,label\na,pass\n"), verdicts=["bot=label"])
    assert not found.labels and found.verdicts[0].judge == "bot"


def test_new_and_stored_traces_are_told_apart(db):
    table = read_table("t.csv", b"id,input,output\n1,a,b\n2,c,\n")
    first = reading.read(db, table, guess(table))
    before = reading.report_of(db, first).counts
    assert (before.new, before.stored, before.unanswered) == (2, 0, {"column 'output' is empty there": 1})
    reading.keep(db, first)
    again = report(table, db).counts
    assert (again.new, again.stored) == (0, 2)


def wide(kind: str) -> tuple[str, bytes]:
    if kind == "csv":
        head, cells = [f"c{n}" for n in range(20_000)], ["1"] * 20_000
        return "t.csv", f"input,{','.join(head)}\n{'a,' + ','.join(cells)}\n".encode()
    return "t.jsonl", json.dumps({"input": "a", **{f"k{n}": n for n in range(40_000)}}).encode()


@pytest.mark.parametrize("kind", ["csv", "jsonl"])
def test_a_wide_file_is_read_in_seconds_of_the_processor(kind):
    before = time.process_time()
    table = read_table(*wide(kind))
    assert len(report(table).unread) == len(table.columns) - 1
    assert time.process_time() - before < 10


def wide_parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.table({"input": ["a"], **{f"c{n}": ["1"] for n in range(30_000)}}), file)
    return file.getvalue()


def test_a_wide_parquet_file_is_read():
    assert len(report(read_table("t.parquet", wide_parquet())).unread) == 30_000


def test_a_parquet_file_that_needs_too_long_is_ended_with_what_to_do(monkeypatch):
    monkeypatch.setattr(parquet_file, "SECONDS", 1)
    with pytest.raises(DataError, match="could not be read within 1 seconds: split it into smaller files, leave out"):
        read_table("t.parquet", wide_parquet())


def test_the_traces_of_a_session_are_joined_on_request_and_what_was_said_of_parts_is_counted(db):
    data = b"id,input,output,session,label\na,Hello,Hi,s1,pass\nb,And now?,Bye,s1,\nc,Alone,Yes,,fail\n"
    table = read_table("t.csv", data)
    apart, whole = (reading.read(db, table, dataclasses.replace(guess(table), join_sessions=join))
                    for join in (False, True))
    assert (reading.report_of(db, apart).counts.traces, reading.report_of(db, whole).counts.traces) == (3, 2)
    assert ("labels of parts", 1) in [(part.what, part.count) for part in reading.report_of(db, whole).unread]
    reading.keep(db, whole)
    found = traces.get(db, "session s1")
    assert (found.input, found.output, found.session) == ("And now?", "Bye", "s1")
    assert [message["content"] for message in found.messages] == ["Hello", "Hi", "And now?", "Bye"]
