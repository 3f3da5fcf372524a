"""The trace card says what it does not show, and shows as text whatever a trace holds."""

from streamlit.testing.v1 import AppTest

from lib.ui.trace_card import MOST


def card(output, context=None, messages=None):
    from lib.records import Trace
    from lib.ui import trace_card
    trace_card.show(Trace("t1", "a question", output, context=context or {}, messages=messages), context=True)


def shown(**fields) -> AppTest:
    page = AppTest.from_function(card, kwargs=fields).run()
    assert not page.exception
    return page


def test_a_text_of_millions_is_cut_and_the_cut_is_said():
    page = shown(output="x" * (MOST + 1_500))
    assert page.text[1].value == "x" * MOST
    assert any("1,500 more characters are stored" in caption.value for caption in page.caption)


def test_a_text_of_usual_length_stands_whole():
    page = shown(output="y" * 10_000, context={"doc": "**z**", "rows": [{"a": 1}]})
    assert [text.value for text in page.text] == ["a question", "y" * 10_000, "**z**"]
    assert page.code[0].value == '[\n  {\n    "a": 1\n  }\n]'
    assert not any("more characters" in caption.value for caption in page.caption)


def test_a_conversation_stands_by_role_with_its_tool_calls():
    page = shown(output="done", messages=[
        {"role": "user", "content": "do it"},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "act", "arguments": '{"n": 1}'}}]},
        {"role": "assistant", "content": "done"}])
    assert [text.value for text in page.text] == ["do it", "done"]
    assert page.expander[0].label == "Tool call\\: act" and page.code[0].value == '{\n  "n": 1\n}'


def test_an_input_without_an_answer_says_so():
    assert any("has not answered yet" in caption.value for caption in shown(output=None).caption)
