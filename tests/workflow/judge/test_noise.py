"""The judge's own noise: the same asked again, where it contradicts itself, and what that says of an edit."""

import json
import threading

import pytest

from lib.records import DONE, Caps, Decision, UsageError
from lib.records.decision import SYSTEM_ONE
from lib.store.judge import caps, judges, runs, verdicts
from lib.store.judge import noise as stored
from lib.workflow.judge import comparing, judging, kinds, noise
from tests.support.commands import CommandLine
from tests.support.endpoint import default_plan, verdict
from tests.support.ownership import public, reads_its_own
from tests.support.pages import click, said
from tests.support.running import PATIENCE, add_traces, asked, execute, queued
from tests.support.steps import say

pytestmark = pytest.mark.usefixtures("endpoint_env")
JUDGE = judging.DEFAULT_JUDGE


def fickle(*inputs: str):
    """A judge that says the opposite of what it said the time before on these traces."""
    seen: dict[str, int] = {}

    def plan(body: dict):
        trace = asked(body)
        if trace not in inputs:
            return default_plan(body)
        seen[trace] = seen.get(trace, 0) + 1
        return verdict("pass" if seen[trace] % 2 else "fail")

    return plan


@pytest.fixture
def measured(db, endpoint):
    """A run of ten traces and two repeats, of which the judge contradicts itself on two."""
    endpoint.plan = fickle("question 3.", "question 7.")
    first = execute(db, queued(db, 10).id)
    for run in noise.repeat(db, first.id, 2, "press"):
        execute(db, run.id)
    return first


def test_the_same_is_asked_again_and_nothing_is_taken_over(db, endpoint, measured):
    assert endpoint.calls == 30
    found = noise.of(db, measured.id)
    assert (found.runs, found.repeated, found.noisy) == ((1, 2, 3), 10, {"t3", "t7"})
    assert noise.of(db, 3).noisy == {"t3", "t7"} and found.share.value == 0.2
    # Wilson for 2 of 10.
    assert (found.share.low, found.share.high) == (pytest.approx(0.0355, abs=1e-4), pytest.approx(0.5098, abs=1e-4))


def test_a_repeat_is_the_run_once_more_and_a_double_click_repeats_nothing(db, endpoint):
    first = queued(db, 6, limit=4, concurrency=3)
    caps.put(db, first.id, Caps(calls=4))
    add_traces(db, 2, first=6)
    made = noise.repeat(db, first.id, 2, "press")
    assert [run.id for run in noise.repeat(db, first.id, 2, "press")] == [run.id for run in made] == [2, 3]
    for run in made:
        assert (run.total, run.concurrency, run.anew, run.reused, caps.of(db, run.id)) == (4, 3, True, 0, Caps(calls=4))
        assert runs.pending(db, run.id) == runs.pending(db, first.id)
    assert noise.of(db, first.id).under_way == (1, 2, 3)
    nothing = noise.of(db, first.id)
    assert nothing.share.value is None and "judged twice" in nothing.share.why


def test_what_was_taken_over_and_what_another_version_said_is_no_repeat(db, endpoint, measured):
    execute(db, judging.start_run(db, JUDGE).id)
    assert noise.of(db, 1).repeated == 10 and noise.of(db, 4).noisy == {"t3", "t7"}
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE + " Be strict.")
    other = execute(db, judging.start_run(db, JUDGE).id)
    assert (noise.of(db, other.id).runs, noise.of(db, other.id).repeated) == ((other.id,), 0)


@pytest.mark.parametrize(("times", "words"), [(0, "between 1 and 10"), (11, "between 1 and 10")])
def test_a_number_of_repeats_has_bounds(db, times, words):
    run = queued(db, 2)
    with pytest.raises(UsageError, match=words):
        noise.repeat(db, run.id, times)


def test_another_address_is_refused_and_so_are_recorded_verdicts(db, endpoint, monkeypatch):
    run = queued(db, 2)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    with pytest.raises(UsageError, match="another one is set now"):
        noise.repeat(db, run.id, 1)
    with pytest.raises(UsageError, match="recorded elsewhere"):
        noise.repeat(db, judges.recorded_run(db, "GPT-4"), 1)
    assert len(runs.every(db)) == 2


def test_flips_within_the_noise_of_either_version_are_told_apart(db, endpoint, measured):
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE + " Be strict.")
    first = {f"question {n}.": row[0] for n, row in enumerate(
        db.rows("select outcome from verdicts where run = 1 order by trace"))}
    opposite = {"pass": "fail", "fail": "pass"}
    endpoint.plan = lambda body: verdict(
        opposite[first[asked(body)]] if asked(body) in ("question 3.", "question 5.") else first[asked(body)])
    second = execute(db, judging.start_run(db, JUDGE).id)
    for number in range(10):
        say(db, f"t{number}", first[f"question {number}."])
    found = comparing.compare(db, 1, second.id)
    assert (found.fixed, found.broken, found.within_noise) == (0, 2, 1)
    assert (found.p, found.p_without) == (0.5, 1.0)
    assert [row.trace for row in found.rows if row.noisy] == ["t3", "t7"]
    told = json.loads(CommandLine(db.path)("compare", 1, second.id, "--json").stdout)
    assert (told["within_noise"], told["p"], told["p_without_noise"]) == (1, 0.5, 1.0)


def test_the_command_tells_the_noise_and_queues_repeats(db, endpoint, measured):
    cli = CommandLine(db.path)
    told = json.loads(cli("noise", 1, "--json").stdout)
    assert (told["runs"], told["repeated"], told["noisy"], told["queued"]) == ([1, 2, 3], 10, ["t3", "t7"], [])
    assert "2 of 10 traces" in cli("noise", 1, "--repeat", 2).stdout
    ended = cli("resume", 4, 5).stdout
    assert "run 4: done, 10 of 10" in ended and "run 5: done, 10 of 10" in ended and endpoint.calls == 50


def test_the_bench_tells_the_noise_and_repeats_a_run_in_one_process(db, endpoint, measured, visit):
    say(db, "t0", "pass")
    bench = visit(db.path, "judge", view="Bench", run="1")
    assert "contradicts itself on **2 of 10** traces" in said(bench)
    click(bench, "Repeat it")
    assert [run.anew for run in runs.every(db)] == [True, True, True, True, False]
    for thread in threading.enumerate():
        if thread.name == "Run 4":
            thread.join(PATIENCE)
    assert [runs.get(db, number).status for number in (4, 5)] == [DONE, DONE] and endpoint.calls == 50
    assert noise.of(db, 1).runs == (1, 2, 3, 4, 5)


def fill(store, word: str) -> None:
    add_traces(store, 3)
    key = judges.save_prompt(store, JUDGE, judging.DEFAULT_TEMPLATE).key
    first = runs.create(store, key, "m", "embedded")
    for run in (first, runs.again(store, first)):
        for trace in runs.pending(store, run):
            verdicts.save(store, run, trace, verdicts.Verdict("pass" if run == first else "fail", word))
    decides = kinds.save(store, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not."))
    first = runs.create(store, decides.key, "m", "embedded")
    for run, p in ((first, 0.7), (runs.again(store, first), 0.6)):
        for trace in runs.pending(store, run):
            verdicts.save(store, run, trace, verdicts.Verdict("pass", p_pass=p))


READS = {
    "noise.alike": lambda s: stored.alike(s, 1),
    "noise.moved": lambda s: stored.moved(s, 3),
    "noise.repeated": lambda s: stored.repeated(s, 1),
    "noise.reordered": lambda s: stored.reordered(s, 1),
}


@pytest.mark.parametrize("name", READS)
def test_what_another_project_was_asked_is_not_seen(db, name):
    reads_its_own(db, fill, READS[name])
    other = db.of(2)
    assert stored.alike(other, 1) == stored.repeated(other, 1) == stored.reordered(other, 1) == []
    assert len(stored.moved(db, 3)) == 3 and stored.moved(other, 3) == []
    assert READS.keys() == public(stored)
