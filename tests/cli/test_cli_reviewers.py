"""How far reviewers agree, on the command line: on the example's own annotators, against the packages."""

import csv

import krippendorff
import pandas as pd
import pytest
from irrCAC.raw import CAC

from tests.support.commands import IMPORT_NQ, CommandLine

ROWS = [("pass", "pass", "pass")] * 30 + [("fail", "pass", ""), ("pass", "fail", "pass"), ("fail", "fail", "fail")]


@pytest.fixture(scope="module")
def nq(tmp_path_factory) -> CommandLine:
    made = CommandLine(tmp_path_factory.mktemp("nq") / "plumbline.db")
    made(*IMPORT_NQ)
    return made


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Three reviewers, 33 traces of which few are failed; one label is missing."""
    file = tmp_path / "three.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["id", "input", "output", "Ann_label", "Bob_label", "Cid_label"],
                                   *([n, f"q{n}", f"a{n}", *said] for n, said in enumerate(ROWS))])
    made = CommandLine(tmp_path / "plumbline.db")
    made("import", file)
    return made


def test_alpha_and_ac1_of_exported_labels_are_those_of_the_packages(nq, tmp_path):
    nq("export", "labels", tmp_path / "labels.csv")
    said = pd.read_csv(tmp_path / "labels.csv").rename(columns=lambda name: name.strip("\u2060\ufeff'"))
    table = said.assign(passed=(said["outcome"] == "pass") * 1.0).pivot(index="id", columns="expert", values="passed")
    found = nq.json("reviewers")
    assert set(found["reviewers"]) == set(table.columns) and found["n"] + found["single"] == len(table) == 1490
    theirs = krippendorff.alpha(reliability_data=table.to_numpy().T, level_of_measurement="nominal")
    assert found["alpha"]["value"] == pytest.approx(theirs, abs=1e-9)
    theirs = CAC(table, categories=[0.0, 1.0], digits=15).gwet()["est"]["coefficient_value"]
    assert found["ac1"]["value"] == pytest.approx(theirs, abs=1e-9)
    assert len(found["pairs"]) >= 3 and all(pair["kappa"]["value"] is not None for pair in found["pairs"] if pair["n"])


def test_in_words_alpha_comes_first_and_a_low_kappa_is_explained(cli):
    said = cli("reviewers").stdout
    # 93 passes, 5 fails; pass beside fail 1·1/(2-1) + 2·1/(3-1) = 2: alpha = 1 - 97·2 / (93·5) = 0.58, unlike 4 of 98.
    assert said.startswith("Ann, Bob, Cid: n = 33 traces with two labels or more, 0 with one\n"
                           "Krippendorff's alpha: 0.58 (")
    assert "Alpha (0.58) is lower than the agreement (96%) because only 5% of the outcomes are fail" in said
    assert "Ann and Bob: n = 33, 0 left out, Agreement 94% (" in said
    assert "of 3 traces that somebody failed, everybody failed 1." in said and "\nAC1: 0.9" in said


def test_two_experts_and_a_judge_have_ac1_beside_kappa_where_one_outcome_is_rare(cli, nq):
    found = cli.json("agreement", "--between", "Ann", "Bob")
    assert found["rare"] == "fail" and found["why_low"].startswith("Kappa (0.47) is lower than the agreement (94%)")
    # 31 of 33 agree, 4 of 66 outcomes are fail: by chance 2·(4/66)·(62/66).
    chance = 2 * 4 / 66 * 62 / 66
    assert found["ac1"]["value"] == pytest.approx((31 / 33 - chance) / (1 - chance))
    assert found["why_low"] in cli("agreement", "--between", "Ann", "Bob").stdout
    assert nq.json("agreement", "--judge", "gpt-4")["rare"] is None
    assert "AC1" not in nq("agreement", "--judge", "gpt-4").stdout


def test_without_a_second_reviewer_all_is_null_and_it_says_so(tmp_path):
    file = tmp_path / "one.csv"
    file.write_text("id,input,output,Ann_label\n1,a,A,pass\n")
    cli = CommandLine(tmp_path / "plumbline.db")
    cli("import", file)
    found = cli.json("reviewers")
    assert (found["reviewers"], found["n"], found["single"], found["pairs"]) == ([], 0, 1, [])
    assert found["alpha"] == found["ac1"] == {"value": None, "low": None, "high": None}
    assert found["alpha_undefined"] == "no trace has labels of two reviewers"
    assert cli("reviewers").stdout == "No two reviewers have labelled a trace in common yet.\n"
