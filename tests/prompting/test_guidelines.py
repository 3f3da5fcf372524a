"""The guidelines of a prompt: read, added, taken out, replaced; nothing in a rule is acted on by a template."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.prompting import guidelines, judge
from lib.prompting import texts as prompt_texts
from lib.records import UsageError

PLAIN = "Judge it.\n\n## Guidelines\n- One.\n- Two.\nNot a rule.\n\n## Examples\n{{ examples }}\n\n{{ trace }}\n"


def test_the_rules_are_the_lines_of_the_section():
    assert guidelines.rules(PLAIN) == ["One.", "Two."] and guidelines.section(PLAIN).endswith("Not a rule.")
    assert guidelines.rules("{{ trace }}") == [] and guidelines.section("{{ trace }}") == ""


def test_a_rule_is_added_once_and_all_else_stays():
    assert guidelines.added(PLAIN, ["Three.", "One.", "Three."]) == PLAIN.replace("rule.\n", "rule.\n- Three.\n")


def test_a_rule_is_taken_out_and_all_else_stays():
    assert guidelines.without(PLAIN, "One.") == PLAIN.replace("- One.\n", "")
    with pytest.raises(UsageError, match="save the draft"):
        guidelines.without(PLAIN, "Not a rule.")


@pytest.mark.parametrize("text", [
    "{{ trace }}", "Role.\n\n{{ input }}{{ output }}", "Role.\n\n## Task\nDo.\n\n## Now\n{{ trace }}",
    "## The trace\n{{ trace }}", "no placeholder"])
def test_where_there_is_no_section_it_is_made_before_what_changes(text):
    made = guidelines.added(text, ["One."])
    assert guidelines.rules(made) == ["One."] and guidelines.same_placeholders(text, made)
    assert "{{" not in made[:made.index("- One.")]
    assert guidelines.rules(guidelines.added(made, ["Two."])) == ["One.", "Two."]


@pytest.mark.parametrize(("text", "tidy"), [
    ("  - One\n two. ", "One two."), ("## Head", "Head"), ("{{ trace }} {% raw %} {# x #}",
                                                         "{ { trace }} { % raw %} { # x #}"),
    ("{{{ trace }}}", "{ { { trace }}}"), ("- - **bold**", "**bold**"), ("-", ""),
    ("x" * 2000, "x" * 600), (" \n ", "")])
def test_a_rule_is_one_line_of_plain_text(text, tidy):
    assert guidelines.tidy(text) == tidy


@given(st.lists(st.text(), max_size=5))
def test_whatever_is_added_the_prompt_can_be_rendered_and_shows_what_it_showed(texts):
    made = guidelines.added(judge.DEFAULT_TEMPLATE, texts)
    judge.check_template(made)
    assert guidelines.same_placeholders(judge.DEFAULT_TEMPLATE, made)
    wanted = [text for text in dict.fromkeys(map(guidelines.tidy, texts)) if text]
    filled = prompt_texts.fill(made, question="", criteria="", examples="", trace="")
    assert all(f"- {text}" in filled for text in wanted)
