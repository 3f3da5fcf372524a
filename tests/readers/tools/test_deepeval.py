"""DeepEval's datasets, conversations and test runs: metrics are verdicts with their reason, broken ones errors."""

import json

import pytest

from lib.readers import guess, read_table, recognise
from lib.readers.mapping import rows
from lib.records import FAIL, PASS, DataError, ImportedRow
from tests.support.formats import assistant, calling, fixture, imported, tool, user

CASE = "exports/deepeval-4.3.1-{}"
CALLED = [user("Where is my order?"), calling("call-1", "find_order", '{"order_id": "A-17"}'), tool("call-1", "left"),
          assistant("It left.")]


def judged(row: ImportedRow) -> dict[str, tuple]:
    return {judge: (verdict.outcome, verdict.critique, verdict.error, verdict.model) for judge, verdict in row.verdicts}


@pytest.mark.parametrize(("name", "joined"), [("dataset.json", False), ("dataset.csv", True)])
def test_the_actual_output_of_a_golden_is_the_output(name, joined):
    table = read_table("t", fixture(CASE.format(name)))
    first, second, third = rows(table, guess(table))
    assert (first.trace.input, first.trace.output) == ("May I return a mug?", "Within 30 days.")
    # DeepEval joins lists in its CSV with a bar that may stand in a text too: they stay as they are written there.
    assert first.trace.context == {
        "expected_output": "30 days", "metadata": {"feature": "returns"},
        "context": "Policy: 30 days|With a receipt" if joined else ["Policy: 30 days", "With a receipt"],
        "retrieval_context": "chunk one|chunk two" if joined else ["chunk one", "chunk two"]}
    assert second.trace.messages == CALLED and second.trace.output == "It left."
    assert (third.trace.input, third.trace.output, third.trace.context) == ("No answer yet", None, {})
    assert [(found.what, found.count) for found in table.unread] == [("remarks in the field comments", 1)]
    assert all(row.labels == row.verdicts == () for row in (first, second, third))


def test_the_metrics_of_a_test_run_are_verdicts_and_an_error_is_an_error():
    table = read_table("t", fixture(CASE.format("test_run.json")))
    first, second, third, fourth = rows(table, guess(table))
    assert table.unread == ()
    assert first.trace.context == {"name": "t1", "expected_output": "30 days", "metadata": {"feature": "returns"},
                                   "context": ["Policy: 30 days", 'With a receipt, "always"'],
                                   "retrieval_context": ["chunk one", "chunk two"]}
    name = "Policy [GEval]"
    assert judged(first) == {name: (PASS, "It names the policy.", None, "mock")}
    assert judged(second) == {name: (FAIL, "It does not name the policy.", None, "mock")}
    assert judged(third) == {name: (None, "Evaluation LLM outputted an invalid JSON. Please use a better evaluation "
                                    "model.", "metric error", "mock")}
    assert (third.trace.input, third.trace.output, third.trace.context) == ("Third", "NOVERDICT answer", {})
    assert fourth.trace.messages == CALLED


def test_the_turns_of_a_conversation_are_its_messages():
    row, = imported(fixture(CASE.format("conversational.json")))
    assert row.trace.messages == [user("Hello"), assistant("Hello!"), user("May I?"), assistant("Yes.")]
    assert (row.trace.input, row.trace.output) == ("May I?", "Yes.")
    assert row.trace.context == {"scenario": "A return", "expected_outcome": "30 days"}


def test_a_conversation_of_a_test_run_has_verdicts_and_tools_before_what_was_said():
    row, = imported(json.dumps({"testRunData": {"testCases": [], "metricsScores": [], "conversationalTestCases": [{
        "name": "conversational_test_case_0", "success": True, "scenario": "A return", "metricsData": [
            {"name": "Relevancy", "success": True, "score": 0.8, "reason": "It fits."}],
        "turns": [{"role": "user", "content": "Where is it?"}, {"role": "assistant", "content": "It left.",
                   "toolsCalled": [{"name": "find", "inputParameters": {"n": 1}, "output": "left"}]}]}]}}).encode())
    assert row.trace.messages == [user("Where is it?"), calling("call-1", "find", '{"n": 1}'), tool("call-1", "left"),
                                  assistant("It left.")]
    assert judged(row) == {"Relevancy": (PASS, "It fits.", None, "")}


def test_a_golden_that_nobody_answered_is_counted():
    table = read_table("t", json.dumps([
        {"scenario": "A return", "turns": None, "expected_outcome": "30 days"},
        {"scenario": "A return", "turns": [{"role": "user", "content": "Hi"}]}]).encode())
    assert len(table.rows) == 1 and table.rows[0].cells["output"] is None
    assert [(found.what, found.count) for found in table.unread] == [("conversations without turns", 1)]


def test_two_test_cases_that_say_the_same_are_two_traces_with_a_verdict_each():
    case = {"name": "a", "input": "q", "actualOutput": "r"}
    first, second = imported(json.dumps({"metricsScores": [], "testCases": [
        case | {"metricsData": [{"name": "m", "success": success, "reason": "so"}]} for success in (True, False)]}
    ).encode())
    assert second.trace.id == f"{first.trace.id} 2"
    assert [judged(row)["m"][0] for row in (first, second)] == [PASS, FAIL]


def test_a_metric_that_was_not_measured_is_an_error():
    row, = imported(json.dumps({"metricsScores": [], "testCases": [{"input": "q", "actualOutput": "r", "metricsData": [
        {"name": "m", "success": None, "skipped": True}]}]}).encode())
    assert judged(row) == {"m": (None, "", "no outcome", "")}


@pytest.mark.parametrize(("data", "said"), [
    ([{"scenario": "s", "turns": [{"role": "tool", "content": "x"}]}], "item 1, turn 1: its role is neither"),
    ([{"input": " ", "actual_output": "r", "expected_output": "", "retrieval_context": []}], "item 1: the input is"),
    ({"metricsScores": [], "testCases": [{"input": "q"}, {"input": ""}]}, "test case 2: the input is empty"),
    ({"metricsScores": [], "testCases": []}, "holds no input and no turns of DeepEval")])
def test_what_is_missing_is_refused_with_its_place(data, said):
    with pytest.raises(DataError, match=said):
        read_table("t.json", json.dumps(data).encode())


def test_a_table_of_one_s_own_with_an_actual_output_stays_a_table():
    assert recognise("t", b"input,actual_output,expected_output\na,b,c\n") == "csv"
