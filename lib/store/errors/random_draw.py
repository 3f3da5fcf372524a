"""Labels that the random queue drew out of the traces a rate is of, and these traces as a judge has judged them.

What was labelled before the first such draw was not open to it, and what was stored later could not be drawn: neither
is among these traces.
"""

from dataclasses import dataclass

from lib.records import Counts
from lib.records.rating import Rated, Tally
from lib.sampling.queues import RANDOM
from lib.store.database import Store
from lib.store.outcomes import EXPERT, RUN, SEEN
from lib.store.pairs import TIED


@dataclass(frozen=True)
class RandomDraw:
    """The labelled pairs of the draw, all judged traces it was drawn from, and how many judged ones came later."""

    pairs: Counts
    judged: Tally
    later: int


_DRAWN = """with drawn as materialized (
        select l.trace, l.outcome, min(b.created_at) as at from current_labels l
        join queue_items i on i.trace = l.trace and i.queue = :random and i.label is not null
            and (i.expert is null or i.expert = l.expert)
        join batches b on b.id = i.batch and b.project = :project
        where l.queue = :random and l.unbiased = 1 and l.mode <> 'shadow' and l.expert = """ + EXPERT + """
        group by l.trace)
    """
_COUNTED = _DRAWN + """, first as (select min(at) as at from drawn),
    counted as materialized (select v.trace, v.outcome, tied.session, tied.input
        from (select v.* from """ + RUN + """) v join runs r on r.id = v.run""" + TIED + """
        where (:seen is not null or not """ + SEEN + """)
        -- labelled by the expert before the draw: it was not open
        and not exists (select 1 from labels o where o.trace = v.trace and o.purpose <> 'repeat'
            and o.expert = """ + EXPERT + """ and o.created_at <= (select at from first)
            and o.trace not in (select trace from drawn)))
    """


def of(store: Store, rated: Rated) -> RandomDraw:
    """What the random queue drew of a run's traces for its expert; empty where it drew none."""
    bound = {**rated.values, "random": RANDOM}
    if not store.value(_DRAWN + "select 1 from drawn limit 1", **bound):
        return RandomDraw(Counts(), Tally(), 0)
    pairs = {tuple(key): n for *key, n in store.rows(_COUNTED + """
        select c.session, c.input, d.outcome, c.outcome, count(*) from drawn d join counted c on c.trace = d.trace
        group by 1, 2, 3, 4""", **bound)}
    judged, later = [], 0
    for late, session, text, passed, failed in store.rows(_COUNTED + """
            select coalesce(m.created_at > (select at from first), 0), c.session, c.input, sum(c.outcome = 'pass'),
                sum(c.outcome = 'fail')
            from counted c join traces t on t.id = c.trace left join imports m on m.id = t.import
            group by 1, 2, 3""", **bound) if pairs else ():
        if late:
            later += passed + failed
        else:
            judged.append(Tally.sharing(session, text, 0, 0, passed, failed))
    return RandomDraw(Counts.of_tied(pairs), Tally.total(judged), later)
