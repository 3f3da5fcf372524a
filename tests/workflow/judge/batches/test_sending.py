"""A run through a service's batches, over real HTTP: sent once, waited for, read, killed and taken up again."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from time import perf_counter

import pytest

from lib.engine import runner
from lib.records import CANCELLED, DONE, INTERRUPTED, PAUSED, RUNNING, Caps, Trace, UsageError
from lib.store import prices
from lib.store.judge import caps, costs, runs
from lib.store.judge.leaving import batches as stored
from lib.workflow.judge import batches, budget, judging
from lib.workflow.judge.batches import sending, starting, writing
from lib.workflow.judge.batches.sending import Pauses
from tests.support.endpoint import default_plan
from tests.support.judge.batch_service import BatchService, by_share
from tests.support.running import PATIENCE, FakeClock, add_traces, command, outcomes
from tests.support.secrets import CANARY
from tests.support.steps import add, fresh, say

JUDGE, QUICK = judging.DEFAULT_JUDGE, Pauses(lambda seconds: None)


@pytest.fixture
def service(monkeypatch) -> Iterator[BatchService]:
    """The service, named in the environment."""
    found = BatchService()
    monkeypatch.setenv("OPENAI_BASE_URL", found.url)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    yield found
    found.close()


def queued(store, count=20, wanted=Caps(), **options):
    add_traces(store, count)
    judging.ensure_judge(store)
    return starting.queued(store, JUDGE, wanted, True, None, **options)


def test_a_batch_has_the_verdicts_of_a_live_run(db, service):
    run = queued(db, 30)
    ended = sending.execute(db, run.id, clock=QUICK)
    live = judging.start_run(db, JUDGE, anew=True)
    runner.execute(db, live.id, clock=FakeClock())
    assert (ended.status, ended.done, ended.errors) == (DONE, 30, 0)
    assert outcomes(db, run.id) == outcomes(db, live.id) and len(service.calls) == 30
    assert batches.of(db, run.id).words == "30 requests in 1 file, asked in batches: 1 file is read."


def test_the_body_of_a_request_is_letter_by_letter_that_of_a_call(db, service):
    add(db, Trace("odd", "Grüße \u2028 \"quoted\" \ud83d half", "tab\t and \U0001f600"))
    run = queued(db, 5)
    sending.execute(db, run.id, clock=QUICK)
    runner.execute(db, judging.start_run(db, JUDGE, anew=True, concurrency=1).id, clock=FakeClock())
    [(_, sent)] = [file for name, file in service.files.items() if file[0].startswith("plumbline-")]
    lines = sent.split(b"\n")[:-1]
    assert [line.partition(b'"body": ')[2][:-1] for line in lines] == sorted(service.calls, key=lambda body: next(
        place for place, line in enumerate(lines) if body in line)) and len(lines) == 6
    [mark] = {json.loads(line)["custom_id"].split("-")[1] for line in lines}
    assert mark == stored.mark(db, run.id) and not any(b"question" in line.partition(b'"method"')[0] for line in lines)


def test_equal_verdicts_are_taken_over_and_what_comes_costs_half(db, service):
    prices.put(db, "test-model", 10.0, 20.0)
    add_traces(db, 4)
    judging.ensure_judge(db)
    live = judging.start_run(db, JUDGE)
    runner.execute(db, live.id, clock=FakeClock())
    run = queued(db, 10)
    assert run.reused == 4
    sending.execute(db, run.id, clock=QUICK)
    assert len(service.asked) == 6
    # 100 tokens in and 20 out each: 0.0014 a call, half of that in a batch.
    assert costs.of(db)[live.id].cost == pytest.approx(4 * 0.0014)
    assert costs.of(db)[run.id].cost == pytest.approx(6 * 0.0007)
    found = [budget.estimate(db, JUDGE, "test-model", anew=True, batch=batch) for batch in (False, True)]
    assert found[1].cost == found[0].cost / 2 and "50% of the price in Settings" in budget.words(found[1])


def test_a_thousand_killed_in_the_middle_are_all_there_once(db, service):
    add_traces(db, 1_000)
    judging.ensure_judge(db)
    service.plan = by_share(3, 1)
    service.held.clear()
    with command(db, "run", "--judge", JUDGE, "--split", "all", "--batch") as process:
        assert service.moment.wait(PATIENCE)  # looked at for the first time: sent, and nothing has come yet
        process.kill()
    assert runs.get(db, 1).status == RUNNING and judging.settle(db) == [1]
    assert runs.get(db, 1).status == INTERRUPTED and runs.get(db, 1).done == 0
    service.held.set()
    with command(db, "resume", 1) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert "run 1: done, 1,000 of 1,000 judged, 40 errors" in said
    assert len(service.batches) == 1 and set(Counter(service.asked).values()) == {1} and len(service.asked) == 1_000
    kinds = Counter(error for _, _, error, _ in outcomes(db, 1))
    assert kinds == {None: 960, "bad_request": 30, "batch_expired": 10}
    service.plan = default_plan
    judging.ask_errors_again(db, 1)
    again = sending.execute(db, 1, clock=QUICK)
    assert (again.status, again.done, again.errors, len(service.asked)) == (DONE, 1_000, 0, 1_040)
    assert fresh(db.path).value("pragma integrity_check") == "ok"


def test_killed_while_outputs_are_read_it_keeps_what_was_stored(db, service, monkeypatch):
    run = queued(db, 300)
    monkeypatch.setattr("lib.workflow.judge.batches.reading.SLICE", 50)
    service.cut_outputs = 1
    ended = sending.execute(db, run.id, clock=QUICK)
    assert (ended.status, ended.done, ended.errors) == (DONE, 300, 0) and len(service.batches) == 1
    assert "150 lines stored before" not in batches.of(db, run.id).files[0].message
    assert stored.files(db, run.id)[0].prompt_tokens == 300 * 100


@pytest.mark.parametrize("lost", ["files", "batches"])
def test_an_answer_that_was_lost_is_found_again_and_nothing_is_sent_twice(db, service, lost):
    run = queued(db, 20)
    service.lose = {lost}
    for number in range(5):  # others' batches and files stand between
        service.add_file(f"other-{number}", b"")
    ended = sending.execute(db, run.id, clock=QUICK)
    assert (ended.status, ended.done) == (DONE, 20) and len(service.batches) == 1
    assert len([name for name, _ in service.files.values() if name.startswith("plumbline-")]) == 1


def test_where_the_service_lists_no_batches_it_is_said_to_be_unknown(db, service):
    run = queued(db, 20)
    service.lose, service.unlisted = {"batches"}, True
    paused = sending.execute(db, run.id, clock=QUICK)
    assert paused.status == PAUSED and "is unknown" in paused.message and "batch settle 1 1 --id ID" in paused.message
    starting.settle(db, run.id, 1, "batch_1")
    judging.ready_to_resume(db, run.id)
    assert sending.execute(db, run.id, clock=QUICK).done == 20 and len(service.batches) == 1
    with pytest.raises(UsageError, match="nothing is unknown"):
        starting.settle(db, run.id, 1, None)


@pytest.mark.parametrize(("status", "kind"), [
    ("completed", "batch_missing"), ("expired", "batch_expired"), ("cancelled", "batch_cancelled")])
def test_requests_without_a_line_are_errors_that_a_resume_asks_again(db, service, status, kind):
    run = queued(db, 20)
    service.status, service.dropped = status, 5
    ended = sending.execute(db, run.id, clock=QUICK)
    assert (ended.done, ended.errors) == (20, 5)
    assert Counter(error for _, _, error, _ in outcomes(db, run.id))[kind] == 5
    service.dropped = 0
    starting.turn(db, run.id, batch=False)
    judging.ask_errors_again(db, run.id)
    assert runner.execute(db, run.id, clock=FakeClock()).errors == 0 and len(service.calls) == 5


def test_a_batch_that_is_refused_as_a_whole_pauses_the_run_and_is_sent_again_on_resume(db, service):
    run = queued(db, 20)
    service.refuse = {"code": "model_not_supported", "message": "No batches for this model.", "line": 1}
    paused = sending.execute(db, run.id, clock=QUICK)
    assert (paused.status, paused.done) == (PAUSED, 0) and "No batches for this model." in paused.message
    service.refuse = {}
    judging.ready_to_resume(db, run.id)
    assert sending.execute(db, run.id, clock=QUICK).done == 20


def test_an_endpoint_without_batches_says_what_to_do(db, service):
    run = queued(db, 5)
    service.plain = True
    paused = sending.execute(db, run.id, clock=QUICK)
    assert paused.status == PAUSED and "'batch write'" in paused.message and service.calls == []


def test_a_cancel_ends_the_batch_at_the_service_and_keeps_what_it_has_done(db, service):
    run = queued(db, 20)
    service.held.clear()

    def cancel_once(_: float) -> None:
        if runs.get(db, run.id).status == RUNNING:
            judging.cancel(db, run.id)

    ended = sending.execute(db, run.id, clock=Pauses(cancel_once))
    assert (ended.status, ended.done, ended.errors) == (CANCELLED, 20, 10)
    assert service.batches["batch_1"]["status"] == "cancelled"
    judging.ready_to_resume(db, run.id)
    service.held.set()
    assert sending.execute(db, run.id, clock=QUICK).errors == 0 and len(service.batches) == 2


def test_a_cancel_without_a_process_tells_the_service_too(db, service):
    run = queued(db, 20)
    service.held.clear()
    with command(db, "resume", run.id, "--queued") as process:
        assert service.moment.wait(PATIENCE)
        process.kill()
    judging.settle(db)
    assert sending.cancel(db, run.id, clock=QUICK).status == CANCELLED
    assert service.batches["batch_1"]["status"] == "cancelled" and runs.get(db, run.id).done == 20


def test_files_are_split_at_the_limits_and_at_what_the_service_takes(db, service, monkeypatch):
    monkeypatch.setattr(sending, "_SMALLEST", 1_000)
    run = queued(db, 60)
    service.most_bytes = 50_000
    ended = sending.execute(db, run.id, clock=QUICK)
    sizes = [len(data) for name, data in service.files.values() if name.startswith("plumbline-")]
    assert (ended.status, ended.done) == (DONE, 60) and len(sizes) > 1 and max(sizes) <= 50_000
    assert set(Counter(service.asked).values()) == {1} and len(service.asked) == 60


def test_a_cap_on_calls_bounds_what_is_sent_exactly(db, service):
    run = queued(db, 20, Caps(calls=8))
    paused = sending.execute(db, run.id, clock=QUICK)
    assert (paused.status, paused.done, len(service.asked)) == (PAUSED, 8, 8) and budget.stopped(paused)
    caps.put(db, run.id, Caps(calls=20))
    judging.ready_to_resume(db, run.id)
    assert sending.execute(db, run.id, clock=QUICK).status == DONE and len(service.asked) == 20


def test_the_same_live_run_is_not_turned_into_a_batch(db, service):
    add_traces(db, 3)
    judging.ensure_judge(db)
    judging.start_run(db, JUDGE)
    with pytest.raises(UsageError, match="asks the same already, call by call"):
        starting.queued(db, JUDGE, Caps(), True, None)
    with pytest.raises(UsageError, match="takes no batches"):
        sending.check("embedded")


def test_leave_one_out_and_examples_are_as_in_a_live_run(db, service):
    add_traces(db, 6)
    shown = [say(db, f"t{number}", "pass").key for number in range(2)]
    judging.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, shown, "test-model", {"temperature": 0})
    run = starting.queued(db, JUDGE, Caps(), True, None)
    sending.execute(db, run.id, clock=QUICK)
    runner.execute(db, judging.start_run(db, JUDGE, anew=True).id, clock=FakeClock())
    [(_, sent)] = [file for file in service.files.values() if file[0].startswith("plumbline-")]
    assert run.leave_one_out and len(service.calls) == 6 and all(body in sent for body in service.calls)


def test_somebody_who_saves_meanwhile_does_not_wait(db, service):
    run = queued(db, 3_000)
    longest, done = [0.0], threading.Event()

    def labels() -> None:
        number = 0
        while not done.is_set():
            begun = perf_counter()
            say(db, f"t{number % 3_000}", "pass")
            longest[0], number = max(longest[0], perf_counter() - begun), number + 1

    saver = threading.Thread(target=labels)
    saver.start()
    try:
        sending.execute(db, run.id)
    finally:
        done.set()
        saver.join()
    assert runs.get(db, run.id).done == 3_000 and longest[0] < 5


def test_lines_hold_no_more_than_a_file_may(db, service, tmp_path):
    run = queued(db, 3)
    lines = writing.Lines(db, run)
    made = writing.write(tmp_path / "a.jsonl", lines, stored.unsent(db, run.id, 9), writing.Limits(2, 10**6))
    assert len(made.keys) == 2 and (tmp_path / "a.jsonl").stat().st_size == made.bytes
    none = writing.write(tmp_path / "b.jsonl", lines, stored.unsent(db, run.id, 9), writing.Limits(2, 100))
    assert len(none.too_large) == 3 and not none.keys


def test_a_cap_on_cost_counts_a_batch_at_half_when_the_rest_is_asked_call_by_call(db, service):
    prices.put(db, "test-model", 10.0, 20.0)
    # 0.0014 a call, half of that in a batch: forty at the whole price would have passed the cap of 0.05 already.
    run = queued(db, 44, Caps(calls=40), concurrency=1)
    assert sending.execute(db, run.id, clock=QUICK).done == 40
    assert caps.spent(db, run.id).cost((10.0, 20.0)) == pytest.approx(40 * 0.0007)
    assert budget.share(db, "test-model", Caps(cost=0.056), caps.spent(db, run.id)) == pytest.approx(0.5)
    caps.put(db, run.id, Caps(cost=0.05))
    judging.ready_to_resume(db, run.id)
    starting.turn(db, run.id, False)
    ended = runner.execute(db, run.id, clock=FakeClock())
    assert (ended.status, ended.done) == (DONE, 44)
    assert caps.spent(db, run.id).cost((10.0, 20.0)) == pytest.approx(40 * 0.0007 + 4 * 0.0014)
