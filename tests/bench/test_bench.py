"""The bench on few traces and a short delay: what it counts is true; how long it takes is asked of no test."""

import asyncio
import json
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import suppress
from urllib.parse import urlsplit

import pytest

from lib.bench import Task
from lib.bench.endpoint import Endpoint, serving
from lib.engine.result_writer import ResultWriter
from tests.support import HOUSE
from tests.support.running import PATIENCE


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> dict:
    """What the command prints, with a key in the environment that is nobody's business there."""
    empty = tmp_path_factory.mktemp("bench")
    # A wait after 429 is a second; 80 traces meet one or two of them.
    ended = subprocess.run(
        [sys.executable, "-m", "lib", "--db", str(empty / "none.db"), "bench", "--traces", "80", "--concurrency", "4",
         "--delay", "5", "--json"], check=False, cwd=HOUSE, capture_output=True, text=True, timeout=300,
        env=os.environ | {"OPENAI_API_KEY": "sk-nobodys-business", "OPENAI_BASE_URL": "http://127.0.0.1:9/v1"})
    assert ended.returncode == 0, ended.stderr
    assert list(empty.iterdir()) == [] and "nobodys" not in ended.stdout
    return json.loads(ended.stdout)


def test_each_row_asks_for_every_trace_and_loses_none(measured):
    rows = {(row["scenario"], row["name"]): row for row in measured["rows"]}
    floors = {(scenario, name) for scenario in ("plain", "wide") for name in ("aiohttp", "AsyncOpenAI", "product")}
    assert rows.keys() == floors | {("errors", "product"), ("killed", "product")}
    for place in floors:
        row = rows[place]
        assert (row["requests"], row["paid_twice"], row["lost"]) == (80, 0, 0)
        assert row["wall_over_ideal"] >= 1 and row["cpu_per_1000"] > 0 and row["peak_mb"] > 10
    bad = rows["errors", "product"]
    # Of 0 to 79 four are turned away first (0, 20, 40, 60), and of one the first reply breaks off (63).
    assert (bad["requests"], bad["malformed"], bad["paid_twice"], bad["lost"]) == (85, 1, 1, 0)
    killed = rows["killed", "product"]
    assert killed["lost"] == 0 and 80 <= killed["requests"] <= 80 + 4 + killed["paid_twice"] and killed["wall"] is None


def test_every_target_is_told_and_the_ratio_to_the_floor(measured):
    assert measured["ratios"].keys() == {"plain", "wide"}
    for told in measured["ratios"].values():
        assert told.keys() == {"wall", "cpu", "memory"} and min(told.values()) > 0
    names = [target["name"] for target in measured["targets"]]
    assert len(names) == len(set(names)) == 17
    assert all(target["met"] == (target["value"] <= target["most"]) for target in measured["targets"])
    assert measured["task"]["ideal"] == 80 * 0.005 / 4


def asked(endpoint: Endpoint, url: str, nth: int, hang_up: bool = False) -> bytes:
    """What the endpoint replies to its nth call, of which it hangs up some while the caller waits."""
    with socket.create_connection((urlsplit(url).hostname, urlsplit(url).port), PATIENCE) as line:
        line.sendall(b"POST / HTTP/1.1\r\nContent-Length: 14\r\n\r\nbench trace 0.")
        while endpoint.seen().requests < nth:
            pass
        if hang_up:
            endpoint.hang_up()
        with suppress(ConnectionResetError):
            return line.recv(65_536)
    return b""


def hung_up() -> None:
    """Prints what two callers get, of whom the first is hung up on, and what the endpoint has booked."""
    with serving(Task(1, 1, 2)) as (endpoint, task):
        replies = [asked(endpoint, task.url, 1, hang_up=True), asked(endpoint, task.url, 2)]
        print(json.dumps([*(reply[:12].decode() for reply in replies), endpoint.seen().requests,
                          endpoint.seen().paid_twice]))


def test_what_is_sent_to_a_killed_caller_is_no_reply():
    # In a process of its own: the endpoint begins with the module that this one calls its main, a page by now.
    ended = subprocess.run([sys.executable, "-c", "from tests.bench.test_bench import hung_up; hung_up()"], cwd=HOUSE,
                           capture_output=True, text=True, timeout=PATIENCE, check=True)
    assert json.loads(ended.stdout) == ["", "HTTP/1.1 200", 2, 0]


def kept(save, *items) -> list:
    """What became of each item that was handed over, all at once."""
    async def go() -> list:
        async with ResultWriter(save) as writer:
            return await asyncio.gather(*map(writer.keep, items), return_exceptions=True)

    return asyncio.run(go())


def test_a_result_writer_saves_everything_in_order_and_says_so():
    saved = []
    assert kept(saved.extend, *range(100)) == [None] * 100 and saved == list(range(100))
    assert kept(saved.extend) == []


def test_what_nobody_waits_for_is_saved_before_the_end():
    saved = []

    async def go() -> None:
        async with ResultWriter(saved.extend) as writer:
            for item in range(100):
                writer.keep(item)

    asyncio.run(go())
    assert saved == list(range(100))


def test_what_cannot_be_saved_is_raised_where_it_is_waited_for():
    def full(_: list) -> None:
        raise sqlite3.OperationalError("disk is full")

    assert [str(error) for error in kept(full, 1, 2)] == ["disk is full"] * 2
