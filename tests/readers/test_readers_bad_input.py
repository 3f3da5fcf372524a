"""A file that cannot be read exactly is refused whole, with file, place and cure; never another exception."""

import gzip
import io
import json
import pickle
import random
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers import guess, read_table
from lib.readers.mapping import rows
from lib.records import DataError, UsageError


def refusal(data: bytes | str, name: str = "t.csv", encoding: str | None = None) -> str:
    with pytest.raises(DataError) as refused:
        read_table(name, data if isinstance(data, bytes) else data.encode(), encoding)
    return str(refused.value)


def zipped() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<x/>")
    return out.getvalue()


class Trap:
    """Unpickling it would raise, and so fail the test."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


@pytest.mark.parametrize(("data", "place", "cure"), [
    ("id,input\n1,a\n2\n", "t.csv, line 3: 1 cell where the header has 2", "Put quotes around"),
    ("id,input\n1,a,b\n", "t.csv, line 2: 3 cells where the header has 2", "Put quotes around"),
    ('id,input\n1,"a"b\n', "t.csv, line 2: the quotes do not fit", "Double every quote"),
    ('id,input\n1,a\n2,"open\n3,c\n', "t.csv, line 3: a quote is opened here", "Close it"),
    ('"id,input\n1,a\n', "t.csv, line 1: a quote is opened here", "Close it"),
    ("id,input,id\n1,a,2\n", "t.csv, line 1, column 3: the name 'id' stands twice", "a name of its own"),
    ("id,,input\n1,a,b\n", "t.csv, line 1, column 2: this column has no name", "Name it"),
    ("\nid,input\n1,a\n", "t.csv, line 1: the line is empty where the header", "Put the column names there"),
    ("id,input\n", "t.csv has a header but no rows", "nothing to import"),
    ("", "t.csv is empty", "give a file with a header line"),
    (" \n\n", "t.csv is empty", "give a file with a header line"),
    (b"\xef\xbb\xbf", "t.csv is empty", "give a file with a header line"),
    (b"id,input\n1,caf\xe9\n", "t.csv, line 2, byte 6: this is not utf-8", "name its encoding"),
    ("id,input\n1,a\n".encode("utf-16-le"), "t.csv, line 1, byte 1: this looks like UTF-16", "utf-16-le"),
    (b"\xff\xfei\x00d\x00,", "t.csv, line 1, byte 7: this is not utf-16", "Save the file as UTF-8"),
])
def test_a_bad_csv_file_is_refused_with_place_and_cure(data, place, cure):
    assert place in refusal(data) and cure in refusal(data)


@pytest.mark.parametrize(("data", "place", "cure"), [
    ('{"a": 1}\n{"a": \n', "t.jsonl, line 2, column 7: this is not valid JSON", "Correct it"),
    ('{"a": 1}\n{"a": 2', "t.jsonl, line 2, column 8: this is not valid JSON", "Correct it"),
    ('{"a": 1}\n[1]\n', "t.jsonl, line 2: expected one JSON object", "on each line"),
    ('{"a": 1}\n{"a": Infinity}\n', "t.jsonl, line 2: Infinity is not a JSON value", "Write null"),
    ('{"a": -Infinity}\n', "t.jsonl, line 1: -Infinity is not a JSON value", "Write null"),
    ('{"a": 1e999}\n', "t.jsonl, line 1: the number 1e999 is too large", "Put it in quotes"),
    ('{"a": {"b": 1, "b": 2}}\n', "t.jsonl, line 1: the key 'b' stands twice", "Rename one"),
    ('{"a": ' + "[" * 200 + "]" * 200 + "}\n", "t.jsonl, line 1: the JSON is nested more than 100", "Flatten it"),
    ('{"a": ' * 5_000 + "1" + "}" * 5_000, "t.jsonl, line 1: the JSON is nested more than 100", "Flatten it"),
    ('{"a": ' + "9" * 5_000 + "}", "t.jsonl, line 1: ", "limit"),
])
def test_a_bad_jsonl_file_is_refused_with_place_and_cure(data, place, cure):
    assert place in refusal(data, "t.jsonl") and cure in refusal(data, "t.jsonl")


@pytest.mark.parametrize(("data", "place", "cure"), [
    ('[{"a": 1},\n {"a": }]', "t.json, line 2, column 8: this is not valid JSON", "Correct it"),
    ('[{"a": 1}, 2]', "t.json, item 2: expected an object", "found a number"),
    ("[]", "t.json holds no rows", "nothing to import"),
    ('{"a": [], "b": []}', "t.json: expected a list of objects", "Put the traces into one list"),
    ('{"a": 1}', "t.json: expected a list of objects", "Put the traces into one list"),
    ("[" * 100_000, "t.json: the JSON is nested more than 100", "Flatten it"),
])
def test_a_bad_json_file_is_refused_with_place_and_cure(data, place, cure):
    assert place in refusal(data, "t.json") and cure in refusal(data, "t.json")


@pytest.mark.parametrize(("data", "kind"), [
    (zipped(), "a zip archive or an Excel file"),
    (gzip.compress(b"id,input\n1,a\n", mtime=0), "a gzip archive"),
    *[(pickle.dumps(Trap(), protocol), "a pickle") for protocol in (2, 3, 4, 5)],
    (b"SQLite format 3\x00", "a SQLite database"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file"),
    (b"%PDF-1.7\n", "a PDF"),
])
def test_what_is_no_text_is_refused_by_content_and_never_unpacked(data, kind):
    said = refusal(data, "<script>.csv")
    assert said.startswith(f"<script>.csv is {kind}") and "Save the table as CSV" in said


def test_an_unknown_encoding_is_named_with_those_there_are():
    assert "no encoding called 'klingon'. Common ones" in refusal("id\n1\n", encoding="klingon")


@pytest.mark.parametrize("encoding", ["hex", "rot13", "undefined", "a\x00b", "", "idna", "punycode", "utf-7"])
def test_an_odd_encoding_reads_or_refuses_and_never_crashes(encoding):
    try:
        read_table("t.csv", b"id,input\n1,+\xff\n", encoding)
    except DataError as error:
        assert "encoding" in str(error) or "Save the file as UTF-8" in str(error)


def test_a_file_above_the_limit_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr("lib.readers.content.MAX_BYTES", 10)
    assert "split it into smaller files" in refusal("id,input\n1,a\n")


@pytest.mark.parametrize(("name", "data"), [("t.csv", "a\n1\n2\n3\n"), ("t.jsonl", '{"a":1}\n{"a":2}\n{"a":3}\n'),
                                            ("t.json", '[{"a":1},{"a":2},{"a":3}]')])
def test_too_many_rows_are_refused_in_every_format(name, data, monkeypatch):
    for module in ("csv_file", "jsonl_file", "json_file"):
        monkeypatch.setattr(f"lib.readers.files.{module}.MAX_ROWS", 2)
    assert "more than 2 rows: split it" in refusal(data, name)


def read_or_refuse(name: str, data: bytes):
    """The imported rows, or None where the file was refused; any other exception fails the test."""
    try:
        table = read_table(name, data)
        return rows(table, guess(table))
    except (DataError, UsageError) as error:
        assert len(str(error)) > 20
        return None


CSV_FILE = b'id,input,output,outcome,critique\n0012,"a, ""b""",x,pass,fine\n1e5,c,"d\ne",fail,"no, \'why"\n'
JSONL_FILE = "".join(
    json.dumps({"id": number, "messages": [{"role": "user", "content": text}], "outcome": "pass"}) + "\n"
    for number, text in [(1, "é\x00"), (2.50, "b"), ("NA", "c")]).encode()
KEYS = ("id", "input", "output", "messages", "context", "role", "content", "outcome", "critique", "")


@given(st.binary(max_size=60), st.sampled_from(["t.csv", "t.jsonl", "t.json"]))
def test_any_bytes_are_read_or_refused(data, name):
    read_or_refuse(name, data)


@given(st.sampled_from([("t.csv", CSV_FILE), ("t.jsonl", JSONL_FILE)]), st.randoms(use_true_random=False))
def test_a_mutated_file_is_read_or_refused(file, chance: random.Random):
    name, data = file
    changed = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        place = chance.randrange(len(changed))
        changed[place:place + chance.randint(0, 3)] = chance.choice(
            [b"", b'"', b"\n", b"\r", b",", b";", b"\x00", b"{", b"[", b"\xff", b"NaN", b"\\ud800", b"1e999"])
    read_or_refuse(name, bytes(changed))


@given(st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12))
def test_any_json_value_is_read_or_refused(value):
    read_or_refuse("t.json", json.dumps([value]).encode())
    read_or_refuse("t.jsonl", json.dumps(value).encode())
