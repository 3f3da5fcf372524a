"""Lists and objects that Python printed into a cell of a CSV: ['a', "b"], {'role': 'user'}, and numpy's arrays.

Reads them by their letters and runs nothing; whatever is not wholly such a value stays the text it is.
"""

import re
from typing import Any

from lib.readers import chat
from lib.readers.files.json_file import MAX_DEPTH
from lib.records import visible

_TOKEN = re.compile(r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>-?\d[\w.+-]*)"""
                    r"""|(?P<word>[A-Za-z_]\w*)|(?P<mark>[\[\](){},:=]))""", re.S)
_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|(.))", re.S)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "\n": "", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_WORDS = {"True": True, "False": False, "None": None, "nan": None}
_CLOSES = {"[": "]", "(": ")", "{": "}"}


def opened(cell: Any) -> Any:
    """A value that stands as JSON or as Python prints it; any other text as it is."""
    found = chat.opened(cell)
    if not isinstance(found, str) or found.lstrip()[:1] not in ("[", "{"):
        return found
    try:
        reader = _Reader(found)
        value = reader.value(0)
        return value if reader.at_end() else found
    except ValueError:
        return found


class _Reader:
    """One text, read token by token."""

    def __init__(self, text: str) -> None:
        self.text, self.place = text.rstrip(), 0

    def at_end(self) -> bool:
        """Whether nothing follows the value."""
        return self.place == len(self.text)

    def value(self, depth: int) -> Any:
        """The value that begins here."""
        kind, word = self.next()
        if kind == "text":
            return _unescaped(word[1:-1])
        if kind == "number":
            return _number(word)
        if word in _CLOSES:
            return self.inside(word, depth)
        if word == "array" and self.next() == ("mark", "("):
            found = self.value(depth + 1)
            while self.next() != ("mark", ")"):
                pass  # dtype=object: how numpy kept it
            return found
        if kind == "word" and word in _WORDS:
            return _WORDS[word]
        raise ValueError(word)

    def inside(self, mark: str, depth: int) -> Any:
        """What stands between brackets; numpy puts no commas between the texts of an array."""
        if depth > MAX_DEPTH:
            raise ValueError("nested too deep")
        made: list[Any] = []
        keys: list[Any] = []
        while (found := self.peek()) != ("mark", _CLOSES[mark]):
            if found == ("mark", ","):
                self.next()
                continue
            item = self.value(depth + 1)
            if mark == "{":
                if not isinstance(item, str) or self.next() != ("mark", ":"):
                    raise ValueError("no key")
                keys.append(item)
                item = self.value(depth + 1)
            made.append(item)
        self.next()
        return dict(zip(keys, made, strict=True)) if mark == "{" else made

    def peek(self) -> tuple[str, str]:
        """The next token, which stays."""
        place = self.place
        found = self.next()
        self.place = place
        return found

    def next(self) -> tuple[str, str]:
        """The next token."""
        found = _TOKEN.match(self.text, self.place)
        if not found:
            raise ValueError("neither a value nor a mark")
        self.place = found.end()
        return str(found.lastgroup), found[str(found.lastgroup)]


def _number(word: str) -> int | float:
    return int(word) if word.lstrip("-").isdecimal() and len(word) < 20 else float(word)


def _unescaped(text: str) -> str:
    return visible(_ESCAPE.sub(lambda found: chr(int(found[1] or found[2] or found[3], 16)) if found[4] is None
                               else _LETTERS.get(found[4], found[4]), text))
