"""Who becomes principal by an import, and what is said of it before and after; what waits is counted as it is."""

import pytest

from lib import readers
from lib.store import experts, people
from lib.workflow.dataset import exchange, naming, reading
from tests.support.steps import add, say

FILE = "id,input,output,Ann_label,Ann_critique\nn1,q1,a1,fail,too short\nn2,q2,a2,pass,\n"
NOBODY = "nobody becomes it by this import"


def read(store, text: str = FILE):
    table = exchange.read_file("labels.csv", text.encode())
    return reading.read(store, table, readers.guess(table))


def bring(store, text: str = FILE):
    """(what is said before, the result, what is said after)."""
    found = read(store, text)
    words, told = naming.before(store, found), naming.after(store, found)
    return words, reading.keep(store, found)[1], told()


@pytest.fixture
def eve(db):
    """An engineer whom a login lets in, in a project without a principal."""
    people.enter(db, "Eve", "engineer")
    return db.by("Eve", role="engineer")


def test_with_a_login_nobody_becomes_principal_by_another_s_import(db, eve):
    before, result, after = bring(eve)
    assert experts.principal(db) is None and (result.labels, result.waiting) == (2, 0)
    assert before.startswith("2 labels of Ann come in") and NOBODY in before
    assert after.startswith("Nobody is principal expert yet")
    assert naming.before(eve, read(eve)).startswith("2 labels of Ann come in")
    say(db.by("Ann", role="expert"), "n1", "pass", "Ann")
    assert experts.principal(db).name == "Ann"


def test_nor_by_a_file_of_ours_that_came_back(db, eve, make_trace):
    add(db, make_trace("t1"))
    say(db, "t1", "pass", "Ann")
    theirs = exchange.export(db, "labels", "csv").decode().replace("because", "I looked again")
    db.execute("update experts set is_principal = 0")
    before, result, after = bring(eve, theirs)
    assert (result.labels, result.waiting, experts.principal(db)) == (1, 0, None)
    assert NOBODY in before and after.startswith("Nobody is principal expert yet")


def test_one_s_own_labels_make_one_principal_however_the_file_spells_the_name(db, eve):
    before, _, after = bring(eve, FILE.replace("Ann_", "eve_"))
    assert experts.principal(db).name == "Eve"
    assert "with this import Eve becomes it" in before and after.startswith("Eve is the principal expert now")


@pytest.mark.parametrize("person", ["Bob", "", None])
def test_without_a_login_the_file_s_first_expert_is_principal_and_it_is_said(db, person):
    before, result, after = bring(db.by(person))
    assert experts.principal(db).name == "Ann" and result.labels == 2
    assert "with this import Ann becomes it" in before and after.startswith("Ann is the principal expert now")
    assert naming.before(db.by(person), read(db)) == "", "nothing of it waits: it is all stored"


def test_an_example_has_its_principal_whoever_opens_it(db, eve):
    made = exchange.open_example(eve, next(iter(exchange.EXAMPLES)))
    assert experts.principal(made) is not None and (made.person, made.role) == ("Eve", "engineer")


def test_what_waits_is_counted_without_what_is_there_or_waits_already(db, eve, make_trace):
    add(db, make_trace("t1"))
    say(db, "t1", "pass", "Ann")
    before, result, after = bring(eve)
    assert before.startswith("2 labels in the name of Ann would wait") and (result.waiting, after) == (2, "")
    assert naming.before(eve, read(eve)) == ""
    more = FILE + "n3,q3,a3,pass,\n"
    assert naming.before(eve, read(eve, more)).startswith("1 label in the name of Ann would wait")


def test_several_names_are_said_with_how_many_more(eve):
    names = ["Ann", "Bea", "Cid", "Dan", "Eli"]
    for n, words in ((2, "Ann and Bea"), (3, "Ann, Bea and Cid"), (5, "Ann, Bea, Cid and 2 more")):
        text = f"id,input,output,{','.join(f'{name}_label' for name in names[:n])}\nx,q,a{',pass' * n}\n"
        assert f"{n} labels of {words} come in" in naming.before(eve, read(eve, text))
