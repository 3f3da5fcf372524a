"""A page left open on what somebody else archives or deletes: a press does nothing to another project or judge."""

import pytest

from lib.records import UsageError
from lib.store import projects
from lib.store.judge import judges
from lib.store.removal import removing
from lib.store.removal.removing import PROJECT, Thing
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support.pages import bare, fine, words


@pytest.fixture
def second(db):
    """Another project of the file."""
    return exchange.start_project(db, "Second", "Is it right?")


def away(how: str, store) -> None:
    """Takes the project out of sight, as another tab does."""
    if how == "archived":
        projects.archive(store)
    else:
        thing = Thing(PROJECT, (store.project,), "Second", "Second")
        removing.remove(store, thing, removing.look(store, thing))


@pytest.mark.parametrize("how", ["archived", "deleted"])
def test_what_is_pressed_for_a_project_that_is_gone_is_done_in_no_other(visit, db, second, how):
    before = projects.current(db)
    app = visit(db.path, "settings", view="Project", project=str(second.project))
    app.text_input[0].input("Is it ok?")
    away(how, second)
    next(one for one in app.button if one.label == "Save").click()
    app = fine(app.run())
    assert projects.current(db) == before
    said = bare("\n".join(one.value for one in app.warning))
    assert "This is another project." in said and ("archived" if how == "archived" else "any more") in said


def test_what_is_pressed_for_a_judge_that_is_archived_is_done_to_no_other(visit, db):
    judging.ensure_judge(db)
    judges.add(db, "late")
    judges.save_prompt(db, "late", "{{ trace }}")
    app = visit(db.path, "judge", view="Versions", judge="late")
    judges.archive(db, "late")
    next(one for one in app.button if one.key == "judge_archive").click()
    app = fine(app.run())
    assert judges.archived(db) == ["late"] and judges.every(db) == [judging.DEFAULT_JUDGE]
    assert "The judge late is archived" in bare(app.warning[0].value)


def test_an_archived_judge_is_not_run(db):
    judging.ensure_judge(db)
    judges.archive(db, judging.DEFAULT_JUDGE)
    with pytest.raises(UsageError, match="is archived and is not run"):
        judging.start_run(db, judging.DEFAULT_JUDGE)


def test_a_page_of_a_judge_that_is_not_here_says_so(visit, db):
    judging.ensure_judge(db)
    app = visit(db.path, "judge", judge="nobody")
    assert "There is no judge called nobody here." in words(app)
