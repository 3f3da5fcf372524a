"""Several reviewers: agreement of every two, what each may see of where they differ, and the principal's last word."""

import random

import pytest

from lib.records import ADJUDICATION, LABEL, OUTCOMES, REPEAT, Circumstances, Counts, LeftOut, UsageError
from lib.statistics import reviewers as beyond_chance
from lib.store import experts
from lib.store.dataset import traces
from lib.store.review import labels
from lib.store.review import reviewers as stored
from lib.workflow.review import reviewers
from tests.support.removal.taking_out import take_out
from tests.support.steps import add, say


@pytest.fixture
def three(db, make_trace):
    """Ann (principal) labels t1 to t3, Bob t1 to t4, Cid t3 and t4. Ann and Bob differ on t2, Bob and Cid on t4."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 7)))
    for name, said in (("Ann", "ppf"), ("Bob", "pffp"), ("Cid", "..ff")):
        for number, letter in enumerate(said, 1):
            if letter != ".":
                say(db, f"t{number}", "pass" if letter == "p" else "fail", name, f"{name} on t{number}")
    return db


def test_every_two_with_traces_in_common_the_principal_first(three):
    experts.add(three, "Dan")
    found = {(one.expert, one.judge): one.counts for one in reviewers.agreements(three)}
    assert list(found) == [("Ann", "Bob"), ("Ann", "Cid"), ("Bob", "Cid")]
    # t1 pass/pass, t2 pass/fail, t3 fail/fail; t3; t3 fail/fail, t4 pass/fail.
    assert list(found.values()) == [Counts(1, 1, 0, 1), Counts(fail_fail=1), Counts(pass_fail=1, fail_fail=1)]


def test_kappa_of_two_is_that_of_the_counts(three):
    found = reviewers.agreements(three)[0].figures
    # 2 of 3 agree; by chance (2·1 + 1·2) / 9 = 4/9: (2/3 - 4/9) / (1 - 4/9) = 2/5.
    assert found["agreement"].value == pytest.approx(2 / 3) and found["kappa"].value == pytest.approx(0.4)


def test_all_at_once_by_the_labels_given_independently(three, make_trace):
    add(three, make_trace("t7"))
    say(three, "t7", "pass", "Bob")
    found = reviewers.together(three)
    # t1 pass/pass, t2 pass/fail, t3 fail/fail/fail, t4 pass/fail; t7 has one label. 4 passes, 5 fails; pass beside fail
    # on t2 and t4: alpha = 1 - (9 - 1)·2 / (4·5) = 0.2.
    assert (found.names, found.traces, found.single) == (["Ann", "Bob", "Cid"], 4, 1)
    assert found.alpha.value == pytest.approx(0.2) and found.several and found.left_out == LeftOut()
    assert found.alpha.low < 0.2 < found.alpha.high and found.beside.rare == ""
    before = found.alpha
    reviewers.adjudicate(three, "Ann", "t2", "fail", "the date is wrong", "Bob found the source")
    say(three, "t1", "fail", "Ann", circumstances=Circumstances("blind", REPEAT))
    assert reviewers.together(three).alpha == before
    say(three, "t2", "pass", "Cid")  # after Ann's last word nobody is independent of it
    assert reviewers.together(three).alpha == before


def test_shadow_labels_and_traces_drawn_by_an_outcome_are_left_out_and_counted(three):
    say(three, "t1", "fail", "Cid", circumstances=Circumstances("shadow"))
    say(three, "t2", "fail", "Cid", circumstances=Circumstances("blind", unbiased=False))
    say(three, "t5", "fail", "Cid", circumstances=Circumstances("shadow"))  # nobody else labelled t5
    found = reviewers.together(three)
    assert found.left_out == LeftOut(shadow=1, drawn=1) and found.alpha.value == pytest.approx(0.2)
    assert reviewers.left_out(found) == "Labels left out: 1 given in shadow mode, 1 on traces drawn by outcome."
    every = reviewers.together(three, every=True)
    assert every.left_out == LeftOut() and every.single == 1 and every.alpha != found.alpha


@pytest.mark.parametrize("every", [False, True])
def test_of_two_reviewers_the_very_pairs_count_that_kappa_counts(db, make_trace, every):
    rng = random.Random(4)
    add(db, *(make_trace(f"t{n}") for n in range(30)))
    for _ in range(300):
        how = Circumstances(rng.choice(("blind", "known", "shadow", "unknown")),
                            rng.choices((LABEL, REPEAT, ADJUDICATION), (90, 5, 5))[0], unbiased=rng.random() < 0.8)
        say(db, f"t{rng.randrange(30)}", rng.choice(OUTCOMES), rng.choice(("Ann", "Bob")), circumstances=how)
    pair = reviewers.agreements(db, every)[0].counts
    found = stored.independent(db, every)
    assert pair.n > 5 and beyond_chance.paired(found.kinds) == beyond_chance.paired(beyond_chance.of_pair(pair))


def test_ac1_of_two_is_that_of_their_counts_and_two_are_not_several(three):
    kinds = {(2, 0): 1, (1, 1): 1, (0, 2): 1}
    found = reviewers.beside(reviewers.agreements(three)[0])
    assert found.ac1 == beyond_chance.ac1(kinds)
    take_out(three, "labels", "expert = :cid", cid=experts.row_of(three, "Cid"))
    assert not reviewers.together(three).several and reviewers.together(three).names == ["Ann", "Bob"]


@pytest.mark.parametrize(("viewer", "seen", "hidden"), [
    ("Ann", ["t2"], ["t4"]), ("Bob", ["t2", "t4"], []), ("Cid", ["t4"], ["t2"]), ("nobody", [], ["t2", "t4"])])
def test_others_labels_are_seen_on_traces_one_has_labelled_and_on_no_other(three, viewer, seen, hidden):
    found = reviewers.differences(three, viewer)
    assert (found.seen, found.hidden, found.adjudicated) == (seen, hidden, 0)
    for trace in hidden:
        with pytest.raises(UsageError, match=f"Label the trace '{trace}' first"):
            reviewers.said(three, viewer, trace)


def test_what_was_said_begins_with_ones_own(three):
    assert [(label.expert, label.critique) for label in reviewers.said(three, "Bob", "t3")] == [
        ("Bob", "Bob on t3"), ("Ann", "Ann on t3"), ("Cid", "Cid on t3")]


def test_the_principals_last_word_is_one_more_label_and_leaves_the_list(three):
    before = reviewers.agreements(three)[0]
    saved = reviewers.adjudicate(three, "Ann", "t2", "fail", "the date is wrong", "Bob found the source", "press")
    again = reviewers.adjudicate(three, "Ann", "t2", "fail", "the date is wrong", "Bob found the source", "press")
    assert saved.key == again.key
    assert saved.circumstances == Circumstances("blind", ADJUDICATION, "Bob found the source")
    assert labels.current(three, "t2", "Ann") == saved
    assert [label.critique for label in labels.history(three, "t2", "Ann")] == ["the date is wrong", "Ann on t2"]
    found = reviewers.differences(three, "Ann")
    assert (found.seen, found.adjudicated) == ([], 1)
    # How far the two agreed is not made better by settling it.
    assert reviewers.agreements(three)[0].counts == before.counts


def test_who_has_seen_the_judge_is_not_blind_to_it_when_adjudicating(three):
    three.execute("insert into reveals (trace, expert) values (:trace, :expert)", trace=traces.key_of(three, "t2"),
                  expert=experts.row_of(three, "Ann"))
    assert reviewers.adjudicate(three, "Ann", "t2", "fail", "a", "b").circumstances.mode == "known"
    say(three, "t4", "fail", critique="begun", circumstances=Circumstances("shadow"))
    assert reviewers.adjudicate(three, "Ann", "t4", "fail", "a", "b").circumstances.mode == "shadow"


@pytest.mark.parametrize(("who", "trace", "critique", "reason", "said"), [
    ("Bob", "t2", "a", "b", "Only the principal expert, Ann, adjudicates"),
    ("Ann", "t4", "a", "b", "Label the trace 't4' first"),
    ("Ann", "t2", " ", "b", "needs a critique"), ("Ann", "t2", "a", " ", "a reason for your colleagues")])
def test_an_adjudication_that_is_refused_changes_nothing(three, who, trace, critique, reason, said):
    before = labels.history(three, trace)
    with pytest.raises(UsageError, match=said):
        reviewers.adjudicate(three, who, trace, "fail", critique, reason)
    assert labels.history(three, trace) == before
