"""Reads Ragas' tables: each row is a trace, each metric of zeros and ones a recorded verdict.

Knows the names of Ragas' columns, new and old; every other column of numbers is a metric.
"""

import re
from typing import Any

from lib.readers import chat, python_text
from lib.readers.cells import ends, text
from lib.readers.outcomes import as_number, text_of
from lib.readers.spans import spans
from lib.readers.table import Content, Format, Row, Table
from lib.readers.tools.judged import declared, verdict
from lib.records import DataError

_DROPS = ("Which test a row came from; metrics that are no zeros and ones are kept as columns and no verdicts until a "
          "threshold is named.")
_INPUT, _OUTPUT = ("user_input", "question"), ("response", "answer")
_OLD = {"question", "answer", "contexts"}
_CONTEXT = ("retrieved_contexts", "contexts", "reference", "ground_truth", "ground_truths", "reference_contexts",
            "rubrics", "reference_tool_calls", "reference_topics", "persona_name", "query_style", "query_length")
_OTHERS = ("multi_responses", "retrieved_context_ids", "reference_context_ids", "synthesizer_name")
_OWN = {*_INPUT, *_OUTPUT, *_CONTEXT, *_OTHERS}
# Ids, and what a person is likely to have put beside the metrics: the guess looks at these.
_NO_METRIC = re.compile(r"^(id|trace_id|key)$|label|outcome|judge?ment|annotator|reviewer|expert", re.I)
NO_VALUE = "no value"  # the kind of error of a metric whose cell is empty


def _recognises(content: Content) -> bool:
    columns = content.rows[0].cells.keys() if content.rows else set()
    new = "user_input" in columns and bool({"response", "retrieved_contexts", "reference"} & columns)
    return (new or columns >= _OLD) and bool(_metrics(content))


def _metrics(content: Content) -> list[str]:
    """Columns that are none of a sample's own and hold numbers alone; those without any number are no metric."""
    names = dict.fromkeys(name for row in content.rows for name in row.cells)
    return [name for name in names if name not in _OWN and not _NO_METRIC.search(name) and _are_numbers(content, name)]


def _are_numbers(content: Content, name: str) -> bool:
    some = False
    for row in content.rows:
        word = text_of(row.cells.get(name))
        number = as_number(word)
        if number is None and word and word.lower() != "nan":
            return False
        some = some or number is not None
    return some


def _read(content: Content) -> Table:
    metrics = _metrics(content)
    rows = [_row(row, metrics, content.where(row)) for row in content.rows]
    if not rows:
        raise DataError(f"{content.name} holds no rows of Ragas. Write them with result.to_pandas().to_csv(FILE).")
    names = dict.fromkeys(name for row in content.rows for name in row.cells)
    others = [name for name in names if name not in {*_OWN, *metrics, *spans.FIELDS}]
    fields = [name for name in spans.FIELDS if name not in ("id", "system_version", "created_at") or name in names]
    said = declared(rows)
    return Table(content.name, "ragas", [*fields, *others, *said.columns], rows, content.unit, unread=said.unread,
                 verdicts=said.verdicts)


FORMAT = Format("Ragas results", "user_input beside response, reference or retrieved_contexts, and a metric", _DROPS,
                _recognises, _read)


def _row(row: Row, metrics: list[str], where: str) -> Row:
    cells = row.cells
    asked = python_text.opened(_first(cells, _INPUT))
    messages = chat.conversation(asked)
    given = ends(messages)[0] if messages else text(asked)
    if not given.strip():
        raise DataError(f"{where}: the input ({' or '.join(_INPUT)}) is empty. Fill it in, or take the row out.")
    told = _first(cells, _OUTPUT)
    if messages and text(told).strip() and messages[-1]["role"] != "assistant":
        messages = [*messages, {"role": "assistant", "content": text(told)}]
    kept = {name: cell for name, cell in cells.items() if name not in {*_OWN, *metrics}}
    context = {name: python_text.opened(cells[name]) for name in _CONTEXT if cells.get(name) not in (None, "", [])}
    return Row(row.line, {
        **kept, "input": given, "output": text(told) or ends(messages)[1], "messages": messages or None,
        "context": context, "judges": {name: _verdict(cells.get(name)) for name in metrics}})


def _first(cells: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((cells[name] for name in names if cells.get(name) not in (None, "", [])), None)


def _verdict(cell: Any) -> dict[str, Any]:
    word = text_of(cell)
    return verdict(word) if as_number(word) is not None else verdict(None, error=NO_VALUE)
