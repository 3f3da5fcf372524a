"""A canary key that the endpoint echoes in every reply and error turns up nowhere: not stored, said or exported."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from lib.store import jobs, projects
from lib.store.judge import runs
from lib.workflow import endpoints
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support.commands import CommandLine
from tests.support.endpoint import Answer, completion, cut, error, inputs, refusal, reset, verdict
from tests.support.running import PATIENCE, add_traces, command, execute, queued, written
from tests.support.secrets import CANARY, ESCAPED, found_in
from tests.support.steps import say

ECHOES = {
    "a verdict": verdict("fail", f"Your key is {CANARY}."), "prose": completion(f"No: {CANARY}"),
    "a refusal": refusal(f"I refuse {CANARY}"), "a cut verdict": completion(f'{{"critique": "{CANARY}', "length"),
    "half a verdict": completion(f'{{"critique": "{CANARY}'),
    "a page": Answer(200, f"<!doctype html>{CANARY}", {"Content-Type": "text/html"}),
    "escapes": Answer(200, f'{{"choices": "{ESCAPED}"}}'),
    "escapes in a verdict": Answer(200, json.dumps(verdict("fail", "MARK").body).replace("MARK", ESCAPED)),
    "a model's name": Answer(body={**verdict("pass").body, "model": CANARY}),
    "no credit": error(429, f"{CANARY} is out of credit", code="insufficient_quota"),
    "a bad key": error(401, f"Incorrect API key provided: {CANARY}"), "forbidden": error(403, f"{CANARY} may not"),
    "no model": error(404, f"no model for {CANARY}"), "a parameter": error(400, f"bad {CANARY}", param=CANARY),
    "too long": error(400, f"{CANARY} is too long", code="context_length_exceeded"),
    "a bad request": error(400, f"strange: {CANARY}"), "a filter": error(400, CANARY, code="content_filter"),
    "a fault": error(500, f"Traceback: key={CANARY}"), "a fault in text": Answer(502, f"upstream {CANARY}"),
    "slow down": error(429, f"{CANARY} is too fast", retry_after=0),
    "a redirect": Answer(307, "", {"Location": f"http://127.0.0.1:9/{CANARY}"}), "a reset": reset(), "a cut": cut()}


@pytest.fixture
def project(db):
    """A project whose traces are all labelled, so that its judge has figures."""
    add_traces(db, 6)
    judging.ensure_judge(db)
    for number in range(6):
        say(db, f"t{number}", "pass")
    return db


def test_a_key_that_is_stored_would_be_found(project, tmp_path):
    say(project, "t0", "fail", critique=f"the key is {CANARY}")
    assert {"plumbline.db-wal"} <= {*found_in(tmp_path)}


def everything_said(store, folder: Path) -> str:
    """What the command line says of the project, and all its exports as files beside the database."""
    cli = CommandLine(store.path)
    for what in exchange.EXPORTS:
        for ending in ("csv", "jsonl"):
            cli("export", what, folder / f"{what}.{ending}", project="Test")
    cli("backup", folder / "copy.db", project="Test")
    results = [cli(*words, project="Test") for words in (
        ["runs"], ["runs", "--json"], ["traces"], ["agreement", "--run", 1], ["rates", "--source", "judge"])]
    return "".join(result.output for result in results)


@pytest.mark.parametrize("name", ECHOES)
def test_a_key_that_is_echoed_is_stored_and_said_nowhere(project, endpoint_env, tmp_path, name):
    endpoint_env.plan = ECHOES[name]
    run = execute(project, queued(project, 0, concurrency=2).id)
    assert endpoint_env.chats[0].headers["authorization"] == f"Bearer {CANARY}"
    if run.done == 0:  # a paused run has no rate; one reply gives it one
        endpoint_env.plan = [verdict("pass"), ECHOES[name]]
        judging.ready_to_resume(project, run.id)
        execute(project, run.id)
    assert CANARY not in repr(runs.every(project)) + everything_said(project, tmp_path)
    assert found_in(tmp_path) == []


@pytest.mark.parametrize("name", ["a bad key", "a verdict"])
def test_the_process_of_a_run_says_it_on_no_stream(project, endpoint_env, tmp_path, name):
    endpoint_env.plan = ECHOES[name]
    with command(project, "run", "--judge", judging.DEFAULT_JUDGE, "--limit", 2) as process:
        out, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode == (1 if name == "a bad key" else 0)
    assert CANARY not in out + wrong and found_in(tmp_path) == []


def test_a_fault_of_ours_shows_no_key_in_its_traceback(project, endpoint_env, tmp_path):
    """The key is a local of the frames that fail: a traceback names lines, never values."""
    code = ("import sys\nfrom lib.engine import runner\nfrom lib.store import open_store\n"
            "def burst(): raise RuntimeError('the bar broke')\n"
            "runner.execute(open_store(sys.argv[1]).of(int(sys.argv[2])), int(sys.argv[3]), moved=burst)\n")
    run = queued(project, 0)
    done = subprocess.run([sys.executable, "-c", code, str(project.path), str(project.project), str(run.id)],
                          capture_output=True, text=True, timeout=PATIENCE, env=os.environ, check=False)
    assert "RuntimeError" in done.stderr and CANARY not in done.stdout + done.stderr
    assert found_in(tmp_path) == []


@pytest.mark.parametrize("name", ["prose", "a refusal", "half a verdict", "a page", "a bad key", "a fault"])
def test_a_generator_that_echoes_the_key_leaves_no_trace_of_it(project, endpoint_env, tmp_path, name):
    endpoint_env.plan = ECHOES[name]
    job = written(project, {"feature": "orders"})
    assert (job.done, job.errors) == (0, 0) if name == "a bad key" else (1, 1)
    assert CANARY not in repr((job, jobs.items(project, job.id))) + CommandLine(project.path)("jobs").output
    assert found_in(tmp_path) == []


def test_an_input_that_holds_the_key_is_stored_without_it(project, endpoint_env, tmp_path):
    endpoint_env.plan = inputs(f"My key is {CANARY}", "another")
    written(project, n=2)
    assert project.value("select count(*) from proposals where input = 'My key is [key]'") == 1
    assert found_in(tmp_path) == []


@pytest.mark.parametrize("models", [
    error(401, f"Incorrect API key provided: {CANARY}"), error(500, CANARY), Answer(200, CANARY),
    [{"id": f"model-{CANARY}", "owned_by": CANARY}], Answer(200, f'{{"data": [{{"id": "{ESCAPED}"}}]}}')])
def test_a_list_of_models_that_echoes_the_key_does_not_show_it(project, endpoint_env, tmp_path, models):
    endpoint_env.models = models
    cli = CommandLine(project.path)
    for words in (["--model", "nonsense"], []):
        result = cli.call("run", "--judge", judging.DEFAULT_JUDGE, "--limit", 1, *words, project="Test")
        assert CANARY not in result.output
    assert found_in(tmp_path) == []


def test_settings_and_endpoints_never_hold_the_key(project, endpoint_env):
    shown = repr((endpoints.endpoints(project), endpoints.choice(project), projects.setting(project, "model")))
    assert CANARY not in shown and endpoint_env.url in shown
