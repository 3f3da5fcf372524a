"""Reads logs of OpenAI's chat interface: fine-tuning files, request beside response, batches, stored completions.

Knows the fields of these four; a plain table with a column of messages is no log.
"""

from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, moment, text
from lib.readers.spans import spans
from lib.readers.spans.spans import called
from lib.readers.table import Content, Format, LazyRows, Row, Table
from lib.records import DataError
from lib.records.parts import ERROR

_DROPS = "Definitions of tools, parameters of the request, log probabilities, and choices after the first."
_TUNING = {"messages", "tools", "functions", "function_call", "parallel_tool_calls", "weight"}
DIMENSIONS = ("model",)


def _recognises(content: Content) -> bool:
    first = [row.cells for row in content.rows[:20]]
    return any(map(_is_log, first)) or (any(map(_is_tuning, first)) and _holds_nothing_else(content))


def _is_tuning(cells: dict[str, Any]) -> bool:
    return isinstance(cells.get("messages"), list) and cells.keys() <= _TUNING


def _holds_nothing_else(content: Content) -> bool:
    """Messages alone make a log only where they are all there is: a row with an input of its own makes it a table."""
    rows = content.rows
    columns = rows.profile.columns if isinstance(rows, LazyRows) else (key for row in rows for key in row.cells)
    return all(column.split(".")[0] in _TUNING for column in columns)


def _is_log(cells: dict[str, Any]) -> bool:
    batch = "custom_id" in cells and ("response" in cells or "body" in cells)
    pair = _choices(chat.opened(cells.get("response"))) and "request" in cells
    return bool(batch or pair or cells.get("object") == "chat.completion")


def _read(content: Content) -> Table:
    merged = _joined(content)
    rows = [_row(row, content.where(row)) for row in merged]
    if not rows:
        raise DataError(f"{content.name} holds no conversation: nothing to import.")
    dimensions = tuple(name for name in DIMENSIONS if any(row.cells[name] for row in rows))
    columns = [name for name in spans.FIELDS if name not in spans.WHERE_THERE
               and (name != "id" or all(row.cells["id"] for row in rows))]
    return Table(content.name, "openai", [*columns, *dimensions], rows, content.unit, dimensions)


FORMAT = Format("OpenAI chat log", "messages and nothing else in any row; request beside response; or custom_id beside "
                "a response", _DROPS, _recognises, _read)


def _joined(content: Content) -> list[Row]:
    """A batch keeps questions and answers in two files; put into one, its lines belong together by custom_id."""
    found: dict[Any, Row] = {}
    for row in content.rows:
        key = row.cells.get("custom_id")
        key = key if isinstance(key, str) else row.line
        first = found.setdefault(key, row)
        if first is not row:
            _refuse_double(content, first, row)
            found[key] = Row(first.line, {**first.cells, **row.cells})
    return list(found.values())


def _refuse_double(content: Content, first: Row, second: Row) -> None:
    for name in ("body", "response"):
        if name in first.cells and name in second.cells:
            raise DataError(f"{content.where(second)}: the custom_id '{second.cells['custom_id']}' stands on "
                            f"{content.unit} {first.line} too, with a {name} as well. Give each request its own.")


def _row(row: Row, where: str) -> Row:
    cells = row.cells
    request = _object(cells.get("request")) or _object(cells.get("body")) or cells
    request = _object(request.get("body")) or request
    response = _object(cells.get("response")) or (cells if "choices" in cells else {})
    response = _object(response.get("body")) or response
    messages = called(request.get("messages") or request.get("input"), _choices(response)[:1])
    given, told = ends(messages)
    if not given.strip():
        raise DataError(f"{where}: it does not hold what was asked. Where questions and answers are two files "
                        "(a batch), put both into one, one after the other, and import that.")
    failed = text((_object(response.get("error")) or _object(cells.get("error"))).get("message"))
    told = f"{ERROR} {failed}" if told is None and failed else told
    return Row(row.line, {
        "id": text(cells.get("custom_id") or cells.get("id") or response.get("id")), "input": given, "output": told,
        "messages": messages, "context": _context(response, cells, failed), "system_version": None,
        "created_at": moment(response.get("created") or cells.get("created_at"), where),
        "model": text(response.get("model") or request.get("model"))})


def _object(found: Any) -> dict[str, Any]:
    opened = chat.opened(found)
    return opened if isinstance(opened, dict) else {}


def _choices(response: Any) -> list[Any]:
    body = _object(_object(response).get("body")) or _object(response)
    found = body.get("choices")
    return found if isinstance(found, list) else []


def _context(response: dict[str, Any], cells: dict[str, Any], failed: str) -> dict[str, Any]:
    usage = _object(response.get("usage"))
    found = {"metadata": chat.opened(cells.get("metadata") or response.get("metadata")),
             "input_tokens": usage.get("prompt_tokens"), "output_tokens": usage.get("completion_tokens"),
             "error": failed}
    return {name: value for name, value in found.items() if value not in (None, "", {})}
