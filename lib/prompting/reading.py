"""A judge's reply -> the one clear verdict in it, or a recorded error of a named kind.

Pure text. Thoughts are apart already. What is nearly JSON is read where there is one way to read it, and marked; a
verdict is never guessed: two that differ, one that stands in the trace, or one inside JSON that broke off are errors.
"""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from lib.models.replies import Reply
from lib.records import OUTCOMES, Verdict

# A line of its own that names the outcome; one that begins with a quotation mark of any kind is not the judge's.
_OUTCOME_LINE = re.compile(r"^[ \t*_#]*(?:outcome|verdict)[ \t*_]*[:=][ \t*_]*(pass|fail)[ \t*_.]*$", re.I | re.M)
_HIDDEN = "\u200b\u2060\ufeff"  # signs without width that mean nothing in any script
_OBJECT_START = re.compile(rf'\{{[\s{_HIDDEN}]*"')
# Outside its strings: a comma before a bracket that closes, and signs without width. A string is passed over whole.
_MENDED = re.compile(rf'"(?:[^"\\]|\\.)*"|(?P<comma>,)(?=[\s{_HIDDEN}]*[}}\]])|(?P<hidden>[{_HIDDEN}])', re.S)
_MOST_MENDED = 50  # objects of a reply: each is read to its end
_OPENED = re.compile(r"<([a-z][\w:.-]*)(?:\s[^<>]*)?>", re.I)
_OF_A_REPLY = {"answer", "response", "reply", "final", "final_answer", "output", "result", "json", "verdict",
               "judgement", "judgment", "code", "pre", "p", "div", "span", "b", "strong", "em", "i", "body",
               "html", "li", "ul"}
_AROUND_A_WORD = f" \t\r\n.!*_`'\"{_HIDDEN}"


@dataclass(frozen=True)
class _Object:
    """A JSON object in a text, outermost ones only; `found` is None for one that cannot be read."""

    start: int
    end: int
    found: dict[str, Any] | None
    lenient: str = ""


@dataclass(frozen=True)
class _Claim:
    """A place in a text that claims an outcome: a JSON object, or a plain line."""

    text: str
    end: int
    outcome: Any
    critique: Any = None
    plain: bool = False
    lenient: str = ""


@dataclass(frozen=True)
class _Read:
    """An outcome with its critique, or the kind of error."""

    outcome: str | None = None
    critique: str = ""
    error: str | None = None
    lenient: str = ""


class _Twice(list):
    """The values of a key that was given twice with different ones: it contradicts itself."""


def verdict(reply: Reply, quoted: Callable[[], str] = lambda: "") -> Verdict:
    """The one clear verdict of a reply, or a recorded error of a named kind with the reply kept.

    `quoted` gives the trace's text: a verdict that stands there, and that the reply repeats, is not the judge's.
    """
    read = _read(reply, quoted)
    lenient = ", ".join(filter(None, (reply.lenient, read.lenient))) if read.outcome else ""
    return Verdict(read.outcome, read.critique, error=read.error,
                   raw="" if read.outcome else (reply.refusal or reply.text), prompt_tokens=reply.prompt_tokens,
                   completion_tokens=reply.completion_tokens, milliseconds=reply.milliseconds, model=reply.model,
                   thoughts=reply.thoughts, lenient=lenient, cached_tokens=reply.cached_tokens)


def _read(reply: Reply, quoted: Callable[[], str]) -> _Read:
    if reply.refusal:
        return _Read(error="refusal")
    if reply.finish_reason in ("length", "content_filter"):
        return _Read(error=reply.finish_reason)
    objects = list(_objects(reply.text))
    torn, claims = any(one.found is None for one in objects), _claims(reply.text, objects)
    text = quoted() if claims else ""
    own = _own(claims, _claims(text, _objects(text))) if text else claims
    if len(own) == 1:
        return _clear(own[0], reply, torn)
    read = {(one.outcome, one.critique, one.error): one for one in (_clear(claim, reply, torn) for claim in own)}
    if len(read) != 1 or any(claim.plain for claim in own):
        only = "only thoughts" if reply.thoughts and not reply.text.strip() else "unreadable"
        return _Read(error="two verdicts" if own else "quoted verdict" if claims else only)
    found = next(iter(read.values()))
    return replace(found, lenient=_joined(found.lenient, "the same verdict twice"))


def _clear(claim: _Claim, reply: Reply, torn: bool) -> _Read:
    if (claim.plain and reply.format != "text") or _inside_marks(claim, reply.text):
        return _Read(error="unreadable")
    # Inside JSON that broke off, a whole object may be a part of anything; only one that ends the reply stands alone.
    if torn and reply.text[claim.end:].strip(" \t\r\n`"):
        return _Read(error="unreadable")
    critique, lenient = (_OUTCOME_LINE.sub("", reply.text), "") if claim.plain else _critique(claim.critique)
    if isinstance(claim.outcome, list) or critique is None:
        return _Read(error="two verdicts")
    word = claim.outcome.strip().lower() if isinstance(claim.outcome, str) else ""
    plain = word.strip(_AROUND_A_WORD)
    if plain not in OUTCOMES:
        return _Read(error="no outcome")
    return _Read(plain, critique.strip(), lenient=_joined(
        claim.lenient, lenient, "signs around the outcome" if plain != word else ""))


def _inside_marks(claim: _Claim, text: str) -> bool:
    """Whether it stands between a pair of marks that say nothing of a reply: who knows what the model means by them."""
    start = claim.end - len(claim.text)
    return any(mark[1].lower() not in _OF_A_REPLY and text.find(f"</{mark[1]}", claim.end) >= 0
               and text.rfind(f"</{mark[1]}", mark.end(), start) < 0
               for mark in _OPENED.finditer(text, 0, max(0, start)))


def _critique(said: Any) -> tuple[str | None, str]:
    """The critique as one text, None where it is none, and what had to be put right."""
    if isinstance(said, list) and not isinstance(said, _Twice) and all(isinstance(part, str) for part in said):
        return "\n".join(said), "the critique as a list"
    said = said or ""
    return (said if isinstance(said, str) else None), ""


def _joined(*parts: str) -> str:
    return ", ".join(filter(None, parts))


def _own(claims: list[_Claim], quoted: list[_Claim]) -> list[_Claim]:
    """The claims of a reply without those that are the trace's, each taken off once."""
    left, own = Counter(claim.text for claim in quoted), []
    for claim in claims:
        if left[claim.text]:
            left[claim.text] -= 1
        else:
            own.append(claim)
    return own


def _claims(text: str, objects: Iterable[_Object]) -> list[_Claim]:
    found = [_Claim(text[one.start:one.end], one.end, one.found["outcome"], one.found.get("critique"),
                    lenient=_joined(one.lenient, _spelt(text[one.start:one.end])))
             for one in objects if one.found and "outcome" in one.found]
    return found + [_Claim(line[0].strip(), line.end(), line[1], plain=True) for line in _OUTCOME_LINE.finditer(text)]


def _spelt(text: str) -> str:
    small = '"outcome"' in text and ('"critique"' in text or "critique" not in text.lower())
    return "" if small else "names in capitals"


def _objects(text: str) -> Iterator[_Object]:
    place, mended = text.find("{"), 0
    while place >= 0:
        begins = _OBJECT_START.match(text, place) is not None
        try:
            one = _object(text, place, begins and mended < _MOST_MENDED)
        except RecursionError:  # nothing that a judge has to say nests as deep
            yield _Object(place, len(text), None)
            return
        mended += begins and one.found is None
        if one.found is not None or begins:
            yield one
        place = text.find("{", one.end)


def _object(text: str, place: int, mend: bool) -> _Object:
    """The object that begins here: as it is, with raw line breaks in its texts, or mended where that is clear."""
    for decoder, lenient in ((_STRICT, ""), (_LOOSE, "raw line breaks or tabs")):
        if (read := _decoded(decoder, text, place)) is not None:
            return _Object(place, read[1], read[0], lenient)
    if mend:
        # As long as before, so that every place in it is the same.
        changed = text[:place] + _MENDED.sub(lambda part: part[0] if part[0][0] == '"' else " ", text[place:])
        if (read := _decoded(_LOOSE, changed, place)) is not None:
            return _Object(place, read[1], read[0], "a comma too many or signs without width")
    return _Object(place, place + 1, None)


def _decoded(decoder: json.JSONDecoder, text: str, place: int) -> tuple[dict[str, Any], int] | None:
    try:
        return decoder.raw_decode(text, place)
    except ValueError:
        return None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Names in small letters; one given twice with different values contradicts itself, and keeps them all."""
    made: dict[str, Any] = {}
    for name, value in pairs:
        key = name.strip(_AROUND_A_WORD).casefold()
        made[key] = value if made.get(key, value) == value else _Twice([made[key], value])
    return made


_STRICT = json.JSONDecoder(object_pairs_hook=_pairs)
_LOOSE = json.JSONDecoder(object_pairs_hook=_pairs, strict=False)
