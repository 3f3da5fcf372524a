"""Notes, analyses and failure modes on the command line: what is printed, and the sentence where it cannot be."""

import json

import pytest
from click.testing import CliRunner, Result

from lib.cli.main import main
from lib.store.errors import failure_modes, mode_history
from tests.support.coding import by_kind, fails
from tests.support.endpoint import completion, refusal


@pytest.fixture
def run(db, endpoint_env):
    """`run("notes", "list")`: a command on this file."""
    endpoint_env.plan = by_kind
    return lambda *words: CliRunner().invoke(main, ["--db", str(db.path), *words])


def said(result: Result, code: int = 0) -> str:
    assert result.exit_code == code, result.output
    return result.output


def test_notes_are_added_and_listed(run, db):
    fails(db, 2, noted=False)
    said(run("notes", "add", "t2", "no year"))
    said(run("notes", "add", "t2", "a year of\nanother meeting", "--author", "Bob"))
    assert said(run("notes", "list")) == "t2\tBob\ta year of another meeting\n1 of 2 fails have a note\n"
    found = json.loads(said(run("notes", "list", "--json")))
    assert (found["with_note"], found["fails"], [note["author"] for note in found["notes"]]) == (1, 2, ["Bob"])
    assert "no trace 't9'" in said(run("notes", "add", "t9", "x"), 2)


def test_groups_and_codes_are_asked_for_and_their_agreement_printed(run, db):
    fails(db, 30)
    assert "Groups of notes proposed: 3." in said(run("analyse", "groups", "--model", "test-model"))
    assert "No failure mode is confirmed" in said(run("analyse", "codes"), 2)
    said(run("modes", "confirm", "wrong year"))
    failure_modes.give(db, "t3", ["wrong year"], "Ann")
    assert "5 of 5 calls made" in said(run("analyse", "codes", "--again", "--most", "5", "--model", "test-model"))
    found = json.loads(said(run("analyses", "--json")))
    assert [(one["kind"], one["calls"]) for one in found["analyses"]] == [("codes", 5), ("groups", 1)]
    assert found["agreement"][0]["name"] == "wrong year" and found["left_out"] == 0
    assert "is done: there is nothing to resume" in said(run("analyse", "1"), 2)
    assert "Say 'groups', 'codes'" in said(run("analyse", "everything"), 2)
    assert "no analysis 7" in said(run("analyse", "7"), 2)


def test_a_model_notes_a_fail_once_a_person_has(run, db, endpoint):
    fails(db, 2, noted=False)
    endpoint.plan = completion('{"note": "no year\\nwas asked for"}')
    ask = ("analyse", "notes", "--trace", "t2", "--model", "test-model")
    assert "Ann has saved no note on trace 't2'" in said(run(*ask), 2)
    assert "analyse notes --trace ID" in said(run("analyse", "notes"), 2)
    said(run("notes", "add", "t2", "no year", "--author", "Bob"))
    assert "Ann has saved no note" in said(run(*ask), 2) and endpoint.calls == 0
    assert "The model notes (test-model): no year was asked for\n" in said(run(*ask, "--author", "Bob"))
    assert said(run(*ask, "--author", "Bob")) == "The model notes (test-model): no year was asked for\n"
    assert endpoint.calls == 1
    endpoint.plan = refusal()
    said(run("notes", "add", "t1", "no name"))
    other = ("analyse", "notes", "--trace", "t1", "--model", "test-model")
    assert "The model refused to write a note" in said(run(*other), 1)
    assert len(json.loads(said(run("notes", "list", "--json")))["notes"]) == 2


def test_failure_modes_are_made_renamed_merged_and_taken_apart(run, db):
    fails(db, 1)
    for words in (("add", "wrong year", "--definition", "no source has it"), ("add", "b"),
                  ("rename", "b", "wrong date"), ("merge", "wrong year", "wrong date"), ("apart", "wrong year"),
                  ("reject", "wrong date")):
        said(run("modes", *words))
    assert failure_modes.every(db) == {"wrong year": "no source has it"}
    assert mode_history.get(db, mode_history.by_name(db, "wrong date"))["rejected_at"]
    assert "no failure mode 'zzz'" in said(run("modes", "confirm", "zzz"), 2)
