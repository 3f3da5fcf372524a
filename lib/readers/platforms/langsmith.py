"""Reads LangSmith's runs as JSONL, JSON, CSV or Parquet: all runs of a trace are one trace.

Knows LangSmith's fields; a run is a span, and what was said of it stands in langsmith_feedback.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from lib.readers import chat
from lib.readers.cells import instant, names, text
from lib.readers.platforms import feedback, langsmith_feedback
from lib.readers.spans import spans
from lib.readers.spans.spans import Span, called, kind_of
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools import judged
from lib.records import DataError

_DROPS = "Sums of feedback, corrections, cost, events, and parameters of models."


def _recognises(content: Content) -> bool:
    return any(_is_run(row.cells) or langsmith_feedback.is_one(row.cells) for row in _rows(content)[:20])


def _is_run(cells: dict[str, Any]) -> bool:
    return "run_type" in cells and "inputs" in cells


def _read(content: Content) -> Table:
    rows = _rows(content)
    runs = list(_spans(content))
    if not runs and rows and all(langsmith_feedback.is_one(row.cells) for row in rows):
        raise DataError(f"{content.name} holds feedback and no runs. Put the export of the runs before it in one file, "
                        "a line each, and import that.")
    table = spans.table(content, "langsmith", runs, "Export runs with their inputs and outputs.")
    said, unread = langsmith_feedback.read(rows, runs)
    unread = [*unread, *feedback.attach({row.cells["id"]: row for row in table.rows}, said)]
    told = judged.declared(table.rows)
    return replace(table, columns=[*table.columns, *told.columns], labels=told.labels, verdicts=told.verdicts,
                   feedback=told.feedback, unread=(*table.unread, *unread, *told.unread))


FORMAT = Format("LangSmith runs", "run_type beside inputs", _DROPS, _recognises, _read)


def _rows(content: Content) -> list[Row]:
    """The interface answers with one object that holds the runs."""
    if len(content.rows) == 1 and isinstance(inside := content.rows[0].cells.get("runs"), list):
        beside = content.rows[0].cells.get("feedback")
        every = [*inside, *(beside if isinstance(beside, list) else [])]
        return [Row(number, cells) for number, cells in enumerate(every, 1) if isinstance(cells, dict)]
    return content.rows


def _spans(content: Content) -> Iterator[Span]:
    for row in _rows(content):
        if not langsmith_feedback.is_one(row.cells):
            yield from _with_children(row.cells, row, content.where(row))


def _with_children(cells: dict[str, Any], row: Row, where: str, trace: str = "", parent: str = "") -> Iterator[Span]:
    """A run, and the runs nested in it where the file nests them."""
    span = _span(cells, row, where, trace, parent)
    yield span
    for child in _list(cells, "child_runs"):
        yield from _with_children(child, row, where, span.trace, span.id)


def _list(cells: dict[str, Any], key: str) -> list[dict[str, Any]]:
    found = chat.opened(cells.get(key))
    return [part for part in found if isinstance(part, dict)] if isinstance(found, list) else []


def _span(cells: dict[str, Any], row: Row, where: str, trace: str, parent: str) -> Span:
    id = text(cells.get("id") or cells.get("run_id"))
    if not id:
        raise DataError(f"{where}: the run has no id. Export it again, with all fields.")
    given, told = chat.opened(cells.get("inputs")), _told(chat.opened(cells.get("outputs")))
    extra = chat.opened(cells.get("extra"))
    metadata = extra.get("metadata") if isinstance(extra, dict) else None
    about = metadata if isinstance(metadata, dict) else {}
    is_call = cells.get("run_type") == "llm" or bool(chat.conversation(given))
    return Span(
        id=id, trace=text(cells.get("trace_id")) or trace or id, line=row.line,
        parent=text(cells.get("parent_run_id")) or parent, name=text(cells.get("name")),
        start=instant(cells.get("start_time"), where), end=instant(cells.get("end_time"), where),
        input=given, output=told, messages=called(given, told) if is_call else [],
        kind=kind_of(cells.get("run_type")),
        documents=_documents(cells, told), model=text(about.get("ls_model_name")), tokens=_tokens(cells),
        error=text(cells.get("error")), system_version=text(about.get("revision_id")), tags=names(cells.get("tags")),
        facts={"session": text(about.get("session_id") or about.get("thread_id")), "metadata": {
            key: value for key, value in about.items() if not key.startswith(("ls_", "revision_id"))}})


def _told(outputs: Any) -> Any:
    """A model without turns answers with generations that hold a text alone."""
    found = outputs.get("generations") if isinstance(outputs, dict) else None
    while isinstance(found, list) and found:
        found = found[0]
    if isinstance(found, dict) and "message" not in found and isinstance(found.get("text"), str):
        return found["text"]
    return outputs


def _documents(cells: dict[str, Any], told: Any) -> tuple[str, ...]:
    if cells.get("run_type") != "retriever" or not isinstance(told, dict):
        return ()
    found = told.get("documents") or told.get("output")
    return tuple(text(part["page_content"]) for part in found if isinstance(part, dict) and part.get("page_content")
                 ) if isinstance(found, list) else ()


def _tokens(cells: dict[str, Any]) -> dict[str, int]:
    found = {"input_tokens": cells.get("prompt_tokens"), "output_tokens": cells.get("completion_tokens")}
    return {name: int(text(count)) for name, count in found.items() if text(count).isdecimal()}
