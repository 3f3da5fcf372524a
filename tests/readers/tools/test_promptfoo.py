"""promptfoo's results and CSV: errors of the system, of graders and fails apart; thumbs are labels."""

import json

import pytest

from lib.readers import guess, read_table
from lib.readers.mapping import rows
from lib.records import FAIL, PASS, ImportedRow
from tests.support.formats import assistant, calling, fixture, user

CASE = "exports/promptfoo-0.121.20-{}"
ASKED = [{"role": "system", "content": "You are a desk clerk. Tone: warm"}, user("Hello"),
         assistant("Hello, how may I help?")]


def read(data: bytes) -> tuple[list[ImportedRow], list[str]]:
    """(rows through the guess, what was left out in sentences)."""
    table = read_table("t", data)
    return rows(table, guess(table)), [str(found) for found in table.unread]


def result(**fields) -> bytes:
    """A file with one result."""
    whole = {"id": "r", "promptIdx": 0, "vars": {"question": "May I?"}, "response": {"output": "Yes."}, **fields}
    return json.dumps({"results": {"results": [whole]}}).encode()


def judged(row: ImportedRow) -> dict[str, tuple]:
    """Each judge's outcome, critique and error."""
    return {judge: (verdict.outcome, verdict.critique, verdict.error) for judge, verdict in row.verdicts}


def test_the_reason_of_a_failed_assertion_is_the_verdict_s_and_never_the_trace_s():
    (row,), left_out = read(fixture(CASE.format("failed-rubric-reason-in-error.json")))
    output = "WRONG. You can return it within 30 days. (WRONG please)"
    assert row.trace.messages == [*ASKED, user("WRONG please"), assistant(output)]
    assert row.trace.context == {"vars": {"tone": "warm"}, "latency_ms": 77}
    reason = "It does not name the policy."
    assert judged(row) == {"promptfoo": (FAIL, reason, None), "policy": (FAIL, reason, None),
                           "javascript": (PASS, "Assertion passed", None)}
    assert left_out == [] and row.labels == ()


def test_a_provider_s_error_is_the_trace_s_and_stands_in_place_of_its_output():
    (row,), left_out = read(result(error="the model refused", failureReason=2, response={"error": "the model refused"}))
    assert row.trace.context == {"error": "the model refused"}
    assert row.trace.output == "[error] the model refused" and row.verdicts == () and left_out == []


def test_an_answer_that_promptfoo_dropped_is_counted():
    (row,), left_out = read(result(error="Error: gone", failureReason=2, response=None))
    assert row.trace.context == {"error": "Error: gone"}
    assert left_out == ["answers of results that ended in an error: 1 (promptfoo keeps none, and does not say whether "
                        "the provider or an assertion broke off: see its log)."]


def test_a_grader_without_a_verdict_is_an_error_and_no_fail():
    (row,), _ = read(fixture(CASE.format("grader-error.json")))
    said = "Could not extract JSON from llm-rubric response"
    assert judged(row) == {judge: (None, said, "grader error") for judge in ("promptfoo", "llm-rubric")}
    assert "error" not in row.trace.context


@pytest.mark.parametrize("reason", [
    "Custom function threw error: nothing is not defined", "Error running Python script: no module",
    "Python code execution failed: no module",
    "Score 0 below threshold undefined", "No output", "Could not extract JSON from g-eval response"])
def test_an_assertion_that_broke_off_without_a_mark_is_an_error_too(reason):
    part = {"pass": False, "reason": reason, "assertion": {"type": "javascript"}}
    (row,), _ = read(result(error=reason, failureReason=1, gradingResult={
        "pass": False, "reason": reason, "componentResults": [part]}))
    assert judged(row) == {judge: (None, reason, "grader error") for judge in ("promptfoo", "javascript")}


def test_beside_a_real_fail_a_lost_grader_leaves_the_whole_a_fail():
    lost = {"pass": False, "reason": "No output", "metadata": {"graderError": True}, "assertion": {"type": "rubric"}}
    failed = {"pass": False, "reason": "It is wrong", "assertion": {"type": "contains"}}
    graded = {"pass": False, "reason": "It is wrong", "componentResults": [lost, failed]}
    assert judged(read(result(gradingResult=graded))[0][0])["promptfoo"] == (FAIL, "It is wrong", None)
    # With a threshold the lost one might have made it a pass.
    assert judged(read(result(gradingResult=graded, testCase={"threshold": 0.5}))[0][0])["promptfoo"][0] is None


def test_a_thumb_is_a_person_s_label_and_promptfoo_s_own_verdict_is_the_one_without_it():
    (first, second), left_out = read(fixture(CASE.format("human-rating.json")))
    assert [(label.expert, label.outcome, label.critique) for row in (first, second) for label in row.labels] == [
        ("expert", FAIL, "It leaves out the receipt."), ("expert", PASS, "Good enough.")]
    assert judged(first) == {"promptfoo": (PASS, "All assertions passed", None),
                             "llm-rubric": (PASS, "It names the policy.", None),
                             "contains": (PASS, "Assertion passed", None)}
    reason = "It does not name the policy."
    assert judged(second) == {"promptfoo": (FAIL, reason, None), "llm-rubric": (FAIL, reason, None)}
    assert "error" not in second.trace.context and left_out == []


def thumbed(*parts: dict, **case) -> bytes:
    thumb = {"pass": True, "reason": "Manual result", "assertion": {"type": "human"}}
    return result(gradingResult={"pass": True, "reason": "Manual result", "componentResults": [*parts, thumb]},
                  testCase=case)


def test_without_the_thumb_sets_thresholds_and_metrics_count_as_promptfoo_counts_them():
    good = {"pass": True, "score": 1, "reason": "so", "assertion": {"type": "contains"}}
    bad = {"pass": False, "score": 0, "reason": "not so", "assertion": {"type": "contains"}}
    whole = {"pass": True, "score": 0.5, "reason": "half", "componentResults": [good, bad],
             "metadata": {"assertionSet": {"type": "assert-set", "metric": "both"}}}
    inside = judged(read(thumbed(whole, good, bad))[0][0])
    assert inside["promptfoo"][0] == PASS and inside["both"][0] == PASS and inside["contains 2"][0] == FAIL
    assert judged(read(thumbed(good, bad, threshold=0.5))[0][0])["promptfoo"][0] == PASS
    heavy = bad | {"assertion": {"type": "contains", "weight": 3}}
    assert judged(read(thumbed(good, heavy, threshold=0.5))[0][0])["promptfoo"][0] == FAIL  # 1/4 below 0.5
    beside = bad | {"assertion": {"type": "contains", "metricOnly": True}}
    assert judged(read(thumbed(good, beside))[0][0])["promptfoo"] == (PASS, "All assertions passed", None)
    (row,), left_out = read(thumbed(good, assertScoringFunction="file://own.js"))
    assert "promptfoo" not in judged(row) and len(row.labels) == 1 and "thumb has replaced: 1" in left_out[0]


def test_a_comment_without_a_thumb_is_no_label_and_is_counted():
    (row,), left_out = read(result(gradingResult={"pass": True, "reason": "All assertions passed", "comment": "Hm."}))
    assert row.labels == () and left_out == ["comments of 'expert' without an outcome: 1 (a label says pass or fail)."]


def test_no_assertion_is_no_verdict_and_a_tool_call_stands_in_the_conversation():
    (row,), left_out = read(fixture(CASE.format("no-assertions-and-tool-call.json")))
    assert row.verdicts == ()
    assert left_out == ["results without an assertion: 1 (promptfoo counts them as passed: they are no verdict)."]
    assert row.trace.messages == [*ASKED, user("Where is my order?"),
                                  calling("call_26", "find_order", '{"order_id": "A-17"}')]
    assert row.trace.output == '[tool call] find_order({"order_id": "A-17"})'


@pytest.mark.parametrize("output", [
    [{"type": "tool_use", "id": "c", "name": "find", "input": {"a": 1}}],
    '[{"id": "c", "type": "function", "function": {"name": "find", "arguments": "{\\"a\\": 1}"}}]',
    {"role": "assistant", "content": None, "tool_calls": [
        {"id": "c", "type": "function", "function": {"name": "find", "arguments": '{"a": 1}'}}]}])
def test_calls_of_tools_are_seen_however_a_provider_writes_them(output):
    (row,), _ = read(result(response={"output": output}, prompt={"raw": "Answer: May I?"}))
    assert row.trace.messages == [user("Answer: May I?"), calling("c", "find", '{"a": 1}')]
    assert row.trace.output == '[tool call] find({"a": 1})'


def test_an_object_as_output_stays_text():
    (row,), _ = read(result(response={"output": {"answer": "yes", "days": 30}}))
    assert row.trace.output == '{"answer": "yes", "days": 30}' and row.trace.messages is None


def test_the_csv_of_one_prompt_gives_its_traces_and_says_where_verdicts_are():
    found, left_out = read(fixture(CASE.format("one-prompt.csv")))
    assert [(row.trace.input, row.trace.output) for row in found] == [
        (asked, told) for asked, told in (
            ("May I return a mug?", "You can return it within 30 days. (Answer: May I return a mug?)"),
            ("WRONG please", "WRONG. You can return it within 30 days. (Answer: WRONG please)"),
            ("BOOM", "[error] promptfoo says ERROR; its CSV leaves out which"),
            ("NOVERDICT please", "NOVERDICT. You can return it within 30 days. (Answer: NOVERDICT please)"),
            ("NOVERDICT but not", "NOVERDICT. You can return it within 30 days. (Answer: NOVERDICT but not)"),
            ("Only a score", "You can return it within 30 days. (Answer: Only a score)"),
            ("Set of asserts", "You can return it within 30 days. (Answer: Set of asserts)"))]
    assert {row.trace.dimensions["prompt_label"] for row in found} == {("Answer: {{question}}",)}
    assert all(row.verdicts == row.labels == () for row in found)
    assert len(left_out) == 1 and "column Status): 12 (a CSV cannot tell a fail" in left_out[0]
    assert "promptfoo eval -o results.json" in left_out[0]


def test_the_csv_of_two_prompts_gives_a_trace_for_each():
    found, left_out = read(fixture(CASE.format("two-prompts.csv")))
    assert len(found) == len({row.trace.id for row in found}) == 14
    chat, plain = found[:2]
    assert chat.trace.output == "You can return it within 30 days. (May I return a mug?)"
    assert plain.trace.output == ("You can return it within 30 days. (u are a desk clerk. Answer: May I return a mug? "
                                  "(tone: warm))")
    assert (chat.trace.dimensions, plain.trace.dimensions) == (
        {"model": ("desk",), "prompt_label": ("chat",)}, {"model": ("desk",), "prompt_label": ("plain",)})
    assert chat.trace.context == {"vars": {"tone": "warm"}, "description": "plain pass"}
    called = found[8].trace
    assert called.messages == [user("Where is my order?"), calling("call_26", "find_order", '{"order_id": "A-17"}')]
    assert "12 (a CSV" in left_out[0]


def test_a_thumb_in_the_csv_is_a_label():
    head = "question,[desk] chat,Status,Score,Named Scores,Grader Reason,Comment\n"
    line = "May I?,Yes.,FAIL,0.00,,Manual result (overrides all other grading results),It is rude.\n"
    (row,), left_out = read((head + line).encode())
    assert [(label.outcome, label.critique) for label in row.labels] == [(FAIL, "It is rude.")] and left_out == []
