"""Users' feedback out of tables and tools' exports: thumbs and remarks as such; what is a label today stays one."""

import json

import pytest

from lib.readers import guess, read_table
from lib.readers.mapping import rows
from lib.readers.options import from_options
from lib.records import DataError
from lib.records.feedback import Feedback
from tests.support.formats import FOLDER

MLFLOW = FOLDER.parent / "cases" / "exports" / "mlflow-3.17.2-search_traces-trace.parquet"
LANGFUSE = {"id": "lf-1", "timestamp": "2026-11-20T10:00:00.000Z", "name": "desk", "bookmarked": False,
            "input": "Change?", "output": "Yes."}


def csv(text: str, **options):
    table = read_table("t.csv", text.encode())
    return rows(table, from_options(table, **options))


def said(made) -> list[tuple]:
    return [(row.trace.id, one.name, one.value, one.comment, one.who) for row in made for one in row.feedback]


@pytest.mark.parametrize(("word", "value"), [
    ("👍", "up"), ("👎🏽", "down"), ("up", "up"), ("Thumbs_Down", "down"), ("1", "up"), ("-1", "down"), ("true", "up"),
    ("False", "down"), ("like", "up"), ("dislike", "down"), ("0", "down"), ("1.0", "up")])
@pytest.mark.parametrize("column", ["feedback", "thumbs", "rating"])
def test_a_column_of_thumbs_is_known_by_its_name_and_its_words(word, value, column):
    made = csv(f"id,input,output,{column}\na,x,y,{word}\nb,x,z,\n")
    assert said(made) == [("a", column, value, "", "")]
    assert not any(row.labels or row.verdicts for row in made)


def test_beside_a_minus_one_a_zero_is_neither_and_without_it_a_thumb_down():
    assert [one[2] for one in said(csv("id,input,output,thumbs\na,x,y,-1\nb,x,z,0\nc,x,w,1\n"))] == ["down", "up"]
    assert [one[2] for one in said(csv("id,input,output,thumbs\nb,x,z,0\nc,x,w,1\n"))] == ["down", "up"]


def test_a_remark_stands_beside_a_thumb_or_alone_and_says_who_and_when():
    made = csv("id,input,output,feedback,feedback_comment,user_id,feedback_at\n"
               "a,x,y,down,wrong place,u1,2026-11-01\nb,x,z,,too long,u2,\n")
    assert made[0].feedback == (Feedback("feedback", "down", "wrong place", "u1", "2026-11-01T00:00:00Z"),)
    assert said(made)[1] == ("b", "feedback", None, "too long", "u2")


def test_a_word_that_is_no_thumb_is_a_remark_and_a_yes_to_thumbs_down_is_one():
    assert said(csv("id,input,output,note\na,x,y,it lied\n", feedback=["complaint=note"])) == [
        ("a", "complaint", None, "it lied", "")]
    made = csv("id,input,output,thumbs_down\na,x,y,true\nb,x,z,false\n")
    assert said(made) == [("a", "thumbs_down", "down", "", "")]


def test_a_scale_is_not_guessed_and_needs_a_threshold():
    text = "id,input,output,rating\na,x,y,5\nb,x,z,2\nc,x,w,1\n"
    assert said(csv(text)) == []
    with pytest.raises(DataError, match=r"column 'rating' holds a scale .* Name a threshold"):
        csv(text, feedback=["rating"])
    assert [one[2] for one in said(csv(text, feedback=["stars=rating"], threshold=3))] == ["up", "down", "down"]


def test_a_column_named_as_feedback_is_no_label_and_the_other_way_round():
    text = "id,input,output,label,feedback\na,x,y,pass,up\nb,x,z,fail,down\n"
    assert [(len(row.labels), len(row.feedback)) for row in csv(text)] == [(1, 1)] * 2
    assert [(len(row.labels), len(row.feedback)) for row in csv(text, feedback=["label"])] == [(0, 1)] * 2
    made = csv("id,input,output,thumbs\na,x,y,1\nb,x,z,0\n", labels=["Ann=thumbs"])
    assert [(row.labels[0].outcome, row.feedback) for row in made] == [("pass", ()), ("fail", ())]


def test_each_user_of_a_trace_on_several_rows_counts_once():
    made = csv("id,input,output,feedback,user_id\na,x,y,up,u1\na,x,y,down,u2\na,x,y,up,u1\n")
    assert said(made) == [("a", "feedback", "up", "", "u1"), ("a", "feedback", "down", "", "u2")]


def test_a_list_of_objects_is_read_as_our_own_export_writes_it():
    line = {"input": "x", "output": "y", "feedback": [{"value": "down", "comment": "No.", "name": "thumbs"},
                                                      {"value": "up", "who": "u2"}]}
    table = read_table("t.jsonl", (json.dumps(line) + "\n").encode())
    assert [one[1:] for one in said(rows(table, guess(table)))] == [("thumbs", "down", "No.", ""),
                                                                   ("feedback", "up", "", "u2")]


def score(name: str, source: str, value, **more) -> dict:
    return {"id": f"s-{name}", "traceId": "lf-1", "name": name, "source": source, "value": value,
            "dataType": "NUMERIC", "timestamp": "2026-11-20T10:01:00.000Z", **more}


def langfuse(*more: dict):
    table = read_table("t.jsonl", "".join(json.dumps(one) + "\n" for one in (LANGFUSE, *more)).encode())
    return table, rows(table, guess(table))


def test_langfuse_a_user_s_thumb_is_feedback_an_evaluator_s_word_a_verdict_a_person_s_a_label():
    table, made = langfuse(score("user-feedback", "API", 0, comment="Late."), score("polite", "API", 1),
                           score("user-feedback", "EVAL", 1), score("right", "ANNOTATION", 1, authorUserId="Ann"))
    assert said(made) == [("lf-1", "user-feedback", "down", "Late.", "")]
    assert made[0].feedback[0].at == "2026-11-20T10:01:00Z"
    assert sorted(judge for judge, _ in made[0].verdicts) == ["polite", "user-feedback"]
    assert [(label.expert, label.outcome) for label in made[0].labels] == [("Ann", "pass")]
    assert {one.what for one in table.unread} == {"who gave 'polite'"}


def test_what_a_person_gave_as_pass_or_fail_stays_a_label_and_can_be_taken_as_feedback():
    table, made = langfuse(score("user-feedback", "ANNOTATION", 1, authorUserId="Ann"))
    assert [(label.expert, label.outcome) for label in made[0].labels] == [("Ann", "pass")] and said(made) == []
    told = next(one for one in table.unread if "as users' feedback" in one.what)
    assert told.count == 1 and "--feedback labelled_feedback" in told.why
    made = rows(table, from_options(table, feedback=["labelled_feedback"]))
    assert said(made) == [("lf-1", "user-feedback", "up", "", "Ann")] and made[0].labels == ()


def test_a_file_that_mlflow_wrote_brings_the_thumb_that_was_logged_without_a_source():
    table = read_table(MLFLOW.name, MLFLOW)
    assert [(one[1], one[2]) for one in said(rows(table, guess(table)))] == [("thumb", "up")]


@pytest.mark.parametrize(("name", "label", "kind", "labels", "thumbs"), [
    ("user_feedback", "thumbs-down", "HUMAN", 0, ["down"]), ("thumbs", "👍", "HUMAN", 0, ["up"]),
    ("user_feedback", "pass", "HUMAN", 1, []), ("user_feedback", "down", "CODE", 0, []),
    ("correctness", "pass", "HUMAN", 1, [])])
def test_phoenix_annotations_of_people(name, label, kind, labels, thumbs):
    span = {"name": "answer", "context.span_id": "p1", "context.trace_id": "px", "status_code": "OK",
            "attributes.input.value": "Free?", "attributes.output.value": "Yes.", "span_kind": "CHAIN",
            "annotations": [{"name": name, "annotator_kind": kind, "result": {"label": label, "explanation": "So."}}]}
    table = read_table("t.jsonl", (json.dumps(span) + "\n").encode())
    (row,) = rows(table, guess(table))
    assert len(row.labels) == labels and [one.value for one in row.feedback] == thumbs
    assert all(one.comment == "So." for one in row.feedback)
