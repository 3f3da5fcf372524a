"""Labels and drafts: what experts said; a label is never overwritten, only succeeded."""

import sqlite3
from dataclasses import asdict
from typing import Any

from lib.records import OUTCOMES, REPEAT, Circumstances, Example, Label, UsageError
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.given import PLACE
from lib.store.judge_labels import OTHER, SAYS


def save(store: Store, trace_id: str, expert: str, outcome: str, critique: str, token: str | None = None,
         circumstances: Circumstances = Circumstances()) -> Label:
    """Stores a label and drops the draft and the deferral; the same token sent twice is one label.

    The first label ever saved names the project's principal expert. A label that succeeds another one keeps how the
    trace was first drawn: what brought it back does not change what it was.
    """
    if outcome not in OUTCOMES:
        raise UsageError(f"An outcome is pass or fail, not '{outcome}'.")
    experts.check_own(store, expert, "labels")
    with store.transaction():
        trace, person = traces.key_of(store, trace_id), experts.add(store, expert)
        key = _of_token(store, token, trace, person)
        if key is None:
            key = _insert(store, circumstances, trace=trace, expert=person, outcome=outcome, critique=critique,
                          token=token)
            for forget in ("delete from drafts where trace = :trace and expert = :expert",
                           "delete from deferrals where trace = :trace and expert = :expert"):
                store.execute(forget, trace=trace, expert=person)
        return next(label for label in history(store, trace_id) if label.key == key)


def _insert(store: Store, circumstances: Circumstances, **values: Any) -> int:
    return store.execute("""insert into labels (trace, expert, outcome, critique, content_hash, token, mode, purpose,
            reason, seconds, revised_response, showed_new, queue, unbiased, late)
        select t.id, :expert, :outcome, :critique, t.content_hash, :token, :mode, :purpose, :reason, :seconds,
            :revised_response, :showed_new, coalesce(f.queue, :queue), coalesce(f.unbiased, :unbiased), :late
        from traces t left join current_labels f on f.trace = t.id and f.expert = :expert
        where t.id = :trace""", **asdict(circumstances), **values)


def _of_token(store: Store, token: str | None, trace: int, expert: int) -> int | None:
    """The label this very save has stored already; UsageError where it was another save's token."""
    row = store.row("select id, trace, expert from labels where token = :token", token=token)
    if row is not None and (row["trace"], row["expert"]) != (trace, expert):
        raise UsageError("This save belongs to another trace or expert: open the trace again and save once more.")
    return row and row["id"]


def of_token(store: Store, token: str) -> int | None:
    """The number of the label that this save has stored already, or None."""
    return store.value("""select l.id from labels l join traces t on t.id = l.trace
        where t.project = :project and l.token = :token""", token=token)


def current(store: Store, trace_id: str, expert: str) -> Label | None:
    """The newest label of this expert on this trace that counts, or None."""
    return next((label for label in history(store, trace_id, expert) if label.circumstances.purpose != REPEAT), None)


def newest(store: Store, expert: str) -> str | None:
    """The id of the trace this expert labelled last, or None."""
    return store.value("""select t.trace_id from labels l join traces t on t.id = l.trace
        where l.expert = (select id from experts where project = :project and name = :expert)
        order by l.id desc limit 1""", expert=expert)


def before(store: Store, expert: str, trace_id: str, further: bool = False) -> str | None:
    """The id of the trace, other than this one, that this expert labelled last, `further` before this one; or None."""
    return store.value("""select t.trace_id from labels l join traces t on t.id = l.trace
        where l.expert = (select id from experts where project = :project and name = :expert) and t.trace_id <> :id
        and not exists (select 1 from labels n where n.trace = l.trace and n.expert = l.expert and n.id > l.id)
        and (not :further or l.id < coalesce((select max(h.id) from labels h join traces s on s.id = h.trace
            where s.project = :project and s.trace_id = :id and h.expert = l.expert), 9223372036854775807))
        order by l.id desc limit 1""", expert=expert, id=trace_id, further=further)


_CIRCUMSTANCES = ("l.mode, l.purpose, l.reason, l.seconds, l.revised_response, l.showed_new, l.queue, l.unbiased, "
                  "l.late, l.given_as")


def history(store: Store, trace_id: str, expert: str | None = None) -> list[Label]:
    """All labels on a trace (of one expert, or of all), newest first; repeats among them."""
    rows = store.rows("select t.trace_id, e.name, l.outcome, l.critique, l.created_at, l.id, " + _CIRCUMSTANCES + """
        from labels l join traces t on t.id = l.trace join experts e on e.id = l.expert
        where t.project = :project and t.trace_id = :id and (:expert is null or e.name = :expert)
        order by """ + PLACE + " desc, l.created_at desc, l.id desc", id=trace_id, expert=expert)
    return [_label(row) for row in rows]


def _label(row: sqlite3.Row) -> Label:
    mode, purpose, reason, seconds, revised, new, queue, unbiased, late, given_as = tuple(row)[6:]
    return Label(*tuple(row)[:6], Circumstances(mode, purpose, reason, seconds, revised, bool(new), queue,
                                               bool(unbiased), bool(late)), given_as)


def candidates(store: Store, expert: str, split: str | None, limit: int = 500, judge: str | None = None) -> list[dict]:
    """Complete labels of a split (None: all), to be shown as examples: label, trace_id, outcome, critique, input.

    Of a special judge's prompt the outcome is what the label says of its failure mode.
    """
    rows = store.rows("select l.id as label, t.trace_id, " + SAYS + """ as outcome, l.critique, t.input, t.output
        from current_labels l join traces t on t.id = l.trace join experts e on e.id = l.expert
        left join judges j on j.project = :project and j.name = :judge
        where """ + SAYS + """ is not null and t.project = :project and e.name = :expert
        and (:split is null or t.split = :split)
        and trim(l.critique) <> ''
        order by l.id limit :limit""", expert=expert, split=split, limit=limit, judge=judge)
    return [dict(row) for row in rows]


def tally(store: Store, expert: str) -> dict[str, int]:
    """How far this expert is: traces, labelled, pass, fail, complete (with a critique),
    explained (fails with a critique)."""
    row = store.row("""select (select count(*) from traces where project = :project and output is not null
        and id not in (select trace from archived_traces)) as traces,
        count(*) as labelled,
        coalesce(sum(l.outcome = 'pass'), 0) as pass, coalesce(sum(l.outcome = 'fail'), 0) as fail,
        coalesce(sum(trim(l.critique) <> ''), 0) as complete,
        coalesce(sum(l.outcome = 'fail' and trim(l.critique) <> ''), 0) as explained
        from current_labels l join experts e on e.id = l.expert where e.project = :project and e.name = :expert""",
                    expert=expert)
    return dict(row)


def progress(store: Store, expert: str) -> dict[str, int]:
    """What the desk shows after every label, cheap at any size: labelled, pass, fail, incomplete."""
    row = store.row("""with given as (select l.expert, l.outcome, max(l.id) from labels l
            where l.expert = (select id from experts where project = :project and name = :expert)
            and l.purpose <> 'repeat' and l.trace not in (select trace from archived_traces) group by l.trace)
        select (select count(*) from given) as labelled,
        (select count(*) from given where outcome = 'pass') as pass,
        (select count(*) from given where outcome = 'fail') as fail,
        (select count(*) from labels l where l.expert = e.id and trim(l.critique) = '' and l.purpose <> 'repeat'
            and not exists (select 1 from labels n where n.trace = l.trace and n.expert = l.expert
                and n.purpose <> 'repeat' and n.id > l.id)) as incomplete
        from experts e where e.project = :project and e.name = :expert""", expert=expert)
    return dict(row) if row else {"labelled": 0, "pass": 0, "fail": 0, "incomplete": 0}


def save_draft(store: Store, trace_id: str, expert: str, critique: str, revised_response: str = "") -> None:
    """Keeps an unfinished critique and revised response; where both are empty it forgets them."""
    experts.check_own(store, expert, "types a critique")
    with store.transaction():
        trace, person = traces.key_of(store, trace_id), experts.add(store, expert)
        store.execute("delete from drafts where trace = :trace and expert = :expert", trace=trace, expert=person)
        if critique or revised_response:
            store.execute("""insert into drafts (trace, expert, critique, revised_response)
                values (:trace, :expert, :critique, :revised)""",
                          trace=trace, expert=person, critique=critique, revised=revised_response)


def draft(store: Store, trace_id: str, expert: str) -> tuple[str, str] | None:
    """The unfinished critique and revised response of this expert on this trace, or None."""
    row = store.row("""select d.critique, d.revised_response from drafts d join traces t on t.id = d.trace
        join experts e on e.id = d.expert
        where t.project = :project and t.trace_id = :id and e.name = :expert""", id=trace_id, expert=expert)
    return tuple(row) if row else None


_TOLD = "case when l.outcome <> " + SAYS + " then :other || l.critique else l.critique end"


def by_keys(store: Store, keys: list[int], judge: str | None = None) -> list[Example]:
    """Labels of this project by their numbers, in the order given, each with its trace.

    As the prompt of this judge shows them; UsageError where one says nothing to a special judge.
    """
    found = {}
    for key in dict.fromkeys(keys):
        row = store.row("select t.trace_id, e.name, " + SAYS + ", " + _TOLD + ", l.created_at, l.id, " + _CIRCUMSTANCES
                        + """ from labels l join traces t on t.id = l.trace join experts e on e.id = l.expert
            left join judges j on j.project = :project and j.name = :judge
            where t.project = :project and l.id = :key""", key=key, judge=judge, other=OTHER)
        if row is None:
            raise UsageError(f"There is no label {key} in this project.")
        if row[2] is None:
            raise UsageError(f"Nobody has said which failure modes '{row[0]}' has: code it in Error analysis first, or "
                             "take another example.")
        found[key] = Example(traces.get(store, row[0]), _label(row))
    return list(found.values())
