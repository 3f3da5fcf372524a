"""Splits of labelled traces: which pairs are sealed, draws and looks at the test split, and an input's split.

Knows where each trace is and what holds it there; how splits are drawn is decided elsewhere.
"""

import hashlib
import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lib.records import SPLITS, UsageError, split_of
from lib.store import experts
from lib.store.database import Store
from lib.store.judge import judges
from lib.store.pairs import ENOUGH, LABELLED


@dataclass(frozen=True)
class Look:
    """Somebody opened the test split for a run, on purpose."""

    run: int
    version: int
    reason: str
    created_at: str
    author: str = ""  # who opened it; "": nobody noted it


def labelled(store: Store) -> int:
    """How many traces the principal has labelled."""
    return store.value("select count(*) from (" + LABELLED + ")")


def enough(store: Store) -> bool:
    """Whether these are enough to put a test split aside; cheap at any size."""
    return bool(store.value("select " + ENOUGH))


def members(store: Store) -> list[dict[str, Any]]:
    """The principal's labelled traces in order, each with what a draw must know of it.

    Columns: key, trace_id, root, session, input, outcome, split, shown, looked, seen.
    root: the trace whose input it answers; shown: by any prompt version; looked: in test while a judge's test split
    was open; seen: outside test, where a judge's verdict was compared with the label.
    """
    rows = store.rows("""
        with shown as (select distinct l.trace from prompt_examples x join labels l on l.id = x.label),
        judged as (select distinct v.trace, v.run in (select run from test_looks) as opened
            from runs r join judges j on j.id = r.judge join verdicts v on v.run = r.id
            where j.project = :project and r.prompt_version is not null)
        select t.id as key, t.trace_id, coalesce(t.answers, t.id) as root, t.session, t.input, l.outcome, t.split,
            t.id in shown as shown,
            t.split = 'test' and t.id in (select trace from judged where opened) as looked,
            t.split <> 'test' and t.id in (select trace from judged) as seen
        from current_labels l join traces t on t.id = l.trace join experts e on e.id = l.expert
        where t.project = :project and e.is_principal order by t.id""")
    return [dict(row) for row in rows]


def move(store: Store, seed: int, moves: Mapping[int, str], summary: Mapping[str, Any]) -> None:
    """Puts traces into splits, notes the draw, and remembers where their inputs belong now.

    Other traces with the same input, and other answers to it, go with them.
    """
    with store.transaction():
        for split in SPLITS:
            keys = json.dumps([key for key, goes in moves.items() if goes == split])
            inputs = store.rows("""select distinct input from traces where project = :project
                and id in (select value from json_each(:keys))""", keys=keys)
            store.execute_many("""insert into input_splits (project, input, split) values (:project, :input, :split)
                on conflict (project, input) do update set split = excluded.split""",
                               [{"project": store.project, "input": _hash(row[0]), "split": split} for row in inputs])
            # One look through the traces for each split: the wanted inputs stand in an index of the statement's own.
            store.execute("""update traces set split = :split where project = :project and split <> :split
                and input in (select input from traces where id in (select value from json_each(:keys))
                    and project = :project)""", split=split, keys=keys)
        store.execute("""insert into split_draws (project, seed, moved, summary, author)
            values (:project, :seed, :moved, :summary, :person)""", seed=seed, moved=len(moves),
                      summary=json.dumps(summary))


def of_input(store: Store, text: str) -> str:
    """The split of an input: where a draw has put it, else by its hash."""
    return store.value("select split from input_splits where project = :project and input = :input",
                       input=_hash(text)) or split_of(text)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def draws(store: Store) -> list[dict[str, Any]]:
    """Every draw, newest first: seed, moved, summary, created_at, author."""
    return [{**dict(row), "summary": json.loads(row["summary"])} for row in store.rows("""select seed, moved, summary,
        created_at, author from split_draws where project = :project order by id desc""")]


def look(store: Store, run: int, reason: str, token: str | None = None) -> None:
    """Notes that the test split was opened for a run; the same token sent twice is one look."""
    experts.check_principal(store, "opens the test split")
    with store.transaction():
        if _looks(store, run=run) or store.value("select 1 from test_looks where token = :token", token=token):
            return
        if store.value("""select 1 from runs r join judges j on j.id = r.judge
                where r.id = :run and j.project = :project""", run=run) is None:
            raise UsageError(f"There is no run {run} in this project. The command 'runs' lists them.")
        store.execute("insert into test_looks (run, reason, token, author) values (:run, :reason, :token, :person)",
                      run=run, reason=reason, token=token)


def looks(store: Store, judge: str) -> list[Look]:
    """Every look of a judge at the test split, oldest first."""
    return _looks(store, judge=judges.row_of(store, judge))


def looked(store: Store, run: int) -> bool:
    """Whether the test split was opened for this run."""
    return bool(_looks(store, run=run))


def _looks(store: Store, run: int | None = None, judge: int | None = None) -> list[Look]:
    rows: list[sqlite3.Row] = store.rows("""select k.run, p.number, k.reason, k.created_at, k.author
        from test_looks k
        join runs r on r.id = k.run join prompt_versions p on p.id = r.prompt_version join judges j on j.id = r.judge
        where j.project = :project and (:run is null or k.run = :run) and (:judge is null or j.id = :judge)
        order by k.id""", run=run, judge=judge)
    return [Look(*row) for row in rows]
