"""MLflow's assessments: feedback of people is labels, of judges and code verdicts; expectations go to the context.

Knows MLflow's fields; who may have said what is decided in feedback.
"""

import base64
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lib.readers import chat
from lib.readers.cells import text
from lib.readers.platforms.feedback import MACHINE, PERSON, UNSURE, Said
from lib.readers.platforms.mlflow_spans import Found
from lib.readers.table import Row, Unread

_SOURCES = {"HUMAN": PERSON, "LLM_JUDGE": MACHINE, "AI_JUDGE": MACHINE, "CODE": MACHINE}
_DEFAULT = "default"  # the source_id of whoever named none
_DOUBT = "MLflow writes CODE also where a person's feedback was logged without a source"


def read(found: Iterable[Found], rows: Mapping[str, Row]) -> tuple[list[Said], list[Unread]]:
    """(all feedback, what was not taken); expectations are written into the context of the rows."""
    said, left = [], Counter()
    for trace in found:
        every = list(_assessments(trace))
        overridden = {text(one.get("overrides")): _source(one) for one in every if one.get("overrides")}
        for one in every:
            # What a judge said stays said, also where a person has corrected it since: both are worth having.
            if one.get("valid") is False and overridden.get(text(one.get("assessment_id"))) in (None, _source(one)):
                left["feedback that its own author has replaced"] += 1
            elif isinstance(one.get("feedback"), dict):
                said.append(_said(one, trace))
            elif isinstance(one.get("expectation"), dict) and trace.id in rows:
                _expect(rows[trace.id], one)
            else:
                left["assessments that are neither feedback nor an expectation"] += 1
    return said, [*(Unread(what, n) for what, n in left.items())]


def _assessments(trace: Found) -> Iterator[dict[str, Any]]:
    found = chat.opened(trace.info.get("assessments"))
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict):
            yield one


def _object(found: Any) -> dict[str, Any]:
    return found if isinstance(found, dict) else {}


def _source(one: dict[str, Any]) -> str:
    return _SOURCES.get(text(_object(one.get("source")).get("source_type")), UNSURE)


def _by(one: dict[str, Any]) -> str:
    found = text(_object(one.get("source")).get("source_id"))
    return "" if found == _DEFAULT else found


def _said(one: dict[str, Any], trace: Found) -> Said:
    feedback = one["feedback"]
    failed = feedback.get("error") or one.get("error")
    why = text(failed.get("error_message")) if isinstance(failed, dict) else ""
    error = (text(failed.get("error_code")) or "error") if isinstance(failed, dict) else text(failed)
    unnamed = text(_object(one.get("source")).get("source_type")) == "CODE" and not _by(one)
    return Said(trace.id, _name(one, trace), chat.opened(feedback.get("value")), _source(one), _by(one),
                text(one.get("rationale")) or why, text(one.get("create_time")), error, _DOUBT if unnamed else "")


def _name(one: dict[str, Any], trace: Found) -> str:
    """Feedback on one span of a trace is called by that span too."""
    name, span = text(one.get("assessment_name") or one.get("name")) or "feedback", text(one.get("span_id"))
    if not span:
        return name
    named = (text(cells.get("name")) for cells in trace.spans if _hex(text(cells.get("span_id"))) == _hex(span))
    return f"{name} ({next(named, '') or 'a step'})"


def _hex(id: str) -> str:
    """An assessment names a span in hex, the span itself in base64."""
    try:
        found = base64.b64decode(id, validate=True)
    except ValueError:
        return id
    return found.hex() if len(found) == 8 else id


def _expect(row: Row, one: dict[str, Any]) -> None:
    expectation = one["expectation"]
    value = expectation.get("value", expectation.get("serialized_value"))
    row.cells["context"].setdefault("expectations", {})[text(one.get("assessment_name") or one.get("name"))] = value

