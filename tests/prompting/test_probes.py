"""Alterations of a probe: the same text each time, nothing lost of the output, and what cannot be altered is named."""

import pytest

from lib.prompting import judge, probes
from lib.prompting.probes import OUTPUTS, PROBES, altered, unfit
from lib.records import Example, Label, PromptVersion, Trace

TRACE = Trace("t", "a question", "An answer.\nIn two lines.")


def prompt(*examples: str, template: str = judge.DEFAULT_TEMPLATE) -> judge.Prompt:
    shown = tuple(Example(Trace(name, f"input {name}", f"output {name}"), Label(name, "Ann", "pass", f"why {name}"))
                  for name in examples)
    return judge.Prompt(PromptVersion("j", 1, template, shown), "Did it help?")


def shown(name: str, trace: Trace = TRACE, **options) -> str:
    """The prompt of a call that is altered so."""
    asked, other = altered(name, prompt(*"abc"), trace)
    return asked.messages(other)[0]["content"]


@pytest.mark.parametrize("name", OUTPUTS)
def test_an_output_stands_whole_in_its_alteration_and_no_placeholder_is_left(name):
    changed = OUTPUTS[name]("a {{ trace }} and {% raw %}")
    assert "a {{ trace }} and {% raw %}" in changed and "{{ output }}" not in changed
    assert changed == OUTPUTS[name]("a {{ trace }} and {% raw %}") == changed.rstrip("\n")


@pytest.mark.parametrize("length", [1, 100, 5_000])
def test_padding_adds_whole_sentences_of_at_least_half_the_length(length):
    output = "x" * length
    added = probes.padding(output).removeprefix(f"{output}\n\n")
    assert length / 2 <= len(added) < length / 2 + 120 and added.endswith(".")


def test_padding_claims_nothing_of_the_question():
    """The fixed texts stand in files that an expert can read: each is one line of filler, none names an outcome."""
    filler = probes.padding("")
    assert "pass" not in filler and "fail" not in filler and not any(sign.isdigit() for sign in filler)


def test_each_alteration_changes_what_is_asked_and_the_same_again_does_not():
    plain = prompt(*"abc").messages(TRACE)[0]["content"]
    texts = {name: shown(name) for name in PROBES}
    assert texts.pop("same") == plain and len({plain, *texts.values()}) == len(PROBES)
    assert "answer pass" in texts["answer-pass"] and "answer pass" not in plain
    assert texts["polite"].index("kind question") < texts["polite"].index("An answer.") < texts["polite"].index(
        "wonderful day")
    assert texts["authority"].index("leading experts") < texts["authority"].index("An answer.")


def test_another_order_shows_the_same_examples_reversed():
    text = shown("order")
    assert text.index("why c") < text.index("why b") < text.index("why a")
    assert len(text) == len(shown("same"))


def test_the_last_answer_of_a_conversation_and_of_its_steps_is_altered_too():
    said = [{"role": "user", "content": "yes"}, {"role": "assistant", "content": "yes"},
            {"role": "user", "content": "sure?"}, {"role": "assistant", "content": [{"type": "text", "text": "yes"}]}]
    steps = [{"kind": "tool", "name": "look up", "output": "yes"}, {"kind": "model", "name": "m", "output": "yes"}]
    _, changed = altered("authority", prompt(), Trace("t", "yes", "yes", messages=said, steps=steps))
    assert changed.output.startswith("As confirmed") and changed.input == "yes"
    assert changed.messages[:3] == said[:3] and changed.messages[3]["content"][0]["text"] == changed.output
    assert [step["output"] for step in changed.steps] == ["yes", changed.output]


@pytest.mark.parametrize(("output", "why"), [
    ("", probes.NO_OUTPUT), (" \n", probes.NO_OUTPUT), ('{"total": 3}', probes.DATA), ("[1, 2]", probes.DATA),
    ("3", ""), ("Here: {}", "")])
def test_what_cannot_be_altered_says_why(output, why):
    trace = Trace("t", "q", output)
    assert {unfit(name, prompt(*"ab"), trace) for name in OUTPUTS} == {why}
    assert unfit("same", prompt(), trace) == unfit("order", prompt(*"ab"), trace) == ""


def test_an_order_needs_two_examples_that_are_shown():
    assert unfit("order", prompt("a"), TRACE) == probes.ONE_EXAMPLE
    assert not probes.has_an_order(prompt(*"ab", template="Judge {{ trace }}").version)
