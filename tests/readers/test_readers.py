"""Files become tables of cells: by content, whatever the name says, and cell by cell as they were written."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers import read_table, recognise
from lib.readers.files.json_file import MAX_DEPTH
from lib.records import DataError
from lib.writers import write

IDS = ["0012", "12345678901234567890", "NA", "None", "null", "1e5", "1E5", " 7 ", "-0", "+3", "0x1F", "TRUE", "٣",
       "\u200b"]
any_text = st.text(st.characters(exclude_categories=["Cs"]))


def cells(data: bytes | str, name: str = "t.csv", encoding: str | None = None) -> list[dict]:
    data = data if isinstance(data, bytes) else data.encode()
    return [row.cells for row in read_table(name, data, encoding).rows]


def table_of(name: str, data: str):
    return read_table(name, data.encode())


@pytest.mark.parametrize(("key", "data"), [
    ("csv", "id,input\n1,hello\n"), ("jsonl", '{"id": "1", "input": "hello"}\n'),
    ("json", '[{"id": "1", "input": "hello"}]')])
def test_every_plain_reader_reads_one_and_the_same_row(key, data):
    table = read_table("t", data.encode())
    assert (table.format, table.columns, [row.cells for row in table.rows]) == (
        key, ["id", "input"], [{"id": "1", "input": "hello"}])


@pytest.mark.parametrize(("name", "data", "format"), [
    ("t.csv", '[{"a": 1}]', "json"),
    ("t.txt", '\ufeff  [\n{"a": 1}]', "json"),
    ("t.json", '{"a": 1}\n{"a": 2}\n', "jsonl"),
    ("t.csv", '{"a": 1}', "jsonl"),
    ("t.ndjson", '{"a": 1}', "jsonl"),
    ("t.json", '{"rows": [{"a": 1}]}', "json"),
    ("t", '{\n"rows": [{"a": 1}]}', "json"),
    ("t.json", "a,b\n1,2\n", "csv"),
    ("t.csv", "PK,input\n1,2\n", "csv"),
    ("t.csv", "BZh,PAR1\n1,2\n", "csv"),
])
def test_the_format_is_recognised_by_content(name, data, format):
    assert recognise(name, data.encode()) == format
    assert read_table(name, data.encode()).format == format


def test_ids_of_a_csv_file_stay_byte_for_byte():
    rows = cells("id,input\n" + "".join(f"{found},x\n" for found in IDS))
    assert [row["id"] for row in rows] == IDS


def test_numbers_of_a_json_file_are_written_as_the_file_wrote_them():
    rows = cells('{"id": 12345678901234567890}\n{"id": 1e5}\n{"id": 1.50}\n{"id": 0.1000000000000000055}\n', "t.jsonl")
    assert [str(row["id"]) for row in rows] == ["12345678901234567890", "1e5", "1.50", "0.1000000000000000055"]


def test_empty_and_missing_are_told_apart_in_json():
    assert cells('{"a": "", "b": null}\n{"a": "NA"}\n', "t.jsonl") == [{"a": "", "b": None}, {"a": "NA"}]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_the_one_the_header_uses(delimiter):
    text = delimiter.join(["id", '"the, odd; \t name"', "input"]) + "\n" + delimiter.join(["1", '"a,b;c\td"', "x"])
    assert cells(text) == [{"id": "1", "the, odd; \t name": "a,b;c\td", "input": "x"}]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_its_mark_is_detected(encoding):
    assert cells("id,größe\n1,“é”\n".encode(encoding)) == [{"id": "1", "größe": "“é”"}]


def test_an_encoding_that_is_asked_for_is_used():
    assert cells("id,größe\n1,é\n".encode("latin-1"), encoding="latin-1") == [{"id": "1", "größe": "é"}]
    assert cells("id,ä\n1,é\n".encode("utf-16-be"), encoding="utf-16-be") == [{"id": "1", "ä": "é"}]


def test_a_mark_is_no_part_of_the_first_column_even_where_the_encoding_is_named():
    assert cells(b"\xef\xbb\xbfid,input\n1,x\n", encoding="utf-8") == [{"id": "1", "input": "x"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_ends_a_row_and_stays_inside_quotes(end):
    found = cells(f'id,input{end}1,"a{end}b"{end}{end}2,x')
    assert found == [{"id": "1", "input": f"a{end}b"}, {"id": "2", "input": "x"}]


@pytest.mark.parametrize("letter", ["\x00", "\x0b", "\x1c", "\x85", "\u2028", "\u202e", "\ufeff", "\u2060", "😀"])
def test_odd_letters_stay_inside_their_cell(letter):
    assert cells(f"id,input\n1,a{letter}b\n2,c\n")[0]["input"] == f"a{letter}b"
    assert cells(json.dumps({"input": f"a{letter}b"}, ensure_ascii=False), "t.jsonl")[0]["input"] == f"a{letter}b"


def test_a_lone_surrogate_becomes_a_visible_escape_wherever_it_stands():
    row, = cells(r'{"a\ud800": "b\udfff", "c": ["d\ud800", {"e": ["\ud801"]}]}', "t.jsonl")
    assert row == {"a\\ud800": "b\\udfff", "c": ["d\\ud800", {"e": ["\\ud801"]}]}
    assert cells(b"id,input\n1,\\ud800\n", encoding="unicode_escape")[0]["input"] == "\\ud800"


def test_a_paired_surrogate_is_one_letter():
    assert cells(r'{"a": "\ud83d\ude00"}', "t.jsonl") == [{"a": "😀"}]


def test_rows_know_the_line_they_start_on():
    table = table_of("t.csv", 'id,input\n1,"a\nb\nc"\n\n2,x\n')
    assert [row.line for row in table.rows] == [2, 6]
    assert table.where(table.rows[1]) == "t.csv, line 6"


def test_items_of_a_json_list_have_a_number():
    table = table_of("t.json", '[{"a": 1},\n\n{"a": 2}]')
    assert table.where(table.rows[1]) == "t.json, item 2"


def test_nested_objects_are_columns_with_dotted_paths():
    table = table_of("t.jsonl", '{"a": {"b": {"c": 1}}, "d": [{"e": 1}]}\n{"f": null}')
    assert table.columns == ["a", "a.b", "a.b.c", "d", "f"]


def test_an_object_that_holds_one_list_is_read_as_the_list():
    assert cells('{"version": 1, "rows": [{"a": 1}]}', "t.json") == [{"a": 1}]


def test_nesting_is_read_down_to_a_stated_depth():
    inside = "[" * (MAX_DEPTH - 2) + "]" * (MAX_DEPTH - 2)
    assert cells(f'{{"a": {inside}}}', "t.jsonl")[0]["a"] == json.loads(inside)


def test_a_cell_may_be_as_long_as_the_file():
    assert len(cells("id,input\n1," + "x" * 2_000_000)[0]["input"]) == 2_000_000


def test_a_hostile_file_name_is_text_in_a_message_and_no_path():
    for name in ("<script>.csv", "../../etc/passwd", "a\x00b.csv"):
        with pytest.raises(DataError, match="header but no rows") as refused:
            read_table(name, b"id,input\n")
        assert str(refused.value).startswith(name)


@given(st.lists(st.tuples(any_text, any_text), min_size=1), st.sampled_from(["csv", "jsonl"]))
def test_whatever_text_was_written_is_read_back(pairs, ending):
    rows = [{"id": left, "input": right} for left, right in pairs]
    assert cells(write(ending, rows, ["id", "input"])) == rows
