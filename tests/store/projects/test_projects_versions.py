"""Drafts of prompts and what the bench asks of traces: kept, in order, and never another project's."""


import pytest

from lib.records import UsageError
from lib.store import experts, projects
from lib.store.judge import bench, judges, prompt_drafts
from lib.store.judge.prompt_drafts import Draft
from lib.store.review import labels
from tests.support import ownership
from tests.support.steps import add, say


def fill(store, make_trace, word: str) -> int:
    """A judge with a prompt and a draft, a label on a train trace and a dev trace; the prompt's key."""
    add(store, make_trace("t1", input=f"{word} a", split="train", context={word: 1}, dimensions={word: (word,)}),
        make_trace("t2", input=f"{word} b", split="dev", messages=[{"role": "user", "content": word}]))
    label = say(store, "t1", "fail", critique=word)
    key = judges.save_prompt(store, "judge", word).key
    prompt_drafts.keep(store, key, Draft(f"{word} draft", (label.key,), word))
    return key


READS = {
    "prompt_drafts.of_version": prompt_drafts.of_version,
    "prompt_drafts.newest": lambda s, key: prompt_drafts.newest(s, "judge"),
    "bench.unseen_texts": lambda s, key: bench.unseen_texts(s, 10),
    "bench.surroundings": lambda s, key: bench.surroundings(s, "Ann", 10),
    "bench.beginnings": lambda s, key: bench.beginnings(s, ["t1"]),
    "bench.example_values": lambda s, key: bench.example_values(s, "Ann"),
}
WRITES = {"prompt_drafts.keep", "prompt_drafts.forget"}


def test_every_function_is_tried_here():
    assert ownership.public(bench, prompt_drafts) == {*READS, *WRITES}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    key = fill(db, make_trace, "mine")
    alone = READS[name](db, key)
    assert alone
    fill(projects.create(db, "Other"), make_trace, "theirs")
    assert READS[name](db, key) == alone and "theirs" not in repr(alone)


def test_a_draft_of_another_project_is_neither_shown_nor_changed(db, make_trace):
    fill(db, make_trace, "mine")
    other = projects.create(db, "Other")
    theirs = fill(other, make_trace, "theirs")
    before = prompt_drafts.of_version(other, theirs)
    assert prompt_drafts.of_version(db, theirs) is None
    with pytest.raises(UsageError, match="no prompt version"):
        prompt_drafts.keep(db, theirs, Draft("x"))
    prompt_drafts.forget(db, theirs)
    assert prompt_drafts.of_version(other, theirs) == before


def test_the_last_draft_counts_and_goes_when_it_is_forgotten(db):
    first, second = (judges.save_prompt(db, "judge", text).key for text in ("one", "two"))
    prompt_drafts.keep(db, first, Draft("a"))
    prompt_drafts.keep(db, first, Draft("b", (), "why"))
    assert prompt_drafts.of_version(db, first) == Draft("b", (), "why")
    assert prompt_drafts.of_version(db, second) is None and prompt_drafts.newest(db, "judge") == 1
    prompt_drafts.forget(db, first)
    assert prompt_drafts.newest(db, "judge") is None


def test_a_version_knows_what_it_was_made_from(db):
    first, second = (judges.save_prompt(db, "judge", text) for text in ("one", "two"))
    assert first.parent is None and second.parent == first.key
    assert judges.save_prompt(db, "judge", "three", parent=first.key).parent == first.key
    other = judges.save_prompt(db, "other", "x")
    assert other.parent is None
    with pytest.raises(UsageError, match="another judge"):
        judges.save_prompt(db, "judge", "four", parent=other.key)
    assert len(judges.prompts(db, "judge")) == 3


def test_a_version_from_before_parents_were_noted_came_from_the_one_before_it(db):
    first = judges.save_prompt(db, "judge", "one")
    db.execute("""insert into prompt_versions (judge, number, template)
        select judge, 2, 'two' from prompt_versions where id = :key""", key=first.key)
    assert judges.newest_prompt(db, "judge").parent == first.key


def test_what_the_expert_saw_and_which_texts_stay_unseen(db, make_trace):
    add(db, make_trace("t1", split="train", context={"policy": "x"}, dimensions={"topic": ("a", "b")}),
        make_trace("t2", split="test", input="i", output="o", context={"unlabelled": 1}),
        make_trace("t3", split="dev", messages=[{"role": "user", "content": "x"}]))
    key = say(db, "t1", "pass").key
    experts.add(db, "Bob")
    assert bench.surroundings(db, "Ann", 10) == ["policy"] and bench.surroundings(db, "Bob", 10) == []
    say(db, "t3", "pass")
    assert bench.surroundings(db, "Ann", 10) == ["conversation", "policy"]
    assert bench.surroundings(db, "Ann", 1) == ["conversation"]
    assert bench.unseen_texts(db, 10)[1] == ("t2", "test", "i", "o") and len(bench.unseen_texts(db, 1)) == 1
    assert bench.example_values(db, "Ann") == {key: {"topic": ("a", "b")}}
    assert labels.candidates(db, "Ann", "train")[0]["label"] == key
