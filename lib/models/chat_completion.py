"""A chat completion as endpoints write it: the body of an answer becomes a Reply, or the error that stands in it.

Pure: knows no network. Whatever is no completion is said so; nothing of it is guessed.
"""

import json
from collections.abc import Callable
from typing import Any

from lib.models import failures
from lib.models.failures import Called
from lib.models.replies import MAX_RAW, LlmError, Reply, clean
from lib.models.thoughts import of_message
from lib.records import visible

Scrub = Callable[[str], str]  # takes the key out of a text


def reply(text: str, scrub: Scrub, called: Called, milliseconds: int, wanted: str) -> Reply:
    """The reply in the body of an answer of status 200; LlmError where it holds an error, no choice, or none at all.

    `wanted` is the format that was asked for; "free" for a reply that is taken as it stands, thoughts and all.
    """
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        body = None
    return of_body(body, text, scrub, called, milliseconds, wanted)


def of_body(body: Any, text: str, scrub: Scrub, called: Called, milliseconds: int | None, wanted: str,
            whole: bool = True) -> Reply:
    """The same of a body that is read already, as a line of a batch holds it; `text` is kept where it is no reply.

    Without `whole` the message as it came is left out: of a million replies nobody reads it.
    """
    try:
        if not isinstance(body, dict):
            raise ValueError("no object")
        choice = _choice(body, text, called)
        message, finish = choice["message"], choice.get("finish_reason")
        content, thoughts = _plain(message) if wanted == "free" else of_message(message)
        refusal = message.get("refusal")
        said = content is not None or refusal or thoughts or (wanted == "free" and message.get("tool_calls"))
        if not said and finish not in ("length", "content_filter"):
            raise ValueError("no content")
        prompt_tokens, completion_tokens, cached = _counts(body.get("usage") or {})
        return Reply(_clean(content, scrub), _clean(finish, scrub), _clean(refusal, scrub) or None,
                     _clean(body.get("model"), scrub), prompt_tokens, completion_tokens, milliseconds, wanted,
                     clean(message, scrub) if whole else {}, _clean(thoughts, scrub)[:MAX_RAW], cached,
                     "text in parts" if isinstance(message.get("content"), list) else "",
                     _tokens(choice.get("logprobs")))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise LlmError("unreadable", "The endpoint answered with something that is no chat completion. "
                                     "Check that its address ends in /v1.", raw=text[:MAX_RAW]) from None


def _choice(body: dict[str, Any], text: str, called: Called) -> dict[str, Any]:
    """The first choice; an error that came inside the answer is that error."""
    if body.get("error"):
        raise failures.inside(body["error"], called)
    if not body.get("choices"):
        raise LlmError("server", "The endpoint answered without any choice. If this lasts, check its address, which "
                                 f"usually ends in /v1. ({failures.said(text).message[:200]})")
    choice = body["choices"][0]
    if choice.get("error") or "error" in (choice.get("finish_reason"), _native(choice)):
        raise failures.inside(choice.get("error") or "the provider gave no reason", called)
    return choice


def _tokens(told: Any) -> Any:
    return told.get("content") if isinstance(told, dict) else None


def _native(choice: dict[str, Any]) -> Any:
    """Why the model stopped in its provider's own word: gateways turn what they do not know into "stop"."""
    beside = choice.get("provider_specific_fields")
    return choice.get("native_finish_reason") or (isinstance(beside, dict) and beside.get("native_finish_reason"))


def _plain(message: dict[str, Any]) -> tuple[str | None, str]:
    """The text of a message with all that stands in it."""
    content = message.get("content")
    return (content, "") if isinstance(content, str) else (of_message({"content": content})[0], "")


def _counts(usage: dict[str, Any]) -> tuple[int | None, int | None, int | None]:
    """Tokens of the prompt, of the reply, and of the prompt out of a cache, as OpenAI and as DeepSeek name them.

    None for what was not told; no prompt is empty, so that 0 is what a gateway fills in where it was not told.
    """
    if not usage.get("prompt_tokens"):
        return None, None, None
    cached = _count((usage.get("prompt_tokens_details") or {}).get("cached_tokens"))
    return (_count(usage["prompt_tokens"]), _count(usage.get("completion_tokens")),
            _count(usage.get("prompt_cache_hit_tokens")) if cached is None else cached)


def _clean(value: object, scrub: Scrub) -> str:
    return scrub(visible(value)) if isinstance(value, str) and value else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 1 << 62 else None
