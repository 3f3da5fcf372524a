"""What a batch is drawn from: the open traces of some experts, and the orders that queues take them in.

Row numbers in, row numbers out: which of them become a batch is decided elsewhere.
"""

import json
from collections.abc import Sequence

from lib.records.fit import Fit
from lib.store.database import Store
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import SEALED


def open_traces(store: Store, experts: Sequence[str]) -> list[int]:
    """Answered traces that none of these experts has labelled and that wait in no queue of theirs."""
    return _keys(store.rows("""select t.id from traces t where t.project = :project and t.output is not null
        and t.id not in (select trace from archived_traces)
        and t.id not in (select l.trace from labels l where l.expert in (
            select e.id from experts e where e.project = :project
            and e.name in (select value from json_each(:experts))))
        and t.id not in (select i.trace from queue_items i join batches b on b.id = i.batch
            left join experts e on e.id = i.expert where b.project = :project and i.label is null
            and (i.expert is null or e.name in (select value from json_each(:experts))))
        order by t.id""", experts=_json(experts)))


def labelled(store: Store, experts: Sequence[str]) -> list[int]:
    """Traces that have a label of one of these experts, once for each of them."""
    return _keys(store.rows("""select l.trace from current_labels l join experts e on e.id = l.expert
        where e.project = :project and e.name in (select value from json_each(:experts))""", experts=_json(experts)))


def values(store: Store, dimension: str) -> dict[int, str]:
    """Trace -> its value of a dimension; of several the first by name."""
    found: dict[int, str] = {}
    for trace, value in store.rows("""select tv.trace, v.name from dimensions d
            join dimension_values v on v.dimension = d.id join trace_values tv on tv.value = v.id
            where d.project = :project and d.name = :dimension order by v.name""", dimension=dimension):
        found.setdefault(trace, value)
    return found


def newest(store: Store) -> list[int]:
    """Answered real traces, the latest first; those without a time last."""
    return _keys(store.rows("""select id from traces where project = :project and source = 'real'
        and output is not null and id not in (select trace from archived_traces)
        order by created_at desc, id desc"""))


def judged_runs(store: Store) -> dict[str, list[int]]:
    """Judge -> its runs that have a verdict, the newest last; judges without one are left out."""
    found: dict[str, list[int]] = {}
    for judge, run in store.rows("""select j.name, r.id from judges j join runs r on r.judge = j.id
            where j.project = :project and exists (select 1 from verdicts v where v.run = r.id)
            order by j.id, r.id"""):
        found.setdefault(judge, []).append(run)
    return found


def failed(store: Store, run: int) -> list[int]:
    """Traces that a run's judge failed."""
    return _keys(store.rows("""select v.trace from verdicts v join traces t on t.id = v.trace
        where v.run = :run and v.outcome = 'fail' and t.project = :project
        and v.trace not in (select trace from archived_traces) order by v.trace""", run=run))


def against_expert(store: Store, run: int, experts: Sequence[str], queue: str) -> dict[int, list[str]]:
    """Trace -> which of these experts gave a label that is not a run's verdict; a sealed test split stays unread.

    One that came back to its expert for this reason after the verdict, and was labelled again, has been settled.
    """
    found: dict[int, list[str]] = {}
    for trace, expert in store.rows("""select v.trace, e.name from verdicts v
            join runs g on g.id = v.run join """ + JUDGE_LABELS + """ l on l.judge = g.judge and l.trace = v.trace
            join experts e on e.id = l.expert
            where v.run = :run and v.outcome <> l.outcome and e.project = :project
            and not exists (select 1 from runs r where r.id = v.run and """ + SEALED + """)
            and e.name in (select value from json_each(:experts))
            and not exists (select 1 from queue_items i left join labels a on a.id = i.label where i.trace = v.trace
                and (i.label is null or (i.queue = :queue and a.expert = e.id and a.created_at >= v.created_at)))
            order by v.trace, e.name""", run=run, experts=_json(experts), queue=queue):
        found.setdefault(trace, []).append(expert)
    return found


def runs_differ(store: Store, judge: str, queue: str) -> list[int]:
    """Answered traces to which runs of one judge gave different outcomes, but for those settled since."""
    return _keys(store.rows("""select d.trace from (
            select v.trace, max(v.created_at) as newest from verdicts v join runs r on r.id = v.run
            join judges j on j.id = r.judge where j.project = :project and j.name = :judge and v.outcome is not null
            group by v.trace having min(v.outcome) <> max(v.outcome)) d
        where d.trace not in (select trace from archived_traces)
        and not exists (select 1 from queue_items i left join labels a on a.id = i.label where i.trace = d.trace
            and (i.label is null or (i.queue = :queue and a.created_at >= d.newest)))
        order by d.trace""", judge=judge, queue=queue))


def beginnings(store: Store) -> dict[int, str]:
    """Answered trace -> how its input begins, long enough to tell how like another it is."""
    return {key: text for key, text in store.rows("""select id, substr(input, 1, 250) from traces
        where project = :project and output is not null and id not in (select trace from archived_traces)
        order by id""")}


def texts(store: Store) -> dict[int, str]:
    """Answered trace -> how its input and its output begin, by which traces are grouped."""
    return {key: f"{asked}\n{told}" for key, asked, told in store.rows("""select id, substr(input, 1, 1000),
            substr(output, 1, 1000) from traces where project = :project and output is not null
            and id not in (select trace from archived_traces) order by id""")}


_ONE_JUDGE = """not exists (select 1 from prompt_versions made where made.id = r.prompt_version
    and made.cascade is not null) """


def with_probabilities(store: Store) -> list[str]:
    """Judges that have given a probability of pass; not one made of two, which has a band in place of a threshold."""
    return [row[0] for row in store.rows("""select j.name from judges j where j.project = :project
        and exists (select 1 from runs r join verdicts v on v.run = r.id where r.judge = j.id
            and v.p_pass is not null and """ + _ONE_JUDGE + ") order by j.id")]


def probabilities(store: Store, judge: str) -> list[tuple[int, float, Fit | None]]:
    """(trace, the newest probability of pass of this judge, the fit by which it became an outcome), archived left out.

    A fit of another model than the one that answered is void.
    """
    found: dict[int, tuple[int, float, Fit | None]] = {}
    fits: dict[str, Fit] = {}
    for trace, p, model, stored in store.rows("""select v.trace, v.p_pass, v.model, r.fit from judges j
            join runs r on r.judge = j.id join verdicts v on v.run = r.id
            where j.project = :project and j.name = :judge and v.p_pass is not null
            and v.trace not in (select trace from archived_traces) and """ + _ONE_JUDGE + " order by v.id",
                                            judge=judge):
        fit = fits.setdefault(stored, Fit(**json.loads(stored))) if stored else None
        found[trace] = (trace, p, fit if fit and fit.model == model else None)
    return list(found.values())


_MEASURED = """select t.id, length(t.input) as input, length(t.output) as output,
        coalesce(t.context ->> 'latency_ms', t.context ->> 'duration_ms', 1000 * (t.context ->> 'latency_s'))
            as latency,
        coalesce(t.context ->> 'total_tokens', case when coalesce(t.context ->> 'input_tokens',
            t.context ->> 'output_tokens') is not null then coalesce(t.context ->> 'input_tokens', 0)
            + coalesce(t.context ->> 'output_tokens', 0) end) as tokens,
        case when t.steps is not null then (select count(*) from json_each(t.steps) s where s.value ->> 'kind' = 'tool')
            when t.messages is not null then (select coalesce(sum(json_array_length(m.value, '$.tool_calls')), 0)
                from json_each(t.messages) m) end as calls,
        (select count(*) from json_each(coalesce(t.steps, '[]')) s where coalesce(s.value ->> 'error', '') <> '')
            as failed,
        coalesce(t.context ->> 'error', '') <> '' as error
    from traces t where t.project = :project and t.output is not null
    and t.id not in (select trace from archived_traces) order by t.id"""


def measured(store: Store) -> dict[int, dict[str, float]]:
    """Answered trace -> what is counted of it by the names of outliers.MEASURES; what it lacks is left out."""
    found = {}
    for row in store.rows(_MEASURED):
        own = {"input": row["input"], "output": row["output"], "latency": _number(row["latency"]),
               "tokens": _number(row["tokens"]), "tool calls": row["calls"],
               "errors": max(row["failed"], row["error"])}
        found[row["id"]] = {name: value for name, value in own.items() if value is not None}
    return found


def _number(cell: object) -> float | None:
    """A figure of a trace's context, which holds what the file did."""
    try:
        return float(cell)
    except (TypeError, ValueError):
        return None


def ids(store: Store, keys: Sequence[int]) -> dict[int, str]:
    """Row number -> the trace's id."""
    return {key: id for key, id in store.rows("""select id, trace_id from traces where project = :project
        and id in (select value from json_each(:keys))""", keys=json.dumps(list(keys)))}


def _json(experts: Sequence[str]) -> str:
    return json.dumps(list(experts))


def _keys(rows) -> list[int]:
    return [row[0] for row in rows]
