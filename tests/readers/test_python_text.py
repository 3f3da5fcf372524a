"""Cells that Python printed: lists, objects and arrays, read by their letters; anything else stays the text it is."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.readers.python_text import opened


@pytest.mark.parametrize(("cell", "value"), [
    ("['a', \"it's\"]", ["a", "it's"]), ("[[['deep']]]", [[["deep"]]]), ("[True, False, nan]", [True, False, None]),
    ("[{'message.role': 'user', 'n': None}]", [{"message.role": "user", "n": None}]),
    ("['a' 'b'\n 'c']", ["a", "b", "c"]), ("[array(['x'], dtype=object), (1, -2.5)]", [["x"], [1, -2.5]]),
    (r"['tab\t, \x41, \u00e9, quote \' and \\']", ["tab\t, A, é, quote ' and \\"]), ("[]", []), ("{}", {}),
    ('["json", true]', ["json", True]), (r"['\ud800']", ["\\ud800"])])
def test_what_python_prints_is_read(cell, value):
    assert opened(cell) == value


@pytest.mark.parametrize("cell", [
    "plain", "", "[sic] a note", "{name} is a template", "['cut off", "['a'] and more", "{1: 'a'}",
    "[__import__('os')]",
    "[1 +", "{'a': }", "[" * 300 + "]" * 300, "[datetime.datetime(2026, 1, 1)]", "['a', ...]", "[1.2.3]", "['\\"])
def test_anything_else_stays_text(cell):
    assert opened(cell) == cell


def test_values_that_are_no_text_stay():
    assert [opened(cell) for cell in (None, 3, ["a"])] == [None, 3, ["a"]]


VALUES = st.recursive(st.none() | st.booleans() | st.integers(-10**18, 10**18) | st.text(), lambda inside:
                      st.lists(inside) | st.dictionaries(st.text(), inside), max_leaves=20)


@given(st.lists(VALUES))
def test_every_list_comes_back_as_it_was_printed(value):
    # Where the print is JSON as well, JSON reads it.
    assert opened(repr(value)) == value or opened(repr(value)) == json.loads(repr(value))


@given(st.text(alphabet="[]{}()'\",:\\ na1.=", max_size=40))
def test_no_text_ends_in_an_exception(text):
    opened("[" + text)
