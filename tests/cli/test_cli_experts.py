"""Names of experts on the command line: however one is spelt, the person is meant who is called so."""

import pytest

from tests.support.commands import CommandLine


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Three traces: Ann and Bob labelled two, a judge all of them."""
    file = tmp_path / "three.csv"
    file.write_text("id,input,output,topic,Ann_label,Bob_label,verdict\n"
                    "1,a,A,x,pass,pass,pass\n2,b,B,x,fail,pass,pass\n3,c,C,y,,,fail\n")
    made = CommandLine(tmp_path / "plumbline.db")
    made("import", file, "--dimension", "topic", "--verdict", "bot=verdict")
    return made


def test_figures_of_an_expert_by_any_spelling(cli):
    wanted = cli.json("agreement", "--judge", "bot", "--expert", "Bob")
    assert wanted["n"] == 2 and cli.json("agreement", "--judge", "bot", "--expert", " bOB") == wanted
    assert cli.json("rates", "--expert", "BOB") == cli.json("rates", "--expert", "Bob")
    assert cli.json("agreement", "--between", "ann", "BOB ") == cli.json("agreement", "--between", "Ann", "Bob")
    assert cli.json("agreement", "--judge", "bot", "--by", "topic", "--expert", "bob") == cli.json(
        "agreement", "--judge", "bot", "--by", "topic", "--expert", "Bob")


def test_queues_of_an_expert_by_any_spelling(cli, tmp_path):
    cli("queue", "draw", "--expert", "ANN", "--expert", "ann ", "--size", "1")
    items = cli.json("queue", "list", "--expert", "aNN")["items"]
    assert [item["trace"] for item in items] == ["3"] and items == cli.json("queue", "list", "--expert", "Ann")["items"]
    cli("queue", "export", tmp_path / "q.csv", "--expert", "ann")
    assert "3" in (tmp_path / "q.csv").read_text()


def test_notes_and_insights_are_signed_with_the_name_as_first_spelt(cli):
    cli("notes", "add", "2", "Too short.", "--author", " ANN")
    assert cli.json("notes", "list")["notes"][0]["author"] == "Ann"
    cli("insights", "add", "People ask twice.", "--kind", "user", "--author", "bob")
    assert "\tBob\t" in cli("insights", "list").stdout.replace(" \t", "\t")


def test_a_label_column_named_for_another_spelling_is_the_same_person_s(cli, tmp_path):
    more = tmp_path / "more.csv"
    more.write_text("id,input,output,verdict_of\n3,c,C,pass\n")
    cli("import", more, "--label", "ANN=verdict_of")
    assert cli.json("agreement", "--judge", "bot", "--expert", "Ann")["n"] == 3
