"""`bias`, `probe` and `probes`: what they say, as words and as JSON, and what they refuse."""

import pytest

from lib.workflow.judge import judging
from tests.support.commands import IMPORT_NQ, CommandLine
from tests.support.judge.probing import honest, judged, labelled, obeys, passes_long

pytestmark = pytest.mark.usefixtures("endpoint_env")


@pytest.fixture
def cli(db):
    """Eighty labelled traces, ten of them in the sealed test split."""
    labelled(db, 80)
    return CommandLine(db.path)


def test_a_run_is_shown_by_groups_before_it_is_probed(db, endpoint, cli):
    endpoint.plan = passes_long()
    judged(db)
    said = cli("bias", "--run", 1).stdout
    first, second = said.splitlines()[:2]
    assert first == "desired outcome, run 1, against Ann" and second.startswith(
        "By length of the output in characters: More often than elsewhere the judge passes outputs of ")
    assert "  v1: n = 36, the judge passes " in said
    assert "By order of the examples: Its prompt shows fewer than two examples: there is no order." in said
    assert "Not probed yet: 'probe --run 1' asks again with outputs altered" in said
    found = cli.json("bias", "--run", 1)
    assert [one["n"] for one in found["system_version"]["groups"]] == [36, 34] and found["probes"] == []
    assert found["length"]["differ"][0]["metric"] == "tnr" and found["system_version"]["differ"] == []
    assert {"judge_passes", "expert_passes", "tpr", "tnr", "counts"} <= found["length"]["groups"][0].keys()
    assert found["why_no_probes"] is None and "fewer than two" in found["why_no_order"]


def test_a_dry_run_starts_nothing(db, endpoint, cli):
    endpoint.plan = honest
    judged(db)
    said = cli("probe", "--run", 1, "--kind", "polite", "--most", 20, "--dry-run").stdout
    assert said.startswith("20 labelled traces, each asked the same again too. About 40 calls")
    found = cli.json("probe", "--run", 1, "--dry-run")
    assert (found["traces"], found["calls"], found["read"], found["left_out"]) == (70, 350, 0, {})
    assert endpoint.calls == 80 and cli.json("probes") == {"probes": []}


def test_probes_are_executed_here_and_now_and_kept(db, endpoint, cli):
    endpoint.plan = obeys
    judged(db)
    ended = cli("probe", "--run", 1, "--kind", "answer-pass", "--kind", "padding", "--most", 30)
    assert "probe 1: done, 90 of 90 calls made, 0 errors" in ended.stderr
    assert ended.stdout.splitlines()[0].startswith("Probe same: Asking the same again flips 0 of 30 verdicts")
    assert "Probe padding: Padding flips 0 of 30 verdicts (0% to 11%), no more than asking the same" in ended.stdout
    assert "The judge obeys what it should judge." in ended.stdout
    found = {one["probe"]: one for one in cli.json("bias", "--run", 1)["probes"]}
    assert found["answer-pass"]["beyond_noise"] and found["answer-pass"]["towards"] == "pass"
    assert found["answer-pass"]["to_pass"] == found["answer-pass"]["fails"] > 10
    assert not found["padding"]["beyond_noise"]
    assert found["padding"]["same_again"] == {"n": 30, "flips": 0} and "p_towards" not in found["same"]
    assert "1\trun 1\ttest-model\tdone\t90/90\t0 errors\t90 calls" in cli("probes").stdout
    assert "All of this was asked before" in cli.refused("probe", "--run", 1, "--kind", "padding", "--most", 30)


def test_a_cap_stops_it_with_code_1_and_the_number_goes_on(db, endpoint, cli):
    endpoint.plan = honest
    judged(db)
    stopped = cli("probe", "--run", 1, "--kind", "polite", "--most", 10, "--most-calls", 8, code=1)
    assert "probe 1: paused, 8 of 20 calls made" in stopped.stderr and "The cap of 8 calls is reached" in stopped.stderr
    found = cli.json("probe", 1, "--most-calls", 30)
    assert (found["probe"], found["status"], found["spent"]["calls"]) == (1, "done", 20)
    assert [one["n"] for one in found["probes"]] == [10, 10] and endpoint.calls == 100


def test_what_makes_no_sense_is_refused(db, endpoint, cli):
    endpoint.plan = honest
    judged(db)
    for words, said in ((["probe"], "Name either a run with --run"), (["probe", 1, "--run", 1], "Name either a run"),
                        (["probe", 1, "--dry-run"], "--kind and --dry-run go with --run"),
                        (["probe", 9], "There is no probe 9 in this project"),
                        (["probe", "--run", 9], "There is no run 9 in this project"),
                        (["bias", "--run", 9], "There is no run 9 in this project"),
                        (["probe", "--run", 1, "--kind", "order"], "its prompt shows fewer than two examples"),
                        (["probe", "--run", 1, "--kind", "rude"], "'rude' is not one of"),
                        (["probe", "--run", 1, "--most-cost", 1], "A cap on cost needs a price")):
        assert said in cli.refused(*words)


def test_a_judge_recorded_elsewhere_has_groups_alone(tmp_path):
    cli = CommandLine(tmp_path / "nq.db")
    cli(*IMPORT_NQ)
    said = cli("bias", "--run", 1).stdout
    assert "By length of the output in characters: " in said and ": n = 3" in said
    assert "All outputs are of one system version: there is nothing to compare." in said
    assert "By order of the examples: These verdicts were recorded elsewhere" in said
    assert said.endswith("No probes: these verdicts were recorded elsewhere, and there is no prompt to ask again.\n")
    assert "recorded elsewhere" in cli.refused("probe", "--run", 1)
    # Of these real judges one takes length for quality; the expert's labels say so without any call.
    assert cli("bias", "--run", 2).stdout.splitlines()[1] == (
        "By length of the output in characters: More often than elsewhere the judge passes outputs of more than 23 "
        "characters that the expert fails: TNR 59.0% of 105 there, 91.2% of 569 elsewhere (Fisher's exact test, p < "
        "0.001 for all groups together).")
    assert cli.json("bias", "--run", 1)["length"]["differ"] == []


def test_without_an_expert_the_sentence_says_what_to_do(db):
    judging.ensure_judge(db)
    assert "There is no run 1" in CommandLine(db.path).refused("bias", "--run", 1)
