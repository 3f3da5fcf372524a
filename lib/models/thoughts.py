"""A model's thoughts taken out of its reply: only what it says at the end, in its final channel, is the reply.

Pure text and plain data. Each family of models marks its thoughts in a way of its own; a mark that is never closed
hides all that follows, and one that is closed without having been opened hides all before it: what may be a thought is
never read as a reply.
"""

import json
import re
from collections.abc import Iterable
from typing import Any

# What thoughts are called, whatever brackets stand around: think, thinking, seed:think, begin_of_thought, scratchpad …
_NAME = (r"(?:[a-z]+:)?(?:think\w*|thoughts?(?:_\w+)?|reasoning\w*|reflection|scratchpad|analysis|inner_\w+"
         r"|internal_\w+)")
_OPEN = (rf"<\s*{_NAME}(?:\s[^<>]*)?>|&lt;\s*{_NAME}\s*&gt;|<\|\s*(?:begin_of_|start_)?{_NAME}\s*\|>|\[{_NAME}\]"
         r"|◁think▷|<\|channel>(?:thought)?|<unused94>(?:thought)?")
_CLOSE = (rf"<\s*/\s*{_NAME}\s*>|&lt;\s*/\s*{_NAME}\s*&gt;|<\|\s*(?:end_of_|end_|/){_NAME}\s*\|>|\[/{_NAME}\]"
          r"|◁/think▷|<channel\|>|<unused95>")
_MARK = re.compile(rf"(?P<open>{_OPEN})|(?P<close>{_CLOSE})", re.I)
# Whole pieces that are thoughts: a folded part of a page, a fenced one, and thoughts announced in words.
_PIECE = re.compile(rf"<details\s[^>]*reasoning[^>]*>.*?(?:</details>|\Z)|```\s*{_NAME}\b.*?(?:```|\Z)"
                    r"|^[^\w\n]*here is my thought process\b.*?(?:here is my (?:response|answer)[^\w\n{{]*|\Z)"
                    r"|^[ \t*_#]*(?:thinking|thoughts|reasoning|analysis)[ \t*_]*:[ \t*_]*\n.*?"
                    r"(?=^[ \t*_#]*(?:final|answer|response|verdict|output"
                    r"|judge?ment)\b|\Z)", re.I | re.S | re.M)
# Around the reply itself some put marks too; they are no part of it.
_AROUND = re.compile(r"<\|(?:START|END)_RESPONSE\|>|<\|(?:begin|end)_of_solution\|>|</?(?:response|answer)>"
                     r"|\[(?:BEGIN|END) FINAL RESPONSE\]", re.I)
# Harmony: every message names its channel, and only the final one is meant for a reader.
_HARMONY = re.compile(r"(?:<\|start\|>\s*\w*\s*)?<\|channel\|>\s*(?P<channel>\w*)"
                      r"[^<]*?(?:<\|\w+\|>[^<]*?)??<\|message\|>"
                      r"(?P<text>.*?)(?=<\|end\|>|<\|return\|>|<\|call\|>|<\|start\|>|<\|channel\|>|\Z)", re.S)
_HARMONY_MARK = "<|channel|>"
_CONTROL = re.compile(r"<\|(?:start|end|return|call|message|channel)\|>(?:assistant)?")
# The same where the server has dropped the marks and kept the words.
_BARE_HARMONY = re.compile(r"\A\s*(?:analysis|commentary)(?:(?=[A-Z{\"'*])|\s*(?=\{))")
_BARE_FINAL = "assistantfinal"
_THINKING_PARTS = ("thinking", "reasoning", "redacted_thinking", "thought", "reasoning_content", "summary")
_TEXT_PARTS = ("text", "output_text")
_BESIDE = ("reasoning_content", "reasoning", "thinking", "thinking_blocks", "reasoning_details")


def apart(text: str) -> tuple[str, str]:
    """A reply and the thoughts that stood in it; a reply that is one JSON object as a whole holds none."""
    if _whole_object(text):
        return text, ""
    if _HARMONY_MARK in text:
        return _harmony(text)
    if _BARE_HARMONY.match(text):
        before, mark, after = text.rpartition(_BARE_FINAL)
        return (after.strip(), before.strip()) if mark else ("", text.strip())
    pieces = [piece[0] for piece in _PIECE.finditer(text)]
    reply, thoughts = _marked(_PIECE.sub("", text))
    thoughts = pieces + thoughts
    return (_AROUND.sub("", reply).strip(), "\n".join(thoughts).strip()) if thoughts else (text, "")


def _whole_object(text: str) -> bool:
    """Whether a mark could only stand inside a text of it, quoted."""
    try:
        return isinstance(json.loads(text.strip(), strict=False), dict)
    except (ValueError, RecursionError):
        return False


def _harmony(text: str) -> tuple[str, str]:
    final, thoughts, end = [], [], 0
    for message in _HARMONY.finditer(text):
        thoughts.append(text[end:message.start()])
        (final if message["channel"] == "final" else thoughts).append(message["text"])
        end = message.end()
    thoughts.append(text[end:])
    clean = (_CONTROL.sub("", part).strip() for part in thoughts)
    return "\n".join(part.strip() for part in final), "\n".join(filter(None, clean))


def _marked(text: str) -> tuple[str, list[str]]:
    kept: list[str] = []
    thoughts: list[str] = []
    inside, place = False, 0
    for mark in _MARK.finditer(text):
        part, place = text[place:mark.start()], mark.end()
        if mark["close"] and not inside:  # it began before the reply did: all so far was thought
            thoughts, kept = ["".join([*kept, part])] if not thoughts else [*thoughts, *kept, part], []
        else:
            (thoughts if inside else kept).append(part)
        inside = mark["open"] is not None
    (thoughts if inside else kept).append(text[place:])
    return "".join(kept), [part.strip() for part in thoughts if part.strip()]


def of_message(message: dict[str, Any]) -> tuple[str | None, str]:
    """The text of a message as an endpoint sends it, None where it has none, and the thoughts sent beside it or in it.

    The content may be a list of parts: parts of text are joined, parts of thoughts are thoughts, others are neither.
    """
    content = message.get("content")
    beside = [_all_words(message[name]) for name in _BESIDE if message.get(name)]
    if isinstance(content, list):
        parts = [part for part in content if isinstance(part, dict)]
        beside += [_all_words(part) for part in parts if part.get("type") in _THINKING_PARTS]
        texts = [part["text"] for part in parts
                 if part.get("type") in _TEXT_PARTS and isinstance(part.get("text"), str)]
        content = "".join(texts) if texts else None
    if not isinstance(content, str):
        return None, _each_once(beside)
    reply, inside = apart(content)
    return reply, _each_once([*beside, inside])


def _each_once(texts: Iterable[str]) -> str:
    """Each once: some servers send the same thoughts under two names."""
    return "\n".join(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _all_words(value: Any, depth: int = 0) -> str:
    """All the text of thoughts in whatever shape they come; what is encrypted says nothing."""
    if isinstance(value, str):
        return value
    if depth > 4:
        return ""
    if isinstance(value, list):
        return "\n".join(filter(None, (_all_words(part, depth + 1) for part in value)))
    if isinstance(value, dict):
        found = (value.get(name) for name in ("thinking", "reasoning", "text", "content", "summary"))
        return "\n".join(filter(None, (_all_words(part, depth + 1) for part in found)))
    return ""
