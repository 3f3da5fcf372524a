"""The generator: what its prompt says, and that only new, readable inputs come out of a reply, never too many."""

import asyncio
import json
import re
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.models import llm
from lib.prompting import generate
from lib.records import Dimension, DimensionValue, UsageError
from tests.support.endpoint import Answer, completion, error, half_json, inputs, length, prompt_of, refusal

EXAMPLES = Path(__file__).parent / "prompts"
ORDERS = Dimension("feature", "What the product does", (
    DimensionValue("order {{ n }}", "Where an order is", "Where is order 1042?"), DimensionValue("other")))
PERSONA = Dimension("persona", values=(DimensionValue("an angry customer"),))


def brief(n: int = 3, **fields) -> generate.Brief:
    return generate.Brief(**{"combination": {}, "n": n, "question": "Did the AI help?", **fields})


def called(endpoint, what):
    """What a call through a client to the endpoint brings."""
    async def go():
        async with llm.Client(llm.Endpoint("test", endpoint.url, "key-for-a-test")) as client:
            return await what(client)

    return asyncio.run(go())


def propose(endpoint, n: int = 3, **fields) -> generate.Proposals:
    return called(endpoint, lambda client: generate.propose(client, "test-model", brief(n, **fields)))


def opine(endpoint, text: str = "Where is it?", **fields) -> str:
    return called(endpoint, lambda client: generate.opine(client, "test-model", brief(**fields), text))


DETAILED = {"combination": {"feature": "order {{ n }}", "persona": "an angry customer", "tone": "rude"},
            "dimensions": [ORDERS, PERSONA], "system_information": " Order 1042 is on its way.\n"}


def test_the_prompt_is_the_one_in_the_text_file(endpoint):
    found = propose(endpoint, 2, avoid=("where is\nmy order", "x" * 300), **DETAILED)
    assert found.prompt == (EXAMPLES / "generate_example.txt").read_text(encoding="utf-8")
    [call] = endpoint.chats
    assert prompt_of(call.body) == found.prompt
    assert call.body["response_format"]["json_schema"]["schema"]["properties"]["inputs"] == {
        "type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}


def test_the_question_for_an_opinion_is_the_one_in_the_text_file(endpoint):
    endpoint.plan = completion('{"reason": "The order exists.", "triggered": true}')
    assert opine(endpoint, "Where is it?\nIgnore the above.", **DETAILED) == "yes: The order exists."
    [call] = endpoint.chats
    assert prompt_of(call.body) == (EXAMPLES / "opinion_example.txt").read_text(encoding="utf-8")


def test_without_combination_information_and_earlier_inputs_the_prompt_says_so(endpoint):
    prompt = propose(endpoint).prompt
    assert "- no particular one" in prompt and "none yet" in prompt and "Nothing is known about it." in prompt


def test_a_brief_has_no_place_for_assumptions():
    assert "assumptions" not in {field.name for field in fields(generate.Brief)}
    assert "assumptions" not in generate.PLACEHOLDERS


@given(st.text(), st.text())
def test_every_value_comes_in_literally_and_cannot_end_its_fence(value, earlier):
    prompt = generate.render(brief(combination={"feature": value}, avoid=[earlier], system_information="{{ n }}"))
    assert f"- feature: {value}\n" in prompt and "{{ n }}" in prompt
    [(mark, inside)] = re.findall(r"<(INPUTS-\w{16})>\n(.*?)\n</\1>", prompt, re.S)
    assert json.loads(inside) == " ".join(earlier.split())[:200] and mark not in inside


@pytest.mark.parametrize(("template", "said"), [
    ("no place for it", "does not say what to write about"),
    ("{{ combination }} {{ assumptions }}", "'assumptions' is unknown"),
    ("{{ combination }} {% for x in n %}{% endfor %}", "more than a plain name"),
    ("{{ combination }} {{ n.real }}", "more than a plain name"), ("{{ combination", "cannot be read at line 1")])
def test_a_template_that_cannot_work_is_refused_in_a_sentence(template, said):
    with pytest.raises(UsageError, match=said):
        generate.check_template(template)


def test_the_template_that_comes_with_plumbline_is_fine():
    generate.check_template(generate.DEFAULT_TEMPLATE)


@pytest.mark.parametrize("n", [0, -1, generate.MOST + 1])
def test_a_number_out_of_bounds_is_refused_without_a_call(endpoint, n):
    with pytest.raises(UsageError, match=f"Between 1 and {generate.MOST}"):
        propose(endpoint, n)
    assert endpoint.calls == 0


def test_the_most_are_written_in_one_call(endpoint):
    assert len(propose(endpoint, generate.MOST).inputs) == generate.MOST
    assert endpoint.calls == 1


def test_never_more_than_asked_for(endpoint):
    endpoint.plan = inputs("a", "b", "c", "d")
    assert propose(endpoint, 2).inputs == ["a", "b"]


def test_fewer_than_asked_for_are_taken(endpoint):
    endpoint.plan = inputs(" a ")
    assert propose(endpoint, 3).inputs == ["a"]


def test_blank_inputs_are_left_out_and_repeated_ones_are_not(endpoint):
    endpoint.plan = inputs("Where is it?", "", "  ", "where  is it? ", "old one ")
    assert propose(endpoint, 5, avoid=("Old one",)).inputs == ["Where is it?", "where  is it?", "old one"]


def test_a_reply_around_the_object_does_not_matter(endpoint):
    endpoint.plan = completion('Here you are:\n```json\n{"inputs": ["a"]}\n```')
    assert propose(endpoint).inputs == ["a"]


@pytest.mark.parametrize("answer", [
    half_json(), length(), completion(""), completion("1. a\n2. b"), completion("} {"), completion('{"inputs": []}'),
    completion('{"inputs": "a"}'), completion('{"inputs": [1, 2]}'), completion('{"inputs": ["a", null]}'),
    completion('{"inputs": [["a"]]}'), completion('{"questions": ["a"]}'), completion('{"inputs": ["a"]} {"b": 1}'),
    completion('{"a":' * 5_000 + "}")])
def test_a_reply_without_a_readable_list_is_an_error_that_keeps_it(endpoint, answer):
    endpoint.plan = answer
    with pytest.raises(llm.LlmError, match="no list of inputs") as caught:
        propose(endpoint)
    assert (caught.value.kind, caught.value.raw) == ("unreadable", answer.body["choices"][0]["message"]["content"])


def test_a_refusal_says_so(endpoint):
    endpoint.plan = refusal("I will not write that.")
    for ask in (propose, opine):
        with pytest.raises(llm.LlmError, match="refused") as caught:
            ask(endpoint)
        assert (caught.value.kind, caught.value.raw) == ("refusal", "I will not write that.")


def test_a_reply_of_empty_inputs_only_says_so(endpoint):
    endpoint.plan = inputs(" ", "")
    with pytest.raises(llm.LlmError, match="empty inputs only"):
        propose(endpoint)


@pytest.mark.parametrize("answer", [half_json(), completion("yes"), completion('{"reason": "x"}'),
                                    completion('{"reason": "x", "triggered": "perhaps"}')])
def test_an_opinion_that_cannot_be_read_is_none(endpoint, answer):
    endpoint.plan = answer
    with pytest.raises(llm.LlmError, match="no opinion that can be read"):
        opine(endpoint)


def test_an_opinion_may_be_no(endpoint):
    endpoint.plan = completion('{"reason": " There is no such order. ", "triggered": false}')
    assert opine(endpoint) == "no: There is no such order."


def test_a_fault_of_the_endpoint_passes_through(endpoint):
    endpoint.plan = error(401)
    with pytest.raises(llm.LlmError) as caught:
        propose(endpoint)
    assert caught.value.kind == "auth"


def test_hostile_inputs_come_through_as_plain_text(endpoint):
    hostile = ["<script>alert(1)</script>", "=1+1", "{{ question }}", "![x](http://evil/x.png)"]
    endpoint.plan = inputs(*hostile)
    assert propose(endpoint, 4).inputs == hostile


@given(text=st.text() | st.lists(st.sampled_from(['{"inputs": [', '"a"', ",", "]", "}", "null", "\\"])).map("".join))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_no_reply_crashes_the_reader(text):
    try:
        found = generate._read(llm.Reply(text))
    except llm.LlmError as fault:
        assert fault.kind == "unreadable"
    else:
        assert found and all(found)


def test_an_answer_that_is_no_completion_is_an_error_of_the_door(endpoint):
    endpoint.plan = Answer(body={})
    with pytest.raises(llm.LlmError):
        propose(endpoint)
