"""A cascade in the store: what its second judge has said of dev before it is chosen, and who decided in its runs.

No query here tells what a sealed test trace was labelled.
"""

from lib.store import experts
from lib.store.database import Store
from lib.store.judge_labels import JUDGE_LABELS
from lib.store.pairs import PAIRED, SHOWN

# Of a judge with prompts its newest version, of one with recorded verdicts alone those.
_SAID = """select t.trace_id, v.outcome = l.outcome
    from runs r join judges j on j.id = r.judge join verdicts v on v.run = r.id
    join """ + JUDGE_LABELS + """ l on l.judge = r.judge and l.trace = v.trace and l.expert = :expert and l.counts
    join traces t on t.id = v.trace and t.split = 'dev'
    where j.project = :project and j.name = :judge and r.prompt_version is (
        select max(id) from prompt_versions where judge = j.id)
    and v.outcome is not null and v.content_hash = t.content_hash and not """ + SHOWN + """
    order by v.id"""
_SHOWN = """select t.trace_id from prompt_examples x join labels l on l.id = x.label join traces t on t.id = l.trace
    where t.project = :project and x.prompt_version = (
        select max(p.id) from prompt_versions p join judges j on j.id = p.judge
        where j.project = :project and j.name = :judge)"""


def right(store: Store, judge: str, expert: str) -> dict[str, bool]:
    """Trace of dev -> whether the newest verdict of the judge's newest version says what the expert says."""
    return dict(map(tuple, store.rows(_SAID, judge=judge, expert=experts.row_of(store, expert))))


def shown(store: Store, judge: str) -> set[str]:
    """The traces that the newest version of a judge shows as examples: nothing is measured on them."""
    return {row[0] for row in store.rows(_SHOWN, judge=judge)}


_DECIDED = """select v.decided_by, v.outcome = l.outcome, count(*)""" + PAIRED + """
    and v.decided_by is not null and l.counts
    and v.run in (select r.id from runs r join judges j on j.id = r.judge where j.project = :project) group by 1, 2"""


def decided(store: Store, run: int) -> dict[str, int]:
    """How many outcomes of a run each judge of the cascade gave: `first`, `second`."""
    return dict(map(tuple, store.rows("""select v.decided_by, count(*) from verdicts v join runs r on r.id = v.run
        join judges j on j.id = r.judge where v.run = :run and j.project = :project and v.decided_by is not null
        group by 1""", run=run)))


def agreed(store: Store, run: int, expert: str) -> dict[str, tuple[int, int]]:
    """Who decided -> on how many labelled traces it says what the expert says, of how many; sealed ones apart."""
    found: dict[str, list[int]] = {}
    for who, right, n in store.rows(_DECIDED, run=run, expert=experts.row_of(store, expert)):
        pair = found.setdefault(who, [0, 0])
        pair[0] += n if right else 0
        pair[1] += n
    return {who: tuple(pair) for who, pair in found.items()}


def asked_second(store: Store, run: int) -> dict[int, float]:
    """Trace -> the first judge's probability, for those on which the second one decided."""
    return dict(map(tuple, store.rows("""select v.trace, v.p_pass from verdicts v join runs r on r.id = v.run
        join judges j on j.id = r.judge where v.run = :run and j.project = :project and v.decided_by = 'second'
        order by v.id""", run=run)))


def judged(store: Store, run: int) -> set[int]:
    """The traces that a run has a verdict on."""
    return {row[0] for row in store.rows("""select v.trace from verdicts v join runs r on r.id = v.run
        join judges j on j.id = r.judge where v.run = :run and j.project = :project""", run=run)}
