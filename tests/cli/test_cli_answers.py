"""The command line's AI system: systems, system-add, answer, jobs, job-resume; and its key, which turns up nowhere."""

import json

import pytest

from lib.records import SPLITS
from lib.store import jobs
from lib.store.dataset import systems, traces
from lib.workflow.dataset import answering
from tests.support.ai_system import SECRET, SPELLED
from tests.support.answering import answered, http_system, inputs
from tests.support.commands import CommandLine
from tests.support.endpoint import Answer, completion, error
from tests.support.running import PATIENCE, command
from tests.support.secrets import found_in


@pytest.fixture
def cli(db) -> CommandLine:
    """Five inputs without an answer."""
    inputs(db, 5)
    return CommandLine(db.path)


def add(cli: CommandLine, server, version: str = "v1", *words: object):
    return cli("system-add", version, "--kind", "http", "--set", f"url={server.url}/ask", "--set", "answer=$.answer",
               *words)


def test_a_version_is_added_listed_and_answers(cli, db, ai_system):
    assert add(cli, ai_system).stdout == f"v1: http, {ai_system.url}/ask\n"
    result = cli("answer", "--system", "v1")
    assert result.stdout == "job 1: done, 5 of 5 calls made, 0 errors\n"
    assert f"job 1: 5 inputs for v1, {ai_system.url}/ask" in result.stderr and len(answered(db)) == 5
    assert f"v1\thttp\t{ai_system.url}/ask" in cli("systems").stdout
    [system] = cli.json("systems")["systems"]
    assert (system["version"], system["kind"], system["config"]["method"]) == ("v1", "http", "POST")
    [job] = cli.json("jobs")["jobs"]
    assert (job["kind"], job["status"], job["done"], job["config"]) == (
        "answer", "done", 5, {"version": "v1", "again": False})
    assert "1\tanswer\tdone\t5/5\t0 errors" in cli("jobs").stdout


def test_limit_split_and_again_choose_the_inputs(cli, db, ai_system):
    add(cli, ai_system), add(cli, ai_system, "v2")
    cli("answer", "--system", "v1", "--limit", 2, "--concurrency", 1)
    assert answered(db) == ["i0", "i1"]
    split = traces.get(db, "i4").split
    cli("answer", "--system", "v1", "--split", split)
    assert {traces.get(db, trace).split for trace in answered(db)[2:]} <= {split}
    cli("answer", "--system", "v2", "--again")
    assert len([trace for trace in answered(db) if trace.endswith("@v2")]) + len(
        [trace for trace in answered(db) if traces.get(db, trace).system_version == "v2" and "@" not in trace]) == 5
    assert "Every input was answered by v2 already." in cli.refused("answer", "--system", "v2", "--again")


def test_a_body_may_come_from_a_file(cli, db, ai_system, tmp_path):
    (tmp_path / "body.json").write_text('{"input": {{ input }}, "who": {{ persona }}}')
    add(cli, ai_system, "v1", "--set-file", f"body={tmp_path / 'body.json'}")
    cli("answer", "--system", "v1", "--limit", 1)
    assert ai_system.ledger[0].body == {"input": "input 0.", "who": traces.get(db, "i0").dimensions["persona"][0]}
    assert "cannot be read as text" in cli.refused("system-add", "v2", "--kind", "http", "--set-file", "body=none.json")


def test_a_callable_is_given_on_the_command_line(cli, db):
    cli("system-add", "p1", "--kind", "python", "--callable", "tests.support.callables:knows")
    with command(db, "answer", "--system", "p1", "--callable", "tests.support.callables:knows") as process:
        said, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, wrong
    assert said == "job 1: done, 5 of 5 calls made, 0 errors\n"
    assert traces.get(db, "i1").output == f"input 1. for {traces.get(db, 'i1').dimensions['persona'][0]}"


def test_a_callable_that_is_not_the_versions_is_refused_and_the_job_goes_on_with_the_right_one(cli, db):
    cli("system-add", "p1", "--kind", "python", "--callable", "tests.support.callables:says")
    for words in (("answer", "--system", "p1"), ("job-resume", 1)):
        with command(db, *words, "--callable", "os:system") as process:
            _, wrong = process.communicate(timeout=PATIENCE)
        assert process.returncode == 2 and "This version is for tests.support.callables:says" in wrong
    assert jobs.get(db, 1).status == "paused" and answered(db) == []
    with command(db, "job-resume", 1, "--callable", "tests.support.callables:says") as process:
        assert "done, 5 of 5" in process.communicate(timeout=PATIENCE)[0]


@pytest.mark.parametrize(("words", "said"), [
    (["answer", "--system", "v9"], "no version 'v9' of the AI system. Versions: none yet"),
    (["answer"], "--system"), (["job-resume", "9"], "There is no job 9"),
    (["system-add", "v1", "--kind", "grpc"], "Kinds: openai, http, python"),
    (["system-add", "v1", "--kind", "openai", "--set", "model"], "write FIELD=VALUE"),
    (["system-add", "v1", "--kind", "openai", "--set", "model=m"], "Address is missing"),
    (["system-add", "v1", "--kind", "openai", "--set", "colour=red"], "'colour' is no field of the kind 'openai'"),
    (["system-add", "v1", "--kind", "python"], "No callable is named")])
def test_what_does_not_fit_is_bad_usage(cli, words, said):
    assert said in cli.refused(*words)


def test_a_paused_job_exits_with_1_says_why_and_is_resumed(cli, db, ai_system, monkeypatch):
    add(cli, ai_system, "v1", "--set", 'headers={"X-Api-Key": "${SHOP_KEY}"}')
    assert "SHOP_KEY is not set" in cli.refused("answer", "--system", "v1")
    monkeypatch.setenv("SHOP_KEY", SECRET)
    plan, ai_system.plan = ai_system.plan, error(401, "expired")
    result = cli("job-resume", 1, code=1)
    assert result.stdout.startswith("job 1: paused, 0 of 5 calls made, 0 errors. The AI system refuses the call")
    ai_system.plan = plan
    assert cli("job-resume", 1).stdout == "job 1: done, 5 of 5 calls made, 0 errors\n"
    assert "Job 1 is done: there is nothing to resume." in cli.refused("job-resume", 1)


def test_jobs_marks_a_job_whose_process_is_gone(cli, db, ai_system):
    http_system(db, ai_system, "v1")
    jobs.set_status(db, answering.start(db, "v1").id, "running")
    [found] = cli.json("jobs")["jobs"]
    assert (found["status"], found["message"]) == ("interrupted", "its process ended before the job did")


def test_inputs_are_exported_answered_by_hand_and_imported(cli, db, tmp_path, make_trace):
    file = tmp_path / "inputs.jsonl"
    cli("export", "inputs", file)
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert [row["id"] for row in rows] == [f"i{n}" for n in range(5)] and not any(row["output"] for row in rows)
    file.write_text("\n".join(json.dumps({**row, "output": f"by hand: {row['id']}"}) for row in rows[:3]))
    assert "0 new traces, 3 of earlier traces answered" in cli("import", file).stdout
    assert traces.get(db, "i2").output == "by hand: i2" and traces.get(db, "i2").context == {"order": 2}
    cli("export", "inputs", file)
    assert [json.loads(line)["id"] for line in file.read_text().splitlines()] == ["i3", "i4"]


ECHOES = {
    "an answer": Answer(body={"answer": f"my key is {SECRET}", "talk": [{"role": "assistant", "content": SECRET}]}),
    "escapes": Answer(200, json.dumps({"answer": "MARK"}).replace("MARK", SPELLED)),
    "a page": Answer(200, f"<p>{SECRET}"),
    "escapes nobody reads": Answer(200, f'{{"no": "{SPELLED}"}}'), "a bad key": error(401, f"not {SECRET}"),
    "nothing there": error(404, SECRET), "a fault": error(500, f"key={SECRET}", retry_after=0),
    "a rejection": error(422, SECRET), "slow down": error(429, SECRET, retry_after=0),
    "a redirect": Answer(302, SECRET, {"Location": f"/{SECRET}"})}


@pytest.mark.parametrize("name", ECHOES)
def test_a_key_the_ai_system_echoes_turns_up_nowhere(cli, db, ai_system, tmp_path, monkeypatch, name):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    add(cli, ai_system, "v1", "--set", 'headers={"Authorization": "Bearer ${SHOP_KEY}"}', "--set", "messages=$.talk")
    ai_system.plan = ECHOES[name]
    result = cli.call("answer", "--system", "v1", "--limit", 1)
    assert ai_system.ledger[0].headers["authorization"] == f"Bearer {SECRET}"
    said = result.output + cli("systems", "--json").output + cli("jobs", "--json").output + repr(jobs.items(db, 1))
    cli("export", "traces", tmp_path / "traces.csv")
    assert SECRET not in said and SPELLED not in said
    assert not [path for path in tmp_path.iterdir() for key in (SECRET, SPELLED) if key.encode() in path.read_bytes()]
    assert found_in(tmp_path) == []


def test_the_key_of_a_chat_endpoint_is_stored_nowhere_either(cli, db, endpoint, tmp_path, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    cli("system-add", "v1", "--kind", "openai", "--set", f"base_url={endpoint.url}", "--set", "model=m", "--set",
        "key_variable=SHOP_KEY", "--set", "system_prompt=Be kind.")
    endpoint.plan = completion(f"key {SECRET}", tool_calls=[{"function": {"name": "f", "arguments": SECRET}}])
    cli("answer", "--system", "v1")
    assert traces.get(db, "i0").output == "key [key]" and systems.get(db, "v1").config["key_variable"] == "SHOP_KEY"
    assert not [path.name for path in tmp_path.iterdir() if SECRET.encode() in path.read_bytes()]
    assert traces.get(db, "i0").split in SPLITS
