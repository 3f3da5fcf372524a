"""A judge run without a key: what it would do, its speed on this machine, and its agreement beside chance."""

import json

import pytest

from lib.models import local_model, local_speed, model_files
from lib.records import Counts, Figure, Run, Verdict
from lib.statistics import metrics
from lib.statistics.baselines import by_chance
from lib.store.judge import runs, verdicts
from lib.workflow.judge import baselines, judging, pace
from lib.workflow.judge.baselines import BaselineLine, Baselines
from lib.workflow.judge.views import bench, trial
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def forty(db, make_trace, tmp_path, monkeypatch):
    """Forty labelled dev traces, ten of train, the first judge, no key, and a folder of models of its own."""
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models"))
    add(db, *(row(make_trace(f"d{n}", split="dev"), Ann=("pass", "fail")[n % 2]) for n in range(40)),
        *(row(make_trace(f"t{n}", split="train"), Ann=("pass", "fail")[n % 2]) for n in range(10)))
    judging.ensure_judge(db)
    return db


def keep_speed(factor: object) -> None:
    model_files.folder().mkdir(parents=True, exist_ok=True)
    kept = {local_speed._name(local_model.find_weights()): factor}
    (model_files.folder() / "speed.json").write_text(json.dumps(kept))


def test_before_anything_was_measured_the_number_is_a_cautious_guess(forty):
    found = trial.offered(forty, JUDGE)
    assert found.small and not found.measured and 1 < found.traces < 40
    assert found.seconds <= pace.TWO_MINUTES < found.seconds * (found.traces + 1) / found.traces + 1
    assert found.said == (
        f"{found.traces} traces of dev: about 2 minutes on this machine with the small model that comes along. It is "
        "far too small to judge, so expect chance. The number is a cautious guess: the press measures the model "
        "first, in a few seconds, and there may be more.")


def test_measured_on_this_machine_it_is_that_number_of_traces(forty):
    guessed = trial.offered(forty, JUDGE)
    keep_speed(0.5)  # half as long as the guess: about twice as many
    found = trial.offered(forty, JUDGE)
    assert found.measured and 2 * guessed.traces <= found.traces <= 2 * guessed.traces + 1
    assert found.said.endswith("so expect chance.")
    run, said = bench.on_dev(forty, JUDGE)
    assert (run.total, run.endpoint) == (found.traces, "embedded") and said.startswith(f"{found.traces} traces. ")


def test_never_more_than_there_are(forty):
    keep_speed(0.001)
    assert trial.offered(forty, JUDGE).traces == 40 and bench.on_dev(forty, JUDGE)[0].total == 40


@pytest.mark.parametrize("kept", ["half", 0.0, -1.0, None])
def test_a_file_of_speeds_that_says_nothing_sensible_is_as_none(forty, kept):
    keep_speed(kept)
    assert not trial.offered(forty, JUDGE).measured


def test_a_broken_file_of_speeds_is_as_none(forty):
    keep_speed(0.5)
    (model_files.folder() / "speed.json").write_text("[1")
    assert not trial.offered(forty, JUDGE).measured


def test_with_an_endpoint_nothing_is_tried_on_the_small_model(forty, endpoint_env):
    assert trial.offered(forty, JUDGE) is None and not trial.only_tries(forty)


def test_where_nothing_is_labelled_nothing_is_offered(db):
    judging.ensure_judge(db)
    assert trial.offered(db, JUDGE) is None


def test_a_bigger_model_that_is_here_is_used_and_measured_instead(forty, tmp_path, monkeypatch):
    big = tmp_path / "big.gguf"
    with big.open("wb") as file:
        file.write(b"GGUF")
        file.truncate(3 * local_model.bundled().path.stat().st_size)
    small = trial.offered(forty, JUDGE).traces
    monkeypatch.setenv("PLUMBLINE_GGUF", str(big))
    found = trial.offered(forty, JUDGE)
    assert (found.model, found.small) == ("big", False) and found.traces < small
    assert "with big, a bigger model that is here already." in found.said


def test_chance_is_what_a_judge_agrees_that_passes_as_often_and_reads_nothing():
    # Of ten the expert passes 6, the judge 8: both pass 0.6 · 0.8, both fail 0.4 · 0.2.
    assert by_chance(Counts(5, 1, 3, 1)).value == pytest.approx(0.6 * 0.8 + 0.4 * 0.2)
    assert by_chance(Counts(0, 0, 0, 0, errors=3)).value is None


def lines(judge: Counts, free: Figure) -> Baselines:
    run = Run(**{**dict.fromkeys(Run.__dataclass_fields__), "id": 1})
    return Baselines(run, "Ann", (
        BaselineLine("judge", judge, {"agreement": metrics.agreement(judge)}), BaselineLine("always pass", judge, {}),
        BaselineLine("the local classifier", judge, {"agreement": free})), 40, True)


@pytest.mark.parametrize(("counts", "free", "said"), [
    (Counts(5, 5, 5, 5), 0.7, "The judge's interval holds chance, 50%: as far as 20 traces tell, it guesses, while the "
                              "classifier costs nothing."),
    (Counts(5, 5, 5, 5), 0.4, "The judge's interval holds chance, 50%: as far as 20 traces tell, it guesses."),
    (Counts(19, 1, 1, 19), 0.7, "On 40 traces the judge agrees more than chance would."),
    (Counts(1, 19, 19, 1), 0.7, "On 40 traces the judge agrees less than chance would."),
    (Counts(1, 0, 0, 0), 0.7, "The judge's interval holds chance, 100%: as far as 1 trace tells, it guesses.")])
def test_one_sentence_says_whether_it_is_more_than_chance(counts, free, said):
    assert trial.beside(lines(counts, Figure(free))).said == said


def test_an_ended_run_stands_beside_the_classifier_and_chance_on_the_same_traces(forty):
    keep_speed(0.001)
    run = bench.on_dev(forty, JUDGE)[0]
    assert not trial.ended(run)
    for key in runs.pending(forty, run.id):
        verdicts.save(forty, run.id, key, Verdict("pass", "said"))
    runs.set_status(forty, run.id, "done")
    assert trial.ended(runs.get(forty, run.id))
    found = trial.beside(baselines.measured(forty, run.id))
    assert [name for name, _ in found.rows] == ["this judge", "the free local classifier", "chance"]
    # It passes all, and so does whoever passes as often: both are right on the half that the expert passes.
    assert [figure.value for _, figure in found.rows][::2] == [0.5, 0.5] and found.n == 40
    assert found.said.startswith("The judge's interval holds chance, 50%: as far as 40 traces tell, it guesses")
