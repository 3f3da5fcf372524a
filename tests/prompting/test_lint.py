"""Known mistakes of a judge's prompt: each one is said where it is made, and a sound prompt is left alone."""

import pytest

from lib.prompting import judge, lint
from lib.records import Example, Label

LONG = ("The summary says that the motion passed, but in the transcript it was tabled, which a reader who relies on it "
        "would never learn.")
SEEN = lint.Seen({"topic": ("a", "b"), "single": ("x",)}, ("policy", "conversation"))
HIDDEN = "The mayor said that the bridge on Mill Street will stay closed until the end of the summer."


@pytest.fixture
def examples(make_trace):
    return [Example(make_trace(outcome, dimensions={"topic": (value,)}), Label(outcome, "Ann", outcome, LONG))
            for outcome, value in (("pass", "a"), ("fail", "b"))]


def names(template, examples, seen=SEEN, unseen=()) -> list[str]:
    return [remark.name for remark in lint.remarks(template, examples, seen, unseen)]


def test_the_prompt_every_project_starts_with_is_sound(examples):
    assert names(judge.DEFAULT_TEMPLATE, examples) == []


def test_examples_that_are_missing_or_not_shown(examples):
    assert names(judge.DEFAULT_TEMPLATE, []) == ["no critiques"]
    assert names("Critique first. {{ trace }}", examples) == ["examples not shown"]


def test_examples_that_are_terse_of_one_outcome_or_of_one_situation(make_trace, examples):
    short = Example(make_trace("s", dimensions={"topic": ("a",)}), Label("s", "Ann", "pass", "Good."))
    found = lint.remarks(judge.DEFAULT_TEMPLATE, [examples[0], short], SEEN)
    assert [remark.name for remark in found] == ["terse critiques", "one outcome", "few situations"]
    assert "example 2" in found[0].text and "No example is a fail" in found[1].text and "topic" in found[2].text


@pytest.mark.parametrize(("template", "says"), [
    ("Critique, please. {{ examples }} {{ input }} {{ output }}", "policy, conversation"),
    ("Critique, please. {{ examples }} {{ context }} {{ input }} {{ output }}", "saw conversation beside")])
def test_what_the_expert_saw_and_the_judge_does_not(template, says, examples):
    [found] = lint.remarks(template, examples, SEEN)
    assert found.name == "missing context" and says in found.text


def test_text_of_an_unseen_trace_is_found_wherever_it_stands(examples):
    unseen = [("d1", "dev", "nothing of it", f"Before. {HIDDEN} After."), ("d2", "test", "", HIDDEN)]
    template = judge.DEFAULT_TEMPLATE.replace("## Guidelines", f"For instance: {HIDDEN}\n\n## Guidelines")
    found = lint.remarks(template, examples, SEEN, unseen)
    assert {remark.name for remark in found} == {"unseen text"}
    assert "the dev trace d1" in found[0].text and HIDDEN[:80] in found[0].text


@pytest.mark.parametrize("length", [59, 60])
@pytest.mark.parametrize("before", range(0, 46, 5))
def test_sixty_characters_in_a_row_are_a_leak_and_fifty_nine_are_not(length, before, examples):
    template = f"{judge.DEFAULT_TEMPLATE}\n~{HIDDEN[:length]}~"
    found = names(template, examples, unseen=[("d", "dev", "#" * before + HIDDEN[:length] + "|", "")])
    # The trace comes last in this prompt but for this line, which is short.
    assert found == (["unseen text"] if length == 60 else [])


def test_rules_of_dashes_are_nobodys_text(examples):
    assert names("-" * 200 + judge.DEFAULT_TEMPLATE, examples, unseen=[("d", "dev", "-" * 20_000, "")]) == []


def test_what_is_the_same_in_every_call_comes_first(examples):
    assert names("Write a critique. {{ trace }} {{ examples }}", examples) == ["stable text not first"]
    assert names("Write a critique. {{ examples }} {{ trace }}" + "guideline " * 50, examples) == [
        "stable text not first"]


@pytest.mark.parametrize(("task", "expected"), [
    ('{"outcome": "pass", "critique": "…"}', ["outcome first"]),
    ('{"critique": "…", "outcome": "pass"}', []),
    ("First write the critique, then the outcome.", []),
    ("First say pass or fail, and add your critique.", ["outcome first"]),
    ("Give the outcome and then the reason.", ["outcome first"]),
    ("Say pass or fail.", ["no critique asked for"])])
def test_the_critique_is_asked_for_before_the_outcome(task, expected, examples):
    assert names(f"{task}\n{{{{ examples }}}}\n{{{{ trace }}}}", examples) == expected


def test_a_template_that_cannot_be_read_yet_is_linted_all_the_same(examples):
    assert names("critique {{ trace", examples) == ["examples not shown", "missing context"]
