"""Proposed user inputs a model wrote; each waits until a person accepts or rejects it."""

import json
from typing import Any

from lib.records import SYNTHETIC, Trace, UsageError, split_of
from lib.store.database import Store
from lib.store.imports import insert_trace


def save(store: Store, combination: dict[str, str], prompt: str, model: str, endpoint: str, inputs: list[str],
         prompt_tokens: int | None = None, completion_tokens: int | None = None) -> int:
    """Keeps what was asked and what came, before anybody looks at it."""
    with store.transaction():
        generation = store.execute("""insert into generations (project, combination, prompt, model, endpoint,
                prompt_tokens, completion_tokens)
            values (:project, :combination, :prompt, :model, :endpoint, :prompt_tokens, :completion_tokens)""",
                                   combination=json.dumps(combination), prompt=prompt, model=model, endpoint=endpoint,
                                   prompt_tokens=prompt_tokens, completion_tokens=completion_tokens)
        for text in inputs:
            store.execute("insert into proposals (generation, input) values (:generation, :text)",
                          generation=generation, text=text)
    return generation


def proposed(store: Store) -> list[dict[str, Any]]:
    """Proposals that nobody has decided on: id, input, combination, model."""
    rows = store.rows("""select p.id, p.input, g.combination, g.model from proposals p
        join generations g on g.id = p.generation
        where g.project = :project and p.status = 'proposed' order by p.id""")
    return [{**dict(row), "combination": json.loads(row["combination"])} for row in rows]


def accept(store: Store, proposal: int, text: str) -> str:
    """Makes a (perhaps edited) proposal a synthetic trace without an output; returns the trace's id."""
    if not text.strip():
        raise UsageError("An empty input cannot be accepted: write one, or reject the proposal.")
    with store.transaction():
        row = store.row("""select g.combination from proposals p join generations g on g.id = p.generation
            where g.project = :project and p.id = :id and p.status = 'proposed'""", id=proposal)
        if row is None:
            raise UsageError("This proposal was decided already: reload the page to see how.")
        trace = Trace(id=_free_id(store, proposal), input=text, output=None, source=SYNTHETIC, split=split_of(text),
                      dimensions={name: (value,) for name, value in json.loads(row["combination"]).items()})
        key = insert_trace(store, trace)
        store.execute("update proposals set status = 'accepted', trace = :key where id = :id", key=key, id=proposal)
    return trace.id


def _free_id(store: Store, proposal: int) -> str:
    """An imported export of another file may hold synthetic traces of the same number."""
    name = f"synthetic-{proposal}"
    while store.value("select 1 from traces where project = :project and trace_id = :name", name=name):
        name += "-again"
    return name


def reject(store: Store, proposal: int, reason: str) -> None:
    """Keeps a proposal out, with the reason."""
    store.execute("""update proposals set status = 'rejected', reason = :reason
        where id = :id and status = 'proposed'
        and generation in (select id from generations where project = :project)""", id=proposal, reason=reason)
