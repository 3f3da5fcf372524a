"""Whole tables of root causes for export: notes, codes, failure modes and their history, assertions, what they said.

Rows name traces and failure modes as people know them, never by row numbers.
"""

import json
from collections.abc import Iterator
from typing import Any

from lib.records.sheets import CODES, OURS, row_mark
from lib.store.database import Store
from lib.store.dataset.tables import Export


def notes(store: Store) -> Export:
    """Every note ever written, succeeded ones too, oldest first; `current` marks the one that counts.

    `behind` names the failure modes it stands behind, confirmed or not.
    """
    columns = ["id", "author", "note", "behind", "current", "note_created_at", "split"]
    return columns, _notes(store)


def _notes(store: Store) -> Iterator[dict[str, Any]]:
    behind: dict[int, list[str]] = {}
    for note, name in store.rows("""select b.note, f.name from failure_mode_notes b
            join failure_modes f on f.id = b.failure_mode where f.project = :project order by f.name"""):
        behind.setdefault(note, []).append(name)
    for row in store.stream("""select n.id as note_row, t.trace_id as id, n.author, n.text as note,
                case when exists (select 1 from notes m where m.trace = n.trace and m.id > n.id) then 'no'
                    else 'yes' end as current, n.created_at as note_created_at, t.split
            from notes n join traces t on t.id = n.trace where t.project = :project order by n.id"""):
        yield {**dict(row), "behind": behind.get(row["note_row"], [])}


def codes(store: Store) -> Export:
    """The confirmed failure modes of each trace that has some, or that a person has looked at and found none in.

    `from_model`: those of them that a model named first; `proposals_seen`: whether its proposals were in view.
    """
    columns = ["id", "input", "output", "failure_modes", "from_model", "coder", "proposals_seen", "coded_at", "split",
               OURS]
    return columns, _codes(store)


def _codes(store: Store) -> Iterator[dict[str, Any]]:
    given: dict[int, list[tuple[str, str]]] = {}
    for trace, name, source in store.rows("""select c.trace, f.name, c.source from counted_codes c
            join failure_modes f on f.id = c.failure_mode where f.project = :project order by f.name"""):
        given.setdefault(trace, []).append((name, source))
    for row in store.stream("""select t.id as trace_row, t.trace_id as id, t.input, t.output, d.coder,
                case d.proposals_seen when 1 then 'yes' when 0 then 'no' end as proposals_seen,
                d.created_at as coded_at, t.split
            from traces t left join coded_traces d on d.trace = t.id
            where t.project = :project and (d.trace is not null or t.id in (select trace from counted_codes))
            order by t.id"""):
        found = given.get(row["trace_row"], [])
        yield {**dict(row), "failure_modes": [name for name, _ in found],
               "from_model": [name for name, source in found if source == "model"], OURS: row_mark(CODES, row["id"])}


def modes(store: Store) -> Export:
    """Every failure mode, whatever became of it, with what was decided on it.

    `example`: the trace whose critique shows it best.
    """
    columns = ["failure_mode", "definition", "confirmed", "rejected_at", "merged_into", "kind", "impact", "status",
               "decision", "owner", "due_on", "example"]
    rows = store.rows("""select f.name as failure_mode, f.definition,
            case f.confirmed when 1 then 'yes' else 'no' end as confirmed, f.rejected_at, m.name as merged_into,
            f.kind, f.impact, f.status, f.decision, f.owner, f.due_on, t.trace_id as example
        from failure_modes f left join failure_modes m on m.id = f.merged_into
        left join labels l on l.id = f.example left join traces t on t.id = l.trace
        where f.project = :project order by f.id""")
    return columns, map(dict, rows)


def history(store: Store) -> Export:
    """Every step of every failure mode, oldest first; of a merge also which traces and notes it moved."""
    return ["failure_mode", "event", "detail", "event_created_at"], _history(store)


def _history(store: Store) -> Iterator[dict[str, Any]]:
    rows = store.rows("""select f.name as failure_mode, h.kind as event, h.detail, h.created_at as event_created_at
        from failure_mode_events h join failure_modes f on f.id = h.failure_mode
        where f.project = :project order by h.id""")
    named = _names(store) if any(row["event"] == "merged" for row in rows) else {}
    for row in rows:
        detail = json.loads(row["detail"])
        if row["event"] == "merged":
            del detail["into"]  # its name stands there too
            detail |= {part: [names[number] for number in detail[part]] for part, names in named.items()}
        yield {**dict(row), "detail": detail or None}


def _names(store: Store) -> dict[str, dict[int, str]]:
    """Part of a merge's detail -> what its row numbers are called; a note is called as its trace."""
    traces, noted, modes = (dict(map(tuple, store.rows(sql))) for sql in (
        "select id, trace_id from traces where project = :project",
        "select n.id, t.trace_id from notes n join traces t on t.id = n.trace where t.project = :project",
        "select id, name from failure_modes where project = :project"))
    return {"traces": traces, "model": traces, "both": traces, "notes": noted, "both_notes": noted, "inside": modes}


def assertions(store: Store) -> Export:
    """Every assertion with its settings, retired ones too, oldest first."""
    columns = ["assertion", "kind", "settings", "failure_mode", "reason", "assertion_created_at", "retired_at"]
    rows = store.rows("""select a.name as assertion, a.kind, a.config, coalesce(m.name, f.name) as failure_mode,
            a.reason, a.created_at as assertion_created_at, a.retired_at
        from assertions a left join failure_modes f on f.id = a.failure_mode
        left join failure_modes m on m.id = f.merged_into where a.project = :project order by a.id""")
    return columns, ({**dict(row), "settings": json.loads(row["config"])} for row in rows)


def checks(store: Store) -> Export:
    """What each assertion said of each trace it was tried on; without an outcome it could not be checked.

    `current`: the trace holds what was checked, and the assertion is in use.
    """
    return ["id", "assertion", "outcome", "detail", "current"], _checks(store)


def _checks(store: Store) -> Iterator[dict[str, Any]]:
    return map(dict, store.stream("""select t.trace_id as id, a.name as assertion, r.outcome, r.detail,
            -- Asked of the index: the row of a trace may hold pages of text.
            case when a.retired_at is null and exists (select 1 from traces f indexed by answers_by_content
                    where f.project = :project and f.id = r.trace and f.content_hash = r.content_hash
                    and f.output is not null) then 'yes'
                else 'no' end as current
        from assertions a join assertion_results r on r.assertion = a.id join traces t on t.id = r.trace
        where a.project = :project and t.project = :project order by a.id, r.trace"""))
