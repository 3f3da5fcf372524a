"""Every format of READERS: recognised by content under a wrong name, read to exact traces, what is lost is said."""

import json
from collections.abc import Iterable

import pytest

from lib.readers import READERS, guess, read_table, recognise
from lib.records import FAIL, PASS, Trace, UsageError
from tests.support.formats import FIXTURES, assistant, calling, fixture, imported, parquet, tool, traces, user

SYSTEM = {"role": "system", "content": "Be brief."}


def lines(found: Iterable[dict]) -> bytes:
    return "".join(json.dumps(cells) + "\n" for cells in found).encode()


def test_every_format_has_a_fixture():
    assert set(FIXTURES.values()) == set(READERS)


@pytest.mark.parametrize("name", FIXTURES)
@pytest.mark.parametrize("wrong", ["t.csv", "t", "t.jsonl", "t.bin"])
def test_a_format_is_recognised_by_content_and_not_by_name(name, wrong):
    data = fixture(name)
    assert recognise(wrong, data) == read_table(wrong, data).format == FIXTURES[name]


@pytest.mark.parametrize("key", READERS)
def test_every_format_says_what_it_is_known_by(key):
    read = READERS[key]
    assert read.title and read.sign
    assert bool(read.drops) == (key not in ("csv", "jsonl", "json", "parquet"))


@pytest.mark.parametrize("name", FIXTURES)
def test_the_guess_needs_no_question(name):
    mapping = guess(read_table("t", fixture(name)))
    assert mapping.input == "input" or mapping.messages == "messages"
    assert all(row.trace.input for row in imported(fixture(name)))


def test_a_format_named_by_the_user_is_used_and_an_unknown_one_refused():
    data = fixture("langsmith.jsonl")
    assert read_table("t", data, format="jsonl").columns[:2] == ["id", "trace_id"]
    with pytest.raises(UsageError, match="There is no format 'excel'"):
        read_table("t", data, format="excel")


def test_a_table_of_ones_own_with_ids_times_and_messages_stays_a_table():
    own = '{"id": "1", "timestamp": 1764000000, "session_id": "s", "user_id": "u", "name": "n", "input": "a"}\n'
    assert recognise("t", own.encode()) == "jsonl"
    chat = '{"id": "1", "messages": [{"role": "user", "content": "a"}], "outcome": "pass"}\n'
    assert recognise("t", chat.encode()) == "jsonl"


def test_one_row_of_messages_among_others_makes_no_chat_log():
    """Both ways round, and where the row with an input of its own comes after the first twenty."""
    own, chat = {"input": "a", "output": "b"}, {"messages": [user("c"), assistant("d")]}
    for rows in ([own, chat], [chat, own], [chat] * 25 + [own]):
        data = "".join(json.dumps(row) + "\n" for row in rows).encode()
        table = read_table("t.jsonl", data)
        assert table.format == "jsonl"
        assert {(row.trace.input, row.trace.output) for row in imported(data)} == {("a", "b"), ("c", "d")}
    assert recognise("t", (json.dumps(chat) + "\n").encode() * 2) == "openai"
    assert recognise("t", json.dumps([chat, own]).encode()) == "json"


def test_nested_values_of_parquet_stay_nested():
    row, = imported(parquet([{"id": "7", "messages": [user("a"), assistant("b")], "context": {"n": [1, 2]}}]))
    assert row.trace == Trace("7", "a", "b", [user("a"), assistant("b")], {"n": [1, 2]})


def test_openai_fine_tuning():
    first, second = [row.trace for row in imported(fixture("openai_tuning.jsonl"))]
    assert first.messages == [
        {"role": "system", "content": "You run the desk of a small museum."}, user("Is the tower open on Mondays?"),
        calling("c1", "hours", '{"place": "tower"}'), tool("c1", "closed on Mondays"),
        assistant("No, the tower is closed on Mondays.")]
    assert (first.input, first.output) == ("Is the tower open on Mondays?", "No, the tower is closed on Mondays.")
    assert (second.input, second.output) == ("May I bring a dog?", "Dogs stay outside.")
    assert first.id.startswith("h-") and first.context == {}


def test_openai_request_beside_response():
    found = traces("openai_pairs.jsonl")
    assert found["call-1"] == Trace(
        "call-1", "Two tickets, please.", "That is 18 euros.",
        [user("Two tickets, please."), assistant("That is 18 euros.")], {"input_tokens": 9, "output_tokens": 6},
        {"model": ("m-small-2026",)}, created_at="2025-11-24T16:00:01Z")
    assert found["call-2"].input == "And for a child?" and found["call-2"].dimensions == {"model": ("m-large",)}


def test_openai_batch_joins_questions_and_answers_by_custom_id():
    found = traces("openai_batch.jsonl")
    assert found["q-1"].messages == [user("Where is the cloakroom?"), assistant("Left of the entrance.")]
    assert found["q-2"].output == "[error] This request could not be executed in time."
    assert found["q-2"].context == {"error": "This request could not be executed in time."}


def test_openai_stored_completions():
    assert traces("openai_stored.json")["x9"] == Trace(
        "x9", "Do you sell maps?", "Yes, at the till.", [user("Do you sell maps?"), assistant("Yes, at the till.")],
        {"metadata": {"desk": "north"}}, {"model": ("m-small",)}, created_at="2025-11-24T16:00:00Z")


def test_otel_spans_of_one_trace_become_one_trace():
    assert traces("otel.json") == {"aa01": Trace(
        "aa01", "Will it rain in Bergen?", "Yes, all day.",
        [SYSTEM, user("Will it rain in Bergen?"), calling("c1", "weather", '{"city": "Bergen"}'), tool("c1", "rain"),
         assistant("Yes, all day.")],
        {"latency_ms": 2500, "input_tokens": 60, "output_tokens": 12},
        {"model": ("m-small-2026",), "operation": ("invoke_agent desk",), "environment": ("production",)},
        system_version="2.4", created_at="2025-11-24T16:00:00Z", session="conv-9",
        steps=traces("otel.json")["aa01"].steps)}
    assert [(step["kind"], step["name"]) for step in traces("otel.json")["aa01"].steps] == [
        ("agent", "invoke_agent desk"), ("model", "chat m-small"), ("model", "chat m-small")]
    left, = read_table("t", fixture("otel.json")).unread
    assert (left.what, left.count) == ("traces in which no step says what was asked", 1)
    assert "CAPTURE_MESSAGE_CONTENT=span_only" in left.why


def test_otel_older_events_and_openinference_names():
    found = traces("otel_older.jsonl")
    assert found["cc03"].messages == [
        {"role": "system", "content": "Be kind."}, user("Is the shop open?"), calling("c5", "hours", "{}"),
        tool("c5", "9 to 5"), assistant("Until five.")]
    assert (found["cc03"].input, found["cc03"].output) == ("Is the shop open?", "Until five.")
    assert found["dd04"] == Trace(
        "dd04", "Do you sell maps?", "We do.",
        [user("Do you sell maps?"), calling("c8", "stock", '{"item": "map"}'), tool("c8", "12 left"),
         assistant("We do.")],
        {"documents": ["The shop sells maps."], "error": "late", "latency_ms": 1000, "input_tokens": 11},
        {"model": ("m-old",), "operation": ("answer",)}, created_at="2025-11-24T16:00:20Z",
        steps=found["dd04"].steps)
    assert [(step["kind"], step["depth"], step.get("error")) for step in found["dd04"].steps] == [
        ("other", 0, "late"), ("retrieval", 1, None), ("model", 1, None)]


def test_a_judge_s_own_call_is_no_part_of_the_conversation():
    longer = [user("one"), assistant("two"), user("three")]
    row, = imported(lines(
        {"context.trace_id": "a", "context.span_id": kind, "start_time": start,
         "attributes.openinference.span.kind": kind, "attributes.llm.input_messages": asked,
         "attributes.llm.output_messages": [assistant("so")]}
        for kind, start, asked in (("LLM", "2026-11-22", [user("hello")]), ("EVALUATOR", "2026-11-23", longer))))
    assert row.trace.messages == [user("hello"), assistant("so")]


def test_calls_beside_the_longest_conversation_are_steps():
    table = read_table("t", lines(
        {"id": text, "trace_id": "a", "run_type": "llm", "inputs": {"messages": asked}, "outputs": assistant(text)}
        for text, asked in (("billing", [user("which topic?")]), ("so", [SYSTEM, user("hello")]))))
    assert table.unread == ()
    assert table.rows[0].cells["messages"] == [SYSTEM, user("hello"), assistant("so")]
    assert [step["output"] for step in table.rows[0].cells["steps"]] == [[assistant("billing")], [assistant("so")]]


def test_langfuse_trace_with_its_observations():
    assert traces("langfuse.json") == {"lf-1": Trace(
        "lf-1", "Can I change my ticket?", "Yes, until noon.",
        [SYSTEM, user("Can I change my ticket?"), assistant("Yes, until noon.")],
        {"metadata": {"channel": "web"}, "input_tokens": 21, "output_tokens": 6},
        {"model": ("m-small",), "operation": ("desk",), "environment": ("production",), "tags": ("tickets",)},
        system_version="r7", created_at="2026-11-20T10:00:00Z", session="sess-4")}


def test_langfuse_traces_as_csv_and_observations_in_snake_case():
    found = traces("langfuse_traces.csv")
    assert (found["lf-7"].input, found["lf-7"].output) == ("Is it too late?", "Ask at the till, please")
    assert found["lf-7"].context == {"metadata": {"channel": "phone"}}
    assert found["lf-7"].session == "sess-5"
    assert found["lf-7"].dimensions == {"operation": ("desk",), "tags": ("tickets", "late")}
    assert found["lf-8"].messages == [user("Hello?"), assistant("Good morning.")]
    failed = traces("langfuse_observations.jsonl")["lf-9"]
    assert (failed.input, failed.output) == ("Anyone there?", "[error] timed out")
    assert failed.context == {"error": "timed out", "latency_ms": 250, "input_tokens": 3, "output_tokens": 0}


def test_langsmith_runs_of_one_trace_become_one_trace():
    found = traces("langsmith.jsonl")
    assert found["run-1"] == Trace(
        "run-1", "When do you open?", "At nine.",
        [SYSTEM, user("When do you open?"), calling("c2", "hours", '{"day": "today"}'), tool("c2", "9-17"),
         assistant("At nine.")],
        {"documents": ["Open from nine to five."], "metadata": {"thread_id": "th-3"},
         "latency_ms": 2000, "input_tokens": 30, "output_tokens": 3},
        {"model": ("m-small",), "operation": ("desk chain",), "tags": ("web",)},
        system_version="rev-5", created_at="2026-11-21T08:00:00Z", session="th-3", steps=found["run-1"].steps)
    assert [(step["kind"], step["name"]) for step in found["run-1"].steps] == [
        ("retrieval", "search"), ("model", "ChatModel")]
    assert found["run-8"].messages == [user("Thanks!"), assistant("You are welcome.")]


def test_phoenix_spans():
    assert traces("phoenix.jsonl") == {"px-1": Trace(
        "px-1", "Is the map free?", "It is free.",
        [user("Is the map free?"), calling("c4", "price", '{"item": "map"}'), tool("c4", "0"),
         assistant("It is free.")],
        {"documents": ["Maps are free for visitors."], "metadata": {"channel": "web"},
         "latency_ms": 2000, "input_tokens": 15, "output_tokens": 4},
        {"model": ("m-small",), "operation": ("desk",)}, created_at="2026-11-22T10:00:00Z", session="s-1",
        steps=traces("phoenix.jsonl")["px-1"].steps)}
    failed = traces("phoenix_spans.json")["px-2"]
    assert (failed.input, failed.output, failed.context["error"]) == ("Hello?", "[error] no answer", "no answer")


def test_phoenix_s_dataframe_as_parquet_reads_the_same():
    table = read_table("t", fixture("phoenix.jsonl"), format="jsonl")
    same = imported(parquet([row.cells for row in table.rows]))
    assert [row.trace for row in same] == list(traces("phoenix.jsonl").values())


def test_promptfoo_results_with_a_verdict_for_each_assertion():
    first, second = imported(fixture("promptfoo.json"))
    assert first.trace == Trace("res-1", "How much is a map?", "Two euros.", None,
                                {"vars": {"price": "0"}, "latency_ms": 320},
                                {"model": ("m-small",), "prompt_label": ("plain",)})
    assert [(judge, verdict.outcome, verdict.critique) for judge, verdict in first.verdicts] == [
        ("promptfoo", FAIL, "The price is wrong"), ("icontains", PASS, "Assertion passed"),
        ("price", FAIL, "The price is wrong")]
    assert second.trace.messages == [SYSTEM, user("How much is a map?"), assistant("Nothing.")]
    assert [judge for judge, _ in second.verdicts] == ["promptfoo", "icontains", "icontains 2"]


def test_inspect_samples_with_a_verdict_for_each_scorer():
    first, second = imported(fixture("inspect.json"))
    assert (first.trace.id, first.trace.input, first.trace.output) == ("smp-1", "What is in room 4?", "Clocks.")
    assert first.trace.messages[1] == calling("c3", "room", '{"number": 4}')
    assert first.trace.messages[2]["content"] == "clocks and watches"
    assert first.trace.messages[3]["content"] == [
        {"type": "reasoning", "reasoning": "It says clocks."}, {"type": "text", "text": "Clocks."}]
    assert first.trace.context == {"sample": 1, "epoch": 1, "target": "clocks", "metadata": {"floor": "1"},
                                   "latency_ms": 1250}
    assert first.trace.dimensions == {"model": ("local/m-small",), "task": ("museum",)}
    assert [(judge, verdict.outcome) for judge, verdict in first.verdicts] == [
        ("match", PASS), ("tone polite", PASS), ("tone short", FAIL)]
    assert (second.trace.id, second.trace.output) == ("run-77, sample 2, epoch 1", "I do not know.")
    assert [(verdict.outcome, verdict.raw) for _, verdict in second.verdicts] == [(None, "P")]
