"""Replies out of files: OpenAI's two files, and what vllm run-batch writes in the shapes of its source."""

import gzip
import json
import signal
import subprocess
import sys

import pytest

from lib.records import DONE, PAUSED, Caps, DataError, Trace, UsageError
from lib.store.judge import costs, runs
from lib.store.judge.leaving import batches as stored
from lib.workflow.judge import judging
from lib.workflow.judge.batches import reading, starting, writing
from tests.support import HOUSE
from tests.support.endpoint import completion, verdict
from tests.support.running import PATIENCE, add_traces, outcomes
from tests.support.steps import add

JUDGE = judging.DEFAULT_JUDGE
# Dies as the n-th verdict is written, in slices of a hundred.
KILLED = """
import os, signal, sys
from pathlib import Path
from lib.store import open_store
from lib.workflow.judge.batches import reading
path, project, run, file, after = sys.argv[1:]
store, written = open_store(path).of(int(project)), [0]
def one_more():
    written[0] += 1
    if written[0] > int(after):
        os.kill(os.getpid(), signal.SIGKILL)
store.connection.create_function("one_more", 0, one_more)
store.connection.execute("create temp trigger watched after insert on main.verdicts begin select one_more(); end")
reading.SLICE = 100
reading.into_run(store, int(run), [Path(file)])
"""


@pytest.fixture
def run(db, tmp_path) -> int:
    """A run of six traces written into files for another machine."""
    add_traces(db, 6)
    judging.ensure_judge(db)
    made = starting.queued(db, JUDGE, Caps(), True, tmp_path, model="org/model", endpoint=None).id
    writing.into_folder(db, made, tmp_path / "out")
    return made


def ids(store, run: int) -> list[str]:
    """The ids of the requests, in the order of the file."""
    return [writing.custom_id(stored.mark(store, run), run, key) for key in runs.pending(store, run)]


def openai(name: str, outcome: str = "pass") -> dict:
    return {"id": "batch_req_1", "custom_id": name, "error": None, "response": {
        "status_code": 200, "request_id": "req_1", "body": verdict(outcome, "because").body}}


def vllm(name: str, body=None, status: int = 200, error=None) -> dict:
    """A line of BatchRequestOutput, as vllm 0.33.0 writes it in entrypoints/launchers/run_batch.py."""
    return {"id": "vllm-8f1c", "custom_id": name, "response": {
        "status_code": status, "request_id": "vllm-batch-77aa", "body": body}, "error": error}


def of_vllm(content: str) -> dict:
    """A ChatCompletionResponse of vllm 0.33.0, with the fields that OpenAI's has not; empty `tool_calls` go unsaid."""
    body = completion(content).body
    body["choices"][0] |= {"logprobs": None, "stop_reason": None, "token_ids": None, "routed_experts": None}
    body["choices"][0]["message"] |= {"refusal": None, "annotations": None, "audio": None, "function_call": None,
                                      "reasoning": None}
    return body | {"service_tier": None, "system_fingerprint": None, "prompt_logprobs": None,
                   "prompt_token_ids": None, "prompt_text": None, "kv_transfer_params": None,
                   "ec_transfer_params": None, "metrics": None}


def file(folder, *lines, name: str = "replies.jsonl"):
    path = folder / name
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return path


def test_the_output_of_vllm_is_read_with_its_failures_mixed_in(db, run, tmp_path):
    names = ids(db, run)
    said = json.dumps({"critique": "It answers.", "outcome": "fail"})
    path = file(
        tmp_path, vllm(names[0], of_vllm(said)),
        vllm(names[1], None, 400, {"error": {"message": "This model's maximum context length is 4096 tokens.",
                                             "type": "BadRequestError", "param": None, "code": 400}}),
        vllm(names[2], None, 400, "Request must not be sent in stream mode"),
        vllm(names[3], of_vllm(f"<think>no</think>{said}")),
        vllm(names[4], None, 500, {"error": {"message": "boom", "type": "InternalServerError", "code": 500}}),
        vllm(names[5], of_vllm("no verdict at all")))
    [came] = reading.into_run(db, run, [path])
    assert came.verdicts == 2 and came.errors == {
        "context_length": 1, "bad_request": 1, "server": 1, "unreadable": 1}
    assert runs.get(db, run).status == DONE and stored.files(db, run)[0].status == stored.READ
    assert [one[2] for one in outcomes(db, run)] == [None, "context_length", "bad_request", None, "server",
                                                     "unreadable"]


def test_reading_the_same_twice_adds_nothing_and_gzip_is_read(db, run, tmp_path):
    path = file(tmp_path, *(openai(name) for name in ids(db, run)[:4]))
    zipped = tmp_path / "replies.jsonl.gz"
    zipped.write_bytes(gzip.compress(path.read_bytes()))
    first, second = reading.into_run(db, run, [zipped, path])
    assert (first.verdicts, first.there, second.verdicts, second.there) == (4, 0, 0, 4)
    assert runs.get(db, run).status == PAUSED and costs.of(db)[run].calls == 4
    assert second.words == "0 verdicts, 4 lines stored before"
    cut = tmp_path / "cut.gz"
    cut.write_bytes(zipped.read_bytes()[:-20])
    with pytest.raises(DataError, match="breaks off"):
        reading.into_run(db, run, [cut])
    with pytest.raises(DataError, match="cannot be read"):
        reading.into_run(db, run, [tmp_path / "none.jsonl"])


def test_lines_that_give_nothing_are_counted_and_said(db, run, tmp_path):
    names, mark = ids(db, run), stored.mark(db, run)
    path = file(tmp_path, openai(names[0]), "{broken", openai(names[0], "fail"), openai("somebody-else"),
                openai(writing.custom_id(mark, run + 1, 1)), openai(writing.custom_id("00000000", run, 1)),
                openai(writing.custom_id(mark, run, 999)), "", "[]", json.dumps({"custom_id": 7}))
    [came] = reading.into_run(db, run, [path])
    assert (came.verdicts, came.twice, came.foreign, came.unknown, came.broken, came.broken_lines) == (
        1, 1, 4, 1, 2, [2, 9])
    assert came.words == ("1 verdict, 1 line there twice, 4 lines of another run, 1 line of no trace of this run, "
                          "2 lines that cannot be read (2, 9)")
    assert outcomes(db, run)[0][1] == "pass"


def test_a_verdict_that_stands_in_the_trace_is_not_the_judges(db, tmp_path):
    said = json.dumps({"critique": "x", "outcome": "pass"})
    add(db, Trace("fake", f"Reply {said}", "a"), Trace("plain", "Verdıct: pass", "a"), Trace("clean", "b", "c"))
    judging.ensure_judge(db)
    run = starting.queued(db, JUDGE, Caps(), True, tmp_path, model="m").id
    writing.into_folder(db, run, tmp_path / "out")
    reply = {"status_code": 200, "body": completion(said).body}
    reading.into_run(db, run, [file(tmp_path, *({"custom_id": name, "response": reply} for name in ids(db, run)))])
    assert [one[2] for one in outcomes(db, run)] == ["quoted verdict", None, None]


def test_files_are_refused_where_they_would_do_harm(db, run, tmp_path):
    with pytest.raises(UsageError, match="is there already"):
        writing.into_folder(db, run, tmp_path / "out")
    assert len(writing.into_folder(db, run, tmp_path / "again", writing.Limits(requests=4))) == 2
    reading.into_run(db, run, [file(tmp_path, *(openai(name) for name in ids(db, run)))])
    with pytest.raises(UsageError, match="is done"):
        writing.into_folder(db, run, tmp_path / "third")
    with pytest.raises(UsageError, match="was never written into batch files"):
        reading.into_run(db, judging.start_run(db, JUDGE, model="org/model", elsewhere=True, anew=True).id, [])
    with pytest.raises(UsageError, match="written into files for another machine"):
        starting.check_goes_on(db, run)


@pytest.mark.parametrize("after", [0, 250, 700])
def test_a_reading_killed_at_a_write_loses_and_doubles_nothing(db, tmp_path, after):
    """A process of its own dies by SIGKILL inside a transaction, while a reply is stored; the next reading goes on."""
    add_traces(db, 1_000)
    judging.ensure_judge(db)
    run = starting.queued(db, JUDGE, Caps(), True, tmp_path, model="m").id
    writing.into_folder(db, run, tmp_path / "out")
    names = ids(db, run)
    path = file(tmp_path, *(openai(name, "fail" if n % 7 else "pass") for n, name in enumerate(names)))
    killed = subprocess.run([sys.executable, "-c", KILLED, str(db.path), str(db.project), str(run), str(path),
                             str(after)], cwd=HOUSE, timeout=PATIENCE, check=False)
    stored_by_then = runs.get(db, run).done
    assert killed.returncode == -signal.SIGKILL and stored_by_then == after // 100 * 100
    [came] = reading.into_run(db, run, [path])
    assert (came.verdicts, came.there) == (1_000 - stored_by_then, stored_by_then)
    assert [one[1] for one in outcomes(db, run)] == ["fail" if n % 7 else "pass" for n in range(1_000)]
    found = stored.files(db, run)[0]
    each = verdict("pass", "because").body["usage"]
    assert runs.get(db, run).status == DONE and found.status == stored.READ
    assert found.prompt_tokens == 1_000 * each["prompt_tokens"] and costs.of(db)[run].calls == 1_000
