"""Every figure against sums worked by hand, the oracles of the method, and bounds that hold for any counts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics.corrected import corrected_rate, of_enough, remarks
from lib.statistics.metrics import (
    METRICS,
    all_figures,
    count_pairs,
    format_errors,
    format_figure,
    format_interval,
    format_of,
    headline,
    kappa,
    wilson,
)

# 40 + 10 expert passes, 5 + 45 expert fails.
WORKED = Counts(pass_pass=40, pass_fail=10, fail_pass=5, fail_fail=45, errors=3)

any_counts = st.builds(Counts, *[st.integers(0, 500)] * 4)
swapped = {"tpr": "precision_pass", "tnr": "precision_fail", "agreement": "agreement", "kappa": "kappa"}


def judged(passed: int, n: int) -> Tally:
    """So many traces without a label, of which the judge passed so many."""
    return Tally(judged_passes=passed, judged_fails=n - passed)


def interval(figure: Figure) -> tuple[float, float]:
    return round(figure.low, 3), round(figure.high, 3)


@pytest.mark.parametrize(("name", "value"), [
    ("agreement", 85 / 100),  # 40 + 45 of 100
    ("tpr", 40 / 50),  # 40 of the 50 that the expert passed
    ("tnr", 45 / 50),  # 45 of the 50 that the expert failed
    ("precision_pass", 40 / 45),  # 40 of the 45 that the judge passed
    ("precision_fail", 45 / 55),  # 45 of the 55 that the judge failed
    ("kappa", 0.7),  # by chance (50 * 45 + 50 * 55) / 100^2 = .5; (.85 - .5) / (1 - .5) = .7
])
def test_each_figure_is_the_sum_worked_by_hand(name, value):
    assert METRICS[name].figure(WORKED).value == pytest.approx(value, abs=1e-12)


def test_errors_are_no_pairs():
    assert WORKED.n == 100
    assert all_figures(WORKED) == all_figures(Counts(40, 10, 5, 45, errors=0))


def test_pairs_are_counted_expert_first_and_errors_apart():
    pairs = [("pass", "pass"), ("pass", "fail"), ("pass", "fail"), ("fail", "pass"), ("fail", None), ("pass", None)]
    assert count_pairs(pairs) == Counts(pass_pass=1, pass_fail=2, fail_pass=1, fail_fail=0, errors=2)


def test_wilson_gives_the_intervals_the_method_names():
    # 47/50: p = .94, z^2/n = .0768; (.94 + .0384 +- 1.96 * sqrt(.0564/50 + .000384)) / 1.0768
    assert interval(wilson(47, 50)) == (0.838, 0.979)
    assert interval(wilson(45, 50)) == (0.786, 0.957)


def test_wilson_stays_inside_at_the_ends():
    # 0 of 10: high = z^2 / (n + z^2) = 3.8415 / 13.8415 = .278
    assert (wilson(0, 10).low, round(wilson(0, 10).high, 3)) == (0.0, 0.278)
    assert (round(wilson(10, 10).low, 3), wilson(10, 10).high) == (0.722, 1.0)


def test_the_root_causes_of_the_article_are_forty_thirty_twenty_ten_per_cent():
    assert [wilson(count, 20).value for count in (8, 6, 4, 2)] == [0.4, 0.3, 0.2, 0.1]


def test_a_judge_that_always_passes_is_unmasked_although_it_agrees_on_ninety_per_cent():
    figures = all_figures(Counts(pass_pass=90, fail_pass=10))
    assert figures["agreement"].value == 0.9
    assert (figures["tpr"].value, figures["tnr"].value) == (1.0, 0.0)
    assert figures["precision_fail"].value is None and "failed none" in figures["precision_fail"].why
    # By chance 90 * 100 / 100^2 = .9, as much as is observed: kappa is defined, and 0.
    assert figures["kappa"].value == 0.0


def test_kappa_is_undefined_where_both_sides_gave_a_single_outcome():
    assert kappa(Counts(pass_pass=7)).value is None
    assert "single outcome" in kappa(Counts(fail_fail=7)).why
    assert kappa(Counts(pass_fail=7)).value == 0.0  # by chance 7 * 0 + 0 * 7 = 0, observed 0


@pytest.mark.parametrize("name", METRICS)
def test_without_pairs_every_figure_is_undefined_with_its_reason(name):
    figure = METRICS[name].figure(Counts(errors=4))
    assert (figure.value, figure.low, figure.high) == (None, None, None)
    assert figure.why
    assert format_figure(name, figure) == "–"
    assert figure.why in format_interval(name, figure)


@pytest.mark.parametrize(("counts", "undefined"), [
    (Counts(pass_pass=3, pass_fail=1), {"tnr"}),
    (Counts(fail_pass=3, fail_fail=1), {"tpr"}),
    (Counts(pass_pass=3, fail_pass=1), {"precision_fail"}),
    (Counts(pass_fail=3, fail_fail=1), {"precision_pass"}),
])
def test_a_missing_side_leaves_only_its_own_figures_undefined(counts, undefined):
    assert {name for name, figure in all_figures(counts).items() if figure.value is None} == undefined


def test_every_row_of_the_table_says_what_it_is():
    for name, metric in METRICS.items():
        assert metric.name == name
        assert all(text.strip() for text in (metric.label, metric.help, metric.sentence(WORKED)))


def test_no_text_uses_a_word_the_house_forbids():
    for metric in METRICS.values():
        said = f"{metric.label} {metric.help} {metric.sentence(WORKED)}".lower()
        assert not [word for word in ("positive", "score", "grade", "ground truth") if word in said]


def test_sentences_hold_the_counts():
    assert METRICS["tpr"].sentence(WORKED) == "Of 50 traces the expert passed, the judge passed 40."
    assert METRICS["tnr"].sentence(WORKED) == "Of 50 traces the expert failed, the judge failed 45."
    assert METRICS["precision_fail"].sentence(WORKED) == "Of 55 traces the judge failed, the expert failed 45."


def test_agreement_is_the_headline_while_outcomes_are_balanced():
    assert headline(Counts(pass_pass=60, fail_fail=40))[0] == ["agreement"]
    assert headline(Counts())[0] == ["agreement"]


@pytest.mark.parametrize(("counts", "word"), [(Counts(pass_pass=61, fail_fail=39), "39% of the labels are fail"),
                                              (Counts(pass_pass=39, fail_fail=61), "39% of the labels are pass")])
def test_below_forty_per_cent_the_headline_is_tpr_and_tnr(counts, word):
    names, why = headline(counts)
    assert names == ["tpr", "tnr"] and word in why


def test_figures_are_written_as_per_cent_and_kappa_as_a_number():
    assert format_figure("tpr", Figure(0.8261, 0.62, 0.93, n=100)) == "82.6%"
    assert format_figure("tpr", Figure(0.8261, 0.62, 0.93, n=99)) == format_figure("tpr", Figure(0.8261)) == "83%"
    assert format_figure("kappa", Figure(0.6953, 0.6, 0.7)) == "0.70"
    assert format_interval("tpr", Figure(0.8261, 0.62, 0.93)) == "95 % interval 62% to 93%"


def test_errors_stand_beside_the_share_they_are_left_out_of():
    counts = Counts(pass_pass=5, errors=5)
    shown = {name: METRICS[name].figure(counts) for name in ("agreement", "tpr", "tnr")}
    assert [f"{format_figure(name, figure)}{format_of(name, figure, counts)}" for name, figure in shown.items()] == [
        "5 of 5 (100%), 5 errors", "5 of 5 (100%), 5 errors", "–"]
    assert format_of("agreement", Figure(1), Counts(1, 2, 3, 4)) == " of 10"
    assert format_errors(1) == ", 1 error" and format_errors(1_200) == ", 1,200 errors"
    # a + b, c + d, a + c, b + d
    assert {name: metric.of(Counts(1, 2, 3, 4)) for name, metric in METRICS.items()} == {
        "agreement": 10, "tpr": 3, "tnr": 7, "kappa": 10, "precision_pass": 4, "precision_fail": 6}


def test_the_corrected_rate_of_the_method_is_85_per_cent():
    # (.80 + .88 - 1) / (.92 + .88 - 1) = .68 / .80 = .85
    figure = corrected_rate(Counts(92, 8, 12, 88), judged(80, 100))
    assert figure.value == pytest.approx(0.85)
    assert figure.low < 0.85 < figure.high


@pytest.mark.parametrize(("counts", "passed", "corrected"), [
    (Counts(351, 64, 39, 271), 378, 0.5134),  # GPT-4 of the example card: 378 / 763 = .4954
    (Counts(347, 68, 48, 264), 365, 0.4756),  # text-davinci-003: 365 / 763 = .4784
])
def test_the_corrected_rate_of_the_example_card(counts, passed, corrected):
    assert round(corrected_rate(counts, judged(passed, 763)).value, 4) == corrected


@pytest.mark.parametrize(("counts", "n", "why"), [
    (Counts(pass_pass=9, pass_fail=1), 10, "it takes 10 passes and 10 fails"),
    (Counts(10, 0, 0, 9), 10, "and there are 10 and 9"),
    (Counts(9, 1, 1, 9), 0, "judged traces"),
    (Counts(5, 5, 5, 5), 10, "no better than chance"),
    (Counts(1, 9, 9, 1), 10, "no better than chance"),
    (Counts(7, 3, 4, 6), 10, "may be no better than chance"),
])
def test_the_corrected_rate_is_refused_where_it_means_nothing(counts, n, why):
    figure = corrected_rate(counts, judged(n // 2, n))
    assert figure.value is None and why in figure.why


def test_the_corrected_interval_is_that_of_lang_and_reiczigel():
    # se 11/12, sp 6/7, q (600 + 1.92) / 1003.84, J .7738, p .5903, shift -.0262, standard error .0949
    figure = of_enough(Counts(10, 0, 0, 5), judged(600, 1_000))
    assert (round(figure.value, 3), round(figure.low, 3), round(figure.high, 3)) == (0.6, 0.378, 0.75)


def test_what_is_labelled_stays_and_only_the_rest_is_corrected():
    whole, alone = (corrected_rate(Counts(90, 10, 10, 90), one) for one in (Tally(40, 60, 50, 50), judged(50, 100)))
    assert alone.value == pytest.approx(0.5) and whole.value == pytest.approx((0.5 + 0.4) / 2)
    assert whole.high - whole.low < alone.high - alone.low
    assert corrected_rate(Counts(90, 10, 10, 90), Tally(3, 1)) == wilson(3, 4)


def test_a_rate_that_was_cut_or_stands_beyond_the_judge_s_own_errors_says_so():
    counts = Counts(90, 10, 10, 90)  # it passes 10 % to 90 % of any traces
    assert remarks(counts, judged(500, 1_000)) == []
    cut, beyond = remarks(counts, judged(990, 1_000))
    assert cut.startswith("The rate was cut") and "passes 99%, and by its TPR and TNR it passes 10% to 90%" in beyond
    assert len(remarks(counts, judged(92, 100))) == 1, "beyond, but not by more than chance"
    assert len(remarks(counts, judged(10, 1_000))) == 2 and remarks(Counts(5, 5, 5, 5), judged(1, 2)) == []


def test_kappa_of_few_pairs_leaves_open_what_they_leave_open():
    found = kappa(Counts(10, 0, 0, 10))
    assert found.value == found.high == 1 and 0.65 < found.low < 0.72
    always_pass = kappa(Counts(18, 0, 2, 0))
    assert always_pass.value == 0 and always_pass.low < -0.05 and always_pass.high > 0.3


def test_the_corrected_rate_is_cut_at_the_ends():
    assert corrected_rate(Counts(90, 10, 10, 90), judged(0, 50)).value == 0.0
    assert corrected_rate(Counts(90, 10, 10, 90), judged(50, 50)).value == 1.0


def test_the_same_counts_always_show_the_same_interval():
    assert kappa(WORKED) == kappa(WORKED)
    assert corrected_rate(WORKED, judged(30, 60)) == corrected_rate(WORKED, judged(30, 60))


@given(any_counts)
def test_every_value_lies_inside_its_interval_and_its_bounds(counts):
    for name, figure in all_figures(counts).items():
        if figure.value is not None:
            assert (-1 if name == "kappa" else 0) <= figure.low <= figure.value <= figure.high <= 1


@given(any_counts)
def test_exchanging_the_sides_exchanges_rates_with_precisions(counts):
    other = all_figures(Counts(counts.pass_pass, counts.fail_pass, counts.pass_fail, counts.fail_fail))
    for name, figure in all_figures(counts).items():
        if name in swapped:
            assert other[swapped[name]].value == figure.value


@given(any_counts)
def test_exchanging_pass_and_fail_exchanges_tpr_with_tnr(counts):
    here = all_figures(counts)
    other = all_figures(Counts(counts.fail_fail, counts.fail_pass, counts.pass_fail, counts.pass_pass))
    assert (here["tpr"].value, here["agreement"].value) == (other["tnr"].value, other["agreement"].value)


@given(st.integers(1, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_is_symmetric_and_narrows_with_n(share):
    k, n = share
    here, mirror, more = wilson(k, n), wilson(n - k, n), wilson(10 * k, 10 * n)
    assert here.low == pytest.approx(1 - mirror.high) and here.high == pytest.approx(1 - mirror.low)
    assert more.high - more.low < here.high - here.low


@given(any_counts, st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_corrected_rate_is_a_share_inside_its_interval_or_has_a_reason(counts, share):
    figure = corrected_rate(counts, judged(*share))
    assert figure.why if figure.value is None else 0 <= figure.low <= figure.value <= figure.high <= 1
