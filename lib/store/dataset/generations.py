"""Proposed user inputs a model wrote; each waits until a person accepts or rejects it."""

import json
import sqlite3
from collections.abc import Sequence
from typing import Any

from lib.records import NEAR, SYNTHETIC, Nearest, Trace, UsageError
from lib.store.database import Store
from lib.store.dataset.imports import insert_trace

_FROM = """
    from proposals p join generations g on g.id = p.generation
    left join job_items i on i.id = g.job_item left join traces t on t.id = p.trace
    where g.project = :project
"""
_FIELDS = """
    select p.id, p.input, p.status, p.reason, p.near, p.likeness, p.likeness >= :flag as flagged, p.opinion,
        p.decided_at, g.combination, g.model, g.prompt, g.assumptions, g.system_information, i.job,
        t.trace_id, t.input as accepted
"""


def save(store: Store, combination: dict[str, str], prompt: str, model: str, endpoint: str, inputs: list[str],
         prompt_tokens: int | None = None, completion_tokens: int | None = None, *,
         nearest: Sequence[Nearest | None] = (), job_item: int | None = None, system_information: str = "",
         assumptions: str = "") -> int:
    """Keeps what was asked and what came, before anybody looks at it; `nearest` goes with the inputs."""
    with store.transaction():
        generation = store.execute("""insert into generations (project, combination, prompt, model, endpoint,
                prompt_tokens, completion_tokens, job_item, system_information, assumptions)
            values (:project, :combination, :prompt, :model, :endpoint, :prompt_tokens, :completion_tokens, :job_item,
                :system_information, :assumptions)""",
                                   combination=json.dumps(combination), prompt=prompt, model=model, endpoint=endpoint,
                                   prompt_tokens=prompt_tokens, completion_tokens=completion_tokens,
                                   job_item=job_item, system_information=system_information, assumptions=assumptions)
        for text, near in zip(inputs, nearest or [None] * len(inputs), strict=True):
            store.execute("""insert into proposals (generation, input, near, likeness)
                values (:generation, :text, :near, :likeness)""", generation=generation, text=text,
                          near=near.text if near else None, likeness=near.likeness if near else None)
    return generation


def proposed(store: Store, *, status: str | None = "proposed", flagged: bool | None = None,
             combination: dict[str, str] | None = None, job: int | None = None,
             limit: int = -1) -> list[dict[str, Any]]:
    """Proposals, oldest first: those nobody has decided on, or of another status; None leaves a filter open.

    Each with id, input, status, reason, near, likeness, flagged, opinion, combination, model, assumptions, trace_id.
    """
    rows = store.rows(_FIELDS + _FROM + """
        and (:status is null or p.status = :status)
        and (:flagged is null or coalesce(p.likeness >= :flag, 0) = :flagged)
        and (:job is null or i.job = :job)
        and not exists (select 1 from json_each(:combination) w where not exists (
            select 1 from json_each(g.combination) c where c.key = w.key and c.value = w.value))
        order by p.id limit :limit""", status=status, flagged=flagged, job=job, flag=NEAR, limit=limit,
                      combination=json.dumps(combination or {}))
    return [_record(row) for row in rows]


def one(store: Store, proposal: int) -> dict[str, Any]:
    """One proposal; UsageError where the project has none of this number."""
    row = store.row(_FIELDS + _FROM + " and p.id = :id", id=proposal, flag=NEAR)
    if row is None:
        raise UsageError(f"There is no proposal {proposal} in this project. The command 'proposals' lists them.")
    return _record(row)


def _record(row: sqlite3.Row) -> dict[str, Any]:
    return {**dict(row), "combination": json.loads(row["combination"]), "flagged": bool(row["flagged"])}


def counts(store: Store) -> dict[str, int]:
    """How many proposals wait, how many of them are flagged, and how many were accepted, edited and rejected."""
    row = store.row("""select count(*) filter (where p.status = 'proposed') as proposed,
        count(*) filter (where p.status = 'proposed' and p.likeness >= :flag) as flagged,
        count(*) filter (where p.status = 'accepted') as accepted,
        count(*) filter (where p.status = 'accepted' and t.input <> p.input) as edited,
        count(*) filter (where p.status = 'rejected') as rejected""" + _FROM, flag=NEAR)
    return dict(row)


def accept(store: Store, proposal: int, text: str) -> str:
    """Makes a (perhaps edited) proposal a synthetic trace without an output; returns the trace's id."""
    if not text.strip():
        raise UsageError("An empty input cannot be accepted: write one, or reject the proposal.")
    with store.transaction():
        found = _waiting(store, proposal)
        trace = Trace(id=_free_id(store, proposal), input=text, output=None, source=SYNTHETIC,
                      assumptions=found["assumptions"],
                      dimensions={name: (value,) for name, value in found["combination"].items()})
        _decide(store, proposal, "accepted", trace=insert_trace(store, trace))
    return trace.id


def accept_all(store: Store, proposals: Sequence[int]) -> int:
    """Accepts proposals as they stand, all or none; returns how many."""
    with store.transaction():
        for proposal in proposals:
            accept(store, proposal, one(store, proposal)["input"])
    return len(proposals)


def reject(store: Store, proposal: int, reason: str) -> None:
    """Keeps a proposal out, with the reason."""
    if not reason.strip():
        raise UsageError("Say why it is rejected: the reasons tell what to change in the prompt.")
    with store.transaction():
        _waiting(store, proposal)
        _decide(store, proposal, "rejected", reason=reason.strip())


def reopen(store: Store, proposal: int) -> None:
    """Takes a rejection back; an accepted proposal is a trace already."""
    with store.transaction():
        if one(store, proposal)["status"] != "rejected":
            raise UsageError("Only a rejected proposal can be taken back.")
        store.execute("update proposals set status = 'proposed', reason = '', decided_at = null where id = :id",
                      id=proposal)


def _waiting(store: Store, proposal: int) -> dict[str, Any]:
    found = one(store, proposal)
    if found["status"] != "proposed":
        raise UsageError("This proposal was decided already: reload the page to see how.")
    return found


def _decide(store: Store, proposal: int, status: str, reason: str = "", trace: int | None = None) -> None:
    store.execute("""update proposals set status = :status, reason = :reason, trace = :trace,
        decided_at = strftime('%Y-%m-%dT%H:%M:%fZ') where id = :id""",
                  id=proposal, status=status, reason=reason, trace=trace)


def _free_id(store: Store, proposal: int) -> str:
    """An imported export of another file may hold synthetic traces of the same number."""
    name = f"synthetic-{proposal}"
    while store.value("select 1 from traces where project = :project and trace_id = :name", name=name):
        name += "-again"
    return name


def keep_opinion(store: Store, proposal: int, opinion: str) -> None:
    """What a model says on whether the scenario is really triggered; never more than an opinion."""
    with store.transaction():
        one(store, proposal)
        store.execute("update proposals set opinion = :opinion where id = :id", id=proposal, opinion=opinion)


def every_input(store: Store) -> list[str]:
    """Every input there is: of traces, and of proposals whatever became of them."""
    return [row[0] for row in store.rows("""select input from traces where project = :project
        union select p.input from proposals p join generations g on g.id = p.generation
        where g.project = :project""")]


def written_for(store: Store, combination: dict[str, str], limit: int = 20) -> list[str]:
    """The newest inputs proposed for just this combination, so that a generator can be told not to repeat them."""
    # The same pairs in another order are the same combination.
    return [row[0] for row in store.rows("""select p.input from generations g join proposals p on p.generation = g.id
        where g.project = :project and (select count(*) from json_each(g.combination)) = :size
        and not exists (select 1 from json_each(:combination) w where not exists (
            select 1 from json_each(g.combination) c where c.key = w.key and c.value = w.value))
        order by p.id desc limit :limit""", combination=json.dumps(combination), size=len(combination), limit=limit)]


def written_by(store: Store, job: int) -> int:
    """How many inputs a job has proposed."""
    return store.value("""select count(*) from job_items i join generations g on g.job_item = i.id
        join proposals p on p.generation = g.id where g.project = :project and i.job = :job""", job=job)


def spent(store: Store, job: int | None = None) -> list[tuple[str, int, int, int]]:
    """(model, replies, prompt tokens, completion tokens) of all generations, or of one job's."""
    return [tuple(row) for row in store.rows("""select g.model, count(*), coalesce(sum(g.prompt_tokens), 0),
            coalesce(sum(g.completion_tokens), 0)
        from generations g left join job_items i on i.id = g.job_item
        where g.project = :project and (:job is null or i.job = :job) group by g.model order by g.model""", job=job)]
