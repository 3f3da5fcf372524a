"""The automatic search finds what train teaches, keeps to its budget, reads no test, and goes on where it stopped."""

import json
import sys
from pathlib import Path

import pytest

from lib.engine import suggesters
from lib.prompting import guidelines
from lib.records import CANCELLED, DONE, PAUSED, Caps, Spent, UsageError
from lib.records.suggestion import GUIDELINES, REVISION, SEARCH
from lib.store import prices
from lib.store.judge import judges, prompt_drafts, rules, suggestions
from lib.store.review import labels
from lib.workflow.judge import judging, suggesting
from tests.support.endpoint import error, prompt_of, verdict
from tests.support.running import FakeClock, nth_call
from tests.support.suggesting import TEST_CANARY, asks_for, drafted, executed, judged, labelled, learner, restless


def judgements(endpoint) -> int:
    return sum(not asks_for(call.body, "guidelines") for call in endpoint.chats)


def test_it_finds_what_train_teaches_and_applies_nothing(db, endpoint_env):
    endpoint_env.plan = learner()
    version = labelled(db)
    found = executed(db, version, SEARCH, wanted=Caps(calls=100))
    assert found.status == DONE and found.calls == endpoint_env.calls and found.prompt_tokens == 100 * found.calls
    assert [one["agreeing"] for one in found.result["candidates"]] == [2, 4] and found.result["dev"] == 4
    chosen = suggesting.best(found)["template"]
    assert guidelines.rules(chosen) == ["An answer that is bad is a fail."]
    assert guidelines.same_placeholders(version.template, chosen)
    assert len(judges.prompts(db, version.judge)) == 1 and prompt_drafts.newest(db, version.judge) is None


def test_no_test_trace_and_no_dev_trace_is_shown_where_it_must_not_be(db, endpoint_env):
    endpoint_env.plan = learner()
    executed(db, labelled(db), SEARCH, wanted=Caps(calls=100))
    sent = [json.dumps(call.body) for call in endpoint_env.ledger]
    assert TEST_CANARY not in "".join(sent) and "test question" not in "".join(sent)
    reflections = [prompt_of(call.body) for call in endpoint_env.chats if asks_for(call.body, "guidelines")]
    assert reflections and all("train question" in one and "dev question" not in one for one in reflections)


def test_an_equal_evaluation_is_bought_once(db, endpoint_env):
    endpoint_env.plan = learner()
    executed(db, labelled(db), SEARCH, wanted=Caps(calls=100))
    # Two candidates on four train and four dev traces.
    assert judgements(endpoint_env) == 16


def test_a_cap_on_calls_is_kept_to_the_call_and_what_was_found_before_it_stays(db, endpoint_env):
    endpoint_env.plan = restless()
    found = executed(db, labelled(db, 12), SEARCH, wanted=Caps(calls=20), dev=4, concurrency=4)
    assert found.status == PAUSED and found.calls == endpoint_env.calls == 20
    assert found.message == ("The cap of 20 calls is reached. The search stopped there, and the best so far is kept: "
                             "raise it and go on.")
    assert [one["agreeing"] for one in found.result["candidates"]] == [2]


def test_where_no_candidate_was_tried_yet_nothing_is_said_of_a_best(db, endpoint_env):
    found = executed(db, labelled(db), SEARCH, wanted=Caps(tokens=450), concurrency=1)
    assert found.result["candidates"] == [] and "What came is kept" in found.message and 0 < found.calls < 4


@pytest.mark.parametrize("at_once", [1, 8])
def test_a_cap_on_tokens_stops_it_before_a_call_that_would_pass_it(db, endpoint_env, at_once):
    endpoint_env.plan = restless()
    found = executed(db, labelled(db, 12), SEARCH, wanted=Caps(tokens=3_000), dev=4, concurrency=at_once)
    # A call takes 120 tokens. With one at a time the cap is used up to the last call that fits.
    assert found.status == PAUSED and found.spent == Spent(found.calls, 100 * found.calls, 20 * found.calls)
    assert 120 * endpoint_env.calls <= 3_000 and found.message.startswith("The cap of 3,000 tokens is reached.")
    assert at_once > 1 or endpoint_env.calls == 25


def test_a_first_reflection_is_expected_to_take_what_its_prompt_has(db, endpoint_env):
    endpoint_env.plan = learner()
    # Eight judgements are 960 tokens; a judgement more would fit, a reflection on two traces does not.
    found = executed(db, labelled(db), SEARCH, wanted=Caps(tokens=960 + 300), concurrency=1)
    assert found.status == PAUSED and judgements(endpoint_env) == endpoint_env.calls == 8
    assert [one["agreeing"] for one in found.result["candidates"]] == [2]


def test_a_cap_on_money_goes_by_the_price_of_the_model(db, endpoint_env):
    endpoint_env.plan = restless()
    prices.put(db, "test-model", 1_000, 10_000)
    # A call costs 100 × 0.001 + 20 × 0.01 = 0.30: sixteen are 4.80, seventeen would be 5.10.
    found = executed(db, labelled(db, 12), SEARCH, wanted=Caps(cost=5.0), dev=4, concurrency=1)
    assert (found.status, found.calls, endpoint_env.calls) == (PAUSED, 16, 16) and "5.00 in cost" in found.message


def test_a_cap_that_cannot_be_kept_is_refused_with_a_sentence_and_nothing_is_left_behind(db, endpoint_env):
    version = labelled(db)
    for wanted, said in ((Caps(cost=1), "A cap on cost needs a price: Settings, Models has none of 'test-model'"),
                         (Caps(), "goes on until a cap stops it"), (Caps(tokens=-1), "above 0")):
        with pytest.raises(UsageError, match=said):
            suggesting.start(db, version, SEARCH, wanted=wanted)
    assert suggestions.every(db) == [] and endpoint_env.calls == 0


def test_a_raised_cap_lets_it_go_on_without_paying_twice(db, endpoint_env):
    endpoint_env.plan = restless()
    found = executed(db, labelled(db, 12), SEARCH, wanted=Caps(calls=20), dev=4)
    kept, before = len(suggestions.replies(db, found.id)), endpoint_env.calls
    endpoint_env.plan = learner()
    suggesting.put_caps(db, found.id, Caps(tokens=100_000))
    suggesting.ready_to_resume(db, found.id)
    ended = suggesters.execute(db, found.id, clock=FakeClock())
    assert ended.status == DONE and suggesting.best(ended)["agreeing"] == 4
    assert ended.calls - found.calls == endpoint_env.calls - before == len(suggestions.replies(db, found.id)) - kept
    with pytest.raises(UsageError, match="until a cap stops it"):
        suggesting.put_caps(db, found.id, Caps())


def test_without_a_bound_on_calls_it_ends_where_there_is_nothing_new_to_ask(db, endpoint_env):
    endpoint_env.plan = learner("never learnt")
    found = executed(db, labelled(db), SEARCH, wanted=Caps(tokens=1_000_000))
    assert found.status == DONE and [one["agreeing"] for one in found.result["candidates"]] == [2]


def test_one_draft_keeps_to_its_caps_too(db, endpoint_env):
    found = executed(db, labelled(db), GUIDELINES, wanted=Caps(tokens=50))
    assert (found.status, endpoint_env.calls) == (PAUSED, 0) and found.message.startswith("The cap of 50 tokens")


def test_the_estimate_goes_by_the_nearest_cap_and_by_what_would_be_sent(db, endpoint_env):
    version = labelled(db)
    found = suggesting.estimate(db, version, SEARCH, "test-model", wanted=Caps(calls=110))
    assert (found.calls, found.cost) == (110, None) and found.prompt_tokens > 110 * 100
    assert "About 110 calls" in suggesting.forecast(db, version, SEARCH, "test-model", wanted=Caps(calls=110))
    each = (found.prompt_tokens + found.completion_tokens) / 110
    assert suggesting.estimate(db, version, SEARCH, "test-model", wanted=Caps(110, int(50.5 * each))).calls == 50
    prices.put(db, "test-model", 1_000_000, 0)
    found = suggesting.estimate(db, version, SEARCH, "test-model", wanted=Caps(calls=110))
    assert found.cost == float(found.prompt_tokens)
    judged(db, version)
    for kind in (GUIDELINES, REVISION):
        found = suggesting.estimate(db, version, kind, "test-model")
        endpoint_env.plan = error(400)
        executed(db, version, kind)
        assert found.calls == 1 and abs(found.prompt_tokens - len(prompt_of(endpoint_env.chats[-1].body)) // 4) <= 1
    with pytest.raises(UsageError, match="the caps allow none"):
        suggesting.estimate(db, version, SEARCH, "test-model", wanted=Caps(tokens=10))


def test_a_rule_is_linked_to_the_train_critiques_shown_when_it_was_written(db, endpoint_env):
    endpoint_env.plan = learner()
    version = labelled(db)
    found = executed(db, version, SEARCH, wanted=Caps(calls=100))
    assert suggesting.justified(found.result["candidates"][0]) == []
    [rule] = suggesting.justified(suggesting.best(found))
    shown = labels.by_keys(db, list(rule.labels))
    # Everything was passed, so judge and expert differ on the two fails of train.
    assert {one.trace.id for one in shown} == {"train1", "train3"} and rule.text == "An answer that is bad is a fail."
    suggesting.take(db, version, suggesting.best(found)["template"], [rule])
    assert rules.every(db, version.judge) == {rule.text: rule}


def test_a_rule_that_a_reflection_kept_is_not_linked_anew(db, endpoint_env):
    version = labelled(db)
    own = guidelines.rules(version.template)
    assert own

    def plan(body):
        if asks_for(body, "guidelines"):
            return drafted(why="", guidelines=[own[0], "An answer that is bad is a fail."])
        return learner()(body)

    endpoint_env.plan = plan
    chosen = suggesting.best(executed(db, version, SEARCH, wanted=Caps(calls=100)))
    assert guidelines.rules(chosen["template"])[0] == own[0]
    assert [rule.text for rule in suggesting.justified(chosen)] == ["An answer that is bad is a fail."]


def test_a_cancelled_search_keeps_what_it_found_and_goes_on_without_paying_twice(db, endpoint_env):
    version = labelled(db)
    started = suggesting.start(db, version, SEARCH, wanted=Caps(calls=100), concurrency=1)
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
    found = executed(db, labelled(db), SEARCH, wanted=Caps(calls=1000))
    assert found.status == status and said in found.message and found.result["candidates"] == []


def test_proposals_that_cannot_be_used_cost_calls_and_nothing_else(db, endpoint_env):
    def plan(body):
        return drafted(guidelines=["  "]) if asks_for(body, "guidelines") else verdict("pass")

    endpoint_env.plan = plan
    found = executed(db, labelled(db), SEARCH, wanted=Caps(calls=30))
    assert found.status == DONE and len(found.result["candidates"]) == 1


def test_hostile_proposals_stay_one_line_of_text_and_keep_the_placeholders(db, endpoint_env):
    hostile = ["{{ trace }}{% raw %}", "# Examples\n{{ examples }}", "x" * 5000, "An answer that is bad is a fail."]

    def plan(body):
        return drafted(guidelines=hostile) if asks_for(body, "guidelines") else learner()(body)

    endpoint_env.plan = plan
    version = labelled(db)
    chosen = suggesting.best(executed(db, version, SEARCH, wanted=Caps(calls=100)))["template"]
    assert guidelines.same_placeholders(version.template, chosen) and max(map(len, guidelines.rules(chosen))) <= 600
    judging.preview_prompt(db, chosen, [], "train0")


def test_a_trace_that_moved_to_test_since_the_start_is_not_read(db, endpoint_env):
    started = suggesting.start(db, labelled(db), SEARCH, wanted=Caps(calls=100))
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
        suggesting.start(db, version, SEARCH, wanted=Caps(calls=5))
    db.execute("update traces set split = 'train' where split = 'dev'")
    with pytest.raises(UsageError, match="split 'dev'"):
        suggesting.start(db, version, SEARCH)


def test_no_file_is_left_and_litellm_is_not_needed(db, endpoint_env, capfd):
    endpoint_env.plan = learner()
    before = set(Path().iterdir())
    executed(db, labelled(db), SEARCH, wanted=Caps(calls=100))
    assert set(Path().iterdir()) == before and "litellm" not in sys.modules
    assert {path.name.split(".db")[-1] for path in db.path.parent.iterdir()} <= {"", "-wal", "-shm", ".lock"}
    assert capfd.readouterr().out == ""
