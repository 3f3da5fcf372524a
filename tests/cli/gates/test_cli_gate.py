"""The gate on the command line: its three answers, its exit codes, and the files a build reads."""

from xml.etree import ElementTree

import pytest

from lib.store.errors import failure_modes
from lib.store.judge import runs
from tests.support.commands import IMPORT_NQ, CommandLine
from tests.support.steps import add, row


@pytest.fixture(scope="module")
def nq(tmp_path_factory) -> CommandLine:
    """The example with recorded verdicts of real judges."""
    made = CommandLine(tmp_path_factory.mktemp("nq") / "plumbline.db")
    made(*IMPORT_NQ)
    return made


@pytest.mark.parametrize("words, code, answer", [
    (("--tpr", 0.75, "--tnr", 0.8), 0, "pass"), (("--tpr", 0.75, "--tnr", 0.95), 1, "fail"),
    (("--tpr", 0.82, "--tnr", 0.8), 3, "inconclusive"), (("--rate", 0.5), 0, "pass"), (("--rate", 0.6), 1, "fail")])
def test_the_three_answers_on_real_judges(nq, words, code, answer):
    done = nq("gate", "--judge", "gpt-4", *words, code=code)
    assert done.stdout.splitlines()[-1] == answer


def test_a_row_says_its_figure_its_interval_and_what_would_decide_it(nq):
    first = nq("gate", "--judge", "gpt-4", "--tpr", 0.82, code=3).stdout.splitlines()[0]
    assert first.startswith("inconclusive\tTPR at least 82 %: 83.") and "more would decide it" in first
    found = nq.call("gate", "--judge", "gpt-4", "--tpr", 0.75, "--json")
    assert found.exit_code == 0 and '"passed": true' in found.stdout


def test_a_change_is_held_against_another_run(nq):
    gpt, davinci = (run["id"] for run in sorted(nq.json("runs")["runs"], key=lambda run: run["judge"] == "davinci"))
    done = nq("gate", "--run", gpt, "--against", davinci, "--margin", 3)
    assert "86 fixed, 71 broken of 1,488" in done.stdout
    nq("gate", "--run", gpt, "--against", davinci, "--margin", 0, code=3)


def test_a_build_reads_the_files(nq, tmp_path):
    junit, text = tmp_path / "gate.xml", tmp_path / "gate.md"
    nq("gate", "--judge", "gpt-4", "--tpr", 0.82, "--tnr", 0.8, "--junit", junit, "--markdown", text,
       "--address", "http://here:8501", code=3)
    root = ElementTree.parse(junit).getroot()
    assert (root.get("tests"), root.get("failures")) == ("2", "1")
    assert [(case.get("name"), [part.tag for part in case]) for case in root.iter("testcase")] == [
        ("TPR at least 82 %", ["failure"]), ("TNR at least 80 %", ["system-out"])]
    assert root.find(".//failure").get("type") == "inconclusive"
    said = text.read_text()
    assert said.startswith("### Gate: inconclusive\n") and "(http://here:8501/judge?project=1)" in said


def test_failure_modes_and_assertions_are_held_too(db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), modes=("evasive",) if n < 4 else (), Ann="fail" if n < 4 else "pass")
              for n in range(100)))
    cli = CommandLine(db.path)
    assert failure_modes.every(db) and not runs.every(db)
    assert cli("gate", "--mode", "evasive<=0.15").stdout.splitlines()[-1] == "pass"
    assert "4.0% (" in cli("gate", "--mode", "evasive<=0.05", code=3).stdout
    assert cli("gate", "--mode", "evasive<=0.005", code=1).stdout.splitlines()[-1] == "fail"
    cli("assertion", "add", "short", "--kind", "length", "--set", "most=12", "--reason", "a test")
    cli("check", code=1)
    said = cli("gate", "--assertion", "short<=0.1", code=1).stdout
    assert "assertion “short” fails on at most 10 %" in said


def test_a_fail_that_nobody_coded_may_have_the_failure_mode(db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), modes=("evasive",) if n < 2 else (), Ann="fail" if n < 12 else "pass")
              for n in range(100)))
    said = CommandLine(db.path)("gate", "--mode", "evasive<=0.1", code=3).stdout
    assert "10 fails not looked through for failure modes: they may have it." in said


def test_what_is_asked_wrongly_is_said(nq):
    assert "asks for nothing" in nq.refused("gate")
    assert "write NAME<=SHARE" in nq.refused("gate", "--mode", "evasive<5")
    assert "There is no run 99" in nq.refused("gate", "--run", 99, "--tpr", 0.5)
    assert "Several judges have verdicts" in nq.refused("gate", "--tpr", 0.5)
    assert "There is no assertion" in nq.refused("gate", "--assertion", "none<=0.1")


def test_few_labels_decide_nothing(db, make_trace):
    from lib.records import Verdict

    add(db, *(row(make_trace(f"t{n}"), verdicts={"bot": Verdict("pass")}, Ann="pass") for n in range(5)))
    said = CommandLine(db.path)("gate", "--tpr", 0.8, "--tnr", 0.8, code=3).stdout
    assert "inconclusive\tTPR at least 80 %: 5 of 5" in said and "inconclusive\tTNR at least 80 %: not defined" in said
