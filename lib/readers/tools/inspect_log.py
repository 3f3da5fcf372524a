"""Reads Inspect's logs as JSON: each sample is a trace, each scorer's value a recorded verdict.

Knows Inspect's fields; its zip form is refused where containers are told apart.
"""

from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table
from lib.records import FAIL, PASS, DataError

_DROPS = "Events, the plan, metrics over all samples, parameters of models, files, and a sample's store."
_OUTCOMES = {"C": PASS, "I": FAIL}  # partial (P) and no answer (N) are neither: they stay errors with their word
_ATTACHED = "attachment://"
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
    judges = dict.fromkeys(name for row in rows for name in row.cells["judges"])
    columns = [f"judges.{name}.{part}" for name in judges for part in ("verdict", "critique")]
    return Table(content.name, "inspect", [*spans.FIELDS, *DIMENSIONS, *columns], rows, "sample", DIMENSIONS)


FORMAT = Format("Inspect log (JSON)", "eval.task beside samples", _DROPS, _recognises, _read)


def _row(sample: Any, about: dict[str, Any], number: int, name: str) -> Row:
    where = f"{name}, sample {number}"
    if not isinstance(sample, dict) or sample.get("input") in (None, "", []):
        raise DataError(f"{where}: it has no input. Write the log again with its samples (--log-samples).")
    attached = sample.get("attachments") if isinstance(sample.get("attachments"), dict) else {}
    messages = chat.conversation(_resolved(sample.get("messages"), attached))
    given = _resolved(sample["input"], attached)
    return Row(number, {
        "id": text(sample.get("uuid")) or _id(sample, about),
        "input": chat.asked(given), "output": _output(sample, messages, attached), "messages": messages or None,
        "context": _context(sample, attached), "system_version": None,
        "created_at": sample.get("started_at") or about.get("created"), "model": text(about.get("model")),
        "task": text(about.get("task")), "judges": _verdicts(sample)})


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


def _context(sample: dict[str, Any], attached: dict[str, Any]) -> dict[str, Any]:
    failed = sample.get("error")
    spent = sample.get("total_time")
    found = {"target": sample.get("target"), "choices": sample.get("choices"), "metadata": sample.get("metadata"),
             "error": text(failed.get("message")) if isinstance(failed, dict) else text(failed),
             "latency_ms": round(spent * 1000) if isinstance(spent, (int, float)) else None}
    return {name: _resolved(value, attached) for name, value in found.items() if value not in (None, "", [], {})}


def _verdicts(sample: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = sample.get("scores")
    made: dict[str, dict[str, Any]] = {}
    for name, score in found.items() if isinstance(found, dict) else ():
        if isinstance(score, dict):
            value = score.get("value")
            for part, word in value.items() if isinstance(value, dict) else [("", value)]:
                made[f"{name} {part}".strip()] = {"verdict": _outcome(word), "critique": text(score.get("explanation"))}
    return made


def _outcome(word: Any) -> Any:
    return _OUTCOMES.get(word, word) if isinstance(word, str) else word
