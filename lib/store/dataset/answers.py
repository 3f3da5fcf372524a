"""What versions of the AI system answered: in place where there was no answer, else as a trace beside the old one.

A trace that was labelled is never touched again: a newer answer is a trace of its own that points to it.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from lib.models.replies import Answer
from lib.records import Trace
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.dataset.imports import insert_trace


def to_answer(store: Store, where: traces.Filter, version: str, again: bool = False, limit: int | None = None
              ) -> list[int]:
    """Row numbers of the traces the filter leaves that have no answer; `again`: none by this version.

    Where an input has several answers, the row is that of the first one, to which the others point.
    """
    return [row[0] for row in store.rows("""select distinct coalesce(t.answers, t.id) as root from traces t
        where t.project = :project and t.id in (select value from json_each(:keys))
            and case when :again then coalesce(t.answers, t.id) not in (select coalesce(a.answers, a.id) from traces a
                    where a.project = :project and a.output is not null and a.system_version = :version)
                else t.output is null end
        order by root limit :limit""", keys=json.dumps(traces.keys(store, where)), version=version, again=again,
                                         limit=-1 if limit is None else limit)]


def has(store: Store, key: int, version: str) -> bool:
    """Whether this version has answered the input of a trace."""
    # Two look-ups, each by its index: "id or answers" in one would read every trace, at every call of a job.
    return bool(store.value("""select exists (select 1 from traces where id = :root and project = :project
            and output is not null and system_version = :version)
        or exists (select 1 from traces where answers = :root and project = :project
            and output is not null and system_version = :version)""",
                            root=_root(store, key), version=version))


def _root(store: Store, key: int) -> int | None:
    return store.value("select coalesce(answers, id) from traces where id = :key and project = :project", key=key)


def save(store: Store, key: int, version: str, answer: Answer) -> str | None:
    """Stores an answer and returns its trace's id; None where this version has answered the input already."""
    with store.transaction():
        old = traces.by_key(store, key)
        if has(store, key, version):
            return None
        new = replace(old, output=answer.output, messages=answer.messages, system_version=version,
                      context={**old.context, **answer.context}, created_at=_now())
        log = json.dumps(answer.log)
        return _in_place(store, new, log) if old.output is None else _beside(store, old, new, log)


def _in_place(store: Store, new: Trace, log: str) -> str:
    store.execute("""update traces set output = :output, messages = :messages, context = :context, log = :log,
            content_hash = :hash, system_version = :version, created_at = :created_at
        where id = :key and project = :project""",
                  key=new.key, output=new.output, messages=json.dumps(new.messages) if new.messages else None,
                  context=json.dumps(new.context), log=log, hash=new.content_hash, version=new.system_version,
                  created_at=new.created_at)
    return new.id


def _beside(store: Store, old: Trace, new: Trace, log: str) -> str:
    """Same split as the old one, so that what a prompt's examples show is never judged under another id."""
    name = f"{old.id}@{new.system_version}"
    while store.value("select 1 from traces where project = :project and trace_id = :name", name=name):
        name += "-again"
    key = insert_trace(store, replace(new, id=name, key=None))
    store.execute("update traces set answers = :root, log = :log where id = :key",
                  key=key, root=_root(store, old.key), log=log)
    return name


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def note(store: Store, key: int, log: dict[str, Any]) -> None:
    """Keeps beside an unanswered trace why it is: the version asked, the kind of error, the attempts."""
    store.execute("update traces set log = :log where id = :key and project = :project and output is null",
                  key=key, log=json.dumps(log))


def of_input(store: Store, trace_id: str) -> list[dict[str, Any]]:
    """Every answer to the input of a trace, oldest first: trace_id, system_version, created_at, log."""
    rows = store.rows("""select trace_id, system_version, created_at, log from traces where project = :project
        and id in (select :root union all select id from traces where answers = :root) order by id""",
                      root=_root(store, traces.key_of(store, trace_id)))
    return [{**dict(row), "log": json.loads(row["log"]) if row["log"] else {}} for row in rows]
