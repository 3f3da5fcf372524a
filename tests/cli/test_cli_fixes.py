"""The command line's way from a failure mode to a verified fix; insights and cycles."""

import pytest

from lib.store import cycles
from lib.store.errors import failure_modes, mode_decisions
from lib.workflow.dataset import answering
from tests.support.answering import execute, http_system, inputs
from tests.support.commands import CommandLine
from tests.support.steps import say


@pytest.fixture
def cli(db, ai_system) -> CommandLine:
    """v1 answered three inputs, two of which fail for being late; v2 is set up."""
    inputs(db, 3)
    for version in ("v1", "v2"):
        http_system(db, ai_system, version)
        if version == "v1":
            execute(db, answering.start(db, "v1").id)
    for trace, outcome in (("i0", "fail"), ("i1", "fail"), ("i2", "pass")):
        say(db, trace, outcome)
    for trace in ("i0", "i1"):
        failure_modes.give(db, trace, ["late"])
    return CommandLine(db.path)


def test_from_a_decision_to_a_verified_fix(cli, db):
    cli("modes", "decide", "late", "--impact", "high", "--owner", "Maya", "--due", "2020-01-01")
    cli("modes", "decide", "late", "--decision", "fix the prompt")
    [mode] = cli.json("modes", "list")["modes"]
    assert (mode["fails"], mode["impact"], mode["owner"], mode["decision"], mode["weight"]) == (
        2, "high", "Maya", "fix the prompt", 3.0)
    assert cli("fix", "new", "Answer sooner", "--mode", "late").stdout == "fix 1: Answer sooner, 3 traces\n"
    assert "Name the version" in cli.refused("fix", "run", 1)
    assert "job 2: done, 3 of 3 calls made" in cli("fix", "run", 1, "--system", "v2").stdout
    assert "3 new answers are still unread" in cli.refused("fix", "verify", 1)
    for trace, outcome in (("i0", "pass"), ("i1", "pass"), ("i2", "fail")):
        say(db, f"{trace}@v2", outcome)
    found = cli.json("fix", "show", 1)
    assert {name: found[name] for name in ("fixed", "still_failing", "broken", "still_passing", "unread", "p")} == {
        "fixed": 2, "still_failing": 0, "broken": 1, "still_passing": 0, "unread": 0, "p": 1.0}
    assert (found["before"]["value"], found["after"]["value"], len(found["rows"])) == (1 / 3, 2 / 3, 3)
    assert "fix 1 is verified." in cli("fix", "verify", 1).stdout
    assert "1\tverified\tv2\tAnswer sooner\tlate\t3 traces" in cli("fixes").stdout
    cli("fix", "verify", 1, "--reopen")
    assert cli.json("fixes")["fixes"][0]["status"] == "reopened"
    assert "nothing to reopen" in cli.refused("fix", "verify", 1, "--reopen")


def test_a_report_goes_to_the_screen_or_to_a_file(cli, db, tmp_path):
    assert cli("modes", "report", "late").stdout.startswith("# late\n")
    assert "| 1 | late | 2 | 100% (34% to 100%) | medium |" in cli("modes", "report").stdout
    here = "http://plumbline.example/app/errors?project=1&view="
    assert f"{here}What+to+fix\n" in cli("modes", "report", "--address", "http://plumbline.example/app").stdout
    key = mode_decisions.get(db, "late").key
    assert f"{here}Failure+modes&mode={key}\n" in cli(
        "modes", "report", "late", "--address", "http://plumbline.example/app/").stdout
    assert "is no address of the app" in cli.refused("modes", "report", "--address", "javascript:alert(1)")
    for words in (["late"], []):
        cli("modes", "report", *words, "--csv", tmp_path / "report.csv")
        assert "late" in (tmp_path / "report.csv").read_text()
    assert "no failure mode 'x'" in cli.refused("modes", "report", "x")


def test_insights_and_cycles(cli, db, tmp_path):
    cli("insights", "add", "They are in a hurry", "--kind", "user", "--author", "Maya", "--trace", "i0")
    [noted] = cli.json("insights", "list", "--search", "HURRY")["insights"]
    assert (noted["kind"], noted["author"], noted["traces"]) == ("user", "Maya", ["i0"])
    assert "no trace 'nowhere'" in cli.refused("insights", "add", "x", "--kind", "AI", "--trace", "nowhere")
    cli("insights", "list", "--file", tmp_path / "log.md")
    assert "> They are in a hurry" in (tmp_path / "log.md").read_text()
    assert [cycle.reason for cycle in cycles.every(db)] == ["New version of the AI system: v2"]
    assert "say why" in cli.refused("cycles", "open", "--fresh", 0)
    assert cli("cycles", "open", "--due", "2020-01-01").stdout == "cycle 2: scheduled, due 2020-01-01\n"
    assert cli("cycles", "list").stdout.splitlines()[0] == "2\toverdue\tscheduled\tdue 2020-01-01\t0 traces read\t"
    cli("cycles", "close", 2)
    assert cli.json("cycles", "list")["cycles"][0]["closed_at"]
