"""What a message says: its text, the tools it calls, a refusal, and parts that are no text, named by type and size.

Knows how the makers of models write pictures, sounds and files into messages. Fetches nothing and draws nothing.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.records.words import counted

Message = dict[str, Any]
REFUSAL, ERROR, CALL = "[refusal]", "[error]", "[tool call]"  # what an output begins with that is no answer
_KINDS = {"image": "picture", "audio": "audio", "video": "video"}
_TEXT = ("text", "input_text", "output_text", "reasoning", "thinking", "refusal", None)
# Where the makers keep the thing itself, and where what it is.
_HOLDS = ("image_url", "input_audio", "image", "audio", "video", "source", "inline_data", "inlineData", "file_data",
          "fileData", "file", "url", "image.url", "data", "content", "uri", "file_id", "file_uri", "fileUri", "value")
_TYPES = ("media_type", "mediaType", "mime_type", "mimeType", "format")
_NAMES = ("filename", "file_name", "name", "title")
_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)?((?:;[\w.=+-]+)*?);base64,([A-Za-z0-9+/=_-]*)")
_BASE64 = re.compile(r"[A-Za-z0-9+/=_\s-]{24,}")
_WORDY = re.compile(r"[\w.+-]{1,40}(?:/[\w.+-]{1,60})?")


@dataclass(frozen=True)
class Media:
    """A part of a message that is no text."""

    kind: str  # picture, audio, video or file
    type: str = ""  # png, pdf, …; "" where nobody says
    data: str = ""  # base64; "" where it stands elsewhere
    name: str = ""
    address: str = ""  # where it stands, if not here

    @property
    def bytes(self) -> int:
        """How large it is, where it is in the file."""
        return len(self.data.rstrip("=")) * 3 // 4

    def __str__(self) -> str:
        """Its name on the desk and in a prompt: [picture, png, 400 kB]."""
        size = _size(self.bytes) if self.data else f"not in the file{': ' if self.address else ''}{self.address}"
        return f"[{', '.join(word for word in (self.kind, self.type, self.name, size) if word)}]"


def _size(n: int) -> str:
    if n < 1_000:
        return counted(n, "byte")
    return f"{round(n / 1_000):,} kB" if n < 1_000_000 else f"{n / 1_000_000:.1f} MB"


def media(part: Any) -> Media | None:
    """What a part of a message is that is no text; None for text and for what nobody knows."""
    if not isinstance(part, dict) or part.get("type") in _TEXT[:-1] or isinstance(part.get("text"), str):
        return None
    word = _kind_word(part)
    data, declared = _held(part)
    declared = _words(part, _TYPES) or declared
    kind = next((name for start, name in _KINDS.items() if declared.startswith(start) or start in word), "file")
    named = isinstance(part.get("type"), str) or isinstance(part.get("modality"), str)
    if not (data and (named or declared)) and not (named and _elsewhere(part, kind)):
        return None
    return Media(kind, declared.rpartition("/")[2].removeprefix("x-"), data, _words(part, _NAMES),
                 "" if data else _address(part))


def _elsewhere(part: Message, kind: str) -> bool:
    """Whether a part says where the thing is, though not in this file; a document of words is no such part."""
    if kind == "file":
        return any(part.get(key) for key in ("file", "file_id", "file_data", "fileData", "file_uri", "fileUri", "uri",
                                             "source")) and not isinstance(part.get("content"), str)
    return any(part.get(key) for key in _HOLDS)


def _kind_word(part: Message) -> str:
    """The words that say what a part is: its type, its modality, the key that holds it."""
    keys = [key for key in ("image", "image_url", "audio", "video", "inline_data", "inlineData", "file_data",
                            "fileData") if part.get(key)]
    return " ".join(str(word) for word in (part.get("type"), part.get("modality"), *keys) if word)


def _held(found: Any, depth: int = 0) -> tuple[str, str]:
    """(the base64 in a part, the type it says)."""
    if isinstance(found, str):
        url = _DATA_URL.match(found)
        if url:
            return url[3], url[1] or ""
        return (re.sub(r"\s", "", found), "") if depth and _BASE64.fullmatch(found) else ("", "")
    if not isinstance(found, dict) or depth > 3:
        return "", ""
    held = next((held for key in _HOLDS if key in found and (held := _held(found[key], depth + 1))[0]), ("", ""))
    inner = next((_words(found[key], _TYPES) for key in _HOLDS if isinstance(found.get(key), dict)), "")
    return held[0], held[1] or _words(found, _TYPES) or inner


def _address(found: Any) -> str:
    if isinstance(found, str):
        return found[:200] if found.startswith(("https://", "http://")) else ""
    return next((said for key in _HOLDS if key in found and (said := _address(found[key]))), "") if isinstance(
        found, dict) else ""


def _words(found: Message, keys: tuple[str, ...]) -> str:
    return next((found[key] for key in keys if isinstance(found.get(key), str) and _WORDY.fullmatch(found[key])), "")


def every(found: Any) -> Iterator[Media]:
    """The parts that are no text anywhere in a value: messages, a context, steps, a text with data: addresses."""
    if isinstance(found, str):
        if ";base64," in found:
            yield from (_of_url(url) for url in _DATA_URL.finditer(found))
    elif one := media(found):
        yield one
    elif isinstance(found, (dict, list)):
        for part in found.values() if isinstance(found, dict) else found:
            yield from every(part)


def _of_url(url: re.Match) -> Media:
    kind = next((name for start, name in _KINDS.items() if (url[1] or "").startswith(start)), "file")
    return Media(kind, (url[1] or "").rpartition("/")[2], url[3])


def without_data(found: Any) -> Any:
    """The same value with each part that is no text replaced by its name: base64 is never read by anybody."""
    if isinstance(found, str):
        return _DATA_URL.sub(lambda url: str(_of_url(url)), found) if ";base64," in found else found
    if (one := media(found)) and one.data:
        return str(one)
    if isinstance(found, dict):
        return {key: without_data(value) for key, value in found.items()}
    return [without_data(part) for part in found] if isinstance(found, list) else found


def said(message: Message) -> str:
    """The text of a message; a refusal is said to be one, and parts that are no text are named."""
    content = message.get("content")
    told = "\n".join(filter(None, map(_part, content))) if isinstance(content, list) else (
        content if isinstance(content, str) else "" if content is None else json.dumps(content, ensure_ascii=False))
    refused = message.get("refusal")
    return "\n".join(filter(None, (told, f"{REFUSAL} {refused}" if refused and isinstance(refused, str) else "")))


def _part(part: Any) -> str:
    if not isinstance(part, dict):
        return part if isinstance(part, str) else "[part]"
    if isinstance(part.get("refusal"), str):
        return f"{REFUSAL} {part['refusal']}"
    if isinstance(part.get("text"), str):
        return part["text"]
    return str(media(part) or f"[{part.get('type', 'part')}]")


def calls(message: Message) -> list[tuple[str, Any]]:
    """(name, arguments) of the tools a message calls; whatever is shaped otherwise is given whole."""
    found = message.get("tool_calls")
    functions = [(call, call.get("function") if isinstance(call, dict) else None)
                 for call in (found if isinstance(found, list) else [])]
    return [(str(function.get("name", "unknown")), function.get("arguments")) if isinstance(function, dict)
            else ("unknown", call) for call, function in functions]


def called(name: str, arguments: Any) -> str:
    """A call of a tool as an output shows it: [tool call] refund({"order": 12})."""
    given = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return f"{CALL} {name}({'' if given in ('{}', 'null', '') else given})"


def ends(found: list[Message] | None) -> tuple[str, str | None]:
    """(the last thing the user said, what the assistant said or did last after it: a text, a call, a refusal)."""
    last = max((place for place, message in enumerate(found or []) if message["role"] == "user"), default=None)
    if found is None or last is None:
        return "", None
    answers = [_done(message) for message in found[last + 1:] if message["role"] == "assistant"]
    return said(found[last]), next((answer for answer in reversed(answers) if answer.strip()), None)


def _done(message: Message) -> str:
    return "\n".join(filter(None, (said(message), *(called(*call) for call in calls(message)))))
