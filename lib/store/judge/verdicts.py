"""Verdicts of a run, and the pairs they make with an expert's labels."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

from lib.records import Counts, LeftOut, UsageError, Verdict
from lib.store import experts
from lib.store.database import Store
from lib.store.given import BEFORE
from lib.store.judge import judges
from lib.store.judge_labels import JUDGE_LABELS, SAYS
from lib.store.pairs import ANY_PAIR, COUNTED, PAIRED, SEALED, SHOWN, TIED

# Of two experts the labels given independently: each one's newest before anybody adjudicated the trace.
_BETWEEN = """
    from labels a join labels b on b.trace = a.trace and b.expert = :second
    left join tied_traces tied on tied.trace = a.trace
    where a.expert = :first and a.trace not in (select trace from archived_traces)
    and a.trace in (select trace from labels where expert = :second) and a.id = (
        select max(n.id) from labels n where n.trace = a.trace and n.expert = a.expert and n.purpose = 'label'
        and not exists (select 1 from labels x where x.trace = n.trace and x.purpose = 'adjudication'
            and """ + BEFORE + """))
    and b.id = (
        select max(n.id) from labels n where n.trace = b.trace and n.expert = b.expert and n.purpose = 'label'
        and not exists (select 1 from labels x where x.trace = n.trace and x.purpose = 'adjudication'
            and """ + BEFORE + "))"


def save(store: Store, run: int, trace: int, verdict: Verdict) -> None:
    """Stores a verdict (or a recorded error) the moment it came; a second one on the same trace is ignored."""
    store.execute("""insert into verdicts (run, trace, outcome, critique, error, raw, model, content_hash,
            prompt_tokens, completion_tokens, milliseconds, attempts, thoughts, lenient, cached_tokens,
            p_pass, p_raw, decided_by, reused)
        select :run, :trace, :outcome, :critique, :error, :raw, :model, content_hash, :prompt_tokens,
            :completion_tokens, :milliseconds, :attempts, :thoughts, :lenient, :cached_tokens, :p_pass,
            :p_raw, :decided_by, :reused from traces
        where id = :trace and project = :project
            and exists (select 1 from runs r join judges j on j.id = r.judge where r.id = :run and j.project = :project)
        on conflict (run, trace) do nothing""",
                  run=run, trace=trace, outcome=verdict.outcome, critique=verdict.critique, error=verdict.error,
                  raw=verdict.raw, model=verdict.model, prompt_tokens=verdict.prompt_tokens,
                  completion_tokens=verdict.completion_tokens, milliseconds=verdict.milliseconds,
                  attempts=verdict.attempts, thoughts=verdict.thoughts, lenient=verdict.lenient,
                  cached_tokens=verdict.cached_tokens, p_pass=verdict.p_pass, p_raw=verdict.p_raw,
                  decided_by=verdict.decided_by, reused=verdict.reused)


def whole(store: Store, run: int, trace_id: str) -> Verdict:
    """What a run has said of a trace, thoughts and all; UsageError where it has said nothing."""
    row = store.row("""select v.outcome, v.critique, v.error, v.raw, v.prompt_tokens, v.completion_tokens,
            v.milliseconds, v.attempts, v.model, v.thoughts, v.lenient, v.cached_tokens, v.p_pass, v.p_raw,
            v.decided_by, v.reused
        from verdicts v join traces t on t.id = v.trace
        where v.run = :run and t.project = :project and t.trace_id = :trace_id""", run=run, trace_id=trace_id)
    if row is None:
        raise UsageError(f"Run {run} has no verdict on '{trace_id}'.")
    return Verdict(*row)


@dataclass(frozen=True)
class Measured:
    """A run against the labels of an expert, in one read: what counts, what is sealed, what is left out and why."""

    counts: Counts
    sealed: Counts  # of the test split: for whoever has opened it, and to say how many pairs it holds
    left_out: LeftOut

    def plus(self, more: "Measured") -> "Measured":
        """Both together."""
        return Measured(self.counts + more.counts, self.sealed + more.sealed, self.left_out + more.left_out)


_MEASURED = "select " + SEALED + """, l.counts, l.mode = 'shadow', tied.session, tied.input, l.outcome,
    coalesce(v.outcome, 'error'), count(*)""" + ANY_PAIR
_GROUPED = " group by 1, 2, 3, 4, 5, 6, 7"


def measured(store: Store, run: int, expert: str, every: bool = False) -> Measured:
    """The 2×2 tables of a run against an expert's newest labels; a label shown in the prompt is in none.

    Shadow labels, and labels on traces drawn by looking at an outcome, count only where `every` is asked for.
    """
    return _measured(store.rows(_MEASURED + _GROUPED,
                                run=run, expert=experts.row_of(store, expert)), every)


def measured_between(store: Store, run: int, expert: str, every: bool, after: int, until: int) -> Measured:
    """The same of the verdicts whose row numbers lie above `after`, up to `until`: what came since a look."""
    # The plus keeps the search on the run: by their numbers alone all verdicts of the file would be read.
    return _measured(store.rows(_MEASURED + " and +v.id > :after and +v.id <= :until" + _GROUPED,
                                run=run, expert=experts.row_of(store, expert), after=after, until=until), every)


def reach(store: Store, run: int, upto: int = 0) -> tuple[int, int, int]:
    """Row number of a run's newest verdict, how many verdicts there are, and how many of them up to a row number."""
    row = store.row("""select coalesce(max(v.id), 0), count(*), coalesce(sum(v.id <= :upto), 0) from verdicts v
        where v.run = (select r.id from runs r join judges j on j.id = r.judge
            where r.id = :run and j.project = :project)""", run=run, upto=upto)
    return tuple(row)


def marks(store: Store) -> tuple[int | None, int | None]:
    """A value that changes as soon as a label is given or splits are drawn: no look from before it can be continued."""
    row = store.row("""select
        (select max((select max(l.id) from labels l where l.expert = e.id)) from experts e where e.project = :project),
        (select max(id) from split_draws where project = :project)""")
    return row[0], row[1]


def _measured(found: list, every: bool) -> Measured:
    rows = [tuple(row) for row in found]
    tables = [Counter(), Counter()]
    out = Counter()
    for sealed, counted, shadow, session, text, said, outcome, n in rows:
        if every or counted:
            tables[sealed][session, text, said, outcome] += n
        out[shadow] += n * (not sealed and not counted and outcome != "error")
    return Measured(*map(Counts.of_tied, tables), LeftOut(out[1], out[0]))


def counts(store: Store, run: int, expert: str, every: bool = False) -> Counts:
    """The table of what counts, as `measured` says; a pair of a sealed test split does not."""
    return measured(store, run, expert, every).counts


def left_out(store: Store, run: int, expert: str) -> LeftOut:
    """How many pairs `counts` leaves out, for each reason."""
    return measured(store, run, expert).left_out


def any_pair(store: Store, run: int, expert: str) -> bool:
    """Whether a readable verdict of a run meets a label that counts; stops at the first."""
    return bool(store.value("select exists (select 1" + PAIRED + "and " + COUNTED + "and v.outcome is not null)",
                            run=run, expert=experts.row_of(store, expert), every=False))


_TABLES = """with said as materialized (
        -- read once for all the runs
        select l.trace, l.outcome from """ + JUDGE_LABELS + """ l
        where l.judge = :judge and l.expert = :expert and """ + COUNTED + """)
    select v.run, v.trace, tied.session, tied.input, l.outcome, coalesce(v.outcome, 'error')
    from runs r join verdicts v on v.run = r.id join said l on l.trace = v.trace""" + TIED + """
    where r.judge = :judge and r.id in (select value from json_each(:runs))
        and not """ + SHOWN + " and not " + SEALED + " order by v.run desc, v.trace"


def tables(store: Store, judge: str, found: list[int], expert: str, every: bool = False) -> list[
        tuple[int, Counts, str]]:
    """(run, `counts`, the traces behind it as one text) of a judge's runs, the newest first; without pairs, none.

    The texts of two runs are equal where they were measured on the same traces; errors are among them.
    """
    pairs: dict[int, tuple[Counter, list[str]]] = {}
    for run, trace, *key in store.stream(_TABLES, judge=judges.row_of(store, judge), runs=json.dumps(found),
                                         expert=experts.row_of(store, expert), every=every):
        table, traces = pairs.setdefault(run, (Counter(), []))
        table[tuple(key)] += 1
        traces.append(str(trace))
    return [(run, Counts.of_tied(table), ",".join(traces)) for run, (table, traces) in pairs.items()]


def counts_between(store: Store, first: str, second: str, every: bool = False) -> Counts:
    """The 2×2 table of two experts on the traces both labelled, the first named first.

    Counted are the labels given independently: before an adjudication, and neither in shadow mode nor on a trace
    drawn by looking at an outcome unless `every` is asked for.
    """
    rows = store.rows("select tied.session, tied.input, a.outcome, b.outcome, count(*)" + _BETWEEN + """
        and (:every or (a.mode <> 'shadow' and b.mode <> 'shadow' and a.unbiased = 1 and b.unbiased = 1))
        group by 1, 2, 3, 4""", first=experts.row_of(store, first), second=experts.row_of(store, second), every=every)
    return Counts.of_tied({tuple(key): n for *key, n in rows})


def left_out_between(store: Store, first: str, second: str) -> LeftOut:
    """How many pairs of two experts `counts_between` leaves out, for each reason."""
    row = store.row("""select coalesce(sum('shadow' in (a.mode, b.mode)), 0),
        coalesce(sum('shadow' not in (a.mode, b.mode) and 0 in (a.unbiased, b.unbiased)), 0)""" + _BETWEEN + """
        and ('shadow' in (a.mode, b.mode) or 0 in (a.unbiased, b.unbiased))""",
                    first=experts.row_of(store, first), second=experts.row_of(store, second))
    return LeftOut(*row)


_LISTED = """
    select t.trace_id, t.input, t.output, """ + SAYS + """ as expert_outcome, l.critique as expert_critique,
        l.mode as expert_mode,
        v.outcome as judge_outcome, v.critique as judge_critique, v.error, v.raw, v.p_pass as probability
    from verdicts v join traces t on t.id = v.trace join runs r on r.id = v.run join judges j on j.id = r.judge
    left join current_labels l on l.trace = v.trace
        and l.expert = (select id from experts where project = :project and name = :expert)
        and """ + SAYS + """ is not null
    where v.run = :run and t.project = :project and case :kind
        when 'errors' then v.error is not null
        when 'all' then 1
        when 'judge passed a fail' then v.outcome = 'pass' and """ + SAYS + """ = 'fail'
        when 'judge failed a pass' then v.outcome = 'fail' and """ + SAYS + """ = 'pass'
        else v.outcome <> """ + SAYS + """ end
    and (l.id is null or """ + COUNTED + """)
    and not """ + SHOWN + """ and not (l.id is not null and v.outcome is not null and """ + SEALED + """)
    """


def pairs(store: Store, run: int, expert: str, kind: str = "disagreements", limit: int = 200,
          every: bool = False) -> list[dict[str, Any]]:
    """Rows of trace and both critiques; what `counts` leaves out is left out here.

    kind: disagreements, judge passed a fail, judge failed a pass, errors, all.
    """
    rows = store.rows(_LISTED + "order by t.id limit :limit", run=run, expert=expert, kind=kind, limit=limit,
                      every=every)
    return [dict(row) for row in rows]


def newest_pairs(store: Store, run: int, expert: str, kind: str, limit: int, within: int,
                 every: bool = False) -> list[dict[str, Any]]:
    """The same rows, the newest verdicts first; no more than so many newest verdicts are looked through."""
    # Without the index of the run, which would have all its verdicts sorted: the newest stand at the table's end.
    rows = store.rows(_LISTED + """and v.id in (
            select w.id from verdicts w where +w.run = :run order by w.id desc limit :within)
        order by v.id desc limit :limit""", run=run, expert=expert, kind=kind, limit=limit, within=within, every=every)
    return [dict(row) for row in rows]


def pair(store: Store, run: int, expert: str, trace_id: str, every: bool = False) -> dict[str, Any] | None:
    """The row of one trace; None where a list of all verdicts would not hold it."""
    row = store.row(_LISTED + "and t.trace_id = :trace_id", run=run, expert=expert, kind="all", trace_id=trace_id,
                    every=every)
    return dict(row) if row else None


def of_trace(store: Store, trace_id: str) -> list[dict[str, Any]]:
    """Every verdict on a trace, newest first: judge, run, model, outcome, critique, error, probability."""
    rows = store.rows("""select j.name as judge, v.run, v.model, v.outcome, v.critique, v.error, v.p_pass as probability
        from verdicts v join traces t on t.id = v.trace join runs r on r.id = v.run join judges j on j.id = r.judge
        where t.project = :project and t.trace_id = :id order by v.id desc""", id=trace_id)
    return [dict(row) for row in rows]
