"""What a model that proposes may read: critiques of train, differences of dev, labelled traces of both, never test.

Every query for a model names its split in its own text. How critiques are written, and by whom, is counted besides.
"""

from lib.records import DEV, FAIL, PASS, TRAIN, Label, Trace, UsageError
from lib.records.suggestion import Critique, Difference
from lib.store import experts
from lib.store.database import Store
from lib.store.dataset import traces
from lib.store.pairs import PAIRED
from lib.store.review import labels

_MINE = "l.expert = (select id from experts where project = :project and name = :expert)"


def of_train(store: Store, expert: str, outcome: str, newest: int, most: int) -> list[Critique]:
    """This expert's newest complete critiques with one outcome on train traces; texts of at most `most` characters."""
    rows = store.rows("""select l.id, t.trace_id, l.outcome, substr(l.critique, 1, :most), substr(t.input, 1, :most),
            substr(coalesce(t.output, ''), 1, :most)
        from current_labels l join traces t on t.id = l.trace
        where t.project = :project and t.split = 'train' and l.outcome = :outcome and trim(l.critique) <> ''
        and """ + _MINE + " order by l.id desc limit :newest", expert=expert, outcome=outcome, newest=newest, most=most)
    return [Critique(*row) for row in rows]


def count_of_train(store: Store, expert: str) -> int:
    """How many complete critiques this expert gave on train traces."""
    return store.value("""select count(*) from current_labels l join traces t on t.id = l.trace
        where t.project = :project and t.split = 'train' and trim(l.critique) <> '' and """ + _MINE, expert=expert)


def differing(store: Store, run: int, expert: str, most: int) -> list[Difference]:
    """The dev traces on which a run differs from this expert's labels that count, never one the prompt shows."""
    rows = store.rows("""with pairs as (select v.trace, l.outcome as said, l.critique as why, v.outcome as judged,
            v.critique as because """ + PAIRED + """ and l.counts)
        select t.trace_id, substr(t.input, 1, :most), substr(coalesce(t.output, ''), 1, :most), p.said,
            substr(p.why, 1, :most), p.judged, substr(p.because, 1, :most)
        from pairs p join traces t on t.id = p.trace
        where t.project = :project and t.split = 'dev' and p.said <> p.judged order by t.id""", run=run,
                      expert=experts.row_of(store, expert), most=most)
    return [Difference(*row) for row in rows]


def judged_on_dev(store: Store, run: int) -> bool:
    """Whether a run has a readable verdict on a dev trace."""
    return bool(store.value("""select 1 from verdicts v join traces t on t.id = v.trace
        where v.run = :run and t.project = :project and t.split = 'dev' and v.outcome is not null limit 1""", run=run))


def to_try(store: Store, expert: str, split: str, without: int) -> dict[str, list[int]]:
    """Outcome -> row numbers of answered train or dev traces with a label that counts; none that a prompt shows."""
    found: dict[str, list[int]] = {PASS: [], FAIL: []}
    for trace, outcome in store.rows("""select t.id, l.outcome from current_labels l join traces t on t.id = l.trace
            where t.project = :project and t.split = :split and t.split in ('train', 'dev') and l.counts
            and t.output is not null
            and t.id not in (select shown.trace from prompt_examples x join labels shown on shown.id = x.label
                where x.prompt_version = :version) and """ + _MINE + " order by t.id",
                                     expert=expert, split=split, version=without):
        found[outcome].append(trace)
    return found


def labelled(store: Store, key: int, expert: str) -> tuple[Trace, Label]:
    """A train or dev trace by its row number with this expert's label."""
    trace = traces.by_key(store, key)
    if trace.split not in (TRAIN, DEV):
        raise UsageError(f"Trace '{trace.id}' is in the split '{trace.split}': no suggestion may read it.")
    return trace, labels.current(store, trace.id, expert)


def newest(store: Store, expert: str, most: int) -> list[tuple[str, str]]:
    """(outcome, critique) of this expert's newest labels, whatever their split: how they write, not what they judge."""
    return [tuple(row) for row in store.rows("""select l.outcome, l.critique from current_labels l
        join traces t on t.id = l.trace where t.project = :project and """ + _MINE
                                             + " order by l.id desc limit :most", expert=expert, most=most)]


def share_of_labels(store: Store, expert: str) -> tuple[int, int]:
    """(labels by this expert, labels by anybody)"""
    return tuple(store.row("""select count(case when e.name = :expert then 1 end), count(*)
        from current_labels l join experts e on e.id = l.expert where e.project = :project""", expert=expert))
