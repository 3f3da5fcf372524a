"""Runs beside each other on the traces that all of them judged and an expert has labelled."""

import json
from collections import Counter

from lib.records import Counts
from lib.records.pairs import Flips
from lib.store import experts
from lib.store.database import Store
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import SEALED, SHOWN, TIED

# Of the trace of a verdict v: whether something holds for one of the two runs.
_OF_EITHER = "exists (select 1 from runs r where r.id in (:first, :second) and "
_PAIRED = """
    from verdicts v join verdicts b on b.trace = v.trace and b.run = :second
    join traces t on t.id = v.trace
    join runs w on w.id = v.run
    join """ + JUDGE_LABELS + """ l on l.judge = w.judge and l.trace = v.trace and l.expert = :expert
    """ + TIED + """where v.run = :first and t.project = :project
    and (:every or l.counts) and not """ + _OF_EITHER + SHOWN + ") "
_SEALED = _OF_EITHER + SEALED + ") "


def rows(store: Store, first: int, second: int, expert: str, every: bool = False) -> list[
        tuple[str, str, str | None, str | None, int | None, int | None]]:
    """(trace, label, outcome of the first run, of the second, session, input) in the order of the traces.

    An outcome that is an error is None; so is a session or an input that the trace shares with no other.

    Labels count as in an agreement: no shadow label and no trace drawn by an outcome unless `every` is asked for, and
    never a trace that the prompt of either run shows as an example, nor one of a sealed test split.
    """
    found = store.rows("select t.trace_id, l.outcome, v.outcome, b.outcome, tied.session, tied.input" + _PAIRED
                       + "and not " + _SEALED + "order by t.id", first=first, second=second,
                       expert=experts.row_of(store, expert), every=every)
    return [tuple(row) for row in found]


# Of two outcomes v and b on a label l: 0 fixed, 1 broken, 2 unchanged; null where one is an error.
_CHANGE = """case when v.outcome is null or b.outcome is null then null when v.outcome = b.outcome then 2
    when b.outcome = l.outcome then 0 else 1 end"""


def flips(store: Store, first: int, second: int, expert: str) -> Flips:
    """Fixed, broken and unchanged among these rows, added up here: cheap at any size."""
    rows = store.rows("select tied.session, tied.input, " + _CHANGE + " as change, count(*)" + _PAIRED + "and not "
                      + _SEALED + "and change is not null group by 1, 2, 3", first=first, second=second,
                      expert=experts.row_of(store, expert), every=False)
    return Flips.of({tuple(key): n for *key, n in rows})


def sealed(store: Store, first: int, second: int, expert: str, every: bool = False) -> int:
    """How many traces `rows` leaves out because the test split is sealed."""
    return store.value("select count(*)" + _PAIRED + "and " + _SEALED, first=first, second=second,
                       expert=experts.row_of(store, expert), every=every)


_TOGETHER = """with chosen as materialized (
        select r.* from runs r join judges j on j.id = r.judge
        where j.project = :project and r.id in (select value from json_each(:runs))),
    shared as materialized (
        -- what all of them judged and no prompt of theirs shows; whether it is put aside for the last test
        select v.trace, max(""" + SEALED + """) as sealed from chosen r join verdicts v on v.run = r.id
        group by v.trace having count(*) = (select count(*) from chosen) and max(""" + SHOWN + """) = 0)
    select r.id, s.sealed, tied.session, tied.input, l.outcome, b.outcome, v.outcome, count(*)
    from shared s join verdicts v on v.trace = s.trace join chosen r on r.id = v.run
    join verdicts b on b.trace = s.trace and b.run = :reference
    join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = s.trace and l.expert = :expert
    left join tied_traces tied on tied.trace = s.trace
    where (:every or l.counts) group by 1, 2, 3, 4, 5, 6, 7"""


def together(store: Store, runs: list[int], reference: int, expert: str,
             every: bool = False) -> tuple[dict[int, tuple[Counts, Flips]], int]:
    """({run: (its table, its flips against the reference)}, pairs of a sealed test split) on what all judged.

    Labels count as in `rows`, and a sealed pair stands in no table. A run that shares nothing has a table of zeros.
    """
    tables, changes, sealed = ({run: Counter() for run in runs} for _ in range(3))
    for run, aside, session, text, said, before, outcome, n in store.rows(
            _TOGETHER, runs=json.dumps(runs), reference=reference, expert=experts.row_of(store, expert), every=every):
        if aside:
            sealed[run]["pairs"] += n * (outcome is not None)
            continue
        tables[run][session, text, said, outcome] += n
        if None not in (before, outcome):
            changes[run][session, text, 2 if before == outcome else 0 if outcome == said else 1] += n
    return ({run: (Counts.of_tied(tables[run]), Flips.of(changes[run])) for run in runs}, sealed[reference]["pairs"])
