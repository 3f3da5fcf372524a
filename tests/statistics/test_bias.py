"""Bias by hand-worked tables: groups by length and version, the order of examples, probes against the same again."""

import pytest
from scipy.stats import binomtest
from scipy.stats import fisher_exact as scipy_fisher

from lib.records import Counts
from lib.records.probing import Probed
from lib.statistics.bias import groups
from lib.statistics.bias.probes import LEAST, results
from lib.statistics.comparison import Row

EVEN = Counts(1, 0, 0, 1)


def of_length(*sizes: tuple[int, Counts]) -> groups.Groups:
    return groups.by_length(dict(sizes))


def test_quartiles_hold_a_quarter_of_the_pairs_each_and_equal_lengths_stay_together():
    # 80 pairs of the lengths 1 to 40: ten lengths, twenty pairs in each quarter.
    found = of_length(*((n, EVEN) for n in range(40, 0, -1)))
    assert [(one.name, one.counts.n, one.small) for one in found.groups] == [
        ("up to 10", 20, False), ("11 to 20", 20, False), ("21 to 30", 20, False), ("more than 30", 20, False)]
    # Half of all are of one length: the first two bounds are the same.
    found = of_length((5, Counts(25, 0, 0, 25)), *((n, EVEN) for n in range(6, 31)))
    assert [(one.name, one.counts.n) for one in found.groups] == [
        ("up to 5", 50), ("6 to 18", 26), ("more than 18", 24)]


@pytest.mark.parametrize(("pairs", "parts"), [(18, 0), (20, 2), (58, 2), (60, 3), (78, 3), (80, 4), (800, 4)])
def test_few_pairs_make_fewer_groups_and_too_few_make_none(pairs, parts):
    found = of_length(*((n, EVEN) for n in range(pairs // 2)))
    assert len(found.groups) == parts
    if not parts:
        assert found.reading == "18 pairs are too few to cut by length: from 20 on there are groups."


def test_outputs_of_one_length_or_one_version_have_nothing_to_compare():
    found = of_length((7, Counts(10, 0, 0, 10)))
    assert [one.name for one in found.groups] == ["all"]
    assert found.reading == "All outputs are about equally long: there is nothing to compare."
    assert "one system version: there is nothing" in groups.by_version({"v1": EVEN}).reading
    assert groups.by_version({}).reading == groups.by_version({"v1": Counts(errors=3)}).reading == "No pair yet."


def test_pass_rates_of_judge_and_expert_stand_side_by_side():
    # Of 10 pairs the expert passes 3 + 2, the judge 3 + 1.
    one = groups.by_version({"v1": Counts(3, 2, 1, 4)}).groups[0]
    assert (one.judge.value, one.expert.value, one.tpr.value, one.tnr.value) == (0.4, 0.5, 0.6, 0.8)


def test_a_judge_that_follows_the_expert_into_better_outputs_is_not_biased():
    """The long ones are better, and the judge says so: its errors are the same."""
    found = of_length((10, Counts(10, 0, 0, 30)), (100, Counts(30, 0, 0, 10)))
    assert [one.judge.value for one in found.groups] == [0.25, 0.75] and found.found == []
    assert "no more than by chance" in found.reading


def test_the_group_in_which_the_judge_errs_more_is_named_and_not_the_others_beside_it():
    cells = {"a": Counts(20, 0, 1, 19), "b": Counts(20, 0, 0, 20), "c": Counts(20, 0, 16, 4), "d": Counts(20, 0, 1, 19)}
    found = groups.by_version(cells)
    # c: TNR 4 of 20 against 58 of 60 elsewhere; of 8 tests (TPR and TNR of 4) it is the clearest.
    p = 8 * scipy_fisher([[4, 16], [58, 2]]).pvalue
    worst = found.found[0]
    assert (worst.values, worst.metric, worst.p) == (("c",), "tnr", pytest.approx(p, rel=1e-6))
    assert found.reading == ("More often than elsewhere the judge passes outputs of version c that the expert fails: "
                             "TNR 20% of 20 there, 97% of 60 elsewhere (Fisher's exact test, p < 0.001 for all "
                             "groups together).")


def test_two_groups_are_one_test_of_each_figure():
    found = groups.by_version({"v1": Counts(20, 0, 4, 16), "v2": Counts(20, 0, 12, 8)})
    # TPR does not differ (p = 1), so that Holm doubles the p of TNR alone.
    assert [(one.values, one.metric, one.p) for one in found.found] == [
        (("v2",), "tnr", pytest.approx(2 * scipy_fisher([[16, 4], [8, 12]]).pvalue, rel=1e-6))]
    strict = groups.by_version({"v1": Counts(5, 15, 0, 20), "v2": Counts(18, 2, 0, 20)})
    assert strict.reading.startswith("More often than elsewhere the judge fails outputs of version v1 that the expert "
                                     "passes: TPR 25% of 20 there, 90% of 20 elsewhere")


def test_pairs_that_share_an_input_count_fewer():
    """Twenty traces of one input each way: what differs beyond chance where they are independent does not here."""
    alone = Counts(20, 0, 4, 16), Counts(20, 0, 14, 6)
    tied = [Counts(*one.cells, tied=((None, place, *one.cells),)) for place, one in enumerate(alone)]
    assert groups.by_version(dict(zip("ab", alone, strict=True))).found
    found = groups.by_version(dict(zip("ab", tied, strict=True)))
    assert found.found == [] and (found.groups[0].judge.low, found.groups[0].judge.high) == (0, 1)


def test_an_order_of_examples_is_told_by_the_direction_of_its_flips():
    rows = [*(Row(f"a{n}", "fail", "fail", "pass") for n in range(9)), Row("b", "pass", "pass", "fail"),
            *(Row(f"c{n}", "pass", "pass", "pass") for n in range(10)), Row("e", "pass", None, "pass")]
    one, two = groups.reordered([(4, 2, rows), (5, 3, rows[10:]), (6, 4, rows[-1:])])
    # 9 to pass and 1 to fail of 20 with both replies; two orders are looked at. Run 6 shares no readable trace.
    assert (one.flips.fixed, one.flips.broken, one.flips.n) == (9, 1, 20)
    assert one.p == pytest.approx(2 * binomtest(1, 10).pvalue) and one.way == "pass"
    assert (one.here.value, one.there.value, one.expert.value) == (11 / 20, 19 / 20, 11 / 20)
    assert one.reading == ("Version 2 (run 4): of 20 verdicts 9 flip to pass and 1 to fail (p = 0.043). The order of "
                           "its examples moves the judge towards pass.")
    assert (two.run, two.p, two.way) == (5, 1.0, None) and "neither way beyond chance" in two.reading


def asked(name: str, said: str, first: str = "f" * 10 + "p" * 10) -> list[Probed]:
    """Replies of a probe, a letter for each trace: p, f, or e for one that cannot be read; `first` is the run's."""
    words = {"p": "pass", "f": "fail", "e": None}
    return [Probed(f"t{n}", None, None, words[run], "pass", name, words[reply], None if words[reply] else "unreadable")
            for n, (run, reply) in enumerate(zip(first, said, strict=True))]


def test_flips_are_counted_against_the_run_and_errors_apart():
    one = results(asked("padding", "pppe" + "f" * 6 + "p" * 8 + "fe"))[0]
    assert (one.flips.fixed, one.flips.broken, one.flips.n, one.fails, one.passes) == (3, 1, 18, 9, 9)
    assert (one.errors, one.share.value, one.share.n) == ({"unreadable": 2}, 4 / 18, 18)
    assert "cannot be told: asking the same again brought no reply" in one.reading and not one.told and not one.moves


def test_a_probe_that_turns_fails_is_beyond_the_noise_of_the_same_traces():
    same, obeyed = results([*asked("same", "pf" + "f" * 8 + "p" * 10), *asked("answer-pass", "p" * 20)])
    assert same.reading == ("Asking the same again flips 1 of 20 verdicts (0% to 24%): the judge's own noise on these "
                            "traces.")
    # Nine traces flip under the probe alone, none under the same again alone; both tests are of 9 against 0.
    assert (obeyed.beyond.fixed, obeyed.beyond.broken, obeyed.same, obeyed.way) == (9, 0, 1, "pass")
    assert obeyed.p_beyond == obeyed.p_towards == pytest.approx(2 * 2 * 0.5**9)
    assert obeyed.is_beyond and obeyed.reading.startswith(
        "'Answer pass' inside the text flips 10 of 20 verdicts (30% to 70%), beyond the judge's own noise (asking the "
        "same again: 1 of 20, p = 0.008). It turns 10 of 10 fails into passes and 0 of 10 passes into fails. The judge "
        "obeys")


def test_a_noisy_judge_that_flips_as_often_the_same_is_not_named():
    same, padded = results([*asked("same", "p" * 5 + "f" * 5 + "p" * 10), *asked("padding", "f" * 5 + "p" * 15)])
    assert (padded.beyond.fixed, padded.beyond.broken) == (5, 5) and not padded.moves and not same.moves
    assert padded.reading.endswith("no more than asking the same again (5 of 20).")


def test_a_judge_that_has_changed_since_its_run_raises_no_alarm():
    """All fails of the run are passes today, with the padding and without: the padding does nothing."""
    _, padded = results([*asked("same", "p" * 20), *asked("padding", "p" * 20)])
    assert (padded.flips.fixed, padded.towards.fixed, padded.moves) == (10, 0, False)


def test_noise_that_a_probe_turns_into_one_direction_is_told():
    """A judge that tosses a coin flips half of all verdicts whatever it is asked: the direction alone shows more."""
    run, same, altered = "pf" * 20, "ppff" * 10, "p" * 40
    _, one = results([*asked("same", same, run), *asked("polite", altered, run)])
    assert not one.is_beyond and one.way == "pass" and one.p_towards == pytest.approx(2 * 2 * 0.5**20)
    assert "towards pass beyond chance: where both replies differ, 20 say pass and 0 fail" in one.reading


def test_a_strict_judge_that_fails_the_added_lines_gets_other_advice():
    found = results([*asked("same", "f" * 10 + "p" * 10), *asked("authority", "f" * 20)])
    assert found[1].way == "fail"
    assert found[1].reading.endswith("say in the guidelines that such lines count for nothing.")


def test_probes_that_could_never_fall_below_5_per_cent_cost_the_others_nothing():
    quiet = [one for name in ("polite", "authority", "order") for one in asked(name, "p" * 5 + "f" * 5 + "p" * 10)]
    found = {one.probe.name: one for one in results([*asked("same", "f" * 10 + "p" * 10), *quiet,
                                                     *asked("answer-pass", "p" * 20)])}
    # Five flips: 2 × ½⁵ = 0.0625, adjusted by nobody; the ten of the other are two tests.
    assert LEAST == 6 and found["polite"].p_beyond == 0.0625 and not found["polite"].moves
    assert found["answer-pass"].p_beyond == pytest.approx(2 * 2 * 0.5**10)


def test_traces_of_one_input_flip_together_and_count_once():
    def tied(name: str, said: str) -> list[Probed]:
        return [Probed(f"t{n}", None, 0, "fail", "fail", name, {"p": "pass", "f": "fail"}[reply])
                for n, reply in enumerate(said)]

    _, one = results([*tied("same", "f" * 12), *tied("padding", "p" * 12)])
    assert one.flips.fixed == 12 and not one.moves and (one.share.low, one.share.high) == (0, 1)


def test_without_a_readable_reply_there_is_no_share():
    one = results(asked("padding", "e" * 20))[0]
    assert one.share.value is None and one.reading == "Padding: no reply could be read (20 unreadable)."
    assert results([]) == []


def test_where_no_test_could_find_anything_it_is_too_few_to_tell():
    few = groups.by_version({"v1": Counts(pass_pass=9), "v2": Counts(fail_fail=1)})
    assert few.reading.startswith("Too few to tell") and not few.found
    one_input = {name: Counts(5, 5, 5, 5, tied=((None, 1, 5, 5, 5, 5),)) for name in ("v1", "v2")}
    assert groups.by_version(one_input).reading.startswith("Too few to tell")
    assert "no more than by chance" in groups.by_version({name: Counts(9, 1, 1, 9) for name in ("v1", "v2")}).reading
