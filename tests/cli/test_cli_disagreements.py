"""Disagreements and the criteria on the command line: one object, or a refusal that says what to do."""

import pytest

from lib.store import open_store, projects
from lib.store.judge import rulings
from lib.store.review import criteria
from lib.workflow.judge import disagreements
from lib.workflow.judge.disagreements import Ending
from tests.support.commands import CommandLine


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Four traces Ann passed and one she failed; bot failed t0 to t2 and agrees on the others."""
    file, made = tmp_path / "t.csv", CommandLine(tmp_path / "plumbline.db")
    file.write_text("id,input,output,split,Ann_label,bot,other\n" + "".join(
        f"t{n},input {n},output {n},dev,{'fail' if n == 4 else 'pass'},{'pass' if n == 3 else 'fail'},pass\n"
        for n in range(5)))
    made("import", file, "--verdict", "bot=bot", "--verdict", "other=other")
    return made


def rule(cli: CommandLine, trace: str, ending: Ending) -> None:
    store = projects.choose(open_store(cli.path), None)
    run = next(run["id"] for run in cli.json("runs")["runs"] if run["judge"] == "bot")
    disagreements.rule(store, rulings.case(store, run, "Ann", trace), ending)


def test_how_a_run_s_disagreements_ended(cli):
    rule(cli, "t0", Ending("label wrong", "slip", "it is not", expert="Ann"))
    rule(cli, "t1", Ending("judge wrong", "be\nkind"))
    found = cli.json("rulings", "--judge", "bot")
    assert found["cases"] == 3 and found["rulings"] == {
        "judge wrong": 1, "label wrong": 1, "criterion unclear": 0, "borderline": 0, "open": 1}
    # 2 of 5 agreed before t0 became a fail, 3 of 5 do now.
    assert (found["before"]["agreement"]["value"], found["now"]["agreement"]["value"]) == (0.4, 0.6)
    assert found["now"]["tpr"]["value"] == pytest.approx(1 / 3) and found["borderline_set_aside"]["n"] == 5
    assert [(note["trace"], note["text"]) for note in found["notes"]] == [("t1", "be\nkind")]
    said = cli("rulings", "--judge", "bot").stdout
    assert "of 3 disagreements: 1 judge wrong, 1 label wrong, 1 open" in said and "note\tt1\tbe kind" in said
    assert "not defined" not in said and "before\t5 pairs\tAgreement 2 of 5" in said


def test_a_run_of_another_judge_is_refused(cli):
    other = next(run["id"] for run in cli.json("runs")["runs"] if run["judge"] == "other")
    assert "another judge's" in cli.refused("rulings", "--judge", "bot", "--run", other)
    assert "no judge 'nobody'" in cli.refused("rulings", "--judge", "nobody")


def test_criteria_are_shown_and_written_with_a_reason(cli, tmp_path):
    assert "criteria new FILE" in cli.refused("criteria", "show")
    file = tmp_path / "criteria.txt"
    for text, reason in (("No prices.\n", "first"), ("No prices.\nNo dates.", "dates confuse")):
        file.write_text(text)
        cli("criteria", "new", file, "--reason", reason)
    assert cli("criteria", "show").stdout == "No prices.\nNo dates.\n"
    assert [one["reason"] for one in cli.json("criteria", "show", "--all")["versions"]] == ["dates confuse", "first"]
    assert cli("criteria", "show", "--version", 1).stdout == "No prices.\n"
    assert "Versions: 2, 1." in cli.refused("criteria", "show", "--version", 7)
    assert "nothing was changed" in cli.refused("criteria", "new", file, "--reason", "again")
    file.write_text("Something else.")
    assert "why the criteria change" in cli.refused("criteria", "new", file, "--reason", " ")
    assert criteria.newest(projects.choose(open_store(cli.path), None)).number == 2
