"""Reads MLflow's traces: search_traces as JSON, JSONL, CSV or Parquet, `mlflow traces` JSON, and Trace.to_json lines.

Knows where MLflow keeps a trace, in old versions too; spans and assessments have files of their own.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.platforms import feedback, mlflow_assessments, mlflow_spans
from lib.readers.platforms.mlflow_spans import Found
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table, Unread
from lib.readers.tools import judged
from lib.records import DataError

_DROPS = ("Parameters of models, definitions of tools, events, links and log levels of spans, users, cost, and what "
          "people or judges said in other words than pass and fail.")
_CURE = "Export whole traces, a line each: trace.to_json() of mlflow.search_traces(return_type=\"list\")."
# One of these stands beside the id in whatever form a trace was written; a table of one's own has none of them.
_SIGNS = ("trace_metadata", "request_metadata", "trace_location", "execution_duration", "execution_time_ms")
_WHOLE = {"info", "data"}
_PREVIEW = 1_000  # longer texts are cut to so many letters, of which the last three are dots


def _recognises(content: Content) -> bool:
    return any(_is_trace(cells) for _, cells in _every(content, most=20))


def _is_trace(cells: dict[str, Any]) -> bool:
    whole = cells if _WHOLE <= cells.keys() else chat.opened(cells.get("trace"))
    info = chat.opened(whole.get("info")) if isinstance(whole, dict) and _WHOLE <= whole.keys() else cells
    return isinstance(info, dict) and bool({"trace_id", "request_id"} & info.keys()) and any(
        sign in info for sign in _SIGNS)


def _every(content: Content, most: int | None = None) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each trace, also out of the answer of `mlflow traces search`, which holds them as one list."""
    for row in content.rows[:most]:
        inside = row.cells.get("traces")
        for number, cells in enumerate(inside[:most], 1) if isinstance(inside, list) else [(row.line, row.cells)]:
            if isinstance(cells, dict):
                yield Row(number, cells), cells


def _read(content: Content) -> Table:
    found = [_trace(row, f"{content.name}, {'item' if _WHOLE & row.cells.keys() else content.unit} {row.line}")
             for row, _ in _every(content)]
    table = spans.table(content, "mlflow", (span for trace in found for span in mlflow_spans.spans(trace)), _CURE)
    rows = {row.cells["id"]: row for row in table.rows}
    said, unread = mlflow_assessments.read(found, rows)
    unread = [*unread, *feedback.attach(rows, said), *_cut(found)]
    told = judged.declared(table.rows)
    return replace(table, columns=[*table.columns, *told.columns], labels=told.labels, verdicts=told.verdicts,
                   feedback=told.feedback, unread=(*table.unread, *unread, *told.unread))


FORMAT = Format("MLflow traces", "trace_id beside trace_metadata, or info beside data", _DROPS, _recognises, _read)


def _trace(row: Row, where: str) -> Found:
    """A trace out of any of its forms: a column `trace` that holds it whole goes before the columns beside it."""
    cells = {key: _opened(value) for key, value in row.cells.items()}
    whole = cells if _WHOLE <= cells.keys() else cells.get("trace")
    whole = whole if isinstance(whole, dict) and isinstance(whole.get("info"), dict) else {}
    info = {**{key: value for key, value in cells.items() if key not in ("trace", *_WHOLE)}, **whole.get("info", {})}
    data = whole.get("data") if isinstance(whole.get("data"), dict) else {}
    id = text(info.get("trace_id") or info.get("request_id"))
    if not id:
        raise DataError(f"{where}: the trace_id is empty. {_CURE}")
    return Found(id, row.line, where, info, _list(data.get("spans")) or _list(cells.get("spans")),
                 _first(data.get("request"), cells.get("request")), _first(data.get("response"), cells.get("response")))


def _opened(value: Any) -> Any:
    return chat.opened(value) if isinstance(value, str) else value


def _first(*found: Any) -> Any:
    return next((mlflow_spans.value(value) for value in found if value not in (None, "")), None)


def _list(found: Any) -> list[dict[str, Any]]:
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _cut(found: list[Found]) -> list[Unread]:
    """Without spans a trace has its previews alone, and MLflow cuts these."""
    cut = sum(len(preview := text(trace.info.get(key))) >= _PREVIEW and preview.endswith("...")
              for trace in found if not trace.spans for key in ("request_preview", "response_preview"))
    return [Unread("texts that MLflow cut to a preview", cut, _CURE)] if cut else []
