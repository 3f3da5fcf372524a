"""Repeats: which trace comes back and when, that it costs nothing, and what the pairs say of the expert."""

import pytest

from lib.records import REPEAT, SHADOW, Circumstances, Counts, UsageError
from lib.store import experts
from lib.store.dataset import traces
from lib.store.judge import verdicts
from lib.store.review import labels, repeats
from lib.workflow.review import consistency
from tests.support.steps import add, row, say

BLIND_REPEAT = Circumstances("blind", REPEAT)
YESTERDAY = "2026-01-15T10:00:00.000Z"


def label(store, number: int, outcome: str = "pass", expert: str = "Ann", at: str = YESTERDAY, **more) -> None:
    """A label as it was given at some time in the past: the clock cannot be turned."""
    values = {"critique": "because", "mode": "blind", "purpose": "label", "unbiased": 1, **more}
    store.execute("""insert into labels (trace, expert, outcome, critique, content_hash, mode, purpose, unbiased,
        created_at) values (:trace, :expert, :outcome, :critique, 'h', :mode, :purpose, :unbiased, :at)""",
                  trace=traces.key_of(store, f"t{number}"), expert=experts.row_of(store, expert), outcome=outcome,
                  at=at, **values)


@pytest.fixture
def thirty(db, make_trace):
    """Thirty traces that Ann labelled long ago, in order; a repeat is due after five to fifteen labels."""
    add(db, *(make_trace(f"t{n}") for n in range(1, 61)))
    experts.add(db, "Ann")
    repeats.set_share(db, 0.1, 24)
    for number in range(1, 31):
        label(db, number)
    return db


def test_a_trace_of_more_than_twenty_labels_ago_comes_back_and_a_reload_brings_the_same(thirty):
    found = repeats.due(thirty, "Ann")
    assert found in {f"t{n}" for n in range(1, 11)}
    assert {repeats.due(thirty, "Ann") for _ in range(5)} == {found}


def test_after_its_repeat_it_never_comes_back(thirty):
    seen = []
    for _ in range(10):
        seen.append(repeats.due(thirty, "Ann"))
        say(thirty, seen[-1], "pass", circumstances=BLIND_REPEAT)
        for _ in range(15):  # the longest wait there is
            label(thirty, 60)
    assert len(set(seen)) == len(seen) == 10


def test_the_share_comes_out_as_asked_and_the_distances_vary(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(1, 601)))
    repeats.set_share(db, 0.1, 0)
    given, gaps, since = 0, [], 0
    with db.transaction():
        for number in range(1, 601):
            say(db, f"t{number}", "pass")
            given, since = given + 1, since + 1
            if number > 100 and (back := repeats.due(db, "Ann")):
                say(db, back, "pass", circumstances=BLIND_REPEAT)
                gaps.append(since)
                given, since = given + 1, 0
    # 500 labels after the first hundred at one in ten of all: 500 / 9 = 56, give or take chance.
    assert 45 <= len(gaps) <= 65 and len(set(gaps[1:])) > 5 and max(gaps[1:]) <= 14


@pytest.mark.parametrize(("why", "more"), [
    ("without a critique nobody can compare reasons", {"critique": " "}),
    ("begun with the judge's words, it is not the expert's own", {"mode": SHADOW}),
    ("given a moment ago, it is remembered", {"at": "2999-01-01T00:00:00.000Z"})])
def test_what_must_not_come_back(db, make_trace, why, more):
    add(db, *(make_trace(f"t{n}") for n in range(1, 41)))
    experts.add(db, "Ann")
    for number in range(1, 41):
        label(db, number, **(more if number <= 20 else {}))
    assert repeats.due(db, "Ann") is None, why
    label(db, 20)
    label(db, 19)
    assert repeats.due(db, "Ann") in ("t21", "t22")


def test_a_label_that_was_succeeded_does_not_come_back_as_itself(thirty):
    for number in range(1, 11):
        label(thirty, number, "fail")
    assert repeats.due(thirty, "Ann") in {f"t{n}" for n in range(11, 21)}


def test_with_twenty_labels_or_fewer_and_for_strangers_nothing_is_due(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(1, 21)))
    experts.add(db, "Ann")
    assert repeats.due(db, "Ann") is None and repeats.due(db, "nobody") is None
    for number in range(1, 21):
        label(db, number)
    assert repeats.due(db, "Ann") is None
    label(db, 20)
    assert repeats.due(db, "Ann") == "t1"


def test_a_share_of_nothing_switches_it_off(thirty):
    repeats.set_share(thirty, 0, 24)
    assert repeats.due(thirty, "Ann") is None and repeats.settings(thirty) == (0, 24)


@pytest.mark.parametrize(("share", "hours"), [(0.11, 24), (0.01, 24), (-0.1, 24), (0.05, -1), (0.05, 1e9)])
def test_a_share_or_wait_out_of_bounds_is_refused_and_nothing_changes(db, share, hours):
    with pytest.raises(UsageError, match=r"from 5% to 10%|from 0 to 8,760"):
        repeats.set_share(db, share, hours)
    assert repeats.settings(db) == (0.07, 24)


def many(store, first: int, last: int) -> None:
    """Traces with a label of Ann each, put in at once."""
    one = {"project": store.project, "expert": experts.row_of(store, "Ann"), "at": YESTERDAY}
    rows = [{**one, "id": number, "trace_id": f"t{number}"} for number in range(first, last + 1)]
    with store.transaction():
        store.execute_many("""insert into traces (id, project, trace_id, input, output, content_hash, source, split)
            values (:id, :project, :trace_id, 'in', 'out', 'h', 'real', 'dev')""", rows)
        store.execute_many("""insert into labels (trace, expert, outcome, critique, content_hash, created_at)
            values (:id, :expert, 'pass', 'because', 'h', :at)""", rows)


def steps_of(store, ask) -> int:
    """How many hundreds of steps SQLite takes for it: no clock, the same on every machine."""
    taken = []
    store.connection.set_progress_handler(lambda: taken.append(1), 100)
    ask()
    store.connection.set_progress_handler(None, 0)
    return len(taken)


def test_choosing_costs_the_same_however_many_labels_there_are(db):
    experts.add(db, "Ann")
    many(db, 1, 20_000)
    # At most 200 labels are looked at, in some seventy steps each; a look at every one would take 10,000 hundreds.
    assert repeats.due(db, "Ann") and 0 < steps_of(db, lambda: repeats.due(db, "Ann")) < 200


def test_a_repeat_pairs_with_the_label_that_counted_when_it_was_given(thirty):
    label(thirty, 1, "fail", at="2026-02-01T00:00:00.000Z", critique="on second thought")
    label(thirty, 1, "pass", at="2026-03-01T00:00:00.000Z", purpose="repeat", critique="again")
    label(thirty, 1, "pass", at="2026-04-01T00:00:00.000Z", critique="later")
    found, = repeats.pairs(thirty, "Ann")
    assert (found.first.outcome, found.first.critique, found.second.outcome, found.second.critique) == (
        "fail", "on second thought", "pass", "again")
    assert found.second.created_at.startswith("2026-03") and found.first.trace == "t1"
    assert labels.current(thirty, "t1", "Ann").critique == "later"


@pytest.fixture
def repeated(thirty):
    """Ten repeats of Ann's passes: eight pass again (six in March, two in April), two are fails in April."""
    for number in range(1, 11):
        label(thirty, number, "fail" if number > 8 else "pass", purpose="repeat",
              at=f"2026-0{4 if number > 6 else 3}-01T00:00:00.000Z")
    return thirty


def test_self_agreement_comes_from_counts_with_interval(repeated):
    found = consistency.of(repeated, "Ann")
    assert found.counts == Counts(pass_pass=8, pass_fail=2)
    # 8 of 10; Wilson: (.8 + .19207 ± 1.96 · √(.016 + .0096036)) / 1.38415
    assert (round(found.agreement.low, 3), found.agreement.value, round(found.agreement.high, 3)) == (0.49, 0.8, 0.964)
    # Every first label is pass, so chance explains all that agrees: kappa is (.8 - .8) / (1 - .8) = 0.
    assert found.kappa.value == 0
    assert [pair.first.trace for pair in found.differing] == ["t10", "t9"]
    assert consistency.moved(found) == "Of 2 that differ, 2 went from pass to fail and 0 from fail to pass."
    assert consistency.ceiling(repeated, "Ann") == found.agreement


def test_drift_is_told_by_month_with_n(repeated):
    label(repeated, 40, "pass", at="2026-05-01T00:00:00.000Z")
    label(repeated, 40, "fail", at="2026-05-01T00:01:00.000Z")  # of one trace the label that counts
    label(repeated, 41, "fail", at="2026-05-02T00:00:00.000Z", unbiased=0)
    label(repeated, 42, "fail", at="2026-05-02T00:00:00.000Z", mode="shadow")
    found = consistency.of(repeated, "Ann")
    assert [(rate.value, rate.passes, rate.n) for rate in found.by_month] == [("2026-03", 6, 6), ("2026-04", 2, 4)]
    assert [(rate.value, rate.passes, rate.n) for rate in found.passes_by_month] == [
        ("2026-01", 30, 30), ("2026-05", 0, 1)]


def test_before_the_first_repeat_nothing_is_defined_and_says_so(thirty):
    found = consistency.of(thirty, "Ann")
    assert found.agreement.value is found.kappa.value is None and found.agreement.why == found.kappa.why != ""
    assert found.differing == [] and consistency.moved(found) == ""


def test_a_repeat_never_changes_an_agreement(repeated, make_trace):
    add(repeated, row(make_trace("t99")))
    before = verdicts.counts_between(repeated, "Ann", "Ann")
    assert before == Counts(pass_pass=30) and verdicts.of_trace(repeated, "t1") == []
