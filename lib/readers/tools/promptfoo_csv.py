"""Reads promptfoo's CSV: each prompt's answer in a row is a trace, a person's thumb a label.

Takes no verdict: a CSV writes FAIL where an assertion failed and where a grader said nothing, and PASS where nothing
was asserted, so that only results.json says what was said.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from lib.readers.cells import text
from lib.readers.files.odd_columns import OF_PROMPTFOO
from lib.readers.spans import spans
from lib.readers.table import Content, Row, Table, Unread
from lib.readers.tools.asked import answer, calls, output, question
from lib.readers.tools.judged import EXPERT, declared, label
from lib.records import DataError

_THUMB = "Manual result (overrides"  # how promptfoo begins the reason of what a person said
_ERROR = "promptfoo says ERROR; its CSV leaves out which"
_WHY = ("a CSV cannot tell a fail from a grader without a verdict: for verdicts write promptfoo eval -o results.json, "
        "or promptfoo export eval ID -o results.json, and import that")
DIMENSIONS = ("model", "prompt_label")


def recognises(content: Content) -> bool:
    """Whether a table has the columns that promptfoo puts after each prompt's answers."""
    return content.container == "csv" and bool(content.rows) and set(OF_PROMPTFOO) <= content.rows[0].cells.keys()


def read(content: Content) -> Table:
    """The traces of all prompts; what promptfoo concluded is counted and left out."""
    names = list(content.rows[0].cells)
    outputs = [names[place - 1] for place, name in enumerate(names) if place and _is_status(name)]
    rows = [row for found in content.rows for row in _rows(found, names, outputs, content.where(found))]
    said = declared(rows)
    concluded = sum(row.cells["concluded"] for row in rows)
    unread = Unread(f"conclusions of promptfoo (column {OF_PROMPTFOO[0]})", concluded, _WHY)
    return Table(content.name, "promptfoo", [*spans.FIELDS, *DIMENSIONS, *said.columns], rows, "line", DIMENSIONS,
                 unread=(unread, *said.unread) if concluded else said.unread, labels=said.labels)


def _is_status(name: str) -> bool:
    first, _, number = name.partition(" ")
    return first == OF_PROMPTFOO[0] and (not number or number.isdecimal())


def _rows(row: Row, names: list[str], outputs: list[str], where: str) -> Iterator[Row]:
    values = {name: row.cells[name] for name in names[:names.index(outputs[0])] if row.cells[name]} if outputs else {}
    about = {"description": values.pop("Description")} if "Description" in values else {}
    asked, others = question(values)
    for column in outputs:
        made = _row(row, names, column, asked if values else _prompt(column)[1], others, about)
        if not made.cells["input"].strip():
            raise DataError(f"{where}: none of its variables says what was asked. Write promptfoo eval -o "
                            "results.json instead, which keeps the prompts.")
        yield made


def _row(row: Row, names: list[str], column: str, asked: str, others: dict[str, Any], about: dict[str, Any]) -> Row:
    after = names[names.index(column) + 1:]
    block = {name.rstrip(" 0123456789"): row.cells[name] for name in reversed(after[:_until(after)])}
    status, reason, comment = block["Status"], block.get("Grader Reason", ""), block.get("Comment", "")
    error = _ERROR if status == "ERROR" else ""
    told = answer(row.cells[column])
    model, prompt = _prompt(column)
    thumb = reason.startswith(_THUMB)
    made = label(status if thumb else None, comment)
    context = {"vars": others, "error": error, **about}
    return Row(row.line, {
        "id": _id(column, asked, others, row.cells[column]), "input": asked, "output": output(told, error),
        "messages": [{"role": "user", "content": asked}, *told] if calls(told) else None,
        "context": {name: value for name, value in context.items() if value}, "system_version": None,
        "created_at": None, "model": model, "prompt_label": prompt, "people": {EXPERT: made} if made else {},
        "concluded": int(bool(status) and not error and not thumb)})


def _id(*parts: Any) -> str:
    """The file has none: what was asked, by which prompt, and the answer; a repetition with the same answer is one."""
    return "promptfoo-" + hashlib.sha256("\0".join(map(text, parts)).encode()).hexdigest()[:20]


def _until(after: list[str]) -> int:
    """How many of the columns after an answer belong to it: up to the next prompt's answer."""
    later = [place for place, name in enumerate(after) if place and _is_status(name)]
    return later[0] - 1 if later else len(after)


def _prompt(column: str) -> tuple[str, str]:
    """(provider, prompt) out of a column's name: [provider] prompt."""
    provider, bracket, prompt = column.removeprefix("[").partition("] ")
    return (text(provider), prompt) if bracket and column.startswith("[") else ("", column)
