"""Replies of every kind of model: what it thought is no verdict, what is nearly JSON is read and marked, no more."""

import asyncio
import json
import random
from pathlib import Path

import pytest

from lib.models import llm, thoughts
from lib.models.replies import Reply
from lib.prompting import judge, reading
from lib.records import PromptVersion
from tests.support.endpoint import Answer, completion
from tests.support.running import PATIENCE

CASES = [json.loads(line) for line in (Path(__file__).parents[1] / "data" / "replies.jsonl").read_text().splitlines()]
DRAFT, FINAL = '{"critique": "A draft.", "outcome": "pass"}', '{"critique": "Wrong year.", "outcome": "fail"}'


def judged(endpoint, trace, answer):
    """The verdict that an answer becomes, over the network."""
    endpoint.plan = answer
    prompt = judge.Prompt(PromptVersion("j", 1, "{{ trace }}"), "Is it right?")

    async def go():
        async with llm.Client(llm.Endpoint("test", endpoint.url, "key-for-a-test"), timeout=PATIENCE) as client:
            return await judge.judge_trace(client, prompt, trace, "m")

    return asyncio.run(go())


@pytest.mark.parametrize("case", [case for case in CASES if "content" in case], ids=lambda case: case["name"])
def test_a_handed_reply_is_read_as_it_is_wanted(endpoint, make_trace, case):
    found = judged(endpoint, make_trace(), completion(case["content"]))
    if case["want"] in ("pass", "fail"):
        assert found.outcome == case["want"] and found.error is None
        assert bool(found.lenient) == (case["kind"] == "a clear verdict in nearly right JSON")
    else:
        assert found.outcome is None and found.error, "a draft is no verdict"
    assert ("Draft thought." in found.thoughts) == ("Draft thought." in str(case["content"]))


@pytest.mark.parametrize("case", [case for case in CASES if case["kind"] == "an error inside a 200"],
                         ids=lambda case: case["name"])
def test_an_error_inside_an_answer_waits_as_it_would_by_its_status(endpoint, make_trace, case):
    with pytest.raises(llm.LlmError) as caught:
        judged(endpoint, make_trace(), Answer(case["status"], case["body"]))
    assert caught.value.kind == ("rate_limit" if "429" in case["name"] else "server") and caught.value.transient
    assert endpoint.calls == 1


@pytest.mark.parametrize("text", [
    f"<think>{DRAFT}</think>{FINAL}", f"{DRAFT}</think>\n{FINAL}", f"<think>a <think> {DRAFT}</think>{FINAL}",
    f"<think>{DRAFT}</think> {DRAFT} </think>{FINAL}", f"<thinking>{DRAFT}</thinking><answer>{FINAL}</answer>",
    f"[THINK]{DRAFT}[/THINK]{FINAL}", f"◁think▷{DRAFT}◁/think▷{FINAL}", f"<seed:think>{DRAFT}</seed:think>{FINAL}",
    f"<|channel>thought\n{DRAFT}<channel|>{FINAL}",
    f"<|START_THINKING|>{DRAFT}<|END_THINKING|><|START_RESPONSE|>{FINAL}<|END_RESPONSE|>",
    f"<|begin_of_thought|>{DRAFT}<|end_of_thought|>{FINAL}", f"analysisLet me see. {DRAFT}assistantfinal{FINAL}",
    f"<|channel|>analysis<|message|>{DRAFT}<|end|><|start|>assistant<|channel|>final<|message|>{FINAL}<|return|>",
    f"<|channel|>analysis<|message|>{DRAFT}<|end|>"
    f"<|start|>assistant<|channel|>final <|constrain|>json<|message|>{FINAL}",
    f"<|start|>assistant<|channel|>commentary to=x <|constrain|>json<|message|>{DRAFT}<|call|>"
    f"<|start|>assistant<|channel|>final<|message|>{FINAL}"])
def test_every_family_s_thoughts_are_apart_and_what_follows_is_read(text):
    reply, thought = thoughts.apart(text)
    assert reply.strip() == FINAL and DRAFT in thought and FINAL not in thought
    assert reading.verdict(Reply(reply, thoughts=thought)).outcome == "fail"


@pytest.mark.parametrize("text", [
    f'<details type="reasoning" open>{DRAFT}</details>', f"<mm:think>{DRAFT}</mm:think>", f"< think >{DRAFT}</ think >",
    f"<|think|>{DRAFT}<|/think|>", f"<|begin_of_thinking|>{DRAFT}<|end_of_thinking|>", f"<scratchpad>{DRAFT}",
    f"<analysis>{DRAFT}</analysis>", f"<inner_thoughts>{DRAFT}</inner_thoughts>", f"[thinking]{DRAFT}[/thinking]",
    f"<thinking_process>{DRAFT}</thinking_process>", f"&lt;think&gt;{DRAFT}&lt;/think&gt;",
    f"```thinking\n{DRAFT}\n```", f"<unused94>thought\n{DRAFT}<unused95>", f"analysis {DRAFT}",
    f"Here is my thought process:\n{DRAFT}\nHere is my response:", f"**Thinking:**\n{DRAFT}",
    f'<think effort="high">{DRAFT}',
    f"<plan>{DRAFT}</plan>"])
def test_a_draft_alone_is_no_verdict_whatever_marks_stand_around_it(text):
    reply, thought = thoughts.apart(text)
    found = reading.verdict(Reply(reply, thoughts=thought, format="json_schema"))
    assert found.outcome is None and found.error in ("only thoughts", "unreadable")
    reply, thought = thoughts.apart(f"{text}\n{FINAL}")
    read = reading.verdict(Reply(reply, thoughts=thought, format="json_schema"))
    assert read.outcome in (None, "fail"), "the final one, or none"


@pytest.mark.parametrize("text", [
    f"<answer>{FINAL}</answer>", f"<p>{FINAL}</p>", f"It lacks a <name>. {FINAL}", f"Analysis: it is wrong.\n{FINAL}",
    f"The thinking is sound.\n{FINAL}", f"<b>So:</b> {FINAL}"])
def test_marks_that_say_nothing_of_thoughts_hide_no_verdict(text):
    reply, thought = thoughts.apart(text)
    assert reading.verdict(Reply(reply, thoughts=thought, format="json_schema")).outcome == "fail"


@pytest.mark.parametrize("text", [
    f"<think>{DRAFT}", f"[THINK]{DRAFT}", f"<|channel|>analysis<|message|>{DRAFT}", f"analysisSo: {DRAFT}",
    f"<|channel|>commentary<|message|>{DRAFT}<|end|>", f"<think>x</think><think>{DRAFT}"])
def test_thoughts_that_never_end_hide_all_of_it(text):
    reply, thought = thoughts.apart(text)
    assert reply == "" and DRAFT in thought
    assert reading.verdict(Reply(reply, thoughts=thought)).error == "only thoughts"


def test_a_verdict_that_quotes_a_mark_is_read_whole():
    said = json.dumps({"critique": "It shows <think> and </think> to its user.", "outcome": "fail"})
    assert thoughts.apart(said) == (said, "")
    assert thoughts.apart("Analysis: fine.") == ("Analysis: fine.", "")


@pytest.mark.parametrize("beside", [
    {"reasoning_content": DRAFT}, {"reasoning": DRAFT}, {"thinking": DRAFT},
    {"reasoning_details": [{"type": "reasoning.text", "text": DRAFT}]},
    {"thinking_blocks": [{"type": "thinking", "thinking": DRAFT, "signature": "x"}]}])
def test_thoughts_beside_a_reply_are_kept_and_never_read(endpoint, make_trace, beside):
    found = judged(endpoint, make_trace(), completion(FINAL, **beside))
    assert (found.outcome, found.thoughts, found.lenient) == ("fail", DRAFT, "")
    found = judged(endpoint, make_trace(), completion(None, **beside))
    assert (found.outcome, found.error, found.thoughts) == (None, "only thoughts", DRAFT)


def test_of_a_list_of_parts_only_text_is_read(endpoint, make_trace):
    parts = [{"type": "reasoning", "summary": [{"type": "summary_text", "text": DRAFT}]},
             {"type": "image_url", "image_url": {"url": "x"}}, {"type": "text", "text": FINAL[:9]},
             {"type": "text", "text": FINAL[9:]}]
    found = judged(endpoint, make_trace(), completion(parts))
    assert (found.outcome, found.thoughts, found.lenient) == ("fail", DRAFT, "text in parts")


@pytest.mark.parametrize(("text", "lenient"), [
    ('{"critique": "a\nb", "outcome": "fail"}', "raw line breaks or tabs"),
    ('{"critique": "a, }", "outcome": "fail" , }', "a comma too many or signs without width"),
    ('{\ufeff"critique": "a", "outcome": "fail"}', "a comma too many or signs without width"),
    ('{"critique": "a", "outcome": "**Fail**."}', "signs around the outcome"),
    ('{"CRITIQUE": "a", "OUTCOME": "fail"}', "names in capitals"),
    ('{"critique": ["a", "b"], "outcome": "fail"}', "the critique as a list"),
    (f"{FINAL}\n{FINAL}", "the same verdict twice")])
def test_what_is_nearly_right_is_read_and_marked(text, lenient):
    found = reading.verdict(Reply(text, format="json_schema"))
    assert (found.outcome, found.lenient, found.raw) == ("fail", lenient, "")


@pytest.mark.parametrize("text", [
    "{'critique': 'a', 'outcome': 'fail'}", '{"critique": "a", "verdict": "fail"}', f'{{"result": {FINAL}}}',
    '{"critique": "he said "no" to it", "outcome": "fail"}', '{"critique": "a" "outcome": "fail"}',
    '{"critique": "a", "outcome": "fail"', '{"critique": "a", "outcome": "mostly fail"}',
    '{"critique": "a", "Outcome": "pass", "outcome": "fail"}', '{"critique": "a", "outcome": ["fail"]}',
    '{"critique": {"a": 1}, "outcome": "fail"}', f"{FINAL}, {FINAL.replace('Wrong', 'Bad')}", '{"outcome": "fail",,}'])
def test_what_is_unclear_is_an_error_and_never_guessed(text):
    found = reading.verdict(Reply(text, format="json_schema"))
    assert found.outcome is None and found.error and found.raw == text and found.lenient == ""


OPENED = ("<think>", "[THINK]", "◁think▷", "<|START_THINKING|>", "<|channel>thought", "<thinking>")
CLOSED = {"<think>": "</think>", "[THINK]": "[/THINK]", "◁think▷": "◁/think▷", "<|START_THINKING|>": "<|END_THINKING|>",
          "<|channel>thought": "<channel|>", "<thinking>": "</thinking>"}
NOISE = ("It names a year. ", "{x} ", "\n\n", "```json\n", "```", "[1, 2] ", "\u200b", "So. ", "\t", '{"a": [1]} ')
SHAPES = (json.dumps, lambda said: json.dumps(said, indent=1),
          lambda said: json.dumps(said)[:-1] + ",}", lambda said: json.dumps(said).replace("outcome", "Outcome"),
          lambda said: json.dumps(said).replace("X", "\n"), lambda said: json.dumps({**said, "critique": ["a", "b"]}))


def generated(number: int) -> tuple[str, list[dict[str, str]]]:
    """A reply and the claims in it that are no thoughts: thoughts, noise and claims in any order."""
    chance = random.Random(number)

    def claim() -> tuple[str, dict[str, str]]:
        said = {"critique": f"X{chance.randrange(9)}", "outcome": chance.choice(("pass", "fail"))}
        return chance.choice(SHAPES)(said), said

    text, claims = "", []
    for _ in range(chance.randrange(5)):
        match chance.randrange(4):
            case 0:
                mark = chance.choice(OPENED)
                drafts = "".join(claim()[0] for _ in range(chance.randrange(3)))
                text += mark + chance.choice(NOISE) + drafts + CLOSED[mark]
            case 1:
                shown, said = claim()
                text, claims = text + shown, [*claims, said]
            case _:
                text += chance.choice(NOISE)
    match chance.randrange(10):
        case 0:
            text += chance.choice(OPENED) + claim()[0]
        case 1:
            text, claims = text + chance.choice(list(CLOSED.values())), []
    return text, claims


def test_ten_thousand_replies_bring_no_verdict_without_exactly_one_claim_outside_thoughts():
    read = 0
    for number in range(10_000):
        text, claims = generated(number)
        reply, thought = thoughts.apart(text)
        found = reading.verdict(Reply(reply, thoughts=thought, format="json_schema"))
        assert (found.outcome is None) == (found.error is not None)
        different = {said["outcome"] for said in claims}
        if found.outcome:
            assert different == {found.outcome}, text
            read += 1
        elif len(claims) == 1:
            raise AssertionError(f"a clear verdict was not read: {text!r}")
    assert read > 2_000
