"""What a call's failure means: status and body become an LlmError of a named kind, with the server's own words.

Pure: knows no network. Servers word the same refusal in many ways, so every shape of body is looked through.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from lib.models.replies import LlmError, asked_wait
from lib.models.transport import Answered

_LONGEST = 500  # characters of a server's words that are shown
_MESSAGES = ("message", "msg", "detail", "error_msg", "error_message", "errorMessage", "description", "title", "reason")
_CANNOT_PAY = re.compile(
    r"insufficient[ _-]?(?:quota|balance|credits?|funds)|not enough (?:credits?|balance|funds)|out of credits?"
    r"|credit balance (?:is )?too low|no credits? (?:left|remaining)|payment required|billing (?:hard )?limit"
    r"|billing_(?:hard_limit|not_active)|billing (?:is )?not active|arrearage|arrears|overdue[ _-]payment"
    r"|spend(?:ing)? limit|余额不足|欠费", re.I)
# Some say this of an account without credit, others of a minute's share: then they name the wait.
_QUOTA = re.compile(r"exceeded[ _](?:your |the )?current[ _]quota", re.I)
_RETRY_IN = re.compile(r"retry(?:ing)? in|try again in|retryDelay|per minute|per second", re.I)
_LONG = re.compile(r"context.{0,40}(?:length|exceed|size|window)|prompt is too long|too many (?:input )?tokens"
                   r"|maximum.{0,30}(?:context|input).{0,30}tokens", re.I | re.S)
# Some answer a wrong key, or a model they have not, as if the body of the call were at fault.
_WRONG_KEY = re.compile(r"api[ _-]?key (?:is )?(?:not valid|invalid)|(?:invalid|incorrect|wrong) api[ _-]?key"
                        r"|no connected db|authentication (?:failed|error)|invalid[ _]token", re.I)
_NO_MODEL = re.compile(r"invalid model name|unknown model|no such model|model\b.{0,80}(?:not found|does not exist)"
                       r"|(?:not found|does not exist|not supported).{0,20}\bmodel ['\"`]", re.I | re.S)
# A server that asks another one may answer with a fault of its own where that one has refused: its status is named.
_HIDDEN = re.compile(r"(?:client error|error code|returned|status(?:[ _]code)?|http(?:/1\.1)?)\W{0,4}(401|403|429)\b"
                     r"|\b(401|403|429)\W{0,3}(?:unauthorized|forbidden|too many requests)", re.I)
_KINDS = {"rate_limit": 429, "rate_limit_error": 429, "rate_limit_exceeded": 429, "too_many_requests": 429,
          "overloaded_error": 529, "server_error": 500, "internal_error": 500, "api_error": 500, "timeout": 504,
          "authentication_error": 401, "invalid_api_key": 401, "permission_error": 403, "insufficient_quota": 402,
          "model_not_found": 404, "not_found_error": 404, "invalid_request_error": 400, "context_length_exceeded": 400,
          "content_filter": 400, "RESOURCE_EXHAUSTED": 429, "UNAVAILABLE": 503, "UNAUTHENTICATED": 401,
          "INVALID_ARGUMENT": 400}


@dataclass(frozen=True)
class Said:
    """What the body of a refusal says, whatever its shape."""

    message: str
    code: str = ""
    type: str = ""
    param: str = ""

    @property
    def words(self) -> str:
        """All of it, to be looked through."""
        return " ".join((self.message, self.code, self.type))


@dataclass(frozen=True)
class Called:
    """The address and the model of a call, and what its user is to correct."""

    base_url: str
    key_name: str
    url_name: str
    model: str


def said(text: str) -> Said:
    """The reason in the body of a refusal: JSON of any shape, plain text, or a page."""
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        plain = re.search(r"<title[^>]*>(.*?)</title>", text, re.S | re.I)
        words = plain[1] if plain else re.sub(r"<[^>]+>", " ", text)
        return Said(_line(words) or "no reason given")
    found = next(_reasons(body), None)
    return found or Said(_line(text) if body not in ({}, [], None, "") else "no reason given")


def _line(text: str) -> str:
    """On one line, and no longer than is shown."""
    return " ".join(text.split())[:_LONGEST]


def _reasons(body: Any, depth: int = 0) -> Iterator[Said]:
    """The innermost object that gives a reason, with the code and parameter beside it; a list's reasons joined."""
    if isinstance(body, str) and body.strip():
        yield _told(body) if depth < 3 else Said(_line(body))
    elif isinstance(body, list) and depth < 4:
        parts = [reason for one in body[:3] if (reason := next(_reasons(one, depth + 1), None))]
        if parts:
            yield Said("; ".join(part.message for part in parts)[:_LONGEST], parts[0].code, parts[0].type,
                       parts[0].param)
    elif isinstance(body, dict) and depth < 4:
        for name in ("error", "errors", *_MESSAGES):
            if inner := next(_reasons(body.get(name), depth + 1), None):
                kind = inner.type or _word(body, "type", "status")
                yield Said(inner.message, inner.code or _word(body, "code"), kind,
                           inner.param or _word(body, "param") or _place(body))
                return


def _told(text: str) -> Said:
    """A reason that is JSON itself: a gateway passes on what it was told as a text."""
    inside = re.search(r"\{.*\}", text, re.S)
    try:
        inner = next(_reasons(json.loads(inside[0]), 3), None) if inside else None
    except (ValueError, RecursionError):
        inner = None
    own = Said(_line(text))
    return Said(own.message, inner.code, inner.type, inner.param) if inner else own


def _word(body: dict[str, Any], *names: str) -> str:
    return next((str(body[name]) for name in names if isinstance(body.get(name), (str, int))), "")


def _place(body: dict[str, Any]) -> str:
    """Where a validation found its fault: ["body", "response_format"]."""
    where = body.get("loc")
    return ".".join(str(part) for part in where if part != "body") if isinstance(where, list) else ""


def of_answer(answer: Answered, called: Called) -> LlmError:
    """The error that an answer with a status of its own is."""
    reason = said(answer.text)
    status = answer.status
    if status == 500 and (hidden := _HIDDEN.search(answer.text)):
        status = int(next(filter(None, hidden.groups())))
    # A gateway passes the wait on under a name of its own.
    wait = asked_wait(answer.headers.get("Retry-After") or answer.headers.get("llm_provider-retry-after", ""))
    return _named(status, reason, called, wait)


def inside(error: Any, called: Called) -> LlmError:
    """The error that came inside an answer of status 200: told by its code, else a fault of the server."""
    reason = next(_reasons({"error": error}), None) or Said("no reason given")
    code = error.get("code") if isinstance(error, dict) else None
    known = int(code) if re.fullmatch(r"[45]\d\d", str(code)) else _KINDS.get(reason.code) or _KINDS.get(reason.type)
    if code is None and known is None:
        return LlmError("server", f"The endpoint reported an error inside its answer. ({reason.message})")
    return _named(known or 502, reason, called, None)


def _named(status: int, reason: Said, called: Called, wait: float | None) -> LlmError:
    shown = reason.message
    if cannot_pay(status, reason, wait):
        return LlmError("quota", f"The account has no credit left. Top it up, then resume. ({shown})")
    if status == 429:
        return LlmError("rate_limit", f"The endpoint asks to slow down. ({shown})", wait)
    if status in (401, 403) or (status == 400 and _WRONG_KEY.search(reason.message)):
        return LlmError("auth", f"The endpoint refuses the key. Correct {called.key_name}, then resume. ({shown})")
    if status == 404 or (status in (400, 422) and _NO_MODEL.search(reason.message)):
        return LlmError("model_not_found", f"The endpoint has no model '{called.model}': choose another one. ({shown})")
    if (status >= 500 and status != 501) or status in (408, 409, 425):
        return LlmError("server", f"The endpoint failed with {status}. ({shown})", wait)
    if 300 <= status < 400:
        return LlmError("auth", "The endpoint redirects elsewhere, and the key does not follow. "
                                f"Set {called.url_name} to the final address.")
    return _bad_request(reason)


def cannot_pay(status: int, reason: Said, wait: float | None) -> bool:
    """Whether a refusal says that the account has nothing left to pay with, in whatever words."""
    if status == 402 or "insufficient_quota" in (reason.code, reason.type):
        return True
    if not 400 <= status < 500:
        return False
    unbounded = wait is None and not _RETRY_IN.search(reason.message)
    return bool(_CANNOT_PAY.search(reason.words)) or (bool(_QUOTA.search(reason.words)) and unbounded)


def _bad_request(reason: Said) -> LlmError:
    shown, lower = reason.message, reason.message.lower()
    if "not a decision model" in lower:
        return LlmError("not a decision model", f"The model answers no typed questions. ({shown})", raw=shown)
    if "context" in reason.code or _LONG.search(shown):
        return LlmError("context_length", f"The prompt is longer than the model takes. Shorten the prompt, show fewer "
                                          f"examples, or choose another model. ({shown})", raw=shown)
    if reason.code in ("content_filter", "content_policy_violation"):
        return LlmError("content_filter", f"The endpoint's filter stopped the prompt. ({shown})", raw=shown)
    if "response_format" in reason.param or "response_format" in lower or "json_schema" in lower:
        return LlmError("response_format", f"The endpoint takes no response_format. ({shown})", raw=shown)
    # What is wrong with this one prompt says nothing of the next trace's.
    if (reason.param or "unsupported" in lower) and not reason.param.startswith(("messages", "prompt")):
        return LlmError("parameter", f"The endpoint rejects the parameter '{reason.param or 'named here'}': {shown} "
                                     "Take it out of the parameters.", raw=shown,
                        param=reason.param)
    return LlmError("bad_request", f"The endpoint rejects the call: {shown}", raw=shown)
