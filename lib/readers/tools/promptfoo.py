"""Reads promptfoo's results: each result is a trace, each of its assertions a recorded verdict, a thumb a label.

Knows promptfoo's fields; an assertion that could not be checked is an error, whatever promptfoo counted it as.
"""

import operator
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text
from lib.readers.outcomes import as_number
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table, Unread
from lib.readers.tools import promptfoo_csv
from lib.readers.tools.asked import answer, calls, chosen, output, question
from lib.readers.tools.judged import EXPERT, declared, free, label, verdict
from lib.records import DataError

_DROPS = ("Cost, weights and numbers of assertions, the configuration, and results of tables made before version 2; of "
          "its CSV the columns of numbers and what promptfoo itself concluded.")
_NO_ASSERTIONS = "No assertions"
_PROVIDER = 2  # failureReason: the provider failed, not an assertion
GRADER_ERROR = "grader error"
# How promptfoo begins the reason of an assertion that broke off; only some of them carry a mark beside it.
_BROKEN = re.compile(r"Custom function threw error:|(?:Python|Ruby) code execution failed:|Moderation API error:"
                     r"|Error running Python script:|Webhook error:|Invalid regex pattern:"
                     r"|Search rubric evaluation failed:|No output$"
                     r"|Could not (?:extract|parse) JSON from |Score \S+ below threshold undefined$")
DIMENSIONS = ("model", "prompt_label")

Found = dict[str, Any]


def _recognises(content: Content) -> bool:
    return promptfoo_csv.recognises(content) or any(
        {"promptIdx", "vars"} <= result.keys() for result in _results(content, most=5))


def _read(content: Content) -> Table:
    if promptfoo_csv.recognises(content):
        return promptfoo_csv.read(content)
    unread: Counter[tuple[str, str]] = Counter()
    rows = [_row(Row(number, result), content.name, unread) for number, result in enumerate(_results(content), 1)]
    if not rows:
        raise DataError(f"{content.name} holds no results of promptfoo. "
                        "Write them with promptfoo eval -o results.json.")
    said = declared(rows)
    dimensions = tuple(name for name in DIMENSIONS if any(row.cells[name] for row in rows))
    left_out = tuple(Unread(what, n, why) for (what, why), n in unread.items())
    return Table(content.name, "promptfoo", [*spans.FIELDS, *dimensions, *said.columns], rows, "result", dimensions,
                 unread=(*left_out, *said.unread), labels=said.labels, verdicts=said.verdicts)


FORMAT = Format("promptfoo results", "results that have vars and promptIdx; or the columns of its CSV",
                _DROPS, _recognises, _read)


def _results(content: Content, most: int | None = None) -> Iterator[Found]:
    """Each result, out of results.json, where they stand two levels down, or of one result a line."""
    for row in content.rows[:most]:
        inside: Any = row.cells
        while isinstance(inside, dict) and "results" in inside:
            inside = inside["results"]
        found = inside if isinstance(inside, list) else [inside]
        yield from (result for result in found[:most] if isinstance(result, dict))


def _object(found: Any) -> Found:
    return found if isinstance(found, dict) else {}


def _row(row: Row, name: str, unread: Counter[tuple[str, str]]) -> Row:
    result, where = row.cells, f"{name}, result {row.line}"
    prompt = result["prompt"] if isinstance(result.get("prompt"), dict) else {"raw": result.get("prompt")}
    asked = chat.conversation(prompt.get("raw"))
    values = _object(result.get("vars"))
    given, values = question(values) if chosen(values) else (ends(asked)[0] or text(prompt.get("raw")), values)
    if not given.strip():
        raise DataError(f"{where}: neither vars nor the prompt says what was asked. Write the results again.")
    error = _error(result)
    if error and not result.get("response"):
        unread["answers of results that ended in an error", "promptfoo keeps none, and does not say whether the "
               "provider or an assertion broke off: see its log"] += 1
    told = _answer(result.get("response"))
    if calls(told) and not asked:
        asked = [{"role": "user", "content": text(prompt.get("raw")) or given}]
    return Row(row.line, {
        "id": _id(result), "input": given, "output": output(told, error),
        "messages": [*asked, *told] if asked else None, "context": _context(result, values, error),
        "system_version": None, "created_at": None, "model": _provider(result.get("provider")),
        "prompt_label": text(prompt.get("label")), "judges": _verdicts(result, unread), "people": _labels(result)})


def _id(result: Found) -> str:
    return text(result.get("id")) or f"test {text(result.get('testIdx'))}, prompt {text(result.get('promptIdx'))}, " + (
        _provider(result.get("provider")))


def _provider(found: Any) -> str:
    return text(found.get("label") or found.get("id")) if isinstance(found, dict) else text(found)


def _error(result: Found) -> str:
    """The AI system's own error; an assertion's reason stands in the same field, and is the verdict's."""
    graded = isinstance(result.get("gradingResult"), dict)
    if graded and result.get("failureReason") != _PROVIDER:
        return ""
    return text(result.get("error")) or text(_object(result.get("response")).get("error"))


def _answer(response: Any) -> list[Found]:
    return answer(response.get("output") if isinstance(response, dict) else response)


def _context(result: Found, values: Found, error: str) -> Found:
    found = {"vars": values, "error": error, "latency_ms": result.get("latencyMs"),
             "description": result.get("description")}
    return {name: value for name, value in found.items() if value not in (None, "", {})}


def _parts(result: Found) -> list[Found]:
    parts = _object(result.get("gradingResult")).get("componentResults")
    return [part for part in parts if isinstance(part, dict)] if isinstance(parts, list) else []


def _is_thumb(part: Found) -> bool:
    return _object(part.get("assertion")).get("type") == "human"


def _labels(result: Found) -> dict[str, Found]:
    """A person's thumb, which promptfoo keeps among the assertions, or a comment without one."""
    whole = _object(result.get("gradingResult"))
    thumb = next(filter(_is_thumb, _parts(result)), {})
    made = label(thumb.get("pass") if isinstance(thumb.get("pass"), bool) else None,
                 thumb.get("comment") or whole.get("comment"))
    return {EXPERT: made} if made else {}


def _verdicts(result: Found, unread: Counter[tuple[str, str]]) -> dict[str, Found]:
    """One for each assertion, named by its metric or its kind, and promptfoo's own for all of them."""
    whole, parts = result.get("gradingResult"), [part for part in _parts(result) if not _is_thumb(part)]
    if not isinstance(whole, dict):
        return {}
    made: dict[str, Found] = {}
    if not parts and whole.get("reason") == _NO_ASSERTIONS:
        unread["results without an assertion", "promptfoo counts them as passed: they are no verdict"] += 1
    elif any(map(_is_thumb, _parts(result))):
        if own := _without_people(result, parts):
            made["promptfoo"] = own
        else:
            unread["conclusions of promptfoo that a person's thumb has replaced", "the assertions alone do not say "
                   "what they were"] += 1
    else:
        made["promptfoo"] = _verdict(whole, text(result.get("error")), _is_lost(whole, parts, result))
    for part in parts:
        made[free(_judge(part), made)] = _verdict(part, "", _failed_grader(part))
    return made


def _judge(part: Found) -> str:
    assertion, of_a_set = _object(part.get("assertion")), _object(_object(part.get("metadata")).get("assertionSet"))
    return text(assertion.get("metric") or of_a_set.get("metric") or assertion.get("type") or of_a_set.get("type")
                or "assertion")


def _failed_grader(part: Found) -> bool:
    marked = _object(part.get("metadata")).get("graderError") is True
    return marked or (part.get("pass") is False and bool(_BROKEN.match(text(part.get("reason")))))


def _is_lost(whole: Found, parts: list[Found], result: Found) -> bool:
    """Whether a fail says no more than that a grader gave no verdict."""
    if _failed_grader(whole):
        return True
    failed = [part for part in parts if part.get("pass") is False]
    lost = [part for part in failed if _failed_grader(part)]
    return whole.get("pass") is False and bool(lost) and (
        len(lost) == len(failed) or _object(result.get("testCase")).get("threshold") is not None)


def _verdict(part: Found, otherwise: str, lost: bool) -> Found:
    reason = text(part.get("reason")) or otherwise
    said = part.get("pass") if isinstance(part.get("pass"), bool) else None
    return verdict(None if lost else said, reason, error=GRADER_ERROR if lost else "")


def _without_people(result: Found, parts: list[Found]) -> Found | None:
    """What promptfoo concluded before a person's thumb took its place; None where that cannot be known."""
    case, top = _object(result.get("testCase")), _outermost(parts)
    counted = [part for part in top if not _object(part.get("assertion")).get("metricOnly")]
    if not counted or case.get("assertScoringFunction"):
        return None
    failed = [part for part in counted if part.get("pass") is False]
    limit = as_number(text(case.get("threshold")))
    passed = not failed if limit is None else _mean(counted) >= limit
    whole = {"pass": passed, "reason": failed[-1].get("reason") if failed else "All assertions passed"}
    return _verdict(whole, "", _is_lost(whole, top, result))


def _mean(parts: list[Found]) -> float:
    """What a threshold is compared with: the assertions' numbers by their weights."""
    weights = [_weight(_object(part.get("assertion")).get("weight")) for part in parts]
    values = [as_number(text(part.get("score"))) or 0.0 for part in parts]
    return sum(map(operator.mul, weights, values)) / (sum(weights) or 1.0)


def _weight(found: Any) -> float:
    number = as_number(text(found))
    return 1.0 if number is None else number


def _outermost(parts: list[Found]) -> list[Found]:
    """The assertions without those inside a set, which promptfoo lists after their set."""
    made, rest = [], iter(parts)
    for part in rest:
        made.append(part)
        inside = part.get("componentResults")
        for _ in inside if isinstance(inside, list) else ():
            next(rest, None)
    return made
