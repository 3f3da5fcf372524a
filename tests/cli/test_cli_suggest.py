"""Suggestions on the command line: a draft is printed and stored, goes on where it stopped, and changes no prompt."""

import threading

import pytest

from lib.records import INTERRUPTED, QUEUED, Caps
from lib.store.judge import judges, prompt_drafts, suggestions
from lib.workflow.judge import suggesting
from tests.support.commands import CommandLine
from tests.support.endpoint import error
from tests.support.running import PATIENCE, Gate, command, nth_call
from tests.support.suggesting import drafted, labelled, learner, restless

GOOD = drafted(guidelines=[{"rule": "Bad is a fail.", "critiques": [1]}])


@pytest.fixture
def cli(db) -> CommandLine:
    labelled(db)
    return CommandLine(db.path)


def judge(db) -> str:
    return judges.every(db)[0]


def test_a_draft_is_printed_and_stored_and_changes_no_prompt(cli, db, endpoint_env):
    endpoint_env.plan = GOOD
    assert cli("suggest", "--judge", judge(db)).stdout == "- Bad is a fail.\n"
    [one] = cli.json("suggestions")["suggestions"]
    assert (one["kind"], one["status"], one["calls"], one["result"]["shown"]) == ("guidelines", "done", 1, 4)
    assert len(judges.prompts(db, judge(db))) == 1 and prompt_drafts.newest(db, judge(db)) is None
    assert "guidelines\ttest-model\tdone\t1 call" in cli("suggestions").stdout


def test_a_search_prints_the_best_prompt(cli, db, endpoint_env):
    endpoint_env.plan = learner()
    said = cli("suggest", "--judge", judge(db), "--kind", "search", "--most-calls", 100).stdout
    assert "- An answer that is bad is a fail." in said and "{{ trace }}" in said


def test_a_search_that_a_cap_stopped_prints_the_best_so_far_and_goes_on_within_new_caps(db, endpoint_env):
    labelled(db, 12)
    cli = CommandLine(db.path)
    endpoint_env.plan = restless()
    ended = cli("suggest", "--judge", judge(db), "--kind", "search", "--most-calls", 50, "--most-tokens", 6_000)
    assert "{{ trace }}" in ended.stdout and "no price in Settings, Models" in ended.stderr
    assert "The cap of 50 calls is reached. The search stopped there, and the best so far is kept" in ended.stderr
    assert endpoint_env.calls == 50
    [found] = suggestions.every(db)
    endpoint_env.plan = learner()
    assert "- An answer that is bad is a fail." in cli("suggest", found.id, "--most-calls", 400).stdout
    assert suggestions.get(db, found.id).caps == Caps(calls=400)


def test_a_cap_on_cost_without_a_price_is_refused_before_anything_is_asked(cli, db, endpoint_env):
    said = cli("suggest", "--judge", judge(db), "--kind", "search", "--most-cost", 1, code=2).stderr
    assert "A cap on cost needs a price" in said and suggestions.every(db) == [] and endpoint_env.calls == 0


def test_one_that_stopped_ends_with_1_and_goes_on_by_its_number(cli, db, endpoint_env):
    endpoint_env.plan = error(401)
    assert "refuses the key" in cli("suggest", "--judge", judge(db), code=1).stderr
    endpoint_env.plan = GOOD
    number = suggestions.every(db)[0].id
    assert "Bad is a fail." in cli("suggest", number).stdout
    assert "nothing to resume" in cli("suggest", number, code=2).stderr
    assert "no suggestion 99" in cli("suggest", 99, code=2).stderr


@pytest.mark.parametrize(("words", "said"), [
    ((), "Name either"), (("1", "--judge", "desired outcome"), "Name either"),
    (("--judge", "nobody"), "There is no judge 'nobody'"),
    (("--judge", "desired outcome", "--kind", "revision"), "judged no dev trace")])
def test_what_cannot_be_asked_is_refused_with_a_sentence(cli, db, endpoint_env, words, said):
    assert said in cli("suggest", *words, code=2).stderr and endpoint_env.calls == 0


def test_a_killed_process_is_noticed_and_its_search_goes_on_without_paying_twice(cli, db, endpoint_env):
    version = judges.newest_prompt(db, judge(db))
    started = suggesting.start(db, version, "search", wanted=Caps(calls=100), concurrency=1)
    under_way, plan = threading.Event(), learner()
    seen = iter(range(1000))

    def planned(body):
        if next(seen) == 5:
            under_way.set()
            return Gate(plan(body), threading.Event())
        return plan(body)

    endpoint_env.plan = planned
    process = command(db, "suggest", "--queued", started.id)
    assert under_way.wait(PATIENCE)
    process.kill()
    process.communicate()
    kept = len(suggestions.replies(db, started.id))
    assert kept == 5 and suggesting.settle(db) == [started.id]
    assert suggestions.get(db, started.id).status == INTERRUPTED
    endpoint_env.plan = learner()
    before = endpoint_env.calls
    suggesting.ready_to_resume(db, started.id)
    assert suggestions.get(db, started.id).status == QUEUED
    cli("suggest", "--queued", started.id)
    assert len(suggestions.replies(db, started.id)) - kept == endpoint_env.calls - before


def test_a_polite_stop_keeps_the_reply_under_way_and_says_so(cli, db, endpoint_env):
    started = suggesting.start(db, judges.newest_prompt(db, judge(db)), "search", wanted=Caps(calls=100), concurrency=1)
    plan, stopped = learner(), threading.Event()
    processes = []

    def stop():
        processes[0].terminate()
        stopped.set()

    ready = threading.Event()
    endpoint_env.plan = nth_call(5, lambda: (ready.wait(PATIENCE), stop()), plan)
    processes.append(command(db, "suggest", "--queued", started.id))
    ready.set()
    _, said = processes[0].communicate(timeout=PATIENCE)
    found = suggestions.get(db, started.id)
    assert stopped.is_set() and processes[0].returncode == 1 and "interrupted" in said
    assert (found.status, len(suggestions.replies(db, started.id))) == (INTERRUPTED, endpoint_env.calls)
