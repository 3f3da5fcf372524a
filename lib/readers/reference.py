"""Reference files as sections to be looked up: a text by its headings or paragraphs, a table by its rows.

Bytes in, (title, body) pairs out; knows nothing of traces, SQL or screens.
"""

import re
from collections.abc import Iterator
from pathlib import PurePath

from lib.readers.cells import text as as_text
from lib.readers.content import refuse_binary, unpack
from lib.readers.files import csv_file, json_file, jsonl_file, parquet_file
from lib.readers.table import Row, Table, decode
from lib.records import DataError

Section = tuple[str, str]

TEXTS = (".md", ".markdown", ".txt")
TABLES = (".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet")
MAX_BYTES = 20_000_000
MAX_SECTIONS = 100_000
MAX_BODY = 20_000  # characters: a longer section is cut into parts, each found by itself
MAX_TITLE = 120
_FORMATS = {"csv": csv_file.FORMAT, "json": json_file.FORMAT, "jsonl": jsonl_file.FORMAT,
            "parquet": parquet_file.FORMAT}
_TITLES = ("title", "name", "id", "key", "code", "topic", "question", "term")  # the first that a table has
_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_BLANK = re.compile(r"\n[ \t]*\n")


def sections(name: str, data: bytes, encoding: str | None = None) -> list[Section]:
    """The sections of a file, told apart by the ending of its name; every refusal is a DataError with the cure."""
    ending = PurePath(name).suffix.lower()
    if len(data) > MAX_BYTES:
        raise DataError(f"{name} is larger than {MAX_BYTES // 1_000_000} MB: split it into smaller files.")
    refuse_binary(name, data)
    if ending not in (*TEXTS, *TABLES):
        raise DataError(f"{name} is no text or table by its name. Reference files end in "
                        f"{', '.join((*TEXTS, *TABLES))}.")
    found = [part for whole in (_of_text if ending in TEXTS else _of_table)(name, data, encoding)
             for part in _cut(*whole)]
    if not found:
        raise DataError(f"{name} holds no text: there is nothing to look up in it.")
    if len(found) > MAX_SECTIONS:
        raise DataError(f"{name} has more than {MAX_SECTIONS:,} sections ({len(found):,}): "
                        "split it into smaller files.")
    return found


def _of_text(name: str, data: bytes, encoding: str | None) -> Iterator[Section]:
    text = re.sub(r"\r\n?", "\n", decode(name, data, encoding))
    parts = list(_by_heading(text.split("\n")))
    if any(path for path, _ in parts):
        for path, lines in parts:
            body = "\n".join(lines).strip("\n")
            if body.strip():
                yield _short(" › ".join(path) or body), body
    else:
        yield from ((_short(part), part.strip("\n")) for part in _BLANK.split(text) if part.strip())


def _by_heading(lines: list[str]) -> Iterator[tuple[list[str], list[str]]]:
    """(the headings above, the lines below them), as long as the text goes; code blocks hold no headings."""
    path: dict[int, str] = {}
    gathered: list[str] = []
    fence = ""
    for number, line in enumerate(lines):
        mark = _FENCE.match(line)
        level, title = (0, "") if fence or mark else _heading(lines, number)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if not level:
            gathered.append(line)
            continue
        if title is None:  # the line under a heading: the heading itself was taken for text
            title = gathered.pop()
        yield list(path.values()), gathered
        path = {above: text for above, text in path.items() if above < level} | {level: title.strip()}
        gathered = []
    yield list(path.values()), gathered


def _heading(lines: list[str], number: int) -> tuple[int, str | None]:
    """The level of a heading and its text: None where the line above holds it; (0, "") for any other line."""
    if mark := _HEADING.match(lines[number]):
        return len(mark[1]), mark[2] or ""
    mark = _UNDERLINE.match(lines[number])
    alone = number > 0 and lines[number - 1].strip() and (number == 1 or not lines[number - 2].strip())
    if mark and alone and not _UNDERLINE.match(lines[number - 1]) and not _HEADING.match(lines[number - 1]):
        return (1 if mark[1][0] == "=" else 2), None
    return 0, ""


def _of_table(name: str, data: bytes, encoding: str | None) -> Iterator[Section]:
    content = unpack(name, data, encoding)
    table = _FORMATS[content.container].read(content)
    columns = list(dict.fromkeys(column for row in table.rows for column in row.cells))
    lower = {column.strip().lower(): column for column in reversed(columns)}
    title = next((lower[word] for word in _TITLES if word in lower), columns[0] if columns else "")
    return (_row(table, row, title) for row in table.rows)


def _row(table: Table, row: Row, title: str) -> Section:
    cells = {column: as_text(cell) for column, cell in row.cells.items()}
    body = "\n".join(f"{column}: {cell}" for column, cell in cells.items() if cell.strip())
    return _short(cells.get(title, "")) or table.place(row.line), body


def _cut(title: str, body: str) -> Iterator[Section]:
    """A body of bearable length whole; a longer one in numbered parts, cut at a line's or word's end if there is one.

    An empty body is nothing to look up.
    """
    number, rest = 1, body if body.strip() else ""
    while rest:
        end = len(rest) if len(rest) <= MAX_BODY else next(
            (at for end in ("\n", " ") if (at := rest.rfind(end, MAX_BODY // 2, MAX_BODY)) > 0), MAX_BODY)
        yield title if number == 1 else f"{title} ({number})", rest[:end]
        number, rest = number + 1, rest[end:].lstrip("\n ")


def _short(text: str) -> str:
    words = " ".join(text[:4 * MAX_TITLE].split())
    return words if len(words) <= MAX_TITLE else f"{words[:MAX_TITLE - 1]}…"
