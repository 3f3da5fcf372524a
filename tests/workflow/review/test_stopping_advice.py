"""When to stop in a project: from what the meters count, and which ten traces come next and why."""

import pytest

from lib.records import Circumstances, Verdict
from lib.sampling import queues
from lib.store import experts
from lib.store.errors import failure_modes
from lib.store.review import labels, meters
from lib.store.review import queues as stored
from lib.workflow.review import stopping
from tests.support.steps import add, row, say

NEW = Circumstances("blind", showed_new=True)


@pytest.fixture
def forty(db, make_trace):
    """Forty traces of two dimensions; Ann passes t1 to t4 and fails t5 and t6."""
    add(db, *(make_trace(f"t{n}", dimensions={"topic": (f"a{n % 2}",), "tone": (f"b{n % 3}",)}) for n in range(1, 41)))
    for number in range(1, 7):
        say(db, f"t{number}", "pass" if number < 5 else "fail")
    return db


def judged(store, make_trace, *fails: int) -> None:
    """A judge's verdicts on all forty, fails where named."""
    add(store, *(row(make_trace(f"t{n}"), verdicts={"bot": Verdict("fail" if n in fails else "pass")})
                 for n in range(1, 41)))


def test_before_any_mode_or_tick_nothing_is_known(forty):
    found = stopping.drying(forty, "Ann")
    assert found.figure.value is None and found.figure.why == "no label yet" and not found.from_modes


def test_ticks_speak_until_fails_have_modes(forty):
    say(forty, "t7", "fail", circumstances=NEW)
    say(forty, "t8", "pass")
    found = stopping.drying(forty, "Ann")
    # One tick on eight labels.
    assert (found.figure.value, found.n, found.from_modes) == (1 / 8, 8, False)
    failure_modes.give(forty, "t5", ["invents", "omits"])
    failure_modes.give(forty, "t7", ["omits"])
    found = stopping.drying(forty, "Ann")
    # invents once, omits twice: 1 of 3; after the first of the two fails 2 of 2.
    assert (found.figure.value, found.n, found.from_modes, found.before.value) == (1 / 3, 3, True, 1.0)


def test_only_the_newest_ticks_count(forty):
    say(forty, "t7", "fail", circumstances=NEW)
    for number in range(8, 28):
        say(forty, f"t{number}", "pass")
    assert stopping.drying(forty, "Ann").figure.value == 0


def test_the_meter_counts_what_an_agreement_counts(forty):
    say(forty, "t7", "fail", circumstances=Circumstances("shadow"))
    say(forty, "t8", "fail", circumstances=Circumstances("blind", unbiased=False))
    passes, fails = stopping.enough(forty, "Ann", 0.1)
    # For ± 10 % at 90 % it takes 37 of each.
    assert (passes.outcome, passes.have, passes.more) == ("pass", 4, 33)
    assert (fails.outcome, fails.have, fails.more) == ("fail", 2, 35)
    assert stopping.left_out(forty, "Ann") == 2 and meters.outcomes(forty, "Ann")["fail"] == (2, 4)


def test_a_stranger_has_no_labels(forty):
    assert [found.have for found in stopping.enough(forty, "nobody", 0.1)] == [0, 0]


def test_where_fails_are_short_half_of_the_next_are_fails_of_the_judge(forty, make_trace):
    judged(forty, make_trace, 5, 20, 21, 22, 23, 24, 25)
    found = stopping.next_traces(forty, "Ann", 0.1)
    by_judge = [item for item in found.items if item.queue == queues.JUDGE_FAILS]
    assert len(found.items) == 10 and "fails are short by 35" in found.rule and "bot" in found.rule
    assert by_judge and {item.trace for item in by_judge} <= {f"t{n}" for n in range(20, 26)}
    assert {item.unbiased for item in by_judge} == {False}
    assert {(item.queue, item.unbiased) for item in found.items} - {(queues.JUDGE_FAILS, False)} == {
        (queues.RANDOM, True)}


def test_enough_fails_of_any_kind_end_the_search_for_fails(forty, make_trace):
    judged(forty, make_trace, 39, 40)
    for number in range(5, 30):
        say(forty, f"t{number}", "fail", circumstances=Circumstances("blind", unbiased=False))
    # 25 fails, of which 2 count: ± 20 % at 90 % takes 10, and the other 23 were found by their outcome.
    found = stopping.next_traces(forty, "Ann", 0.2)
    assert queues.JUDGE_FAILS not in {item.queue for item in found.items} and "fewest labels" in found.rule


def test_without_a_judge_what_is_least_reviewed_comes_next(forty):
    found = stopping.next_traces(forty, "Ann", 0.1)
    assert {item.queue for item in found.items} == {queues.COVERAGE, queues.RANDOM} and "fewest labels" in found.rule


def test_without_dimensions_chance_decides(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(1, 31)))
    experts.add(db, "Ann")
    found = stopping.next_traces(db, "Ann", 0.1)
    assert [item.queue for item in found.items] == [queues.RANDOM] * 10 and all(item.unbiased for item in found.items)


def test_none_of_the_next_was_labelled_and_a_reload_shows_the_same(forty):
    found = stopping.next_traces(forty, "Ann", 0.1)
    assert all(labels.current(forty, item.trace, "Ann") is None for item in found.items)
    assert stopping.next_traces(forty, "Ann", 0.1) == found


def test_what_is_queued_is_what_was_shown_each_with_its_reason(forty, make_trace):
    judged(forty, make_trace, 20, 21, 22, 23, 24, 25)
    shown = stopping.next_traces(forty, "Ann", 0.1)
    stopping.queue(forty, "Ann", shown, "press")
    stopping.queue(forty, "Ann", shown, "press")
    waiting = [(one["trace"], one["queue"], bool(one["unbiased"]), one["expert"]) for one in stored.listing(forty)]
    assert waiting == [(item.trace, item.queue, item.unbiased, "Ann") for item in shown.items]
    # What waits is not offered again.
    again = {item.trace for item in stopping.next_traces(forty, "Ann", 0.1).items}
    assert not again & {trace for trace, *_ in waiting}


def test_when_nothing_is_left_nothing_is_offered(forty):
    for number in range(7, 41):
        say(forty, f"t{number}", "pass")
    assert stopping.next_traces(forty, "Ann", 0.1).items == []
