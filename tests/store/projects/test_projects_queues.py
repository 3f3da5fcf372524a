"""Queues, claims and draws of one project show and change nothing of another that uses the same names."""


import pytest

from lib.records import UsageError, Verdict
from lib.sampling.queues import QueueItem
from lib.store import projects
from lib.store.dataset import tables
from lib.store.judge import runs
from lib.store.review import claims, desk_choices, draws, queues
from tests.support import ownership
from tests.support.steps import add, row, say


def fill(store, make_trace, word: str) -> int:
    """Two traces that Ann labelled against a judge, one that waits for her, one for whoever comes first."""
    add(store, *(row(make_trace(f"{word}{n}", input=f"{word} {n}", dimensions={"topic": (word,)}),
                     verdicts={"judge": Verdict("fail")}) for n in range(2)),
        *(make_trace(name, input=f"{word} {name}") for name in ("t1", "t2")))
    for n in range(2):
        say(store, f"{word}{n}", "pass", critique=word)
    items = [QueueItem("t1", "random", True, position=1, expert="Ann"), QueueItem("t2", word, False, position=2)]
    batch = queues.create(store, {"random": 100}, items, seed=1, token=word)
    queues.claim(store, "t2", "Bob")
    queues.defer(store, "t1", "Ann")
    desk_choices.set_ticks_modes(store, "Ann", word == "theirs")
    return batch


@pytest.fixture
def two(db, make_trace):
    """(my project, the other, the other's batch)"""
    other = projects.create(db, "Other")
    fill(db, make_trace, "mine")
    return db, other, fill(other, make_trace, "theirs")


def words(store, keys) -> list[str]:
    """Row numbers differ from file to file: what is told of them are their ids."""
    return sorted(draws.ids(store, list(keys)).values())


READS = {
    "queues.next_open": lambda s: [_named(queues.next_open(s, name)) for name in ("Ann", "Bob", "Cy")],
    "queues.step": lambda s: [queues.step(s, "Ann", "t1"), queues.step(s, "Ann", "t1", False)],
    "queues.of_trace": lambda s: [_named(queues.of_trace(s, "Ann", name)) for name in ("t1", "t2")],
    "queues.progress": lambda s: queues.progress(s, "Ann"),
    "queues.listing": lambda s: [(one["trace"], one["input"], one["claimed"]) for one in queues.listing(s)],
    "queues.known": lambda s: queues.known(s, "theirs"),
    "claims.claimed_by_other": lambda s: claims.claimed_by_other(s, "t2", "Ann"),
    "claims.deferred": lambda s: claims.deferred(s, "Ann"),
    "desk_choices.ticks_modes": lambda s: desk_choices.ticks_modes(s, "Ann"),
    "draws.open_traces": lambda s: words(s, draws.open_traces(s, ["Cy"])),
    "draws.labelled": lambda s: words(s, draws.labelled(s, ["Ann"])),
    "draws.values": lambda s: draws.values(s, "topic"),
    "draws.newest": lambda s: len(draws.newest(s)),
    "draws.runs_differ": lambda s: draws.runs_differ(s, "judge", "judge_versions"),
    "draws.judged_runs": lambda s: [(judge, len(runs)) for judge, runs in draws.judged_runs(s).items()],
    "draws.beginnings": draws.beginnings,
    "draws.texts": draws.texts,
    "draws.measured": lambda s: [sorted(own) for own in draws.measured(s).values()],
    "draws.with_probabilities": draws.with_probabilities,
    "draws.probabilities": lambda s: [p for _, p, _ in draws.probabilities(s, "judge")],
    "tables.queue": lambda s: list(tables.queue(s)[1]),
}
WRITES = {
    "queues.take_back": lambda s: queues.take_back(s, s.value("select id from batches where project = :project")),
    "queues.create": lambda s: queues.create(s, {}, [QueueItem("t2", "random", True, position=1, expert="Ann")], 1),
    "claims.claim": lambda s: claims.claim(s, "t2", "Bob"),
    "claims.defer": lambda s: claims.defer(s, "t2", "Ann"),
    "desk_choices.set_ticks_modes": lambda s: desk_choices.set_ticks_modes(s, "Ann", False),
}
NOTHING = {
    "queues.counts": lambda s, batch, run: queues.counts(s, batch),
    "draws.failed": lambda s, batch, run: draws.failed(s, run),
    "draws.against_expert": lambda s, batch, run: draws.against_expert(s, run, ["Ann"], "judge_expert"),
}


def _named(item):
    return item and (item.trace, item.queue, item.position, item.expert)


def everything(store) -> list:
    return [list(map(tuple, store.rows(sql))) for sql in (
        "select * from batches where project = :project",
        "select i.* from queue_items i join batches b on b.id = i.batch where b.project = :project",
        "select c.* from claims c join traces t on t.id = c.trace where t.project = :project",
        "select d.* from deferrals d join traces t on t.id = d.trace where t.project = :project",
        "select c.* from desk_choices c join experts e on e.id = c.expert where e.project = :project",
        "select * from experts where project = :project")]


def test_every_function_is_tried_here():
    public = ownership.public(queues, claims, desk_choices, draws)
    assert public - {"draws.ids"} == {*READS, *WRITES, *NOTHING} - {"tables.queue"}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(two, name):
    mine, other, _ = two
    before = everything(other)
    WRITES[name](mine)
    assert everything(other) == before


@pytest.mark.parametrize("name", NOTHING)
def test_numbers_of_another_project_show_nothing(two, name):
    mine, other, batch = two
    run = runs.newest(other, "judge").id
    assert NOTHING[name](other, batch, run) and not NOTHING[name](mine, batch, run)
    assert draws.ids(mine, draws.newest(other)) == {}


def test_a_trace_of_another_project_cannot_be_queued(two):
    mine, _, _ = two
    with pytest.raises(UsageError, match="no trace 'theirs0'"):
        queues.create(mine, {}, [QueueItem("theirs0", "random", True, position=1)], 1)
    assert mine.value("select count(*) from batches where project = :project") == 1


def test_a_batch_of_another_project_cannot_be_taken_back(two):
    mine, other, batch = two
    before = everything(other)
    with pytest.raises(UsageError, match=f"no batch {batch} in this project"):
        queues.take_back(mine, batch)
    assert everything(other) == before
