"""The traces of what was fixed: each with the failure mode it had, and what a version of the AI system answered there.

A trace counts as answered by a version where that version's answer points to it or has the same input, as for a fix.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from lib.store.database import Store


@dataclass(frozen=True)
class Fixed:
    """A fail of the expert that a fix is about, with one of the fix's failure modes, and its answer by a version."""

    mode: str
    fix: int
    trace: str
    key: int
    input: str
    answer: int | None  # row number of the answer's trace; None: not answered yet
    answer_id: str | None
    session: int | None  # that the answer shares with others
    text: int | None  # the input that it shares with others
    label: str | None  # the expert's, of the answer


_FIXED = """
    with wanted as materialized (
        select distinct f.name as mode, x.id as fix, t.id, t.trace_id, t.input, coalesce(t.answers, t.id) as root
        from fixes x join fix_failure_modes xf on xf.fix = x.id join failure_modes m on m.id = xf.failure_mode
        join failure_modes f on f.id = coalesce(m.merged_into, m.id)
        join fix_traces xt on xt.fix = x.id join traces t on t.id = xt.trace and t.project = :project
        join counted_codes c on c.trace = t.id
        join failure_modes n on n.id = c.failure_mode and coalesce(n.merged_into, n.id) = f.id
        join current_labels l on l.trace = t.id and l.outcome = 'fail'
            and l.expert = (select id from experts where project = :project and name = :expert)
        where x.project = :project and x.id in (select value from json_each(:fixes))),
    carried as materialized (
        select a.id, a.input, coalesce(a.answers, a.id) as root from traces a
        where a.project = :project and a.output is not null and a.system_version = :version
        and a.id not in (select trace from archived_traces)),
    matched as (select w.id as wanted, c.id as answer from wanted w join carried c on c.root = w.root
        union all select w.id, c.id from wanted w join carried c on c.input = w.input),
    paired as (select wanted, max(answer) as answer from matched group by wanted)
    select w.mode, min(w.fix), w.trace_id, w.id, w.input, v.id, v.trace_id, tied.session, tied.input,
        (select l.outcome from current_labels l where l.trace = v.id
            and l.expert = (select id from experts where project = :project and name = :expert))
    from wanted w left join paired p on p.wanted = w.id left join traces v on v.id = p.answer
    left join tied_traces tied on tied.trace = p.answer
    group by w.mode, w.id order by w.mode, w.id"""


def fixed(store: Store, fixes: Sequence[int], version: str, expert: str) -> list[Fixed]:
    """The fails of these fixes, each failure mode's together in the order of the traces."""
    return [Fixed(*row) for row in store.rows(_FIXED, fixes=json.dumps(list(fixes)), version=version, expert=expert)]


def verdicts(store: Store, run: int, traces: Sequence[int]) -> dict[int, str | None]:
    """Row number of a trace -> what a run said of it, None where that was an error; what it has not judged is left out.
    """
    return {row[0]: row[1] for row in store.rows("""select v.trace, v.outcome from verdicts v
        join traces t on t.id = v.trace and t.content_hash = v.content_hash
        where v.run = :run and t.project = :project and v.trace in (select value from json_each(:traces))""",
                                                 run=run, traces=json.dumps(list(traces)))}


def run_of(store: Store, token: str) -> int | None:
    """The run that an earlier gate has queued under this token, or None."""
    return store.value("""select r.id from runs r join judges j on j.id = r.judge
        where j.project = :project and r.token = :token""", token=token)
