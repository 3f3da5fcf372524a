"""Reads spans out of Arize Phoenix: its dataframe as Parquet, CSV or JSON, or what its interface answers.

Knows Phoenix's columns; how its files nest stands in phoenix_files, what attributes mean in semantics.
"""

from dataclasses import replace
from typing import Any

from lib.readers import chat
from lib.readers.cells import instant, text
from lib.readers.spans import spans
from lib.readers.spans.semantics import flat, meaning
from lib.readers.spans.spans import Span
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools import phoenix_annotations, phoenix_files
from lib.readers.tools.judged import declared
from lib.records import DataError

_DROPS = ("Calls beside a trace's longest conversation, embeddings, definitions of tools, and spans that "
          "say nothing of what was asked or answered.")


def _recognises(content: Content) -> bool:
    return any("context.trace_id" in cells or {"trace_id", "span_id"} <= _context(cells).keys()
               for cells in (row.cells for row in phoenix_files.spans(content, most=20)))


def _read(content: Content) -> Table:
    rows = phoenix_files.spans(content)
    made = (_span(row, content.where(row)) for row in rows)
    table = spans.table(content, "phoenix", made, "Export spans with their attributes.")
    noted = _annotated(rows)
    with_words = [Row(row.line, {**row.cells, **phoenix_annotations.said(noted.get(row.cells["id"], ()))})
                  for row in table.rows]
    unsure, said = phoenix_annotations.unsure(with_words), declared(with_words)
    return replace(table, rows=with_words, columns=[*table.columns, *said.columns], labels=said.labels,
                   verdicts=said.verdicts, feedback=said.feedback,
                   unread=(*table.unread, *phoenix_files.unread(content, rows), *unsure, *said.unread))


FORMAT = Format("Arize Phoenix spans", "context.trace_id beside context.span_id", _DROPS, _recognises, _read)


def _context(cells: dict[str, Any]) -> dict[str, Any]:
    found = cells.get("context")
    return found if isinstance(found, dict) else {}


def _annotated(rows: list[Row]) -> dict[str, list[dict[str, Any]]]:
    """Each trace's annotations, whichever of its spans carries them."""
    made: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found = chat.opened(row.cells.get("annotations"))
        trace = row.cells.get("context.trace_id") or _context(row.cells).get("trace_id")
        kept = [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []
        made.setdefault(text(trace), []).extend(kept)
    return made


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
