"""Assertions: each kind on outputs that hold and do not, settings without sense, and bad will in bounded time."""

import json

import pytest

from lib.assertions import KINDS, Answered, checker
from lib.records import FAIL, PASS, UsageError

HOLDS = [
    ("contains", {"text": "REFUND"}, "Your refund is on its way", "No."),
    ("contains", {"text": "Refund", "case": "matters"}, "Refund", "refund"),
    ("does not contain", {"text": "as an AI"}, "Of course.", "As an AI, I cannot."),
    ("regular expression", {"pattern": r"^\d{4}-\d\d$"}, "2026-11", "in November"),
    ("regular expression", {"pattern": r"\bdraft\b", "it": "must not match"}, "done", "draft: ask"),
    ("JSON valid", {}, '{"a": [1, null]}', '{"a": 1} and more'),
    ("JSON valid", {}, "0", '{"a": NaN}'),
    ("JSON Schema", {"schema": '{"required": ["a"], "type": "object"}'}, '{"a": 1}', '{"b": 1}'),
    ("JSON Schema", {"schema": '{"type": "string", "pattern": "^a+$"}'}, '"aa"', '"ab"'),
    ("JSON Schema", {"schema": '{"patternProperties": {"^n": {"type": "number"}}}'}, '{"n1": 1}', '{"n1": "1"}'),
    ("JSONPath equals", {"path": "$.a[0].b", "value": "1"}, '{"a": [{"b": 1.0}]}', '{"a": [{"b": 2}]}'),
    ("JSONPath equals", {"path": "$.a", "value": "1"}, '{"a": 1}', '{"a": true}'),
    ("JSONPath equals", {"path": "$.a[*]", "value": '"x"'}, '{"a": ["x", "x"]}', '{"a": ["x", "y"]}'),
    ("JSONPath equals", {"path": "$.a", "value": '{"b": [1]}'}, '{"a": {"b": [1]}}', '{"c": 1}'),
    ("length", {"most": 3, "unit": "words"}, "one two three", "one two three four"),
    ("length", {"least": 2}, "ab", "a"),
]


@pytest.mark.parametrize(("kind", "config", "good", "bad"), HOLDS)
def test_it_tells_an_output_that_holds_from_one_that_does_not(kind, config, good, bad):
    check = checker(kind, config)
    assert (check(Answered(good)).outcome, check(Answered(bad)).outcome) == (PASS, FAIL)
    assert check(Answered(bad)).detail.endswith(".")


def test_every_kind_is_tried_above():
    assert {kind for kind, *_ in HOLDS} | {"latency"} == KINDS.keys()


def test_latency_is_checked_where_it_is_known():
    check = checker("latency", {"most": 800})
    assert [check(Answered("", taken)).outcome for taken in (800, 801, None)] == [PASS, FAIL, None]


@pytest.mark.parametrize(("kind", "config", "words"), [
    ("guess", {}, "no kind of assertion 'guess'"), ("length", {"longest": 3}, "no setting 'longest'"),
    ("contains", {}, "the text to look for"), ("contains", {"text": "a", "case": "perhaps"}, "ignored, matters"),
    ("regular expression", {"pattern": "("}, "no regular expression"), ("regular expression", {}, "Write a regular"),
    ("JSON Schema", {"schema": "{"}, "has to be JSON"), ("JSON Schema", {"schema": "[]"}, "a JSON object"),
    ("JSON Schema", {"schema": '{"type": "colour"}'}, "no JSON Schema"),
    ("JSONPath equals", {"path": "", "value": "1"}, "Write a JSONPath"),
    ("JSONPath equals", {"path": "$[", "value": "1"}, "no JSONPath"),
    ("JSONPath equals", {"path": "$[?match(@.a, 'x')]", "value": "1"}, "no JSONPath"),
    ("JSONPath equals", {"path": "$.a", "value": "x"}, "has to be JSON"),
    ("length", {}, "Give a bound"), ("length", {"least": 4, "most": 3}, "lies above"),
    ("length", {"most": -1}, "from 0 up"), ("length", {"most": float("nan")}, "from 0 up"),
    ("latency", {}, "Give a bound"), ("latency", {"most": True}, "from 0 up")])
def test_settings_that_make_no_sense_are_refused_in_a_sentence(kind, config, words):
    with pytest.raises(UsageError, match=words.replace("(", r"\(")):
        checker(kind, config)


@pytest.mark.parametrize(("kind", "config", "output", "why"), [
    ("regular expression", {"pattern": "(a|aa)+$"}, "a" * 60 + "b", "make it simpler"),
    ("JSON Schema", {"schema": '{"items": {"pattern": "(a|aa)+$"}}'}, json.dumps(["a" * 60 + "b"] * 40), "simpler"),
    ("JSON Schema", {"schema": '{"$ref": "http://127.0.0.1:9/schema.json"}'}, "1", "nothing is fetched"),
    ("JSON Schema", {"schema": '{"$ref": "#"}'}, "1", "nothing is fetched"),
    ("contains", {"text": "a"}, "a" * 1_000_001, "more than 1,000,000 characters")])
def test_what_cannot_be_checked_is_neither_pass_nor_fail(kind, config, output, why):
    found = checker(kind, config)(Answered(output))
    assert found.outcome is None and why in found.detail


@pytest.mark.parametrize("kind", ["JSON valid", "JSON Schema", "JSONPath equals"])
def test_json_without_end_is_no_json(kind):
    config = {"JSONPath equals": {"path": "$..a", "value": "1"}}.get(kind, {})
    assert checker(kind, config)(Answered("[" * 100_000)).outcome == FAIL
