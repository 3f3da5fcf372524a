"""Files that grow: only what was appended is read, an unfinished line waits, rotation and truncation are noticed."""

import os
from dataclasses import replace

import pytest

from lib.readers.files import growing
from lib.records.marks import Mark


def new(path, mark=Mark(), format="jsonl") -> tuple[bytes, growing.Part]:
    found = growing.part(path, mark, format)
    return found.copy(path.with_name("copied")).read_bytes(), found


@pytest.fixture
def log(tmp_path):
    (tmp_path / "logs").mkdir()
    path = tmp_path / "logs" / "app.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": 2}\n')
    return path


def append(path, data: bytes) -> None:
    with path.open("ab") as file:
        file.write(data)


def test_only_appended_lines_are_read(log):
    data, first = new(log)
    assert data == b'{"a": 1}\n{"a": 2}\n' and growing.unchanged(log, first.mark)
    append(log, b'{"a": 3}\n')
    assert not growing.unchanged(log, first.mark)
    data, second = new(log, first.mark)
    assert (data, second.said, second.start) == (b'{"a": 3}\n', "", 18)
    assert growing.part(log, second.mark, "jsonl").empty


def test_half_a_line_waits_and_a_whole_object_without_a_line_break_does_not(log):
    append(log, b'{"a": ')
    data, first = new(log)
    assert data.endswith(b'{"a": 2}\n') and not growing.unchanged(log, first.mark)
    append(log, b"3}")
    assert new(log, first.mark)[0] == b'{"a": 3}'


def test_a_table_keeps_its_header_and_a_line_break_inside_quotes_ends_no_row(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes(b'id,input\n1,"a\nb"\n')
    _, first = new(path, format="csv")
    append(path, b'2,"c\n')
    assert growing.part(path, first.mark, "csv").empty
    append(path, b'd"\n3,e')
    data, second = new(path, first.mark, "csv")
    assert data == b'id,input\n2,"c\nd"\n'
    # Nobody has written to it for a while: its last row is whole.
    os.utime(path, (1_000_000, 1_000_000))
    assert new(path, second.mark, "csv")[0] == b"id,input\n3,e"


def test_a_file_that_was_cut_off_or_replaced_is_read_from_its_beginning_and_said(log):
    _, first = new(log)
    log.write_bytes(b'{"b": 1}\n')
    data, found = new(log, first.mark)
    assert data == b'{"b": 1}\n' and "shorter" in found.said
    log.write_bytes(b'{"b": 1}\n' * 9)
    data, found = new(log, first.mark)
    assert data == b'{"b": 1}\n' * 9 and "begins otherwise" in found.said


def test_a_rotated_file_is_found_beside_it(log):
    _, first = new(log)
    append(log, b'{"a": 3}\n')
    log.rename(log.with_name("app.jsonl.1"))
    log.with_name("app.jsonl.2").write_bytes(b'{"other": 1}\n{"other": 2}\n')
    log.write_bytes(b'{"a": 4}\n')
    assert growing.rest(log.parent, log.name, first.mark) == log.with_name("app.jsonl.1")
    assert growing.rest(log.parent, log.name, replace(first.mark, hash="another")) is None


def test_any_other_format_is_read_whole_each_time(tmp_path):
    path = tmp_path / "t.json"
    path.write_bytes(b'[{"a": 1}]')
    _, first = new(path, format="json")
    path.write_bytes(b'[{"a": 1}, {"a": 2}]')
    assert new(path, first.mark, "json")[0] == b'[{"a": 1}, {"a": 2}]'


def test_a_log_of_spans_in_lines_is_read_whole_too(log):
    """A trace is of several lines, and the later ones may come later."""
    _, first = new(log, format="otel")
    append(log, b'{"a": 3}\n')
    assert new(log, first.mark, "otel")[0].count(b"\n") == 3


def test_hidden_files_are_left_out(tmp_path):
    for name in ("a.jsonl", ".b.jsonl", "in/c.csv", ".hidden/d.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    assert [path.name for path in growing.files(tmp_path)] == ["a.jsonl", "c.csv"]
