"""What a free classifier may read: the labels of the train split, and the pairs that a run is measured on.

Texts are bounded, and so are the rows; which ones is decided by the traces' hashes, so always the same.
"""

from lib.records import TRAIN
from lib.store import experts
from lib.store.database import Store
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import COUNTED, PAIRED

MOST_ROWS = 2_000
MOST_CHARACTERS, MOST_CONTEXT = 3_000, 10_000  # of input and of output; of the context


def train(store: Store, run: int, expert: str) -> list[tuple[str, str, str, str]]:
    """(input, output, context, outcome) of the run's judge's labels by this expert on answered train traces."""
    return [tuple(row) for row in store.rows("""select substr(t.input, 1, :most), substr(t.output, 1, :most),
            substr(t.context, 1, :context), l.outcome
        from runs r join """ + JUDGE_LABELS + """ l on l.judge = r.judge join traces t on t.id = l.trace
        where r.id = :run and l.expert = :expert and t.project = :project and t.split = :train and t.output is not null
        order by t.content_hash, t.id limit :rows""", run=run, train=TRAIN, expert=experts.row_of(store, expert),
                                             most=MOST_CHARACTERS, context=MOST_CONTEXT, rows=MOST_ROWS)]


def measured(store: Store, run: int, expert: str, every: bool = False) -> list[tuple]:
    """(input, output, context, label, verdict, trace id, session, input shared) of the pairs of `verdicts.counts`.

    Without errors, and without those on train traces: a classifier was fitted on them. A session or an input that the
    trace shares with no other is None.
    """
    return [tuple(row) for row in store.rows("""with pairs as (
            select v.trace, l.outcome as label, v.outcome as verdict, tied.session, tied.input
            """ + PAIRED + "and " + COUNTED + """)
        select substr(t.input, 1, :most), substr(t.output, 1, :most), substr(t.context, 1, :context),
            p.label, p.verdict, t.trace_id, p.session, p.input
        from pairs p join traces t on t.id = p.trace
        where t.project = :project and t.split <> :train and p.verdict is not null
        order by t.content_hash, t.id limit :rows""", run=run, expert=experts.row_of(store, expert), every=every,
                                             train=TRAIN, most=MOST_CHARACTERS, context=MOST_CONTEXT,
                                             rows=MOST_ROWS)]


def mark(store: Store, run: int, expert: str, every: bool = False) -> str:
    """A short text that changes whenever what `train` and `measured` find changes."""
    row = experts.row_of(store, expert)
    fit = store.row("""select count(*), max(l.id), total(t.id), total(l.outcome = 'fail')
        from runs r join """ + JUDGE_LABELS + """ l on l.judge = r.judge join traces t on t.id = l.trace
        where r.id = :run and l.expert = :expert and t.project = :project and t.split = :train""",
                    run=run, expert=row, train=TRAIN)
    pairs = store.row("select count(*), max(l.id), max(v.id), total(v.trace), total(l.outcome = 'fail')" + PAIRED
                      + "and " + COUNTED, run=run, expert=row, every=every)
    return f"{run} {expert} {every} {[*fit]} {[*pairs]}"
