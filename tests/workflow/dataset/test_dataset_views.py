"""What the views Propose inputs and Reference show, each fetched once as one record."""

from lib.store.dataset import generations
from lib.workflow.dataset import proposing, reference
from lib.workflow.dataset.proposing import BY_HAND


def test_proposals_come_with_their_counts_and_only_those_of_the_choice(db):
    first = generations.save(db, {}, "prompt", "m", "e", ["one", "two"])
    assert proposing.waiting(db) == 2
    found = proposing.proposals(db, "proposed", None, 1)
    assert [row["input"] for row in found.rows] == ["one"] and found.counts["proposed"] == 2
    generations.reject(db, found.rows[0]["id"], "nobody would write this")
    assert [row["input"] for row in proposing.proposals(db, "rejected", None, 9).rows] == ["one"]
    assert proposing.waiting(db) == 1 and first


def test_what_is_chosen_says_how_many_are_possible_of_these_and_of_all(db):
    known = {"topic": ("a", "b"), "way": ("x", "y", "z")}
    assert proposing.writing(db).offered == {} and proposing.writing(db).recipe == proposing.recipe(db)
    found = proposing.chosen(db, BY_HAND, {}, known, 50, 0)
    assert (found.wanted, found.these, found.every) == (({},), 1, 6)


def test_reference_is_put_in_found_and_taken_out(db):
    assert reference.of(db).files == {} and not reference.there(db)
    reference.add(db, [("policy.md", b"# Refunds\n\nWithin 30 days.\n")])
    assert list(reference.of(db).files) == ["policy.md"] and reference.there(db)
    assert [one.file for one in reference.search(db, "refunds", 5)] == ["policy.md"]
    assert reference.remove(db, "policy.md") == 1 and not reference.there(db)
