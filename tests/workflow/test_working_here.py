"""Who works in a project, as one record."""

from lib.store import experts, people
from lib.workflow import working_here
from tests.support.steps import add, say


def test_everybody_stands_there_once_with_what_they_may_become(db, make_trace):
    add(db, make_trace("t1"))
    say(db, "t1", "pass")
    people.enter(db, "Eve", "engineer")
    people.enter(db, "Bob", "expert")
    experts.describe(db, "Ann", "head of support", "knows the domain")
    people.retire(db, "Bob")
    found = working_here.of(db.by("Ann"))
    assert [one.person.name for one in found.members] == ["Ann", "Eve"] and found.retired == ("Bob",)
    ann, eve = found.members
    assert ann.person.principal and ann.expert.role == "head of support" and ann.account is None and ann.role == ""
    assert eve.role == "engineer" and eve.expert.role == ""
    assert found.principal == "Ann" and found.is_principal and not working_here.of(db.by("Eve")).is_principal
    assert any("Bob" in event.words for event in found.log)
