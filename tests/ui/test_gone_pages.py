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


def test_a_link_to_a_judge_holds_its_number_and_one_with_its_name_still_opens(visit, db):
    for name in ("first", "second"):
        judges.add(db, name)
        judges.save_prompt(db, name, "{{ trace }}")
    number = next(number for number, name in judges.numbers(db).items() if name == "second")
    app = visit(db.path, "judge", view="Versions", judge="second")
    assert app.query_params["judge"] == str(number) and app.selectbox(key="judge").value == str(number)
    next(one for one in app.text_input if one.label == "Called from now on").set_value("renamed")
    next(one for one in app.button if one.key == "judge_rename").click()
    app = fine(app.run())
    assert judges.every(db) == ["first", "renamed"] and app.query_params["judge"] == str(number)
    app = visit(db.path, "judge", view="Versions", judge=str(number))
    shown = app.selectbox(key="judge")
    assert shown.options[shown.index] == "renamed" and not app.warning
    assert "There is no judge number 99 here." in words(visit(db.path, "judge", judge="99"))


def test_the_judge_of_another_project_is_not_missed_in_this_one(visit, db):
    judges.add(db, "first")
    other = projects.create(db, "Another", "Did it help?")
    judges.add(other, "elsewhere")
    app = visit(db.path, "judge", project=str(db.project))
    app.query_params.clear()
    app.query_params["project"] = str(other.project)
    app = fine(app.run())
    assert not app.warning and app.selectbox(key="judge").options == ["elsewhere"]


def test_an_archived_judge_is_not_run(db):
    judging.ensure_judge(db)
    judges.archive(db, judging.DEFAULT_JUDGE)
    with pytest.raises(UsageError, match="is archived and is not run"):
        judging.start_run(db, judging.DEFAULT_JUDGE)


def test_a_page_of_a_judge_that_is_not_here_says_so(visit, db):
    judging.ensure_judge(db)
    app = visit(db.path, "judge", judge="nobody")
    assert "There is no judge called nobody here." in words(app)
