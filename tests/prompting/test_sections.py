"""A prompt's sections: cut and joined to the letter, and edited one at a time without moving another."""

from hypothesis import given
from hypothesis import strategies as st

from lib.prompting.judge import DEFAULT_TEMPLATE
from lib.prompting.sections import edited, join, split

TEXTS = st.lists(st.sampled_from(["## ", "\n", "#", " ", "a", "\r", "\x0b", "{{ trace }}", "\u2028"])).map("".join)


def test_the_prompt_a_project_starts_with_has_the_sections_of_the_method():
    assert [section.title for section in split(DEFAULT_TEMPLATE)] == [
        "Role", "Domain information", "Criteria", "Guidelines", "Examples", "Your task", "The trace to judge"]
    assert split(DEFAULT_TEMPLATE)[-1].body == "{{ trace }}"


def test_a_text_without_headings_is_one_section():
    assert [(one.head, one.body, one.tail) for one in split("# Title\n### deep\n {{ trace }}\n")] == [
        ("", "# Title\n### deep\n {{ trace }}", "\n")]
    assert [section.body for section in split("")] == [""]


@given(TEXTS)
def test_joined_sections_are_the_text_to_the_letter(text):
    assert join(split(text)) == text


@given(TEXTS, st.data())
def test_an_edit_changes_its_section_and_no_other(text, data):
    before = split(text)
    place = data.draw(st.integers(0, len(before) - 1))
    after = split(edited(before, place, "new words"))
    assert [one.body for one in after] == [
        "new words" if at == place else one.body for at, one in enumerate(before)]
    assert [one.title for one in after] == [one.title for one in before]


def test_a_heading_typed_into_a_section_begins_one_of_its_own():
    after = split(edited(split(DEFAULT_TEMPLATE), 3, "- Be strict.\n\n## Exceptions\n- None."))
    assert [one.title for one in after][3:6] == ["Guidelines", "Exceptions", "Examples"]
