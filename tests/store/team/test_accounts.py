"""Accounts: whose login and whose name is free, and that no page changes who an account says somebody is."""

import pytest

from lib.records import UsageError
from lib.store import people
from lib.store.team import accounts, events
from tests.support.steps import add, say


@pytest.fixture
def team(db, make_trace):
    """Ann and Bob have accounts and work here, Cid has none; Dora has one and never came."""
    for login, name, role in (("ann", "Ann", "expert"), ("bob", "Bob", "engineer"), ("dora", "Dora", "PM")):
        accounts.add(db, login, name, role, None)
    add(db, make_trace("t1"))
    say(db, "t1", "pass", "Ann")
    for name, role in (("Bob", "engineer"), ("Cid", "PM")):
        people.enter(db, name, role)
    return db


@pytest.mark.parametrize(("login", "name", "said"), [
    ("ANN", "Somebody", "There is an account 'ann' already"), ("other", " aNN ", "'ann' is Ann already"),
    ("", "Eve", "1 to 200 characters"), ("e\u200bve", "Eve", "that can be seen"), ("x" * 201, "Eve", "1 to 200"),
    ("eve", " ", "Say the person's name"), ("eve", "x" * 101, "at most 100")])
def test_a_login_and_a_name_are_one_account_s(team, login, name, said):
    with pytest.raises(UsageError, match=said):
        accounts.add(team, login, name, "expert", None)


def test_roles_and_names_change_and_the_log_tells_by_whom(team):
    eve = team.by("Eve")
    accounts.set_role(eve, "bob", "expert")
    accounts.rename(eve, "BOB", "Robert")
    assert accounts.known(team, "bob").words == "Robert, expert"
    assert [(one.words, one.author) for one in events.every(team)][:2] == [
        ("bob: Bob is Robert now", "Eve"), ("bob: engineer is expert now", "Eve")]
    with pytest.raises(UsageError, match="There is no account 'zed'"):
        accounts.set_role(team, "zed", "PM")
    with pytest.raises(UsageError, match="A role is one of"):
        accounts.set_role(team, "bob", "king")
    with pytest.raises(UsageError, match="'ann' is Ann already"):
        accounts.rename(team, "bob", "ann")


@pytest.mark.parametrize("change", [
    lambda page: people.merge(page, "Bob", "Cid"), lambda page: people.merge(page, "Cid", "Ann"),
    lambda page: people.rename(page, "Ann", "Zed"), lambda page: people.rename(page, "Cid", "dora"),
    lambda page: people.enter(page, "Ann", "viewer")])
def test_no_page_makes_somebody_another_person_than_the_account_says(team, change):
    page = team.by("Bob", role="engineer")
    with pytest.raises(UsageError, match="has an account, which says name and role"):
        change(page)
    change(team)  # the operator may, on the command line


def test_who_has_no_account_is_changed_as_ever(team):
    page = team.by("Bob", role="engineer")
    people.rename(page, "Cid", "Sid")
    people.enter(page, "Sid", "viewer")
    people.enter(page, "Bob", "engineer")
    assert people.known(team, "Cid").words == "Sid, viewer"


def test_an_account_is_found_by_the_name_its_person_has_in_a_project(team):
    people.rename(team, "Bob", "Robert")
    assert accounts.of_person(team, "Robert").login == "bob" and accounts.of_person(team, "Cid") is None
