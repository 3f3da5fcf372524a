"""`gate frozen`: a judge reads its frozen set again with each gate; a provider that swaps the model is found out."""

import pytest

from lib.store.errors.gates import frozen
from lib.store.judge import runs
from lib.workflow.errors.gates import which
from tests.support.commands import IMPORT_NQ, CommandLine
from tests.support.endpoint import fenced, prompt_of, refusal, verdict
from tests.support.errors.gates import LABELLED, answers, judges, project

SWAPPED = judges("0", "2")  # the same name, another model: it fails what an even number stands in, too


@pytest.fixture
def cli(db, ai_system, endpoint_env) -> CommandLine:
    """A judge that was measured once; v3 answers as it should."""
    project(db, ai_system, endpoint_env, "v3", "v4")
    ai_system.plan = answers(v4=12)
    return CommandLine(db.path)


def last(done) -> str:
    return done.stdout.splitlines()[-1]


def test_a_judge_that_stayed_passes_and_each_gate_reads_it_once_more(cli, db, endpoint_env):
    first = cli("gate", "frozen")
    assert f"Frozen: {LABELLED} labelled traces of run 1, " in first.stderr and last(first) == "pass"
    assert "Read twice: the second reading tells too little of its own noise" in first.stdout
    again = cli("gate", "frozen")
    assert "Frozen:" not in again.stderr and "contradicted itself on 0 of 60 traces" in again.stdout
    assert endpoint_env.calls == 3 * LABELLED and len(frozen.every(db)) == 1


def test_a_model_that_was_swapped_behind_its_name_is_the_judge_and_not_the_system(cli, endpoint_env):
    assert "The judge did not change." in cli("gate", "regression", "--system", "v3").stdout
    endpoint_env.plan = SWAPPED
    said = cli("gate", "regression", "--system", "v3", code=1).stdout
    assert said.startswith("fail\tthe judge is the one it was") and "turned from pass to fail" in said
    assert "inconclusive\tfailure mode “late”" in said and "It is the judge that changed." in said
    # It stays found out at every gate, for what a changed judge has said is no measure of it.
    assert "It is the judge that changed." in cli("gate", "--tpr", 0.5, "--frozen", code=1).stdout


def test_a_version_that_fails_again_is_the_system_where_the_judge_stayed(cli):
    said = cli("gate", "regression", "--system", "v4", code=1).stdout
    assert said.startswith("pass\tthe judge is the one it was") and "so what fails is the AI system" in said


def test_a_change_that_is_wanted_is_frozen_anew_and_what_was_judged_before_is_judged_again(cli, db, endpoint_env):
    cli("gate", "regression", "--system", "v3")
    endpoint_env.plan = lambda body: verdict("fail" if "late" in fenced(prompt_of(body)) else "pass", "in other words")
    assert "is what is frozen already" in cli.refused("gate", "frozen", "--anew")
    cli("--as", "Eve", "run", "--judge", "desired outcome", "--labelled", "--anew", "--all-the-same", "a test")
    measured = which.measured(db)
    before = endpoint_env.calls
    assert last(cli("gate", "frozen", "--anew", "--run", measured.id)) == "pass"
    assert endpoint_env.calls == before + LABELLED
    newest = frozen.of(db, measured.id)
    assert newest.run == measured.id and len(frozen.every(db)) == 2
    cli("gate", "regression", "--system", "v3")
    assert endpoint_env.calls == before + 2 * LABELLED + 12
    cli("gate", "regression", "--system", "v3", "--no-frozen")
    assert endpoint_env.calls == before + 2 * LABELLED + 12


def test_a_reading_that_was_cut_off_goes_on(cli, db, endpoint_env):
    first = cli("gate", "frozen", "--most-calls", 20, code=3)
    assert "20 of 60 frozen traces were read again" in first.stdout
    assert last(cli("gate", "frozen", "--most-calls", 500)) == "pass"
    assert endpoint_env.calls == 2 * LABELLED and len(frozen.readings(db)) == 1


def test_a_judge_that_mostly_fails_to_answer_is_not_known(cli, endpoint_env):
    def plan(body):
        return refusal() if any(f"{n} of dev" in fenced(prompt_of(body)) for n in (3, 7)) else judges()(body)

    endpoint_env.plan = plan
    said = cli("gate", "frozen", code=3).stdout
    assert "without a readable verdict today" in said


def test_a_set_is_bounded_kept_and_checked(cli, db):
    cli("gate", "frozen", "--most", 30, "--frozen-margin", 30)
    [one] = frozen.every(db)
    assert one.size == 30 and frozen.whole(db, one)
    db.execute("delete from frozen_traces where trace = (select min(trace) from frozen_traces)")
    said = cli("gate", "frozen", "--frozen-margin", 30).stdout
    assert "1 of 30 traces changed, archived or deleted since." in said and "is not that of the freeze" in said


def test_the_newest_measured_run_stands_although_others_came_after_it(cli, db):
    cli("gate", "regression", "--system", "v3")
    assert which.measured(db).id == 1 and len(runs.every(db)) == 3
    assert "TPR at least 80 %: 100" in cli("gate", "--tpr", 0.8).stdout


def test_recorded_verdicts_cannot_be_asked_again(tmp_path):
    nq = CommandLine(tmp_path / "nq.db")
    nq(*IMPORT_NQ)
    for words in (("frozen",), ("regression", "--system", "v1")):
        assert "were recorded elsewhere" in nq.refused("gate", *words, "--judge", "gpt-4")
    assert "were recorded elsewhere" in nq.refused("gate", "--judge", "gpt-4", "--tpr", 0.7, "--frozen")
