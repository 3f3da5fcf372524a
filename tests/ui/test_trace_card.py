"""The trace card says what it does not show, and shows as text whatever a trace holds."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from lib.store.review import pins
from lib.ui.trace_card import FACTS
from lib.ui.trace_text import links
from lib.ui.trace_text.drawing import LONG, MOST
from lib.ui.trace_text.turns import FOLDED, LATEST
from tests.support.running import PATIENCE
from tests.support.steps import add
from tests.support.trace_texts import of_class, sent, texts, words


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


def all_words(page: AppTest) -> str:
    return "\n".join(words(one["nodes"]) for one in sent(page))


def test_a_text_of_millions_is_cut_and_the_cut_is_said():
    page = shown(output="x" * (MOST + 1_500))
    assert len(re.findall("xx", texts(page)[1])) == MOST // 2
    assert "1,500 more characters are stored" in all_words(page)


def test_a_text_of_usual_length_stands_whole_and_a_long_one_in_a_frame():
    page = shown(output="y" * 10_000, context={"doc": "**z**", "rows": [{"a": 1.0}]})
    assert texts(page) == ["a question", "y" * 10_000] and "more characters" not in all_words(page)
    card, context = sent(page)
    assert len(of_class(card["nodes"], "tt-long")) == 1 and LONG < 10_000
    assert words(context["nodes"]) == 'doc' + 'z' + 'rows' + '[ 1 item ]{"a": 1.0}\n]\n'


def test_a_conversation_stands_by_role_with_its_tool_calls_in_one_element():
    page = shown(output="done", messages=[
        {"role": "user", "content": "do it"},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {
            "name": "act", "arguments": '{"n": 1.0, "n": 12345678901234567890123}'}}]},
        {"role": "assistant", "name": "planner", "content": "done"}])
    (card,) = sent(page)
    assert [words(one) for one in of_class(card["nodes"], "tt-who")] == [
        "user", "Tool call: act", "assistant: planner"]
    user, call, assistant = texts(page)
    assert (user, assistant) == ("do it", "done") and '"n": 1.0,' in call and '"n": 12345678901234567890123' in call


def test_an_input_without_an_answer_says_so():
    assert "has not answered yet" in all_words(shown(output=None))


def folded(page: AppTest) -> list[str]:
    """What the folded turns are called, with the beginning of what is in them."""
    return [words(one[2]) for one in of_class(sent(page)[0]["nodes"], "tt-turn") if one[0] == "details"]


def test_what_a_tool_returned_and_the_system_was_told_is_folded_when_it_is_long():
    page = shown(output="done", messages=[
        {"role": "system", "content": "be kind"}, {"role": "developer", "content": "s" * (FOLDED + 1)},
        {"role": "tool", "name": "look", "content": '{"a": 1}'},
        {"role": "tool", "name": "read", "content": "x" * (FOLDED + 1)},
        {"role": "user", "content": [{"type": "text", "text": "one"}, {"type": "text", "text": "two"}]},
        {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "http://e"}}]},
        {"role": "assistant", "content": "done"}])
    assert folded(page) == [f"developer 601 characters: {'s' * 80}…", f"Tool result: read 601 characters: {'x' * 80}…"]
    assert texts(page)[4:6] == ["onetwo", "[picture, not in the file: http://e]"]


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
    planner, refund = sent(page)[1:]
    assert [words(one) for one in of_class(planner["nodes"], "tt-who")] == ["user", "assistant"]
    assert texts(page)[2:] == ["plan", "first"] and "2 messages that an earlier step shows" in words(planner["nodes"])
    assert '"order": 12\n' in words(refund["nodes"]) and "no such order" in words(refund["nodes"])


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
    assert texts(page)[0].startswith("What is this?[picture, ") and data not in all_words(page)


def test_the_beginning_of_an_endless_conversation_is_one_folded_text():
    said = [{"role": "user", "content": f"word {n}"} for n in range(LATEST + 5)]
    said[0]["tool_calls"] = [{"function": {"name": "act", "arguments": "{}"}}]
    page = shown(output=f"word {LATEST + 4}", messages=said)
    assert folded(page) == ["5 earlier messages "] and len(texts(page)) == LATEST + 1
    assert texts(page)[0].startswith("user: word 0\n[calls act: {}]\n\nuser: word 1")


@pytest.mark.parametrize("messages", [
    [{"role": "assistant", "content": None, "tool_calls": ["odd", {"function": None}, {"function": {}}]}],
    [{"role": "tool", "content": "[" * 100_000}],
    [{"role": "user", "content": None}, {"role": "user", "content": 7}]])
def test_a_conversation_of_a_strange_shape_is_shown_all_the_same(messages):
    shown(output="x", messages=messages)


def test_the_switch_shows_the_text_letter_by_letter():
    page = shown(output='{"a":[1]}', assumptions="*as it is*", context={"doc": "**c**"})
    assert '"a": [1]\n' in texts(page)[1] and texts(page)[2] == "as it is"
    page.toggle[0].set_value(False).run()
    assert texts(page) == ["a question", '{"a":[1]}', "*as it is*"] and "doc**c**" in all_words(page)


@pytest.mark.parametrize(("search", "missed"), [
    ("", ""), ("T1", "the id holds it"), ("question", "switch Rendered off")])
def test_what_was_searched_for_goes_along_and_why_there_may_be_no_hit(search, missed):
    page = AppTest.from_function(card, default_timeout=PATIENCE, kwargs={"output": "b"})
    page.session_state["search"] = search
    told = sent(page.run())[0]
    assert told["search"] == search and missed in told["missed"] and bool(told["missed"]) == bool(search)


def test_pinned_values_stand_on_top_and_are_not_said_again():
    page = shown(output="answer", pinned=("plan", "id", "policy", "tags", "plan b", "topic"), system_version="v2",
                 context={"plan": "gold", "policy": "a\nb", "tags": ["x", "y"], "note": "n", "topic": 7},
                 dimensions={"topic": ("fees", "rates")})
    assert page.text[0].value == "plan: gold\nid: t1\ntags: x, y\ntopic: fees, rates\ntopic: 7"
    assert [words(one["nodes"]) for one in sent(page)] == [
        "policyab", "Inputa questionOutputanswer", "noten"]
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
    assert links.host(text) is None
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
