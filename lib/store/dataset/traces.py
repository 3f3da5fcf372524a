"""Traces: what the AI system was asked and answered; read one, list by filter, count.

Writing many at once is in imports.py.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from lib.records import Trace, UsageError, parts
from lib.store.database import Store
from lib.store.outcomes import DAY, SAID


@dataclass(frozen=True)
class Filter:
    """Which traces: every field narrows, None leaves open. Field names are the address's too."""

    split: str | None = None
    shard: str | None = None  # "3/8": the third of eight parts, which the hashes of the ids make
    source: str | None = None
    system_version: str | None = None
    dimension: str | None = None  # with `value`
    value: str | None = None
    failure_mode: str | None = None
    expert: str | None = None  # whose label `label` speaks of; None: the principal
    label: str | None = None  # pass, fail, any, none, incomplete
    deferred: bool | None = None  # put off by this expert
    answered: bool | None = None
    combination: str | None = None  # JSON: dimension -> value, all of which the trace has
    in_run: str | None = None  # the number of a run, with `verdict`; with `rated` also a JSON list of several
    verdict: str | None = None  # pass, fail, error
    rated: str | None = None  # what a rate counts as fails: the expert's, those of `in_run` (judge), or both
    seen: str | None = None  # "yes": with `rated` also what the judge's prompt has seen
    transition: str | None = None  # JSON: [last good step or null, first failing step]
    assertion: str | None = None  # with `checked`: pass, fail or unchecked
    checked: str | None = None
    since: str | None = None  # with `until`: first and last day (2026-11-24, UTC) of the answer, else of the label
    until: str | None = None
    dated: str | None = None  # "yes": since and until go by the day of the answer alone
    search: str | None = None  # in id, input or output
    # The queue that drew it, for whichever expert, its label there or not; "waiting": in any queue, no label yet.
    queue: str | None = None
    archived: str | None = None  # "yes": the archived ones alone; None: they are left out
    unjudged: str | None = None  # a judge that in no run gave an outcome on what the trace says today

    @property
    def said(self) -> dict[str, Any]:
        """The fields that narrow, by name."""
        return {name: value for name, value in asdict(self).items() if value is not None}


_DAY = "(case when :dated is null then " + DAY + " else date(t.created_at) end)"
FROM = """
    from traces t
    left join experts e on e.project = :project
        and case when :expert is null then e.is_principal = 1 else e.name = :expert end
    left join current_labels l on l.trace = t.id and l.expert = e.id
    where t.project = :project
    and (t.id in (select trace from archived_traces)) = (:archived is not null)
    and (:split is null or t.split = :split)
    and (:shard is null or (input_key(t.trace_id) & 9223372036854775807)
        % cast(substr(:shard, instr(:shard, '/') + 1) as integer) = cast(:shard as integer) - 1)
    and (:source is null or t.source = :source)
    and (:system_version is null or t.system_version = :system_version)
    and (:answered is null or (t.output is not null) = :answered)
    and (:label is null or coalesce(l.outcome, 'none') = :label or (:label = 'any' and l.id is not null)
        or (:label = 'incomplete' and trim(l.critique) = ''))
    and (:deferred is null or :deferred = exists (
        select 1 from deferrals put where put.trace = t.id and put.expert = e.id))
    and (:dimension is null or t.id in (
        select trace from trace_values tv join dimension_values v on v.id = tv.value
        join dimensions d on d.id = v.dimension
        where d.project = :project and d.name = :dimension and (:value is null or v.name = :value)))
    and (:failure_mode is null or t.id in (
        select trace from trace_failure_modes tf join failure_modes f on f.id = tf.failure_mode
        where f.project = :project and f.name = :failure_mode))
    and (:combination is null or (select count(*) from json_each(:combination)) = (
        select count(*) from trace_values x where x.trace = t.id
        and x.value in (select y.id from json_each(:combination) w
            join dimensions z on z.project = :project and z.name = w.key
            join dimension_values y on y.dimension = z.id and y.name = w.value)))
    and (:in_run is null or :rated is not null or t.id in (
        select v.trace from verdicts v where v.run = cast(:in_run as integer)
        and (:verdict is null or coalesce(v.outcome, 'error') = :verdict)))
    and (:rated is null or t.id in (select trace from """ + SAID + """ said where outcome = 'fail'))
    and (:transition is null or t.id in (
        select f.trace from failing_steps f join steps b on b.id = f.first_failing and b.project = :project
        left join steps g on g.id = f.last_good
        where b.name = :transition ->> 1 and g.name is (:transition ->> 0)))
    and (:assertion is null or t.id in (
        select r.trace from assertion_results r join assertions a on a.id = r.assertion and a.project = :project
        join traces had on had.id = r.trace and had.content_hash = r.content_hash
        where a.name = :assertion and coalesce(r.outcome, 'unchecked') = coalesce(:checked, 'fail')))
    and (:queue is null or t.id in (
        select i.trace from batches b join queue_items i on i.batch = b.id where b.project = :project
        and case :queue when 'waiting' then i.label is null else i.queue = :queue end))
    and (:unjudged is null or not exists (
        select 1 from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge
        where v.trace = t.id and v.outcome is not null and v.content_hash = t.content_hash
        and j.project = :project and j.name = :unjudged))
    and (:since is null or """ + _DAY + """ >= :since)
    and (:until is null or """ + _DAY + """ <= :until)
    and (:search is null or instr(lower(t.trace_id || char(10) || t.input || char(10) || coalesce(t.output, '')),
        lower(:search)) > 0)
"""


def count(store: Store, where: Filter = Filter()) -> int:
    """How many traces the filter leaves."""
    if where == Filter():
        # Counted in an index: with labels looked up for each it takes a hundred times as long.
        return store.value("select count(*) from traces where project = :project") - archived(store)
    return store.value("select count(*)" + FROM, **asdict(where))


def answered(store: Store) -> int:
    """How many traces have an output, counted in an index."""
    return store.value("""select count(*) from traces where project = :project and output is not null
        and id not in (select trace from archived_traces)""")


def archived(store: Store) -> int:
    """How many traces are archived: they are in no list, queue, new run or figure."""
    return store.value("""select count(*) from archived_traces a join traces t on t.id = a.trace
        where t.project = :project""")


def keys(store: Store, where: Filter = Filter()) -> list[int]:
    """Row numbers of the traces the filter leaves, in order."""
    return [row[0] for row in store.stream("select t.id" + FROM + "order by t.id", **asdict(where))]


def with_parts(store: Store, keys: list[int], but: Callable[[parts.Media], bool] = lambda part: False) -> set[int]:
    """Of these traces the row numbers of those that hold pictures, audio or files, but for those `but` is true of."""
    found = store.stream("""select t.id, input, output, messages, context, steps from json_each(:keys) k
        join traces t on t.id = k.value where project = :project and (
            instr(input, ';base64,') or instr(output, ';base64,') or instr(context, ';base64,')
            or messages glob '*"type"*' or steps glob '*"type"*')""", keys=json.dumps(keys))
    return {row[0] for row in found if any(not but(part) for part in parts.every([row[1], row[2], *(
        json.loads(cell) for cell in row[3:] if cell)]))}


def listing(store: Store, where: Filter = Filter(), limit: int = 100, offset: int = 0) -> list[dict[str, Any]]:
    """A page of traces as rows: trace_id, input, output, split, source, system_version, outcome, critique, mode."""
    rows = store.rows("""select t.id as key, t.trace_id, t.input, t.output, t.split, t.source, t.system_version,
        t.created_at, l.outcome, l.critique, l.mode""" + FROM + "order by t.id limit :limit offset :offset",
                      **asdict(where), limit=limit, offset=offset)
    return [dict(row) for row in rows]


def step(store: Store, where: Filter, trace_id: str | None, forward: bool = True) -> str | None:
    """The id of the next (or previous) trace the filter leaves, after the one named; None at the end."""
    key = 0 if forward else 2**62
    if trace_id is not None:
        key = key_of(store, trace_id)
    order = "and t.id > :key order by t.id limit 1" if forward else "and t.id < :key order by t.id desc limit 1"
    return store.value("select t.trace_id" + FROM + order, **asdict(where), key=key)


def key_of(store: Store, trace_id: str) -> int:
    """The row number of a trace; UsageError where there is none."""
    key = store.value("select id from traces where project = :project and trace_id = :id", id=trace_id)
    if key is None:
        gone = store.value("select 1 from removals where project = :project and kind in ('deleted', 'taken back')")
        raise UsageError(f"There is no trace '{trace_id}' in this project."
                         + (" Settings, Log says what was deleted." if gone else ""))
    return key


def get(store: Store, trace_id: str) -> Trace:
    """One whole trace by its id; UsageError where there is none."""
    return by_key(store, key_of(store, trace_id))


def by_key(store: Store, key: int, dimensions: bool = True) -> Trace:
    """One whole trace by its row number; its dimensions only where they are asked for."""
    row = store.row("select * from traces where id = :key and project = :project", key=key)
    if row is None:
        raise UsageError(f"There is no trace number {key} in this project.")
    return _record(row, _dimensions(store, key) if dimensions else {})


def _dimensions(store: Store, key: int) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for name, value in store.rows("""select d.name, v.name from trace_values tv
            join dimension_values v on v.id = tv.value join dimensions d on d.id = v.dimension
            where tv.trace = :key order by d.id, v.name""", key=key):
        found[name] = (*found.get(name, ()), value)
    return found


def whole(row: sqlite3.Row) -> Trace:
    """The trace of a whole row, without its dimensions."""
    return _record(row, {})


def _record(row: sqlite3.Row, dimensions: dict[str, tuple[str, ...]]) -> Trace:
    return Trace(
        id=row["trace_id"], input=row["input"], output=row["output"],
        messages=json.loads(row["messages"]) if row["messages"] else None,
        context=json.loads(row["context"]), dimensions=dimensions,
        system_version=row["system_version"], created_at=row["created_at"],
        source=row["source"], split=row["split"], assumptions=row["assumptions"], session=row["session"],
        steps=json.loads(row["steps"]) if row["steps"] else None, key=row["id"])


def dimensions(store: Store) -> dict[str, list[str]]:
    """Every dimension of the project with its values."""
    found: dict[str, list[str]] = {}
    for name, value in store.rows("""select d.name, v.name from dimensions d
            left join dimension_values v on v.dimension = d.id
            where d.project = :project order by d.id, v.name"""):
        found.setdefault(name, []).extend([] if value is None else [value])
    return found


def system_versions(store: Store) -> list[str]:
    """The system versions the project's traces name."""
    return [row[0] for row in store.rows("""select distinct system_version from traces
        where project = :project and system_version is not null order by 1""")]


def some_inputs(store: Store, limit: int = 20) -> list[str]:
    """The newest inputs, so that a generator can be told not to repeat them."""
    return [row[0] for row in store.rows("""select input from traces where project = :project
        order by id desc limit :limit""", limit=limit)]
