"""The desk in one record: progress, the way back, the next steps at the end, and failure modes after a fail alone."""

import pytest

from lib.records import REPEAT, Circumstances, UsageError, Verdict
from lib.store import projects
from lib.store.errors import failure_modes
from lib.store.review import desk_choices, labels, queues
from lib.workflow.review import at_desk, queueing, reviewing
from tests.support.steps import add, row, say


@pytest.fixture
def five(db, make_trace):
    """Five answered traces, one without an answer, and two failure modes."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 6)), make_trace("open", output=None))
    failure_modes.add(db, "no date")
    failure_modes.add(db, "rude")
    return db


def test_progress_counts_what_is_labelled_and_what_each_label_says_and_lacks(five):
    assert at_desk.progress(five, "Ann").words == "0 of 5 labelled" and at_desk.progress(five, "Ann").share == 0
    say(five, "t1", "pass")
    say(five, "t2", "fail", critique=" ")
    say(five, "t2", "pass", critique=" ")  # only the newest counts
    say(five, "t3", "fail")
    say(five, "t3", "pass", circumstances=Circumstances("blind", REPEAT))  # a repeat does not
    say(five, "t4", "fail", "Bob")
    reviewing.defer(five, "Ann", "t5")
    found = at_desk.progress(five, "Ann")
    assert (found.labelled, found.of, found.passes, found.fails, found.incomplete, found.deferred) == (3, 5, 2, 1, 1, 1)
    assert found.words == "3 of 5 labelled · 1 without a critique · 2 passes · 1 fail · 1 deferred"
    assert found.share == 0.6


def test_progress_says_how_far_the_queue_is(five):
    queueing.draw(five, ["Ann"], 2, {"random": 100}, seed=1)
    say(five, queues.listing(five, "Ann")[0]["trace"], "pass")
    assert at_desk.progress(five, "Ann").words == "1 of 5 labelled · 1 pass · 0 fails · 1 of 2 in the queue"


def test_a_draft_that_comes_back_is_told_from_a_label(five):
    say(five, "t1", "pass")
    assert not at_desk.of(five, "Ann", "t1").showing.restored and not at_desk.of(five, "Ann", "t2").showing.restored
    reviewing.keep(five, "Ann", "t2", "half a thought", "")
    assert at_desk.of(five, "Ann", "t2").showing.restored


def test_the_way_back_goes_one_label_further_each_time(five):
    for trace in ("t1", "t2", "t3"):
        say(five, trace, "pass")
    say(five, "t1", "fail")  # labelled anew: the last
    assert [at_desk.earlier(five, "Ann", "t4", False), at_desk.earlier(five, "Ann", "t1", True),
            at_desk.earlier(five, "Ann", "t3", True), at_desk.earlier(five, "Ann", "t2", True)] == [
        "t1", "t3", "t2", None]
    # Who came to an old label another way goes to the last one.
    assert at_desk.earlier(five, "Ann", "t2", False) == "t1" and at_desk.earlier(five, "Bob", "t2", False) is None


def test_history_and_checks_are_in_the_record_only_after_the_label(five, make_trace):
    add(five, row(make_trace("judged"), verdicts={"GPT-4": Verdict("fail", "No.")}))
    assert at_desk.of(five, "Ann", "judged").history == []
    say(five, "judged", "fail")
    found = at_desk.of(five, "Ann", "judged")
    assert [label.outcome for label in found.history] == ["fail"] and found.showing.judged == []


def test_the_end_names_another_trace_without_a_critique_and_whether_a_judge_has_spoken(five, make_trace):
    for n in range(1, 6):
        say(five, f"t{n}", "pass", critique="" if n == 2 else "because")
    assert at_desk.of(five, "Ann", "t1").end is None
    end = at_desk.of(five, "Ann", "t1", done=True).end
    assert (end.incomplete, end.judged) == ("t2", False)
    assert at_desk.of(five, "Ann", "t2", done=True).end.incomplete is None
    add(five, row(make_trace("t1"), verdicts={"GPT-4": Verdict("fail", "No.")}))
    assert at_desk.of(five, "Ann", "t1", done=True).end.judged


def test_failure_modes_are_offered_on_request_and_after_a_fail_alone(five):
    say(five, "t1", "pass")
    say(five, "t2", "fail")
    say(five, "t4", "fail", "Bob")
    assert at_desk.of(five, "Ann", "t2").modes is None
    at_desk.choose(five, "Ann", True)
    shown = [at_desk.of(five, "Ann", trace).modes for trace in ("t1", "t2", "t3", "t4")]
    assert shown == [None, {"no date": False, "rude": False}, None, None]
    assert at_desk.of(five, "Bob", "t4").modes is None, "the choice is one person's"


def test_the_choice_is_kept_for_each_project(five):
    at_desk.choose(five, "Ann", True)
    other = projects.create(five, "Other")
    assert not at_desk.chosen(other, "Ann") and at_desk.chosen(five, "Ann")
    at_desk.choose(five, "Ann", False)
    assert not desk_choices.ticks_modes(five, "Ann")


def test_without_a_failure_mode_there_is_nothing_to_tick(db, make_trace):
    add(db, make_trace("t1"))
    say(db, "t1", "fail")
    at_desk.choose(db, "Ann", True)
    assert not at_desk.ticks_modes(db, "Ann") and at_desk.of(db, "Ann", "t1").modes is None


def test_a_tick_is_what_error_analysis_writes(five):
    say(five, "t2", "fail")
    at_desk.choose(five, "Ann", True)
    at_desk.tick(five, "Ann", "t2", "rude", True)
    at_desk.tick(five, "Ann", "t2", "no date", True)
    at_desk.tick(five, "Ann", "t2", "rude", True)  # sent twice
    assert failure_modes.of_trace(five, "t2") == ["no date", "rude"]
    assert at_desk.of(five, "Ann", "t2").modes == {"no date": True, "rude": True}
    at_desk.tick(five, "Ann", "t2", "rude", False)
    assert failure_modes.of_trace(five, "t2") == ["no date"] and failure_modes.next_uncoded(five, "Ann") is None


def test_nothing_is_ticked_before_the_fail_and_no_name_is_made(five):
    with pytest.raises(UsageError, match="label this trace first"):
        at_desk.tick(five, "Ann", "t1", "rude", True)
    say(five, "t1", "pass")
    with pytest.raises(UsageError, match="after the label says fail"):
        at_desk.tick(five, "Ann", "t1", "rude", True)
    say(five, "t2", "fail")
    with pytest.raises(UsageError, match="no such failure mode"):
        at_desk.tick(five, "Ann", "t2", "made up", True)
    assert failure_modes.of_trace(five, "t1") == failure_modes.of_trace(five, "t2") == []
    assert labels.current(five, "t2", "Ann").outcome == "fail" and "made up" not in failure_modes.every(five)


def test_a_split_is_told_once_it_means_something(five, make_trace):
    assert at_desk.of(five, "Ann", "t1").quiet == {"split"}
    add(five, *(row(make_trace(f"m{number}"), Ann="pass") for number in range(60)))
    assert at_desk.of(five, "Ann", "t1").quiet == frozenset()
