"""Reads Label Studio's exports: JSON, JSON_MIN, CSV and TSV; every annotator's labels on the trace the data names.

Knows what an export holds, and that a number of Label Studio's own is no trace's id; what its short forms leave open
stands in label_studio_min.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from lib.readers.cells import text
from lib.readers.outcomes import text_of
from lib.readers.platforms import feedback, label_studio_min
from lib.readers.platforms.feedback import MACHINE, PERSON, Said
from lib.readers.platforms.label_studio_min import MODES, PARTS, TEXTS, Annotation, Task, plain
from lib.readers.table import Content, Format, Row, Table, Unread
from lib.readers.tools import judged
from lib.records import DataError

_DROPS = ("Regions and marks inside a text, pictures, numbers and ratings, times an annotation took, drafts, skipped "
          "tasks, comments and settings of the project.")
_TRACE = ("trace_id", "traceid", "uuid", "key", "id")
_SKIPPED = ("was_cancelled", "skipped")


def _recognises(content: Content) -> bool:
    return any(_is_task(row.cells) or label_studio_min.is_one(row.cells) for row in content.rows[:20])


def _is_task(cells: dict[str, Any]) -> bool:
    found = cells.get("annotations", cells.get("completions"))
    return isinstance(cells.get("data"), dict) and isinstance(found, list) and (
        any(isinstance(one, dict) and "result" in one for one in found)
        or bool({"predictions", "total_annotations", "drafts"} & cells.keys()))


def _read(content: Content) -> Table:
    left: Counter[str] = Counter()
    whole = any(_is_task(row.cells) for row in content.rows)
    tasks = [_task(row, left) for row in content.rows] if whole else label_studio_min.tasks(content)
    rows: dict[str, Row] = {}
    said: list[Said] = []
    for task in tasks:
        if _is_skipped(task, left):
            continue
        key = text([_id(task) or task.number, task.data])
        rows.setdefault(key, Row(task.line, _cells(task)))
        for annotation in task.annotations:
            said += _said(key, annotation, rows[key], left)
    if not rows:
        raise DataError(f"{content.name} holds no task that was not skipped. Label some tasks, then export again.")
    return _table(content, rows, [*_numbers(rows), *(Unread(what, n) for what, n in left.items() if n),
                                  *feedback.attach(rows, said)])


FORMAT = Format("Label Studio export", "data beside annotations, or annotation_id beside annotator and lead_time",
                _DROPS, _recognises, _read)


def _table(content: Content, rows: dict[str, Row], unread: list[Unread]) -> Table:
    found = list(rows.values())
    told = judged.declared(found)
    columns = dict.fromkeys(key for row in found for key in row.cells if key not in ("people", "judges"))
    return Table(content.name, "label_studio", [*columns, *told.columns], found, content.unit,
                 unread=(*unread, *told.unread), labels=told.labels, verdicts=told.verdicts)


def _task(row: Row, left: Counter[str]) -> Task:
    cells = row.cells
    if not isinstance(cells.get("data"), dict):
        raise DataError(f"item {row.line}: the task has no data. Export it again as JSON.")
    given = [_annotation(one, PERSON, left) for one in _dicts(cells.get("annotations", cells.get("completions")))]
    told = [_annotation(one, MACHINE, left) for one in _dicts(cells.get("predictions"))]
    left["drafts, which nobody has submitted"] += len(_dicts(cells.get("drafts")))
    return Task(row.line, text(cells.get("id")), cells["data"], [*given, *told])


def _dicts(found: Any) -> list[dict[str, Any]]:
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _annotation(one: dict[str, Any], source: str, left: Counter[str]) -> Annotation:
    results: dict[str, list[Any]] = {}
    for result in _dicts(one.get("result")):
        value = result.get("value")
        if isinstance(value, dict) and set(PARTS) & value.keys() and "start" not in value:
            results.setdefault(text(result.get("from_name")), []).append(value)
        else:
            left[f"results of type '{text(result.get('type'))[:40]}'"] += 1
    by = one.get("completed_by") if source == PERSON else one.get("model_version")
    return Annotation(source, label_studio_min.annotator(by) if source == PERSON else text(by), text(
        one.get("created_at")), results, any(one.get(word) is True for word in _SKIPPED))


def _is_skipped(task: Task, left: Counter[str]) -> bool:
    """Whether everybody who saw the task skipped it; a skip beside a label is only counted."""
    skips = sum(one.skipped for one in task.annotations)
    left["skipped annotations"] += skips
    return bool(skips) and all(one.skipped for one in task.annotations if one.source == PERSON)


def _id(task: Task) -> str:
    """The id that the data name. The number a task has in Label Studio is no trace's, and stands nowhere else."""
    names = {plain(key): key for key in reversed(task.data)}
    return next((text(task.data[names[name]]) for name in _TRACE if name in names), "")


def _cells(task: Task) -> dict[str, Any]:
    data = {key: value for key, value in task.data.items() if plain(key) not in _TRACE}
    return {"id": id, **data} if (id := _id(task)) else {"task_number": task.number, **data}


def _numbers(rows: dict[str, Row]) -> list[Unread]:
    """Without an id of its own a trace is known by its content alone."""
    n = sum("id" not in row.cells for row in rows.values())
    return [Unread("numbers of tasks", n, "Label Studio counts them itself: traces are told apart by their content. "
                   "Put trace_id into the data, or take the numbers with --map id=task_number")] if n else []


def _said(key: str, one: Annotation, row: Row, left: Counter[str]) -> Iterator[Said]:
    if one.skipped:
        return
    values = {name: list(_words(found)) for name, found in one.results.items()}
    texts = {name: _texts(found) for name, found in one.results.items()}
    critique = _critique({name: found for name, found in texts.items() if found}, left)
    for name in [name for name in values if plain(name) in MODES]:
        row.cells[name] = list(dict.fromkeys([*row.cells.get(name, []), *values.pop(name)]))
    for name, found in values.items():
        left[f"several choices of '{name}' in one annotation"] += len(found) > 1
    named = {name: found[0] for name, found in values.items() if len(found) == 1} or (
        {"critique": None} if critique else {})
    left["annotations without an answer"] += not named
    for name, value in named.items():
        judge = one.by or "prediction"
        yield Said(key, name if one.source == PERSON else judge if len(named) == 1 else f"{judge} ({name})", value,
                   one.source, one.by, critique, one.at)


def _words(found: list[Any]) -> Iterator[Any]:
    for value in found:
        if isinstance(value.get("choices"), list):
            yield from (text_of(word) for word in value["choices"] if text_of(word))
        else:
            yield from (value[key] for key in ("rating", "number") if text_of(value.get(key)))


def _texts(found: list[Any]) -> list[str]:
    parts = [part for value in found for part in (
        value["text"] if isinstance(value.get("text"), list) else [value.get("text")])]
    return [said for part in parts if (said := text(part)).strip()]


def _critique(texts: dict[str, list[str]], left: Counter[str]) -> str:
    """All that was written, a line each; where some fields are called like a critique, these alone."""
    called = [name for name in texts if any(word in name.lower() for word in TEXTS)] or list(texts)
    for name in texts:
        left[f"texts of '{name}'"] += len(texts[name]) if name not in called else 0
    return "\n".join(said for name in called for said in texts[name])
