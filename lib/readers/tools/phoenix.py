"""Reads spans out of Arize Phoenix: its dataframe as Parquet, CSV or JSONL, or the JSON of its interface.

Knows Phoenix's columns; what attributes mean stands in semantics.
"""

from collections.abc import Iterator
from typing import Any

from lib.readers.cells import instant, text
from lib.readers.chats import chat
from lib.readers.spans import spans
from lib.readers.spans.semantics import flat, meaning
from lib.readers.spans.spans import Span
from lib.readers.table import Content, Format, Row, Table
from lib.records import DataError

_DROPS = ("Calls beside a trace's longest conversation, annotations, embeddings, definitions of tools, and spans that "
          "say nothing of what was asked or answered.")


def _recognises(content: Content) -> bool:
    return any("context.trace_id" in cells or {"trace_id", "span_id"} <= _context(cells).keys()
               for cells in (row.cells for row in _rows(content)[:20]))


def _read(content: Content) -> Table:
    return spans.table(content, "phoenix", _spans(content), "Export spans with their attributes.")


FORMAT = Format("Arize Phoenix spans", "context.trace_id beside context.span_id", _DROPS, _recognises, _read)


def _rows(content: Content) -> list[Row]:
    """The interface answers with one object that holds the spans as its data."""
    if len(content.rows) == 1 and isinstance(inside := content.rows[0].cells.get("data"), list):
        return [Row(number, cells) for number, cells in enumerate(inside, 1) if isinstance(cells, dict)]
    return content.rows


def _context(cells: dict[str, Any]) -> dict[str, Any]:
    found = cells.get("context")
    return found if isinstance(found, dict) else {}


def _spans(content: Content) -> Iterator[Span]:
    for row in _rows(content):
        yield _span(row, content.where(row))


def _span(row: Row, where: str) -> Span:
    cells = flat({key: chat.opened(value) if key in ("context", "attributes") else value
                  for key, value in row.cells.items() if value not in (None, "")})
    trace = text(cells.get("context.trace_id"))
    if not trace:
        raise DataError(f"{where}: context.trace_id is empty, so its trace is unknown. Export the spans again.")
    attributes = {key.removeprefix("attributes."): value for key, value in cells.items()
                  if key.startswith("attributes.")}
    error = text(cells.get("status_message")) or "error"
    return Span(
        id=text(cells.get("context.span_id")), trace=trace, line=row.line, parent=text(cells.get("parent_id")),
        name=text(cells.get("name")), start=instant(cells.get("start_time"), where),
        end=instant(cells.get("end_time"), where), error=error if cells.get("status_code") == "ERROR" else "",
        **meaning(_whole(attributes)))


def _whole(attributes: dict[str, Any]) -> dict[str, Any]:
    """Metadata is one object, whose keys were flattened with all others."""
    inside = {key.removeprefix("metadata."): value for key, value in attributes.items() if key.startswith("metadata.")}
    return {**attributes, "metadata": inside} if inside else attributes
