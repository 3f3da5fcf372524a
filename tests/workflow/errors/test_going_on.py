"""Going on to a judge although a failure is common: a reason is asked for, kept, and holds until something new."""

import pytest

from lib.records import UsageError
from lib.store import projects
from lib.store.errors import failure_modes
from lib.store.errors import going_on as kept
from lib.workflow.errors import going_on
from tests.support.steps import add, row


@pytest.fixture
def common(db, make_trace):
    """Twenty labelled traces, eleven of them fails."""
    add(db, *(row(make_trace(f"t{n}"), Ann="fail" if n < 11 else "pass") for n in range(20)))
    return db.by("Bob")


def test_nothing_is_asked_where_nothing_is_common(db, make_trace):
    add(db, row(make_trace("t"), Ann="fail"))
    assert going_on.standing(db).said == "" and not going_on.standing(db).asks
    going_on.check(db)
    with pytest.raises(UsageError, match="no reason is needed"):
        going_on.keep(db.by("Bob"), "because")


def test_a_reason_is_needed_kept_with_its_author_and_asked_for_once(common):
    with pytest.raises(UsageError, match=r"Fix before you build a judge. .+ of 20 labelled traces fail. Write why"):
        going_on.check(common)
    with pytest.raises(UsageError, match="Write in a sentence"):
        going_on.keep(common, " ")
    with pytest.raises(UsageError, match="Say who you are"):
        going_on.keep(common.by(None), "the fix is on its way")
    assert going_on.standing(common).asks
    going_on.keep(common, " the fix is on its way ")
    going_on.check(common)
    found = going_on.standing(common).kept
    assert (found.reason, found.author, found.about) == ("the fix is on its way", "Bob", frozenset({""}))


def test_a_reason_does_not_speak_for_what_becomes_common_later(common):
    going_on.keep(common, "the fix is on its way")
    for n in range(11):
        failure_modes.give(common, f"t{n}", ["often"])
    assert going_on.standing(common).asks
    going_on.keep(common, "that too")
    assert going_on.standing(common).kept.about == {"", "often"} and kept.newest(common).reason == "that too"


def test_another_project_has_reasons_of_its_own(common):
    going_on.keep(common, "ours")
    assert kept.newest(projects.create(common, "Other")) is None
