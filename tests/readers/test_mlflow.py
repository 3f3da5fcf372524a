"""MLflow's traces in every form, on files that MLflow 3.17.2 wrote: traces, labels, verdicts, and what is asked."""

import json

import pytest

from lib.readers import guess, read_table, recognise
from lib.readers.mapping import rows
from lib.records import FAIL, PASS, DataError
from tests.support.formats import FOLDER, assistant, calling, parquet, tool, user

EXPORTS = FOLDER.parent / "cases" / "exports"
CLERK = {"role": "system", "content": "You are a clerk."}
# The same four traces, as a line each, as a table, and as a Parquet file of the column that holds them whole.
OWN = ("mlflow-3.17.2-to_json.jsonl", "mlflow-3.17.2-search_traces.csv", "mlflow-3.17.2-search_traces-trace.parquet")


def case(name: str):
    return read_table(name, (EXPORTS / name).read_bytes())


def read(table):
    """(traces by input, labels, verdicts) of a table, as a click on import would take them."""
    made = rows(table, guess(table))
    return ({row.trace.input: row.trace for row in made},
            [(label.trace[:6], label.expert, label.outcome, label.critique) for row in made for label in row.labels],
            [(row.trace.id[:6], judge, verdict.outcome or verdict.error, verdict.critique) for row in made
             for judge, verdict in row.verdicts])


def line(*assessments: dict, **info) -> str:
    about = {"trace_id": "tr-1", "trace_metadata": {}, "state": "OK", "request_time": "2026-11-30T06:53:58Z",
             "request_preview": "Where?", "response_preview": "Here.", "assessments": list(assessments), **info}
    return json.dumps({"info": about, "data": {"spans": []}})


def assessment(name: str, source: str, by: str = "ann", **fields) -> dict:
    return {"assessment_id": f"a-{name}-{source}", "assessment_name": name, "trace_id": "tr-1", "valid": True,
            "source": {"source_type": source, "source_id": by}, "create_time": "2026-11-30T07:00:00Z", **fields}


@pytest.mark.parametrize("name", ["mlflow-3.17.2-search_traces-records-mixed.json",
                                  "mlflow-3.17.2-search_traces-records-with-human-feedback.json",
                                  "mlflow-3.17.2-cli-traces-search.json"])
def test_feedback_of_people_is_labels_of_judges_verdicts_and_their_errors_errors(name):
    table = case(name)
    traces, labels, verdicts = read(table)
    assert table.format == "mlflow" and table.unread == ()
    assert sorted(labels) == [("tr-35c", "ann", PASS, "It names the thirty days."),
                              ("tr-67c", "ann", FAIL, "It says WRONG.")]
    assert sorted(verdicts) == [("tr-35c", "policy", PASS, "Judge: fine."), ("tr-67c", "policy", FAIL,
                                "Judge: not fine."), ("tr-c1c", "policy", "Exception", "no verdict")]
    assert traces["May I return a mug?"].context["expectations"] == {"expected_response": "30 days"}
    assert traces["May I return a mug?"].context["inputs"] == {"tone": "warm"}
    assert traces["Where is my order?"].output == "Your order A-17 left yesterday."


def test_the_command_line_s_answer_holds_conversations_and_errors():
    traces, _, _ = read(case("mlflow-3.17.2-cli-traces-search.json"))
    before = [CLERK, user("Hello"), assistant("Hello, how may I help?")]
    order, broken = traces["Where is my order?"], traces["BOOM"]
    assert [message["role"] for message in order.messages[:4]] == ["system", "user", "assistant", "user"]
    assert order.messages[4]["tool_calls"][0]["function"] == {
        "name": "find_order", "arguments": '{"order_id": "A-17"}'}
    assert order.messages[5:] == [tool("call_111", "left yesterday"), assistant("Your order A-17 left yesterday.")]
    assert broken.messages == [*before, user("BOOM")]
    assert broken.context["error"] == "BadRequestError: Error code: 400 - The model refused this request."
    assert order.dimensions == {"model": ("mock",), "operation": ("answer",)}
    assert traces["What about shoes?"].context == {"latency_ms": 45, "input_tokens": 4, "output_tokens": 12}


def test_the_date_of_a_label_is_when_it_was_given():
    made = rows(table := case("mlflow-3.17.2-search_traces-records-mixed.json"), guess(table))
    assert {label.created_at for row in made for label in row.labels} == {
        "2026-11-30T06:53:58.417000Z", "2026-11-30T06:53:58.516000Z"}


@pytest.mark.parametrize("name", OWN)
def test_lines_tables_and_parquet_say_the_same(name):
    table = case(name)
    traces, labels, verdicts = read(table)
    order = traces["Where is my order?"]
    assert order.messages == [
        CLERK, user("Where is my order?"), calling("c1", "find_order", '{"order_id": "A-17"}'),
        tool("c1", "left yesterday"), assistant("So: Where is my order?")]
    assert traces["May I return a mug?"].context["documents"] == ["Thirty days."]
    assert order.context["expectations"] == {"expected_response": "left yesterday"}
    assert traces["BOOM"].context["error"] == "ValueError: no model today"
    assert len(traces["Long " + "x" * 1100].output) > 1100
    # "Ann" and "ann " are one person; what bob says of the policy corrects the judge and is another question.
    assert [said[1:] for said in labels] == [
        ("Ann", FAIL, "No days named."), ("bob", PASS, ""), ("Ann", PASS, "It says where.")]
    assert [said[1:] for said in verdicts] == [
        ("policy", "Exception", "no verdict"), ("policy", FAIL, "Not fine."), ("policy", PASS, "Fine."),
        ("tool_right (find_order)", PASS, "")]
    assert {one.what: one.count for one in table.unread} == {
        "entries 'rating' of people": 1, "entries 'policy' of people": 1}
    # It was logged without a source, and its name says that a user gave it.
    assert [(one.name, one.value) for row in rows(table, guess(table)) for one in row.feedback] == [("thumb", "up")]


def test_a_table_without_spans_says_what_was_cut():
    table = case("mlflow-3.17.2-without-spans.csv")
    traces, labels, _ = read(table)
    assert traces["Where is my order?"].output == "So: Where is my order?" and len(labels) == 3
    cut = next(one for one in table.unread if "cut to a preview" in one.what)
    assert cut.count == 2 and "trace.to_json()" in cut.why


def test_a_parquet_file_of_nested_columns_is_read():
    found = json.loads((EXPORTS / "mlflow-3.17.2-search_traces-records-with-human-feedback.json").read_text())
    for cells in found:
        cells |= {name: json.dumps(cells[name]) for name in ("request", "response")}
        cells["assessments"] = [one for one in cells["assessments"] if one["source"]["source_type"] == "HUMAN"]
    traces, labels, _ = read(read_table("t.parquet", parquet(found)))
    assert len(traces) == 4 and ("tr-67c", "ann", FAIL, "It says WRONG.") in labels


def test_old_names_are_known():
    old = {"request_id": "tr-1", "request": '{"question": "Where?"}', "response": '"Here."', "request_metadata": {},
           "timestamp_ms": 1796021638372, "status": "OK", "tags": {}, "spans": []}
    trace, = read(read_table("t", json.dumps([old, {**old, "request_id": "tr-2"}]).encode()))[0].values()
    assert (trace.input, trace.output, trace.created_at) == ("Where?", "Here.", "2026-11-30T06:53:58.372000Z")


def test_what_its_own_author_has_replaced_is_counted_and_a_corrected_judge_still_said_it():
    replaced = assessment("correct", "HUMAN", feedback={"value": False}, valid=False)
    newer = {**assessment("correct", "HUMAN", feedback={"value": True}), "assessment_id": "b",
             "overrides": replaced["assessment_id"]}
    judged = assessment("policy", "LLM_JUDGE", feedback={"value": "no"}, valid=False)
    corrected = {**assessment("policy", "HUMAN", feedback={"value": "yes"}), "overrides": judged["assessment_id"]}
    table = read_table("t", line(replaced, newer, judged, corrected).encode())
    _, labels, verdicts = read(table)
    assert labels == [("tr-1", "ann", PASS, "")] and verdicts == [("tr-1", "policy", FAIL, "")]
    assert {one.what: one.count for one in table.unread} == {
        "feedback that its own author has replaced": 1, "entries 'policy' of people": 1}


def test_other_words_sources_and_kinds_are_counted_with_the_reason():
    table = read_table("t", line(
        assessment("tone", "HUMAN", feedback={"value": "formal"}),
        assessment("stars", "HUMAN", feedback={"value": 4.0}),
        assessment("odd", "SOURCE_TYPE_UNSPECIFIED", feedback={"value": True}),
        assessment("issue", "HUMAN", issue={"issue_name": "slow"}),
        assessment("near", "CODE", "m.py", feedback={"value": 0.3})).encode())
    assert read(table)[1:] == ([], [])
    assert {one.what: one.count for one in table.unread} == {
        "assessments that are neither feedback nor an expectation": 1, "entries 'stars' of people": 1,
        "entries 'tone' of people": 1, "entries 'odd'": 1, "values of 'near'": 1}
    why = {one.what: one.why for one in table.unread}
    assert why["entries 'tone' of people"] == "'formal' is neither pass nor fail"
    assert "--threshold NUMBER" in why["entries 'stars' of people"]


def test_two_judges_of_one_name_are_told_apart_by_their_model():
    said = [assessment("policy", "LLM_JUDGE", model, feedback={"value": model == "big"}) for model in ("big", "small")]
    assert read(read_table("t", line(*said).encode()))[2] == [
        ("tr-1", "policy (big)", PASS, ""), ("tr-1", "policy (small)", FAIL, "")]


def test_a_table_of_one_s_own_with_a_trace_id_is_none_of_mlflow():
    assert recognise("t", b'{"trace_id": "1", "request": "a", "response": "b"}\n') == "jsonl"


def test_a_trace_without_an_id_is_refused_with_place_and_cure():
    with pytest.raises(DataError, match=r"item 1: the trace_id is empty. Export whole traces, a line each"):
        read_table("t", line(trace_id="").encode())
