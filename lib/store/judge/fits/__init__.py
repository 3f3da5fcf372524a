"""Fits of a judge's probabilities: what they are made of, the one in force, and a run whose outcomes follow from one.

No query here reads a trace of the test split. No verdict is changed: other outcomes are a run of their own, which has
asked nothing.
"""

import json
from dataclasses import dataclass

from lib.records import UsageError
from lib.records.fit import HALF, Fit
from lib.store import experts
from lib.store.database import Store
from lib.store.judge import judges
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import SHOWN


@dataclass(frozen=True)
class Said:
    """A labelled trace and the newest probability of pass that the version has given it."""

    trace: str
    split: str
    group: str  # traces of one group are not independent: they share a session or an input
    probability: float
    label: str


_MODEL = """select v.model from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge
    where j.project = :project and r.prompt_version = :prompt and v.p_pass is not null order by v.id desc limit 1"""
_SAID = """select t.trace_id, t.split, coalesce('s' || tied.session, 'i' || tied.input, 't' || t.id), v.p_pass,
        l.outcome
    from runs r join judges j on j.id = r.judge join verdicts v on v.run = r.id
    join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = v.trace and l.expert = :expert and l.counts
    join traces t on t.id = v.trace and t.split in ('train', 'dev')
    left join tied_traces tied on tied.trace = t.id
    where j.project = :project and r.prompt_version = :prompt and v.p_pass is not null and v.model = :model
    and v.content_hash = t.content_hash and not """ + SHOWN + """
    order by v.id"""


def model(store: Store, prompt: int) -> str | None:
    """The model that answered the newest call of a prompt version, as it names itself; None before any."""
    return store.value(_MODEL, prompt=prompt)


def said(store: Store, prompt: int, of: str, expert: str) -> list[Said]:
    """What a fit may be made of: train and dev, without the traces that the prompt shows, the newest answer of each."""
    rows = store.rows(_SAID, prompt=prompt, model=of, expert=experts.row_of(store, expert))
    return list({row[0]: Said(*row) for row in rows}.values())


def in_force(store: Store, prompt: int, of: str | None) -> Fit | None:
    """The newest fit of a version and the model that answers; None: cut at .5. A fit is void for another model."""
    found = store.value("""select r.fit from runs r join judges j on j.id = r.judge
        where j.project = :project and r.prompt_version = :prompt and r.fit is not null
        and r.fit ->> 'model' = :model order by r.id desc limit 1""", prompt=prompt, model=of)
    return Fit(**json.loads(found)) if found else None


def last(store: Store, judge: str) -> tuple[int, str] | None:
    """(number of the version, model) of the newest fit of a judge, in force or void; None without any."""
    row = store.row("""select p.number, r.fit ->> 'model' from runs r join judges j on j.id = r.judge
        join prompt_versions p on p.id = r.prompt_version
        where j.project = :project and j.name = :judge and r.fit is not null order by r.id desc limit 1""", judge=judge)
    return row and tuple(row)


_RUN = """insert into runs (judge, prompt_version, model, endpoint, parameters, split, concurrency, status, ended_at,
        leave_one_out, question, address, chosen, fence, criteria, lost_examples, fit)
    select r.judge, r.prompt_version, r.model, r.endpoint, r.parameters, r.split, r.concurrency, 'done',
        strftime('%Y-%m-%dT%H:%M:%fZ'), r.leave_one_out, r.question, r.address, r.chosen, r.fence, r.criteria,
        r.lost_examples, :fit
    from runs r join judges j on j.id = r.judge where r.id = :run and j.project = :project"""
_VERDICTS = """insert into verdicts (run, trace, outcome, error, raw, model, content_hash, attempts, reused, p_pass,
        p_raw)
    select :made, v.trace, case when v.p_pass is null then v.outcome
            when v.p_pass >= case when v.model = :model then :threshold else :half end then 'pass' else 'fail' end,
        v.error, v.raw, v.model, v.content_hash, 0,
        case when v.outcome is not null then coalesce(v.reused, v.id) end, v.p_pass, v.p_raw
    from verdicts v where v.run = :run order by v.id"""


def applied(store: Store, run: int, fit: Fit) -> int:
    """A run that holds the outcomes which follow from a fit for the probabilities of this run; nothing is asked."""
    with store.transaction():
        made = store.execute(_RUN, run=run, fit=json.dumps(fit.stored))
        if not store.value("select 1 from runs where id = :made and fit is not null", made=made):
            raise UsageError(f"There is no run {run} in this project. The command 'runs' lists them.")
        store.execute("""insert into run_traces (run, position, trace)
            select :made, position, trace from run_traces where run = :run""", made=made, run=run)
        store.execute(_VERDICTS, made=made, run=run, model=fit.model, threshold=fit.threshold, half=HALF)
    return made


def runs_of(store: Store, prompt: int) -> list[int]:
    """Runs of a version that have ended and hold a probability, the newest of each set of traces, newest first."""
    judges.prompt_by_key(store, prompt)
    rows = store.rows("""select max(r.id) as id from runs r join judges j on j.id = r.judge
        where j.project = :project and r.prompt_version = :prompt and r.status = 'done'
        and exists (select 1 from verdicts v where v.run = r.id and v.p_pass is not null)
        group by r.split, r.chosen order by 1 desc""", prompt=prompt)
    return [row[0] for row in rows]
