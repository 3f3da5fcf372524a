"""The spans of Phoenix out of every form it writes them in: its dataframe, its interface, and its command line.

Knows how these files nest and print; what a span means stands in phoenix and in semantics.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lib.readers import python_text
from lib.readers.cells import text
from lib.readers.outcomes import as_number
from lib.readers.table import Content, Row, Unread

_VALUE = ("stringValue", "string_value", "intValue", "int_value", "doubleValue", "double_value", "boolValue",
          "bool_value", "bytesValue", "bytes_value")
_MESSAGES = ("attributes.llm.input_messages", "attributes.llm.output_messages", "attributes.retrieval.documents")
# Columns of lists and objects, which a CSV holds as Python prints them; texts inside them stay texts.
_PRINTED = (*_MESSAGES, "attributes.metadata", "attributes.tag.tags")

Found = dict[str, Any]


def spans(content: Content, most: int | None = None) -> list[Row]:
    """Each span as a row; `most` looks at the first rows only, to recognise a file."""
    found: Any = content.rows[:most]
    if len(content.rows) == 1:
        cells = content.rows[0].cells
        inside = cells.get("data")
        if isinstance(inside, list):
            found = [Row(number, part) for number, part in enumerate(inside[:most], 1) if isinstance(part, dict)]
        elif isinstance(cells.get("context.trace_id"), dict):
            found = _columns(cells)
    rows = [Row(row.line, cells) for row in found for cells in _of_a_trace(row.cells)]
    return [Row(row.line, _plain(row.cells)) for row in rows]


def unread(content: Content, rows: list[Row]) -> list[Unread]:
    """Pages that were not fetched, and cells that hold a conversation nobody can read."""
    pages = len(content.rows) == 1 and bool(content.rows[0].cells.get("next_cursor"))
    made = [Unread("further pages of spans", 1, "the interface said next_cursor: fetch the pages after this one too, "
                   "or all at once with a higher limit")] if pages else []
    printed = Counter(key for row in rows for key in _MESSAGES
                      if isinstance(row.cells.get(key), str) and row.cells[key].strip())
    return made + [Unread(f"cells of column '{key}'", n, "they are neither JSON nor as Python prints a list: export "
                          "with df.to_json(FILE, orient='records', lines=True)") for key, n in printed.items()]


def _columns(cells: Found) -> Iterator[Row]:
    """A dataframe as pandas writes it to JSON without being asked: each column with its cells by span."""
    for number, key in enumerate(cells["context.trace_id"], 1):
        span = {name: column[key] for name, column in cells.items() if isinstance(column, dict) and key in column}
        yield Row(number, {"context.span_id": key, **span})


def _of_a_trace(cells: Found) -> Iterator[Found]:
    """The command line writes traces with their spans inside, and what was said of the trace beside them."""
    inside = cells.get("spans")
    if "traceId" not in cells or not isinstance(inside, list):
        yield cells
        return
    found = [part for part in inside if isinstance(part, dict)]
    for number, part in enumerate(found):
        more = [annotation for key in ("annotations", "notes") for annotation in cells.get(key) or []] if number == 0 \
            else []
        own = part.get("annotations")
        yield {**part, "annotations": [*(own if isinstance(own, list) else []), *more]}


def _plain(cells: Found) -> Found:
    """A span with the names of the dataframe, whoever wrote it."""
    if isinstance(cells.get("attributes"), list) and "trace_id" in cells:
        cells = _otlp(cells)
    made = {}
    for key, value in cells.items():
        made[key] = python_text.opened(value) if key in _PRINTED else _tokens(value, key)
    return made


def _tokens(value: Any, key: str) -> Any:
    """Counts of tokens, which a dataframe with gaps keeps as 16.0."""
    if key == "attributes" and isinstance(value, dict):
        return {name: _tokens(part, name) for name, part in value.items()}
    return _whole(value, key)


def _whole(value: Any, key: str) -> Any:
    number = as_number(text(value)) if "token_count" in key and not isinstance(value, (dict, list)) else None
    return int(number) if number is not None and number == int(number) else value


def _otlp(cells: Found) -> Found:
    status = cells["status"] if isinstance(cells.get("status"), dict) else {}
    failed = status.get("code") in (2, "STATUS_CODE_ERROR", "ERROR")
    return {
        "name": cells.get("name"), "context.span_id": cells.get("span_id"), "context.trace_id": cells["trace_id"],
        "parent_id": cells.get("parent_span_id"), "start_time": cells.get("start_time_unix_nano"),
        "end_time": cells.get("end_time_unix_nano"), "status_code": "ERROR" if failed else "OK",
        "status_message": status.get("message"), "annotations": cells.get("annotations"),
        **{f"attributes.{key}": value for key, value in _attributes(cells["attributes"]).items()}}


def _attributes(found: list[Any]) -> Found:
    return {text(pair.get("key")): _value(pair.get("value")) for pair in found if isinstance(pair, dict)}


def _value(found: Any) -> Any:
    """One value of OTLP; Phoenix writes every type's key, all but one of them null."""
    if not isinstance(found, dict):
        return found
    for key in ("array_value", "kvlist_value"):
        inside = found.get(key)
        values = inside.get("values") if isinstance(inside, dict) else None
        if isinstance(values, list):
            return [_value(part) for part in values] if key == "array_value" else _attributes(values)
    return next((found[key] for key in _VALUE if found.get(key) is not None), None)
