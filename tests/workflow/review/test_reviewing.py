"""The desk's story: which trace comes next, what is shown of it, and what a stored label remembers of how it came."""

import pytest

from lib.records import REPEAT, SHADOW, UsageError, Verdict
from lib.store import experts
from lib.store.dataset.traces import Filter
from lib.store.review import labels, queues, repeats, reveals
from lib.workflow.review import queueing, reviewing
from lib.workflow.review.reviewing import Decision, Place
from tests.support.steps import add, row, say

ALL = Place()


@pytest.fixture
def four(db, make_trace):
    """Four answered traces, each failed by a judge, and one without an answer."""
    add(db, *(row(make_trace(f"t{n}"), verdicts={"GPT-4": Verdict("fail", f"verdict on t{n}")}) for n in (1, 2, 3, 4)),
        row(make_trace("open", output=None)))
    return db


def decide(store, trace: str, outcome: str = "pass", critique: str = "because", place: Place = ALL, **more):
    said = Decision(trace, outcome, critique, f"{trace} {outcome} {more}", **more)
    return reviewing.decide(store, "Ann", said, place)


def coming(store, after: str | None = None, place: Place = ALL, expert: str = "Ann") -> str | None:
    return reviewing.next_trace(store, expert, place, after)


def test_unlabelled_come_first_then_what_was_put_off_then_what_has_no_critique(four):
    reviewing.defer(four, "Ann", "t1")
    decide(four, "t2", critique=" ")
    assert coming(four) == "t3" and coming(four, "t3") == "t4" and coming(four, "t4") == "t3"
    decide(four, "t3")
    decide(four, "t4")
    assert coming(four) == "t1"
    decide(four, "t1")
    assert coming(four) == "t2" and coming(four, "t2") is None
    decide(four, "t2", critique="at last", seen=labels.current(four, "t2", "Ann").key)
    assert coming(four) is None


def test_a_labelled_trace_cannot_be_put_off(four):
    decide(four, "t1")
    with pytest.raises(UsageError, match="has your label already"):
        reviewing.defer(four, "Ann", "t1")


def test_a_first_label_is_blind_and_one_given_after_the_verdict_was_shown_is_not(four):
    assert reviewing.showing(four, "Ann", "t1").judged == []
    with pytest.raises(UsageError, match="Label this trace first"):
        reviewing.reveal(four, "Ann", "t1")
    first = decide(four, "t1", mode=reviewing.showing(four, "Ann", "t1").mode)
    reviewing.reveal(four, "Ann", "t1")
    shown = reviewing.showing(four, "Ann", "t1")
    assert (first.circumstances.mode, shown.mode) == ("blind", "known")
    assert [verdict["critique"] for verdict in shown.judged] == ["verdict on t1"]
    assert reviewing.showing(four, "Bob", "t1").mode == "blind"


def test_shadow_begins_with_the_judges_words_and_no_later_label_is_free_of_them(four):
    shown = reviewing.showing(four, "Ann", "t1", shadow=True)
    assert (shown.text, shown.mode, reveals.known(four, "t1", "Ann")) == ("verdict on t1", SHADOW, True)
    decide(four, "t1", mode=shown.mode)
    assert reviewing.showing(four, "Ann", "t1").mode == SHADOW
    assert reviewing.showing(four, "Ann", "t2").mode == "blind"


def test_shadow_without_a_verdict_is_an_ordinary_blind_label(db, make_trace):
    add(db, make_trace("t1"))
    assert reviewing.showing(db, "Ann", "t1", shadow=True).mode == "blind"


def test_a_label_another_tab_gave_meanwhile_is_named_and_the_text_kept(four):
    shown = reviewing.showing(four, "Ann", "t1")
    say(four, "t1", "fail")
    with pytest.raises(UsageError, match=r"was labelled fail at .* press again"):
        decide(four, "t1", critique="mine", seen=shown.before and shown.before.key)
    assert labels.draft(four, "t1", "Ann") == ("mine", "")
    again = reviewing.showing(four, "Ann", "t1")
    assert again.text == "mine"
    decide(four, "t1", critique="mine", seen=again.before.key)
    assert [label.outcome for label in labels.history(four, "t1", "Ann")] == ["pass", "fail"]


def test_the_same_decision_sent_twice_is_one_label(four):
    assert decide(four, "t1") == decide(four, "t1")
    assert len(labels.history(four, "t1")) == 1


def test_what_equals_the_label_is_no_draft(four):
    decide(four, "t1", critique="done")
    reviewing.keep(four, "Ann", "t1", "done", "")
    assert labels.draft(four, "t1", "Ann") is None
    reviewing.keep(four, "Ann", "t1", "done", "better words")
    assert labels.draft(four, "t1", "Ann") == ("done", "better words")


@pytest.mark.parametrize(("place", "expected"), [
    (Place(), ("", True)), (Place(Filter(source="real", split="dev")), ("", True)),
    (Place(Filter(label="none")), ("", True)),
    (Place(Filter(label="fail")), ("chosen", False)), (Place(Filter(search="refund")), ("chosen", False)),
    (Place(Filter(failure_mode="invented")), ("chosen", False)), (Place(brought=False), ("chosen", False))])
def test_a_label_says_whether_its_trace_was_drawn_without_looking(four, place, expected):
    found = decide(four, "t1", place=place).circumstances
    assert (found.queue, found.unbiased) == expected


def test_a_second_label_keeps_how_the_trace_was_drawn(four):
    decide(four, "t1", place=Place(brought=False))
    again = decide(four, "t1", "fail", seen=labels.current(four, "t1", "Ann").key)
    assert (again.circumstances.queue, again.circumstances.unbiased) == ("chosen", False)


def test_the_queue_comes_first_and_its_reason_is_the_labels(four):
    queueing.draw(four, ["Ann"], 2, {"judge_fails": 50, "random": 50}, judge="GPT-4", seed=1)
    place = Place(from_queue=True)
    first = coming(four, place=place)
    item = queues.of_trace(four, "Ann", first)
    found = decide(four, first, place=place).circumstances
    assert (found.queue, found.unbiased) == (item.queue, item.unbiased)
    second = coming(four, first, place)
    assert second not in (first, None) and reviewing.neighbour(four, "Ann", place, second, False) == first
    decide(four, second, place=place)
    assert coming(four, second, place) is None and coming(four, second) not in (first, second, None)


def test_two_reviewers_of_one_shared_batch_get_different_traces_and_a_late_label_is_kept_and_marked(four):
    queueing.draw(four, ["Ann", "Bob"], 4, {"random": 100}, seed=1)
    place = Place(from_queue=True)
    hers = coming(four, place=place)
    reviewing.showing(four, "Ann", hers)
    his = coming(four, place=place, expert="Bob")
    assert his != hers and not reviewing.showing(four, "Bob", his).held_by
    assert reviewing.showing(four, "Bob", hers).held_by == "Ann"
    reviewing.decide(four, "Bob", Decision(hers, "fail", "late", "x"))
    assert labels.current(four, hers, "Bob").circumstances.late
    assert not reviewing.decide(four, "Bob", Decision(his, "fail", "in time", "y")).circumstances.late


def test_an_earlier_trace_comes_back_without_its_label_and_its_repeat_does_not_count_as_the_label(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(60)))
    repeats.set_share(db, 0.1, 0)
    for number in range(59):
        if due := repeats.due(db, "Ann"):
            break
        decide(db, f"t{number}", "fail", "This one is old, because it was given first.")
    assert coming(db, "t30") == due
    shown = reviewing.showing(db, "Ann", due)
    assert (shown.purpose, shown.before, shown.text, shown.change) == (REPEAT, None, "", "")
    repeat = reviewing.decide(db, "Ann", Decision(due, "pass", "now so", "z", purpose=shown.purpose))
    assert repeat.circumstances.purpose == REPEAT and labels.current(db, due, "Ann").outcome == "fail"
    assert "fail on" in reviewing.taught(db, "Ann", repeat)[0]
    assert repeats.due(db, "Ann") != due


def test_nothing_about_an_earlier_trace_that_comes_back_says_so_before_the_press(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(60)))
    repeats.set_share(db, 0.1, 0)
    given = next(number for number in range(59) if repeats.due(db, "Ann") or not decide(db, f"t{number}", "fail"))
    due = repeats.due(db, "Ann")
    assert reviewing.neighbour(db, "Ann", ALL, due, False) == f"t{given - 1}"
    assert reviewing.neighbour(db, "Ann", ALL, due, True) == coming(db, due) == f"t{given}"
    reviewing.defer(db, "Ann", due)


def test_a_label_is_of_the_text_that_was_on_the_screen(four, make_trace):
    seen = reviewing.showing(four, "Ann", "open").trace.content_hash
    with pytest.raises(UsageError, match="has not answered"):
        decide(four, "open", content=seen)
    add(four, make_trace("open", output="answered meanwhile"))
    with pytest.raises(UsageError, match="was changed since it was shown"):
        decide(four, "open", content=seen)
    assert labels.current(four, "open", "Ann") is None and labels.draft(four, "open", "Ann") == ("because", "")
    assert decide(four, "open", content=reviewing.showing(four, "Ann", "open").trace.content_hash).outcome == "pass"


def test_what_a_browser_sends_is_checked(four):
    found = reviewing.decision({"trace": 7, "outcome": "pass", "critique": None, "showing": "s", "mode": "godlike",
                                "purpose": "adjudication", "seconds": "soon", "seen": "x", "new": "yes"})
    assert found == Decision("7", "pass", "", "s", purpose="label", mode="unknown")
    assert reviewing.decision({"seconds": -3}).seconds == 0
    with pytest.raises(UsageError, match="pass or fail"):
        reviewing.decide(four, "Ann", reviewing.decision({"trace": "t1", "outcome": "4", "showing": "s"}))


def test_behind_the_last_of_the_queue_comes_what_has_no_label_and_only_then_what_lacks_a_critique(four):
    decide(four, "t1", critique="")
    queueing.draw(four, ["Ann"], 1, {"random": 100}, seed=1)
    place = Place(from_queue=True)
    last = coming(four, place=place)
    decide(four, last, place=place)
    following = reviewing.following(four, "Ann", place, last)
    assert following not in ("t1", last, None) and labels.current(four, following, "Ann") is None
    for trace in {"t2", "t3", "t4"} - {last}:
        decide(four, trace)
    assert reviewing.following(four, "Ann", ALL, following) == "t1"


def long_ago(store, critique: str) -> int:
    """Ann failed t1 in another year; the number of her label."""
    experts.add(store, "Ann")
    return store.execute("""insert into labels (trace, expert, outcome, critique, content_hash, created_at)
        select t.id, e.id, 'fail', :critique, t.content_hash, '2025-03-01T10:00:00.000Z' from traces t, experts e
        where t.project = :project and e.project = :project and t.trace_id = 't1'""", critique=critique)


@pytest.mark.parametrize("blank", ["", " \n"])
def test_a_first_critique_for_an_old_label_wants_no_reason_and_a_turned_outcome_does(four, blank):
    seen = long_ago(four, blank)
    with pytest.raises(UsageError, match="Say shortly why it changes"):
        decide(four, "t1", "pass", "It names the hour.", seen=seen)
    saved = decide(four, "t1", "fail", "It names no hour.", seen=seen)
    assert (saved.outcome, saved.critique, saved.circumstances.reason) == ("fail", "It names no hour.", "")


def test_another_critique_for_an_old_label_wants_its_reason(four):
    seen = long_ago(four, "It names no hour.")
    with pytest.raises(UsageError, match="Say shortly why it changes"):
        decide(four, "t1", "fail", "It is rude.", seen=seen)
