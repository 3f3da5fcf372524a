"""The table of traces: a page of it in any order, the cells of its columns, and which columns a person has chosen.

A column goes by a word (`input`), or by a letter and a number: `d3` is dimension 3, `e2` what expert 2 says, `j1` what
judge 1 says. So it stays the same column when its name changes.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from lib.store.database import Store
from lib.store.dataset.traces import FROM, Filter

# What a trace t is put in order by; `who` is the number in a column's name, where it has one.
_KEY = """(case :by
    when 'id' then t.trace_id when 'label' then l.outcome when 'critique' then nullif(substr(l.critique, 1, 200), '')
    when 'input' then substr(t.input, 1, 200) when 'output' then substr(t.output, 1, 200)
    when 'split' then t.split when 'source' then t.source when 'version' then t.system_version
    when 'answered' then t.created_at when 'session' then t.session when 'length' then length(t.output)
    when 'imported' then (select i.created_at from imports i where i.id = t.import)
    when 'modes' then (select min(f.name) from counted_codes c join failure_modes f on f.id = c.failure_mode
        where c.trace = t.id)
    when 'd' then (select min(v.name) from trace_values tv join dimension_values v on v.id = tv.value
        where tv.trace = t.id and v.dimension = :who)
    when 'e' then (select c.outcome from current_labels c where c.trace = t.id and c.expert = :who)
    when 'j' then (select coalesce(v.outcome, 'error') from verdicts v join runs r on r.id = v.run
        where v.trace = t.id and r.judge = :who and v.content_hash = t.content_hash order by v.run desc limit 1)
    end)"""
# What has nothing to be put in order by comes last, whichever way.
_SORTED = "select id from (select t.id as id, " + _KEY + " as k" + FROM + ") order by k is null, "
_UP = _SORTED + "k collate nocase, id limit :limit offset :offset"
_DOWN = _SORTED + "k collate nocase desc, id desc limit :limit offset :offset"
_AS_THEY_CAME = "select t.id" + FROM + "order by t.id limit :limit offset :offset"
_TEXT = 300  # characters of a text that a cell holds


def page(store: Store, where: Filter, by: str = "", down: bool = False, limit: int = 100,
         offset: int = 0) -> list[int]:
    """Row numbers of a page of the traces the filter leaves, put in order by a column over all of them."""
    numbered = by[1:].isdecimal()
    statement = (_DOWN if down else _UP) if by else _AS_THEY_CAME
    found = store.rows(statement, **asdict(where), by=by[:1] if numbered else by, limit=limit, offset=offset,
                       who=int(by[1:]) if numbered else None)
    return [row[0] for row in found]


def cells(store: Store, keys: Sequence[int]) -> list[dict[str, Any]]:
    """The rows of these traces in this order: `key`, `trace_id` and a cell for each column that has something to say.

    Texts are cut; times are ISO 8601 in UTC; `length` is the characters of the output.
    """
    known = json.dumps(list(keys))
    rows = {row["key"]: dict(row) for row in store.rows("""select t.id as key, t.trace_id, t.trace_id as id,
            substr(t.input, 1, :cut) as input, substr(t.output, 1, :cut) as output, t.split, t.source,
            t.system_version as version, t.created_at as answered, t.session, length(t.output) as length,
            i.created_at as imported, l.outcome as label, substr(l.critique, 1, :cut) as critique
        from json_each(:keys) k cross join traces t on t.id = k.value left join imports i on i.id = t.import
        left join experts e on e.project = :project and e.is_principal
        left join current_labels l on l.trace = t.id and l.expert = e.id
        where t.project = :project""", keys=known, cut=_TEXT + 1)}
    for key, column, said in store.rows(_MORE, keys=known):
        rows[key][column] = said
    return [rows[key] for key in keys if key in rows]


_MORE = """
    select tv.trace, 'd' || v.dimension, group_concat(v.name, ', ')
    from json_each(:keys) k cross join traces t on t.id = k.value and t.project = :project
    cross join trace_values tv on tv.trace = t.id cross join dimension_values v on v.id = tv.value
    group by tv.trace, v.dimension
    union all select l.trace, 'e' || l.expert, l.outcome
    from json_each(:keys) k cross join traces t on t.id = k.value and t.project = :project
    cross join current_labels l on l.trace = t.id
    -- Of several verdicts of a judge on what the trace says today the newest: with max() SQLite takes its row.
    union all select trace, judge, said from (select v.trace as trace, 'j' || r.judge as judge,
            coalesce(v.outcome, 'error') as said, max(v.run)
        from json_each(:keys) k cross join traces t on t.id = k.value and t.project = :project
        cross join verdicts v on v.trace = t.id and v.content_hash = t.content_hash join runs r on r.id = v.run
        group by v.trace, r.judge)
    union all select c.trace, 'modes', group_concat(f.name, ', ')
    from json_each(:keys) k cross join traces t on t.id = k.value and t.project = :project
    cross join counted_codes c on c.trace = t.id cross join failure_modes f on f.id = c.failure_mode group by c.trace"""


def named(store: Store) -> dict[str, str]:
    """The columns that a project has of its own, by their words: dimensions, what experts say, what judges say."""
    return {row[0]: row[1] for row in store.rows("""
        select 'd' || id, name from dimensions where project = :project and retired_at is null
        union all select 'e' || id, name from experts where project = :project and not is_principal
            and merged_into is null and exists (select 1 from labels where expert = experts.id)
        union all select 'j' || id, name from judges where project = :project and archived_at is null
            and exists (select 1 from runs where judge = judges.id)""")}


def chosen(store: Store) -> list[str] | None:
    """The columns that who is at the page chose in this project; None where nobody has said so."""
    found = store.value("""select c.columns from trace_columns c join experts e on e.id = c.expert
        where c.project = :project and e.project = :project and e.name = :name""", name=store.person)
    return None if found is None else json.loads(found)


def choose(store: Store, columns: Sequence[str]) -> None:
    """Remembers them for who is at the page; where the project does not know that person, nothing is remembered."""
    store.execute("""insert into trace_columns (project, expert, columns)
        select :project, id, :columns from experts where project = :project and name = :name
        on conflict (project, expert) do update set columns = excluded.columns""",
                  columns=json.dumps(list(columns)), name=store.person)


def for_queue(store: Store, keys: Sequence[int], expert: str) -> dict[int, str]:
    """Of these traces, what keeps each out of this expert's queue: "", unanswered, archived, labelled or waiting."""
    return {row[0]: row[1] for row in store.rows("""
        select t.id, case when t.output is null then 'unanswered'
            when t.id in (select trace from archived_traces) then 'archived'
            when exists (select 1 from labels l join experts e on e.id = l.expert
                where l.trace = t.id and e.project = :project and e.name = :expert) then 'labelled'
            when exists (select 1 from queue_items i left join experts e on e.id = i.expert
                where i.trace = t.id and i.label is null and (i.expert is null or e.name = :expert)) then 'waiting'
            else '' end
        from json_each(:keys) k cross join traces t on t.id = k.value where t.project = :project order by t.id""",
                                                            keys=json.dumps(list(keys)), expert=expert)}


def ids(store: Store, keys: Sequence[int]) -> dict[int, str]:
    """Row number -> id of these traces, of those that are this project's."""
    return {row[0]: row[1] for row in store.rows("""select t.id, t.trace_id from json_each(:keys) k
        cross join traces t on t.id = k.value where t.project = :project order by t.id""", keys=json.dumps(list(keys)))}
