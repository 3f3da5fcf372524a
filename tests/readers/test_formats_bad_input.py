"""A broken file of any format ends in one sentence with place and cure, or in a correct import; never otherwise."""

import json
import pickle
import random
from copy import deepcopy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers import READERS, guess, read_table
from lib.readers.files import parquet_file
from lib.readers.files.json_file import MAX_DEPTH
from lib.readers.mapping import rows
from lib.records import DataError, UsageError
from tests.support.formats import FIXTURES, fixture, imported, parquet

ODD = (None, "", [], {}, 0, -1, 1.5, True, "x", "[", "{}", [[]], [None], {"role": "user"}, {"role": ["user"]},
       {"type": [1]}, {"message": {"message": {}}}, "1e400", "9" * 400, [["human", "x"]],
       {"data": {}, "type": ["human"]}, {"role": "user", "content": [{"type": ["text"]}]}, {"function": []}, "²",
       "\ud800", "attachment://f00d")


def refusal(data: bytes | str, name: str = "t.json", format: str | None = None) -> str:
    with pytest.raises(DataError) as refused:
        rows(table := read_table(name, data if isinstance(data, bytes) else data.encode(), format=format), guess(table))
    return str(refused.value)


def span(**fields) -> str:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "a", "spanId": "b", **fields}]}]}]})


@pytest.mark.parametrize(("data", "place", "cure"), [
    ('{"custom_id": "q", "response": {"body": {"choices": []}}}\n', "line 1: it does not hold what was asked",
     "put both into one"),
    ('{"custom_id": "q", "body": {}}\n{"custom_id": "q", "body": {}}', "line 2: the custom_id 'q' stands on line 1 too",
     "Give each request its own"),
    ('{"messages": [{"role": "assistant", "content": "a"}]}', "line 1: it does not hold what was asked", "put both"),
    (span(attributes=[{"key": "gen_ai.request.model", "value": {"stringValue": "m"}}]),
     "none of its 1 span says what was asked", "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT=span_only"),
    (span(traceId=""), "line 1, span 'b': the traceId is missing", "Export the spans again"),
    (span(attributes={"a": 1}), "line 1, span 'b': attributes is no list of objects", "Export the spans again"),
    (span(startTimeUnixNano="soon"), "line 1, span 'b': 'soon' is not a time", "Write it like"),
    ('{"resourceSpans": {}}\n{"resourceSpans": 7}', "line 2: resourceSpans is no list", "Export the spans again"),
    ('{"traceId": "", "type": "SPAN", "startTime": ""}', "line 1: the id of the trace is empty", "Export it again"),
    ('{"run_type": "llm", "inputs": {}}', "line 1: the run has no id", "Export it again"),
    ('{"context.trace_id": ""}', "line 1: context.trace_id is empty", "Export the spans again"),
    ('{"results": {"results": [{"promptIdx": 0, "vars": {}}]}}', "result 1: neither vars nor the prompt says",
     "Write the results again"),
    ('{"eval": {"task": "t"}, "status": "success"}', "holds no samples, only the head", "inspect log dump"),
    ('{"eval": {"task": "t"}, "samples": [{"input": ""}]}', "sample 1: it has no input", "--log-samples"),
    ('{"resourceSpans": ' + "[" * 300 + "]" * 300 + "}", f"nested more than {MAX_DEPTH}", "Flatten it"),
])
def test_a_broken_export_is_refused_with_place_and_cure(data, place, cure):
    said = refusal(data, "t.jsonl")
    assert place in said and cure in said


@pytest.mark.parametrize("key", sorted(set(READERS) - {"csv", "jsonl", "json", "parquet"}))
def test_a_format_named_for_a_file_that_is_none_is_refused(key):
    assert len(refusal(b'{"a": 1}\n{"a": 2}\n', "t.jsonl", key)) > 40


@pytest.mark.parametrize("cut", range(0, 100, 7))
def test_a_cut_parquet_file_is_refused(cut):
    whole = fixture("plain.parquet")
    data = whole[:max(6, len(whole) * cut // 100)]
    assert "t.csv is a Parquet file that cannot be read" in refusal(data, "t.csv")
    assert "write it again" in refusal(data, "t.csv")


def test_a_parquet_file_above_the_limits_is_refused_before_its_cells_are_read(monkeypatch):
    data = parquet([{"id": str(number), "input": "x" * 1000} for number in range(500)])
    monkeypatch.setattr(parquet_file, "MAX_ROWS", 499)
    assert "t.json has more than 499 rows (500): split it" in refusal(data)
    monkeypatch.setattr(parquet_file, "MAX_ROWS", 500)
    monkeypatch.setattr(parquet_file, "MAX_CELLS_BYTES", 1_000)
    assert "holds more than 0 MB of cells" in refusal(data)


def test_a_small_parquet_file_that_grows_is_refused_while_it_is_read(monkeypatch):
    monkeypatch.setattr(parquet_file, "MAX_CELLS_BYTES", 1_000_000)
    data = parquet([{"id": str(number), "input": "x" * 10_000} for number in range(1_000)])
    assert len(data) < 100_000
    assert "MB of cells: split it into smaller files" in refusal(data)


def test_nothing_pickled_in_a_parquet_cell_is_loaded():
    row, = imported(parquet([{"id": "1", "input": pickle.dumps(print)}]))
    assert row.trace.input.startswith("gA")  # the bytes as text, in base 64


def test_a_huge_message_and_a_long_conversation_stay_whole():
    long = [{"role": "user", "content": "x" * 5_000_000}, *[{"role": "assistant", "content": "y"}] * 5_000]
    row, = imported(json.dumps({"messages": long}).encode())
    assert row.trace.messages == long


def read_or_refuse(data: bytes, format: str | None = None):
    """A correct table or a sentence; any other exception fails the test."""
    try:
        table = read_table("t.json", data, format=format)
        for row in rows(table, guess(table)):
            assert row.trace.id and row.trace.input.strip() and row.trace.content_hash
    except (DataError, UsageError) as error:
        assert len(str(error)) > 20


def places(value, path=()):
    """Every path into a nested value."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in inside:
        yield from places(part, (*path, key))


def changed(value, chance: random.Random):
    """The value with one of its parts replaced or taken away."""
    path = chance.choice(list(places(value))[1:] or [()])
    if not path:
        return deepcopy(chance.choice(ODD))
    holder = value
    for key in path[:-1]:
        holder = holder[key]
    if chance.random() < 0.75:
        holder[path[-1]] = deepcopy(chance.choice(ODD))
    else:
        del holder[path[-1]]
    return value


@given(st.sampled_from([name for name in FIXTURES if not name.endswith((".csv", ".parquet", ".xlsx", ".eval"))]),
       st.sampled_from([None, *READERS]), st.randoms(use_true_random=False))
def test_an_export_with_odd_parts_is_read_or_refused(name, format, chance: random.Random):
    text = fixture(name).decode()
    found = [json.loads(line) for line in text.splitlines()] if name.endswith(".jsonl") else [json.loads(text)]
    for _ in range(chance.randint(1, 4)):
        found[0] = changed(found[0], chance)
    read_or_refuse("\n".join(map(json.dumps, found)).encode(), format)


@given(st.sampled_from(list(FIXTURES)), st.randoms(use_true_random=False))
def test_a_file_with_odd_bytes_is_read_or_refused(name, chance: random.Random):
    data = bytearray(fixture(name))
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(data))
        data[place:place + chance.randint(0, 3)] = chance.choice(
            [b"", b'"', b"\n", b",", b"\x00", b"{", b"[", b"]", b"\xff", b"\xff\xff\xff\x7f", b"\\ud800"])
    read_or_refuse(bytes(data))
