"""The command line of a watch: what it says, its exit codes, and a process that reads on until it is told to end."""

import json
import os
import signal
import threading
from time import monotonic

import pytest

from lib.store.dataset import traces
from lib.workflow.dataset import sources
from tests.support.commands import CommandLine
from tests.support.errors.watched import fails_wrong, log_in
from tests.support.otlp import asked, receiving, request
from tests.support.platforms import Refusal
from tests.support.running import PATIENCE, command
from tests.support.steps import fresh


@pytest.fixture
def db(db, endpoint_env):
    return fails_wrong(db, endpoint_env)


@pytest.fixture
def cli(db) -> CommandLine:
    return CommandLine(db.path)


@pytest.fixture
def log(tmp_path):
    return log_in(tmp_path)


def write(log, days: range, wrong: int, n: int = 10) -> None:
    with log.open("a") as file:
        for day in days:
            for number in range(n):
                file.write(json.dumps({
                    "id": f"d{day}-{number}", "input": f"question {day} {number}", "note": [day],
                    "output": "wrong" if number < wrong else "right",
                    "created_at": f"2026-03-{day:02}T09:00:00Z"}) + "\n")


def test_it_is_added_listed_read_and_removed(cli, log):
    write(log, range(1, 4), 1)
    said = cli("watch", "add", "app", log, "--share", 0.5, "--seed", 7, "--most-calls", 100).stdout
    assert "50% judged by desired outcome (seed 7); its first file is jsonl" in said
    said = cli("watch", "run", "--once").stdout
    assert "app: app.jsonl: 30 new traces, 0 already stored." in said and "of 30 new traces drawn to be judged" in said
    [one] = cli.json("watch", "list")["watches"]
    assert (one["name"], one["settings"]["seed"], one["judged"]) == ("app", 7, one["drawn"]) and 5 < one["drawn"] < 25
    assert "caps: 100 calls a day" in cli("watch", "list").stdout
    assert "nothing new" in cli("watch", "run", "app", "--once").stdout
    assert "what it brought stays" in cli("watch", "remove", "app").stdout
    assert cli.json("watch", "list")["watches"] == [] and cli.json("traces")["total"] == 30


def test_a_column_that_is_not_read_is_said(cli, log):
    write(log, range(1, 2), 0)
    cli("watch", "add", "app", log)
    assert "not read: " in cli("watch", "run", "--once").stdout


def test_an_alert_ends_with_exit_code_4_once(cli, log):
    write(log, range(1, 15), 1)
    cli("watch", "add", "app", log, "--share", 1)
    cli("watch", "run", "--once")
    write(log, range(15, 22), 4)
    said = cli("watch", "run", "--once", code=4).stdout
    assert "app: ALERT. app: the judge desired outcome passes 60%" in said
    assert "nothing new" in cli("watch", "run", "--once").stdout
    assert "alert\tapp: the judge" in cli("watch", "list").stdout
    [alert] = cli.json("watch", "list")["alerts"]
    assert alert["found"]["p"] < 0.0003


def test_a_file_that_is_refused_ends_with_exit_code_1(cli, log):
    write(log, range(1, 2), 1)
    log.with_name("broken.json").write_text("[{")
    cli("watch", "add", "app", log.parent)
    assert "broken.json was not read" in cli("watch", "run", "--once", code=1).stdout


@pytest.mark.parametrize(("words", "said"), [
    (["add", "app", "nowhere"], "There is no file or folder"),
    (["add", "app", ".", "--every", "soon"], "a time like 90s"),
    (["add", "app", ".", "--window", "90m"], "--window is whole days"), (["run", "app"], "There is no watch 'app'"),
    (["run"], "There is no watch in this project yet"), (["remove", "app"], "There is no watch 'app'")])
def test_what_does_not_fit_is_refused_in_a_sentence(cli, words, said):
    assert said in cli.refused("watch", *words)


def test_it_reads_on_until_it_is_told_to_end(db, cli, log):
    write(log, range(1, 2), 0)
    cli("watch", "add", "app", log, "--share", 1, "--every", "1s")
    process = command(db, "watch", "run")
    try:
        wait_for(db, 10)
        write(log, range(2, 4), 0)
        wait_for(db, 30)
    finally:
        process.send_signal(signal.SIGTERM)
        out, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, wrong
    assert "10 new traces" in out and "from byte" in out and "Traceback" not in wrong


def wait_for(store, n: int) -> None:
    latest = monotonic() + PATIENCE
    while traces.count(fresh(store.path).of(store.project)) < n:
        assert monotonic() < latest, "the watch reads nothing"
        threading.Event().wait(0.1)


def test_ctrl_c_ends_it(db, cli, log):
    write(log, range(1, 2), 0)
    cli("watch", "add", "app", log, "--every", "1h")
    process = command(db, "watch", "run")
    wait_for(db, 10)
    os.kill(process.pid, signal.SIGINT)
    _, wrong = process.communicate(timeout=PATIENCE)
    assert process.returncode in (0, 1, 130) and "Traceback" not in wrong


def test_a_watch_pulls_from_a_source_and_judges_what_came_since(cli, db, platforms):
    platform = platforms("phoenix")
    sources.add(db, "there", "phoenix", platform.url, "shop")
    cli("source", "pull", "there")
    assert "no source 'nobody'" in cli.refused("watch", "add", "app", "source:nobody")
    cli("watch", "add", "app", "source:there", "--share", 1)
    platform.count = 9
    platform.refusals.append(Refusal(403))
    assert "source there was not read" in cli("watch", "run", "--once", code=1).output
    said = cli("watch", "run", "--once").stdout
    assert "source there: 2 new traces, 7 already stored" in said and "2 of 2 new traces drawn" in said
    [one] = cli.json("watch", "list")["watches"]
    assert (one["place"], one["drawn"], one["judged"]) == ("source:there", 2, 2)


def test_a_watch_is_of_what_is_received(cli, db):
    cli("watch", "add", "live", "received", "--share", 1)
    with receiving(db) as server:
        server.post(request(asked(1), asked(2)))
        server.ends()
    cli("watch", "run", "--once")
    [one] = cli.json("watch", "list")["watches"]
    assert (one["drawn"], one["judged"]) == (2, 2)
