"""Each role × each verb that writes: done, or refused in a sentence with nothing changed in the file."""

import re

import pytest

from lib.records.people import ENGINEER, EXPERT, PM, ROLES
from tests.support.writes import ENVIRONMENT, SECOND, VERBS, Verb, tried
from tests.support.writes.review import IN_A_NAME

OF_THE_PRINCIPAL = [verb for verb in VERBS if verb.principal]
VERBS_BY_NAME = {verb.name: verb for verb in VERBS}


@pytest.fixture(autouse=True)
def _an_endpoint_is_named(monkeypatch):
    for variable, value in ENVIRONMENT.items():
        monkeypatch.setenv(variable, value)


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_role_does_what_the_list_says_and_nothing_else(world, tmp_path, verb, role):
    found = tried(world, verb, role, tmp_path)
    if verb.may(role):
        assert (found.refusal, found.changed) == ("", True)
    else:
        assert found.refusal and not found.changed
        assert found.by_role or verb.principal


@pytest.mark.parametrize("verb", VERBS, ids=lambda verb: verb.name)
def test_a_role_that_is_not_known_writes_nothing(world, tmp_path, verb):
    for role in ("boss", "", "Expert"):
        found = tried(world, verb, role, tmp_path, "Ann")
        assert found.refusal and not found.changed


@pytest.mark.parametrize("verb", OF_THE_PRINCIPAL, ids=lambda verb: verb.name)
def test_what_is_of_the_principal_alone_another_expert_asks_for(world, tmp_path, verb):
    found = tried(world, verb, EXPERT, tmp_path, SECOND)
    assert "Only the principal expert, Ann" in found.refusal and not found.changed


@pytest.mark.parametrize("verb", OF_THE_PRINCIPAL, ids=lambda verb: verb.name)
def test_without_a_login_too(world, tmp_path, verb):
    found = tried(world, verb, None, tmp_path, SECOND)
    assert "Only the principal expert, Ann" in found.refusal and not found.changed


@pytest.mark.parametrize("role", [None, EXPERT])
@pytest.mark.parametrize("write", IN_A_NAME)
def test_nobody_writes_in_anothers_name(world, tmp_path, write, role):
    for at_the_page in (SECOND, ""):
        found = tried(world, Verb("", "", lambda _, store: write(store, "Ann")), role, tmp_path, at_the_page)
        assert "in another's name" in found.refusal and not found.changed


def test_a_refusal_says_what_it_is_which_role_who_does_it_and_who_changes_that(world, tmp_path):
    said = {role: tried(world, VERBS_BY_NAME["label"], role, tmp_path).refusal for role in (ENGINEER, PM, "boss")}
    assert said[PM] == ("A PM reads labels, critiques and their drafts and changes nothing there; an expert does. The "
                        "operator changes roles with 'users role'.")
    assert said[ENGINEER].startswith("An engineer reads labels")
    assert "'boss' is none" in said["boss"]
    assert all(re.fullmatch(r"[^\n]{40,240}", one) for one in said.values())


def test_what_the_principal_agrees_to_is_done_in_that_right_and_says_who_asked(world, tmp_path):
    found = tried(world, VERBS_BY_NAME["agree to what others asked for"], EXPERT, tmp_path)
    assert found.changed


def test_every_verb_is_named_once():
    assert len(VERBS_BY_NAME) == len(VERBS) > 100
