"""Projects, imports, traces and judges renamed, archived, deleted and taken back on the command line; the log."""

import pytest

from tests.support.commands import CommandLine


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Ann and Bob labelled two traces; a second file brought one more and a recorded judge."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text("id,input,output,Ann_label,Bob_label\n1,a,A,pass,pass\n2,b,B,fail,pass\n")
    second.write_text("id,input,output,Bob_label\n3,c,C,fail\n")
    made = CommandLine(tmp_path / "plumbline.db")
    made("import", first)
    made("import", second)
    return made


def test_imports_are_listed_named_and_taken_back(cli):
    found = cli.json("imports", "list")["imports"]
    assert [(one["file"], one["traces"], one["labels"]) for one in found] == [("second.csv", 1, 1), ("first.csv", 2, 4)]
    assert "command line\tsecond.csv\t\t1 trace, 1 label" in cli("imports", "list").stdout
    cli("imports", "rename", 2, "March")
    assert "1 trace" in cli("imports", "take-back", 2, "--dry-run").stdout
    assert "Type 'March'" in cli.refused("imports", "take-back", 2, "--confirm", "second.csv")
    cli("imports", "take-back", 2, "--confirm", "March", "--copy")
    assert [one["number"] for one in cli.json("imports", "list")["imports"]] == [1]
    assert cli.json("traces")["total"] == 2 and len(list(cli.path.parent.glob("*.before-deletion-*.db"))) == 1
    assert "import 2, March taken back: 1 trace" in cli("log").stdout
    assert "There is no import 2" in cli.refused("imports", "take-back", 2)


def test_a_file_brought_by_somebody_else_leaves_the_principals_labels_waiting(cli, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text("id,input,output,Ann_label,Bob_label\n4,d,D,pass,fail\n")
    cli("--as", "Bob", "import", more)
    newest = cli.json("imports", "list")["imports"][0]
    assert (newest["author"], newest["labels"], newest["waiting"]) == ("Bob", 1, 1)
    assert "Take in 1 label of more.csv" in cli("sign-offs", "list").stdout


def test_nothing_goes_where_nobody_types_the_name(cli):
    assert "nothing was deleted" in cli.refused("traces", "delete", "1").replace("\n", " ")
    assert "Say which traces" in cli.refused("traces", "delete")
    assert cli.json("traces")["total"] == 3


def test_traces_are_archived_brought_back_and_deleted_by_what_narrows(cli):
    assert "2 archived" in cli("traces", "archive", "1", "2").stderr
    said = cli("traces")
    assert len(said.stdout.splitlines()) == 1 and "2 more are archived" in said.stderr
    assert cli.json("traces", "--archived")["total"] == 2
    cli("traces", "bring-back", "1", "2")
    cli("traces", "delete", "--label", "any", "--confirm", "2")
    assert [one["trace_id"] for one in cli.json("traces")["traces"]] == ["3"]


def test_the_principals_labels_wait_for_the_principal(cli):
    said = cli("--as", "Bob", "traces", "delete", "1", "--confirm", "1", "--reason", "a customer asked")
    assert "sign-off 1: waits for Ann" in said.stderr and cli.json("traces")["total"] == 3
    assert "Delete 1" in cli("sign-offs", "list").stdout
    cli("--as", "Ann", "sign-offs", "agree", 1)
    assert cli.json("traces")["total"] == 2
    event = cli.json("log")["events"][0]
    assert (event["kind"], event["author"], event["detail"]["labels"]) == ("deleted", "Bob, agreed by Ann",
                                                                         {"Ann": 1, "Bob": 1})


def test_judges_are_renamed_archived_brought_back_and_deleted(cli):
    cli("judges", "rename", "desired outcome", "tone")
    cli("judges", "archive", "tone")
    said = cli("judges")
    assert said.stdout == "" and "archived, not listed: tone" in said.stderr
    cli("judges", "bring-back", "tone")
    assert "1 prompt version" in cli("judges", "delete", "tone", "--dry-run").stdout
    cli("judges", "delete", "tone", "--confirm", "tone")
    assert cli.json("judges")["judges"] == []
    assert [one["kind"] for one in cli.json("log")["events"]] == ["deleted", "brought back", "archived", "renamed"]


def test_projects_are_listed_renamed_archived_brought_back_and_deleted(cli):
    cli("projects", "rename", "My project", "Support chat")
    cli("projects", "archive", "Support chat")
    assert cli("projects", "list").stdout == "" and "archived" in cli("projects", "list", "--all").stdout
    assert "Every project of this file is archived: Support chat" in cli.refused("traces")
    assert "archived" in cli("log").stdout.splitlines()[0]
    assert cli.json("traces", project="Support chat")["total"] == 3
    cli("projects", "bring-back", "Support chat")
    said = cli("projects", "delete", "Support chat", "--confirm", "Support chat")
    assert "3 traces" in said.stderr and "of Ann, the principal expert" in said.stderr
    assert cli("projects", "list", "--all").stdout == ""
