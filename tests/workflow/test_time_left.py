"""How long work still takes: the arithmetic by hand, and the jobs' own times as they are stored."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.records.time_left import IN_A_MOMENT, TOO_FEW, UNKNOWN, Pace, said, words
from lib.store import jobs
from lib.store.dataset import traces
from lib.workflow.jobs import JOBS
from tests.support.running import add_traces


@pytest.mark.parametrize(("seconds", "told"), [
    (0.2, "About 2 seconds"), (45, "About 45 seconds"), (58, "About a minute"), (119, "About 2 minutes"),
    (5_000, "About 83 minutes"), (9_000, "About 2 hours")])
def test_a_stretch_of_time_is_said_as_people_say_it(seconds, told):
    assert words(seconds) == told


def test_a_pace_is_believed_once_three_are_done_since_it_was_watched():
    pace = Pace()
    pace.saw(10, 100.0)
    pace.saw(12, 104.0)
    assert pace.rate(104.0) is None
    pace.saw(13, 106.0)
    # Three in six seconds.
    assert pace.rate(106.0) == pytest.approx(0.5)
    # Nothing has moved for six seconds more: three in twelve.
    pace.saw(13, 112.0)
    assert pace.rate(112.0) == pytest.approx(0.25)
    assert said(13, 43, 0.25) == "about 2 minutes left"


def test_a_pace_is_that_of_late():
    pace = Pace()
    for second in range(100):
        pace.saw(second, float(second))
    for number in range(1, 31):
        pace.saw(99 + number, 99 + 10.0 * number)
    # The newest thirty came ten seconds apart; the hundred quick ones before them are forgotten.
    assert pace.rate(399.0) == pytest.approx(0.1)


@pytest.mark.parametrize(("done", "total", "rate", "told"), [
    (0, 40, None, UNKNOWN), (0, 2, None, TOO_FEW), (40, 40, None, ""), (41, 40, 1.0, ""),
    (10, 40, 1.0, "about 30 seconds left"), (39, 40, 10.0, "about 2 seconds left")])
def test_what_is_not_known_is_a_dash_with_its_reason(done, total, rate, told):
    assert said(done, total, rate) == told


def test_who_knows_a_better_reason_gives_it():
    assert said(0, 40, None, IN_A_MOMENT) == IN_A_MOMENT and said(0, 40, 1.0, IN_A_MOMENT) == "about 40 seconds left"


def test_a_job_says_how_long_it_takes_by_its_own_items(db):
    add_traces(db, 8)
    number = jobs.create(db, "generate", [(traces.key_of(db, f"t{n}"), {}) for n in range(8)])
    assert JOBS.left(db, jobs.get(db, number)) == UNKNOWN
    for place, key in enumerate(jobs.pending(db, number)[:4]):
        jobs.keep_item(db, number, key)
        came = datetime.now(UTC) - timedelta(seconds=90 - 30 * place)
        db.execute("update job_items set done_at = :at where id = :key", key=key,
                   at=came.strftime("%Y-%m-%dT%H:%M:%S.%fZ")[:-4] + "Z")
    # Three came in the ninety seconds after the first: the four that are left take two minutes.
    assert jobs.rate(db, number) == pytest.approx(3 / 90, rel=0.05)
    assert JOBS.left(db, jobs.get(db, number)) == "about 2 minutes left"
    for key in jobs.pending(db, number):
        jobs.keep_item(db, number, key)
    assert JOBS.left(db, jobs.get(db, number)) == ""
