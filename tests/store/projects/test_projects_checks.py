"""Assertions and special judges of one project show and change nothing of another with the same names."""

import pytest

from lib.records import UsageError
from lib.store import judge_labels, projects
from lib.store.dataset import traces
from lib.store.errors import assertions, failure_modes, special_judges
from lib.store.errors.assertions import Result
from lib.store.judge import judges
from tests.support import ownership
from tests.support.steps import add, say


def fill(store, make_trace, word: str) -> dict[str, int]:
    """A fail with a failure mode, and an assertion that was tried on it; one more trace waits."""
    add(store, make_trace("t1", output=word), make_trace("t2", output=f"{word} waits"))
    say(store, "t1", "fail", critique=word)
    failure_modes.give(store, "t1", ["mode"])
    made = assertions.add(store, "no", "contains", {"text": word}, "mode", word)
    trace = traces.get(store, "t1")
    assertions.save(store, made.key, [Result(trace.key, trace.content_hash, "fail", word)])
    special_judges.add(store, "special", "mode", word)
    return {"assertion": made.key, "trace": trace.key}


@pytest.fixture
def two(db, make_trace):
    """(my project, the other, the other's numbers)"""
    other = projects.create(db, "Other")
    fill(db, make_trace, "mine")
    return db, other, fill(other, make_trace, "theirs")


def key(store) -> int:
    return assertions.get(store, "no").key


READS = {
    "assertions.every": lambda s: [(one.name, one.config, one.mode, one.reason) for one in assertions.every(s)],
    "assertions.meant": lambda s: assertions.meant(s, "no")[1],
    "assertions.get": lambda s: assertions.get(s, "no").config,
    "assertions.tallies": lambda s: list(assertions.tallies(s).values()),
    "assertions.waiting": lambda s: [one.output for one in assertions.waiting(s, key(s))],
    "assertions.newest": lambda s: [one.output for one in assertions.newest(s, 9)],
    "assertions.results": lambda s: assertions.results(s, key(s), "fail"),
    "assertions.of_trace": lambda s: assertions.of_trace(s, "t1"),
    "judges.special": judges.special,
    "assertions.against": lambda s: list(assertions.against(s, "Ann").values()),
}
WRITES = {
    "special_judges.add": lambda s, n: special_judges.add(s, "more", "mode"),
    "assertions.add": lambda s, n: assertions.add(s, "new", "JSON valid", {}, "mode"),
    "assertions.retire": lambda s, n: assertions.retire(s, "no"),
    "assertions.note_stopped": lambda s, n: assertions.note_stopped(s, n["assertion"], "it took too long"),
    "assertions.save": lambda s, n: assertions.save(s, n["assertion"], [Result(n["trace"], "x", "pass", "")]),
    "assertions.save on their trace": lambda s, n: assertions.save(s, key(s), [Result(n["trace"], "x", "pass", "")]),
}
NOTHING = {
    "assertions.waiting": lambda s, n: assertions.waiting(s, n["assertion"]),
    "assertions.results": lambda s, n: assertions.results(s, n["assertion"], "fail"),
}


def everything(store) -> list:
    return [list(map(tuple, store.rows(sql))) for sql in (
        "select * from judges where project = :project", "select * from assertions where project = :project",
        "select r.* from assertion_results r join traces t on t.id = r.trace where t.project = :project")]


def test_every_function_is_tried_here():
    tried = {name for name in (*READS, *WRITES) if " " not in name}
    assert ownership.public(assertions, judge_labels, special_judges) | {"judges.special"} == tried


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(two, name):
    mine, other, numbers = two
    before = everything(other)
    WRITES[name](mine, numbers)
    assert everything(other) == before


@pytest.mark.parametrize("name", NOTHING)
def test_numbers_of_another_project_show_nothing(two, name):
    mine, _, numbers = two
    assert NOTHING[name](mine, numbers) == []


def test_a_failure_mode_of_another_project_is_none_of_mine(two):
    mine, other, _ = two
    failure_modes.add(other, "elsewhere")
    with pytest.raises(UsageError, match="no failure mode"):
        assertions.add(mine, "x", "JSON valid", {}, "elsewhere")
