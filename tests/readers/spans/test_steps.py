"""Every step of a trace in order: agents, models, tools with their errors, retrievals; no judge's, none lost unsaid."""

import json

import pytest

from lib.readers import read_table
from lib.readers.spans.outline import Heard
from lib.readers.spans.span import Span
from lib.readers.spans.tree import Tree
from tests.support.formats import assistant, imported, left, user
from tests.support.formats import telemetry as case
from tests.support.formats import telemetry_traces as traces


def openinference(*spans: dict) -> bytes:
    """Phoenix's rows, of one trace each a second after the other."""
    return "".join(json.dumps({
        "context.trace_id": "a", "context.span_id": str(number), "start_time": f"2026-11-22T10:00:{number:02}",
        "name": f"span {number}", **{key: value for key, value in span.items() if not key.startswith("a.")},
        **{f"attributes.{key[2:]}": value for key, value in span.items() if key.startswith("a.")}}) + "\n"
        for number, span in enumerate(spans)).encode()


def test_planner_retriever_tool_and_critic_are_steps_in_order():
    [trace] = traces("agents.otlp.json")
    assert (trace.input, trace.output) == (
        "Order 12 came broken. I want my money back.", "Your 40 euros are on their way.")
    assert trace.messages == [user(trace.input), assistant(trace.output)]
    assert [(step["kind"], step["name"], step.get("agent"), step["depth"]) for step in trace.steps] == [
        ("agent", "coordinator", None, 0), ("agent", "planner", "coordinator", 1),
        ("model", "chat m-plan", "planner", 2), ("retrieval", "retrieve rules", "coordinator", 1),
        ("tool", "refund", "coordinator", 1), ("tool", "refund", "coordinator", 1),
        ("agent", "critic", "coordinator", 1), ("model", "chat m-critic", "critic", 2)]
    plan, found, wrong, right = trace.steps[2:6]
    assert plan["output"] == [assistant("1. Look up the refund rules. 2. Refund order 12.")]
    assert (found["input"], found["output"]) == ("refund broken goods", "Broken goods are refunded within 30 days.")
    assert (wrong["input"], wrong["error"]) == ('{"order": 12, "currency": "EURO"}', "no such currency")
    assert (right["output"], right["milliseconds"], right["start"]) == (
        '{"refunded": 40}', 15, "2026-11-30T06:41:40.060000+00:00")
    assert trace.steps[7]["output"] == [assistant("Yes, the rules allow it.")]


def test_what_a_judge_was_asked_and_said_is_nowhere_in_the_trace_and_counted():
    [trace] = traces("agents.otlp.json")
    whole = json.dumps([trace.input, trace.output, trace.messages, trace.context, trace.steps])
    assert "Judge this" not in whole and "It is a fail" not in whole and "999" not in whole
    assert trace.dimensions["model"] == ("m-plan", "m-critic")
    assert left(case("agents.otlp.json")) == [("spans of judges", 2), ("spans 'POST /api/log'", 1)]


def test_a_trace_ends_in_its_last_action_where_nobody_answered():
    tool = {"parent_id": "0", "a.openinference.span.kind": "TOOL", "a.tool.name": "refund",
            "a.input.value": '{"order": 12}'}
    root = {"a.openinference.span.kind": "AGENT", "a.input.value": "I want my money back."}
    [row] = imported(openinference(root, tool))
    assert row.trace.output == '[tool call] refund({"order": 12})'
    [row] = imported(openinference(root, {**tool, "status_code": "ERROR", "status_message": "no such order"}))
    assert (row.trace.output, row.trace.context["error"]) == ("[error] no such order", "no such order")


def test_an_app_s_error_is_the_end_even_where_a_model_had_answered():
    [row] = imported(openinference(
        {"a.input.value": "hello", "status_code": "ERROR", "status_message": "timed out"},
        {"parent_id": "0", "a.openinference.span.kind": "LLM", "a.llm.input_messages": [user("plan")],
         "a.llm.output_messages": [assistant("first look it up")]}))
    assert (row.trace.input, row.trace.output) == ("hello", "[error] timed out")


def test_many_names_of_silent_spans_become_one_line():
    spans = [{"name": f"GET /orders/{number}", "parent_id": "0"} for number in range(40)]
    counted = left(openinference({"a.input.value": "hello", "a.output.value": "hi"}, *spans), "t.jsonl")
    assert len(counted) == 13 and counted[-1] == ("spans of 28 other names", 28)


def test_one_call_around_which_nothing_happened_has_no_steps():
    [row] = imported(openinference({"a.openinference.span.kind": "LLM", "a.llm.input_messages": [user("a")],
                                    "a.llm.output_messages": [assistant("b")]}))
    assert row.trace.steps is None


@pytest.mark.parametrize("parents", [
    ["", "0", "1"], ["1", "0", "1"], ["2", "0", "1"], ["x", "y", "z"], ["0", "1", "2"]])
def test_no_span_is_lost_by_missing_or_circular_parents(parents):
    group = [Span(str(number), "t", 1, parent, input="a") for number, parent in enumerate(parents)]
    assert sorted(span.id for span in Tree(group).spans) == ["0", "1", "2"]


def test_a_conversation_that_grows_is_said_once_and_another_one_whole():
    heard = Heard()
    assert heard.new([user("a")]) == ([user("a")], 0)
    assert heard.new([user("a"), assistant("b"), user("c")]) == ([assistant("b"), user("c")], 1)
    assert heard.new([user("x"), user("a")]) == ([user("x"), user("a")], 0)


def test_a_chain_of_thousands_of_spans_is_read_at_once():
    data = openinference({"a.input.value": "hello"}, *(
        {"parent_id": str(number), "a.input.value": f"step {number}", "start_time": None} for number in range(3_000)))
    assert len(read_table("t.jsonl", data).rows) == 1
