"""Traces of a copy: which of ours each one is, by its id and content, and those that have to come along.

A trace comes along where a label, a run or a verdict of the copy is on it. What stands under the same id with other
content is a conflict: ours stays, and what the copy says of its own is left out.
"""

from lib.store.judge.leaving.copies import Sides

_SAME = """insert or ignore into other.of_traces
    select o.id, t.id from other.traces o
    join main.traces t on t.project = :project and t.trace_id = o.trace_id and t.content_hash = o.content_hash
    where o.project = :other"""
_NEW = """insert into main.traces (project, trace_id, input, output, messages, context, content_hash, source, split,
        system_version, created_at, import, assumptions, log, steps, session, input_key)
    select :project, o.trace_id, o.input, o.output, o.messages, o.context, o.content_hash, o.source, o.split,
        o.system_version, o.created_at, :number, o.assumptions, o.log, o.steps, o.session, o.input_key
    from other.traces o where o.project = :other and o.id not in (select theirs from other.of_traces)
    and (exists (select 1 from other.labels l where l.trace = o.id)
        or exists (select 1 from other.run_traces x where x.trace = o.id)
        or exists (select 1 from other.verdicts v where v.trace = o.id))
    and not exists (select 1 from main.traces t where t.project = :project and t.trace_id = o.trace_id)
    order by o.id"""
# What a newer answer answers again, where that is here too.
_ANSWERS = """update main.traces set answers = f.first from (
        select n.ours as fresh, a.ours as first from other.traces o join other.of_traces n on n.theirs = o.id
        join other.of_traces a on a.theirs = o.answers) f
    where traces.id = f.fresh and traces.import = :number"""
_OF_NEW = """from other.trace_values x join other.of_traces m on m.theirs = x.trace
    join main.traces t on t.id = m.ours and t.import = :number
    join other.dimension_values v on v.id = x.value join other.dimensions d on d.id = v.dimension """
_VALUES = (
    "insert or ignore into main.dimensions (project, name, description)"
    " select distinct :project, d.name, d.description " + _OF_NEW,
    """insert or ignore into main.dimension_values (dimension, name, description, example)
        select distinct h.id, v.name, v.description, v.example """ + _OF_NEW + """
        join main.dimensions h on h.project = :project and h.name = d.name""",
    """insert or ignore into main.trace_values (trace, value, import) select t.id, w.id, :number """ + _OF_NEW + """
        join main.dimensions h on h.project = :project and h.name = d.name
        join main.dimension_values w on w.dimension = h.id and w.name = v.name""",
)
_FEEDBACK = """insert or ignore into main.feedback (trace, name, value, comment, who, given_at, import)
    select t.id, x.name, x.value, x.comment, x.who, x.given_at, :number
    from other.feedback x join other.of_traces m on m.theirs = x.trace
    join main.traces t on t.id = m.ours and t.import = :number order by x.id"""
_UNTAKEN = """select count(*) from other.feedback x join other.of_traces m on m.theirs = x.trace
    where not exists (select 1 from main.feedback f where f.trace = m.ours and f.name = x.name and f.who = x.who
        and f.value is x.value and f.comment = x.comment and f.given_at is x.given_at)"""
_OTHERWISE = """select o.trace_id, t.output is null as unanswered from other.traces o
    join main.traces t on t.project = :project and t.trace_id = o.trace_id and t.content_hash <> o.content_hash
    where o.project = :other order by t.id"""
_MOVED = """select count(*) from other.of_traces m join other.traces o on o.id = m.theirs
    join main.traces t on t.id = m.ours where t.split <> o.split"""
_UNUSED = """select count(*) from other.traces o where o.project = :other
    and not exists (select 1 from main.traces t where t.project = :project and t.trace_id = o.trace_id)"""


def bring(sides: Sides) -> int:
    """Finds which trace is which and adds those that come along, with dimensions and feedback; returns how many."""
    sides.add(_SAME)
    new = sides.add(_NEW)
    if new:
        sides.add(_SAME)
        sides.add(_ANSWERS)
        for statement in (*_VALUES, _FEEDBACK):
            sides.add(statement)
    return new


def conflicts(sides: Sides) -> list[str]:
    """A sentence for each trace that has other content in the copy."""
    return [f"trace {name}: " + ("it has no output here and one in the copy" if unanswered else
                                 "the copy has other content under this id")
            + "; ours stays, and what the copy says of its own is left out"
            for name, unanswered in sides.rows(_OTHERWISE)]


def left_out(sides: Sides) -> dict[str, int]:
    """What of the copy's traces is not taken: how many, by the reason."""
    return {"new traces that nobody has labelled or judged (import their file)": sides.value(_UNUSED),
            "pieces of users' feedback on traces that are here already (import their file)": sides.value(_UNTAKEN),
            "traces that are in another split there (the split here stays)": sides.value(_MOVED)}
