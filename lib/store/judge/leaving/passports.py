"""What a judge's passport says of the data that its figures are of: labels and verdicts of a run, as plain rows."""

from lib.records import FAIL
from lib.store import experts
from lib.store.database import Store
from lib.store.judge_labels import JUDGE_LABELS, OTHER


def labels_of(store: Store, run: int, expert: str) -> list[tuple[str, str, str]]:
    """(trace id, hash of what was judged, what the expert's newest label says to this judge), by trace id.

    Of the traces that a run has judged; a trace that the expert has not labelled is left out.
    """
    return [tuple(row) for row in store.rows("""select t.trace_id, t.content_hash, l.outcome
        from verdicts v join runs r on r.id = v.run join judges j on j.id = r.judge join traces t on t.id = v.trace
        join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = v.trace
        where v.run = :run and j.project = :project and l.expert = :expert
        order by t.trace_id""", run=run, expert=experts.row_of(store, expert))]


def answered_as(store: Store, run: int) -> list[str]:
    """The models that answered in a run, as they name themselves, the most frequent first."""
    return [row[0] for row in store.rows("""select v.model, count(*) from verdicts v join runs r on r.id = v.run
        join judges j on j.id = r.judge where v.run = :run and j.project = :project and v.model <> ''
        group by v.model order by 2 desc, 1""", run=run)]


def same_label(store: Store, content_hash: str, outcome: str, critique: str) -> int | None:
    """The newest label of this project with these words on a trace of this content, or None.

    The critique is as a prompt shows it: a special judge's examples may begin with a sentence of ours.
    """
    if critique.startswith(OTHER):
        outcome, critique = FAIL, critique.removeprefix(OTHER)
    return store.value("""select max(l.id) from labels l join traces t on t.id = l.trace
        where t.project = :project and t.content_hash = :content_hash and l.critique = :critique
            and l.outcome = :outcome""", content_hash=content_hash, outcome=outcome, critique=critique)
