"""How far work is, in a real terminal and beside one: a bar with the time left there, plain lines now and then here."""

import os
import pty
import subprocess
import sys

import pytest

from lib.cli.progress import EVERY, Progress, counted_off
from lib.records.time_left import UNKNOWN
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.endpoint import verdict
from tests.support.running import PATIENCE, add_traces, written_to

RUN = ("run", "--judge", judging.DEFAULT_JUDGE, "--split", "all", "--concurrency", "1")


class Clock:
    """Seconds that pass only when a test says so."""

    def __init__(self) -> None:
        self.time = 0.0

    def __call__(self) -> float:
        return self.time


@pytest.fixture
def ten(db, endpoint_env):
    """Ten traces, the first judge, and an endpoint that takes a twentieth of a second for a reply."""
    add_traces(db, 10)
    judging.ensure_judge(db)
    endpoint_env.plan = verdict("pass", delay=0.05)
    return db


def started(db, *words: str, **streams) -> subprocess.Popen:
    return subprocess.Popen([sys.executable, "-m", "lib", "--db", str(db.path), *words], cwd=HOUSE, env=os.environ,
                            text=True, stdout=subprocess.PIPE, **streams)


def test_a_terminal_sees_the_bar_move_and_the_time_left(ten):
    ours, theirs = pty.openpty()
    process = started(ten, *RUN, stderr=theirs)
    os.close(theirs)
    shown = written_to(ours)
    out = process.communicate(timeout=PATIENCE)[0]
    assert out == "run 1: done, 10 of 10 judged, 0 errors\n"
    assert f"[{'-' * 16}] 0 of 10 judged, {UNKNOWN}" in shown
    assert "of 10 judged, about 2 seconds left" in shown
    # What comes next stands on a line of its own.
    assert shown.endswith(f"[{'#' * 16}] 10 of 10 judged\r\n")


def test_beside_a_terminal_short_work_writes_no_line_of_it(ten):
    _, wrong = started(ten, *RUN, stderr=subprocess.PIPE).communicate(timeout=PATIENCE)
    assert "run 1: 10 traces" in wrong and "of 10 judged" not in wrong


def test_beside_a_terminal_long_work_writes_a_plain_line_now_and_then(capsys):
    clock = Clock()
    bar = Progress("calls made", 4, now=clock)
    for done in range(5, 25):
        clock.time += 3
        bar.to(done, 100)
    bar.end()
    lines = capsys.readouterr().err.splitlines()
    # A call every three seconds: a line at 12, 24, 36, 48 and 60 seconds, none of them with a sign of a terminal.
    assert EVERY == 10 and lines[0] == "8 of 100 calls made, about 5 minutes left"
    assert len(lines) == 5 and not any("\r" in line or "\033" in line for line in lines)


def test_without_a_total_it_says_when_that_is_known(capsys):
    clock = Clock()
    bar = Progress("rows read", 0, now=clock)
    clock.time = EVERY
    bar.to(20_000)
    assert capsys.readouterr().err == "20,000 rows read; time left: –, how many there are is known at the end\n"


def test_a_large_unit_has_decimals_and_is_known_in_a_moment(capsys):
    clock = Clock()
    bar = Progress("GB fetched", now=clock, unit=1e9, first=1)
    clock.time = 10
    bar.to(2.5e8, 1.25e9)
    clock.time = 20
    bar.to(5e8, 1.25e9)
    # A quarter of a gigabyte in ten seconds: three more take thirty.
    assert capsys.readouterr().err.splitlines() == ["0.25 of 1.25 GB fetched, time left: –, known in a moment",
                                                    "0.50 of 1.25 GB fetched, about 30 seconds left"]


def test_work_that_fails_ends_its_line(capsys):
    with pytest.raises(ValueError, match="broken"), counted_off("judged", 0, 10) as moved:
        moved()
        raise ValueError("broken")
    assert capsys.readouterr().err == ""
