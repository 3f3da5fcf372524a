"""Markdown of a trace as the nodes of lib/ui/trace_text: bold, lists, code, tables, links; nothing of it is fetched.

HTML is text, a picture is its name and address, and a heading no heading of the page. Pure.
"""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

from lib.ui.trace_text import json_text, links, separated
from lib.ui.trace_text.nodes import Node, code, node, note, plain

MOST, MOST_LINES = 80_000, 2_500  # characters and lines that are drawn; what follows is there as text
# A parser of Markdown looks at every open bracket again and again: with this many a text is drawn as far as SLOW.
BRACKETS, SLOW = 2_000, 10_000
DEEPEST = 40
# HTML is no HTML here but text.
_PARSER = MarkdownIt("commonmark", {"html": False, "maxNesting": DEEPEST}).enable(["table", "strikethrough"])
_BLOCKS = {"paragraph": "p", "blockquote": "blockquote", "bullet_list": "ul", "ordered_list": "ol",
           "list_item": "li"}
_INLINE = {"strong": "strong", "em": "em", "s": "s"}


def drawn(text: str) -> list[Node]:
    """A Markdown text; what is too long or nested too deeply to be drawn stands as text, which is said."""
    reach = _reach(text)
    tokens = _PARSER.parse(text[:reach])
    if max((token.level for token in tokens), default=0) >= DEEPEST - 2:
        return [note("This text is nested too deeply to be rendered; here it is as text."), plain(text)]
    found = _blocks(iter(tokens))
    if reach < len(text):
        found += [note("Rendered as far as here; the rest is there as text."), plain(text[reach:])]
    return found


def _reach(text: str) -> int:
    """How many characters are drawn."""
    most = SLOW if text.count("[", 0, MOST) > BRACKETS else MOST
    if len(text) > most:
        # No address is cut in two, of which the first half leads elsewhere.
        most = max(text.rfind(" ", 0, most), text.rfind("\n", 0, most)) + 1 or most
    if text.count("\n", 0, most) <= MOST_LINES:
        return min(most, len(text))
    return sum(map(len, text[:most].splitlines(keepends=True)[:MOST_LINES]))


def _blocks(tokens: Iterator[Token]) -> list[Node]:
    """What stands here until the block around it ends."""
    found: list[Node] = []
    for token in tokens:
        name = token.type.removesuffix("_open")
        if token.nesting == -1:
            break
        if token.type in ("fence", "code_block"):
            found += _code(token)
        elif token.type == "hr":
            found.append(node("hr"))
        elif token.type == "inline":
            found += _words(token)
        elif name == "table":
            found += _table(tokens)
        else:
            found += _block(token, name, _blocks(tokens))
    return found


def _block(token: Token, name: str, inside: list[Node]) -> list[Node]:
    if token.hidden:
        return inside
    if name == "heading":
        return [node("p", *inside, class_=f"tt-heading tt-{token.tag}")]
    return [node(_BLOCKS[name], *inside, start=int(token.attrGet("start") or 1) if name == "ordered_list" else None)]


def _code(token: Token) -> list[Node]:
    """A block of code; one that says it is JSON or a table, and is, is drawn as that."""
    text, said = token.content.rstrip("\n"), token.info.strip().split(" ")[0].lower()
    if said == "json" and (found := json_text.drawn(text)):
        return found
    if said in ("csv", "tsv") and (found := separated.drawn(text, told=True)):
        return found
    return [code(text, said[:30])]


def _table(tokens: Iterator[Token]) -> list[Node]:
    rows: list[list[list[Node]]] = []
    sides: list[str] = []
    for token in tokens:
        if token.type == "table_close":
            break
        if token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_words(token))
        elif token.type == "th_open":
            side = str(token.attrGet("style") or "").removeprefix("text-align:")
            sides.append({"right": "end", "center": "center"}.get(side, ""))
    return separated.of_rows(rows, sides)


def _words(token: Token) -> list[Node]:
    return _inline(iter(token.children or []), 0)[0]


def _inline(tokens: Iterator[Token], depth: int) -> tuple[list[Node], Token | None]:
    """(words until the mark around them ends, the token that ends it); deep inside, a mark marks nothing more."""
    found: list[Node] = []
    for token in tokens:
        name = token.type.removesuffix("_open")
        if token.nesting == -1:
            return found, token
        if token.type in ("softbreak", "hardbreak"):
            found.append(node("br"))
        elif token.type == "image":
            found += [f"[image: {_bare(token.children or [])}, ", node("code", str(token.attrGet("src") or "")), "]"]
        elif token.type == "code_inline":
            found.append(node("code", token.content))
        elif token.nesting == 1:
            inside, _ = _inline(tokens, depth + 1)
            found += _marked(token, name, inside, depth)
        else:
            # Inside a link there is no other one.
            found += links.words(token.content) if token.content else []
    return found, None


def _marked(token: Token, name: str, inside: list[Node], depth: int) -> list[Node]:
    if name == "link":
        said = _text(inside)
        return links.named(str(token.attrGet("href") or ""), _unlinked(inside), said)
    return inside if depth > DEEPEST or name not in _INLINE else [node(_INLINE[name], *inside)]


def _unlinked(inside: list[Node]) -> list[Node]:
    """The same words without links: a link holds no other one."""
    found: list[Node] = []
    for one in inside:
        if isinstance(one, str):
            found.append(one)
        elif one[0] == "a":
            found += _unlinked(one[2:])
        else:
            found.append([one[0], one[1], *_unlinked(one[2:])])
    return found


def _text(inside: list[Node]) -> str:
    return "".join(one if isinstance(one, str) else " " if one[0] == "br" else _text(one[2:]) for one in inside)


def _bare(tokens: list[Token]) -> str:
    """The words of a picture's description."""
    return "".join(_bare(token.children) if token.children else " " if token.type == "softbreak" else token.content
                   for token in tokens)
