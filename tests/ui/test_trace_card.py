"""The trace card says what it does not show, and shows as text whatever a trace holds."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.store.review import pins
from lib.ui.plain_text import MOST
from lib.ui.trace_card import FACTS, FOLDED, LATEST, _host
from tests.support.running import PATIENCE
from tests.support.steps import add


def card(output, context=None, messages=None, pinned=(), **fields):
    from lib.records import Trace
    from lib.ui import trace_card
    trace = Trace("t1", "a question", output, context=context or {}, messages=messages, **fields)
    trace_card.show(trace, context=True, pinned_names=pinned)
    trace_card.about(trace, pinned)


def shown(**fields) -> AppTest:
    page = AppTest.from_function(card, default_timeout=PATIENCE, kwargs=fields).run()
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


def test_what_a_tool_returned_is_pretty_and_folded_when_it_is_long():
    page = shown(output="done", messages=[
        {"role": "tool", "name": "look", "content": '{"a": 1}'},
        {"role": "tool", "name": "read", "content": "x" * (FOLDED + 1)},
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://e"}}]},
        {"role": "assistant", "content": "done"}])
    assert page.code[0].value == '{\n  "a": 1\n}'
    assert [(one.label, one.text[0].value) for one in page.expander] == [
        ("Tool result\\: read", "x" * (FOLDED + 1))]
    assert "one\ntwo" in [text.value for text in page.text] and page.text[2].value == (
        "[picture, not in the file: http://e]")


STEPS = [
    {"kind": "agent", "name": "planner", "depth": 0},
    {"kind": "model", "name": "chat", "model": "m-plan", "agent": "planner", "depth": 1, "repeated": 2,
     "input": [{"role": "user", "content": "**plan**"}], "output": [{"role": "assistant", "content": "first"}]},
    {"kind": "tool", "name": "refund", "depth": 0, "input": '{"order": 12}', "error": "no such order"}]


def test_steps_stand_folded_and_are_drawn_when_they_are_opened():
    page = shown(output="done", steps=STEPS)
    assert page.expander[0].label == "3 steps" and not page.expander[0].code
    page.session_state["steps_t1"] = True
    page = page.run()
    assert not page.exception
    assert page.expander[0].code[0].value == (
        "1. agent planner\n  2. model chat (m-plan)\n3. tool refund  failed")
    assert [one.label for one in page.expander[1:]] == ["planner\\: step 2", "Step 3"]
    assert [text.value for text in page.expander[1].text] == ["[user] **plan**", "[assistant] first"]
    assert any("2 messages that an earlier step shows" in one.value for one in page.expander[1].caption)
    assert [page.expander[2].code[0].value, page.expander[2].text[0].value] == ['{\n  "order": 12\n}', "no such order"]


def test_what_a_judge_is_told_less_of_is_said():
    page = shown(output="done", steps=[*STEPS, {"kind": "tool", "name": "read", "output": "x" * 4_001}])
    page.session_state["steps_t1"] = True
    assert any("A judge is told the first 40 and the last 20 steps" in one.value for one in page.run().caption)


PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")


@pytest.mark.parametrize(("type", "data", "drawn"), [
    ("png", PNG, True), ("svg+xml", "PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4=", False),
    ("png", "bm90IGEgcGljdHVyZSBhdCBhbGw=", False), ("png", "%%%", False)])
def test_a_picture_in_the_file_is_drawn_and_nothing_else_is(type, data, drawn):
    page = shown(output="a dot", messages=[
        {"role": "user", "content": [{"type": "text", "text": "What is this?"}, {
            "type": "image_url", "image_url": {"url": f"data:image/{type};base64,{data}"}}]},
        {"role": "assistant", "content": "a dot"}])
    assert len(page.get("image")) == drawn
    assert page.text[0].value.startswith("What is this?\n[picture, ")
    assert data not in page.text[0].value


def test_the_beginning_of_an_endless_conversation_is_one_folded_text():
    said = [{"role": "user", "content": f"word {n}"} for n in range(LATEST + 5)]
    said[0]["tool_calls"] = [{"function": {"name": "act", "arguments": "{}"}}]
    page = shown(output=f"word {LATEST + 4}", messages=said)
    assert page.expander[0].label == "5 earlier messages"
    assert page.expander[0].text[0].value.startswith("user: word 0\n[calls act: {}]\n\nuser: word 1")
    assert len(page.text) == LATEST + 1


@pytest.mark.parametrize("messages", [
    [{"role": "assistant", "content": None, "tool_calls": ["odd", {"function": None}, {"function": {}}]}],
    [{"role": "tool", "content": "[" * 100_000}],
    [{"role": "user", "content": None}, {"role": "user", "content": 7}]])
def test_a_conversation_of_a_strange_shape_is_shown_all_the_same(messages):
    shown(output="x", messages=messages)


def test_text_becomes_markdown_and_json_becomes_pretty_on_request_alone():
    page = shown(output='{"a": [1]}', assumptions="*as it is*", context={"doc": "**c**"})
    assert not page.code and page.text[1].value == '{"a": [1]}'
    page.toggle[0].set_value(True).run()
    assert page.code[0].value == '{\n  "a": [\n    1\n  ]\n}'
    assert "a question" in [one.value.strip() for one in page.markdown] and page.text[0].value == "*as it is*"


def test_pinned_values_stand_on_top_and_are_not_said_again():
    page = shown(output="answer", pinned=("plan", "id", "policy", "tags", "plan b", "topic"), system_version="v2",
                 context={"plan": "gold", "policy": "a\nb", "tags": ["x", "y"], "note": "n", "topic": 7},
                 dimensions={"topic": ("fees", "rates")})
    assert [text.value for text in page.text] == [
        "plan: gold\nid: t1\ntags: x, y\ntopic: fees, rates\ntopic: 7", "a\nb", "a question", "answer", "n"]
    assert list(page.dataframe[0].value["about this trace"]) == ["source", "system version"]


def test_an_address_is_a_text_to_copy_and_a_link_that_names_its_host():
    page = shown(output="x", context={"ticket": "https://Tickets.example:8443/a?b=1#c", "other": "see https://e.example"})
    assert page.code[0].value == "https://Tickets.example:8443/a?b=1#c"
    link = page.get("link_button")
    assert len(link) == 1 and link[0].proto.label == "Open tickets\\.example"
    assert link[0].proto.url == "https://Tickets.example:8443/a?b=1#c"


@pytest.mark.parametrize("text", [
    "javascript:alert(1)", "https://bank.example@evil.example/", "https://evil.example\\@bank.example", "http://",
    "https://bänk.example", "https://a b.example", "https://e.example/\u202ex", "https://e.example\n", "//e.example",
    "data:text/html,x", "ftp://e.example", "https://e.example/" + "x" * 3_000])
def test_nothing_else_is_ever_a_link(text):
    assert _host(text) is None
    assert not shown(output="x", context={"a": text}, pinned=("a",)).get("link_button")


def test_pins_are_chosen_for_the_project(db, make_trace, monkeypatch):
    def chooser():
        from lib.store import default_path, open_store
        from lib.ui import trace_card
        trace_card.pin_chooser(open_store(default_path()).of(1))
    add(db, make_trace(context={"plan": "gold"}, dimensions={"topic": ("fees",)}))
    monkeypatch.setenv("PLUMBLINE_DB", str(db.path))
    page = AppTest.from_function(chooser, default_timeout=PATIENCE).run()
    assert not page.multiselect  # closed, it asks for nothing
    page.session_state["pins_open"] = True
    page.run()
    assert page.multiselect[0].options == ["plan", "topic", *FACTS]
    page.multiselect[0].set_value(["topic", "plan"]).run()
    assert not page.exception and pins.every(db) == ["topic", "plan"]
