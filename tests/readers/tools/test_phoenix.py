"""Phoenix: every form of its spans reads the same; annotations are labels of people and verdicts of machines."""

import json

import pytest

from lib.readers import guess, read_table
from lib.readers.mapping import rows
from lib.readers.options import from_options
from lib.records import FAIL, PASS, DataError, ImportedRow
from tests.support.formats import assistant, calling, fixture, imported, tool, user

CASE = "exports/phoenix-20.26.1-{}"
BEGIN = [{"role": "system", "content": "You are a clerk."}, user("Hello"), assistant("Hello, how may I help?")]
RUN = {"example_id": "RXg=", "repetition_number": 1, "input": {"question": "May I?"}, "reference_output": None,
       "output": "Yes.", "trace_id": "t1", "error": None}


def read(found: list[dict] | dict | bytes) -> tuple[list[ImportedRow], list[tuple[str, int]]]:
    """(rows through the guess, what was left out with its count)."""
    table = read_table("t", found if isinstance(found, bytes) else json.dumps(found).encode())
    return rows(table, guess(table)), [(part.what, part.count) for part in table.unread]


def judged(row: ImportedRow) -> dict[str, tuple]:
    return {judge: (verdict.outcome, verdict.critique, verdict.error) for judge, verdict in row.verdicts}


def labelled(row: ImportedRow) -> list[tuple]:
    return [(label.expert, label.outcome, label.critique) for label in row.labels]


SPANS = ["spans-to_csv.csv", "spans-to_csv-noindex.csv", "rest-otlpv1.json", "spans-default.json",
         "spans-tokens-as-floats.jsonl"]


@pytest.mark.parametrize("name", SPANS)
def test_every_form_of_the_spans_gives_the_same_traces(name):
    found, left_out = read(fixture(CASE.format(name)))
    by_id = {row.trace.id: row.trace for row in found}
    # What pandas writes twice is said, though nothing of it is lost.
    assert {what.partition(",")[0].partition(" a second")[0] for what, _ in left_out} <= {"column 1", "column 10"}
    assert len(by_id) == 5
    assert {trace.input: trace.output for trace in by_id.values() if trace.input != "BOOM"} == {
        "What about shoes?": "You can return it within 30 days. (What about shoes?)",
        "Where is my order?": "Your order A-17 left yesterday.",
        "WRONG please": "WRONG. You can return it within 30 days. (WRONG please)",
        "May I return a mug?": "You can return it within 30 days. (May I return a mug?)"}
    called = by_id["32240492d6ca01ae21dfec41e9ec527e"]
    assert called.messages == [
        *BEGIN, user("Where is my order?"), calling("call_117", "find_order", '{"order_id": "A-17"}'),
        tool("call_117", "left yesterday"), assistant("Your order A-17 left yesterday.")]
    assert called.context["metadata"] == {"feature": "returns"}
    assert (called.context["input_tokens"], called.context["output_tokens"]) == (35, 24)  # 16 + 19 and 12 + 12
    assert called.dimensions["model"] == ("mock",) and called.created_at.startswith("2026-11-30T07:03:41.135")
    failed = by_id["a0788e1aab596cd3e1aba550706cfd9d"]
    assert failed.context["error"] == "BadRequestError: Error code: 400 - The model refused this request."
    assert failed.messages == [*BEGIN, user("BOOM")]


def test_a_conversation_that_cannot_be_read_and_pages_that_are_missing_are_counted():
    head = "context.span_id,context.trace_id,start_time,attributes.input.value,attributes.llm.input_messages\n"
    assert read((head + "a,t,2026-11-30,q,[<Message 1>]\n").encode())[1] == [
        ("cells of column 'attributes.llm.input_messages'", 1)]
    span = {"context": {"trace_id": "t", "span_id": "a"}, "start_time": "2026-11-30", "attributes": {
        "input.value": "q"}}
    assert read({"data": [span], "next_cursor": "abc"})[1] == [("further pages of spans", 1)]


def annotation(kind: str | None, name: str, **result) -> dict:
    """An annotation as the interface writes it."""
    return {"name": name, "annotator_kind": kind, "created_at": "2026-11-30T09:00:00Z", "result": result}


def test_annotations_of_spans_are_labels_of_people_and_verdicts_of_machines():
    """Spans as the command line writes them, alone (--include-annotations) or in their traces."""
    root = {"name": "answer", "context": {"trace_id": "t", "span_id": "a"}, "start_time": "2026-11-30",
            "attributes": {"input.value": "q", "output.value": "r"}, "annotations": [
                annotation("HUMAN", "quality", label="good", score=1, explanation="It names the policy."),
                annotation("LLM", "correctness", label="incorrect", score=0, explanation="No policy.")]}
    inner = {"name": "call", "context": {"trace_id": "t", "span_id": "b"}, "parent_id": "a", "annotations": [
        annotation("CODE", "short", score=1.0), annotation("CODE", "short", label="False")]}
    (row,), left_out = read([root, inner])
    assert labelled(row) == [("expert", PASS, "It names the policy.")] and left_out == [("spans 'call'", 1)]
    assert row.labels[0].created_at == "2026-11-30T09:00:00Z"
    assert judged(row) == {"correctness": (FAIL, "No policy.", None), "short": (PASS, "", None),
                           "short 2": (FAIL, "", None)}
    trace = {"traceId": "t", "spans": [root, inner], "annotations": [annotation("CODE", "whole", score=0)],
             "notes": [annotation("HUMAN", "note", explanation="Look at this.")]}
    (row,), left_out = read([trace])
    assert judged(row)["whole"] == (FAIL, "", None) and len(row.labels) == 1
    assert sorted(left_out) == [("comments of 'expert on note' without an outcome", 1), ("spans 'call'", 1)]
    assert row.trace.context == {}


@pytest.mark.parametrize("name", ["experiment.csv", "experiment.json"])
def test_what_code_said_of_an_experiment_is_a_verdict_and_no_label(name):
    (first, second), left_out = read(fixture(CASE.format(name)))
    assert (first.trace.id, first.trace.input) == ("01e51e48d1335930ed7663594d2eecd9", "May I return a mug?")
    assert first.trace.output == "You can return it within 30 days. (May I return a mug?)"
    metadata = {"metadata": {"topic": "mug"}} if name.endswith("csv") else {}
    assert first.trace.context == {"reference_output": {"answer": "30 days"}, "repetition": 1, "latency_ms": 62,
                                   **metadata}
    assert first.trace.created_at == "2026-11-30T07:04:40.507328Z"
    assert judged(first) == {"names_policy": (PASS, "", None)} and judged(second) == {"names_policy": (FAIL, "", None)}
    assert first.labels == second.labels == () and left_out == []


def test_a_person_s_annotation_of_a_run_is_a_label_and_an_evaluator_s_error_an_error():
    said = {"name": "tone", "annotator_kind": "LLM", "label": None, "score": None, "error": "timed out"}
    (row,), left_out = read([RUN | {"annotations": [
        {"name": "quality", "annotator_kind": "HUMAN", "label": "bad", "explanation": "It is rude.", "username": "ann"},
        said]}])
    assert labelled(row) == [("ann", FAIL, "It is rude.")]
    assert judged(row) == {"tone": (None, "timed out", "evaluator error")} and left_out == []


def test_where_the_file_does_not_say_who_nothing_is_taken_and_the_choice_is_named():
    data = (b"example_id,repetition_number,input,reference_output,output,trace_id,annotation_fits_label,"
            b"annotation_fits_score,annotation_fits_explanation\n"
            b'x,1,"{""question"": ""May I?""}",{},Yes.,t1,,1.0,So.\n')
    table = read_table("t.csv", data)
    row, = rows(table, guess(table))
    assert row.labels == row.verdicts == () and row.trace.context == {"repetition": 1}
    unsure, = table.unread
    assert (unsure.what, unsure.count) == ("annotation 'fits'", 1) and "whether a person or a machine" in unsure.why
    column = "fits=judges.fits.value:judges.fits.critique"
    assert f"'{column}'" in unsure.why
    row, = rows(table, from_options(table, labels=[column]))
    assert labelled(row) == [("fits", PASS, "So.")] and row.verdicts == ()
    row, = rows(table, from_options(table, verdicts=[column]))
    assert judged(row) == {"fits": (PASS, "So.", None)} and row.labels == ()


def test_words_whose_direction_nobody_knows_are_no_verdict_whatever_their_number():
    kind = {"name": "hallucination", "annotator_kind": "LLM"}
    found, left_out = read([RUN | {"trace_id": word, "annotations": [kind | {"label": word, "score": score}]}
                            for word, score in (("hallucinated", 1.0), ("factual", 0.0))])
    assert [row.verdicts for row in found] == [(), ()] and left_out == [("values of 'hallucination'", 2)]


def test_a_scale_of_an_evaluator_is_counted():
    (row,), left_out = read([RUN | {"annotations": [{"name": "sim", "annotator_kind": "CODE", "score": 0.7}]}])
    assert row.verdicts == () and left_out == [("values of 'sim'", 1)]


def test_the_error_of_a_run_is_shown_in_place_of_its_output():
    (row,), _ = read([RUN | {"output": None, "error": "ValueError('no key')", "trace_id": None, "annotations": []}])
    assert (row.trace.id, row.trace.output) == ("RXg=, repetition 1", "[error] ValueError('no key')")
    assert row.trace.context == {"repetition": 1, "error": "ValueError('no key')"}


def test_inputs_of_several_values_and_conversations_of_a_run():
    asked = {"question": "May I?", "tone": "warm"}
    (row,), _ = read([RUN | {"input": asked, "annotations": []}])
    assert (row.trace.input, row.trace.context["input"]) == ("May I?", {"tone": "warm"})
    told = {"messages": [calling("c", "find", "{}"), tool("c", "left"), assistant("It left.")]}
    (row,), _ = read([RUN | {"input": {"messages": [user("Where?")]}, "output": told, "annotations": []}])
    assert row.trace.messages == [user("Where?"), *told["messages"]] and row.trace.output == "It left."


def test_a_dataset_is_read_and_asks_whose_words_its_outputs_are():
    table = read_table("t", fixture(CASE.format("dataset.csv")))
    first, second = rows(table, guess(table))
    assert (first.trace.id, first.trace.input, first.trace.output) == (
        "RGF0YXNldEV4YW1wbGU6MQ==", "May I return a mug?", "30 days")
    assert first.trace.context == {"metadata": {"topic": "mug"}} and second.trace.input == "WRONG please"
    asks, = table.unread
    assert (asks.what, asks.count) == ("outputs of the dataset", 2) and "--map output=" in asks.why
    waiting, _ = rows(table, from_options(table, fields=["output="], context=["expected_output", "context"]))
    assert waiting.trace.output is None and waiting.trace.context["expected_output"] == "30 days"


@pytest.mark.parametrize("listed", [True, False])
def test_what_was_said_of_the_span_behind_an_example_is_said_of_the_trace_and_never_in_its_context(listed):
    said = {"label": "incorrect", "score": 0.0, "explanation": "No policy.", "annotator_kind": "LLM"}
    person = {"label": None, "score": 1, "explanation": "Fine.", "annotator_kind": "HUMAN", "username": "ann"}
    annotations = {"correctness": [said], "quality": [person]} if listed else {"correctness": said, "quality": person}
    (row,), left_out = read((json.dumps({
        "id": "e", "node_id": "n", "input": {"input": "q"}, "output": {"output": "r"}, "splits": [],
        "metadata": {"span_kind": "LLM", "annotations": annotations}}) + "\n").encode())
    assert labelled(row) == [("ann", PASS, "Fine.")] and judged(row) == {"correctness": (FAIL, "No policy.", None)}
    assert row.trace.context == {"metadata": {"span_kind": "LLM"}} and left_out == []
    flat = ("id,node_id,input.input,output.output,metadata.span_kind,metadata.annotations.correctness\n"
            'e,n,q,r,LLM,"' + json.dumps([said]).replace('"', '""') + '"\n')
    (row,), left_out = read(flat.encode())
    assert judged(row) == {"correctness": (FAIL, "No policy.", None)} and left_out == []


def test_the_columns_of_older_datasets_are_read():
    (row,), _ = read(b"example_id,input_question,output_answer,metadata_topic\nx,May I?,Yes.,mug\n")
    assert (row.trace.id, row.trace.input, row.trace.output) == ("x", "May I?", "Yes.")


def test_an_empty_input_is_refused_with_its_place():
    with pytest.raises(DataError, match="item 2: the input is empty"):
        read([RUN, RUN | {"trace_id": "u", "input": {}}])


def test_columns_of_one_name_are_taken_once_where_their_cells_are_equal():
    row, = imported(b"id,input,id\n1,a,1\n")
    assert row.trace.id == "1"
    with pytest.raises(DataError, match="line 1, column 3: the name 'id' stands twice, and line 3 has other text"):
        read_table("t.csv", b"id,input,id\n1,a,1\n2,b,7\n")
