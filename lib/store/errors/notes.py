"""Notes of open coding: the first thing that went wrong in a fail, in free words; the newest of a trace counts.

A fail is one of the expert it is asked for; fails come in the order in which they were labelled.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

from lib.records import UsageError
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces


@dataclass(frozen=True)
class Fails:
    """Which fails: of this expert, and with a dimension's value where one is named."""

    expert: str
    dimension: str | None = None
    value: str | None = None


_FAILS = """
    from current_labels l join traces t on t.id = l.trace
    where l.expert = (select id from experts where project = :project and name = :expert) and l.outcome = 'fail'
    and t.project = :project
    and (:dimension is null or t.id in (
        select trace from trace_values tv join dimension_values v on v.id = tv.value
        join dimensions d on d.id = v.dimension
        where d.project = :project and d.name = :dimension and (:value is null or v.name = :value)))
"""


def save(store: Store, trace_id: str, author: str, text: str, token: str | None = None) -> int:
    """The row of a new note, which succeeds the one before; the same token sent twice is one note. Ends the draft."""
    if not text.strip():
        raise UsageError("A note needs words: what is the first thing that went wrong?")
    if not author.strip():
        raise UsageError("A note needs a name: who writes it?")
    experts.check_own(store, author, "writes a note")
    with store.transaction():
        trace = traces.key_of(store, trace_id)
        known = store.value("""select n.id from notes n join traces t on t.id = n.trace
            where n.token = :token and t.project = :project""", token=token)
        if known is not None:
            return known
        store.execute("delete from note_drafts where trace = :trace and author = :author", trace=trace, author=author)
        return store.execute("""insert into notes (trace, author, text, token)
            values (:trace, :author, :text, :token)""", trace=trace, author=author, text=text.strip(), token=token)


def current(store: Store, trace_id: str) -> dict[str, Any] | None:
    """The newest note of a trace: id, author, text, created_at; None where there is none."""
    return next(iter(history(store, trace_id)), None)


def written_by(store: Store, trace_id: str, author: str) -> str | None:
    """The text of the newest note this author has saved on a trace; None where there is none."""
    return next((note["text"] for note in history(store, trace_id) if note["author"] == author), None)


def history(store: Store, trace_id: str) -> list[dict[str, Any]]:
    """Every note of a trace, newest first."""
    return [dict(row) for row in store.rows("""select n.id, n.author, n.text, n.created_at from notes n
        join traces t on t.id = n.trace where t.project = :project and t.trace_id = :id order by n.id desc""",
                                            id=trace_id)]


def keep_draft(store: Store, trace_id: str, author: str, text: str) -> None:
    """Keeps an unfinished note; an empty one ends the draft."""
    experts.check_own(store, author, "writes a note")
    with store.transaction():
        trace = traces.key_of(store, trace_id)
        store.execute("delete from note_drafts where trace = :trace and author = :author", trace=trace, author=author)
        if text.strip():
            store.execute("insert into note_drafts (trace, author, text) values (:trace, :author, :text)",
                          trace=trace, author=author, text=text)


def draft(store: Store, trace_id: str, author: str) -> str | None:
    """The unfinished note of this author, or None."""
    return store.value("""select d.text from note_drafts d join traces t on t.id = d.trace
        where t.project = :project and t.trace_id = :id and d.author = :author""", id=trace_id, author=author)


def progress(store: Store, where: Fails) -> tuple[int, int]:
    """(fails that have a note, fails)."""
    row = store.row("""select coalesce(sum(exists (select 1 from notes n where n.trace = l.trace)), 0), count(*)"""
                    + _FAILS, **asdict(where))
    return row[0], row[1]


def spoken(store: Store, where: Fails) -> tuple[int, int, int]:
    """(fails that have a note, fails without one whose critique says something, fails)."""
    return tuple(store.row("""select coalesce(sum(noted), 0), coalesce(sum(not noted and trim(critique) <> ''), 0),
            count(*) from (select l.critique, exists (select 1 from notes n where n.trace = l.trace) as noted"""
                           + _FAILS + ")", **asdict(where)))


def next_without(store: Store, where: Fails, after: str | None = None) -> str | None:
    """The id of the next fail without a note, after the one named and then from the beginning; None where all have."""
    return store.value("select t.trace_id" + _FAILS + """
        and not exists (select 1 from notes n where n.trace = l.trace)
        order by l.id <= (select max(a.id) from current_labels a join traces b on b.id = a.trace
            where b.project = :project and b.trace_id = :after
            and a.expert = (select id from experts where project = :project and name = :expert)), l.id
        limit 1""", **asdict(where), after=after)


def step(store: Store, where: Fails, trace_id: str, forward: bool = True) -> str | None:
    """The id of the fail labelled next (or before), with a note or without; None at the end."""
    here = store.value("""select max(a.id) from current_labels a join traces b on b.id = a.trace
        where b.project = :project and b.trace_id = :id
        and a.expert = (select id from experts where project = :project and name = :expert)""",
                       id=trace_id, expert=where.expert) or 0
    order = "and l.id > :here order by l.id limit 1" if forward else "and l.id < :here order by l.id desc limit 1"
    return store.value("select t.trace_id" + _FAILS + order, **asdict(where), here=here)


def every(store: Store, where: Fails, limit: int = 10**9) -> list[dict[str, Any]]:
    """The newest note of each fail, in the order the fails were labelled: id, trace_id, text, author, created_at."""
    return [dict(row) for row in store.rows("""
        select n.id, t.trace_id, n.text, n.author, n.created_at
        from notes n join current_labels l on l.trace = n.trace join traces t on t.id = n.trace
        where t.project = :project and l.outcome = 'fail'
        and l.expert = (select id from experts where project = :project and name = :expert)
        and not exists (select 1 from notes m where m.trace = n.trace and m.id > n.id)
        and (:dimension is null or t.id in (
            select trace from trace_values tv join dimension_values v on v.id = tv.value
            join dimensions d on d.id = v.dimension
            where d.project = :project and d.name = :dimension and (:value is null or v.name = :value)))
        order by l.id limit :limit""", **asdict(where), limit=limit)]


def said(store: Store, where: Fails) -> list[dict[str, Any]]:
    """What was said of each fail in words, in the order they were labelled: the newest note, else the critique.

    trace_id, text, label, and the number of the note, None where the label's critique speaks; fails of which nobody
    said a word are not among them.
    """
    return [dict(row) for row in store.rows("""
        select trace_id, note, label, text from (
            select trace_id, note, label, coalesce((select text from notes where id = note), critique) as text from (
                select t.trace_id, l.id as label, l.critique,
                    (select max(n.id) from notes n where n.trace = l.trace) as note""" + _FAILS + """))
        where trim(text) <> '' order by label""", **asdict(where))]


def critiques(store: Store, labels: list[int]) -> dict[int, str]:
    """The critiques of labels by their row numbers."""
    return dict(map(tuple, store.rows("""select l.id, l.critique from labels l join traces t on t.id = l.trace
        where t.project = :project and l.id in (select value from json_each(:labels))""", labels=json.dumps(labels))))


def texts(store: Store, keys: list[int]) -> dict[int, str]:
    """The texts of notes by their row numbers."""
    return dict(map(tuple, store.rows("""select n.id, n.text from notes n join traces t on t.id = n.trace
        where t.project = :project and n.id in (select value from json_each(:keys))""", keys=json.dumps(keys))))
