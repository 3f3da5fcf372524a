"""Reference files become sections: texts by headings or paragraphs, tables by rows, all or nothing."""

import json

import pandas as pd
import pytest

from lib.readers import reference
from lib.readers.reference import MAX_BODY, sections
from lib.records import DataError

MARKDOWN = """Before all.

# Returns #
Within 30 days.

```sh
# not a heading
```
## Abroad
Ask first.
Sizes
=====
S, M, L

## Empty

# Last
end"""


def test_a_markdown_text_is_cut_at_its_headings_and_named_by_their_path():
    found = sections("shop.md", MARKDOWN.replace("Ask first.\n", "Ask first.\n\n").encode())
    assert found == [
        ("Before all.", "Before all."),
        ("Returns", "Within 30 days.\n\n```sh\n# not a heading\n```"),
        ("Returns › Abroad", "Ask first."),
        ("Sizes", "S, M, L"),
        ("Last", "end")]


def test_a_fence_is_closed_by_its_own_kind_alone():
    found = sections("a.md", b"# A\n~~~\n```\n# b\n~~~\n# C\nc")
    assert [title for title, _ in found] == ["A", "C"] and "# b" in found[0][1]


def test_a_text_without_headings_is_cut_at_its_paragraphs():
    found = sections("a.txt", b"First one,\r\ntwo lines.\r\n \r\n\r\nSecond " + b"x" * 300)
    assert found[0] == ("First one, two lines.", "First one,\ntwo lines.")
    assert found[1][0].startswith("Second xxx") and len(found[1][0]) == 120 and found[1][0].endswith("…")


def test_a_section_too_long_to_show_is_cut_into_parts_and_loses_nothing():
    text = "word " * 10_000
    found = sections("a.md", f"# Long\n{text}".encode())
    assert [title for title, _ in found] == ["Long", "Long (2)", "Long (3)"]
    assert all(len(body) <= MAX_BODY for _, body in found)
    assert " ".join(body.strip() for _, body in found).split() == text.split()


ROWS = [{"price": "3", "Name": "Tea", "note": ""}, {"price": "0012", "Name": "", "note": "a, b"}]
TEA, SECOND = ("Tea", "price: 3\nName: Tea"), "price: 0012\nnote: a, b"


@pytest.mark.parametrize(("name", "data", "place"), [
    ("t.csv", b'price,Name,note\n3,Tea,\n0012,,"a, b"\n', "line 3"),
    ("t.tsv", b'price\tName\tnote\n3\tTea\t\n0012\t\ta, b\n', "line 3"),
    ("t.json", json.dumps(ROWS).encode(), "item 2"),
    ("t.jsonl", "\n".join(map(json.dumps, ROWS)).encode(), "line 2"),
    ("T.PARQUET", pd.DataFrame(ROWS).to_parquet(), "row 2")])
def test_a_row_of_a_table_is_a_section_whatever_holds_it(name, data, place):
    assert sections(name, data) == [TEA, (place, SECOND)]


def test_without_a_telling_column_the_first_one_names_the_row_and_nested_values_are_json():
    assert sections("t.jsonl", b'{"sku": "A1", "sizes": {"s": [1, 2]}}') == [
        ("A1", 'sku: A1\nsizes: {"s": [1, 2]}')]


@pytest.mark.parametrize(("name", "data", "says"), [
    ("t.csv", b"a,b\n1\n", "t.csv, line 2: 1 cell where the header has 2"),
    ("t.jsonl", b'{"a": 1}\n{"a": ', "t.jsonl, line 2, column"),
    ("t.csv", b"a,b\n1,\xff\n", "t.csv, line 2, byte 3.*latin-1"),
    ("t.md", b"caf\xe9", "t.md, line 1, byte 4.*latin-1"),
    ("t.xlsx", b"PK\x03\x04rest", "is a zip archive or an Excel file"),
    ("t.txt", b"PK\x03\x04rest", "is a zip archive or an Excel file"),
    ("t.md", b"%PDF-1.7", "is a PDF"),
    ("t.docx", b"text", r"no text or table by its name.*\.md"),
    ("t.txt", b" \n ", "holds no text"),
    ("t.csv", b"a\n\n", "no rows")])
def test_what_cannot_be_used_is_refused_with_place_and_cure(name, data, says):
    with pytest.raises(DataError, match=says):
        sections(name, data)


def test_another_encoding_can_be_named():
    assert sections("t.txt", b"caf\xe9", "latin-1") == [("café", "café")]


def test_the_limits_are_said(monkeypatch):
    with pytest.raises(DataError, match="larger than 20 MB"):
        sections("t.txt", b"x" * 20_000_001)
    monkeypatch.setattr(reference, "MAX_SECTIONS", 2)
    with pytest.raises(DataError, match=r"more than 2 sections \(3\): split"):
        sections("t.txt", b"a\n\nb\n\nc")
