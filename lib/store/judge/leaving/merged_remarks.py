"""Rulings and notes of a copy: each comes in once, with the verdict, the labels or the trace that it is about.

One is known by its token; one without by what it is about, its time and its words. The newest counts here too: one of
ours that is newer than what came in is numbered anew, behind it.
"""

from lib.store.judge.leaving.copies import Sides

# A ruling o of the copy whose verdict v, label and all it names are here.
_RULINGS = """from other.rulings o join other.verdicts u on u.id = o.verdict
    join other.of_runs r on r.theirs = u.run join other.of_traces t on t.theirs = u.trace
    join main.verdicts v on v.run = r.ours and v.trace = t.ours and v.outcome is u.outcome
    join other.of_labels l on l.theirs = o.label
    left join other.of_labels n on n.theirs = o.new_label
    left join other.criteria_versions w on w.id = o.criteria
    left join main.criteria_versions c on c.project = :project and c.text = w.text
    where (o.new_label is null or n.ours is not null) """
_RULED = """and not exists (select 1 from main.rulings h where h.token = o.token
        or (h.verdict = v.id and h.label = l.ours and h.created_at = o.created_at and h.kind = o.kind
            and h.note = o.note)) """
_NEW_RULINGS = """insert into main.rulings (verdict, label, kind, note, new_label, criteria, example, token, created_at,
        author)
    select v.id, l.ours, o.kind, o.note, n.ours, max(c.id), o.example, o.token, o.created_at,
        o.author """ + _RULINGS + _RULED + """
    group by o.id order by o.created_at, o.id"""
_LATER_RULINGS = """select h.id from main.rulings h where exists (select 1 from main.rulings x
    where x.id > :last and x.verdict = h.verdict and x.created_at < h.created_at) order by h.created_at, h.id"""
_NOTES = """from other.notes o join other.of_traces t on t.theirs = o.trace
    where not exists (select 1 from main.notes h where h.token = o.token
        or (h.trace = t.ours and h.created_at = o.created_at and h.author = o.author and h.text = o.text)) """
_NEW_NOTES = """insert into main.notes (trace, author, text, token, created_at)
    select t.ours, o.author, o.text, o.token, o.created_at """ + _NOTES + "order by o.created_at, o.id"
_LATER_NOTES = """select h.id from main.notes h where exists (select 1 from main.notes x
    where x.id > :last and x.trace = h.trace and x.created_at < h.created_at) order by h.created_at, h.id"""
_LEFT = """select (select count(*) from other.rulings o join other.labels l on l.id = o.label
        join other.traces t on t.id = l.trace and t.project = :other
        where o.id not in (select o.id """ + _RULINGS + """)),
    (select count(*) from other.notes o join other.traces t on t.id = o.trace and t.project = :other
        where o.trace not in (select theirs from other.of_traces))"""


def bring(sides: Sides) -> tuple[int, int]:
    """Adds rulings and notes that are not here; returns how many of each."""
    last = sides.value("select coalesce(max(id), 0) from main.rulings")
    rulings = sides.add(_NEW_RULINGS)
    for row in sides.rows(_LATER_RULINGS, last=last):
        sides.add("update main.rulings set id = (select max(id) + 1 from main.rulings) where id = :id", id=row["id"])
    last = sides.value("select coalesce(max(id), 0) from main.notes")
    notes = sides.add(_NEW_NOTES)
    sides.add("pragma defer_foreign_keys = on")  # until the failure modes found in a note follow its number
    for row in sides.rows(_LATER_NOTES, last=last):
        number = sides.value("select max(id) + 1 from main.notes")
        sides.add("update main.notes set id = :number_now where id = :id", number_now=number, id=row["id"])
        sides.add("update main.failure_mode_notes set note = :number_now where note = :id", number_now=number,
                  id=row["id"])
    return rulings, notes


def left_out(sides: Sides) -> dict[str, int]:
    """What of them is not taken: how many, by the reason."""
    rulings, notes = sides.rows(_LEFT)[0]
    return {"rulings on verdicts or labels that are not here": rulings,
            "notes on traces that have other content here": notes}
