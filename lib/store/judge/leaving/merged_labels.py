"""Labels of a copy: which of ours each one is, and the new ones, each once and with its circumstances.

A label is known by its token; one without by trace, expert, time, outcome and critique. Of two that an expert gave on
one trace in two copies the newer counts, whichever comes in last, and ours where both are of one moment: numbers say
which label of a trace is the newest, so an older one gets a number below all others.
"""

from lib.store import experts
from lib.store.dataset import naming
from lib.store.judge.leaving.copies import Sides

_PEOPLE = """select e.id, e.name, e.role, e.basis from other.experts e where e.project = :other
    and (exists (select 1 from other.labels l where l.expert = e.id)
        or exists (select 1 from other.reveals r where r.expert = e.id)) order by e.id"""
_PERSON = """insert into other.of_experts
    select :theirs, e.id, case when e.name = :name then '' else :name end from main.experts e where e.id = :ours"""
_SAME = (
    """insert or ignore into other.of_labels
        select o.id, l.id from other.labels o join main.labels l on l.token = o.token
        join main.traces t on t.id = l.trace and t.project = :project""",
    """insert or ignore into other.of_labels
        select o.id, l.id from other.labels o join other.of_traces t on t.theirs = o.trace
        join other.of_experts e on e.theirs = o.expert
        join main.labels l on l.trace = t.ours and l.expert = e.ours and l.created_at = o.created_at
            and l.outcome = o.outcome and l.critique = o.critique and l.purpose = o.purpose""",
)
# What comes in: a label o of the copy, with its trace and its expert here.
_COMING = """from other.labels o join other.of_traces t on t.theirs = o.trace
    join other.of_experts e on e.theirs = o.expert
    where o.id not in (select theirs from other.of_labels) and e.ours <> :held """
# A label here that the copy does not know, by the same expert on the same trace.
_MEANWHILE = """main.labels h where h.trace = t.ours and h.expert = e.ours and h.purpose <> 'repeat'
    and h.id not in (select ours from other.of_labels) and h.import is not :number"""
_OLDER = "exists (select 1 from " + _MEANWHILE + " and h.created_at >= o.created_at) "
_COLUMNS = """(id, trace, expert, outcome, critique, content_hash, token, source, created_at, mode, purpose, reason,
    seconds, revised_response, showed_new, queue, unbiased, late, given_as, import) """
_CELLS = """t.ours, e.ours, o.outcome, o.critique, o.content_hash, o.token, o.source, o.created_at, o.mode, o.purpose,
    o.reason, o.seconds, o.revised_response, o.showed_new, o.queue, o.unbiased, o.late,
    coalesce(nullif(o.given_as, ''), e.given_as), :number """
_BELOW = "insert into main.labels " + _COLUMNS + """
    select (select min(0, coalesce(min(id), 0)) from main.labels)
        - row_number() over (order by o.created_at desc, o.id desc), """ + _CELLS + _COMING + "and " + _OLDER + """
    order by o.created_at desc, o.id desc"""
_ABOVE = "insert into main.labels " + _COLUMNS + "select null, " + _CELLS + _COMING + "and not " + _OLDER + """
    order by o.created_at, o.id"""
_TWICE = """select x.trace_id, p.name, o.outcome, o.created_at, h.outcome, h.created_at
    from other.labels o join other.of_traces t on t.theirs = o.trace join other.of_experts e on e.theirs = o.expert
    join main.traces x on x.id = t.ours join main.experts p on p.id = e.ours
    join main.labels h on h.id = (select max(h.id) from """ + _MEANWHILE + """)
    where o.id not in (select theirs from other.of_labels) and e.ours <> :held and o.purpose <> 'repeat'
    order by x.id, o.created_at, o.id"""
_EDITED = """select x.trace_id, p.name, l.outcome, o.outcome from other.of_labels m
    join other.labels o on o.id = m.theirs join main.labels l on l.id = m.ours
    join main.traces x on x.id = l.trace join main.experts p on p.id = l.expert
    where (o.outcome, o.critique) <> (l.outcome, l.critique) order by x.id, l.id"""
_WAITING = """insert or ignore into main.waiting_labels (import, trace, expert, outcome, critique, content_hash,
        revised_response, mode, created_at)
    select :number, t.ours, e.ours, o.outcome, o.critique, o.content_hash, o.revised_response, o.mode, o.created_at
    from other.labels o join other.of_traces t on t.theirs = o.trace join other.of_experts e on e.theirs = o.expert
    where o.id not in (select theirs from other.of_labels) and e.ours = :held and o.purpose <> 'repeat'
    order by o.created_at, o.id"""
_REVEALS = """insert or ignore into main.reveals (trace, expert, created_at)
    select t.ours, e.ours, o.created_at from other.reveals o join other.of_traces t on t.theirs = o.trace
    join other.of_experts e on e.theirs = o.expert"""
_LEFT = """select (select count(*) from other.drafts d join other.traces t on t.id = d.trace and t.project = :other),
    (select count(*) from other.labels o join other.traces t on t.id = o.trace and t.project = :other
        where o.trace not in (select theirs from other.of_traces)
        and o.id not in (select theirs from other.of_labels)),
    (select count(*) from other.labels o join other.of_experts e on e.theirs = o.expert
        where e.ours = :held and o.purpose = 'repeat' and o.id not in (select theirs from other.of_labels))"""


def bring(sides: Sides) -> tuple[int, int, list[str]]:
    """Adds the people and labels that are not here; returns new labels, those that wait, and the conflicts.

    Labels in the principal's name that somebody else brings wait for a sign-off, as those of an imported file do.
    """
    for row in sides.rows(_PEOPLE):
        ours = experts.add(sides.store, row["name"], row["role"], row["basis"])
        sides.add(_PERSON, theirs=row["id"], name=row["name"], ours=ours)
    for statement in _SAME:
        sides.add(statement)
    held = naming.held(sides.store, sides.number)
    twice = [f"label of {expert} on {trace}: {ours} here, {theirs} in the copy, where the same label was edited; ours "
             "stays" for trace, expert, ours, theirs in sides.rows(_EDITED)]
    twice += [_sentence(*row) for row in sides.rows(_TWICE, held=held)]
    new = sides.add(_BELOW, held=held) + sides.add(_ABOVE, held=held)
    waiting = sides.add(_WAITING, held=held) if held else 0
    sides.add(_REVEALS)
    for statement in _SAME:
        sides.add(statement)
    return new, waiting, twice


def _sentence(trace: str, expert: str, theirs: str, then: str, ours: str, now: str) -> str:
    counts = f"ours, {ours}," if now == then else f"the newer, {ours if now > then else theirs},"
    return (f"label of {expert} on {trace}: {ours} here ({now[:19]}), {theirs} in the copy ({then[:19]}); both stay, "
            f"and {counts} counts")


def left_out(sides: Sides) -> dict[str, int]:
    """What of the copy's labels is not taken: how many, by the reason."""
    drafts, elsewhere, repeats = sides.rows(_LEFT, held=naming.held(sides.store, sides.number))[0]
    return {"drafts of critiques": drafts, "labels on traces that have other content here": elsewhere,
            "repeated labels in the principal's name": repeats}
