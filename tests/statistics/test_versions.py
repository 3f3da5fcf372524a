"""Two prompt versions beside each other, and a first choice of examples: what changed, and nothing else."""

from dataclasses import replace

import pytest

from lib.records import Example, Label, PromptVersion
from lib.statistics import versions
from lib.statistics.versions import ADDED, CHANGED, MOVED, REMOVED, SAME, Candidate, Line


def example(make_trace, name: str, outcome: str = "fail", critique: str = "why") -> Example:
    return Example(make_trace(name), Label(name, "Ann", outcome, critique, key=1))


def test_lines_stand_beside_what_they_were():
    found = versions.lines("a\nb\nc\nd", "a\nB\nc\nd\ne\nf")
    assert found == [Line(SAME, "a", "a"), Line(CHANGED, "b", "B"), Line(SAME, "c", "c"), Line(SAME, "d", "d"),
                     Line(ADDED, None, "e"), Line(ADDED, None, "f")]
    assert versions.lines("a\nb", "b") == [Line(REMOVED, "a", None), Line(SAME, "b", "b")]


def test_only_the_places_that_differ_are_shown_with_what_stands_around():
    old = "\n".join(str(number) for number in range(20))
    new = old.replace("\n5\n", "\nfive\n").replace("19", "nineteen")
    hunks = versions.hunks(versions.lines(old, new), around=1)
    assert [[line.new for line in hunk] for hunk in hunks] == [["4", "five", "6"], ["18", "nineteen"]]
    assert versions.hunks(versions.lines(old, old)) == []
    assert [[line.new for line in hunk] for hunk in versions.hunks(versions.lines("a\nb", "A\nb"))] == [["A", "b"]]


def test_examples_are_added_removed_moved_or_labelled_anew(make_trace):
    a, b, c, d = (example(make_trace, name) for name in "abcd")
    again = replace(b, label=replace(b.label, outcome="pass"))
    found = versions.example_changes([a, b, c], [c, a, d])
    assert [(one.change, one.what) for one in found] == [(REMOVED, "b"), (MOVED, "c"), (ADDED, "d")]
    assert found[1].old == "place 3" and found[1].new == "place 1"
    assert [(one.change, one.what) for one in versions.example_changes([a, b], [a, again])] == [(CHANGED, "b")]
    assert versions.example_changes([a, b], [a, b]) == []


def test_an_example_that_makes_room_has_not_moved(make_trace):
    a, b, c = (example(make_trace, name) for name in "abc")
    assert [(one.change, one.what) for one in versions.example_changes([a, c], [b, a, c])] == [(ADDED, "b")]


def test_model_parameters_and_note_are_compared():
    old = PromptVersion("judge", 1, "t", parameters={"temperature": 0, "seed": 1}, note="first")
    new = PromptVersion("judge", 2, "t", model="m", parameters={"temperature": 1}, note="first")
    assert [(one.change, one.what, one.old, one.new) for one in versions.setting_changes(old, new)] == [
        (CHANGED, "model", "as the run names it", "m"), (CHANGED, "parameter temperature", "0", "1"),
        (REMOVED, "parameter seed", "1", "")]


def test_a_diverse_set_balances_outcomes_and_shows_many_values():
    of = [Candidate(1, "pass", {"topic": ("a",)}), Candidate(2, "pass", {"topic": ("a",)}),
          Candidate(3, "pass", {"topic": ("b",)}), Candidate(4, "fail", {"topic": ("a",)}),
          Candidate(5, "fail", {"topic": ("c",)}), Candidate(6, "fail", {"topic": ("d",)}, terse=True)]
    # A pass that is first, a fail with a value not shown yet, again a pass with one, then the fail that is left.
    assert versions.diverse(of, 4) == [1, 5, 3, 4]
    assert versions.diverse(of, 2) == [1, 5]
    assert versions.diverse([of[0], of[2], of[5]], 2) == [1, 6]
    assert versions.diverse(of, 99)[-1] == 6 and len(versions.diverse(of, 99)) == 6


@pytest.mark.parametrize("of", [[], [Candidate(7, "pass", {})]])
def test_too_few_labels_are_all_suggested(of):
    assert versions.diverse(of, 5) == [one.key for one in of]
