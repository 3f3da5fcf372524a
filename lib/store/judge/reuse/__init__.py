"""Verdicts that need not be bought again: what an equal call has brought already, and an equal run under way.

Knows when two runs ask the same of a model; an error is never taken over.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from lib.records.fit import HALF
from lib.store.database import Store


@dataclass(frozen=True)
class Asked:
    """What a run asks of a model, the traces apart; the project's question belongs to it too."""

    prompt: int
    model: str
    endpoint: str
    parameters: dict[str, Any] = field(default_factory=dict)
    leave_one_out: bool = False
    address: str = ""  # of the endpoint

    @property
    def values(self) -> dict[str, Any]:
        """The fields as a statement binds them."""
        return {**vars(self), "parameters": json.dumps(self.parameters)}


# What a run of prompt p shows of the criteria document today.
CRITERIA = r"""
    case when p.template || coalesce(p.cascade ->> 'template', '') like '%{{%criteria%}}%' then coalesce((
        select text from criteria_versions where project = :project order by number desc limit 1), '') else '' end"""
# Runs r that ask the same: the same words with the same examples in the same order, whichever version they stand in.
_ALIKE = """
    from runs r join judges j on j.id = r.judge join prompt_versions p on p.id = r.prompt_version
    join prompt_versions mine on mine.id = :prompt
    where j.project = :project and r.model = :model and r.endpoint = :endpoint and r.address = :address
    and r.parameters = :parameters and r.leave_one_out = :leave_one_out
    and r.question = (select question from projects where id = :project)
    and p.template = mine.template and p.decision is mine.decision and p.cascade is mine.cascade
    and r.fence = 'hash' and not r.lost_examples and r.criteria =""" + CRITERIA + """
    and (select count(*) from prompt_examples where prompt_version = p.id)
        = (select count(*) from prompt_examples where prompt_version = mine.id)
    and not exists (select 1 from prompt_examples a
        join prompt_examples b on b.prompt_version = p.id and b.position = a.position
        join labels la on la.id = a.label join labels lb on lb.id = b.label
        where a.prompt_version = mine.id
        and (la.trace, la.outcome, la.critique, coalesce(a.outcome, la.outcome))
            is not (lb.trace, lb.outcome, lb.critique, coalesce(b.outcome, lb.outcome)))
    """
# Of a trace t: the newest verdict that an equal call has brought, on what the trace says today.
_NEWEST = """
    (select max(e.id) from verdicts e where e.trace = t.id and e.outcome is not null
        and e.content_hash = t.content_hash and e.run in (select r.id""" + _ALIKE + "))"


# The outcome of a probability follows from the newest fit of the version and the model that gave it; a written one,
# and that of a cascade, is what it is.
_OUTCOME = """case when v.p_pass is null or v.decided_by is not null
        or (select decision from prompt_versions where id = :prompt) is null then v.outcome when v.p_pass >= coalesce((
        select x.fit ->> 'threshold' from runs x where x.prompt_version = :prompt and x.fit ->> 'model' = v.model
        order by x.id desc limit 1), :half) then 'pass' else 'fail' end"""


def take_over(store: Store, run: int, asked: Asked) -> None:
    """Gives a run the verdicts that equal calls have brought: nothing is paid for them."""
    store.execute("""insert into verdicts (run, trace, outcome, critique, model, content_hash, attempts, reused,
            thoughts, lenient, p_pass, p_raw, decided_by)
        select rt.run, t.id, """ + _OUTCOME + """, v.critique, v.model, v.content_hash, 0,
            coalesce(v.reused, v.id), v.thoughts, v.lenient, v.p_pass, v.p_raw, v.decided_by
        from run_traces rt join traces t on t.id = rt.trace join verdicts v on v.id =""" + _NEWEST + """
        where rt.run = :run and t.project = :project
        and rt.run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project)
        order by rt.position""", run=run, half=HALF, **asked.values)


def reusable(store: Store, asked: Asked, keys: list[int]) -> list[int]:
    """Those of these traces for which an equal call has brought a verdict."""
    return [row[0] for row in store.stream("""select t.id from json_each(:keys) k join traces t on t.id = k.value
        where t.project = :project and""" + _NEWEST + " is not null order by k.key", keys=json.dumps(keys),
                                           **asked.values)]


def under_way(store: Store, asked: Asked, keys: list[int]) -> int | None:
    """The run of this judge that asks the same on the same traces and has not ended, or None."""
    for row in store.rows("select r.id" + _ALIKE + """and p.judge = mine.judge and r.status in ('queued', 'running')
            order by r.id""", **asked.values):
        traces = store.stream("select trace from run_traces where run = :run order by position", run=row[0])
        if [found[0] for found in traces] == keys:
            return row[0]
    return None
