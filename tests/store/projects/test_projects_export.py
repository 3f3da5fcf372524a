"""The exports of root causes of one project hold nothing of another with the same names."""

import pytest

from lib.store.dataset import traces
from lib.store.errors import assertions, cause_tables, failure_modes, mode_decisions, mode_history, notes
from lib.store.errors.assertions import Result
from lib.store.errors.mode_decisions import Decision
from tests.support import ownership
from tests.support.steps import add, say


def fill(store, make_trace, word: str) -> None:
    """Two fails with notes and a mode each, of which one was merged into the other; an assertion tried on both."""
    for number in (1, 2):
        add(store, make_trace(f"t{number}", output=word))
        say(store, f"t{number}", "fail", critique=word)
        note = notes.save(store, f"t{number}", word, f"{word} note")
        mode = mode_history.propose(store, f"{word} {number}", word, [note])
        mode_history.confirm(store, mode)
        failure_modes.give(store, f"t{number}", [f"{word} {number}"], word)
    mode_decisions.decide(store, f"{word} 1", Decision(owner=word))
    made = assertions.add(store, "no", "contains", {"text": word}, f"{word} 1", word)
    mode_history.merge(store, mode_history.by_name(store, f"{word} 2"), mode_history.by_name(store, f"{word} 1"))
    found = [traces.get(store, f"t{number}") for number in (1, 2)]
    assertions.save(store, made.key, [Result(trace.key, trace.content_hash, "fail", word) for trace in found])


def whole(table) -> list[dict]:
    """All rows of a table, by its columns."""
    columns, rows = table
    return [{column: row[column] for column in columns} for row in rows]


READS = {f"cause_tables.{table.__name__}": table for table in (
    cause_tables.notes, cause_tables.codes, cause_tables.modes, cause_tables.history, cause_tables.assertions,
    cause_tables.checks)}


def test_every_table_is_tried_here():
    assert ownership.public(cause_tables) == {*READS}


@pytest.mark.parametrize("name", READS)
def test_what_goes_out_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), lambda s: whole(READS[name](s)))
    assert "mine" in repr(whole(READS[name](db)))
