"""A prompt's text cut at its headings ("## …") into the method's sections, and put together again.

Pure. Whatever the text, putting the pieces together gives it back to the letter; knows nothing of templates or screens.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

ROLE = "Role"  # the name of what stands before the first heading
_HEADING = re.compile(r"^## .*$", re.M)


@dataclass(frozen=True)
class Section:
    """A heading's line with the empty lines after it, what is read, and the white space up to the next heading."""

    head: str
    body: str
    tail: str

    @property
    def title(self) -> str:
        """The words of the heading."""
        return self.head.strip().removeprefix("##").strip() or ROLE


def split(text: str) -> list[Section]:
    """The sections of a text in order; the first is what stands before the first heading, where anything does."""
    places = [found.start() for found in _HEADING.finditer(text)]
    starts = places if places[:1] == [0] else [0, *places]
    return [_section(text[start:end]) for start, end in zip(starts, [*starts[1:], len(text)], strict=True)]


def _section(piece: str) -> Section:
    heading = _HEADING.match(piece)
    rest = piece[heading.end():] if heading else piece
    body = rest.strip()
    before = len(rest) - len(rest.lstrip()) if body else len(rest)
    return Section(piece[:len(piece) - len(rest) + before], body, rest[before + len(body):])


def join(sections: Sequence[Section]) -> str:
    """The text that these sections make."""
    return "".join(section.head + section.body + section.tail for section in sections)


def edited(sections: Sequence[Section], place: int, body: str) -> str:
    """The text with another body in one section; the next heading keeps standing on a line of its own."""
    old = sections[place]
    head = old.head if not old.head or old.head.endswith("\n") else old.head + "\n"
    tail = old.tail if place == len(sections) - 1 or old.tail.startswith("\n") else "\n\n" + old.tail
    return join([*sections[:place], replace(old, head=head, body=body, tail=tail), *sections[place + 1:]])
