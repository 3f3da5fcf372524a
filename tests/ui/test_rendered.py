"""Markdown becomes nodes that keep its words and its meaning, and of which nothing is fetched or obeyed."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from lib.ui import plain_text, rendered
from lib.ui.rendered import MOST, MOST_LINES, SLOW, drawn
from lib.writers import markdown
from tests.support.trace_texts import every, words

# What a browser's parser could make of our own Markdown, HTML and all.
READER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
BLOCKS = {"paragraph", "inline"}
WORDS = {"text", "code_inline", "strong", "softbreak", "hardbreak"}
NODES = {"p", "strong", "em", "s", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "br", "table", "thead", "tbody",
         "tr", "th", "td", "a", "div", "span", "raw", "details", "summary"}


def short(found) -> str:
    """Nodes as one line: <p>words</p>, less what is said of them."""
    return "".join(one if isinstance(one, str) else f"<{one[0]}>{short(one[2:])}</{one[0]}>" for one in found)


@pytest.mark.parametrize(("text", "expected"), [
    ("# A *b* **c**", "<p>A <em>b</em> <strong>c</strong></p>"),
    ("one\ntwo  \nthree", "<p>one<br></br>two<br></br>three</p>"),
    ("a **b _c_** ~~d~~", "<p>a <strong>b <em>c</em></strong> <s>d</s></p>"),
    ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    ("- a\n\n- b", "<ul><li><p>a</p></li><li><p>b</p></li></ul>"),
    ("> a", "<blockquote><p>a</p></blockquote>"),
    ("a\n\n---", "<p>a</p><hr></hr>"),
    ("`` a`b ``", "<p><code>a`b</code></p>"),
    ("![alt *x*](http://e.example/i.png)", "<p>[image: alt x, <code>http://e.example/i.png</code>]</p>"),
    ("<b>x</b>", "<p><b>x</b></p>"),
    ("$x$ :red[y] :smile: ->", "<p>$x$ :red[y] :smile: -></p>"),
    ("```py\n  x\n```", "<raw><pre>  x</pre></raw>"),
    ("|a|b|\n|-|-:|\n|*x*|1|", "<div><table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr>"
     "<td><em>x</em></td><td>1</td></tr></tbody></table></div>")])
def test_a_text_becomes_nodes_with_its_meaning(text, expected):
    assert short(drawn(text)) == expected


def test_a_list_begins_where_it_says_and_a_column_stands_where_it_says():
    assert drawn("7) a")[0][1] == {"start": 7}
    assert [one[1] for one in every(drawn("|a|b|\n|-|-:|\n|x|1|")) if one[0] == "td"] == [{}, {"class": "tt-end"}]


def links_of(text: str) -> list[tuple[str, str]]:
    """(address, words) of the links in a text."""
    return [(one[1]["href"], words(one[2:])) for one in every(drawn(text)) if one[0] == "a"]


@pytest.mark.parametrize(("text", "links", "said"), [
    ("see https://e.example/a_b, now", [("https://e.example/a_b", "https://e.example/a_b")],
     "see https://e.example/a_b, now"),
    ("(http://e.example/x_(y))", [("http://e.example/x_(y)", "http://e.example/x_(y)")], "(http://e.example/x_(y))"),
    ("[say](http://e.example/x 'title')", [("http://e.example/x", "say")], "say (e.example)"),
    ("[say](http://e.example:81/x)", [("http://e.example:81/x", "say")], "say (e.example:81)"),
    ("[say][1]\n\n[1]: http://e.example", [("http://e.example", "say")], "say (e.example)"),
    ("[bank.example](https://evil.example/x)", [("https://evil.example/x", "bank.example")],
     "bank.example (https://evil.example/x)"),
    ("[https://bank.example](https://bank.example.evil.example)", [
        ("https://bank.example.evil.example", "https://bank.example")],
     "https://bank.example (https://bank.example.evil.example)"),
    ("[bänk.example](https://e.example)", [("https://e.example", "bänk.example")], "bänk.example (https://e.example)"),
    ("[**www.e.example**](https://e.example/x)", [("https://e.example/x", "www.e.example")],
     "www.e.example (e.example)"),
    ("[e](https://bänk.example)", [("https://xn--bnk-qla.example", "e")], "e (xn--bnk-qla.example)"),
    ("<me@e.example>", [("mailto:me@e.example", "me@e.example")], "me@e.example"),
    ("[us](mailto:me@e.example)", [("mailto:me@e.example", "us")], "us (me@e.example)"),
    ("[![in](http://e.example/i)](http://e.example/l)", [("http://e.example/l", "[image: in, http://e.example/i]")],
     "[image: in, http://e.example/i] (e.example)")])
def test_a_link_leads_where_it_is_seen_to_lead(text, links, said):
    assert links_of(text) == links and words(drawn(text)) == said


@pytest.mark.parametrize("text", [
    "[x](javascript:alert(1))", "[x](data:text/html,y)", "[x](vbscript:y)", "<javascript:alert(1)>", "ftp://e.example",
    "[x](ftp://e.example)", "[x](//e.example)", "[x](?view=Experts)", "[x](../settings)", "www.e.example",
    "[x](https://bank.example@evil.example/)", "https://bank.example@evil.example/", "[x](http://)",
    "https://evil.example\\@bank.example"[:20] + "\\@bank.example", "[x](mailto:a@e.example?bcc=b@evil.example)",
    "http://127", "http://0x7f.1", "http://1.2.3", "http://010.0.0.1", "[x](http://2130706433)",
    "https://bänk.example", "https://e.example/" + "x" * 3_000, "`https://e.example`", "```\nhttps://e.example\n```",
    "![https://e.example](https://e.example)", "JAVASCRIPT:alert(1)", "[x](file:///etc/passwd)"])
def test_nothing_else_can_be_followed_and_all_of_it_is_to_be_read(text):
    assert links_of(text) == []
    address = re.search(r"\]\(([^ )]+)", text)
    assert not address or address[1] in words(drawn(text))


PIECES = st.lists(st.sampled_from([
    "`", "``", "```\n", "~~~\n", "![a](http://e/i)", "[b](http://e/l)", "[c][r]", "\n\n[r]: http://e/r\n\n",
    "<img src=x>", "*", "**", "_", "~~", "\\", "$", ":red[", "]", ":smile:", "www.e.example", "a@e.example", "# ",
    "http://e.example", "> ", "- ", "1. ", "\n", "\n\n", "    ", "\t", "|", "|a|b|\n|-|-|\n", "&#96;", "&lt;",
    "&#10;", "x", "word ", "-", "=", "<!-- ", " -->", "\u00a0", "\u2028", "é", "(", ")", "!", "+++\n", "---\n",
    "[bank.example](http://evil.example)", "<http://e>", "[x](javascript:y)"]), max_size=25).map("".join)


@given(PIECES)
def test_whatever_the_text_its_words_are_there_and_only_known_elements(text):
    found = drawn(text)
    assert {one[0] for one in every(found)} <= NODES
    assert all(re.match("https?://|mailto:", one[1]["href"]) for one in every(found) if one[0] == "a")
    seen = words(found)
    # Not one of the words that a parser finds is lost, in whatever element it stands.
    for token in rendered._PARSER.parse(text):
        for word in token.children or [token]:
            for part in re.findall(r"\w+", word.content if word.type in ("text", "code_inline", "fence") else ""):
                assert part in seen


def test_a_text_nested_without_end_stands_as_text():
    for text in ("> " * 5_000, "".join(f"{'  ' * n}- a\n" for n in range(100))):
        said, whole = drawn(text)
        assert "nested too deeply" in words(said) and words(whole) == text
    assert drawn("> " * 10 + "x")[0][0] == "blockquote"
    assert words(drawn("*_" * 3_000 + "x"))


@pytest.mark.parametrize(("text", "reach"), [
    ("word " * 40_000, MOST), ("a\n" * (MOST_LINES + 9), 2 * MOST_LINES), ("[" * 30_000, SLOW)])
def test_what_is_not_drawn_is_there_as_text_and_said(text, reach):
    found = drawn(text)
    assert found[-1] == ["pre", {"class": "tt-plain"}, text[reach:]] and "rest is there as text" in words(found[-2])


def read(markdown: str) -> list:
    """The words of safe Markdown as a browser's parser sees them; fails where it sees more than words."""
    tokens = READER.parse(markdown)
    assert {re.sub("_(open|close)$", "", token.type) for token in tokens} <= BLOCKS, markdown
    found = [word for token in tokens for word in token.children or ()]
    assert {re.sub("_(open|close)$", "", word.type) for word in found} <= WORDS, markdown
    for word in found:
        if word.type == "text":
            # Streamlit makes links, icons and arrows of these even where they are escaped.
            assert not re.search(r"https?:/|www\.\S|\S@\S|:[\w/+-]+:|->|<-|--|>=|<=|~=", word.content, re.I), markdown
    return found


@pytest.mark.parametrize("text", [
    "http://evil.example/x", "see HTTPS://evil.example?a=`b`|c and go", "www.evil.example", "a@evil.example",
    "mailto:a@evil.example", "one http://a.example two www.b.example", ":smile: :material/home: ->", "`http://x`",
    "http://a.example``http://b.example", "[x](http://evil.example)", "a|b http://x|y"])
def test_a_name_among_our_own_words_is_only_words_and_all_of_them(text):
    found = read(f"**Of {plain_text.plain(text)}**, it is said")
    assert "".join(word.content for word in found).replace("\u2060", "") == f"Of {text}, it is said"
    rows = READER.parse(markdown.table(("name", "n"), [(text, 1)], plain_text.plain))
    cells = [token for token in rows if token.type == "inline"]
    assert len(cells) == 4
    assert "".join(word.content for word in cells[2].children).replace("\u2060", "") == text


@given(st.text(alphabet="ahtps:/w.@`|\\[]() <>-\n", max_size=40))
def test_no_name_ever_becomes_more_than_words(text):
    read(f"**Of {plain_text.plain(' '.join(text.split()))}**, it is said")
