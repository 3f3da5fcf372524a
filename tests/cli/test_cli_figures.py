"""The command line's figures: agreement and rates of the search answers as their card states them, and nothing else."""

import pytest

from lib.statistics import metrics
from tests.support.commands import IMPORT_NQ, CommandLine

COUNTS = {"pass_pass", "pass_fail", "fail_pass", "fail_fail"}


@pytest.fixture(scope="module")
def nq(tmp_path_factory) -> CommandLine:
    """The search answers, imported by the issue's command line."""
    cli = CommandLine(tmp_path_factory.mktemp("nq") / "plumbline.db")
    cli(*IMPORT_NQ)
    return cli


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Three traces: one passed, one failed, one without a label; the judge passed the first and stumbled twice."""
    file = tmp_path / "three.csv"
    file.write_text("id,input,output,topic,Ann_label,verdict\n1,a,A,x,pass,pass\n2,b,B,x,fail,unsure\n3,c,C,y,,unsure\n")
    made = CommandLine(tmp_path / "plumbline.db")
    made("import", file, "--dimension", "topic", "--verdict", "bot=verdict")
    return made


@pytest.mark.parametrize(("judge", "n", "errors", "agreement", "kappa", "tpr", "tnr"), [
    ("gpt-4", 1488, 2, .8481, .6953, .8321, .8676), ("davinci", 1490, 0, .8376, .6745, .8174, .8620)])
def test_agreement_of_a_recorded_judge_is_the_cards(nq, judge, n, errors, agreement, kappa, tpr, tnr):
    found = nq.json("agreement", "--judge", judge)
    assert (found["judge"], found["expert"], found["validated"]) == (judge, "adjudicated", True)
    assert (found["n"], found["errors"]) == (n, errors) and sum(found["counts"].values()) == n
    assert [round(found[name]["value"], 4) for name in ("agreement", "kappa", "tpr", "tnr")] == [
        agreement, kappa, tpr, tnr]


def test_agreement_is_one_object_of_counts_and_figures_with_intervals(nq):
    found = nq.json("agreement", "--judge", "gpt-4")
    assert found["counts"].keys() == COUNTS
    assert found.keys() == {"judge", "expert", "run", "shard", "validated", "errors", "counts", "n", "left_out",
                            "every", "ties", "ac1", "rare", "why_low", *metrics.METRICS}
    assert all(found[name]["low"] <= found[name]["value"] <= found[name]["high"] for name in metrics.METRICS)


def test_a_run_is_named_by_its_number(nq):
    for run in nq.json("runs")["runs"]:
        assert nq.json("agreement", "--run", run["id"]) == nq.json("agreement", "--judge", run["judge"])


def test_agreement_with_another_expert(nq):
    found = nq.json("agreement", "--judge", "gpt-4", "--expert", "annotator3")
    assert found["expert"] == "annotator3" and found["n"] + found["errors"] == 223


def test_agreement_between_two_experts_is_the_cards(nq):
    found = nq.json("agreement", "--between", "annotator1", "annotator2")
    assert (found["n"], round(found["agreement"]["value"], 4), round(found["kappa"]["value"], 4)) == (
        1483, .8685, .7347)
    assert (found["expert"], found["judge"], found["run"], found["errors"]) == ("annotator1", "annotator2", None, 0)


def test_between_swapped_swaps_the_sides(nq):
    one, other = (nq.json("agreement", "--between", *pair) for pair in (
        ("annotator1", "annotator2"), ("annotator2", "annotator1")))
    assert one["counts"]["pass_fail"] == other["counts"]["fail_pass"]
    assert one["kappa"]["value"] == other["kappa"]["value"]


def test_agreement_in_words_shows_every_figure_with_its_interval(nq):
    said = nq("agreement", "--judge", "gpt-4").stdout
    assert said.startswith("gpt-4 against adjudicated: n = 1,488, 2 errors\npass/pass 679, ")
    assert "Agreement: 84.8% of 1,488, 2 errors (95 % interval 82% to 87%)" in said
    assert "1,488 pairs of 301 inputs: " in said
    assert "TPR: 83.2% of 816, 2 errors (" in said
    assert all(f"{metric.label}: " in said for metric in metrics.METRICS.values())


def test_what_is_undefined_is_null_and_a_dash_with_its_reason(cli):
    found = cli.json("agreement", "--judge", "bot")
    assert (found["n"], found["errors"], found["counts"]) == (
        1, 1, {"pass_pass": 1, "pass_fail": 0, "fail_pass": 0, "fail_fail": 0})
    nothing = {"value": None, "low": None, "high": None}
    assert found["tnr"] == found["kappa"] == found["precision_fail"] == nothing and found["tpr"]["value"] == 1
    assert "TNR: – (not defined: the expert failed none of these traces)" in cli("agreement", "--judge", "bot").stdout


def test_agreement_without_a_pair_is_all_null_and_not_validated(cli, tmp_path):
    file = tmp_path / "bob.csv"
    file.write_text("id,input,output,Bob_label\n3,c,C,pass\n")
    cli("import", file)
    found = cli.json("agreement", "--judge", "bot", "--expert", "Bob")
    assert (found["n"], found["errors"], found["validated"]) == (0, 1, False)
    assert {found[name]["value"] for name in metrics.METRICS} == {None}
    found = cli.json("agreement", "--between", "Ann", "Bob")
    assert (found["n"], found["validated"], found["agreement"]["value"]) == (0, False, None)


def test_rates_of_the_expert_by_dimension(cli):
    found = cli.json("rates", "--by", "topic")
    assert (found["by"], found["source"], found["validated"]) == ("topic", "labels of Ann", True)
    assert [(rate["value"], rate["n"], rate["passes"], rate["fails"]) for rate in found["rates"]] == [("x", 2, 1, 1)]
    assert (found["overall"]["n"], found["overall"]["rate"]["value"]) == (2, 0.5)


def test_rates_of_a_judge_count_readable_verdicts_alone(cli):
    found = cli.json("rates", "--source", "judge", "--by", "topic")
    assert [(rate["value"], rate["n"], rate["rate"]["value"]) for rate in found["rates"]] == [("x", 1, 1.0)]
    assert found["source"] == "verdicts of bot, run 1" and found["validated"]


def test_rates_without_an_expert_say_what_is_missing(tmp_path):
    cli, file = CommandLine(tmp_path / "plumbline.db"), tmp_path / "t.csv"
    file.write_text("input,output\na,A\n")
    cli("import", file)
    assert "no expert yet: label a trace on the Review page, or import labels" in cli.refused("rates")


def test_of_several_judges_one_has_to_be_named(nq):
    assert "Several judges have verdicts: name one with --judge (gpt-4, davinci)" in nq.refused(
        "rates", "--source", "judge")
    found = nq.json("rates", "--source", "judge", "--judge", "davinci", "--by", "assistants")
    assert found["overall"]["n"] == 1490 and len(found["rates"]) > 10
    assert sum(nq.json("rates", "--source", "judge", "--judge", judge)["overall"]["passes"]
               for judge in ("gpt-4", "davinci")) > 1400


def test_rates_in_words_say_whose_they_are(nq, cli):
    said = nq("rates", "--by", "assistants").stdout
    assert said.startswith("Pass rate by labels of adjudicated\nall: 54.8% of 1,490 (95 % interval 51% to 59%)\n")
    assert "Pass rate by verdicts of bot, run 1\n" in cli("rates", "--source", "judge").stdout


def test_a_judge_that_no_label_ever_met_is_not_validated(tmp_path):
    cli, file = CommandLine(tmp_path / "plumbline.db"), tmp_path / "t.csv"
    file.write_text("input,output,verdict\na,A,pass\n")
    cli("import", file, "--verdict", "bot=verdict")
    assert cli.json("rates", "--source", "judge")["validated"] is False
    assert "(not validated)" in cli("rates", "--source", "judge").stdout


def test_one_person_is_not_compared_with_themselves(nq):
    assert "annotator1 is one person: name two" in nq.refused("agreement", "--between", "annotator1", "Annotator1 ")
