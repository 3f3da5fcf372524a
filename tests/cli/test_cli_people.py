"""People and sign-offs on the command line: by whom, what waits, and what each command says."""

import pytest

from tests.support.commands import CommandLine


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Ann and Bob labelled two traces."""
    file = tmp_path / "three.csv"
    file.write_text("id,input,output,Ann_label,Bob_label\n1,a,A,pass,pass\n2,b,B,fail,pass\n")
    made = CommandLine(tmp_path / "plumbline.db")
    made("import", file)
    return made


@pytest.fixture
def document(tmp_path):
    file = tmp_path / "criteria.md"
    file.write_text("Name the day.")
    return file


def test_people_are_added_renamed_merged_retired_and_the_log_tells(cli):
    assert cli("people", "add", "Eve", "--role", "engineer").stdout == "Eve, engineer\n"
    cli("--as", "eve", "people", "rename", "Bob", "Robert")
    cli("people", "add", "Bobby")
    cli("--as", "Eve", "people", "merge", "Bobby", "bob")
    cli("people", "retire", "Robert")
    assert cli("people", "list").stdout.splitlines() == ["Ann\texpert\tprincipal", "Eve\tengineer",
                                                         "Robert\texpert\t\tretired"]
    told = [(one["kind"], one["author"]) for one in cli.json("people", "log")["events"]]
    assert told == [("retired", "command line"), ("merged", "Eve"), ("renamed", "Eve")]
    assert "Bob is called Robert now" in cli("people", "log").stdout
    cli("people", "bring-back", "BOB")
    assert not any(one["retired"] for one in cli.json("people", "list")["people"])


def test_the_principal_retires_only_with_a_successor(cli):
    assert "name who follows first" in cli.refused("people", "retire", "Ann")
    cli("people", "retire", "Ann", "--successor", "Bob")
    assert cli("people", "list").stdout.startswith("Bob\texpert\tprincipal\n")


def test_criteria_of_anybody_else_wait_and_the_command_says_as_whom(cli, document):
    said = cli("--as", "Bob", "criteria", "new", document, "--reason", "nobody knew")
    assert said.stdout == "" and "sign-off 1: waits for Ann" in said.stderr
    assert "Nobody has written criteria yet" in cli.refused("criteria", "show")
    waiting = cli.json("sign-offs", "list")["sign_offs"][0]
    assert (waiting["what"], waiting["asked_by"], waiting["reason"]) == ("Change the criteria", "Bob", "nobody knew")
    assert "Only the principal expert, Ann" in cli.refused("--as", "Eve", "sign-offs", "agree", 1)
    agreed = cli("--as", "ANN", "sign-offs", "agree", 1)
    assert "agreed by Ann" in agreed.stdout and "done as Ann" in agreed.stderr
    assert cli("criteria", "show").stdout.strip() == "Name the day."
    assert cli.json("sign-offs", "list")["sign_offs"] == [] and "agreed" in cli("sign-offs", "list", "--all").stdout


def test_without_a_name_it_is_done_for_the_principal_and_said(cli, document):
    said = cli("criteria", "new", document, "--reason", "first")
    assert "done for Ann" in said.stderr
    assert cli.json("criteria", "show")["versions"][0]["author"] == "command line"


def test_another_principal_is_asked_for_and_declined(cli):
    assert "Say why" in cli.refused("--as", "Bob", "people", "principal", "Bob")
    cli("--as", "Bob", "people", "principal", "Bob", "--reason", "Ann is away")
    assert "declined" in cli("sign-offs", "decline", 1).stdout
    assert cli("people", "list").stdout.startswith("Ann\texpert\tprincipal")
    assert "There is no sign-off 9" in cli.refused("sign-offs", "agree", 9)


def test_notes_say_as_whom(cli):
    assert cli("--as", "bob", "notes", "add", 2, "Too short.").stderr == "as Bob\n"
    assert cli.json("notes", "list")["notes"][0]["author"] == "Bob"
