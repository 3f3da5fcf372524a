"""Steps and the spread of failure modes are a project's own."""

import pytest

from lib.records import Trace, UsageError
from lib.store import projects
from lib.store.errors import distributions, steps
from tests.support.ownership import public, reads_its_own, writes_its_own
from tests.support.steps import add, row, say


def fill(store, word: str) -> None:
    """Two fails of the same ids, one with a failure mode, a step and a proposed code."""
    add(store, row(Trace("t1", word, word, dimensions={"topic": (word,)}, system_version=word), modes=(word,)),
        Trace("t2", f"{word} 2", word, dimensions={"topic": (word,)}, system_version=word))
    for trace in ("t1", "t2"):
        say(store, trace, "fail")
    for name in ("first", "second", word):
        steps.add(store, name)
    steps.give(store, "t1", "first", word)
    analysis = store.execute("""insert into analyses (project, kind, endpoint, model, status)
        values (:project, 'codes', 'e', 'm', 'done')""")
    store.execute("""insert into proposed_codes (analysis, trace, failure_mode) select :analysis, t.id, f.id
        from traces t join failure_modes f on f.project = t.project
        where t.project = :project and t.trace_id = 't2'""", analysis=analysis)


READS = {
    "distributions.groups": lambda s: distributions.groups(s, "Ann", "topic"),
    "distributions.groups by version": lambda s: distributions.groups(s, "Ann", None, "version"),
    "distributions.counts": lambda s: distributions.counts(s, "Ann", "topic"),
    "distributions.counts by week": lambda s: distributions.counts(s, "Ann", None, "week"),
    "distributions.as_read": lambda s: distributions.as_read(s, "Ann"),
    "distributions.proposed": lambda s: distributions.proposed(s, "Ann"),
    "steps.every": steps.every,
    "steps.of_trace": lambda s: steps.of_trace(s, "t1"),
    "steps.counts": lambda s: steps.counts(s, "Ann"),
    "steps.progress": lambda s: steps.progress(s, "Ann"),
    "steps.next_fail": lambda s: steps.next_fail(s, "Ann"),
    "steps.recorded": lambda s: [(step.name, step.traces) for step in steps.recorded(s)],
}
WRITES = {
    "steps.add": lambda s: steps.add(s, "third"),
    "steps.rename": lambda s: steps.rename(s, "second", "last"),
    "steps.move_up": lambda s: steps.move_up(s, "second"),
    "steps.remove": lambda s: steps.remove(s, "second"),
    "steps.give": lambda s: steps.give(s, "t2", None, "second"),
    "steps.forget": lambda s: steps.forget(s, "t1"),
}


def test_every_function_is_tried_here():
    # The names in one trace's steps are asked of no store.
    assert public(distributions, steps) - {"steps.names_in"} == {name.split()[0] for name in (*READS, *WRITES)}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, name):
    reads_its_own(db, fill, READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, name):
    writes_its_own(db, fill, WRITES[name], READS.values())


def test_a_step_of_another_project_is_not_known(db):
    steps.add(projects.create(db, "Other"), "theirs")
    with pytest.raises(UsageError, match="no step 'theirs'"):
        steps.rename(db, "theirs", "mine")
