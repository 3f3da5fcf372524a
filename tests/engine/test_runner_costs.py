"""What a run has spent: every call and every reply that was paid for, whatever came of it, and caps that hold."""

import pytest

from lib.records import PAUSED, Caps, Spent
from lib.store.judge import caps
from tests.support.endpoint import completion, default_plan, error, without_formats
from tests.support.running import execute, queued

pytestmark = pytest.mark.usefixtures("endpoint_env")


def test_the_cap_on_calls_holds_while_the_format_is_learned_and_all_calls_are_counted(db, endpoint):
    run = queued(db, 40, concurrency=8)
    caps.put(db, run.id, Caps(calls=10))
    endpoint.plan = without_formats(default_plan)
    paused = execute(db, run.id)
    assert paused.status == PAUSED and "The cap of 10 calls" in paused.message
    assert endpoint.calls == caps.spent(db, run.id).calls == 10


def test_every_reply_that_was_paid_for_counts_though_nobody_could_read_it(db, endpoint):
    run = queued(db, 4, concurrency=1)
    endpoint.plan = completion("{'critique': 'x', 'outcome': 'pass'}")
    assert execute(db, run.id).errors == 4 and endpoint.calls == 8
    # 100 tokens of a prompt and 20 of a reply, twice for each of four traces.
    assert caps.spent(db, run.id) == Spent(8, 800, 160)


def test_calls_of_a_trace_that_a_pause_left_without_a_verdict_are_counted(db, endpoint):
    run = queued(db, 20, concurrency=4)
    endpoint.plan = error(503, "down")
    assert execute(db, run.id).status == PAUSED
    assert caps.spent(db, run.id).calls == endpoint.calls
