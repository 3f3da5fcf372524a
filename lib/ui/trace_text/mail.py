"""A text that begins as an e-mail does, drawn as one: its head as a small table, what it quotes dimmed. Pure."""

import re
from itertools import groupby

from lib.records.words import counted
from lib.ui import rendered
from lib.ui.trace_text import links
from lib.ui.trace_text.nodes import Node, node

SHORT = 3  # quoted lines that are not folded
MOST = 100  # quotations
_FIELD = re.compile(r"(?:\*\*)?(Subject|From|To|Cc|Bcc|Reply-To|Date|Sent)(?::\*\*|\*\*:|:)[ \t]*(\S.*)", re.I)
_SIGNATURE = re.compile(r"^(-- ?)$\n?", re.M)
_QUOTED = re.compile(r"^>.*(?=\n[^>]|\Z)", re.M)  # the last line of each quotation
_GREETING = re.compile(r"\S[^\n]{0,60}[,!:]")


def drawn(text: str) -> list[Node] | None:
    """A mail; None where the text is not certainly one: two fields of a head, or a subject before a greeting."""
    head, _, body = text.replace("\r\n", "\n").strip("\n").partition("\n\n")
    fields = _fields(head)
    if not fields or not body.strip():
        return None
    greeted = fields[0][0].lower() == "subject" and _GREETING.fullmatch(body.lstrip("\n").partition("\n")[0].strip())
    if len(fields) < 2 and not greeted:
        return None
    if len(_QUOTED.findall(body)) > MOST:
        return None
    rows = [node("tr", node("th", name), node("td", *links.words(said))) for name, said in fields]
    return [node("div", node("div", node("table", node("tbody", *rows)), class_="tt-scroll tt-head"), *_body(body),
                 class_="tt-mail")]


def _fields(head: str) -> list[tuple[str, str]]:
    """(name, value) of the lines of a head; none where one of them is no field."""
    found: list[tuple[str, str]] = []
    for line in head.split("\n"):
        field = _FIELD.fullmatch(line.rstrip())
        if field and field[1].lower() not in {name.lower() for name, _ in found}:
            found.append((field[1], field[2].strip()))
        elif found and line[:1] in (" ", "\t") and line.strip():
            found[-1] = (found[-1][0], f"{found[-1][1]} {line.strip()}")
        else:
            return []
    return found


def _body(body: str) -> list[Node]:
    """What is said, what is quoted, and the signature with its lines."""
    said, *mark, signature = _SIGNATURE.split(body, maxsplit=1) if _SIGNATURE.search(body) else (body, "")
    found: list[Node] = []
    for quoted, lines in groupby(said.split("\n"), key=lambda line: line.startswith(">")):
        run = list(lines)
        found += [_quoted(run)] if quoted else rendered.drawn("\n".join(run))
    return [*found, node("pre", f"{mark[0]}\n{signature}", class_="tt-plain tt-quiet")] if mark else found


def _quoted(lines: list[str]) -> Node:
    return node("details", node("summary", counted(len(lines), "quoted line")),
                node("pre", "\n".join(lines), class_="tt-plain tt-quiet"), class_="tt-quoted", open=len(lines) <= SHORT)
