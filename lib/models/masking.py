"""Takes secrets out of texts, however a server spells them: the one place that does.

Knows spellings, never where secrets come from. A letter may be plain, percent-encoded, an escape of JSON or Python, or
an HTML entity, each on its own; the whole may stand in base64, at any alignment and in both alphabets, or in hex.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from html import unescape
from html.entities import html5

MASK = "[key]"
SHORTEST = 8  # characters; shorter "keys" (EMPTY, ollama) are words, and taking them out would garble replies
_ROUNDS = 4  # an escape of an escape of an escape is still looked into
_ESCAPE = re.compile(r"((?:%[0-9a-fA-F]{2})+)|((?:\\u[0-9a-fA-F]{4})+)|\\x([0-9a-fA-F]{2})|\\([/\"'\\])")
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_OTHER_ALPHABET = str.maketrans("+/", "-_")
# What stands in a text where no letter of it is escaped, and for each place the letters that may stand there.
_Form = tuple[str, tuple[str, ...]]


def masker(secrets: Iterable[str]) -> Callable[[str], str]:
    """A function that puts [key] in the place of each of these in a text; too short ones are left."""
    forms = [form for secret in sorted({*secrets}, key=len, reverse=True) if len(secret) >= SHORTEST
             for form in _forms(secret)]

    def mask(text: str) -> str:
        if not (held := _held(forms, text)):
            return text
        for _, letters in held:
            text = _pattern(letters).sub(MASK, text)
        # What hides it in a way that no pattern knows is not kept at all.
        return MASK if _held(forms, text) else text

    return mask if forms else str


def _held(forms: list[_Form], text: str) -> list[_Form]:
    """Those that stand in a text, as it is, without its breaks, or once its escapes are read."""
    in_one_line = "".join(text.replace("\\n", "").replace("\\r", "").split())  # base64 may stand in lines
    readings = [in_one_line, text]
    while len(readings) < _ROUNDS + 2 and (read := _read(readings[-1])) != readings[-1]:
        readings.append(read)
    whole = "\0".join(readings)
    return [form for form in forms if form[0] in whole]


def _read(text: str) -> str:
    """A text with its percent-encoding, escapes and entities read once."""
    if "%" not in text and "&" not in text:
        # Most texts are JSON in JSON, where a backslash stands before quotation marks and line breaks alone.
        marks = text.count('\\"')
        if text.count("\\") == marks + text.count("\\n"):
            return text.replace('\\"', '"') if marks else text
    return unescape(_ESCAPE.sub(_character, text))


def _character(found: re.Match) -> str:
    percent, units, byte, sign = found.groups()
    if percent:
        return bytes.fromhex(percent.replace("%", "")).decode("utf-8", "replace")
    if units:
        return bytes.fromhex(units.replace("\\u", "")).decode("utf-16-be", "replace")
    return chr(int(byte, 16)) if byte else sign


@lru_cache(maxsize=64)
def _forms(secret: str) -> tuple[_Form, ...]:
    """A secret as it is, in hex, and in base64."""
    data = secret.encode("utf-8", "surrogatepass")
    whole = dict.fromkeys([secret, secret.replace(" ", "+"), data.hex(), data.hex().upper()])
    return (*((text, tuple(text)) for text in whole), *_in_base64(data))


def _in_base64(data: bytes) -> list[_Form]:
    """With 0, 1 and 2 bytes before it: letters that hold bits of a neighbour too may be any that have ours."""
    made = []
    for before in range(3):
        bits = "?" * 8 * before + "".join(f"{byte:08b}" for byte in data)
        bits += "?" * (-len(bits) % 6)
        letters = [_fitting(bits[at:at + 6]) for at in range(0, len(bits), 6)]
        for table in ({}, _OTHER_ALPHABET):
            ours = tuple(found.translate(table) for found in letters if len(found) < len(_ALPHABET))
            made.append(("".join(found for found in ours if len(found) == 1), ours))
    return made


def _fitting(bits: str) -> str:
    """The letters of base64 whose six bits are these; a bit that is not known is a question mark."""
    return "".join(letter for number, letter in enumerate(_ALPHABET)
                   if all(ours in ("?", theirs) for ours, theirs in zip(bits, f"{number:06b}", strict=True)))


@lru_cache(maxsize=256)
def _pattern(letters: tuple[str, ...]) -> re.Pattern:
    """All spellings of a form; made when one was found, for it takes a while."""
    return re.compile("".join("(?:" + "|".join(map(_letter, place)) + ")" for place in letters))


@lru_cache(maxsize=512)
def _letter(letter: str) -> str:
    """A pattern for one character in each of its spellings."""
    percent = "".join(f"%(?:25)*(?i:{byte:02x})" for byte in letter.encode("utf-8", "surrogatepass"))
    unit = letter.encode("utf-16-be", "surrogatepass").hex()
    escape = "".join(rf"\\+u(?i:{unit[at:at + 4]})" for at in range(0, len(unit), 4))
    number = ord(letter)
    found = [re.escape(letter), percent, escape, rf"&(?:amp;)*#0*{number};?", rf"&(?:amp;)*#[xX]0*(?i:{number:x});?",
             *(f"&(?:amp;)*{re.escape(name)}" for name, meant in html5.items() if meant == letter)]
    if number < 256:
        found.append(rf"\\+x(?i:{number:02x})")
    if letter in "/\"'\\":  # first: of an escaped backslash no half may stay
        found.insert(0, rf"\\+{re.escape(letter)}")
    return "(?:" + "|".join(found) + ")"
