"""Fixes, decisions, insights and cycles of one project show and change nothing of another with the same names."""

import pytest

from lib.records import UsageError
from lib.store import cycles, projects
from lib.store.dataset import traces
from lib.store.errors import failure_modes, fixes, insights, mode_decisions, mode_facts
from lib.store.errors.mode_decisions import Decision
from lib.store.judge import judges, runs
from tests.support import ownership
from tests.support.steps import add, say


def fill(store, make_trace, word: str) -> dict[str, int]:
    """A fail with a failure mode, its fix carried by v2, v2's answer, an insight, a cycle, a run."""
    add(store, make_trace("t1", input="same", dimensions={"topic": (word,)}, system_version=word),
        make_trace("t2", input="same", output=f"{word} again", system_version="v2"),
        make_trace("t3", input=f"{word} pass", system_version=word))
    say(store, "t1", "fail", critique=f"{word} critique")
    say(store, "t3", "pass", critique=word)
    failure_modes.give(store, "t1", ["mode"])
    failure_modes.add(store, "mode", f"{word} definition")
    mode_decisions.decide(store, "mode", Decision(owner=word))
    fix = fixes.create(store, word, word, "v2", ["mode"], [traces.key_of(store, "t1")])
    insights.add(store, "AI", f"{word} insight", word, ["t1"], token=word)
    prompt = judges.save_prompt(store, "judge", word).key
    return {"fix": fix, "cycle": cycles.begin(store, "incident", word), "trace": traces.key_of(store, "t1"),
            "run": runs.create(store, prompt, "m", "embedded")}


@pytest.fixture
def two(db, make_trace):
    """(my project, the other, the other's numbers)"""
    other = projects.create(db, "Other")
    fill(db, make_trace, "mine")
    return db, other, fill(other, make_trace, "theirs")


READS = {
    "mode_decisions.every": lambda s: [(mode.name, mode.definition, mode.decided) for mode in mode_decisions.every(s)],
    "mode_decisions.get": lambda s: mode_decisions.get(s, "mode").definition,
    "mode_facts.labels_of": lambda s: mode_facts.labels_of(s, "Ann", "mode"),
    "mode_facts.counts": lambda s: mode_facts.counts(s, "Ann", "mode"),
    "mode_facts.fails": lambda s: mode_facts.fails(s, "Ann", "mode"),
    "fixes.every": lambda s: [(fix.title, fix.text, fix.modes, fix.status) for fix in fixes.every(s)],
    "fixes.fails_with": lambda s: names(s, fixes.fails_with(s, "Ann", ["mode"])),
    "fixes.passes_beside": lambda s: names(s, fixes.passes_beside(s, "Ann", fixes.fails_with(s, "Ann", ["mode"]))),
    "insights.every": lambda s: [(one.text, one.author, one.traces) for one in insights.every(s)],
    "insights.of_mode": lambda s: [(one.text, one.traces) for one in insights.of_mode(s, "mode")],
    "cycles.every": lambda s: [(one.trigger, one.reason) for one in cycles.every(s)],
    "cycles.current": lambda s: cycles.current(s).reason,
    "cycles.read": lambda s: cycles.read(s, None),
    "cycles.known_versions": cycles.known_versions,
}
WRITES = {
    "mode_decisions.decide": lambda s, n: mode_decisions.decide(s, "mode", Decision(status="watched")),
    "fixes.create": lambda s, n: fixes.create(s, "new", "", "", ["mode"], [n["trace"]]),
    "fixes.carry": lambda s, n: fixes.carry(s, n["fix"], "v9"),
    "fixes.mark_verified": lambda s, n: fixes.mark_verified(s, n["fix"]),
    "fixes.reopen": lambda s, n: fixes.reopen(s, n["fix"]),
    "fixes.queue": lambda s, n: fixes.queue(s, fixes.every(s)[0].id, ["t2"], "Ann"),
    "fixes.batch": lambda s, n: fixes.batch(s, fixes.every(s)[0].id),
    "insights.add": lambda s, n: insights.add(s, "user", "x", linked=["t1"]),
    "cycles.begin": lambda s, n: cycles.begin(s, "incident"),
    "cycles.note_versions": lambda s, n: cycles.note_versions(s, {"v1"}, {"v9"}),
}
REFUSED = {
    "fixes.get": lambda s, n: fixes.get(s, n["fix"]),
    "fixes.queue of theirs": lambda s, n: fixes.queue(s, n["fix"], ["t2"], "Ann"),
    "cycles.close": lambda s, n: cycles.close(s, n["cycle"]),
}
NOTHING = {
    "fixes.again": lambda s, n: fixes.again(s, n["fix"], "Ann"),
    "fixes.traces_of": lambda s, n: fixes.traces_of(s, n["fix"]),
    "cycles.note_model": lambda s, n: cycles.note_model(s, n["run"]),
}


def names(store, keys: list[int]) -> list[str]:
    return [traces.by_key(store, key).input for key in keys]


def everything(store) -> list:
    return [list(map(tuple, store.rows(sql))) for sql in (
        "select * from failure_modes where project = :project", "select * from fixes where project = :project",
        "select x.* from fix_traces x join fixes f on f.id = x.fix where f.project = :project",
        "select x.* from fix_failure_modes x join fixes f on f.id = x.fix where f.project = :project",
        "select * from insights where project = :project", "select * from cycles where project = :project",
        "select i.* from queue_items i join traces t on t.id = i.trace where t.project = :project",
        "select h.* from failure_mode_events h join failure_modes f on f.id = h.failure_mode"
        " where f.project = :project")]


def test_every_function_is_tried_here():
    own = ownership.public(mode_decisions, mode_facts, fixes, insights, cycles) - {"cycles.today"}
    assert own == {name for name in (*READS, *WRITES, *REFUSED, *NOTHING) if " " not in name}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(two, name):
    mine, other, numbers = two
    before = everything(other)
    WRITES[name](mine, numbers)
    assert everything(other) == before


@pytest.mark.parametrize("name", REFUSED)
def test_numbers_of_another_project_are_refused(two, name):
    mine, other, numbers = two
    before = everything(other)
    with pytest.raises(UsageError, match="in this project"):
        REFUSED[name](mine, numbers)
    assert everything(other) == before


@pytest.mark.parametrize("name", NOTHING)
def test_numbers_of_another_project_show_nothing(two, name):
    mine, _, numbers = two
    assert not NOTHING[name](mine, numbers)


def test_a_trace_of_another_project_is_in_no_fix_and_no_insight_of_mine(two):
    mine, _, numbers = two
    assert fixes.traces_of(mine, fixes.create(mine, "new", "", "", ["mode"], [numbers["trace"]])) == []
    with pytest.raises(UsageError, match="no trace"):
        insights.add(mine, "AI", "x", linked=["nowhere"])
    assert len(insights.every(mine)) == 1
