"""The generator: what its prompt says, and that only new, readable inputs come out of a reply, never too many."""

import asyncio
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib import generate, llm
from lib.records import UsageError
from tests.endpoint import Answer, completion, error, half_json, inputs, length, prompt_of, refusal

EXAMPLE = Path(__file__).parent / "prompts" / "generate_example.txt"


def propose(endpoint, n: int = 3, avoid: tuple[str, ...] = (), **combination: str) -> generate.Proposals:
    async def go() -> generate.Proposals:
        async with llm.Client(llm.Endpoint("test", endpoint.url, "key-for-a-test")) as client:
            return await generate.propose(client, model="test-model", combination=combination, n=n,
                                          question="Did the AI help?", avoid=list(avoid))

    return asyncio.run(go())


def test_the_prompt_is_the_one_in_the_text_file(endpoint):
    found = propose(endpoint, 2, ("where is my order", "x" * 300), feature="order {{ n }}", persona="an angry customer")
    assert found.prompt == EXAMPLE.read_text(encoding="utf-8")
    [call] = endpoint.chats
    assert prompt_of(call.body) == found.prompt
    assert call.body["response_format"]["json_schema"]["schema"]["properties"]["inputs"] == {
        "type": "array", "items": {"type": "string"}, "minItems": 2, "maxItems": 2}


def test_without_combination_and_earlier_inputs_the_prompt_says_so(endpoint):
    prompt = propose(endpoint).prompt
    assert "- no particular one" in prompt and "- none yet" in prompt


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


def test_blank_and_repeated_inputs_are_left_out(endpoint):
    endpoint.plan = inputs("Where is it?", "", "  ", "new one", "where  is it? ", "New One", "old one ")
    assert propose(endpoint, 5, avoid=("Old one\n",)).inputs == ["Where is it?", "new one"]


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
    with pytest.raises(llm.LlmError, match="refused") as caught:
        propose(endpoint)
    assert caught.value.raw == "I will not write that."


def test_a_reply_of_repeated_inputs_only_says_so(endpoint):
    endpoint.plan = inputs("a", "A ")
    with pytest.raises(llm.LlmError, match="only repeated"):
        propose(endpoint, avoid=("a",))


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
        found = generate._read(llm.Reply(text), ["a"])
    except llm.LlmError as fault:
        assert fault.kind == "unreadable"
    else:
        assert found and all(found)


def test_an_answer_that_is_no_completion_is_an_error_of_the_door(endpoint):
    endpoint.plan = Answer(body={})
    with pytest.raises(llm.LlmError):
        propose(endpoint)
