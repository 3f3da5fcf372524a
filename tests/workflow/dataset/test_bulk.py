"""Many traces at once: counted before and done in one go; and the table of traces, its order and its columns."""

import pytest

from lib.readers import guess
from lib.records import UsageError, Verdict
from lib.store import experts, people
from lib.store.dataset import dimensions, listed, traces
from lib.store.dataset.traces import Filter
from lib.store.removal import archive
from lib.store.review import queues
from lib.store.roles import RoleError
from lib.workflow.dataset import bulk, exchange, listing
from tests.support.steps import add, row, say


@pytest.fixture
def five(db, make_trace):
    """Five traces: t3 has no output, t4 is labelled by Ann, t5 is archived."""
    for n in (1, 2, 3, 4, 5):
        add(db, make_trace(f"t{n}", input=f"input {6 - n}", output=None if n == 3 else "so " * n,
                           dimensions={"topic": ("b" if n % 2 else "A",)}))
    say(db, "t4", "fail", critique="too short")
    archive.put_away(db, [traces.key_of(db, "t5")], "t5")
    return db


def keys(store, *names: str) -> list[int]:
    return [traces.key_of(store, name) for name in names]


def test_what_a_queue_would_get_is_counted_with_its_reasons_and_then_put_there_once(five):
    every = keys(five, "t1", "t2", "t3", "t4", "t5")
    plan = bulk.queue_plan(five, every, "Ann")
    assert plan.words == ("This puts 2 traces into Ann's queue. 3 traces stay out of it: 1 no output yet, "
                          "1 labelled by that person, 1 archived.")
    done = bulk.queue(five, every, "Ann", "press")
    assert bulk.queue(five, every, "Ann", "press").batch == done.batch and done.n == 2
    assert [(one["trace"], one["queue"], one["unbiased"], one["expert"]) for one in queues.listing(five)] == [
        ("t1", "chosen", 0, "Ann"), ("t2", "chosen", 0, "Ann")]
    with pytest.raises(UsageError, match=r"None of these traces can come into Ann's queue\..*2 in that queue already"):
        bulk.queue(five, every, "Ann", "another press")
    assert bulk.take_back(five, done) == 2 and queues.listing(five) == []


def test_nobody_who_retired_gets_a_queue_and_no_batch_is_endless(five, monkeypatch):
    people.enter(five, "Bob", "expert")
    people.retire(five, "Bob")
    with pytest.raises(UsageError, match="Bob retired here"):
        bulk.queue(five, keys(five, "t1"), "Bob", "press")
    monkeypatch.setattr(bulk.queues, "MOST", 1)
    with pytest.raises(UsageError, match="at most 1 traces, and these are 2"):
        bulk.queue(five, keys(five, "t1", "t2"), "Ann", "press")
    assert queues.listing(five) == []


def test_a_value_takes_the_place_of_the_old_one_and_a_viewer_gives_none(five):
    assert bulk.give(five, keys(five, "t1", "t2"), "topic", "A") == 2
    assert traces.get(five, "t1").dimensions == {"topic": ("A",)}
    with pytest.raises(RoleError):
        bulk.give(five.by("Vic", "Vic", "viewer"), keys(five, "t1"), "topic", "b")
    assert bulk.values(five) == {"topic": ["b", "A"]}


def test_an_export_of_some_traces_holds_these_and_is_taken_back(five):
    data = bulk.export(five, keys(five, "t2", "t4"), "csv")
    assert b"t2" in data and b"t4" in data and b"t1," not in data
    with pytest.raises(UsageError, match="pdf cannot be written"):
        bulk.export(five, keys(five, "t2"), "pdf")
    table = exchange.read_file("some.csv", data)
    result = exchange.import_table(five, table, guess(table))
    assert (result.traces, result.identical) == (0, 2)


@pytest.mark.parametrize(("by", "down", "order"), [
    ("", False, "t1 t2 t3 t4"), ("id", True, "t4 t3 t2 t1"), ("input", False, "t4 t3 t2 t1"),
    ("label", False, "t4 t1 t2 t3"), ("length", True, "t4 t2 t1 t3"), ("length", False, "t1 t2 t4 t3"),
    ("d1", False, "t2 t4 t1 t3"), ("critique", True, "t4 t3 t2 t1"), ("gone", True, "t1 t2 t3 t4")])
def test_the_order_is_of_the_whole_table_and_what_has_nothing_comes_last(five, by, down, order, monkeypatch):
    monkeypatch.setattr(listing, "PAGE", 2)
    pages = [listing.look(five, Filter(), by=by, down=down, page=page) for page in (1, 2)]
    assert [one["id"] for page in pages for one in page.rows] == order.split()
    assert (pages[0].total, pages[0].pages, pages[0].archived) == (4, 2, 1)
    assert listing.look(five, Filter(), page=9).page == 2


def test_columns_stay_with_the_person_and_survive_a_rename(five):
    people.enter(five, "Bob", "PM")
    bob = five.by("Bob")
    assert listing.look(bob, Filter()).columns == listing.FIRST
    assert listing.choose(bob, ["d1", "id"])
    dimensions.change(five, "topic", "subject", "")
    found = listing.look(bob, Filter())
    assert found.columns == ("d1", "id") and found.offered["d1"] == "subject" and found.rows[0]["d1"] == "b"
    assert listing.look(five.by("Ann"), Filter()).columns == listing.FIRST  # another person's choice
    assert not listing.choose(five, ["id"]) and not listing.choose(five.by("Vic", "Vic", "viewer"), ["id"])
    with pytest.raises(UsageError, match="at least one column"):
        listing.choose(bob, [])


def test_cells_hold_what_experts_and_judges_say_and_the_failure_modes(db, make_trace):
    add(db, row(make_trace("t1"), modes=("late", "rude"), verdicts={"GPT-4": Verdict("fail", "no")}))
    say(db, "t1", "pass")
    say(db, "t1", "fail", expert="Ben")
    found = listing.look(db, Filter())
    titles = {title: name for name, title in found.offered.items()}
    cells = found.rows[0]
    assert cells["modes"] == "late, rude" and cells[titles["verdict of GPT-4"]] == "fail"
    assert (cells["label"], cells[titles["label of Ben"]]) == ("pass", "fail")
    assert experts.principal(db).name == "Ann" and listed.named(db)
