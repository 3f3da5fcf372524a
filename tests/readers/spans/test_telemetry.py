"""Files of real tracing tools: what was asked and answered, errors too, in whichever form a program wrote it."""

import json

import pytest

from lib.readers import guess, read_table
from lib.readers.mapping import rows
from lib.records import DataError, Trace, UsageError
from tests.support.formats import assistant, calling, imported, left, tool, user
from tests.support.formats import telemetry as case
from tests.support.formats import telemetry_traces as traces

SYSTEM = {"role": "system", "content": "You are the help desk of a shop."}
NORWAY = "Answer: about 'Do you ship to Norway?' we say yes."
SHIPPED = '{"state": "shipped", "eta": "Friday"}'


def test_vercel_s_sdk():
    plain, tools, failed, streamed = traces("vercel-ai-sdk.otlp.jsonl")
    assert plain == Trace(
        "51dcf4bd8293c3af699201750ba18dc1", "Do you ship to Norway?", NORWAY,
        [SYSTEM, user("Do you ship to Norway?"), assistant(NORWAY)],
        {"latency_ms": 422, "input_tokens": 11, "output_tokens": 7},
        {"model": ("mock-1",), "operation": ("ai.generateText",)}, created_at="2026-11-30T06:50:20.628000Z")
    assert (tools.input, tools.output) == ("Where is my order A-17?",
                                           'Your order A-17: {"state":"shipped","eta":"Friday"}')
    assert tools.messages == [
        SYSTEM, user("Hello"), assistant("Hello, how can I help?"), user("Where is my order A-17?"),
        calling("call_a6e14332", "lookup_order", '{"order_id": "A-17"}'), tool("call_a6e14332", SHIPPED),
        assistant(tools.output)]
    assert [(step["kind"], step["name"], step.get("agent")) for step in tools.steps] == [
        ("agent", "help-desk", None), ("model", "ai.generateText.doGenerate", "help-desk"),
        ("tool", "lookup_order", "help-desk"), ("model", "ai.generateText.doGenerate", "help-desk")]
    assert (tools.steps[2]["input"], tools.steps[2]["output"]) == (
        '{"order_id":"A-17"}', '{"state":"shipped","eta":"Friday"}')
    assert tools.context["input_tokens"] == 22  # what the outer span sums up, not that and its parts
    assert (failed.input, failed.output, failed.context["error"]) == (
        "Please make a provider error", "[error] The model is on fire", "The model is on fire")
    assert (streamed.input, streamed.output) == ("Stream me something",
                                                 "Answer: about 'Stream me something' we say yes.")
    assert left(case("vercel-ai-sdk.otlp.jsonl"), "t.jsonl") == []


def test_log_records_are_joined_to_their_spans_when_one_file_holds_both():
    spans, logs = case("openai-v2-capture-true.spans.json"), case("openai-v2-capture-true.logs.json")
    lines = b"\n".join(json.dumps(json.loads(part)).encode() for part in (logs, spans))
    for data, name in ((spans + logs, "t.json"), (logs + b"\n" + spans, "t.json"), (lines, "t.jsonl")):
        [row] = imported(data, name)
        assert row.trace == Trace(
            "e594fd8c7e13cbb8bb8e018348718769", "Do you ship to Norway?", NORWAY,
            [SYSTEM, user("Do you ship to Norway?"), assistant(NORWAY)],
            {"latency_ms": 222, "input_tokens": 11, "output_tokens": 7},
            {"model": ("mock-1",), "operation": ("chat mock-1",), "environment": ("prod",)}, system_version="1.4.2",
            created_at="2026-11-30T06:42:25.818164Z")
        assert left(data, name) == [("traces in which no step says what was asked", 5),
                                    ("traces in which no step says what was asked, ended in an error", 1)]


def test_log_records_in_a_file_of_their_own_are_joined_to_their_spans():
    spans, logs = ((f"openai-v2-capture-true.{what}.json", case(f"openai-v2-capture-true.{what}.json"))
                   for what in ("spans", "logs"))
    for first, second in ((spans, logs), (logs, spans)):
        table = read_table(*first, beside=[second])
        assert table.name == f"{first[0]}, {second[0]}"
        assert [made.trace for made in rows(table, guess(table))] == [made.trace for made in imported(
            spans[1] + logs[1], "t.json")]


def test_other_files_are_not_read_together():
    with pytest.raises(UsageError, match="Import other files one by one"):
        read_table("a.jsonl", b'{"input": "a"}\n{"input": "b"}',
                   beside=[("b.jsonl", b'{"input": "c"}\n{"input": "d"}')])
    with pytest.raises(UsageError, match=r"^b\.csv: only JSON files are read together"):
        read_table("t.json", case("openai-v2-capture-true.spans.json"), beside=[("b.csv", b"id,input\n1,a\n")])


def test_log_records_alone_are_read_and_spans_alone_say_where_their_words_are():
    [row] = imported(case("openai-v2-capture-true.logs.json"))
    assert (row.trace.input, row.trace.output) == ("Do you ship to Norway?", NORWAY)
    assert row.trace.context == {} and row.trace.dimensions == {"environment": ("prod",)}
    with pytest.raises(DataError) as refused:
        read_table("t.json", case("openai-v2-capture-true.spans.json"))
    for word in ("OTEL_SEMCONV_STABILITY_OPT_IN=gen_ai_latest_experimental", "together with the file of log records",
                 "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=span_only"):
        assert word in str(refused.value)


def test_log_records_of_no_span_are_counted():
    both = json.loads(case("openai-v2-capture-true.logs.json"))
    records = both["resourceLogs"][0]["scopeLogs"][0]["logRecords"]
    records.append({"body": {"stringValue": "started"}, "severityText": "INFO"})
    assert left(json.dumps(both).encode()) == [("log records", 1)]


def test_pydantic_ai_s_structured_answer_is_the_output():
    [trace] = traces("pydantic-ai-structured-output.json")
    assert (trace.input, trace.output) == ("My order A-17 is late", '{"order_id":"A-17"}')
    assert trace.session == "01a22b35-4962-7222-90ea-fc4485605fa0"
    assert trace.messages[2] == calling("call_38f9a247", "final_result", '{"order_id": "A-17"}')


def test_pydantic_ai_s_provider_error_is_a_trace():
    [trace] = traces("pydantic-ai-provider-error.json")
    said = ("ModelRequestRejectedError: status_code: 400, model_name: mock-1, body: {'message': 'The model is on fire',"
            " 'type': 'invalid_request_error', 'code': 'bad'}")
    assert (trace.input, trace.output) == ("Please make a provider error", f"[error] {said}")
    assert trace.context["error"] == said
    assert [(step["kind"], step["error"]) for step in trace.steps] == [("agent", said), ("model", said)]


def test_openinference_s_request_is_the_question():
    [trace] = traces("openinference-responses-api.json")
    assert (trace.input, trace.output) == ("Do you sell gloves?", "Answer: about 'Do you sell gloves?' we say yes.")
    assert trace.messages[0] == {"role": "system", "content": "Be short."}


def test_several_turns_in_one_span_of_the_app_are_the_last_question_and_the_last_answer():
    [trace] = traces("openinference-multiturn-in-one-app-span.json")
    assert (trace.input, trace.output) == ("Where is my order A-17?", f"Your order A-17: {SHIPPED}")
    assert [message["role"] for message in trace.messages] == [
        "system", "user", "assistant", "user", "assistant", "tool", "assistant"]
    # Each call says only what no earlier one had said, and how much that was.
    assert [(step.get("repeated"), len(step["input"]), len(step["output"])) for step in trace.steps] == [
        (None, 2, 1), (3, 1, 1), (5, 1, 1)]


def test_openai_s_agents_sdk():
    first, _, tools, failed, _ = traces("openai-agents-own-processor.jsonl")
    assert (first.id, first.input, first.output) == (
        "trace_3715d9d92f96489b83012df2d79fbdc0", "Do you ship to Norway?", NORWAY)
    assert first.dimensions == {"model": ("mock-1",), "operation": ("Agent workflow",)}
    assert tools.output == f"Your order A-17: {SHIPPED}"
    assert [(step["kind"], step["name"], step["depth"]) for step in tools.steps] == [
        ("agent", "Help desk", 0), ("model", "generation", 1), ("tool", "lookup_order", 1), ("model", "generation", 1)]
    assert failed.output == "[error] Error getting response: Error code: 400 - The model is on fire"
    assert left(case("openai-agents-own-processor.jsonl"), "t.jsonl") == [
        ("spans 'turn'", 6), ("spans 'Agent workflow'", 5)]


def test_openai_s_agents_that_hand_over_to_one_another():
    [trace] = traces("openai-agents-0.24.0-handoff.jsonl")
    assert (trace.input, trace.output, trace.session) == (
        "Order 12 came broken. I want my money back.", "Your 40 euros are on their way.", "chat-9")
    assert [(step["kind"], step["name"], step.get("agent")) for step in trace.steps] == [
        ("agent", "Triage", None), ("guardrail", "polite", "Triage"), ("model", "generation", "Triage"),
        ("handoff", "handoff", "Triage"), ("agent", "Returns", None), ("model", "generation", "Returns"),
        ("tool", "refund", "Returns"), ("model", "generation", "Returns"), ("tool", "refund", "Returns"),
        ("model", "generation", "Returns")]
    assert (trace.steps[3]["input"], trace.steps[3]["output"]) == ("Triage", "Returns")
    assert trace.steps[6]["error"].startswith("Error running tool")


def test_an_export_of_responses_without_their_words_says_how_to_get_them():
    with pytest.raises(DataError, match=r"none of its 4 spans says what was asked.*response.model_dump"):
        read_table("t.jsonl", case("openai-agents-0.24.0-responses-without-text.jsonl"))
    [trace] = traces("openai-agents-0.24.0-responses.jsonl")
    assert (trace.input, trace.output, trace.dimensions["model"]) == ("Do you sell gloves?", "We do.", ("mock-1",))


def test_what_the_python_sdk_prints():
    found = traces("otel-console-exporter.json")
    assert [(trace.input, trace.output) for trace in found] == [
        (asked, f"Answer: about '{asked}' we say yes.") for asked in (
            "Do you ship to Norway?", "Can I return a hat?", "Where do you sit?", "Do you sell gloves?")]
    assert found[0].id == "bf39b2ba9274d4c9868da41c520c9a5c"
    [failed] = traces("otel-sdk-to_json-error.jsonl")
    assert failed == Trace(
        "ad51ea8f99da1372c3dad0887f79b2ac", "Please make a provider error",
        "[error] Error code: 400 - The model is on fire", [SYSTEM, user("Please make a provider error")],
        {"error": "Error code: 400 - The model is on fire", "latency_ms": 56},
        {"model": ("mock-1",), "operation": ("chat mock-1",), "environment": ("prod",)}, system_version="1.4.2",
        created_at="2026-11-30T06:42:36.588272Z")


def test_an_id_in_base64_and_in_hex_is_one_trace():
    [one], [same], [snake] = (traces(name) for name in (
        "same-trace-base64-ids.json", "same-trace-hex-ids.json", "otlp-snake-case.json"))
    assert one == same and one.id == "15a143ef9a869a14b66dc2a484328bb7"
    assert (snake.id, snake.output, snake.created_at) == (one.id, one.output, one.created_at)
    table = read_table("t.json", case("same-trace-base64-ids.json") + case("same-trace-hex-ids.json"))
    assert len(rows(table, guess(table))) == 1
    assert [(one.what, one.count) for one in table.unread] == [("spans that stand twice", 1)]


def test_google_s_adk():
    [trace] = traces("google-adk-schema1-llm_request.json")
    assert (trace.input, trace.output, trace.session) == ("Do you ship to Norway?", NORWAY, "s1")
    assert trace.messages[0]["content"].startswith("You are the help desk of a shop.")
    assert trace.context["input_tokens"] == 11  # recorded by two spans of one call
