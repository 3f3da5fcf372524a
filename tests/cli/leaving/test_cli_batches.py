"""Batch files on the command line: written, read back, shown, sent and cancelled."""

import json

import pytest

from lib.workflow.judge import judging
from tests.support.commands import CommandLine
from tests.support.endpoint import verdict
from tests.support.judge.batch_service import BatchService
from tests.support.running import add_traces

RUN = ("run", "--judge", judging.DEFAULT_JUDGE, "--split", "all", "--batch")


@pytest.fixture
def cli(db) -> CommandLine:
    """Six traces and the first judge."""
    add_traces(db, 6)
    judging.ensure_judge(db)
    return CommandLine(db.path)


@pytest.fixture
def service(monkeypatch):
    """A service with batches, named in the environment."""
    found = BatchService()
    monkeypatch.setenv("OPENAI_BASE_URL", found.url)
    yield found
    found.close()


def answers(path, target):
    """The replies to a file of requests."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    target.write_text("".join(json.dumps({"custom_id": line["custom_id"], "error": None, "response": {
        "status_code": 200, "body": verdict("pass").body}}) + "\n" for line in lines))
    return lines


def test_a_file_of_another_kind_and_the_requests_themselves_are_refused_and_store_nothing(cli, tmp_path):
    cli(*RUN, "--into", tmp_path / "out", "--model", "org/model")
    sent, other = tmp_path / "out" / "run-1-0001.jsonl", tmp_path / "gate.xml"
    other.write_text("<testsuites/>\n")
    assert "holds requests as they were sent and no replies" in cli.refused("batch", "read", 1, sent, code=1)
    assert "is no file of replies" in cli.refused("batch", "read", 1, other, code=1)
    assert "paused\t0/6\t0 errors" in cli("runs").stdout
    answers(sent, tmp_path / "replies.jsonl")
    (tmp_path / "both.jsonl").write_text((tmp_path / "replies.jsonl").read_text() + "cut o\n")
    assert "6 verdicts, 1 line that cannot be read (7)" in cli("batch", "read", 1, tmp_path / "both.jsonl").stdout


def test_files_for_a_machine_of_ones_own_come_back(cli, tmp_path):
    done = cli(*RUN, "--into", tmp_path / "out", "--model", "org/model")
    path = tmp_path / "out" / "run-1-0001.jsonl"
    assert f"{path}\t6 requests\t" in done.stdout and "then: batch read 1 FILE" in done.stderr
    [line, *_] = answers(path, tmp_path / "replies.jsonl")
    assert line["body"]["model"] == "org/model" and line["url"] == "/v1/chat/completions"
    assert "written for another machine: file 1 is written" in cli("batch", "show", 1).stdout
    assert "was written into files for another machine" in cli.refused("resume", 1)
    read = cli("batch", "read", 1, tmp_path / "replies.jsonl")
    assert "6 verdicts" in read.stdout and "run 1: done, 6 of 6 judged, 0 errors" in read.stdout
    found = cli.json("batch", "read", 1, tmp_path / "replies.jsonl")
    assert (found["files"][0]["there"], found["done"], found["status"]) == (6, 6, "done")
    assert cli.json("batch", "show", 1)["way"] == "files"


def test_what_was_not_answered_is_written_once_more_in_smaller_files(cli, tmp_path):
    cli(*RUN, "--into", tmp_path / "out", "--model", "m")
    again = cli("batch", "write", 1, tmp_path / "again", "--requests", 4).stdout
    assert again.count("run-1-") == 2 and "4 requests" in again and "2 requests" in again


def test_a_run_through_the_service_says_how_it_ended(cli, service):
    dry = cli(*RUN, "--dry-run").stdout
    assert "It is asked in batches and comes within a day." in dry
    done = cli(*RUN)
    assert done.stdout == "run 1: done, 6 of 6 judged, 0 errors\n" and "file 1: completed: 6 verdicts" in done.stderr
    assert cli.json("batch", "show", 1)["files"][0]["batch"] == "batch_1"
    assert "there is nothing to cancel" in cli.refused("batch", "cancel", 1)
    assert "nothing is unknown" in cli.refused("batch", "settle", 1, 1, "--not-there")
    assert "Say --id ID or --not-there" in cli.refused("batch", "settle", 1, 1)


def test_what_cannot_be_asked_in_batches_is_refused(cli, service):
    assert "takes no batches" in cli.refused(*RUN, "--endpoint", "embedded")
    assert "--into belongs to --batch" in cli.refused(*RUN[:-1], "--into", "x")
    assert "Name the model with --model" in cli.refused(*RUN, "--into", "x")
    cli(*RUN[:-1])
    assert "is not asked in batch files" in cli.refused("batch", "show", 1)
    assert "was never written into batch files" in cli.refused("batch", "read", 1, "x")
