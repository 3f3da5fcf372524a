"""Verdicts that are taken over: only where the very same was asked, never an error, and at no cost."""

import pytest

from lib.records import DONE, Spent, UsageError
from lib.store import projects
from lib.store.judge import caps, judges, reuse, runs, verdicts
from lib.workflow.judge import budget, judging
from tests.support.endpoint import default_plan, error, half_json, length, refusal
from tests.support.ownership import public, reads_its_own, writes_its_own
from tests.support.running import add_traces, execute, judged, outcomes, queued
from tests.support.steps import say

pytestmark = pytest.mark.usefixtures("endpoint_env")
JUDGE = judging.DEFAULT_JUDGE


def started(db, **options):
    return judging.start_run(db, JUDGE, **options)


def test_an_equal_verdict_is_taken_over_and_nothing_is_sent(db, endpoint):
    first = execute(db, queued(db, 6).id)
    second = started(db)
    assert (second.done, second.reused, second.total) == (6, 6, 6)
    ended = execute(db, second.id)
    assert (ended.status, ended.done, endpoint.calls) == (DONE, 6, 6)
    assert outcomes(db, second.id) == outcomes(db, first.id)
    assert caps.spent(db, second.id) == Spent(0, 0, 0) and caps.spent(db, first.id) == Spent(6, 600, 120)
    # Replies come in any order, so a verdict's number says nothing of its trace.
    assert db.value("""select count(*) from verdicts v join verdicts o on o.id = v.reused and o.trace = v.trace
        and o.run = 1 where v.run = 2""") == 6
    third = started(db)
    assert db.value("select max(reused) from verdicts where run = :run", run=third.id) == 6, "the one that was paid"


def test_only_what_is_new_is_asked_and_counted_before_it_starts(db, endpoint):
    execute(db, queued(db, 4).id)
    add_traces(db, 3, first=4)
    found = budget.estimate(db, JUDGE, "test-model")
    assert (found.calls, found.reused) == (3, 4)
    assert budget.estimate(db, JUDGE, "test-model", anew=True).calls == 7
    assert execute(db, started(db).id).reused == 4 and endpoint.calls == 7
    assert budget.estimate(db, JUDGE, "test-model").completion_tokens == 0


def test_asked_anew_everything_is_paid_again(db, endpoint):
    execute(db, queued(db, 4).id)
    again = execute(db, started(db, anew=True).id)
    assert (again.anew, again.reused, endpoint.calls) == (True, 0, 8)


def other_words(db) -> dict:
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE + " Be strict.")
    return {}


def other_parameters(db) -> dict:
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, parameters={"temperature": 0})
    return {}


def other_question(db) -> dict:
    projects.ask(db, "Was it polite?")
    return {}


def other_examples(db) -> dict:
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, [say(db, "t0", "pass").key])
    return {"leave_one_out": True}


@pytest.mark.parametrize("change", [other_words, other_parameters, other_question, other_examples,
                                    lambda db: {"model": "old-model"}])
def test_whatever_else_is_asked_is_asked_in_full(db, endpoint, change):
    execute(db, queued(db, 4).id)
    options = change(db)
    assert started(db, **options).reused == 0


def test_another_address_is_another_endpoint(db, endpoint, monkeypatch):
    execute(db, queued(db, 4).id)
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url.replace("127.0.0.1", "localhost"))
    assert started(db).reused == 0


def test_the_same_words_in_another_version_are_the_same_and_the_order_of_examples_matters(db, endpoint):
    execute(db, queued(db, 6).id)
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE + " Be strict.")
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE)
    assert started(db).reused == 6
    said = [say(db, trace, "fail").key for trace in ("t0", "t1")]
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, said)
    execute(db, started(db).id)
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, said[::-1])
    assert started(db).reused == 0
    # The same words said again by the expert are the same example.
    judges.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, [say(db, "t0", "fail", token="again").key, said[1]])
    assert started(db).reused == 6


def test_an_error_is_never_taken_over_and_all_of_them_can_be_asked_again(db, endpoint):
    endpoint.plan = {"question 1.": refusal(), "question 2.": length(), "question 3.": half_json()}
    run = execute(db, queued(db, 5, concurrency=1).id)
    assert run.errors == 3 and started(db).reused == 2
    paid, calls = caps.spent(db, run.id), endpoint.calls
    with pytest.raises(UsageError, match="nothing to resume"):
        judging.ready_to_resume(db, run.id)
    endpoint.plan = default_plan
    assert judging.ask_errors_again(db, run.id).done == 2
    assert caps.spent(db, run.id) == paid, "what is asked again was paid all the same"
    ended = execute(db, run.id)
    assert (ended.status, ended.errors, endpoint.calls) == (DONE, 0, calls + 3)
    assert caps.spent(db, run.id).calls == endpoint.calls
    assert {count for trace, count in judged(endpoint).items() if trace in ("question 0.", "question 4.")} == {1}
    with pytest.raises(UsageError, match="nothing to ask again"):
        judging.ask_errors_again(db, run.id)


def test_a_run_keeps_the_question_it_asked(db, endpoint):
    run = queued(db, 4, concurrency=1)
    asked = projects.current(db).question
    endpoint.plan = error(401)
    execute(db, run.id)
    projects.ask(db, "Was it polite?")
    endpoint.plan = default_plan
    judging.ready_to_resume(db, run.id)
    execute(db, run.id)
    texts = [call.body["messages"][0]["content"] for call in endpoint.chats]
    assert all(asked in text for text in texts) and runs.get(db, run.id).question == asked


def fill(store, word: str) -> None:
    add_traces(store, 3)
    key = judges.save_prompt(store, JUDGE, judging.DEFAULT_TEMPLATE).key
    run = runs.create(store, key, "m", "embedded")
    for trace in runs.pending(store, run)[:2]:
        verdicts.save(store, run, trace, verdicts.Verdict("pass", word))


def mine(store) -> reuse.Asked:
    return reuse.Asked(judges.newest_prompt(store, JUDGE).key, "m", "embedded", leave_one_out=False)


READS = {
    "reuse.reusable": lambda s: reuse.reusable(s, mine(s), [1, 2, 3, 4, 5, 6]),
    "reuse.under_way": lambda s: reuse.under_way(s, mine(s), [1, 2, 3]),
}


@pytest.mark.parametrize("name", READS)
def test_what_another_project_has_asked_is_not_seen(db, name):
    reads_its_own(db, fill, READS[name])


def test_only_the_projects_own_run_takes_over(db):
    writes_its_own(db, fill, lambda s: reuse.take_over(s, 2, mine(s)), [lambda s: outcomes(s, 2)])
    assert READS.keys() | {"reuse.take_over"} == public(reuse)
