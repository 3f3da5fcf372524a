"""What the two judges of a cascade have said already, asked alone or in another cascade of the same words.

Runs of a version that asks in just these words, with these examples, this model and these parameters, count,
whichever judge they are of.
"""

import json
from dataclasses import dataclass
from typing import Any

from lib.records import PromptVersion, Verdict
from lib.records.decision import FIRST, SECOND
from lib.store.database import Store
from lib.store.judge.reuse import CRITERIA

# Runs r of one judge that ask what the half `mine` of a cascade asks; its examples are those from :from on, :shown.
_RUNS = """select r.id from runs r join judges j on j.id = r.judge join prompt_versions p on p.id = r.prompt_version
    join prompt_versions mine on mine.id = :prompt
    where j.project = :project and r.model = :model and r.endpoint = :endpoint and r.address = :address
    and r.parameters = :parameters and r.leave_one_out = :leave_one_out
    and r.question = (select question from projects where id = :project)
    and p.cascade is null
    and p.template = case :half when 'first' then mine.template else mine.cascade ->> 'template' end
    and p.decision is case :half when 'first' then mine.decision end
    and r.fence = 'hash' and not r.lost_examples and r.criteria =""" + CRITERIA + """
    and (select count(*) from prompt_examples where prompt_version = p.id) = :shown
    and not exists (select 1 from prompt_examples a
        join prompt_examples b on b.prompt_version = p.id and b.position = a.position - :from
        join labels la on la.id = a.label join labels lb on lb.id = b.label
        where a.prompt_version = mine.id and a.position >= :from and a.position < :from + :shown
        and (la.trace, la.outcome, la.critique, coalesce(a.outcome, la.outcome))
            is not (lb.trace, lb.outcome, lb.critique, coalesce(b.outcome, lb.outcome)))"""
_NEWEST = """select v.outcome, v.critique, v.model, v.thoughts, v.lenient, v.p_pass, v.p_raw, coalesce(v.reused, v.id)
    from verdicts v join traces t on t.id = v.trace and t.content_hash = v.content_hash
    join runs r on r.id = v.run join judges j on j.id = r.judge
    where j.project = :project and v.trace = :trace and v.outcome is not null
    and v.run in (select value from json_each(:runs)) order by v.id desc limit 1"""


@dataclass(frozen=True)
class Half:
    """One judge of a cascade as a run would ask it: `shown` of the version's examples, from the place `start` on."""

    half: str  # first or second
    prompt: int  # the version of the cascade
    model: str
    endpoint: str
    address: str
    parameters: dict[str, Any]
    start: int
    shown: int
    leave_one_out: bool = False


def asked(version: PromptVersion, models: dict[str, str], endpoint: str, address: str,
          leave_one_out: bool) -> dict[str, Half]:
    """Both judges of a cascade, `first` and `second`, as a run at this endpoint would ask them."""
    of, every = version.cascade, len(version.examples)
    told = {FIRST: (version.parameters, 0, of.own), SECOND: (of.parameters, of.own, every - of.own)}
    return {half: Half(half, version.key, models[half], endpoint, address, *told[half], leave_one_out)
            for half in (FIRST, SECOND)}


def runs_of(store: Store, half: Half) -> list[int]:
    """The runs that ask the same as this half."""
    return [row[0] for row in store.rows(
        _RUNS, **{"from": half.start}, half=half.half, prompt=half.prompt, model=half.model, endpoint=half.endpoint,
        address=half.address, parameters=json.dumps(half.parameters), shown=half.shown,
        leave_one_out=half.leave_one_out)]


def said(store: Store, runs: list[int], trace: int) -> Verdict | None:
    """The newest verdict of these runs on what a trace says today, as one that nothing was asked for; None without."""
    row = store.row(_NEWEST, runs=json.dumps(runs), trace=trace) if runs else None
    if row is None:
        return None
    return Verdict(row[0], row[1], model=row[2], thoughts=row[3], lenient=row[4], p_pass=row[5], p_raw=row[6],
                   attempts=0, reused=row[7])


def known(store: Store, runs: list[int], keys: list[int]) -> dict[int, float | None]:
    """Trace -> the probability of the newest verdict that `said` would give, for those of these traces that have one.

    The probability is None where the verdict was written.
    """
    return dict(map(tuple, store.rows("""select v.trace, v.p_pass from verdicts v
        join traces t on t.id = v.trace and t.content_hash = v.content_hash
        where t.project = :project and v.outcome is not null and v.run in (select value from json_each(:runs))
        and v.trace in (select value from json_each(:keys)) order by v.id""", runs=json.dumps(runs),
                                       keys=json.dumps(keys)))) if runs else {}
