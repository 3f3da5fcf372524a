"""Reads promptfoo's results: each result is a trace, each of its assertions a recorded verdict.

Knows promptfoo's fields; an assertion without an outcome leaves no verdict.
"""

from collections.abc import Iterator
from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table
from lib.records import DataError

_DROPS = "Cost, weights and numbers of assertions, the configuration, and results of tables made before version 2."
_INPUT = ("input", "question", "query", "message", "prompt", "user_input")
DIMENSIONS = ("model", "prompt_label")


def _recognises(content: Content) -> bool:
    return any({"promptIdx", "vars"} <= result.keys() for _, result in _results(content, most=5))


def _read(content: Content) -> Table:
    rows = [_row(Row(number, result), content.name) for number, (_, result) in enumerate(_results(content), 1)]
    if not rows:
        raise DataError(f"{content.name} holds no results of promptfoo. "
                        "Write them with promptfoo eval -o results.json.")
    judges = dict.fromkeys(name for row in rows for name in row.cells["judges"])
    columns = [f"judges.{name}.{part}" for name in judges for part in ("verdict", "critique")]
    dimensions = tuple(name for name in DIMENSIONS if any(row.cells[name] for row in rows))
    return Table(content.name, "promptfoo", [*spans.FIELDS, *dimensions, *columns], rows, "result", dimensions)


FORMAT = Format("promptfoo results", "results that have vars and promptIdx", _DROPS, _recognises, _read)


def _results(content: Content, most: int | None = None) -> Iterator[tuple[Row, dict[str, Any]]]:
    """Each result, out of results.json, where they stand two levels down, or of one result a line."""
    for row in content.rows[:most]:
        inside: Any = row.cells
        while isinstance(inside, dict) and "results" in inside:
            inside = inside["results"]
        found = inside if isinstance(inside, list) else [inside]
        yield from ((row, result) for result in found[:most] if isinstance(result, dict))


def _row(row: Row, name: str) -> Row:
    result, where = row.cells, f"{name}, result {row.line}"
    values = result.get("vars") if isinstance(result.get("vars"), dict) else {}
    prompt = result.get("prompt") if isinstance(result.get("prompt"), dict) else {"raw": result.get("prompt")}
    response = result.get("response")
    asked = chat.conversation(prompt.get("raw"))
    key, given = _given(values, prompt, asked)
    if not given.strip():
        raise DataError(f"{where}: neither vars nor the prompt says what was asked. Write the results again.")
    output = chat.answered(response.get("output") if isinstance(response, dict) else response)
    return Row(row.line, {
        "id": _id(result), "input": given, "output": output,
        "messages": [*asked, {"role": "assistant", "content": output}] if asked and output else asked or None,
        "context": _context(result, {name: value for name, value in values.items() if name != key}),
        "system_version": None, "created_at": None, "model": _provider(result.get("provider")),
        "prompt_label": text(prompt.get("label")), "judges": _verdicts(result)})


def _id(result: dict[str, Any]) -> str:
    return text(result.get("id")) or f"test {text(result.get('testIdx'))}, prompt {text(result.get('promptIdx'))}, " + (
        _provider(result.get("provider")))


def _given(values: dict[str, Any], prompt: dict[str, Any], asked: list[dict[str, Any]]) -> tuple[str | None, str]:
    """(the variable that was the input, its text); without one the prompt as it was sent."""
    named = [name for name in _INPUT if text(values.get(name)).strip()]
    only = list(values) if len(values) == 1 else []
    for name in (*named, *only):
        return name, text(values[name])
    return None, ends(asked)[0] or text(prompt.get("raw"))


def _context(result: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    found = {"vars": values, "error": text(result.get("error")), "latency_ms": result.get("latencyMs"),
             "description": result.get("description")}
    return {name: value for name, value in found.items() if value not in (None, "", {})}


def _provider(found: Any) -> str:
    return text(found.get("label") or found.get("id")) if isinstance(found, dict) else text(found)


def _verdicts(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """One for each assertion, named by its metric or its kind, and promptfoo's own for all of them."""
    whole = result.get("gradingResult")
    if not isinstance(whole, dict):
        return {}
    found = {"promptfoo": _verdict(whole)}
    parts = whole.get("componentResults")
    for part in parts if isinstance(parts, list) else []:
        if isinstance(part, dict):
            found[_judge(part, found)] = _verdict(part)
    return found


def _judge(part: dict[str, Any], taken: dict[str, Any]) -> str:
    assertion = part.get("assertion") if isinstance(part.get("assertion"), dict) else {}
    name = text(assertion.get("metric") or assertion.get("type") or "assertion")
    names = [name, *(f"{name} {number}" for number in range(2, len(taken) + 2))]
    return next(name for name in names if name not in taken)


def _verdict(part: dict[str, Any]) -> dict[str, Any]:
    return {"verdict": part.get("pass") if isinstance(part.get("pass"), bool) else None,
            "critique": text(part.get("reason"))}
