"""Judges and prompt versions of a copy: those that its runs are of, each once, by name and by what they ask.

A version is never edited: one whose number is taken by other words gets the next number. One that shows labels which
are not here yet is left out, with its runs, until they are.
"""

import sqlite3

from lib.store.judge import judges
from lib.store.judge.leaving.copies import Sides

# A run that brings something: a verdict of it is on a trace that is here.
_JUDGES = """select j.id, j.name, j.reason, j.kind, f.name as mode, f.definition from other.judges j
    left join other.failure_modes f on f.id = j.failure_mode
    where j.project = :other and exists (select 1 from other.runs r where r.judge = j.id
        and exists (select 1 from other.verdicts v join other.of_traces t on t.theirs = v.trace where v.run = r.id))
    order by j.id"""
_SPECIAL = (
    """insert or ignore into main.failure_modes (project, name, definition, import)
        values (:project, :mode, :definition, :number)""",
    """update main.judges set reason = :reason, failure_mode = (
            select coalesce(merged_into, id) from main.failure_modes where project = :project and name = :mode)
        where id = :ours""",
)
_MODE = """select coalesce(m.name, f.name) from main.judges j left join main.failure_modes f on f.id = j.failure_mode
    left join main.failure_modes m on m.id = f.merged_into where j.id = :ours"""
_SAME = """insert or ignore into other.of_prompts
    select o.id, p.id from other.prompt_versions o join other.of_judges j on j.theirs = o.judge
    join main.prompt_versions p on p.judge = j.ours and p.template = o.template and p.model is o.model
        and p.parameters = o.parameters and p.decision is o.decision and p.cascade is o.cascade
    where (select count(*) from main.prompt_examples x where x.prompt_version = p.id)
        = (select count(*) from other.prompt_examples x where x.prompt_version = o.id)
    and not exists (select 1 from other.prompt_examples x left join other.of_labels m on m.theirs = x.label
        where x.prompt_version = o.id and not exists (select 1 from main.prompt_examples y
            where y.prompt_version = p.id and y.position = x.position and y.label = m.ours
            and y.outcome is x.outcome))
    order by p.number = o.number desc, p.id"""
_NEW = """select o.id, j.ours as judge, h.name, o.number, exists (select 1 from other.prompt_examples x
        where x.prompt_version = o.id and x.label not in (select theirs from other.of_labels)) as lacks
    from other.prompt_versions o join other.of_judges j on j.theirs = o.judge join main.judges h on h.id = j.ours
    where o.id not in (select theirs from other.of_prompts)
    and exists (select 1 from other.runs r where r.prompt_version = o.id and exists (
        select 1 from other.verdicts v join other.of_traces t on t.theirs = v.trace where v.run = r.id))
    order by o.id"""
_INSERT = """insert into main.prompt_versions (judge, number, template, model, parameters, note, created_at, parent,
        author, decision, cascade)
    select :judge, :number_of, o.template, o.model, o.parameters, o.note, o.created_at,
        (select ours from other.of_prompts where theirs = o.parent), o.author, o.decision, o.cascade
    from other.prompt_versions o where o.id = :theirs"""
_EXAMPLES = """insert into main.prompt_examples (prompt_version, position, label, outcome)
    select p.ours, x.position, l.ours, x.outcome from other.of_prompts p
    join other.prompt_examples x on x.prompt_version = p.theirs join other.of_labels l on l.theirs = x.label
    where p.theirs = :theirs"""
_NEXT = "select max(number) + 1 from main.prompt_versions where judge = :judge"
_WITHOUT_RUN = """select count(*) from other.prompt_versions o join other.judges j on j.id = o.judge
    where j.project = :other and o.id not in (select theirs from other.of_prompts)
    and not exists (select 1 from other.runs r where r.prompt_version = o.id)"""


def bring(sides: Sides) -> tuple[int, list[str]]:
    """Adds judges and prompt versions that runs of the copy are of; returns how many versions, and the conflicts."""
    said = [sentence for row in sides.rows(_JUDGES) if (sentence := _judge(sides, row))]
    sides.add(_SAME)
    before = sides.value("select count(*) from other.of_prompts")
    said += [sentence for row in sides.rows(_NEW) if (sentence := _version(sides, row))]
    return sides.value("select count(*) from other.of_prompts") - before, said


def _judge(sides: Sides, row: sqlite3.Row) -> str:
    """Finds or makes it; a sentence where ours of this name is of another failure mode: then it is left out."""
    known = row["name"] in judges.every(sides.store, archived=True)
    if known and judges.kind_of(sides.store, row["name"]) != row["kind"]:
        return (f"judge {row['name']}: one writes its verdicts and the other answers with a probability; its runs in "
                "the copy are left out: rename one of the two, then merge again")
    ours = judges.add(sides.store, row["name"], row["kind"])
    if row["mode"] and not known:
        for statement in _SPECIAL:
            sides.add(statement, ours=ours, mode=row["mode"], definition=row["definition"], reason=row["reason"])
    elif (here := sides.value(_MODE, ours=ours)) != row["mode"]:
        return (f"judge {row['name']}: it is of {here or 'no failure mode'} here and of {row['mode'] or 'none'} in the "
                "copy; its runs there are left out: rename one of the two, then merge again")
    sides.add("insert into other.of_judges values (:theirs, :ours)", theirs=row["id"], ours=ours)
    return ""


def _version(sides: Sides, row: sqlite3.Row) -> str:
    """Adds one; a sentence where its number was taken, or where it cannot come yet."""
    if row["lacks"]:
        return (f"version {row['number']} of judge {row['name']}: it shows labels that are not here, because they wait "
                "for a sign-off or their trace has other content; its runs are left out: merge again afterwards")
    # A version before it, of the same copy, may have taken the number meanwhile.
    taken = sides.value("select 1 from main.prompt_versions where judge = :judge and number = :wanted",
                        judge=row["judge"], wanted=row["number"])
    number = sides.value(_NEXT, judge=row["judge"]) if taken else row["number"]
    sides.add(_INSERT, judge=row["judge"], number_of=number, theirs=row["id"])
    sides.add("insert into other.of_prompts values (:theirs, (select max(id) from main.prompt_versions))",
              theirs=row["id"])
    sides.add(_EXAMPLES, theirs=row["id"])
    return "" if number == row["number"] else (f"version {row['number']} of judge {row['name']}: the copy has other "
                                               f"words under this number; they are version {number} here")


def left_out(sides: Sides) -> dict[str, int]:
    """What of the copy's prompts is not taken: how many, by the reason."""
    return {"prompt versions that no run is of": sides.value(_WITHOUT_RUN)}
