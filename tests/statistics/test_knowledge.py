"""Agreement split by what the expert knew: each mode apart, and Fisher's exact test between blind and known labels."""

import pytest
from scipy.stats import fisher_exact

from lib.records import Counts
from lib.statistics.knowledge import by_knowledge

BLIND, KNOWN = Counts(40, 10, 10, 20, 2), Counts(30, 0, 1, 19)


def test_blind_and_known_stand_apart_and_the_test_is_fishers():
    found = by_knowledge({"known": KNOWN, "unknown": Counts(1), "blind": BLIND})
    assert [(one.value, one.counts.n) for one in found.slices] == [("blind", 80), ("known", 50), ("unknown", 1)]
    assert found.slices[0].agreement.value == 60 / 80 and found.slices[1].tpr.value == 1
    # Agreement: 60 of 80 against 49 of 50; TPR: 40 of 50 against 30 of 30; TNR: 20 of 30 against 19 of 20.
    tables = {"agreement": [[60, 20], [49, 1]], "tpr": [[40, 10], [30, 0]], "tnr": [[20, 10], [19, 1]]}
    assert found.p == pytest.approx({name: fisher_exact(cells).pvalue for name, cells in tables.items()})
    assert found.reading.startswith("The judge agrees more with known labels than with blind ones, beyond chance")
    assert found.reading.endswith("A label given knowing a verdict may lean towards it: go by the blind ones.")


def test_the_other_way_round_it_blames_no_knowledge():
    found = by_knowledge({"blind": KNOWN, "known": BLIND})
    assert "agrees less with known labels" in found.reading and "lean" not in found.reading


def test_a_difference_that_may_be_chance_is_none():
    found = by_knowledge({"blind": Counts(8, 1, 1, 5), "known": Counts(9, 0, 0, 5)})
    assert found.reading.startswith("Agreement with blind and with known labels does not differ beyond chance")
    assert all(p > 0.05 for p in found.p.values())


@pytest.mark.parametrize(("counts", "says"), [
    ({}, "No pair yet."), ({"blind": Counts(errors=3)}, "No pair yet."),
    ({"blind": BLIND}, "All 80 pairs are with labels given without knowing a verdict: there is nothing to compare."),
    ({"unknown": BLIND}, "All 80 pairs are with labels of which nobody noted what the expert knew: there is nothing"),
    ({"blind": BLIND, "unknown": KNOWN}, "No pair is with a label given knowing a verdict: blind and known ones"),
    ({"known": BLIND, "shadow": KNOWN}, "No pair is with a label given without knowing a verdict: blind and known")])
def test_without_one_of_the_two_kinds_it_says_so(counts, says):
    found = by_knowledge(counts)
    assert found.reading.startswith(says) and found.p["agreement"] is None


def test_a_figure_of_which_one_side_has_no_pair_has_no_p():
    found = by_knowledge({"blind": Counts(8, 2), "known": Counts(3, 0, 1, 1)})
    assert found.p["tnr"] is None and found.p["tpr"] is not None and "TNR" not in found.reading
