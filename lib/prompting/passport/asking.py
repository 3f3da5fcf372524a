"""What an exported judge offers: the messages for a trace, what a reply says, and both in one.

Everything of one judge stands in judge.json beside this file; the rest is the same for all judges. In Plumbline
itself nobody calls this: it is written into judge.py, behind the modules it imports.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import fields
from functools import lru_cache
from pathlib import Path
from typing import Any

from lib.models.replies import Reply
from lib.models.thoughts import apart, of_message
from lib.prompting.reading import verdict
from lib.prompting.wording import Wording, sections
from lib.records import Trace, Verdict


@lru_cache(maxsize=1)
def passport() -> dict[str, Any]:
    """What judge.json says: prompt, examples, model, parameters, figures and what they are of."""
    return json.loads(Path(__file__).with_name("judge.json").read_text(encoding="utf-8"))


def trace_of(found: dict[str, Any] | Trace) -> Trace:
    """A trace out of a dict with input and output, and where there are some context, messages and steps."""
    if isinstance(found, Trace):
        return found
    if not isinstance(found.get("input"), str) or not isinstance(found.get("output"), str):
        raise ValueError("A trace needs an 'input' and an 'output', each a text.")
    taken = {one.name for one in fields(Trace)} - {"id", "dimensions", "key"}
    known = {name: value for name, value in found.items() if name in taken and value is not None}
    return Trace(id=str(found.get("id", "")), **known)


def messages(trace: dict[str, Any] | Trace) -> list[dict[str, Any]]:
    """The messages of one call, byte for byte those that Plumbline sends for this trace."""
    return _wording().messages(trace_of(trace))


@lru_cache(maxsize=1)
def _wording() -> Wording:
    words = passport()["prompt"]
    return Wording(words["template"], tuple((text, filled) for text, filled in words["pieces"]), words["fills"],
                   words["pictures"])


def request(trace: dict[str, Any] | Trace) -> dict[str, Any]:
    """The whole body of a chat completion for this trace: messages, model, response_format and parameters."""
    return {"messages": messages(trace), **passport()["request"]}


def read(reply: Any, trace: dict[str, Any] | Trace | None = None) -> Verdict:
    """What a reply says: outcome "pass" or "fail" with its critique, or None with the kind of error. Never guessed.

    `reply` is the text, the body of a chat completion, or the object a client makes of it. `trace`: a verdict that
    stands in its text is not taken for the judge's.
    """
    found = _reply(reply)
    if isinstance(found, Verdict):
        return found
    return verdict(found, lambda: "\n".join(sections(trace_of(trace)).values()) if trace else "")


def _reply(found: Any) -> Reply | Verdict:
    asked_in = passport()["reply_format"]
    if isinstance(found, str):
        text, thoughts = apart(found)
        return Reply(text, format=asked_in, thoughts=thoughts)
    body = found if isinstance(found, dict) else found.model_dump() if hasattr(found, "model_dump") else {}
    choice = (body.get("choices") or [None])[0]
    if body.get("error") or not isinstance(choice, dict) or choice.get("error") or choice.get(
            "finish_reason") == "error":
        return Verdict(None, error="server", raw=json.dumps(body, default=str)[:2000])
    message = choice.get("message") or {}
    text, thoughts = of_message(message)
    return Reply(text or "", str(choice.get("finish_reason") or ""), message.get("refusal") or None,
                 str(body.get("model") or ""), format=asked_in, thoughts=thoughts)


def judge(trace: dict[str, Any] | Trace, call: Callable[..., Any]) -> Verdict:
    """One judgement: `call` gets the request by name, as `client.chat.completions.create` takes it.

    What `call` raises is raised on: whether to try again is up to whoever calls.
    """
    return read(call(**request(trace)), trace)


def proves() -> bool:
    """Whether this file, on this Python, makes the very messages that Plumbline noted for the trace of the check."""
    check = passport()["check"]
    return messages(check["trace"]) == check["messages"]


if __name__ == "__main__":
    print("The messages are those that Plumbline makes." if proves() else
          "The messages differ from those that Plumbline makes: do not use this copy.")
    sys.exit(not proves())
