"""Insights: what was learnt about the product, its users or the AI, and the traces that taught it."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import UsageError
from lib.store.database import Store
from lib.store.dataset import traces

KINDS = ("product", "user", "AI")


@dataclass(frozen=True)
class Insight:
    """One thing that was learnt, by whom and when, with the ids of its traces."""

    id: int
    kind: str
    text: str
    author: str
    created_at: str
    traces: tuple[str, ...]


def add(store: Store, kind: str, text: str, author: str = "", linked: Sequence[str] = (),
        token: str | None = None) -> int:
    """Stores an insight with its traces (by id); the same token sent twice is one insight."""
    if kind not in KINDS:
        raise UsageError(f"There is no kind of insight '{kind}'. Kinds: {', '.join(KINDS)}.")
    if not text.strip():
        raise UsageError("An insight needs a text: what did you learn?")
    with store.transaction():
        known = store.value("select id from insights where project = :project and token = :token", token=token)
        if known is not None:
            return known
        keys = [traces.key_of(store, trace) for trace in dict.fromkeys(linked)]
        insight = store.execute("""insert into insights (project, kind, text, author, token)
            values (:project, :kind, :text, :author, :token)""",
                                kind=kind, text=text.strip(), author=author.strip(), token=token)
        for key in keys:
            store.execute("insert into insight_traces (insight, trace) values (:insight, :key)",
                          insight=insight, key=key)
    return insight


def every(store: Store, search: str = "", kind: str | None = None, limit: int = 1_000) -> list[Insight]:
    """Insights, the newest first: those with this text in them, or in their author's name or a trace's id."""
    return _records(store, store.rows("""select i.* from insights i where i.project = :project
        and (:kind is null or i.kind = :kind)
        and (instr(lower(i.text || char(10) || i.author), lower(:search)) > 0 or exists (
            select 1 from insight_traces it join traces t on t.id = it.trace
            where it.insight = i.id and instr(lower(t.trace_id), lower(:search)) > 0))
        order by i.id desc limit :limit""", search=search, kind=kind, limit=limit))


def of_mode(store: Store, mode: str) -> list[Insight]:
    """Insights linked to a trace that has this failure mode, the newest first."""
    return _records(store, store.rows("""select i.* from insights i where i.project = :project and i.id in (
            select it.insight from insight_traces it join counted_codes c on c.trace = it.trace
            join failure_modes f on f.id = c.failure_mode where f.project = :project and f.name = :mode)
        order by i.id desc""", mode=mode))


def _records(store: Store, rows: list[sqlite3.Row]) -> list[Insight]:
    return [Insight(row["id"], row["kind"], row["text"], row["author"], row["created_at"],
                    tuple(found[0] for found in store.rows("""select t.trace_id from insight_traces it
                        join traces t on t.id = it.trace where it.insight = :insight and t.project = :project
                        order by t.id""", insight=row["id"]))) for row in rows]
