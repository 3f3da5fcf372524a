"""The network side of the wires: where each is asked, one call, and its reply as an Answer.

Which wire is asked is a setting of the version, never read off an address: three different bodies are served under
/v1/decisions.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from lib.models import llm
from lib.models.decisions import logprobs, openai_decisions, system_one
from lib.models.decisions.asked import Answer, Question
from lib.models.decisions.reading import NO_DECISION_MODEL, NO_PROBABILITIES, Unusable
from lib.models.replies import MAX_RAW, LlmError, clean
from lib.records import UsageError
from lib.records.decision import LOGPROBS, OPENAI, SYSTEM_ONE

WIRES: dict[str, ModuleType] = {OPENAI: openai_decisions, SYSTEM_ONE: system_one, LOGPROBS: logprobs}


def address(base_url: str, wire: str, path: str = "") -> str:
    """Where a wire is asked: below the address, System One at its root. `path` is a whole one from the host on."""
    if path:
        parts = urlsplit(base_url)
        return f"{parts.scheme}://{parts.netloc}{path}"
    root = base_url.removesuffix("/v1") if wire == SYSTEM_ONE else base_url
    return root + WIRES[wire].PATH


def check_path(path: str) -> str:
    """The path; UsageError for one that could lead to another host: the key is sent along."""
    if path and (not path.startswith("/") or path.startswith("//") or not path.isascii() or not path.isprintable()
                 or "\\" in path):
        raise UsageError("Give the path from the host on, for instance /api/alpha/decisions: the host is the "
                         "endpoint's own.")
    return path


async def ask(client: llm.Client, question: Question, *, wire: str, model: str, path: str = "",
              parameters: dict[str, Any] | None = None, again: Callable[[], None] = lambda: None) -> Answer:
    """One answer. LlmError for a call that brought nothing, and where no further call could bring a probability."""
    one = WIRES[wire]
    wanted = {**(parameters or {}), **logprobs.PARAMETERS} if wire == LOGPROBS else parameters or {}
    try:
        text, milliseconds = await client.ask(one.body(question, model), wanted, again,
                                              address(client.endpoint.base_url, wire, path))
    except LlmError as error:
        raise (await _named(client, error, model)) from None
    return _read(one, text, question, milliseconds, client.endpoint.scrub)


def _read(wire: ModuleType, text: str, question: Question, milliseconds: int, scrub: Callable[[str], str]) -> Answer:
    found, kind = _object(text)
    usage = found.get("usage") if isinstance(found.get("usage"), dict) else {}
    told = {"model": clean(str(found.get("model") or ""), scrub), "milliseconds": milliseconds,
            **dict(zip(("prompt_tokens", "completion_tokens", "cached_tokens"), wire.tokens(usage), strict=True))}
    if kind:
        return Answer(None, {}, kind, text[:MAX_RAW], **told)
    try:
        p_pass, raw = wire.read(found, question)
    except Unusable as error:
        if error.kind == NO_PROBABILITIES:
            raise LlmError(NO_PROBABILITIES, "The endpoint tells no log-probabilities of this model: choose another "
                           "model, or ask it for a written verdict.", raw=text[:MAX_RAW]) from None
        return Answer(None, {}, error.kind, f"{error.said}: {text}"[:MAX_RAW], **told)
    return Answer(p_pass, {**clean(raw, scrub), "order": question.order}, **told)


def _object(text: str) -> tuple[dict[str, Any], str]:
    """The object of a reply, or none and the kind of error: a page, broken JSON, a list."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}, "unreadable"
    return (found, "") if isinstance(found, dict) else ({}, "unreadable")


async def _named(client: llm.Client, error: LlmError, model: str) -> LlmError:
    """The error of a model that answers no typed questions names those that do, where the endpoint tells."""
    if error.kind != NO_DECISION_MODEL:
        return error
    deciding: list[str] = []
    with contextlib.suppress(LlmError):
        deciding = [one.id for one in await asyncio.to_thread(llm.list_models, client.endpoint) if one.decides]
    cure = (f"Choose one of these: {', '.join(deciding[:12])}." if deciding
            else "Choose a decision model, or ask by --wire logprobs.")
    return LlmError(error.kind, f"'{model}' is not a decision model. {cure}", raw=error.raw)

