"""Reads DeepEval's datasets and test runs, single turns and conversations: each metric is a recorded verdict.

Knows DeepEval's fields, in snake case as its datasets write them and in camel case as its test runs do.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from lib.readers import chat
from lib.readers.cells import ends, text
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table, Unread
from lib.readers.tools.asked import action
from lib.readers.tools.judged import declared, free, verdict
from lib.records import DataError

_DROPS = ("Costs, steps and logs of metrics, what a test run concludes from all its metrics, spans of traced test "
          "cases, names of source files, and parameters of the run.")
METRIC_ERROR = "metric error"
_RUNS = ("test_cases", "conversational_test_cases")
# A table of one's own may have an actual_output too; these it does not have.
_OF_A_GOLDEN = ("expected_output", "retrieval_context", "tools_called", "expected_tools", "source_file",
                "additional_metadata", "custom_column_key_values")
_CONTEXT = {"expected_output": "expected_output", "expected_outcome": "expected_outcome", "context": "context",
            "retrieval_context": "retrieval_context", "expected_tools": "expected_tools", "scenario": "scenario",
            "user_description": "user_description", "persona": "persona", "expectations": "expectations",
            "additional_metadata": "metadata", "metadata": "metadata", "custom_column_key_values": "columns",
            "input_token_count": "input_tokens", "output_token_count": "output_tokens", "name": "name"}

_NUMBERED = re.compile(r"(conversational_)?test_case_\d+")  # a name nobody gave

Found = dict[str, Any]


def _recognises(content: Content) -> bool:
    return any(_is_golden(cells) or _is_conversation(cells) or _is_run(cells)
               for cells in (_snake(row.cells) for row in content.rows[:20]))


def _is_golden(cells: Found) -> bool:
    return {"input", "actual_output"} <= cells.keys() and sum(name in cells for name in _OF_A_GOLDEN) > 1


def _is_conversation(cells: Found) -> bool:
    return "turns" in cells and bool({"scenario", "expected_outcome"} & cells.keys())


def _is_run(cells: Found) -> bool:
    cases = any(isinstance(cells.get(key), list) for key in _RUNS)
    return isinstance(cells.get("test_run_data"), dict) or (cases and "metrics_scores" in cells)


def _read(content: Content) -> Table:
    unread: Counter[tuple[str, str]] = Counter()
    rows: list[Row] = []
    taken: set[str] = set()
    unit = "test case" if _in_a_run(content) else content.unit
    for cells, row in _cases(content):
        if made := _row(cells, row.line, f"{content.name}, {unit} {row.line}", taken, unread):
            rows.append(made)
    if not rows:
        raise DataError(f"{content.name} holds no input and no turns of DeepEval. Save the dataset or the test run "
                        "again, with its test cases.")
    said = declared(rows)
    left_out = tuple(Unread(what, n, why) for (what, why), n in unread.items())
    return Table(content.name, "deepeval", [*spans.FIELDS, "comments", *said.columns], rows,
                 unit, unread=(*left_out, *said.unread), verdicts=said.verdicts)


FORMAT = Format("DeepEval dataset or test run", "actual_output beside fields of a golden; turns beside a scenario; or "
                "testCases beside metricsScores", _DROPS, _recognises, _read)


def _snake(cells: Found) -> Found:
    """A test run writes actualOutput where a dataset writes actual_output."""
    return {re.sub(r"(?<=[a-z])([A-Z])", lambda found: "_" + found[1].lower(), key): value
            for key, value in cells.items()}


def _in_a_run(content: Content) -> bool:
    return bool(content.rows) and _is_run(_snake(content.rows[0].cells))


def _cases(content: Content) -> Iterator[tuple[Found, Row]]:
    """Each test case or golden, with the row it stands in."""
    for row in content.rows:
        cells = _snake(row.cells)
        inside = cells.get("test_run_data")
        cells = _snake(inside) if isinstance(inside, dict) else cells
        if any(isinstance(cells.get(key), list) for key in _RUNS):
            found = [case for key in _RUNS for case in cells.get(key) or [] if isinstance(case, dict)]
            yield from ((_snake(case), Row(number, case)) for number, case in enumerate(found, 1))
        else:
            yield cells, row


def _row(cells: Found, line: int, where: str, taken: set[str], unread: Counter[tuple[str, str]]) -> Row | None:
    turns = _turns(cells.get("turns"), where)
    given, told = (text(cells.get("input")), text(cells.get("actual_output"))) if "input" in cells else ends(turns)
    if "turns" in cells and not turns:
        unread["conversations without turns", "a golden that nobody has answered says no more than its scenario"] += 1
        return None
    if not given.strip():
        raise DataError(f"{where}: the input is empty. Fill it in, or take the test case out.")
    messages = turns or _called(cells, given, told)
    if text(cells.get("comments")):
        unread["remarks in the field comments", "they say no outcome and may be a judge's: choose the column as "
               "context to show them"] += 1
    context = _context(cells)
    return Row(line, {
        "id": _id(taken, given, told, messages, context), "input": given, "output": told or action(messages),
        "messages": messages or None, "context": context, "system_version": None, "created_at": None,
        "comments": cells.get("comments"), "judges": _verdicts(cells)})


def _id(taken: set[str], *parts: Any) -> str:
    """The file has none that stays: the content; a second test case that says the same gets a number."""
    found = free("deepeval-" + hashlib.sha256("\0".join(map(text, parts)).encode()).hexdigest()[:20], taken)
    taken.add(found)
    return found


def _turns(cell: Any, where: str) -> list[Found]:
    """A conversation; the tools that a turn called come before what it says."""
    turns = chat.opened(cell)
    made: list[Found] = []
    for number, found in enumerate(turns if isinstance(turns, list) else [], 1):
        turn = _snake(found) if isinstance(found, dict) else {}
        if turn.get("role") not in ("user", "assistant"):
            raise DataError(f"{where}, turn {number}: its role is neither user nor assistant. Save it again.")
        made += [*_tools(turn.get("tools_called"), len(made)), {"role": turn["role"], "content": text(
            turn.get("content"))}]
    return made


def _called(cells: Found, given: str, told: str) -> list[Found]:
    """A single turn as a conversation, where it called tools."""
    tools = _tools(cells.get("tools_called"), 1)
    asked = [{"role": "user", "content": given}] if tools else []
    return [*asked, *tools, *([{"role": "assistant", "content": told}] if tools and told.strip() else [])]


def _tools(cell: Any, start: int) -> list[Found]:
    tools = chat.opened(cell)
    calls, answers = [], []
    for number, found in enumerate(tools if isinstance(tools, list) else [], start):
        tool = _snake(found) if isinstance(found, dict) else {}
        calls.append({"id": f"call-{number}", "type": "function", "function": {
            "name": text(tool.get("name")), "arguments": text(tool.get("input_parameters") or {})}})
        if tool.get("output") is not None:
            answers.append({"role": "tool", "tool_call_id": f"call-{number}", "content": text(tool["output"])})
    return [{"role": "assistant", "content": None, "tool_calls": calls}, *answers] if calls else []


def _context(cells: Found) -> Found:
    found = {name: chat.opened(cells.get(key)) for key, name in _CONTEXT.items()
             if cells.get(key) not in (None, "", [], {})}
    if _NUMBERED.fullmatch(text(cells.get("name"))):
        found.pop("name", None)
    spent = cells.get("completion_time")
    return {**found, "latency_ms": round(spent * 1000)} if isinstance(spent, (int, float)) else found


def _verdicts(cells: Found) -> Found:
    found = cells.get("metrics_data")
    made: Found = {}
    for part in found if isinstance(found, list) else []:
        if isinstance(part, dict):
            metric = _snake(part)
            made[free(text(metric.get("name")) or "metric", made)] = _verdict(metric)
    return made


def _verdict(metric: Found) -> Found:
    """A metric that broke off says success false too, and is an error."""
    failed = text(metric.get("error"))
    said = metric.get("success") if isinstance(metric.get("success"), bool) and not failed else None
    return verdict(said, failed or metric.get("reason"), metric.get("evaluation_model"),
                   METRIC_ERROR if failed else "")
