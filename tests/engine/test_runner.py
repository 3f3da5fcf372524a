"""A judge run against the loopback endpoint: what it judges, how many calls at once, and how it stops and goes on."""

import threading

import pytest

from lib.engine import runner
from lib.records import (
    CANCELLED,
    DONE,
    FAILED,
    PAUSED,
    QUEUED,
    RUNNING,
    TRAIN,
    Caps,
    PlumblineError,
    UsageError,
    split_of,
)
from lib.store import projects
from lib.store.judge import caps, judges, runs, verdicts
from lib.store.review import labels
from lib.workflow.judge import budget, judging
from tests.support.endpoint import prompt_of, verdict
from tests.support.running import Gate, add_traces, asked, execute, judged, nth_call, queued, resumed
from tests.support.steps import add, fresh, say

pytestmark = pytest.mark.usefixtures("endpoint_env")


def test_every_trace_ends_with_a_verdict_and_is_called_once(db, endpoint):
    run = execute(db, queued(db, 60).id)
    assert (run.status, run.done, run.errors, run.message) == (DONE, 60, 0, "")
    assert set(judged(endpoint).values()) == {1} and endpoint.calls == 60


def test_a_verdict_keeps_what_came_with_it(db, endpoint):
    run = queued(db, 1)
    endpoint.plan = verdict("fail", "It is wrong.")
    execute(db, run.id)
    row = dict(db.row("select * from verdicts where run = :run", run=run.id))
    assert (row["outcome"], row["critique"], row["model"]) == ("fail", "It is wrong.", "test-model-2026")
    assert (row["prompt_tokens"], row["completion_tokens"], row["attempts"], row["raw"]) == (100, 20, 1, "")
    assert row["milliseconds"] >= 0 and row["content_hash"] == db.value("select content_hash from traces")


def test_verdicts_belong_to_the_traces_they_judge(db, endpoint):
    run = queued(db, 30)
    endpoint.plan = lambda body: verdict("fail", f"said of {asked(body)}")
    execute(db, run.id)
    rows = db.rows("select t.input, v.critique from verdicts v join traces t on t.id = v.trace")
    assert len(rows) == 30 and all(row["critique"] == f"said of {row['input']}" for row in rows)


def test_the_judge_gets_the_runs_model_and_parameters(db, endpoint):
    add_traces(db, 1)
    judging.save_prompt(db, "judge", judging.DEFAULT_TEMPLATE, [], parameters={"temperature": 0.5})
    execute(db, judging.start_run(db, "judge", model="old-model").id)
    [call] = endpoint.chats
    assert (call.body["model"], call.body["temperature"]) == ("old-model", 0.5)


def test_labelled_traces_come_first_so_that_agreement_moves_early(db, endpoint):
    add_traces(db, 10)
    for trace in ("t7", "t3"):
        say(db, trace, "pass")
    execute(db, queued(db, 0, concurrency=1).id)
    assert [asked(call.body) for call in endpoint.chats][:2] == ["question 3.", "question 7."]


def test_a_traces_own_example_is_never_judged_unless_it_is_left_out_of_the_prompt(db, endpoint):
    add_traces(db, 20)
    shown = next(f"t{n}" for n in range(20) if split_of(f"question {n}.") == TRAIN)
    label = say(db, shown, "fail", critique="It is off.")
    judging.save_prompt(db, "judge", judging.DEFAULT_TEMPLATE, [label.key])
    run = execute(db, judging.start_run(db, "judge", leave_one_out=False).id)
    assert run.total == run.done == 19
    assert f"question {shown[1:]}." not in judged(endpoint)
    assert all("It is off." in prompt_of(call.body) for call in endpoint.chats)


def test_a_run_is_not_changed_by_later_imports_and_prompt_versions(db, endpoint):
    run = queued(db, 5)
    add_traces(db, 5, first=5)
    judging.save_prompt(db, judging.DEFAULT_JUDGE, "A NEW PROMPT {{ trace }}", [])
    run = execute(db, run.id)
    assert run.total == run.done == endpoint.calls == 5
    assert not any("A NEW PROMPT" in prompt_of(call.body) for call in endpoint.chats)
    assert judges.newest_prompt(db, judging.DEFAULT_JUDGE).key != run.prompt


def test_the_same_press_twice_is_one_run(db):
    first = queued(db, 3, token="press")
    assert judging.start_run(db, judging.DEFAULT_JUDGE, token="press").id == first.id
    other = judging.start_run(db, judging.DEFAULT_JUDGE, limit=2, token="another")
    assert other.id != first.id and other.total == 2


def test_two_people_who_start_the_same_at_once_get_one_run_with_the_caps_of_the_first(db):
    first = queued(db, 3, token="press")
    caps.begin(db, first.id, Caps(calls=5))
    assert budget.queued(db, judging.DEFAULT_JUDGE, Caps(calls=9), token="of somebody else").id == first.id
    assert caps.of(db, first.id) == Caps(calls=5)
    runs.set_status(db, first.id, RUNNING)
    assert judging.start_run(db, judging.DEFAULT_JUDGE).id == first.id
    assert judging.start_run(db, judging.DEFAULT_JUDGE, anew=True).id != first.id
    add_traces(db, 1, first=3)
    assert judging.start_run(db, judging.DEFAULT_JUDGE).total == 4


@pytest.mark.parametrize("workers", [1, 4, 32])
def test_as_many_calls_run_at_once_as_asked_for_and_no_more(db, endpoint, workers):
    barrier = threading.Barrier(workers)
    run = queued(db, workers * 3, concurrency=workers)
    endpoint.plan = lambda body: Gate(verdict("pass"), barrier)
    assert execute(db, run.id).done == workers * 3
    assert endpoint.peak == workers


@pytest.mark.parametrize("workers", [0, 1025])
def test_an_impossible_number_of_calls_is_refused(db, workers):
    with pytest.raises(UsageError, match="can run at once"):
        queued(db, 1, concurrency=workers)


def test_a_cancelled_run_makes_no_new_call_and_keeps_what_was_under_way(db, endpoint):
    run, barrier = queued(db, 20, concurrency=4), threading.Barrier(4)
    plan = nth_call(4, lambda: judging.cancel(db, run.id), lambda body: Gate(verdict("pass"), barrier))
    endpoint.plan = plan
    ended = execute(db, run.id)
    assert (ended.status, ended.message) == (CANCELLED, "cancelled by a person")
    assert endpoint.calls == ended.done == 4


def test_a_cancelled_run_can_be_resumed_and_calls_only_what_is_left(db, endpoint):
    run = queued(db, 20, concurrency=1)
    endpoint.plan = nth_call(5, lambda: judging.cancel(db, run.id))
    assert execute(db, run.id).status == CANCELLED
    assert resumed(db, run.id).status == DONE
    assert endpoint.calls == 20 and set(judged(endpoint).values()) == {1}


def test_a_run_cancelled_before_its_process_began_makes_no_call(db, endpoint):
    run = queued(db)
    judging.cancel(db, run.id)
    assert execute(db, run.id).status == CANCELLED
    assert judging.start_process(db, run.id).wait(60) == 1
    assert (runs.get(db, run.id).status, endpoint.calls) == (CANCELLED, 0)


def test_a_finished_run_has_nothing_to_cancel_and_nothing_to_resume(db, endpoint):
    run = execute(db, queued(db, 3).id)
    with pytest.raises(UsageError, match=f"Run {run.id} is done: there is nothing to cancel"):
        judging.cancel(db, run.id)
    with pytest.raises(UsageError, match=f"Run {run.id} is done: there is nothing to resume"):
        judging.ready_to_resume(db, run.id)
    assert execute(db, run.id) == run and endpoint.calls == 3


def test_recorded_verdicts_are_no_run_that_could_go_on(db, make_trace):
    from lib.records import Verdict
    from tests.support.steps import row

    add(db, row(make_trace(), verdicts={"gpt": Verdict("pass")}))
    [recorded] = runs.every(db)
    with pytest.raises(UsageError, match="nothing to resume"):
        judging.ready_to_resume(db, recorded.id)
    assert execute(db, recorded.id).status == "recorded"


def test_a_run_of_another_project_is_out_of_reach(db):
    run = queued(db, 2)
    with pytest.raises(PlumblineError, match=f"no run {run.id}"):
        execute(projects.create(db, "Other"), run.id)
    assert runs.get(db, run.id).status == QUEUED


def test_a_run_under_way_is_refused_to_a_second_process(db, endpoint):
    run, seen = queued(db, 3, concurrency=1), []

    def second() -> None:
        with pytest.raises(PlumblineError, match="under way in another process"):
            execute(fresh(db.path).of(db.project), run.id)
        seen.append(runner.alive(db, run.id))

    endpoint.plan = nth_call(2, second)
    assert execute(db, run.id).status == DONE
    assert seen == [True] and endpoint.calls == 3


def test_who_resumes_at_once_after_a_cancel_waits_for_the_calls_under_way(db, endpoint):
    run, resumer = queued(db, 6, concurrency=1), []

    def cancel_and_resume() -> None:
        judging.cancel(db, run.id)
        judging.ready_to_resume(db, run.id)
        resumer.append(threading.Thread(target=execute, args=(db, run.id)))
        resumer[0].start()

    # Longer under way than who only meets a passer-by would wait for the lock.
    delays = iter([0.0, 3.5])
    endpoint.plan = nth_call(2, cancel_and_resume, lambda body: verdict("pass", delay=next(delays, 0.0)))
    execute(db, run.id)
    resumer[0].join()
    assert runs.get(db, run.id).status == DONE
    assert endpoint.calls == 6 and set(judged(endpoint).values()) == {1}


def test_an_idle_run_is_not_alive(db):
    run = queued(db, 1)
    assert not runner.alive(db, run.id)
    execute(db, run.id)
    assert not runner.alive(db, run.id)


def test_a_fault_of_ours_is_said_in_the_run_and_raised(db):
    run = queued(db, 5, concurrency=1)

    def burst() -> None:
        raise RuntimeError("the bar broke")

    with pytest.raises(RuntimeError):
        runner.execute(db, run.id, moved=burst)
    stopped = runs.get(db, run.id)
    assert (stopped.status, stopped.message) == (FAILED, "stopped by a fault of Plumbline: RuntimeError")
    assert stopped.done == 1 and resumed(db, run.id).done == 5


def test_without_an_endpoint_the_run_pauses_and_says_what_to_set(db, endpoint, monkeypatch):
    run = queued(db, 3)
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    with pytest.raises(UsageError, match="OPENAI_API_KEY"):
        execute(db, run.id)
    assert runs.get(db, run.id).status == PAUSED and "OPENAI_API_KEY" in runs.get(db, run.id).message
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    assert resumed(db, run.id).status == DONE


def test_the_figures_move_while_the_run_goes_on(db, endpoint):
    run, seen = queued(db, 8, concurrency=1), []
    for number in range(8):
        say(db, f"t{number}", "pass")
    endpoint.plan = nth_call(5, lambda: seen.append(verdicts.counts(db, run.id, "Ann").n))
    execute(db, run.id)
    assert seen == [4] and verdicts.counts(db, run.id, "Ann").n == 8


def test_a_label_given_while_the_run_goes_on_counts(db, endpoint):
    run = queued(db, 4, concurrency=1)
    endpoint.plan = nth_call(2, lambda: say(db, "t0", "fail"))
    execute(db, run.id)
    assert verdicts.counts(db, run.id, "Ann").n == 1 and labels.tally(db, "Ann")["labelled"] == 1
