"""Reference documents and pins of one project show and change nothing of another that uses the same names."""


import pytest

from lib.records import UsageError
from lib.store.dataset import documents
from lib.store.review import pins
from tests.support import ownership
from tests.support.steps import add, fresh


def fill(store, make_trace, word: str) -> None:
    add(store, make_trace("t1", dimensions={f"{word} topic": (word,)}, context={f"{word} plan": word}))
    documents.replace(store, "shop.md", [("Title", f"tea {word}"), (word, "x")])
    pins.replace(store, ["plan", word])


READS = {
    "documents.files": documents.files,
    "documents.some": documents.some,
    "documents.search": lambda s: documents.search(s, "tea"),
    "documents.search by text": lambda s: documents.search(s, "茶"),
    "pins.every": pins.every,
    "pins.known": pins.known,
}
WRITES = {
    "documents.replace": lambda s: documents.replace(s, "shop.md", [("Title", "tea theirs"), ("new", "y")]),
    "documents.remove": lambda s: documents.remove(s, "shop.md"),
    "pins.replace": lambda s: pins.replace(s, ["other"]),
}


def test_every_function_is_tried_here():
    assert ownership.public(documents, pins) == {name.split()[0] for name in (*READS, *WRITES)}


@pytest.mark.parametrize("name", READS)
def test_what_is_read_is_the_projects_own(db, make_trace, name):
    ownership.reads_its_own(db, lambda store, word: fill(store, make_trace, word), READS[name])


@pytest.mark.parametrize("name", WRITES)
def test_what_is_written_leaves_the_other_project_as_it_is(db, make_trace, name):
    ownership.writes_its_own(db, lambda store, word: fill(store, make_trace, word), WRITES[name], READS.values())


def test_pins_keep_their_order_and_a_name_stands_once(db):
    pins.replace(db, ["b", "a", "b"])
    assert pins.every(db) == ["b", "a"]
    pins.replace(db, [])
    assert pins.every(db) == []
    with pytest.raises(UsageError, match="At most 20"):
        pins.replace(db, [str(n) for n in range(21)])


def test_what_can_be_pinned_are_dimensions_and_the_newest_context_keys(db, make_trace):
    add(db, make_trace("old", context={"long ago": 1}))
    add(db, *(make_trace(f"t{n}", context={"plan": n}, dimensions={"topic": ("x",)}) for n in range(200)))
    assert pins.known(db) == ["plan", "topic"]


def test_a_file_with_pins_and_documents_opens_again_and_is_sound(db, make_trace):
    fill(db, make_trace, "mine")
    again = fresh(db.path).of(db.project)
    assert pins.every(again) == ["plan", "mine"] and documents.search(again, "tea")
    assert again.value("pragma integrity_check") == "ok"
