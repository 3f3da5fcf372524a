"""JSON keeps its letters, and a mail, a conversation or a table is drawn where a text certainly is one."""

import json
import re
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.ui.trace_text import json_text, mail, separated, transcript
from lib.ui.trace_text.drawing import Look, as_what_it_is, shown
from tests.support.siege.attacks import FIFTY
from tests.support.trace_texts import every, of_class, words

# Folded parts say how much is in them; all else in the drawing are the letters of the text.
MUCH = re.compile(r" [\d,]+ (?:name|item)s? [}\]],?")


def letters(text: str) -> str:
    """JSON without the blanks between its words."""
    return "".join(re.findall(r'"(?:[^"\\]|\\.)*"|\S', text))


def drawn_letters(found) -> str:
    much = {id(one) for one in every(found) for one in of_class([one], "tt-much")}
    def said(one):
        return one if isinstance(one, str) else "" if id(one) in much else "".join(map(said, one[2:]))
    return letters("".join(map(said, found)))


@pytest.mark.parametrize("text", [
    '{"a":1.0,"a":1e400,"b":[12345678901234567890123,-0,1E5,true,null,"\\u00e9\\"\\n{"],"c":{}}', "[]", " [1 , 2]\n",
    '[{"long":"' + "x" * 100 + '","next":[' + ",".join(["1.50"] * 60) + "]}]", '{"a": {"b": [[[]]]}}',
    "[NaN, Infinity]"])
def test_json_is_drawn_in_the_letters_that_are_stored(text):
    found = json_text.drawn(text)
    assert drawn_letters(found) == letters(text) and found[0][1]["text"] == text


VALUES = st.recursive(st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=90),
                      lambda inner: st.lists(inner, max_size=6) | st.dictionaries(st.text(max_size=9), inner,
                                                                                  max_size=6), max_leaves=40)


@given(st.lists(VALUES, max_size=5) | st.dictionaries(st.text(max_size=9), VALUES, max_size=5), st.booleans())
def test_whatever_the_json_its_letters_are_all_there(value, ascii_alone):
    text = json.dumps(value, ensure_ascii=ascii_alone)
    found = json_text.drawn(text)
    assert drawn_letters(found) == letters(text)


def test_short_parts_stand_on_a_line_and_what_is_far_below_is_folded_with_how_much_is_in_it():
    rows = [{"id": n, "text": "words " * 20, "tags": ["a", "b"]} for n in range(100)]
    found = json_text.drawn(json.dumps({"rows": rows, "last": 1}))
    folds = of_class(found, "tt-fold")
    assert len(folds) == 102 and '"tags": ["a", "b"]\n' in words(found)
    closed = [one for one in folds if not one[1]["open"]]
    assert 30 < len(closed) < 99 and words(closed[-1][2]) == "{ 3 names }"


@pytest.mark.parametrize("text", ["", "{", "[1", "plain", '"text"', "7", "[" * 100_000, '{"a":' * 60 + "1" + "}" * 60,
                                  "[1]" + " " * 200_000, "{a: 1}", "[1] and more"])
def test_any_other_text_is_no_json(text):
    assert json_text.drawn(text) is None


def test_base64_in_json_is_named_and_not_drawn():
    data = "iVBORw0KGgo" * 20
    text = json.dumps({"type": "image", "source": {"media_type": "image/png", "data": data}})
    assert data not in json.dumps(json_text.drawn(text)) and "[picture, png" in words(json_text.drawn(text))


def test_a_mail_has_a_head_a_body_folded_quotations_and_its_signature():
    found = mail.drawn("**Subject:** Hello\nTo: Ann <ann@e.example>,\n  Bob <bob@e.example>\n\nDear *Ann*,\nyes.\n\n"
                       "> one\n> two\n> three\n> four\nmore\n> five\n-- \nBob\nThe shop")
    rows = [[words(cell) for cell in one[2:]] for one in every(of_class(found, "tt-head")) if one[0] == "tr"]
    assert rows == [["Subject", "Hello"], ["To", "Ann <ann@e.example>, Bob <bob@e.example>"]]
    assert [(words(one[2]), one[1]["open"]) for one in of_class(found, "tt-quoted")] == [
        ("4 quoted lines", False), ("1 quoted line", True)]
    assert [words(one) for one in of_class(found, "tt-quiet")][-1] == "-- \nBob\nThe shop"
    assert any(one[0] == "em" for one in every(found))


@pytest.mark.parametrize(("text", "certain"), [
    ("Subject: Hello\n\nDear Ann,\n\nyes", True), ("Subject: Maths\n\nNumbers are a long story without a greeting and "
                                                  "without an end in a comma", False),
    ("From: a\nDate: b\n\nc", True), ("Subject: a\nTo: b", False), ("To: do\n- buy milk\n\nand bread", False),
    ("Subject: a\nSubject: b\n\nc", False), ("Hello\nSubject: a\nTo: b\n\nc", False), ("From: here\n\nthere", False),
    ("Subject: a\nTo: b\n\n" + ">\na\n" * 300, False)])
def test_a_text_is_a_mail_only_where_that_is_certain(text, certain):
    assert (mail.drawn(text) is not None) == certain


@pytest.mark.parametrize(("text", "turns"), [
    ("User: Hi\nAssistant: Yes?\n\nWell.\nUser: ok", [
        ("User:", "user"), ("Assistant:", "assistant"), ("User:", "user")]),
    ("\n**Human:** Hi\n\n**AI:** Yes", [("Human:", "user"), ("AI:", "assistant")]),
    ("[system] x\n[user] Hi\n[assistant] Yes", [
        ("[system]", "system"), ("[user]", "user"), ("[assistant]", "assistant")]),
    ("User: Hi", None), ("User: Hi\nUser: ho", None), ("So:\nUser: Hi\nAssistant: Yes", None),
    ("User: Hi\n[assistant] Yes", None), ("User:Hi\nAssistant:Yes", None),
    ("User: how?\n```\nAssistant: so\n```", None), ("The user: a\nAssistant: b", None)])
def test_one_text_is_a_conversation_only_where_that_is_certain(text, turns):
    found = transcript.drawn(text)
    assert turns == (found and [(words(one[2]), one[1]["class"].rpartition("tt-")[2]) for one in found])
    assert not found or re.findall(r"\w", words(found)) == re.findall(r"\w", text)


@pytest.mark.parametrize(("text", "rows"), [
    ("a,b,c\n1,2,3\n4,5,6", 3), ("name;price\nx;1,50\ny;2,00\n", 3), ("a\tb\n1\t2", 2), ("name|n\nx|1\ny|2", 3),
    ('a,b\n"x, y",2026-11-01\nz,2026-11-02', 3),
    ("Hello, Ann\nBye, Bob\nSee, you", None), ("yes,no\nno,yes\nyes,yes", None), ("a,b,c", None),
    ("a,a,b\n1,2,3\n4,5,6", None),
    ("a,b,c\n1,2\n4,5,6", None), ("1,2,3\n4,5,6\n7,8,9", None), ("a, b, c\nd, e, f\ng, h, i", None), ("", None),
    ('a,b,c\n"1,2,3\n4,5,6', None)])
def test_one_text_is_a_table_only_where_that_is_certain(text, rows):
    found = separated.drawn(text)
    assert rows == (found and sum(one[0] == "tr" for one in every(found)))


def test_a_block_that_says_what_it_is_is_drawn_as_that():
    found = as_what_it_is('So:\n```json\n{"a":1}\n```\n```csv\nyes,no\nno,yes\n```\n```json\nnone\n```\n'
                          '```\n{"a":1}\n```')
    assert len(of_class(found, "tt-json")) == 1 and sum(one[0] == "table" for one in every(found)) == 1
    assert [words(one) for one in of_class(found, "tt-code")] == ["none", '{"a":1}']


def test_as_text_nothing_is_drawn():
    for text in FIFTY.values():
        assert shown(text, Look(rendered=False)) == [["pre", {"class": "tt-plain"}, text]]


N = 70_000
SLOW = FIFTY | {
    "a report": ("Some **bold** words, [a link](https://e.example/x) and `code`.\n\n- one\n" * 1_000)[:N],
    "5,000 lines of JSON": json.dumps([{"id": n, "name": "x", "value": n / 7} for n in range(1_000)], indent=2),
    "open brackets": "[" * N, "pictures": "![" * (N // 2), "links": "[a](" * (N // 4), "names": "[a][" * (N // 4),
    "stars": "**a " * (N // 4), "mixed": "*_a" * (N // 3), "tags": "<" * N,
    "rows": "|a|b|\n|-|-|\n" + "|a|b|\n" * 12_000, "points": "- a\n" * (N // 4),
    "an address": "http://e.example/" + ")" * N, "hosts": f"[{'a.' * (N // 2)}](http://e.example)",
    "quotations": "Subject: x\nTo: y\n\n" + ">\na\n" * (N // 4),
    "turns": "User: a\nAssistant: b\n" * (N // 20), "cells": "a,b,c\n" * (N // 6), "deep": "[" * N + "]" * N,
    "wide": "[" + "1," * (N // 2) + "1]", "quotes": '{"a":' + '"x' * N,
    "a head": "Subject: x\nTo: y\n" + " " * N + "\n\nz"}


@pytest.mark.parametrize("name", SLOW)
def test_a_text_made_to_be_slow_is_drawn_within_a_second_of_work(name):
    as_what_it_is.cache_clear()
    begun = process_time()
    found = shown(SLOW[name], Look())
    assert process_time() - begun < 1 and len(json.dumps(found)) < 2_000_000
