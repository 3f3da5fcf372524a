"""Markdown is written anew: what it means stays, and nothing in it can be fetched, followed or obeyed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from streamlit.testing.v1 import AppTest

from lib.ui import plain_text, rendered
from lib.ui.rendered import MOST, MOST_PARTS, parts
from lib.writers import markdown
from tests.support.running import PATIENCE

# What a browser's parser could make of our own Markdown, HTML and all.
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLOCKS = {"paragraph", "inline", "blockquote", "bullet_list", "ordered_list", "list_item", "hr"}
WORDS = {"text", "code_inline", "strong", "em", "s", "softbreak", "hardbreak"}


def kind(token) -> str:
    return re.sub("_(open|close)$", "", token.type)


def read(markdown: str) -> list:
    """The words of safe Markdown as a browser's parser sees them; fails where it sees more than words."""
    tokens = READER.parse(markdown)
    assert {kind(token) for token in tokens} <= BLOCKS, markdown
    words = [word for token in tokens for word in token.children or ()]
    assert {kind(word) for word in words} <= WORDS, markdown
    for word in words:
        if word.type == "text":
            # Streamlit makes links, icons and arrows of these even where they are escaped.
            assert not re.search(r"https?:/|www\.|\S@\S|:[\w/+-]+:|->|<-|--|>=|<=|~=", word.content, re.I), markdown
    return words


def text_of(found: list[rendered.Part]) -> str:
    return "\n".join("".join(word.content for word in read(part.value)) if part.kind == "text" else str(part.value)
                     for part in found)


@pytest.mark.parametrize(("text", "expected"), [
    ("# A *b* **c**", "**A *b* c**"),
    ("one\ntwo  \nthree", "one two  \nthree"),
    ("a **b _c_** ~~d~~", "a **b *c*** ~~d~~"),
    ("1. a\n   - b\n   - c\n2. d", "1. a  \n   - b  \n   - c  \n2. d"),
    ("7) a", "7. a"),
    ("> a\n>\n> - b", "> a  \n>\n> - b"),
    ("a\n\n---", "a  \n\n***"),
    ("`` a`b ``", "``a`b``"),
    ("`` `a` ``", "`` `a` ``"),
    ("[say](http://e.example/x 'title')", "say \\(`http://e.example/x`\\)"),
    ("[say][1]\n\n[1]: http://e.example", "say \\(`http://e.example`\\)"),
    ("![alt *x*](http://e.example/i.png)", "\\[image\\: alt x\\, `http://e.example/i.png`\\]"),
    ("[![in](http://e.example/i)](http://e.example/l)",
     "\\[image\\: in\\, `http://e.example/i`\\] \\(`http://e.example/l`\\)"),
    ("<b>x</b>", "\\<b\\>x\\<\\/b\\>"),
    ("[x](javascript:alert(1))", "\\[x\\]\\(javascript\\:alert\\(1\\)\\)"),
    ("see https://e.example/a_b now", "see `https://e.example/a_b` now"),
    ("www.e`![x](http://e)`", "`www.e` `![x](http://e)`"),
    ("<https://e.example>", "`https://e.example` \\(`https://e.example`\\)"),
    ("$x$ :red[y]", "\\$x\\$ \\:red\\[y\\]"),
    ("5 -> 6", "5 \\-\u2060\\> 6"),
    ("&#32;&#32;&#32;&#32;x", "x")])
def test_a_text_is_written_anew_with_its_meaning(text, expected):
    found = parts(text)
    assert [part.kind for part in found] == ["text"] and found[0].value.rstrip() == expected
    read(found[0].value)


def test_code_and_tables_are_elements_of_their_own_and_a_list_goes_on_after_them():
    found = parts("1. a\n   ```md\n   ![x](http://e)\n   ```\n2. b\n\n|a|a||\n|-|-|-|\n|![x](http://e)|`c`|d\\|e|")
    assert [(part.kind, part.value.rstrip() if isinstance(part.value, str) else part.value) for part in found] == [
        ("text", "1. a"), ("code", "![x](http://e)"), ("text", "2. b"),
        ("table", [["a", "a", ""], ["[image: x, http://e]", "c", "d|e"]])]


PIECES = st.lists(st.sampled_from([
    "`", "``", "```\n", "~~~\n", "![a](http://e/i)", "[b](http://e/l)", "[c][r]", "\n\n[r]: http://e/r\n\n",
    "<img src=x>", "*", "**", "_", "~~", "\\", "$", ":red[", "]", ":smile:", "www.e.example", "a@e.example", "# ",
    "http://e.example", "> ", "- ", "1. ", "\n", "\n\n", "    ", "\t", "|", "|a|b|\n|-|-|\n", "&#96;", "&lt;",
    "&#10;", "x", "word ", "-", "=", "<!-- ", " -->", "\u00a0", "\u2028", "é", "(", ")", "!", "+++\n", "---\n"]),
    max_size=25).map("".join)


@given(PIECES)
def test_whatever_the_text_it_says_its_words_and_does_nothing(text):
    found = parts(text)
    said = "\n".join(rendered._words(token.children) if token.type == "inline" else token.content
                     for token in rendered._PARSER.parse(text))

    def letters(words: str) -> list[str]:
        return sorted(letter for letter in words if letter.isalnum())

    assert letters(text_of(found).replace("\\n", "").replace("\\xa0", "").replace("\\u2028", "")) == letters(said)


def test_a_text_nested_without_end_is_not_rendered():
    assert parts("> " * 5_000) is None and parts("> " * 10 + "x") is not None
    assert parts("".join(f"{'  ' * n}- a\n" for n in range(100))) is None


def page(text: str) -> AppTest:
    def script(text):
        from lib.ui.rendered import rendered
        rendered(text)
    found = AppTest.from_function(script, default_timeout=PATIENCE, kwargs={"text": text}).run()
    assert not found.exception
    return found


def test_a_long_text_is_cut_and_the_cut_is_said():
    shown = page("word " * 40_000)
    assert len(shown.markdown[0].value) < MOST + 10
    assert "the rest is there as text" in shown.caption[0].value


def test_so_many_elements_and_no_more():
    shown = page("```\nx\n```\n" * 200)
    assert len(shown.code) == MOST_PARTS and "the rest is there as text" in shown.caption[0].value


def test_what_cannot_be_rendered_is_shown_as_text():
    shown = page("> " * 500 + "x")
    assert shown.text[0].value == "> " * 500 + "x" and "nested too deeply" in shown.caption[0].value


def test_a_table_keeps_every_column_under_a_name_of_its_own():
    frame = page("|a|a||\n|-|-|-|\n|1|2|3|").dataframe[0].value
    assert list(frame.columns) == ["a", "a (2)", "(3)"] and frame.values.tolist() == [["1", "2", "3"]]


@pytest.mark.parametrize("text", [
    "http://evil.example/x", "see HTTPS://evil.example?a=`b`|c and go", "www.evil.example", "a@evil.example",
    "mailto:a@evil.example", "one http://a.example two www.b.example", ":smile: :material/home: ->", "`http://x`",
    "http://a.example``http://b.example", "[x](http://evil.example)", "a|b http://x|y"])
def test_a_name_among_our_own_words_is_only_words_and_all_of_them(text):
    words = read(f"**Of {plain_text.plain(text)}**, it is said")
    assert "".join(word.content for word in words).replace("\u2060", "") == f"Of {text}, it is said"
    rows = READER.parse(markdown.table(("name", "n"), [(text, 1)], plain_text.plain))
    cells = [token for token in rows if token.type == "inline"]
    assert len(cells) == 4
    assert "".join(word.content for word in cells[2].children).replace("\u2060", "") == text


@given(st.text(alphabet="ahtps:/w.@`|\\[]() <>-\n", max_size=40))
def test_no_name_ever_becomes_more_than_words(text):
    read(f"**Of {plain_text.plain(' '.join(text.split()))}**, it is said")
