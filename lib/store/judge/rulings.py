"""Rulings: how the disagreements between an expert's labels and a run's verdicts ended; the newest one counts.

Which pairs may be seen at all is said in store/pairs.py.
"""

import json
import sqlite3

from lib.records import UsageError
from lib.records.disagreements import Case, Draft, ListedCase, Note, Ruling, Tally
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.judge import judges, splits
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import COUNTED, PAIRED
from lib.store.review import criteria

# The newest ruling on a verdict and this expert's labels. It stands as long as they still differ, or, where it called
# the label wrong, as long as they agree.
_STANDING = """(select u.id from rulings u where u.id = (select max(n.id) from rulings n
        join labels p on p.id = n.label where n.verdict = v.id and p.expert = l.expert)
    and u.kind <> 'open' and (u.kind = 'label wrong') = (l.outcome = v.outcome)) as ruling, """
# The rulings on the same difference in other runs of the judge.
_ELSEWHERE = """(select json_group_array(u.id) from labels o join rulings u on u.label = o.id
    join verdicts w on w.id = u.verdict join runs s on s.id = w.run
    where o.trace = v.trace and o.expert = l.expert and (o.outcome = l.outcome or o.id = l.id)
    and l.outcome <> v.outcome
    and w.outcome = v.outcome and w.id <> v.id and s.judge = r.judge and u.kind not in ('open', 'label wrong')
    and u.id = (select max(n.id) from rulings n where n.verdict = u.verdict and n.label = u.label)) as elsewhere"""
_CASES = ("select v.id as verdict, l.id as label, v.run, v.trace, l.outcome as expert_outcome, "
          "l.critique as expert_critique, v.outcome as judge_outcome, v.critique as judge_critique, r.judge, "
          "v.p_pass, " + _STANDING + _ELSEWHERE + PAIRED + "and " + COUNTED)
_RULINGS = """select u.id, v.run, u.kind, u.note, u.created_at, u.label, u.new_label, c.number, u.example,
        u.author
    from rulings u join verdicts v on v.id = u.verdict join runs r on r.id = v.run join judges j on j.id = r.judge
    left join criteria_versions c on c.id = u.criteria where j.project = :project """


def tallies(store: Store, run: int, expert: str, every: bool = False) -> list[Tally]:
    """The counted pairs of a run by both outcomes and by how their disagreement ended."""
    rows = store.rows("""select expert_outcome, judge_outcome, (select kind from rulings where id = ruling), count(*)
        from (""" + _CASES + ") group by 1, 2, 3", run=run, expert=experts.row_of(store, expert), every=every)
    return [Tally(*tuple(row)) for row in rows]


def cases(store: Store, run: int, expert: str, every: bool = False, outcome: str | None = None) -> list[ListedCase]:
    """The disagreements of a run in reading order: first those never argued, then those ruled on in another run alone.

    What this run's rulings have ended comes last. `outcome` narrows them to verdicts with this outcome.
    """
    rows = store.rows("select t.trace_id, coalesce(u.kind, 'open'), c.elsewhere <> '[]' from (" + _CASES + """) c
        join traces t on t.id = c.trace left join rulings u on u.id = c.ruling
        where t.project = :project and (c.expert_outcome <> c.judge_outcome or u.kind = 'label wrong')
        and (:outcome is null or c.judge_outcome = :outcome)
        order by u.id is not null, c.elsewhere <> '[]', t.id""", run=run, expert=experts.row_of(store, expert),
                      every=every, outcome=outcome)
    return [ListedCase(trace, kind, bool(before)) for trace, kind, before in rows]


def case(store: Store, run: int, expert: str, trace_id: str, every: bool = False) -> Case:
    """One disagreement of a run in full, open or ruled; UsageError where there is none on this trace."""
    row = store.row("select * from (" + _CASES + """) c where c.trace = :trace
        and (c.expert_outcome <> c.judge_outcome or c.ruling is not null)""", run=run, every=every,
                    expert=experts.row_of(store, expert), trace=traces.key_of(store, trace_id))
    if row is None:
        raise UsageError(f"Run {run} and {expert} do not differ on the trace '{trace_id}'.")
    return _case(store, row, expert, trace_id)


def _case(store: Store, row: sqlite3.Row, expert: str, trace_id: str) -> Case:
    trace = store.row("select split from traces where id = :trace and project = :project", trace=row["trace"])
    judge = store.value("select name from judges where id = :judge and project = :project", judge=row["judge"])
    ruling = next(iter(_by_keys(store, [row["ruling"]])), None)
    former = ruling and ruling.new_label and store.row("""select l.outcome, l.critique from labels l
        join traces t on t.id = l.trace where l.id = :label and t.project = :project""", label=ruling.label)
    return Case(row["verdict"], row["label"], row["run"], judge, trace_id, trace["split"], expert,
                row["expert_outcome"], row["expert_critique"], row["judge_outcome"], row["judge_critique"], ruling,
                tuple(_by_keys(store, json.loads(row["elsewhere"]))), tuple(former) if former else None,
                row["p_pass"])


def _by_keys(store: Store, keys: list[int | None]) -> list[Ruling]:
    rows = store.rows(_RULINGS + "and u.id in (select value from json_each(:keys)) order by u.id desc",
                      keys=json.dumps(keys))
    return [_ruling(row) for row in rows]


def _ruling(row: sqlite3.Row) -> Ruling:
    return Ruling(*tuple(row)[:8], bool(row["example"]), row["author"])


def of_token(store: Store, token: str | None) -> Ruling | None:
    """The ruling that this very press has made already."""
    row = store.row(_RULINGS + "and u.token = :token", token=token)
    return row and _ruling(row)


def add(store: Store, verdict: int, label: int, kind: str, note: str = "", token: str | None = None, *,
        new_label: int | None = None, version: int | None = None, example: bool = False) -> Ruling:
    """A new ruling on a verdict and the label it contradicts, in place of any earlier one; what was typed is done with.

    `version` is a number of the criteria. Raises UsageError where verdict and label are not of one trace here.
    """
    with store.transaction():
        if not _together(store, verdict, label):
            raise UsageError("This verdict and this label are not of one trace of this project: open the case again.")
        key = store.execute("""insert into rulings (verdict, label, kind, note, token, new_label, criteria, example,
                author)
            values (:verdict, :label, :kind, :note, :token, :new_label, :criteria, :example, :person)""",
                            verdict=verdict, label=label, kind=kind, note=note, token=token, new_label=new_label,
                            example=example, criteria=None if version is None else criteria.key_of(store, version))
        store.execute("delete from ruling_drafts where verdict = :verdict and label = :label",
                      verdict=verdict, label=label)
        return _by_keys(store, [key])[0]


def _together(store: Store, verdict: int, label: int) -> bool:
    return bool(store.value("""select 1 from verdicts v join labels l on l.trace = v.trace
        join traces t on t.id = v.trace where v.id = :verdict and l.id = :label and t.project = :project""",
                            verdict=verdict, label=label))


def keep_draft(store: Store, verdict: int, label: int, draft: Draft) -> None:
    """Keeps what is typed on a case; where nothing is, there is nothing to keep."""
    with store.transaction():
        if not _together(store, verdict, label):
            return
        store.execute("""insert or replace into ruling_drafts (verdict, label, kind, note, critique)
            values (:verdict, :label, :kind, :note, :critique)""", verdict=verdict, label=label, kind=draft.kind,
                      note=draft.note, critique=draft.critique)


def draft(store: Store, verdict: int, label: int) -> Draft:
    """What was typed on a case and not ruled yet."""
    row = store.row("""select d.kind, d.note, d.critique from ruling_drafts d join verdicts v on v.id = d.verdict
        join traces t on t.id = v.trace where d.verdict = :verdict and d.label = :label and t.project = :project""",
                    verdict=verdict, label=label)
    return Draft(*tuple(row)) if row else Draft()


def endings(store: Store, run: int, expert: str, every: bool = False) -> dict[str, tuple[str, str]]:
    """Trace -> (kind, note) of the rulings that stand on a run."""
    rows = store.rows("select t.trace_id, u.kind, u.note from (" + _CASES + """) c join rulings u on u.id = c.ruling
        join traces t on t.id = c.trace where t.project = :project""", run=run, expert=experts.row_of(store, expert),
                      every=every)
    return {trace: (kind, note) for trace, kind, note in rows}


def notes(store: Store, judge: str) -> list[Note]:
    """Notes for a judge's prompt, the newest first; each once while they still differ, never of a sealed trace."""
    rows = store.rows("""select u.id, u.note, t.trace_id, t.split, v.run, l.id, l.outcome, l.critique, v.outcome,
            v.critique, u.example, u.created_at
        from rulings u join verdicts v on v.id = u.verdict join labels l on l.id = u.label
        join traces t on t.id = v.trace join runs r on r.id = v.run
        where t.project = :project and r.judge = :judge and u.kind = 'judge wrong'
        and (t.split <> 'test' or not :sealed)
        and not exists (select 1 from rulings n join labels m on m.id = n.label where n.verdict = u.verdict
            and m.expert = l.expert and n.id > u.id)
        and exists (select 1 from """ + JUDGE_LABELS + """ c
            where c.judge = r.judge and c.trace = l.trace and c.expert = l.expert and c.outcome <> v.outcome)
        order by u.id desc""", judge=judges.row_of(store, judge), sealed=splits.enough(store))
    found: dict[tuple, Note] = {}
    for row in rows:
        found.setdefault((row[5], row[1]), Note(*tuple(row)[:10], bool(row[10]), row[11]))
    return list(found.values())
