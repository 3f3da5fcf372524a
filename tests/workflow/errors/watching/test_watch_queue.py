"""Disagreements reach the expert's queue: which, how many a day, and that no rate counts their labels."""

import json

import pytest

from lib.records import Caps, Verdict
from lib.sampling import queues
from lib.store import experts
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions
from lib.store.judge import judges, runs, verdicts
from lib.store.review import queues as stored
from lib.workflow.errors import rates
from lib.workflow.errors.watching import disagreements, watching
from lib.workflow.judge import judging
from lib.workflow.review import reviewing
from lib.workflow.review.reviewing import Decision
from tests.support.endpoint import fenced, prompt_of, verdict
from tests.support.errors.watched import log_in

WORDS = ("names the wrong day", "forgets the price", "gives the old address", "leaves out the fee",
         "confuses two plans")


@pytest.fixture
def log(tmp_path):
    return log_in(tmp_path)


@pytest.fixture
def db(db, endpoint_env):
    """The judge fails what says wrong, and its critique is what stands behind."""
    def plan(body):
        output = fenced(prompt_of(body)).partition("wrong: ")[2].splitlines()
        return verdict("fail", output[0]) if output else verdict("pass", "It is right.")

    endpoint_env.plan = plan
    judging.ensure_judge(db)
    experts.add(db, "Ann")
    return db


def write(log, *outputs: str, first: int = 0) -> None:
    with log.open("a") as file:
        for number, output in enumerate(outputs, first):
            file.write(json.dumps({"id": f"p{number}", "input": f"question {number}", "output": output,
                                   "created_at": "2026-03-02T10:00:00Z"}) + "\n")


def read(store, log):
    if not store.value("select 1 from watches"):
        watching.add(store, "app", str(log), None, watching.settings(1.0, 0, 600, Caps(), 7))
    return watching.read(store, "app", today="2026-03-03")


def waiting(store) -> dict[str, str]:
    return {one["trace"]: one["queue"] for one in stored.listing(store)}


def test_what_the_judge_passes_and_an_assertion_fails_is_queued_and_marked(db, log):
    assertions.add(db, "short", "length", {"most": 20}, reason="wanted")
    write(log, "right", "right, but it goes on and on and on", "wrong: it is far too long for anybody")
    said = " ".join(read(db, log).said)
    assert waiting(db) == {"p1": queues.WATCHED_CHECK} and "1 disagreement queued for Ann" in said
    [item] = stored.listing(db)
    assert (item["unbiased"], item["expert"], item["drawn_by"]) == (0, "Ann", "watch app")


def test_labels_of_these_are_no_part_of_a_rate(db, log):
    assertions.add(db, "short", "length", {"most": 20}, reason="wanted")
    write(log, "right", "right, but it goes on and on and on")
    read(db, log)
    reviewing.decide(db.by("Ann"), "Ann", Decision("p1", "fail", "It goes on and on.", "a token"))
    found = rates.table(db)
    assert (found.overall.n, found.left_out.drawn) == (0, 1)
    assert rates.table(db, source="both", run=runs.every(db)[0].id, seen=True).overall.n == 2
    assert waiting(db) == {}
    read(db, log)
    assert waiting(db) == {}


def test_two_judges_that_differ_are_queued_and_a_judge_of_one_failure_only_where_it_fails(db, log):
    write(log, *["right"] * 3)
    read(db, log)
    version = judges.save_prompt(db, "other", "{{ input }} {{ output }}").key
    run = runs.create(db, version, "m", "embedded", where=Filter())
    for key, outcome in zip(runs.pending(db, run), ("pass", "fail", None), strict=True):
        verdicts.save(db, run, key, Verdict(outcome, "so", error=None if outcome else "timeout"))
    read(db, log)
    failed = [one["trace_id"] for one in traces.listing(db, Filter(in_run=str(run), verdict="fail"))]
    assert waiting(db) == {failed[0]: queues.WATCHED_JUDGES} and len(failed) == 1


def test_a_failure_of_a_kind_never_seen_is_queued_once_there_are_earlier_ones_to_compare_with(db, log):
    write(log, "wrong: It insults the customer and swears loudly.")
    read(db, log)
    assert waiting(db) == {}
    write(log, *(f"wrong: The answer {WORDS[number % 5]} of the plan." for number in range(30)), first=1)
    read(db, log)
    taken = set(waiting(db))
    write(log, "wrong: The answer forgets the price of the plan.",
          "wrong: Somebody else's medical record leaks into this reply!", first=40)
    read(db, log)
    assert set(waiting(db)) - taken == {"p41"} and waiting(db)["p41"] == queues.WATCHED_NEW


def test_a_few_a_day_and_the_rest_on_other_days(db, log):
    assertions.add(db, "short", "length", {"most": 5}, reason="wanted")
    write(log, *["right, and long"] * 8)
    said = " ".join(read(db, log).said)
    assert len(waiting(db)) == disagreements.MOST_A_DAY and "3 left for other days: at most 5 a day" in said
    read(db, log)
    assert len(waiting(db)) == 5
    db.execute("update batches set created_at = '2026-01-01T00:00:00Z'")
    read(db, log)
    assert len(waiting(db)) == 8


def test_without_an_expert_it_says_so_and_queues_nothing(db, log):
    db.execute("delete from experts")
    assertions.add(db, "short", "length", {"most": 5}, reason="wanted")
    write(log, "right, and long")
    assert "1 disagreement not queued: this project has no expert yet" in " ".join(read(db, log).said)
    assert waiting(db) == {}
