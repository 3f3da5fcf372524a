"""Rates of a project count its own traces, labels and verdicts, whatever number of a run they are asked for."""

from lib.records import Counts, Trace, Verdict
from lib.records.rating import Rated, Tally
from lib.store import projects
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import over_time, pivots, random_draw
from lib.store.judge import judges, runs, verdicts
from tests.support.ownership import public, reads_its_own
from tests.support.steps import add, row, say


def fill(store, word: str) -> None:
    """A labelled and a judged trace, both with a value of a dimension."""
    add(store, row(Trace("t1", word, word, dimensions={"topic": (word,)}, split="test"),
                   verdicts={"judge": Verdict("fail")}), Trace("t2", f"{word} 2", word))
    say(store, "t1", "fail")


def read(store):
    run = runs.newest(store, "judge").id if "judge" in judges.every(store) else None
    own = [pivots.pairs(store, run, "Ann", sealed, ("topic",)) for sealed in (True, False)] if run else []
    if run:
        own += [over_time.same_judge(store, run), over_time.other_runs(store, "judge", []), over_time.pairs(
            store, Rated("judge", "Ann", run), "Ann"), over_time.readings(store, [run], "Ann")]
    return own + [asked(store, Rated(source, None, run)) for source in ("expert", "judge", "both") for asked in (
        pivots.left_out, pivots.unlabelled, random_draw.of, lambda s, rated: pivots.groups(s, rated, ("topic",)),
        lambda s, rated: over_time.periods(s, rated, "month"), lambda s, rated: over_time.periods(s, rated, "version"),
        lambda s, rated: [row[:3] for row in over_time.read_in(s, rated, "version")])]


def test_every_function_is_tried_here():
    assert public(pivots, random_draw, over_time) == {
        "pivots.groups", "pivots.left_out", "pivots.pairs", "pivots.unlabelled", "random_draw.of", "over_time.periods",
        "over_time.same_judge", "over_time.other_runs", "over_time.read_in", "over_time.pairs", "over_time.readings"}


def test_what_is_read_is_the_projects_own(db):
    reads_its_own(db, fill, read)


def test_a_run_of_another_project_counts_nothing(db):
    fill(db, "mine")
    other = projects.create(db, "Other")
    fill(other, "theirs")
    theirs = Rated("judge", None, runs.newest(other, "judge").id)
    assert (pivots.groups(db, theirs), pivots.unlabelled(db, theirs)) == ([], (Tally(), 0))
    assert over_time.same_judge(db, theirs.run) == over_time.read_in(db, theirs, "month") == []
    assert (over_time.readings(db, [theirs.run], "Ann"), over_time.pairs(db, theirs, "Ann")) == (
        ([], 0), (Counts(), Counts()))
    assert traces.count(db, Filter(rated="judge", in_run=str(theirs.run))) == 0
    assert verdicts.counts(other, theirs.run, "Ann").n == 1
