"""What platforms hold of people's and machines' words: labels are a person's, verdicts a machine's, all else counts."""

import json

import pytest

from lib.readers import guess, read_table, recognise
from lib.readers.mapping import rows
from lib.readers.options import from_options
from lib.records import FAIL, PASS, DataError
from tests.support.formats import FOLDER, imported

CASES = FOLDER.parent / "cases"


def lines(*found: dict) -> bytes:
    return "".join(json.dumps(cells) + "\n" for cells in found).encode()


def read(data: bytes):
    """(labels, verdicts, what was not read) of a file, as a click on import would take them."""
    table = read_table("t.jsonl", data)
    made = rows(table, guess(table))
    labels = [(label.trace, label.expert, label.outcome, label.critique) for row in made for label in row.labels]
    verdicts = [(row.trace.id, judge, verdict.outcome or verdict.error, verdict.critique) for row in made
                for judge, verdict in row.verdicts]
    return labels, verdicts, {one.what: one.count for one in table.unread}


def taken(data: bytes, **options):
    table = read_table("t.jsonl", data)
    made = rows(table, from_options(table, **options))
    return ([(label.expert, label.outcome) for row in made for label in row.labels],
            [(judge, verdict.outcome) for row in made for judge, verdict in row.verdicts])


RUN = {"id": "r1", "trace_id": "r1", "run_type": "chain", "name": "desk", "start_time": "2026-11-21T08:00:00",
       "inputs": {"input": "When?"}, "outputs": {"output": "At nine."}}
STEP = {"id": "r2", "trace_id": "r1", "parent_run_id": "r1", "run_type": "tool", "name": "search", "inputs": {"q": "x"},
        "start_time": "2026-11-21T08:00:01", "outputs": {"output": "y"}}


def feedback(key: str, source: str, run: str = "r1", **fields) -> dict:
    who = {"type": source, "user_name": "Ann"} if source == "app" else {"type": source, "metadata": {"model": "m"}}
    return {"id": key, "run_id": run, "trace_id": "r1", "key": key, "score": None, "value": None, "comment": None,
            "created_at": "2026-11-22T08:00:00", "feedback_source": who, **fields}


def test_langsmith_feedback_of_people_is_labels_and_all_other_verdicts():
    labels, verdicts, unread = read(lines(
        RUN, STEP, feedback("correct", "app", score=1.0, comment="Right hour."),
        feedback("polite", "model", score=0, comment="Dull."), feedback("found", "auto_eval", run="r2", score=1),
        feedback("broken", "model", comment="timed out", extra={"error": True})))
    assert labels == [("r1", "Ann", PASS, "Right hour.")]
    assert verdicts == [("r1", "polite", FAIL, "Dull."), ("r1", "found (search)", PASS, ""),
                        ("r1", "broken", "evaluator error", "timed out")]
    assert unread == {}


def test_langsmith_a_word_goes_before_the_number_of_a_category():
    labels, _, _ = read(lines(RUN, feedback("correct", "app", score=2, value="fail", comment="No.")))
    assert labels == [("r1", "Ann", FAIL, "No.")]


def test_langsmith_scales_corrections_and_sums_are_counted():
    stats = {"liked": {"n": 2, "avg": 0.5}}
    other = {**RUN, "id": "r9", "trace_id": "r9", "feedback_stats": stats}
    _, verdicts, unread = read(lines(
        RUN, other, feedback("stars", "app", score=4), feedback("near", "model", score=0.7),
        feedback("fix", "app", correction={"output": "At ten."})))
    assert verdicts == []
    assert unread == {"sums of feedback 'liked'": 1, "corrections": 1, "entries 'stars' of people": 1,
                      "values of 'near'": 1, "entries without any value": 1}


def test_langsmith_feedback_through_the_interface_may_be_a_person_s_and_can_be_taken_so():
    data = lines(RUN, feedback("right", "api", score=1))
    assert read(data)[1:] == ([("r1", "right", PASS, "")], {"who gave 'right'": 1})
    assert taken(data) == ([], [("right", PASS)])
    assert taken(data, labels=["Bob=judges.right.verdict"]) == ([("Bob", PASS)], [])


def test_langsmith_feedback_inside_runs_and_beside_them_in_one_answer():
    inside = {**RUN, "feedback": [feedback("correct", "app", score=0, comment="No.")]}
    beside = {"runs": [RUN], "feedback": [feedback("correct", "app", score=0, comment="No.")]}
    for data in (lines(inside), json.dumps(beside).encode()):
        assert read(data)[0] == [("r1", "Ann", FAIL, "No.")]


def test_feedback_without_its_runs_is_refused_and_of_other_runs_counted():
    with pytest.raises(DataError, match=r"holds feedback and no runs. Put the export of the runs before it"):
        read(lines(feedback("correct", "app", score=1)))
    assert read(lines(RUN, feedback("correct", "app", run="r7", score=1, trace_id="r7")))[2] == {
        "what was said of traces that this file does not hold": 1}


TRACE = {"id": "lf-1", "timestamp": "2026-11-20T10:00:00.000Z", "name": "desk", "bookmarked": False, "input": "Change?",
         "output": "Yes."}


def evaluation(name: str, source: str, value, **fields) -> dict:
    return {"id": name, "traceId": "lf-1", "timestamp": "2026-11-21T10:00:00.000Z", "source": source, "name": name,
            "dataType": "BOOLEAN", "value": value, "comment": None, "authorUserName": None, **fields}


def test_langfuse_annotations_are_labels_and_evaluators_verdicts():
    labels, verdicts, unread = read(lines(
        TRACE, evaluation("correct", "ANNOTATION", 1, stringValue="True", comment="Fine.", authorUserName="Ann"),
        evaluation("correct", "ANNOTATION", 0, stringValue="False", comment="Not so.", authorUserName="Bob"),
        evaluation("polite", "EVAL", 0, dataType="CATEGORICAL", stringValue="fail", comment="Rude.")))
    assert labels == [("lf-1", "Ann", PASS, "Fine."), ("lf-1", "Bob", FAIL, "Not so.")]
    assert verdicts == [("lf-1", "polite", FAIL, "Rude.")] and unread == {}


def test_langfuse_in_snake_case_in_an_answer_and_in_the_third_version_of_the_interface():
    snake = {"id": "s", "project_id": "p", "timestamp": "2026-11-21 10:00:00.000000", "trace_id": "lf-1",
             "source": "ANNOTATION", "name": "correct", "value": 1, "string_value": "True", "data_type": "BOOLEAN",
             "comment": "Fine.", "author_user_id": "u-7"}
    third = {"id": "s", "projectId": "p", "timestamp": "2026-11-21T10:00:00.000Z", "source": "ANNOTATION",
             "name": "correct", "value": True, "dataType": "BOOLEAN", "comment": "Fine.", "authorUserId": "u-7",
             "subject": {"kind": "trace", "id": "lf-1"}}
    whole = {"trace": TRACE, "observations": [], "scores": [third]}
    inside = {**TRACE, "scores": [third]}
    for data in (lines(TRACE, snake), lines(TRACE, third), json.dumps(whole).encode(), lines(inside)):
        assert read(data)[0] == [("lf-1", "u-7", PASS, "Fine.")]


def test_langfuse_evaluations_of_a_step_say_so_and_those_of_a_session_are_counted():
    step = {"id": "ob-1", "traceId": "lf-1", "type": "SPAN", "name": "answer", "startTime": "2026-11-20T10:00:00.100Z",
            "input": "x", "output": "y"}
    _, verdicts, unread = read(lines(
        TRACE, step, evaluation("found", "EVAL", 1, observationId="ob-1"),
        evaluation("kept", "EVAL", 1, observationId="ob-9"),
        evaluation("whole", "EVAL", 1, traceId=None, sessionId="s"),
        evaluation("better", "ANNOTATION", 0, dataType="CORRECTION", stringValue="No."),
        evaluation("remark", "ANNOTATION", 0, dataType="TEXT", stringValue="Long."),
        evaluation("near", "EVAL", 0.4, dataType="NUMERIC"), evaluation("right", "API", 1)))
    assert verdicts == [("lf-1", "found (answer)", PASS, ""), ("lf-1", "kept (a step)", PASS, ""),
                        ("lf-1", "right", PASS, "")]
    assert unread == {"evaluations of whole sessions or experiments": 1, "corrected outputs": 1,
                      "entries 'remark' of people": 1, "values of 'near'": 1, "who gave 'right'": 1}


def test_langfuse_a_table_of_traces_does_not_say_who_and_asks():
    data = lines({**TRACE, "errorCount": 0, "observationCount": 1, "helpful": [1], "tone": ["dry"], "empty": None})
    labels, verdicts, unread = read(data)
    assert (labels, verdicts, unread) == ([], [], {"entries 'helpful'": 1, "entries 'tone'": 1})
    assert taken(data, labels=["Ann=judges.helpful.value"]) == ([("Ann", PASS)], [])
    assert taken(data, verdicts=["helpful=judges.helpful.value"]) == ([], [("helpful", PASS)])


def test_langfuse_evaluations_without_traces_are_refused():
    data = lines(evaluation("correct", "ANNOTATION", 1))
    assert recognise("t", data) == "langfuse"
    with pytest.raises(DataError, match=r"holds evaluations and no traces. Put the export of the traces before it"):
        read(data)


def test_names_of_one_person_are_one_and_the_newest_word_counts():
    labels, _, unread = read(lines(
        TRACE, {**TRACE, "id": "lf-2"}, evaluation("correct", "ANNOTATION", 1, authorUserName="Ann"),
        evaluation("correct", "ANNOTATION", 0, authorUserName="ann ", timestamp="2026-11-22T10:00:00Z"),
        evaluation("correct", "ANNOTATION", 1, authorUserName="ANN", traceId="lf-2")))
    assert labels == [("lf-1", "Ann", FAIL, ""), ("lf-2", "Ann", PASS, "")]
    assert unread == {"earlier labels of the same person on the same trace": 1}


def test_of_several_questions_the_one_answered_most_is_the_label_and_the_others_can_be_taken():
    data = lines(TRACE, {**TRACE, "id": "lf-2"}, evaluation("correct", "ANNOTATION", 1, authorUserName="Ann"),
                 evaluation("correct", "ANNOTATION", 0, authorUserName="Ann", traceId="lf-2"),
                 evaluation("polite", "ANNOTATION", 0, authorUserName="Ann", comment="Rude."))
    table = read_table("t", data)
    assert [str(one) for one in table.unread] == [
        "entries 'polite' of people: 1 (the labels are 'correct'; to take these instead, --label "
        "'Ann=people.Ann (polite).value:people.Ann (polite).critique')."]
    assert taken(data, labels=["Ann=people.Ann (polite).value:people.Ann (polite).critique"])[0] == [("Ann", FAIL)]


def test_a_scale_of_people_is_taken_with_a_threshold():
    data = lines(RUN, feedback("stars", "app", score=4))
    assert imported(data)[0].labels == ()
    assert taken(data, labels=["Ann=people.Ann (stars).value"], threshold=4)[0] == [("Ann", PASS)]


def test_what_was_said_never_enters_a_trace():
    row, = imported(lines(RUN, feedback("correct", "app", score=0, comment="SECRET"),
                          feedback("context of it", "model", score=0, comment="SECRET")))
    assert "SECRET" not in json.dumps([row.trace.input, row.trace.output, row.trace.messages, row.trace.context])
