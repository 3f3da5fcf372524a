"""Assertions at work: over every answered trace, again where the answer changed, stopped where one is too slow."""

import pytest

from lib.assertions import bounded
from lib.models.replies import Answer
from lib.records import PASS, Circumstances, Counts, UsageError
from lib.store.dataset import answers, traces
from lib.store.errors import assertions, failure_modes, mode_decisions, mode_history
from lib.store.errors.assertions import Tally
from lib.store.errors.mode_decisions import Decision
from lib.workflow.errors import checking, what_to_fix
from tests.support.errors.odd_checks import CHILD
from tests.support.steps import add, say

SLOW = {"pattern": "(a|aa)+$"}
SORRY = ("does not contain", {"text": "sorry"})


@pytest.fixture
def shop(db, make_trace):
    """t0 to t29: the outputs of the first eight are sorry; t0 to t9 fail, t0 to t5 as 'evasive', and t9 too."""
    add(db, *(make_trace(f"t{n}", output=f"{'Sorry' * (n < 8)} answer {n}", system_version=f"v{1 + n // 15}")
              for n in range(30)))
    for n in range(30):
        say(db, f"t{n}", "fail" if n < 10 else "pass")
    for n in range(10):
        failure_modes.give(db, f"t{n}", ["evasive"] * (n in (0, 1, 2, 3, 4, 5, 9)) + ["rude"] * (n == 8))
    return db


@pytest.fixture
def odd_process(monkeypatch):
    """The process of the checks knows the kind "odd", which does to it what an output says."""
    monkeypatch.setattr(bounded, "CHILD", CHILD)
    yield
    bounded._spare.give(None)


def kept(store, name="no excuse", mode="evasive", kind=SORRY):
    return checking.add(store, name, *kind, mode, "a reason")


def tally(store, one) -> Tally:
    return assertions.tallies(store)[one.key]


def test_it_is_tried_on_every_answer_once_and_on_what_comes_later(shop, make_trace, monkeypatch):
    monkeypatch.setattr(checking, "BATCH", 7)
    one, seen = kept(shop), []
    assert tally(shop, one) == Tally(waiting=30)
    assert checking.run(shop, one, seen.append) == "" and seen == [7, 14, 21, 28, 30]
    assert tally(shop, one) == Tally(passed=22, failed=8)
    add(shop, make_trace("later", output="sorry!"), make_trace("open", output=None))
    assert tally(shop, one) == Tally(22, 8, 0, 1)
    checking.run(shop, one, seen.append)
    assert seen[5:] == [1] and tally(shop, one) == Tally(22, 9)
    assert assertions.results(shop, one.key, "fail", "v1")[0] == ("t0", "It holds “sorry”.")


def test_a_result_of_what_a_trace_held_before_is_stale(shop):
    one = kept(shop)
    checking.run(shop, one)
    shop.execute("update traces set output = 'fine now', content_hash = 'other' where trace_id = 't0'")
    assert tally(shop, one) == Tally(22, 7, 0, 1) and assertions.of_trace(shop, "t0") == []
    checking.run(shop, one)
    assert tally(shop, one) == Tally(23, 7)


def test_an_answer_that_comes_is_checked_with_the_time_it_took(db, make_trace):
    add(db, make_trace("t", output=None))
    one = kept(db, "quick", None, ("latency", {"most": 500}))
    checking.run(db, one)
    assert tally(db, one) == Tally()
    answers.save(db, traces.key_of(db, "t"), "v1", Answer("yes", log={"milliseconds": 501}))
    checking.run(db, one)
    assert assertions.of_trace(db, "t") == [("quick", "fail", "It took 501 ms.")]


def test_how_it_stands_to_the_codes_by_hand(shop):
    """Seven fails are evasive: of t0 to t5 it fails six, t9 is missed. 20 pass, and none of these is sorry."""
    one = kept(shop)
    checking.run(shop, one)
    assert assertions.against(shop, "Ann") == {one.key: Counts(20, 0, 1, 6)}
    # A biased label and a shadow one count nowhere; a code that goes takes its fail along.
    say(shop, "t20", "pass", circumstances=Circumstances(mode="shadow"))
    failure_modes.give(shop, "t0", [])
    assert assertions.against(shop, "Ann")[one.key] == Counts(19, 0, 1, 5)
    # Merged, it is the other one's: t8, which is rude, is missed too.
    mode_history.merge(shop, mode_history.by_name(shop, "evasive"), mode_history.by_name(shop, "rude"))
    assert assertions.get(shop, "no excuse").mode == "rude"
    assert assertions.against(shop, "Ann")[one.key] == Counts(19, 0, 2, 5)
    assert assertions.against(shop, "nobody") == {}


def test_a_pattern_that_is_slow_everywhere_is_stopped_and_said(db, make_trace, monkeypatch):
    monkeypatch.setattr(checking, "SLOW", 4)
    add(db, *(make_trace(f"t{n}", output="a" * 60 + "b") for n in range(9)))
    one = kept(db, "slow", None, ("regular expression", SLOW))
    assert "on 4 of 4 outputs the check took more time" in checking.run(db, one)
    assert tally(db, one) == Tally(unchecked=4, waiting=5)
    assert checking.waits_for_a_word(assertions.get(db, "slow"), tally(db, one)).startswith("Stopped: on 4 of 4")
    found = checking.preview(db, "regular expression", SLOW)
    assert found.counts[None] == 3 and "Make it simpler" in found.stopped


def test_a_preview_stores_nothing_and_shows_both_sides_of_the_newest(shop):
    found = checking.preview(shop, *SORRY, limit=25)
    assert (found.counts, found.stopped) == ({PASS: 22, "fail": 3, None: 0}, "")
    assert [one[0] for one in found.examples["fail"]] == ["t7", "t6", "t5"] and len(found.examples[PASS]) == 3
    assert assertions.every(shop) == []


def test_before_error_analysis_it_needs_a_reason(shop):
    with pytest.raises(UsageError, match="10 fails have been looked through"):
        checking.add(shop, "early", *SORRY, "evasive", " ")
    assert kept(shop).reason == "a reason"
    for n in range(10, 20):
        say(shop, f"t{n}", "fail")
        failure_modes.give(shop, f"t{n}", ["rude"])
    assert checking.early(shop) == "" and checking.add(shop, "now", *SORRY, "rude").reason == ""


@pytest.mark.parametrize(("name", "kind", "mode", "words"), [
    (" ", SORRY, None, "needs a name"), ("no excuse", SORRY, None, "choose another name"),
    ("x", SORRY, "nowhere", "no failure mode 'nowhere'"), ("x", ("contains", {}), None, "the text to look for")])
def test_what_makes_no_sense_is_refused(shop, name, kind, mode, words):
    kept(shop)
    with pytest.raises(UsageError, match=words):
        kept(shop, name, mode, kind)
    assert len(assertions.every(shop)) == 1


def test_a_fixed_failure_mode_asks_for_a_test_until_one_is_kept_and_again_when_it_is_retired(shop):
    mode_decisions.decide(shop, "evasive", Decision(status="fixed"))

    def untested() -> list[str]:
        return [mode.name for mode in what_to_fix.ranking(shop) if mode.untested]

    assert untested() == ["evasive"]
    kept(shop)
    assert untested() == []
    assertions.retire(shop, "no excuse")
    assert untested() == ["evasive"] and assertions.every(shop) == []


def test_the_list_of_what_fails_follows_the_filter(shop):
    checking.run(shop, kept(shop))
    for said, ids in (("fail", 8), ("pass", 22), ("unchecked", 0)):
        assert traces.count(shop, traces.Filter(assertion="no excuse", checked=said)) == ids
    assert traces.count(shop, traces.Filter(assertion="no excuse", label="pass")) == 0


def test_a_check_that_keeps_ending_its_process_is_noted_and_waits_until_it_is_asked_for_again(
        db, make_trace, odd_process):
    add(db, *(make_trace(f"t{n}", output="leave" if n in (1, 3, 5) else "fine") for n in range(8)))
    one = assertions.add(db, "odd", "odd", {})
    why = checking.run(db, one)
    assert why.startswith("Stopped: on 3 of 6 outputs the check did not finish.") and "exit code 7" in why
    assert tally(db, one) == Tally(passed=3, unchecked=3, waiting=2)
    assert "ended by itself" in assertions.of_trace(db, "t3")[0][2] and assertions.of_trace(db, "t4")[0][1] == PASS
    assert checking.waits_for_a_word(assertions.get(db, "odd"), tally(db, one)) == why
    assert checking.run(db, one) == "" and tally(db, one) == Tally(passed=5, unchecked=3)
    assert assertions.get(db, "odd").stopped == ""


def test_a_kept_check_that_never_gets_ready_is_noted_and_no_trace_is_tried(shop, odd_process):
    one = assertions.add(shop, "odd", "odd", {"ready": "leave"})
    assert checking.run(shop, one).startswith("Not tried: No check gets ready")
    assert tally(shop, one) == Tally(waiting=30) and assertions.get(shop, "odd").stopped.startswith("Not tried")
    with pytest.raises(UsageError, match="No check gets ready"):
        checking.add(shop, "new", "odd", {"ready": "leave"}, None, "a reason")


@pytest.mark.parametrize(("name", "kind", "reason", "words"), [
    ("n" * 2_001, SORRY, "x", "Name: 2,001 characters"), ("n", SORRY, "x" * 2_001, "Reason: 2,001"),
    ("n", ("contains", {"text": "x" * 2_001}), "x", "Text: 2,001"),
    ("n", ("JSON Schema", {"schema": '{"description": "' + "x" * 2_000 + '"}'}), "x", "an assertion keeps 2,000 at")])
def test_what_is_too_long_to_be_kept_is_refused_with_its_length(shop, name, kind, reason, words):
    with pytest.raises(UsageError, match=words):
        checking.add(shop, name, *kind, None, reason)
    assert assertions.every(shop) == []
