"""Batches in the store: their order, what answers an item, claims that end, traces put off, reviewers at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from lib.records import Circumstances
from lib.sampling.queues import QueueItem
from lib.store.review import labels, queues
from tests.support.steps import add, row, say

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def ten(db, make_trace):
    """Ten answered traces, t0 to t9."""
    add(db, *(make_trace(f"t{n}") for n in range(10)))
    return db


def batch(store, *traces: str, expert: str | None = "Ann", queue: str = "random", token: str | None = None) -> int:
    """A batch of these traces in this order."""
    items = [QueueItem(trace, queue, queue == "random", position=place, expert=expert)
             for place, trace in enumerate(traces, 1)]
    return queues.create(store, {queue: 100}, items, seed=1, token=token)


def order(store, expert: str = "Ann") -> list[str]:
    """What comes one after another when nothing is labelled, from the front once through."""
    found, after = [], None
    while (item := queues.next_open(store, expert, after)) and item.trace not in found:
        found.append(item.trace)
        after = item.trace
    return found


def test_items_come_batch_by_batch_in_their_order_and_begin_anew_at_the_end(ten):
    batch(ten, "t3", "t1")
    batch(ten, "t7")
    assert order(ten) == ["t3", "t1", "t7"]
    assert queues.next_open(ten, "Ann", "t7").trace == "t3"
    assert queues.next_open(ten, "Ann", "t9").trace == "t3", "a trace of no queue: from the front"


def test_a_label_answers_the_item_and_progress_counts_open_batches_alone(ten):
    batch(ten, "t1")
    batch(ten, "t2", "t3")
    say(ten, "t1", "pass")
    assert queues.progress(ten, "Ann") == (0, 2), "the first batch is done"
    say(ten, "t2", "fail")
    assert queues.progress(ten, "Ann") == (1, 2) and queues.next_open(ten, "Ann").trace == "t3"
    say(ten, "t3", "pass")
    assert queues.progress(ten, "Ann") == (0, 0) and queues.next_open(ten, "Ann") is None


def test_neither_a_repeat_nor_another_expert_answers_an_own_item(ten):
    batch(ten, "t1")
    say(ten, "t1", "pass", "Bob")
    say(ten, "t1", "pass", "Ann", circumstances=Circumstances(purpose="repeat"))
    assert queues.next_open(ten, "Ann").trace == "t1"


def test_a_trace_labelled_before_waits_for_a_new_label(ten):
    say(ten, "t1", "pass")
    batch(ten, "t1", queue="judge_expert")
    assert queues.next_open(ten, "Ann") == QueueItem("t1", "judge_expert", False, 1, 1, "Ann")
    say(ten, "t1", "pass")
    assert queues.next_open(ten, "Ann") is None


def test_an_imported_label_answers_too(ten, make_trace):
    batch(ten, "t1", "t2")
    result = add(ten, row(make_trace("t1"), Ann="fail"))
    assert result.labels == 1 and order(ten) == ["t2"]


def test_steps_go_through_labelled_ones_and_stop_at_the_ends(ten):
    batch(ten, "t3", "t1")
    batch(ten, "t7")
    say(ten, "t1", "pass")
    assert [queues.step(ten, "Ann", "t3", True), queues.step(ten, "Ann", "t1", True),
            queues.step(ten, "Ann", "t7", True)] == ["t1", "t7", None]
    assert [queues.step(ten, "Ann", "t7", False), queues.step(ten, "Ann", "t3", False)] == ["t1", None]
    assert queues.step(ten, "Ann", "t9", True) is None


def test_each_sees_the_own_and_the_shared_ones(ten):
    batch(ten, "t1", expert="Ann")
    batch(ten, "t2", expert="Bob")
    batch(ten, "t3", expert=None)
    assert (order(ten, "Ann"), order(ten, "Bob"), order(ten, "Cy")) == (["t1", "t3"], ["t2", "t3"], ["t3"])
    assert queues.of_trace(ten, "Ann", "t2") is None and queues.of_trace(ten, "Bob", "t2").expert == "Bob"
    say(ten, "t3", "pass", "Cy")
    assert (order(ten, "Ann"), order(ten, "Bob"), order(ten, "Cy")) == (["t1"], ["t2"], [])


def test_why_a_trace_waits_goes_before_why_it_stood_there_earlier(ten):
    batch(ten, "t1", queue="random")
    say(ten, "t1", "pass")
    assert queues.of_trace(ten, "Ann", "t1").queue == "random"
    batch(ten, "t1", queue="judge_expert")
    assert queues.of_trace(ten, "Ann", "t1").queue == "judge_expert"
    assert queues.of_trace(ten, "Ann", "none such") is None


def test_the_same_press_draws_one_batch(ten):
    assert batch(ten, "t1", token="x") == batch(ten, "t2", token="x")
    assert order(ten) == ["t1"]
    assert queues.counts(ten, 1) == {"random": 1}


def test_a_shared_trace_on_a_screen_is_offered_to_nobody_else_until_its_time_is_over(ten):
    batch(ten, "t1", "t2", expert=None)
    assert queues.claim(ten, "t1", "Ann") and queues.claim(ten, "t1", "Ann")
    assert not queues.claim(ten, "t1", "Bob")
    assert order(ten, "Ann") == ["t1", "t2"] and order(ten, "Bob") == ["t2"]
    ten.execute("update claims set expires_at = '2000-01-01T00:00:00.000Z'")
    assert order(ten, "Bob") == ["t1", "t2"] and queues.claim(ten, "t1", "Bob")


def test_a_claim_ends_at_its_time_to_the_minute(ten):
    batch(ten, "t1", expert=None)
    assert queues.claim(ten, "t1", "Ann", 30, now=NOON)
    assert not queues.claim(ten, "t1", "Bob", 30, now=NOON + timedelta(minutes=29, seconds=59))
    assert queues.claim(ten, "t1", "Ann", 30, now=NOON + timedelta(minutes=20)), "held longer"
    assert not queues.claim(ten, "t1", "Bob", 30, now=NOON + timedelta(minutes=40))
    assert queues.claim(ten, "t1", "Bob", 30, now=NOON + timedelta(minutes=50))


def test_own_traces_and_traces_of_no_queue_need_no_claim(ten):
    batch(ten, "t1", expert="Ann")
    assert queues.claim(ten, "t1", "Ann") and queues.claim(ten, "t1", "Bob") and queues.claim(ten, "t9", "Bob")
    assert ten.value("select count(*) from claims") == 0


def test_a_late_save_is_known_by_who_took_the_trace_since(ten):
    batch(ten, "t1", "t2", expert=None)
    queues.claim(ten, "t1", "Ann", now=NOON)
    assert queues.claimed_by_other(ten, "t1", "Ann", now=NOON) is None
    assert queues.claimed_by_other(ten, "t1", "Ann", now=NOON + timedelta(hours=1)) is None, "over, but nobody's"
    queues.claim(ten, "t1", "Bob", now=NOON + timedelta(hours=1))
    assert queues.claimed_by_other(ten, "t1", "Ann", now=NOON + timedelta(hours=1)) == "Bob"
    say(ten, "t1", "pass", "Bob")
    assert queues.claimed_by_other(ten, "t1", "Ann") == "Bob" and queues.claimed_by_other(ten, "t1", "Bob") is None
    assert not queues.claim(ten, "t1", "Ann"), "done: nobody need do it twice"


def test_a_late_save_is_kept_and_the_other_is_not_late_for_it(ten):
    batch(ten, "t1", expert=None)
    queues.claim(ten, "t1", "Ann", now=LONG_AGO)
    queues.claim(ten, "t1", "Bob")
    say(ten, "t1", "fail", "Ann", circumstances=Circumstances(late=True))
    assert labels.current(ten, "t1", "Ann").circumstances.late
    assert queues.claimed_by_other(ten, "t1", "Bob") is None
    say(ten, "t1", "pass", "Bob")
    assert {label.expert for label in labels.history(ten, "t1")} == {"Ann", "Bob"}


def test_an_own_item_is_never_late_whatever_was_shared_earlier(ten):
    batch(ten, "t1", expert=None)
    say(ten, "t1", "pass", "Bob")
    batch(ten, "t1", expert="Ann")
    assert queues.claimed_by_other(ten, "t1", "Ann") is None and queues.claim(ten, "t1", "Ann")


def test_what_is_put_off_comes_back_in_its_order_and_ends_with_a_label(ten):
    batch(ten, "t1", "t2", "t3")
    for trace in ("t3", "t1"):
        queues.defer(ten, trace, "Ann")
    ten.execute("update deferrals set created_at = '2000-01-01T00:00:00.000Z'"
                " where trace = (select id from traces where trace_id = 't3')")
    assert order(ten) == ["t2"] and queues.deferred(ten, "Ann") == ["t3", "t1"] and queues.deferred(ten, "Bob") == []
    queues.defer(ten, "t3", "Ann")
    ten.execute("update deferrals set created_at = '2000-01-01T00:00:00.000Z'"
                " where trace = (select id from traces where trace_id = 't1')")
    assert queues.deferred(ten, "Ann") == ["t1", "t3"], "put off again: last"
    say(ten, "t1", "pass")
    assert queues.deferred(ten, "Ann") == ["t3"]


def test_a_shared_trace_put_off_is_free_for_others_and_gone_when_they_did_it(ten):
    batch(ten, "t1", expert=None)
    queues.claim(ten, "t1", "Ann")
    queues.defer(ten, "t1", "Ann")
    assert order(ten, "Ann") == [] and order(ten, "Bob") == ["t1"]
    ten.execute("update deferrals set created_at = '2000-01-01T00:00:00.000Z'")
    say(ten, "t1", "pass", "Bob")
    assert queues.deferred(ten, "Ann") == []


def test_what_waits_is_listed_with_who_has_it(ten):
    batch(ten, "t1", expert="Ann")
    batch(ten, "t2", "t3", expert=None)
    queues.claim(ten, "t2", "Bob")
    queues.defer(ten, "t1", "Ann")
    say(ten, "t3", "pass", "Bob")
    found = queues.listing(ten)
    assert [(one["trace"], one["expert"], one["claimed"], one["deferred"]) for one in found] == [
        ("t1", "Ann", None, 1), ("t2", None, "Bob", 0)]
    assert [one["trace"] for one in queues.listing(ten, "Bob")] == ["t2"]


def test_a_batch_taken_back_leaves_the_queues_and_its_labels_stay(ten):
    first, second = batch(ten, "t1", "t2", "t3", expert=None), batch(ten, "t4")
    say(ten, "t1", "pass")
    queues.claim(ten, "t2", "Bob")
    assert queues.take_back(ten, first) == 2
    assert order(ten) == ["t4"] and queues.claim(ten, "t2", "Cy") and labels.current(ten, "t1", "Ann")
    assert queues.of_trace(ten, "Ann", "t1").queue == "random", "why it was drawn is still known"
    assert queues.take_back(ten, second) == 1 and queues.take_back(ten, second) == 0


def test_reviewers_at_once_never_take_the_same_trace(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(60)))
    batch(db, *(f"t{n}" for n in range(60)), expert=None)

    def review(expert: str) -> list[str]:
        done, after = [], None
        while item := queues.next_open(db, expert, after):
            after = item.trace
            if queues.claim(db, item.trace, expert):
                say(db, item.trace, "pass", expert, token=f"{expert} {item.trace}")
                done.append(item.trace)
        return done

    with ThreadPoolExecutor(4) as pool:
        taken = [trace for done in pool.map(review, ("Ann", "Bob", "Cy", "Di")) for trace in done]
    assert sorted(taken) == sorted(f"t{n}" for n in range(60))
    assert db.value("select count(*) from labels") == 60
