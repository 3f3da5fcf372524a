"""Traces in and out of the store: whole as they were, found by every filter, stepped through forward and back."""

from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lib.records import SPLITS, UsageError, Verdict, split_of
from lib.sampling.queues import QueueItem
from lib.store.dataset import chosen, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions, failure_modes, steps
from lib.store.review import queues
from lib.workflow.errors import checking
from tests.support.steps import add, row, say

json_values = st.recursive(st.none() | st.booleans() | st.integers(-2**60, 2**60) | st.text(max_size=5),
                           lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner,
                                                                                     max_size=2), max_leaves=5)


@pytest.fixture
def four(db, make_trace):
    add(db,
        row(make_trace("t1", split="train", dimensions={"topic": ("a", "b")}, system_version="v1"), Ann="pass"),
        row(make_trace("t2", split="dev", dimensions={"topic": ("a",), "mood": ("b",)}, source="synthetic"),
            Ann="fail", modes=("invents",), verdicts={"GPT-4": Verdict("fail")}),
        row(make_trace("t3", split="dev", output="Refund GRANTED", system_version="v2"),
            verdicts={"GPT-4": Verdict(None, error="no outcome", raw="?")}),
        make_trace("t4", split="test", output=None))
    queues.create(db, {"random": 50, "judge_fails": 50}, [
        QueueItem("t3", "random", True, position=1),
        QueueItem("t4", "judge_fails", False, position=2, expert="Cleo")], seed=1)
    say(db, "t3", "pass", "Bob", critique=" ")
    queues.defer(db, "t4", "Ann")
    for name in ("find", "answer"):
        steps.add(db, name)
    steps.give(db, "t2", "find", "answer")
    checking.run(db, assertions.add(db, "granted", "contains", {"text": "granted"}))
    return db


def found(store, **where) -> list[str]:
    listed = [one["trace_id"] for one in traces.listing(store, Filter(**where))]
    assert traces.count(store, Filter(**where)) == len(listed)
    return listed


CASES = [
    ({}, ["t1", "t2", "t3", "t4"]),
    ({"split": "dev"}, ["t2", "t3"]),
    ({"source": "synthetic"}, ["t2"]),
    ({"system_version": "v1"}, ["t1"]),
    ({"dimension": "topic"}, ["t1", "t2"]),
    ({"dimension": "topic", "value": "b"}, ["t1"]),
    ({"dimension": "mood", "value": "b"}, ["t2"]),
    ({"failure_mode": "invents"}, ["t2"]),
    ({"label": "pass"}, ["t1"]),
    ({"label": "fail"}, ["t2"]),
    ({"label": "any"}, ["t1", "t2"]),
    ({"label": "none"}, ["t3", "t4"]),
    ({"label": "any", "expert": "Bob"}, ["t3"]),
    ({"label": "none", "expert": "Bob"}, ["t1", "t2", "t4"]),
    ({"label": "none", "expert": "nobody"}, ["t1", "t2", "t3", "t4"]),
    ({"label": "incomplete", "expert": "Bob"}, ["t3"]),
    ({"label": "incomplete"}, []),
    ({"deferred": True}, ["t4"]),
    ({"deferred": True, "expert": "Bob"}, []),
    ({"deferred": False, "label": "none"}, ["t3"]),
    ({"answered": True}, ["t1", "t2", "t3"]),
    ({"answered": False}, ["t4"]),
    ({"combination": '{"topic": "b", "mood": "b"}'}, []),
    ({"combination": '{"topic": "b"}'}, ["t1"]),
    ({"in_run": "1"}, ["t2", "t3"]),
    ({"in_run": "1", "verdict": "fail"}, ["t2"]),
    ({"in_run": "1", "verdict": "error"}, ["t3"]),
    ({"in_run": "9"}, []),
    ({"in_run": "one"}, []),
    ({"rated": "expert"}, ["t2"]),
    ({"rated": "judge", "in_run": "1", "seen": "yes"}, ["t2"]),
    ({"transition": '["find", "answer"]'}, ["t2"]),
    ({"transition": '[null, "answer"]'}, []),
    ({"assertion": "granted"}, ["t1", "t2"]),
    ({"assertion": "granted", "checked": "pass"}, ["t3"]),
    ({"since": "2000-01-01"}, ["t1", "t2"]),
    ({"since": "2000-01-01", "expert": "Bob"}, ["t3"]),
    ({"until": "2000-01-01"}, []),
    ({"since": "2000-01-01", "dated": "yes"}, []),
    ({"rated": "judge", "in_run": "[9, 1]", "seen": "yes"}, ["t2"]),
    ({"rated": "judge", "in_run": "[9", "seen": "yes"}, []),
    ({"queue": "random"}, ["t3"]),
    ({"queue": "judge_fails"}, ["t4"]),
    ({"queue": "waiting"}, ["t4"]),
    ({"queue": "newest"}, []),
    ({"unjudged": "GPT-4"}, ["t1", "t3", "t4"]),
    ({"unjudged": "GPT-4", "split": "dev"}, ["t3"]),
    ({"shard": "1/2"}, ["t1", "t2", "t3"]),
    ({"shard": "2/2"}, ["t4"]),
    ({"unjudged": "nobody"}, ["t1", "t2", "t3", "t4"]),
    ({"archived": "yes"}, []),
    ({"search": "granted"}, ["t3"]),
    ({"search": "QUESTION OF T4"}, ["t4"]),
    ({"search": "t1"}, ["t1"]),
    ({"search": "%"}, []),
    ({"search": "' or 1=1 --"}, []),
    ({"split": "dev", "label": "none", "answered": True}, ["t3"]),
    ({"split": "dev", "source": "synthetic", "label": "pass"}, []),
]


@pytest.mark.parametrize(("where", "ids"), CASES)
def test_every_filter_leaves_what_it_says(four, where, ids):
    assert found(four, **where) == ids


def test_every_field_of_the_filter_is_tried_here():
    assert {name for where, _ in CASES for name in where} == {field.name for field in fields(Filter)}


def test_a_verdict_on_a_text_of_yesterday_leaves_a_trace_unjudged(four):
    four.execute("update traces set content_hash = 'another' where trace_id = 't2'")
    assert found(four, unjudged="GPT-4", split="dev") == ["t2", "t3"]


@pytest.mark.parametrize(("fields", "said"), [
    ({}, "all splits"), ({"split": None, "source": None}, "all splits"), ({"split": "dev"}, "dev"),
    ({"since": "2026-11-01", "source": "real"}, "real, since 2026-11-01"),
    ({"label": "any", "split": "dev"}, "dev, labelled"), ({"label": "fail", "expert": "Bob"}, "labelled fail by Bob"),
    ({"dimension": "topic"}, "topic: any value"), ({"dimension": "topic", "value": "a"}, "topic: a"),
    ({"queue": "judge_fails"}, "queue Judge says fail"), ({"queue": "waiting"}, "queue waiting for a label"),
    ({"in_run": "3"}, "judged in run 3"), ({"in_run": "3", "verdict": "fail"}, "fail in run 3"),
    ({"rated": "judge", "in_run": "3"}, "run 3, counted as fails: verdicts of a judge"),
    ({"rated": "judge", "in_run": "[1, 3]"}, "runs 1, 3, counted as fails: verdicts of a judge"),
    ({"transition": '[null, "find"]'}, "failed first at step find, after no good step"),
    ({"assertion": "polite"}, "assertion polite: fail"), ({"combination": '{"a": "b", "c": "d"}'}, "a: b, c: d")])
def test_a_filter_is_told_in_words(fields, said):
    assert chosen.words(fields) == said


def test_every_field_of_the_filter_says_something():
    """Alone, or with the one it says more of."""
    more = {"value": "dimension", "expert": "label", "verdict": "in_run", "checked": "assertion", "seen": None}
    json = {"combination": '{"a": "b"}', "transition": '["a", "b"]', "rated": "both"}
    for name in {field.name for field in fields(Filter)} - {"seen", "dated"}:
        beside = {more[name]: "x"} if name in more else {}
        assert chosen.words({**beside, name: json.get(name, "word")}) != chosen.words(beside)


def test_steps_go_forward_and_back_within_the_filter(four):
    where = Filter(answered=True)
    assert traces.step(four, where, None) == "t1" and traces.step(four, where, None, forward=False) == "t3"
    assert [traces.step(four, where, name) for name in ("t1", "t2", "t3")] == ["t2", "t3", None]
    assert [traces.step(four, where, name, forward=False) for name in ("t3", "t2", "t1")] == ["t2", "t1", None]


def test_a_step_may_start_at_a_trace_the_filter_leaves_out(four):
    assert traces.step(four, Filter(label="none"), "t2") == "t3"
    assert traces.step(four, Filter(label="any"), "t4", forward=False) == "t2"


def test_a_listing_comes_in_pages(four):
    assert [one["trace_id"] for one in traces.listing(four, limit=2, offset=1)] == ["t2", "t3"]


def test_a_listing_shows_the_newest_label_of_the_principal(four):
    say(four, "t1", "fail", critique="newer")
    assert [(one["outcome"], one["critique"]) for one in traces.listing(four)][:3] == [
        ("fail", "newer"), ("fail", "why fail"), (None, None)]


def test_dimensions_and_versions_are_listed_with_their_values(four):
    assert traces.dimensions(four) == {"topic": ["a", "b"], "mood": ["b"]}
    assert traces.system_versions(four) == ["v1", "v2"]
    assert traces.some_inputs(four, 2) == ["question of t4", "question of t3"]


def test_an_unknown_trace_is_named(four):
    for ask in (lambda: traces.get(four, "t9"), lambda: traces.step(four, Filter(), "t9")):
        with pytest.raises(UsageError, match="no trace 't9' in this project"):
            ask()
    assert failure_modes.of_trace(four, "t9") == []


def test_equal_inputs_share_a_split_and_splits_have_their_shares():
    counts = {split: sum(split_of(f"input {n}") == split for n in range(5_000)) for split in SPLITS}
    assert split_of("same") == split_of("same")
    # 20 / 40 / 40 % of 5,000, give or take four standard deviations of 35
    assert all(abs(counts[split] - share) < 140 for split, share in (("train", 1000), ("dev", 2000), ("test", 2000)))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.text(min_size=1), st.text(), st.text(), st.dictionaries(st.text(max_size=4), json_values, max_size=3))
def test_whatever_text_a_trace_holds_comes_back_as_it_was(db, make_trace, id, input, output, context):
    trace = make_trace(id, input=input, output=output, context=context)
    store = db.of(db.project)
    add(store, trace) if not store.value("select 1 from traces where trace_id = :id", id=id) else None
    kept = traces.get(store, id)
    if kept.content_hash == trace.content_hash:
        assert (kept.id, kept.input, kept.output, kept.context) == (id, input, output, context)
