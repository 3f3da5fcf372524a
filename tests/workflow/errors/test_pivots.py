"""Failure rates by one to three dimensions: hot cells on top, whose outcomes count, what is left out, corrections."""

import json

import numpy as np
import pytest
from scipy.stats import fisher_exact

from lib.records import Circumstances, Counts, UsageError, Verdict
from lib.records.rating import Tally
from lib.statistics.corrected import ENOUGH, missing
from lib.statistics.pivots import OVERALL, OWN, corrected, pivot, spread, unlike
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import pivots as stored
from lib.store.judge import judges, runs, splits, verdicts
from lib.store.review import labels
from lib.workflow.errors import rates
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

# (feature, scenario, persona) -> (traces, fails); two of the eight are hot.
HOT = {("search", "no match", "new user"): (20, 15), ("booking", "no match", "new user"): (25, 17),
       ("search", "no match", "expert user"): (40, 8), ("booking", "no match", "expert user"): (30, 6),
       ("search", "one match", "new user"): (42, 9), ("booking", "one match", "new user"): (33, 6),
       ("search", "one match", "expert user"): (25, 6), ("booking", "one match", "expert user"): (38, 8)}
BY = ("feature", "scenario", "persona")
SEEN_TRACES = ("example", "train", "dev")


def shares(cells) -> list[tuple]:
    return [(*cell.values, cell.n, cell.fails) for cell in cells]


@pytest.fixture
def hot(db, make_trace):
    """The eight cells as labelled traces."""
    add(db, *(row(make_trace(f"{'-'.join(place)}-{number}", dimensions={
        name: (value,) for name, value in zip(BY, place, strict=True)}), Ann="fail" if number < fails else "pass")
        for place, (n, fails) in HOT.items() for number in range(n)))
    return db


@pytest.fixture
def judged(db, make_trace):
    """Of nine traces a run judges six; one is the prompt's example, one is in train, one in dev, the rest in test.

    Ann labels the example, t1 (fail), t2 (pass, brought by the judge's fails) and own (pass, never judged).
    """
    add(db, *(make_trace(name, split=name if name in ("train", "dev") else "train" if name == "example" else "test",
                         dimensions={"topic": ("a", "b") if name == "t3" else () if name == "t4" else ("a",)})
              for name in (*SEEN_TRACES, "t1", "t2", "t3", "t4", "own", "nobody")))
    example = say(db, "example", "fail")
    prompt = judges.save_prompt(db, "judge", "{input}", [example.key])
    run = runs.create(db, prompt.key, "m", "embedded")
    for name, outcome in {"train": "fail", "dev": "fail", "t1": "pass", "t2": "fail", "t3": "fail", "t4": None}.items():
        verdicts.save(db, run, traces.key_of(db, name), Verdict(outcome, error=None if outcome else "refusal"))
    say(db, "t1", "fail")
    say(db, "t2", "pass", circumstances=Circumstances(queue="judge_fails", unbiased=False))
    say(db, "own", "pass")
    return db


def test_the_two_hot_cells_come_first_with_their_rates(hot):
    found = rates.table(hot, BY)
    assert shares(found.cells)[:2] == [("search", "no match", "new user", 20, 15),
                                       ("booking", "no match", "new user", 25, 17)]
    assert [cell.rate.value for cell in found.cells[:2]] == [0.75, 0.68]
    # Wilson for 15 of 20: 53.1 to 88.8 %; the rest lies between 6/33 and 6/25.
    assert [round(end, 3) for end in (found.cells[0].rate.low, found.cells[0].rate.high)] == [0.531, 0.888]
    assert all(0.18 < cell.rate.value <= 0.24 for cell in found.cells[2:])
    assert (found.overall.n, found.overall.fails, len(found.cells)) == (253, 75, 8)


@pytest.mark.parametrize(("by", "first"), [
    (("persona",), ("new user", 120, 47)), (("scenario", "persona"), ("no match", "new user", 45, 32))])
def test_fewer_dimensions_add_cells_up(hot, by, first):
    assert shares(rates.table(hot, by).cells)[0] == first


def test_fewer_than_twenty_outcomes_are_marked():
    assert [cell.small for cell in pivot({("a",): Tally(19), ("b",): Tally(20)})] == [True, False]


def test_a_trace_with_several_values_counts_in_each_cell_and_one_without_in_none():
    found = spread([((("a", "b"), ("x",)), Tally(1, 2)), ((("a",), ("x",)), Tally(3)), ((("a",), ()), Tally(0, 4))])
    assert found.cells == {("a", "x"): Tally(4, 2), ("b", "x"): Tally(1, 2)}
    assert (found.several, found.without) == (3, 4)


def test_a_judge_is_counted_on_unseen_traces_alone_and_the_rest_is_said(judged):
    found = rates.table(judged, ("topic",), "judge")
    # t1 pass, t2 and t3 fail; t3 is in both topics, t4 could not be read, train and dev are seen.
    assert shares(found.cells) == [("b", 1, 1), ("a", 3, 2)]
    assert (found.overall.n, found.overall.fails, found.left_out.seen, found.several) == (3, 2, 2, 1)
    every = rates.table(judged, ("topic",), "judge", seen=True)
    assert (every.overall.n, every.overall.fails, every.left_out.seen) == (5, 4, 2)


def test_the_experts_labels_take_the_place_of_verdicts_where_no_outcome_brought_them(judged):
    found = rates.table(judged, source="both")
    # Ann: example fail, t1 fail, own pass. Judge: t2 (her label on it was drawn by its outcome) and t3, both fail.
    assert found.overall.tally == Tally(1, 2, 0, 2)
    assert (found.left_out.drawn, found.left_out.seen) == (1, 2)
    assert found.source_text == "labels of Ann, and where there is none verdicts of judge, run 1"
    assert rates.table(judged).overall.tally == Tally(1, 2)


@pytest.mark.parametrize(("where", "found"), [
    (Filter(rated="expert"), ["example", "t1"]), (Filter(rated="judge", in_run="1"), ["t2", "t3"]),
    (Filter(rated="judge", in_run="1", seen="yes"), ["train", "dev", "t2", "t3"]),
    (Filter(rated="both", in_run="1", combination=json.dumps({"topic": "a"})), ["example", "t1", "t2", "t3"]),
    (Filter(rated="judge", in_run="99"), [])])
def test_the_listing_holds_the_very_fails_that_a_rate_counts(judged, where, found):
    assert [row["trace_id"] for row in traces.listing(judged, where)] == found


def test_a_judges_verdicts_are_corrected_and_labels_stay_as_they_are():
    pairs = Counts(9, 1, 2, 8)  # TPR .9, TNR .8
    cells = pivot({("judged",): Tally(0, 0, 6, 4), ("mixed",): Tally(5, 5, 6, 4), ("labelled",): Tally(5, 5)})
    found = {cell.values[0]: cell.corrected for cell in corrected(cells, pairs)}
    # (.6 + .8 - 1) / (.9 + .8 - 1) = .5714 pass; mixed: (5 + 10 × .5714) of 20.
    assert found["judged"].value == pytest.approx(1 - 0.4 / 0.7)
    assert found["mixed"].value == pytest.approx(1 - (5 + 4 / 0.7) / 20) and found["labelled"].value == 0.5
    assert all(one.low <= one.value <= one.high for one in found.values())
    # What is known for certain of half of the cell makes its interval narrower.
    assert found["mixed"].high - found["mixed"].low < found["judged"].high - found["judged"].low


def test_too_few_labels_correct_nothing_and_say_so():
    [cell] = corrected(pivot({("a",): Tally(0, 0, 6, 4)}), Counts(8, 1, 2, 8))
    assert cell.corrected.value is None and cell.rate.value == 0.4
    assert cell.corrected.why.startswith("not enough labels") and cell.corrected.why.endswith("there are 9 and 10")
    assert missing(Counts(ENOUGH, 0, 0, ENOUGH)) == ""


def test_once_it_is_opened_the_test_split_corrects_where_it_holds_enough(db, make_trace):
    # 40 pairs on dev: TPR 1, TNR 1; 24 on test: TPR 9/12, TNR 9/12.
    said = [("dev", "pass", "pass")] * 20 + [("dev", "fail", "fail")] * 20 + [
        ("test", one, one if place < 9 else other) for one, other in (("pass", "fail"), ("fail", "pass"))
        for place in range(12)]
    add(db, *(row(make_trace(f"t{place}", input=f"question {place} of its own", split=split), Ann=label)
              for place, (split, label, _) in enumerate(said)))
    run = runs.create(db, judges.save_prompt(db, "judge", "{input}").key, "m", "embedded")
    for place, (*_, outcome) in enumerate(said):
        verdicts.save(db, run, traces.key_of(db, f"t{place}"), Verdict(outcome))
    # Unseen are the 24 of test, half of which the judge failed.
    closed = rates.table(db, source="judge").overall
    assert (closed.n, closed.fails, closed.corrected.value) == (24, 12, 0.5)
    splits.look(db, run, "ready")
    assert rates.table(db, source="judge").overall.corrected.value == 0.5
    more = rates.table(db, source="judge", seen=True).overall
    # 32 of 64 failed; (.5 + .75 - 1) / (.75 + .75 - 1) = .5
    assert (more.n, more.corrected.value) == (64, 0.5) and more.corrected.high - more.corrected.low > 0.3


def test_a_rate_without_any_outcome_is_not_defined(db, make_trace):
    add(db, make_trace("t1", dimensions={"topic": ("a",)}))
    labels.save(db, "t1", "Ann", "fail", "", circumstances=Circumstances(unbiased=False))
    found = rates.table(db, ("topic",))
    assert (found.cells, found.overall.rate.value, found.overall.rate.why) == ([], None, "no trace has an outcome")


@pytest.mark.parametrize(("by", "said"), [
    (("feature", "mood"), "no dimension 'mood'"), (("feature", "feature"), "Name each dimension once"),
    (("feature", "scenario", "persona", "x"), "no dimension 'x'")])
def test_a_pivot_that_cannot_be_is_refused(hot, by, said):
    with pytest.raises(UsageError, match=said):
        rates.table(hot, by)


def test_the_command_line_has_every_cell_with_its_values(hot):
    found = CommandLine(hot.path).json("rates", "--by", "scenario", "--by", "persona")
    assert found["dimensions"] == ["scenario", "persona"] and found["by"] == "scenario × persona"
    hottest = found["rates"][0]
    assert (hottest["value"], hottest["values"]) == (
        "no match × new user", {"scenario": "no match", "persona": "new user"})
    assert (hottest["n"], hottest["passes"], hottest["fails"], hottest["few"]) == (45, 13, 32, False)
    assert hottest["failure_rate"]["value"] == pytest.approx(32 / 45)


def test_the_command_line_names_source_and_what_is_left_out(judged):
    cli = CommandLine(judged.path)
    found = cli.json("rates", "--source", "both", "--by", "topic")
    assert (found["overall"]["n"], found["left_out"], found["seen_left_out"]) == (5, 1, 2)
    assert found["overall"]["corrected_failure_rate"] is None
    assert "not enough labels" in found["overall"]["why_not_corrected"]
    assert "2 verdicts left out: the judge's prompt has seen their traces" in cli("rates", "--judge", "judge").stderr
    assert cli.json("rates", "--judge", "judge", "--seen")["overall"]["n"] == 5
    assert "--seen cannot go with --source expert" in cli.refused("rates", "--source", "expert", "--seen")


def test_a_cell_with_enough_labels_is_corrected_by_its_own_and_the_others_by_all():
    own = {("a",): Counts(10, 10, 0, 20), ("b",): Counts(20, 0, 1, 8)}
    cells = pivot({("a",): Tally(0, 0, 20, 80), ("b",): Tally(0, 0, 60, 40), ("c",): Tally(0, 0, 50, 50)})
    found = {cell.values[0]: cell for cell in corrected(cells, Counts(90, 10, 10, 90), own)}
    # a passes .2 of 100 with TPR .5 and TNR 1: .4 pass. b and c by TPR and TNR .9: (.6 - .1) / .8 and (.5 - .1) / .8.
    assert (found["a"].by, found["a"].corrected.value) == (OWN, pytest.approx(0.6))
    assert (found["b"].by, found["b"].corrected.value) == (OVERALL, pytest.approx(1 - 0.5 / 0.8))
    assert (found["c"].by, found["c"].corrected.value) == (OVERALL, pytest.approx(0.5))


def test_cells_in_which_the_judge_errs_differently_are_named():
    alike = {(name,): Counts(45, 5, 5, 45) for name in "abcd"}
    assert unlike(alike) == []
    [found] = unlike(alike | {("e",): Counts(20, 30, 5, 45)})
    assert (found.values, found.metric, found.here.value, found.elsewhere.value) == (("e",), "tpr", 0.4, 0.9)
    # Ten tests: Fisher's exact p of 20 of 50 beside 180 of 200, times ten.
    assert found.p == pytest.approx(10 * fisher_exact([[20, 30], [180, 20]]).pvalue)
    assert found.text.startswith("The judge errs differently in e: TPR 40% of 50, elsewhere 90% of 200 (Fisher's")


def test_of_equal_cells_one_in_twenty_tables_at_most_has_one_that_errs_differently():
    rng = np.random.default_rng(13)
    drawn = rng.multinomial(40, (0.45, 0.05, 0.1, 0.4), (400, 6))
    found = [unlike({(str(place),): Counts(*map(int, cell)) for place, cell in enumerate(table)}) for table in drawn]
    assert sum(map(bool, found)) / 400 <= 0.05


def test_pairs_are_counted_by_the_values_of_their_traces(db, make_trace):
    add(db, *(row(make_trace(f"t{n}", input=f"question {n}", split="dev", dimensions={"topic": ("a", "b")[:1 + n % 2]}),
                  verdicts={"judge": Verdict("pass" if n < 3 else "fail")}, Ann="pass") for n in range(6)))
    found = stored.pairs(db, 1, "Ann", False, ("topic",))
    assert found == {("a",): Counts(3, 3), ("b",): Counts(1, 2)}
    assert stored.pairs(db, 1, "Ann", True, ("topic",)) == {}
