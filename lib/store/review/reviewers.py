"""Reviewers: what they said independently of each other, on which traces they differ, and what was adjudicated."""

from collections import Counter
from dataclasses import dataclass

from lib.records import FAIL, PASS, LeftOut
from lib.records.rating import Tally
from lib.store.database import Store

# Of each reviewer and trace the newest label before anybody adjudicated the trace, and whether it is counted.
_GIVEN = """
    with settled as (select trace, min(id) as at from labels where purpose = 'adjudication' group by trace),
    newest as (
        select max(l.id) as id from experts e join labels l on l.expert = e.id left join settled s on s.trace = l.trace
        where e.project = :project and l.purpose = 'label' and l.id < coalesce(s.at, l.id + 1)
        and l.trace not in (select trace from archived_traces)
        group by l.trace, l.expert),
    given as (
        select l.trace, l.expert, l.outcome, l.mode = 'shadow' as shadow,
            :every or (l.mode <> 'shadow' and l.unbiased = 1) as counts
        from newest n join labels l on l.id = n.id)
    """


@dataclass(frozen=True)
class Independent:
    """What reviewers said of traces independently of each other, whoever said it."""

    kinds: dict[tuple[int, int], int]  # (labels pass, labels fail) of a trace -> how many traces are so
    names: list[str]  # reviewers with a label on a trace that another one has labelled too
    left_out: LeftOut  # labels on traces of several reviewers that are not counted
    alike: Tally  # traces with two labels or more: passes where all labels are equal, and which are not independent


def independent(store: Store, every: bool = False) -> Independent:
    """The labels given independently: before an adjudication, and as `counts_between` has them for two.

    Labels given in shadow mode, or on a trace drawn by looking at an outcome, count only where `every` is asked for.
    """
    kinds: Counter = Counter()
    alike: Counter = Counter()
    shadows = drawn = 0
    for passes, fails, shadow, biased, session, text, n in store.rows(_GIVEN + """
            select passes, fails, shadow, biased, tied.session, tied.input, count(*) from (
                select trace, sum(counts and outcome = 'pass') as passes, sum(counts and outcome = 'fail') as fails,
                    sum(not counts and shadow) as shadow, sum(not counts and not shadow) as biased
                from given group by trace) s left join tied_traces tied on tied.trace = s.trace
            group by 1, 2, 3, 4, 5, 6""", every=every):
        if passes + fails:
            kinds[passes, fails] += n
        if passes + fails > 1:
            alike[session, text, FAIL if passes and fails else PASS] += n
        if passes + fails + shadow + biased > 1:
            shadows, drawn = shadows + shadow * n, drawn + biased * n
    names = [row[0] for row in store.rows(_GIVEN + """
        select name from experts where id in (select expert from given where counts and trace in (
            select trace from given where counts group by trace having count(*) > 1))
        order by is_principal desc, name""", every=every)]
    return Independent(dict(kinds), names, LeftOut(shadows, drawn), Tally.of(alike))


def differing(store: Store, viewer: str) -> list[tuple[str, bool]]:
    """(trace id, whether the viewer has labelled it) where experts' labels differ and nobody has adjudicated."""
    rows = store.rows("""
        with shared as (select trace from labels group by trace having min(expert) <> max(expert))
        select t.trace_id, coalesce(sum(e.name = :viewer), 0) > 0
        from shared s join traces t on t.id = s.trace join current_labels l on l.trace = s.trace
        join experts e on e.id = l.expert
        where t.project = :project
        and not exists (select 1 from labels x where x.trace = s.trace and x.purpose = 'adjudication')
        group by s.trace having min(l.outcome) <> max(l.outcome) order by s.trace""", viewer=viewer)
    return [(row[0], bool(row[1])) for row in rows]


def adjudicated(store: Store) -> int:
    """How many traces on which experts differed have been adjudicated."""
    return store.value("""select count(distinct l.trace) from labels l join traces t on t.id = l.trace
        where t.project = :project and l.purpose = 'adjudication'""")
