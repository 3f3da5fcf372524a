"""LangSmith's feedback: what people gave in its pages is labels, what evaluators gave is verdicts.

Knows the fields of a piece of feedback and of the sums kept beside a run; knows nothing of spans.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.outcomes import text_of
from lib.readers.platforms.feedback import DOUBT, MACHINE, PERSON, UNSURE, Said
from lib.readers.spans.spans import Span
from lib.readers.table import Row, Unread
from lib.readers.tools import judged

_SOURCES = {"app": PERSON, "model": MACHINE, "auto_eval": MACHINE, "api": MACHINE}
_LISTED = "Add what client.list_feedback(run_ids=[…]) gives, a line each, behind the runs"


def is_one(cells: dict[str, Any]) -> bool:
    """Whether a row is a piece of feedback."""
    return {"key", "run_id", "feedback_source"} <= cells.keys() and "run_type" not in cells


def read(rows: Iterable[Row], runs: list[Span]) -> tuple[list[Said], list[Unread]]:
    """(all feedback, what was not taken)."""
    by_id = {run.id: run for run in runs}
    every = [(cells, run) for row in rows for cells, run in _every(row.cells)]
    listed = {run for _, run in every}
    sums: Counter[str] = Counter()
    for row in rows:
        for cells in _runs(row.cells):
            if text(cells.get("id") or cells.get("run_id")) not in listed:
                sums.update(_object(cells.get("feedback_stats")).keys())
    said = [_said(cells, by_id.get(run), run) for cells, run in every]
    corrections = sum(bool(cells.get("correction")) for cells, _ in every)
    unread = [Unread(f"sums of feedback '{name}'", n, f"a sum does not say who gave what. {_LISTED}")
              for name, n in sums.items()]
    return said, [*unread, *([Unread("corrections", corrections)] if corrections else [])]


def _every(cells: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """(feedback, the id of its run), from a row of its own or from inside a run."""
    if is_one(cells):
        yield cells, text(cells.get("run_id") or cells.get("trace_id"))
        return
    for run in _runs(cells):
        for one in _list(run.get("feedback")):
            yield one, text(one.get("run_id") or run.get("id") or run.get("run_id"))


def _runs(cells: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield cells
    for child in _list(cells.get("child_runs")):
        yield from _runs(child)


def _list(found: Any) -> list[dict[str, Any]]:
    opened = chat.opened(found)
    return [part for part in opened if isinstance(part, dict)] if isinstance(opened, list) else []


def _object(found: Any) -> dict[str, Any]:
    opened = chat.opened(found)
    return opened if isinstance(opened, dict) else {}


def _said(cells: dict[str, Any], run: Span | None, id: str) -> Said:
    source = _object(cells.get("feedback_source"))
    kind = _SOURCES.get(text(source.get("type")), UNSURE)
    about = _object(source.get("metadata"))
    by = source.get("user_name") or source.get("user_id") if kind == PERSON else about.get("model")
    name = text(cells.get("key")) or "feedback"
    if run and run.parent and run.id != run.trace:
        name = f"{name} ({run.name or 'a step'})"
    failed = bool(cells.get("error") or _object(cells.get("extra")).get("error"))
    return Said(run.trace if run else text(cells.get("trace_id")) or id, name, _value(cells), kind, text(by),
                text(cells.get("comment")), text(cells.get("created_at")), "evaluator error" if failed else "",
                DOUBT if text(source.get("type")) == "api" else "")


def _value(cells: dict[str, Any]) -> Any:
    """A category has a name beside its number; only where the name says nothing of pass or fail the number counts."""
    word, number = chat.opened(cells.get("value")), cells.get("score")
    return judged.outcome_of(word if text_of(word) else None, number)

