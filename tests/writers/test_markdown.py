"""Markdown that goes out: read as it was typed where nobody renders it, and obeyed in nothing where somebody does."""

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lib.writers.markdown import cell, quote, readable, table

RENDERER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OURS = r"<(?!/?(?:p|h1|ul|li|br|blockquote|table|thead|tbody|tr|th|td)\b)"  # any tag but those we write
PLACES = {"line": readable, "heading": lambda text: f"# head {cell(text)}", "item": lambda text: f"- {cell(text)}",
          "quotation": quote, "cell": lambda text: table(["head"], [[text]])}
MARKS = st.text(st.sampled_from("ab1 \n*_`~[]()<>!#&;:|\\-+=.$x\"'/{}^@"), max_size=25)


def read(text: str) -> str:
    """What a reader of the rendered text sees, without its spaces."""
    return "".join(html.unescape(re.sub("<[^>]+>", "", RENDERER.render(text))).split())


@pytest.mark.parametrize("text", [
    "57% (25% to 84%), 4 of 7, few", "card_number without checking who asks: this is a fraud risk, 100%",
    "At 10:30:45 it cost $5, not $6; see (1) & [note]", "It's 5 * 3 - 2 = 13; a < b, ~5 minutes", "#42 is -5 degrees"])
def test_what_people_write_is_read_as_it_is(text):
    assert readable(text) == text and cell(text) == text


@pytest.mark.parametrize(("text", "made"), [
    ("![x](http://e.example/x.png)", "!\\[x]\\(http\\://e.example/x.png)"), ("[a]: http://x", "[a]\\: http\\://x"),
    ("www.e.example", "www\\.e.example"), (":red[x] :smile:", "\\:red[x] \\:smile:"),
    ("**a** __b__", "\\*\\*a\\*\\* \\_\\_b\\_\\_"), ("$x^2$", "\\$x^2$"), ("<b>&amp;", "\\<b>\\&amp;"),
    ("1. a\n- b\n# c\n> d\n---", "1\\. a  \n\\- b  \n\\# c  \n\\> d  \n\\---")])
def test_what_a_reader_of_markdown_would_obey_is_escaped(text, made):
    assert readable(text) == made


@pytest.mark.parametrize("place", PLACES)
@settings(deadline=None, max_examples=400, derandomize=True)
@given(text=MARKS)
def test_whatever_is_typed_is_shown_and_nothing_of_it_obeyed(place, text):
    made = PLACES[place](text)
    assert read(made).endswith("".join(text.split())), made
    assert not re.search(OURS, RENDERER.render(made)), made
