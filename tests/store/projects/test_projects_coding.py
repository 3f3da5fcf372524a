"""Notes, failure modes' history, analyses and codings of one project show and change nothing of another's."""

import pytest

from lib.store.dataset import traces
from lib.store.errors import analyses, codings, mode_history, notes
from lib.store.errors.notes import Fails
from tests.support import ownership
from tests.support.steps import add, say

ANN = Fails("Ann")


def fill(store, make_trace, word: str) -> None:
    """Fails t1 to t4; two confirmed modes, one merged away, a proposed one; an analysis, a proposal and an error."""
    add(store, *(make_trace(f"t{n}", input=f"{word} {n}") for n in range(1, 5)))
    for number in range(1, 5):
        say(store, f"t{number}", "fail", critique=word)
    made = [notes.save(store, f"t{number}", "Ann", f"{word} note {number}", f"{word} {number}") for number in (1, 2)]
    notes.keep_draft(store, "t3", "Ann", f"{word} draft")
    first, second = mode_history.create(store, f"{word} one"), mode_history.create(store, f"{word} two")
    mode_history.merge(store, second, first)
    mode_history.propose(store, f"{word} three", word, made)
    items = [(traces.key_of(store, f"t{number}"), {"about": word}) for number in (1, 2, 3)]
    analysis = analyses.create(store, analyses.CODES, items, config={"modes": [first]}, endpoint=word, model=word,
                               token=word)
    codings.save(store, analysis, items[0][0], [first])
    for key, failed in zip(analyses.pending(store, analysis)[:2], (None, "timeout"), strict=True):
        analyses.keep_item(store, analysis, key, failed)
    analyses.pay(store, analysis, 3, 4, word)
    analyses.keep_answer(store, analysis, analyses.pending(store, analysis)[0], {"note": word})


MODE, ANALYSIS = 1, 1  # the first project's own
READS = {
    "notes.current": lambda s: notes.current(s, "t1"),
    "notes.written_by": lambda s: notes.written_by(s, "t1", "Ann"),
    "notes.history": lambda s: notes.history(s, "t1"),
    "notes.draft": lambda s: notes.draft(s, "t3", "Ann"),
    "notes.progress": lambda s: notes.progress(s, ANN),
    "notes.next_without": lambda s: notes.next_without(s, ANN, "t3"),
    "notes.step": lambda s: notes.step(s, ANN, "t2"),
    "notes.critiques": lambda s: notes.critiques(s, [1, 2, 3, 4]),
    "notes.said": lambda s: notes.said(s, ANN),
    "notes.spoken": lambda s: notes.spoken(s, ANN),
    "notes.every": lambda s: notes.every(s, ANN),
    "notes.texts": lambda s: notes.texts(s, [1, 2, 3, 4]),
    "mode_history.get": lambda s: asked(mode_history.get, s, MODE),
    "mode_history.by_name": lambda s: asked(mode_history.by_name, s, "mine one"),
    "mode_history.events": lambda s: mode_history.events(s, MODE),
    "mode_history.notes_behind": lambda s: mode_history.notes_behind(s, 3),
    "mode_history.critiques_behind": lambda s: mode_history.critiques_behind(s, MODE, "Ann"),
    "mode_history.traces_of": lambda s: mode_history.traces_of(s, 3),
    "analyses.known": lambda s: analyses.known(s, "mine"),
    "analyses.get": lambda s: asked(analyses.get, s, ANALYSIS),
    "analyses.every": analyses.every,
    "analyses.pending": lambda s: analyses.pending(s, ANALYSIS),
    "analyses.item": lambda s: asked(analyses.item, s, ANALYSIS, 1),
    "analyses.items": lambda s: analyses.items(s, ANALYSIS),
    "analyses.about": lambda s: [analyses.about(s, analyses.CODES, f"t{number}") for number in (1, 3)],
    "analyses.outcome": lambda s: analyses.outcome(s, ANALYSIS),
    "analyses.rate": lambda s: analyses.rate(s, ANALYSIS, within=10**9),
    "analyses.status": lambda s: analyses.status(s, ANALYSIS),
    "codings.waiting": codings.waiting,
    "codings.counts": codings.counts,
    "codings.without": lambda s: codings.without(s, "Ann"),
    "codings.agreement": lambda s: codings.agreement(s, ANALYSIS, "Ann"),
    "codings.seen": lambda s: codings.seen(s, ANALYSIS),
}
WRITES = {
    "notes.save": lambda s: notes.save(s, "t3", "Ann", "new", "fresh"),
    "notes.keep_draft": lambda s: notes.keep_draft(s, "t1", "Ann", "new"),
    "mode_history.propose": lambda s: mode_history.propose(s, "theirs three", "", [1, 2, 3, 4]),
    "mode_history.create": lambda s: mode_history.create(s, "theirs new"),
    "analyses.create": lambda s: analyses.create(s, "groups", [(None, {})], config={}, endpoint="e", model="m"),
    "codings.decide": lambda s: codings.decide(s, "confirmed", None, None, "Ann"),
    "codings.agree_none": lambda s: codings.agree_none(s, "Ann", "Ann"),
}
# Each names a row by its number: the other project's own are 4 (and 5), its analysis 2, its items 4 to 6.
FOREIGN = {
    "mode_history.confirm": lambda s: asked(mode_history.confirm, s, 6),
    "mode_history.reject": lambda s: asked(mode_history.reject, s, 4),
    "mode_history.rename": lambda s: asked(mode_history.rename, s, 4, "taken"),
    "mode_history.redefine": lambda s: asked(mode_history.redefine, s, 4, "taken", "", "high"),
    "mode_history.merge": lambda s: asked(mode_history.merge, s, 4, MODE),
    "mode_history.take_apart": lambda s: asked(mode_history.take_apart, s, 5),
    "mode_history.split": lambda s: asked(mode_history.split, s, 6, "taken", ["t1"]),
    "analyses.keep_item": lambda s: analyses.keep_item(s, 2, 6),
    "analyses.keep_answer": lambda s: analyses.keep_answer(s, 2, 6, {"note": "taken"}),
    "analyses.pay": lambda s: analyses.pay(s, 2, 9, 9),
    "analyses.forget_unanswered": lambda s: analyses.forget_unanswered(s, 2),
    "analyses.set_status": lambda s: analyses.set_status(s, 2, "failed"),
    "analyses.say": lambda s: analyses.say(s, 2, "taken"),
    "codings.save": lambda s: codings.save(s, 2, traces.key_of(s, "t2"), [4]),
    "codings.save of theirs": lambda s: codings.save(s, ANALYSIS, 6, [MODE]),
}


def asked(function, *words):
    """What a function says, or the sentence with which it refuses."""
    try:
        return function(*words)
    except Exception as error:
        assert type(error).__name__ == "UsageError"
        return str(error)


def test_every_function_is_tried_here():
    named = {name.split(" of ")[0] for name in FOREIGN} | {*READS, *WRITES}
    assert ownership.public(notes, mode_history, analyses, codings) == named


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", [*WRITES, *FOREIGN])
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    other_rows = {"modes": lambda s: [mode_history.get(s, mode) for mode in (4, 5, 6)],
                  "has it": lambda s: mode_history.traces_of(s, 6), "job": lambda s: analyses.get(s, 2),
                  "cost": lambda s: analyses.outcome(s, 2), "left": lambda s: analyses.pending(s, 2),
                  "answer": lambda s: analyses.items(s, 2),
                  "history": lambda s: [mode_history.events(s, mode) for mode in (4, 5, 6)],
                  "notes": lambda s: notes.every(s, ANN), "drafts": lambda s: notes.draft(s, "t3", "Ann"),
                  "waiting": codings.waiting,
                  "proposed": lambda s: [tuple(row) for row in s.rows("""select p.trace, p.failure_mode, p.decision
                      from proposed_codes p join traces t on t.id = p.trace where t.project = :project""")],
                  "codes": lambda s: [tuple(row) for row in s.rows("""select c.trace, c.failure_mode
                      from trace_failure_modes c join traces t on t.id = c.trace where t.project = :project
                      union all select b.note, b.failure_mode from failure_mode_notes b join notes n on n.id = b.note
                      join traces t on t.id = n.trace where t.project = :project""")]}
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), {**WRITES, **FOREIGN}[name],
                             other_rows.values())
