"""Reads Inspect's logs, as JSON or out of their zip form: each sample is a trace, each scorer's value a verdict.

Knows Inspect's fields; a value a person wrote over a scorer's is a label, and the scorer's own its verdict.
"""

from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools.asked import output as came_of
from lib.readers.tools.inspect_steps import steps
from lib.readers.tools.judged import NO_OUTCOME, declared, free, label, verdict
from lib.records import FAIL, PASS, DataError

_DROPS = ("Events other than calls of models, tools and agents, the plan, metrics over all samples, parameters of "
          "models, files, and a sample's store.")
_OUTCOMES = {"C": PASS, "I": FAIL}  # partial (P) and no answer (N) are neither: they stay errors with their word
_ATTACHED = "attachment://"
_UNCHANGED = "UNCHANGED"
DIMENSIONS = ("model", "task")


def _recognises(content: Content) -> bool:
    cells = content.rows[0].cells if len(content.rows) == 1 else {}
    return isinstance(about := cells.get("eval"), dict) and "task" in about


def _read(content: Content) -> Table:
    log = content.rows[0].cells if len(content.rows) == 1 else {}
    samples, about = log.get("samples"), log.get("eval")
    if not isinstance(about, dict) or not isinstance(samples, list) or not samples:
        raise DataError(f"{content.name} holds no samples, only the head of an Inspect log. Write it whole: "
                        "inspect log dump FILE.eval > log.json.")
    rows = [_row(sample, about, number, content.name) for number, sample in enumerate(samples, 1)]
    said = declared(rows)
    return Table(content.name, "inspect", [*spans.FIELDS, "steps", *DIMENSIONS, *said.columns], rows, "sample",
                 DIMENSIONS, unread=said.unread, labels=said.labels, verdicts=said.verdicts)


FORMAT = Format("Inspect log (JSON or .eval)", "eval.task beside samples", _DROPS, _recognises, _read)


def _row(sample: Any, about: dict[str, Any], number: int, name: str) -> Row:
    where = f"{name}, sample {number}"
    if not isinstance(sample, dict) or sample.get("input") in (None, "", []):
        raise DataError(f"{where}: it has no input. Write the log again with its samples (--log-samples).")
    attached = sample.get("attachments") if isinstance(sample.get("attachments"), dict) else {}
    messages = chat.conversation(_resolved(sample.get("messages"), attached))
    given = _resolved(sample["input"], attached)
    failed = sample.get("error")
    error = text(failed.get("message") if isinstance(failed, dict) else failed)
    judges, people = _said(sample)
    return Row(number, {
        "id": text(sample.get("uuid")) or _id(sample, about),
        "input": chat.asked(given), "output": _output(sample, messages, attached) or came_of(
            messages if messages and messages[-1]["role"] == "assistant" else [], error),
        "messages": messages or None, "context": _context(sample, attached, error),
        "steps": steps({**sample, "events": _resolved(sample.get("events"), attached)}), "system_version": None,
        "created_at": sample.get("started_at") or about.get("created"), "model": text(about.get("model")),
        "task": text(about.get("task")), "judges": judges, "people": people})


def _id(sample: dict[str, Any], about: dict[str, Any]) -> str:
    run = text(about.get("run_id") or about.get("task"))
    return f"{run}, sample {text(sample.get('id'))}, epoch {text(sample.get('epoch', 1))}"


def _resolved(found: Any, attached: dict[str, Any]) -> Any:
    """Long texts stand once in a sample and are pointed at."""
    if isinstance(found, str) and found.startswith(_ATTACHED):
        return attached.get(found.removeprefix(_ATTACHED), found)
    if isinstance(found, dict):
        return {key: _resolved(value, attached) for key, value in found.items()}
    return [_resolved(part, attached) for part in found] if isinstance(found, list) else found


def _output(sample: dict[str, Any], messages: list[dict[str, Any]], attached: dict[str, Any]) -> str | None:
    output = sample.get("output") if isinstance(sample.get("output"), dict) else {}
    choices = chat.conversation(_resolved(output.get("choices"), attached))
    return text(_resolved(output.get("completion"), attached)) or chat.answered(choices) or ends(messages)[1]


def _context(sample: dict[str, Any], attached: dict[str, Any], error: str) -> dict[str, Any]:
    spent = sample.get("total_time")
    found = {"sample": sample.get("id"), "epoch": sample.get("epoch"), "target": sample.get("target"),
             "choices": sample.get("choices"), "metadata": sample.get("metadata"), "error": error,
             "latency_ms": round(spent * 1000) if isinstance(spent, (int, float)) else None}
    return {name: _resolved(value, attached) for name, value in found.items() if value not in (None, "", [], {})}


def _said(sample: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """(what the scorers said, what people wrote over it)."""
    judges: dict[str, Any] = {}
    people: dict[str, Any] = {}
    found = sample.get("scores")
    for name, score in found.items() if isinstance(found, dict) else ():
        if isinstance(score, dict):
            first, edits = _history(score)
            for part, word in _values(first):
                judges[free(f"{name} {part}".strip(), judges)] = _verdict(word, first)
            for who, edit in edits:
                for part, word in _values(edit):
                    whose = who if who not in people else f"{who} on {name} {part}".strip()
                    people[whose] = label(_outcome(word), *_why(edit))
    return judges, people


def _history(score: dict[str, Any]) -> tuple[dict[str, Any], list[tuple[str, dict[str, Any]]]]:
    """(what the scorer said, the newest edit of each person); an edit says only what it changed."""
    history = [edit for edit in score.get("history") or [] if isinstance(edit, dict)] if isinstance(
        score.get("history"), list) else []
    edits = {}
    for edit in history:
        provenance = edit.get("provenance")
        if isinstance(provenance, dict) and edit.get("value") not in (None, _UNCHANGED):
            edits[text(provenance.get("author"))] = edit
    return (history[0] if edits and not history[0].get("provenance") else score), list(edits.items())


def _values(score: dict[str, Any]) -> list[tuple[str, Any]]:
    value = score.get("value")
    return list(value.items()) if isinstance(value, dict) else [("", value)]


def _verdict(word: Any, score: dict[str, Any]) -> dict[str, Any]:
    """Where there is no value (Inspect writes NaN) its reason is the kind of error."""
    unscored = word is None
    odd = word in ("P", "N") if isinstance(word, str) else False
    kind = text(score.get("reason")).replace("_", " ") or NO_OUTCOME if unscored else NO_OUTCOME if odd else ""
    return verdict(_outcome(word), score.get("explanation"), error=kind)


def _why(edit: dict[str, Any]) -> tuple[str, str]:
    """(critique, time) of what a person wrote over a scorer's value."""
    said = [edit.get("explanation"), edit["provenance"].get("reason")]
    return ("\n".join(text(part) for part in said if part not in (None, "", _UNCHANGED)),
            text(edit["provenance"].get("timestamp")))


def _outcome(word: Any) -> Any:
    return _OUTCOMES.get(word, word) if isinstance(word, str) else word
