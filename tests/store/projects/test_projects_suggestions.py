"""Suggestions, rules, decisions, the target and what models may read: a project's own, and never of the test split."""

import pytest

from lib.records import Caps, Spent, UsageError
from lib.store import projects
from lib.store.dataset import traces
from lib.store.judge import decisions, judges, rules, suggestions
from lib.store.review import critiques, labels
from tests.support.ownership import public, reads_its_own, writes_its_own
from tests.support.suggesting import judged, labelled


def fill(store, word: str) -> None:
    """A judged project with a suggestion, its reply, a linked rule and a decision."""
    version = labelled(store, 2)
    judged(store, version)
    one = suggestions.create(store, version.key, "guidelines", "environment", word, {"word": word})
    suggestions.keep_reply(store, one, word, [word])
    suggestions.keep_result(store, one, {"word": word})
    rules.link(store, version.judge, word, [labels.current(store, "train0", "Ann").key])
    decisions.add(store, version.judge, "go on", word)


def judge(store) -> str:
    return judges.every(store)[0]


def version(store) -> int:
    return judges.newest_prompt(store, judge(store)).key


def first(store) -> int:
    return store.value("select min(s.id) from suggestions s join judges j on j.id = s.judge where j.project = :project")


def run(store) -> int:
    return store.value("select min(r.id) from runs r join judges j on j.id = r.judge where j.project = :project")


READS = {
    "suggestions.get": lambda s: suggestions.get(s, first(s)),
    "suggestions.every": suggestions.every,
    "suggestions.status": lambda s: suggestions.status(s, first(s)),
    "suggestions.replies": lambda s: suggestions.replies(s, first(s)),
    "rules.every": lambda s: rules.every(s, judge(s)),
    "decisions.target": decisions.target,
    "decisions.every": lambda s: decisions.every(s, judge(s)),
    "critiques.of_train": lambda s: critiques.of_train(s, "Ann", "pass", 10, 100),
    "critiques.count_of_train": lambda s: critiques.count_of_train(s, "Ann"),
    "critiques.differing": lambda s: critiques.differing(s, run(s), "Ann", 100),
    "critiques.judged_on_dev": lambda s: critiques.judged_on_dev(s, run(s)),
    "critiques.to_try": lambda s: critiques.to_try(s, "Ann", "dev", version(s)),
    "critiques.labelled": lambda s: critiques.labelled(s, traces.key_of(s, "dev0"), "Ann"),
    "critiques.newest": lambda s: critiques.newest(s, "Ann", 10),
    "critiques.share_of_labels": lambda s: critiques.share_of_labels(s, "Ann"),
}
WRITES = {
    "suggestions.create": lambda s: suggestions.create(s, version(s), "search", "environment", "m", {}),
    "suggestions.set_status": lambda s: suggestions.set_status(s, first(s), "running"),
    "suggestions.say": lambda s: suggestions.say(s, first(s), "hello"),
    "suggestions.spend": lambda s: suggestions.spend(s, first(s), Spent(1, 2, 3)),
    "suggestions.put_caps": lambda s: suggestions.put_caps(s, first(s), Caps(9, 99, 0.5)),
    "suggestions.keep_result": lambda s: suggestions.keep_result(s, first(s), {"a": 1}),
    "suggestions.keep_reply": lambda s: suggestions.keep_reply(s, first(s), "a", "b"),
    "rules.link": lambda s: rules.link(s, judge(s), "new", []),
    "decisions.add": lambda s: decisions.add(s, judge(s), "go on", "more"),
    "decisions.set_target": lambda s: decisions.set_target(s, 0.8),
}


def test_every_function_is_tried_here():
    assert public(suggestions, rules, decisions, critiques) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_project_s_own(db, name):
    reads_its_own(db, fill, READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_is_the_project_s_own(db, name):
    writes_its_own(db, fill, WRITES[name], [*READS.values(), decisions.target])


def test_a_foreign_number_reaches_nothing(db):
    fill(db, "mine")
    other = projects.create(db, "Other")
    fill(other, "theirs")
    theirs = first(other)
    with pytest.raises(UsageError):
        suggestions.get(db, theirs)
    before = suggestions.get(other, theirs), suggestions.replies(other, theirs)
    assert not suggestions.set_status(db, theirs, "failed")
    suggestions.spend(db, theirs, Spent(1, 2, 3))
    suggestions.keep_result(db, theirs, {"a": 1})
    suggestions.keep_reply(db, theirs, "a", "b")
    assert (suggestions.get(other, theirs), suggestions.replies(other, theirs)) == before
    assert suggestions.replies(db, theirs) == {} and critiques.differing(db, run(other), "Ann", 100) == []
    for call in (lambda: suggestions.create(db, version(other), "search", "e", "m", {}),
                 lambda: suggestions.put_caps(db, theirs, Caps(calls=1)),
                 lambda: rules.link(db, judge(db), "r", [labels.current(other, "train0", "Ann").key]),
                 lambda: critiques.labelled(db, traces.key_of(other, "dev0"), "Ann")):
        with pytest.raises(UsageError):
            call()


def test_no_read_for_a_model_reaches_test(db):
    """Whatever is asked for: the split stands in the query."""
    fill(db, "mine")
    db.execute("update traces set split = 'test'")
    assert critiques.of_train(db, "Ann", "pass", 10, 100) == critiques.differing(db, run(db), "Ann", 100) == []
    assert critiques.count_of_train(db, "Ann") == 0 and not critiques.judged_on_dev(db, run(db))
    assert critiques.to_try(db, "Ann", "test", version(db)) == {"pass": [], "fail": []}
    with pytest.raises(UsageError, match="no suggestion may read it"):
        critiques.labelled(db, traces.key_of(db, "dev0"), "Ann")


def test_a_target_is_a_share_better_than_a_coin_and_a_decision_needs_a_reason(db):
    fill(db, "mine")
    assert decisions.target(db) == 0.9
    for wanted in (0.4, 1.1):
        with pytest.raises(UsageError, match="between"):
            decisions.set_target(db, wanted)
    for kind, text in (("go on", " "), ("give up", "because")):
        with pytest.raises(UsageError):
            decisions.add(db, judge(db), kind, text)
