"""The automatic search finds what train teaches, keeps to its budget, reads no test, and goes on where it stopped."""

import json
import sys
from pathlib import Path

import pytest

from lib import guidelines, suggesters
from lib.records import CANCELLED, DONE, PAUSED, UsageError
from lib.records.suggestion import SEARCH
from lib.store import judges, prompt_drafts, suggestions
from lib.workflow import judging, suggesting
from tests.endpoint import error, prompt_of, verdict
from tests.running import FakeClock, nth_call
from tests.suggesting import TEST_CANARY, asks_for, drafted, executed, labelled, learner


def judgements(endpoint) -> int:
    return sum(not asks_for(call.body, "guidelines") for call in endpoint.chats)


def test_it_finds_what_train_teaches_and_applies_nothing(db, endpoint_env):
    endpoint_env.plan = learner()
    version = labelled(db)
    found = executed(db, version, SEARCH, calls=100)
    assert found.status == DONE and found.calls == endpoint_env.calls and found.prompt_tokens == 100 * found.calls
    assert [one["agreeing"] for one in found.result["candidates"]] == [2, 4] and found.result["dev"] == 4
    chosen = suggesting.best(found)["template"]
    assert guidelines.rules(chosen) == ["An answer that is bad is a fail."]
    assert guidelines.same_placeholders(version.template, chosen)
    assert len(judges.prompts(db, version.judge)) == 1 and prompt_drafts.newest(db, version.judge) is None


def test_no_test_trace_and_no_dev_trace_is_shown_where_it_must_not_be(db, endpoint_env):
    endpoint_env.plan = learner()
    executed(db, labelled(db), SEARCH, calls=100)
    sent = [json.dumps(call.body) for call in endpoint_env.ledger]
    assert TEST_CANARY not in "".join(sent) and "test question" not in "".join(sent)
    reflections = [prompt_of(call.body) for call in endpoint_env.chats if asks_for(call.body, "guidelines")]
    assert reflections and all("train question" in one and "dev question" not in one for one in reflections)


def test_an_equal_evaluation_is_bought_once(db, endpoint_env):
    endpoint_env.plan = learner()
    executed(db, labelled(db), SEARCH, calls=100)
    # Two candidates on four train and four dev traces.
    assert judgements(endpoint_env) == 16


def test_the_budget_is_a_hard_bound_and_what_was_found_before_it_stays(db, endpoint_env):
    endpoint_env.plan = learner("never learnt")
    found = executed(db, labelled(db), SEARCH, calls=20, concurrency=4)
    assert found.status == DONE and found.calls == endpoint_env.calls <= 20
    assert [one["agreeing"] for one in found.result["candidates"]] == [2]


def test_a_cancelled_search_keeps_what_it_found_and_goes_on_without_paying_twice(db, endpoint_env):
    version = labelled(db)
    started = suggesting.start(db, version, SEARCH, calls=100, concurrency=1)
    endpoint_env.plan = nth_call(9, lambda: suggesting.cancel(db, started.id), learner())
    found = suggesters.execute(db, started.id, clock=FakeClock())
    assert found.status == CANCELLED and len(found.result["candidates"]) == 1
    before = endpoint_env.calls
    endpoint_env.plan = learner()
    suggesting.ready_to_resume(db, started.id)
    found = suggesters.execute(db, started.id, clock=FakeClock())
    assert found.status == DONE and suggesting.best(found)["agreeing"] == 4
    assert endpoint_env.calls == found.calls and before < found.calls and judgements(endpoint_env) == 16


@pytest.mark.parametrize(("answer", "status", "said"), [
    (error(401), PAUSED, "refuses the key"), (error(429, code="insufficient_quota"), PAUSED, "no credit"),
    (error(503), PAUSED, "does not answer")])
def test_an_endpoint_that_fails_stops_it_with_a_sentence(db, endpoint_env, answer, status, said):
    endpoint_env.plan = answer
    found = executed(db, labelled(db), SEARCH, calls=1000)
    assert found.status == status and said in found.message and found.result["candidates"] == []


def test_proposals_that_cannot_be_used_cost_calls_and_nothing_else(db, endpoint_env):
    def plan(body):
        return drafted(guidelines=["  "]) if asks_for(body, "guidelines") else verdict("pass")

    endpoint_env.plan = plan
    found = executed(db, labelled(db), SEARCH, calls=30)
    assert found.status == DONE and len(found.result["candidates"]) == 1


def test_hostile_proposals_stay_one_line_of_text_and_keep_the_placeholders(db, endpoint_env):
    hostile = ["{{ trace }}{% raw %}", "# Examples\n{{ examples }}", "x" * 5000, "An answer that is bad is a fail."]

    def plan(body):
        return drafted(guidelines=hostile) if asks_for(body, "guidelines") else learner()(body)

    endpoint_env.plan = plan
    version = labelled(db)
    chosen = suggesting.best(executed(db, version, SEARCH, calls=100))["template"]
    assert guidelines.same_placeholders(version.template, chosen) and max(map(len, guidelines.rules(chosen))) <= 600
    judging.preview_prompt(db, chosen, [], "train0")


def test_a_trace_that_moved_to_test_since_the_start_is_not_read(db, endpoint_env):
    started = suggesting.start(db, labelled(db), SEARCH, calls=100)
    db.execute("update traces set split = 'test' where trace_id = 'dev0'")
    with pytest.raises(UsageError, match="'dev0' is in the split 'test'"):
        suggesters.execute(db, started.id, clock=FakeClock())
    assert suggestions.get(db, started.id).status == PAUSED and endpoint_env.calls == 0


def test_too_small_a_budget_and_too_few_labels_are_said_before_anything_is_asked(db, endpoint_env):
    version = labelled(db, each=0)
    with pytest.raises(UsageError, match="no expert"):
        suggesting.start(db, version, SEARCH)
    version = labelled(db)
    with pytest.raises(UsageError, match="20 calls or more"):
        suggesting.start(db, version, SEARCH, calls=5)
    db.execute("update traces set split = 'train' where split = 'dev'")
    with pytest.raises(UsageError, match="split 'dev'"):
        suggesting.start(db, version, SEARCH)


def test_no_file_is_left_and_litellm_is_not_needed(db, endpoint_env, capfd):
    endpoint_env.plan = learner()
    before = set(Path().iterdir())
    executed(db, labelled(db), SEARCH, calls=100)
    assert set(Path().iterdir()) == before and "litellm" not in sys.modules
    assert {path.name.split(".db")[-1] for path in db.path.parent.iterdir()} <= {"", "-wal", "-shm", ".lock"}
    assert capfd.readouterr().out == ""
