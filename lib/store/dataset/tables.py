"""Whole tables for export: column names and rows, in an order that an import understands."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from lib.records.feedback import Feedback
from lib.records.sheets import FEEDBACK, INPUTS, LABELS, OURS, QUEUE, TRACES, row_mark
from lib.store import feedback
from lib.store.database import Store
from lib.store.dataset.traces import dimensions
from lib.store.given import PLACE

_FIELDS = ("id", "input", "output", "messages", "context", "system_version", "created_at", "source",
           "split", "assumptions", "session", "steps")
Export = tuple[list[str], Iterator[dict[str, Any]]]


def traces(store: Store, keys: Sequence[int] | None = None) -> Export:
    """Every trace with its context, messages, dimensions and what users said; with row numbers these alone."""
    names = list(dimensions(store))
    said = _said(store)
    return ([*_FIELDS, *([FEEDBACK] if said else []), *map(_column, names), OURS],
            _traces(store, names, keys, said))


def _said(store: Store) -> dict[str, list[dict[str, Any]]]:
    """Id of a trace -> what users said of it, archived or not."""
    found: dict[str, list[dict[str, Any]]] = {}
    for row in feedback.rows(store):
        one = Feedback(row["name"], row["value"], row["comment"], row["who"], row["given_at"])
        found.setdefault(row["id"], []).append(one.plain)
    return found


def inputs(store: Store) -> Export:
    """The traces that have no answer, to be filled in and imported again: the id says which is which."""
    columns, rows = traces(store)
    return columns, ({**row, OURS: row_mark(INPUTS, row["id"])} for row in rows if row["output"] is None)


def _column(dimension: str) -> str:
    """A dimension called like a field of ours must not take its place; an import takes the word off again."""
    ours = dimension in (*_FIELDS, FEEDBACK) or dimension == OURS or dimension.startswith("dimension ")
    return f"dimension {dimension}" if ours else dimension


def _traces(store: Store, names: list[str], keys: Sequence[int] | None,
            said: dict[str, list[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    values: dict[int, dict[str, list[str]]] = {}
    for key, name, value in store.rows("""select tv.trace, d.name, v.name from trace_values tv
            join dimension_values v on v.id = tv.value join dimensions d on d.id = v.dimension
            where d.project = :project order by v.name"""):
        values.setdefault(key, {}).setdefault(name, []).append(value)
    for row in store.stream("""select * from traces where project = :project
            and (:keys is null or id in (select value from json_each(:keys))) order by id""",
                            keys=None if keys is None else json.dumps(list(keys))):
        found = values.get(row["id"], {})
        yield {
            "id": row["trace_id"], "input": row["input"], "output": row["output"],
            "messages": json.loads(row["messages"]) if row["messages"] else None,
            "context": json.loads(row["context"]), "system_version": row["system_version"],
            "created_at": row["created_at"], "source": row["source"], "split": row["split"],
            "assumptions": row["assumptions"], "session": row["session"],
            "steps": json.loads(row["steps"]) if row["steps"] else None,
            **({FEEDBACK: said.get(row["trace_id"])} if said else {}),
            **{_column(name): _one_or_many(found.get(name, [])) for name in names},
            OURS: row_mark(TRACES, row["trace_id"])}


def _one_or_many(values: list[str]) -> Any:
    # A single value that looks like a list is written as a list, so that it is read as one value.
    return values if len(values) > 1 or any(value.startswith("[") for value in values) else next(iter(values), None)


def labels(store: Store) -> Export:
    """Every label ever given, superseded ones too, oldest first; `current` marks the one that counts."""
    said = _said(store)
    columns = ["id", "input", "output", "expert", "outcome", "critique", "revised_response", "current",
               "label_created_at", "mode", "purpose", "split", *([FEEDBACK] if said else []), OURS]
    rows = store.stream("""select t.trace_id as id, t.input, t.output, e.name as expert, l.outcome, l.critique,
            l.revised_response, case when c.id is null then 'no' else 'yes' end as current,
            l.created_at as label_created_at, l.mode, l.purpose, t.split
        from labels l join traces t on t.id = l.trace join experts e on e.id = l.expert
        left join current_labels c on c.id = l.id
        where t.project = :project order by """ + PLACE + ", l.created_at, l.id")
    return columns, ({**dict(row), **({FEEDBACK: said.get(row["id"])} if said else {}),
                      OURS: row_mark(LABELS, row["id"])} for row in rows)


def of_users(store: Store) -> Export:
    """Everything that users said, with the id of the trace it is about."""
    return ["id", "name", "value", "comment", "who", "given_at"], feedback.rows(store)


def queue(store: Store, expert: str | None = None) -> Export:
    """The batches in which something waits, for a spreadsheet: fill in outcome and critique, and import it again.

    Of one expert the own and the shared traces, in that expert's name and without what others said. `mode` is of a
    label that is there already.
    """
    columns = ["id", "input", "output", "context", "assumptions", "queue", "expert", "outcome", "critique",
               "revised_response", "mode", OURS]
    rows = store.stream("""select t.trace_id as id, t.input, t.output, t.context, t.assumptions, i.queue,
            coalesce(a.name, e.name, :expert) as expert, l.outcome, l.critique, l.revised_response, l.mode
        from batches b cross join queue_items i on i.batch = b.id join traces t on t.id = i.trace
        left join experts e on e.id = i.expert
        -- A trace that came back is shown without what was said before, until it is labelled again.
        left join labels g on g.id = i.label left join experts a on a.id = g.expert
        left join current_labels l on l.trace = g.trace and l.expert = g.expert
        where b.project = :project and (:expert is null or coalesce(a.name, e.name, :expert) = :expert)
        and exists (select 1 from queue_items w where w.batch = b.id and w.label is null)
        order by b.id, i.position, e.name""", expert=expert)
    return columns, ({**dict(row), "context": json.loads(row["context"]) or None, OURS: row_mark(QUEUE, row["id"])}
                     for row in rows)


def verdicts(store: Store) -> Export:
    """Every verdict and recorded error of every run."""
    columns = ["id", "judge", "run", "model", "outcome", "critique", "error", "raw", "verdict_created_at", "split",
               "probability", "decided_by", "lenient", "thoughts", "attempts", "milliseconds", "prompt_tokens",
               "completion_tokens", "cached_tokens"]
    rows = store.stream("""select t.trace_id as id, j.name as judge, v.run, v.model, v.outcome, v.critique, v.error,
            v.raw, v.created_at as verdict_created_at, t.split, v.p_pass as probability, v.decided_by,
            v.lenient, v.thoughts, v.attempts, v.milliseconds, v.prompt_tokens, v.completion_tokens, v.cached_tokens
        from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge join traces t on t.id = v.trace
        where j.project = :project order by v.id""")
    return columns, map(dict, rows)
