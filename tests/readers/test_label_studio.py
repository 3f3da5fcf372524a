"""Label Studio's exports: every annotator's labels on the trace the data names, on files the tool wrote."""

import csv
import io
import json

import pytest

from lib.readers import guess, read_table, recognise
from lib.readers.mapping import rows
from lib.readers.options import from_options
from lib.records import FAIL, PASS, DataError
from lib.store.dataset import traces as stored
from lib.workflow.dataset import exchange
from tests.support.formats import FOLDER

CASES = FOLDER.parent / "cases" / "annotation"
FIRST, SECOND = "annotator 1", "annotator 2"
ALL = [("t-1", FIRST, PASS, "Right, and it says how long.\nSecond line."), ("t-1", SECOND, FAIL, "Which carrier?"),
       ("t-2", FIRST, FAIL, "Hats can be returned."), ("t-4", FIRST, PASS, ""),
       ("t-5", FIRST, FAIL, "First remark.\nSecond remark.")]


def case(name: str):
    return read_table(name, (CASES / name).read_bytes())


def labels(table):
    return [(label.trace, label.expert, label.outcome, label.critique) for row in rows(table, guess(table))
            for label in row.labels]


def unread(table) -> dict[str, int]:
    return {one.what: one.count for one in table.unread}


def task(number: int, data: dict, *annotations: dict, **fields) -> dict:
    return {"id": number, "data": data, "annotations": list(annotations), "predictions": [], **fields}


def annotation(*results: dict, by=1, **fields) -> dict:
    return {"id": 1, "completed_by": by, "result": list(results), "was_cancelled": False,
            "created_at": "2026-11-30T07:00:00Z", **fields}


def result(name: str, **value) -> dict:
    return {"from_name": name, "to_name": "a", "type": next(iter(value)), "value": value}


@pytest.mark.parametrize("name", ["label-studio.json", "label-studio-min.json", "label-studio.csv"])
def test_labels_of_both_annotators_with_joined_critiques(name):
    table = case(name)
    assert table.format == "label_studio" and labels(table) == ALL
    assert unread(table) == ({"skipped annotations": 1} if name == "label-studio.json" else {})
    first = rows(table, guess(table))[0]
    assert (first.trace.input, first.trace.output) == ("Do you ship to Norway?", "Yes, within 5 days.")
    assert [label.created_at for label in first.labels] == ["2026-11-30T07:12:23.968151Z",
                                                            "2026-11-30T07:12:24.282179Z"]


def test_one_annotator_alone():
    assert labels(case("label-studio-min-one-annotator.json")) == [said for said in ALL if said[1] == FIRST]


def test_tabs_are_read_as_commas_are():
    found = list(csv.reader(io.StringIO((CASES / "label-studio.csv").read_text())))
    csv.writer(out := io.StringIO(), delimiter="\t").writerows(found)
    assert labels(read_table("t.tsv", out.getvalue().encode())) == ALL


@pytest.mark.parametrize("name", ["label-studio.json", "label-studio-min.json", "label-studio.csv"])
def test_the_labels_land_on_the_traces_that_were_imported_before(db, name):
    before = case("label-studio-the-traces.jsonl")
    exchange.import_table(db, before, guess(before))
    exchange.import_table(db, table := case(name), guess(table))
    assert [found["trace_id"] for found in stored.listing(db)] == ["t-1", "t-2", "t-4", "t-5"]
    assert db.value("select count(*) from labels") == 5


@pytest.mark.parametrize("name", ["label-studio-own.json", "label-studio-own.csv", "label-studio-own.tsv"])
def test_choices_ratings_texts_and_failure_modes_of_a_richer_project(name):
    table = case(name)
    made = rows(table, guess(table))
    assert labels(table) == [("t-1", FIRST, PASS, "Right."), ("t-1", SECOND, FAIL, "Curt.\nAnd no days.")]
    assert [(row.trace.id, row.trace.output) for row in made] == [("t-1", "Yes."), ("t-2", "No.")]
    assert made[0].failure_modes == ("wrong tone", "too long")
    found = unread(table)
    assert found["entries 'stars' of people"] == found["entries 'tone_ok' of people"] == 1
    assert found["entries 'verdict' of people"] == found["texts of 'answer'"] == 1
    if name.endswith(".json"):
        assert [(judge, verdict.outcome, verdict.critique) for judge, verdict in made[0].verdicts] == [
            ("judge-2", PASS, "It answers.")]
        assert found["skipped annotations"] == found["drafts, which nobody has submitted"] == 1


def test_a_rating_is_taken_with_a_threshold():
    table = case("label-studio-own.json")
    mapping = from_options(table, labels=["Ann=people.annotator 1 (stars).value"], threshold=4)
    assert [(label.expert, label.outcome) for row in rows(table, mapping) for label in row.labels] == [("Ann", PASS)]


def test_an_annotator_s_words_in_place_of_the_data_are_refused():
    with pytest.raises(DataError, match=r"'answer' differs between annotations.* as JSON, which keeps both"):
        case("label-studio-own-min.json")


def test_the_number_of_a_task_is_no_id_and_that_is_said():
    data = {"input": "Where?", "output": "Here."}
    for found in (task(7, data, annotation(result("ok", choices=["yes"]))),
                  {**data, "id": 7, "ok": "yes", "annotator": 1, "annotation_id": 1, "created_at": None,
                   "updated_at": None, "lead_time": 1}):
        table = read_table("t.json", json.dumps([found]).encode())
        row, = rows(table, guess(table))
        assert row.trace.id.startswith("h-") and [label.outcome for label in row.labels] == [PASS]
        assert unread(table) == {"numbers of tasks": 1}
        assert rows(table, from_options(table, fields=["id=task_number"]))[0].trace.id == "7"


def test_people_are_called_by_address_or_name_where_the_export_knows_them():
    found = [task(1, {"trace_id": "1", "input": "a"}, annotation(result("ok", choices=["yes"]), by=by)) for by in (
        {"id": 3, "email": "ann@example.com"}, {"id": 3, "first_name": "Ann", "last_name": "Lee"}, {"id": 3})]
    assert [labels(read_table("t.json", json.dumps([one]).encode()))[0][1] for one in found] == [
        "ann@example.com", "Ann Lee", "annotator 3"]


def test_marks_in_a_text_empty_annotations_and_remarks_are_counted():
    mark = {"from_name": "m", "to_name": "a", "type": "labels", "value": {"start": 0, "end": 3, "text": "abc"}}
    table = read_table("t.json", json.dumps([
        task(1, {"trace_id": "1", "input": "a"}, annotation(mark)),
        task(2, {"trace_id": "2", "input": "b"}, annotation(result("why", text=["Hm."])))]).encode())
    assert labels(table) == []
    assert unread(table) == {"results of type 'labels'": 1, "annotations without an answer": 1,
                             "entries 'critique' of people": 1}


def test_a_prediction_is_a_verdict_and_never_a_label():
    told = {"model_version": "v1", "result": [result("ok", choices=["no"]), result("why", text=["Because."])]}
    table = read_table("t.json", json.dumps([task(1, {"trace_id": "1", "input": "a"}, predictions=[told])]).encode())
    row, = rows(table, guess(table))
    assert row.labels == () and [(judge, verdict.outcome, verdict.critique) for judge, verdict in row.verdicts] == [
        ("v1", FAIL, "Because.")]


def test_where_everything_was_skipped_nothing_is_left():
    skipped = task(1, {"input": "a"}, annotation(was_cancelled=True))
    with pytest.raises(DataError, match=r"holds no task that was not skipped. Label some tasks, then export again"):
        read_table("t.json", json.dumps([skipped]).encode())


def test_a_table_of_one_s_own_with_annotators_stays_a_table():
    assert recognise("t", b"id,input,annotator,label\n1,a,Ann,pass\n") == "csv"
