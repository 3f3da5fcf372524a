"""Two runs beside each other on the traces that both judged and an expert has labelled."""

from lib.store import experts
from lib.store.database import Store
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import SEALED, SHOWN

# Of the trace of a verdict v: whether something holds for one of the two runs.
_OF_EITHER = "exists (select 1 from runs r where r.id in (:first, :second) and "
_PAIRED = """
    from verdicts v join verdicts b on b.trace = v.trace and b.run = :second
    join traces t on t.id = v.trace
    join runs w on w.id = v.run
    join """ + JUDGE_LABELS + """ l on l.judge = w.judge and l.trace = v.trace and l.expert = :expert
    where v.run = :first and t.project = :project
    and (:every or l.counts) and not """ + _OF_EITHER + SHOWN + ") "
_SEALED = _OF_EITHER + SEALED + ") "


def rows(store: Store, first: int, second: int, expert: str,
         every: bool = False) -> list[tuple[str, str, str | None, str | None]]:
    """(trace, label, outcome of the first run, of the second) in the order of the traces; an error is None.

    Labels count as in an agreement: no shadow label and no trace drawn by an outcome unless `every` is asked for, and
    never a trace that the prompt of either run shows as an example, nor one of a sealed test split.
    """
    found = store.rows("select t.trace_id, l.outcome, v.outcome, b.outcome" + _PAIRED + "and not " + _SEALED
                       + "order by t.id", first=first, second=second, expert=experts.row_of(store, expert), every=every)
    return [tuple(row) for row in found]


def flips(store: Store, first: int, second: int, expert: str) -> tuple[int, int]:
    """(fixed, broken) among these rows, added up here: cheap at any size."""
    row = store.row("select coalesce(sum(v.outcome <> l.outcome and b.outcome = l.outcome), 0), "
                    "coalesce(sum(v.outcome = l.outcome and b.outcome <> l.outcome), 0)" + _PAIRED + "and not "
                    + _SEALED, first=first, second=second, expert=experts.row_of(store, expert), every=False)
    return tuple(row)


def sealed(store: Store, first: int, second: int, expert: str, every: bool = False) -> int:
    """How many traces `rows` leaves out because the test split is sealed."""
    return store.value("select count(*)" + _PAIRED + "and " + _SEALED, first=first, second=second,
                       expert=experts.row_of(store, expert), every=every)
