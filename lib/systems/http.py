"""An AI system behind any HTTP endpoint: a JSON body out, a JSONPath in.

Redirects are not followed, a reply is bounded in time and size, and what the environment holds is never stored.
Where a connection may lead is up to addresses.py.
"""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

import httpx2

from lib.models import keys
from lib.models.llm import scrubber, secret
from lib.models.replies import MAX_RAW, Answer, LlmError, asked_wait, clean
from lib.records import Trace, UsageError
from lib.systems import answer_path, template, wire
from lib.systems.connector import TIMEOUT, Ask, Connector, Field, check_address, is_conversation

MOST_BYTES = 5_000_000  # of one reply
METHODS = ("POST", "GET", "PUT", "PATCH")
_SECRET_HEADER = re.compile(r"authorization|cookie|key|token|secret|password", re.I)
_PATHS = ("answer", "messages", "prompt_tokens", "completion_tokens")


def _refine(config: dict[str, Any], dimensions: list[str]) -> None:
    check_address(config["url"], "The address")
    template.check(config["url"], dimensions, "The address")
    template.check_json(config["body"], dimensions, "The body")
    keys.check_text(config["url"])
    if config["method"] not in METHODS:
        raise UsageError(f"The method '{config['method']}' is not called. Methods: {', '.join(METHODS)}.")
    for name, value in config["headers"].items():
        _check_header(name, value)
        keys.check_text(value)
    for name in _PATHS:
        answer_path.compiled(config[name])


def _check_header(name: str, value: Any) -> None:
    if not isinstance(value, str) or not (name + value).isascii() or not (name + value).isprintable():
        raise UsageError(f"The header '{name}' has to be one line of plain text.")
    if _SECRET_HEADER.search(name) and not keys.IN_TEXT.search(value):
        raise UsageError(f"The header '{name}' would store a secret: name a variable of the environment in it, "
                         f"as in \"Bearer ${{SHOP_API_KEY}}\".")


@dataclass(frozen=True)
class _Door:
    """What one call needs; the values of the environment never show in a repr."""

    config: dict[str, Any]
    client: httpx2.AsyncClient = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    url: str = field(repr=False)
    secrets: dict[str, str] = field(repr=False)
    scrub: Any = field(repr=False)

    async def ask(self, trace: Trace) -> Answer:
        start = monotonic()
        try:
            async with asyncio.timeout(self.config["timeout"]):
                status, headers, data = await self._call(trace)
        except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, OSError, UnicodeError) as error:
            # A deadline that passes while the connection is being made looks like a broken connection.
            late = monotonic() - start >= self.config["timeout"]
            if late or isinstance(error, (TimeoutError, httpx2.TimeoutException)):
                raise LlmError("timeout", f"No whole answer came within {self.config['timeout']:g} s.") from None
            raise LlmError("connection", f"{self.config['url']} cannot be reached, or broke off "
                                         f"({type(error).__name__}). Check that it runs.") from None
        text = self.scrub(data.decode("utf-8", "replace"))
        if status // 100 != 2:
            raise _by_status(status, headers, text)
        return self._read(text, data, int((monotonic() - start) * 1000))

    async def _call(self, trace: Trace) -> tuple[int, httpx2.Headers, bytes]:
        body = None if self.config["method"] == "GET" else template.fill_json(
            self.config["body"], trace, self.secrets).encode()
        data = b""
        async with self.client.stream(self.config["method"], template.fill_url(self.url, trace), headers=self.headers,
                                      content=body) as response:
            async for part in response.aiter_bytes():
                data += part
                if len(data) > MOST_BYTES:
                    raise LlmError("too long", f"The answer is longer than {MOST_BYTES:,} bytes.",
                                   raw=self.scrub(data.decode("utf-8", "replace"))[:MAX_RAW])
        return response.status_code, response.headers, data

    def _read(self, text: str, data: bytes, milliseconds: int) -> Answer:
        try:
            found = clean(json.loads(data), self.scrub)
            tokens = {name: self._first(found, name) for name in ("prompt_tokens", "completion_tokens")}
            messages = self._first(found, "messages")
            return Answer(self._output(found), messages if is_conversation(messages) else None, log={
                "milliseconds": milliseconds, **{name: n for name, n in tokens.items() if isinstance(n, int)}})
        except (ValueError, TypeError, RecursionError, LookupError):
            raise LlmError("unreadable", f"The reply holds no answer at {self.config['answer']}.",
                           raw=text[:MAX_RAW]) from None

    def _first(self, found: Any, name: str) -> Any:
        return next(iter(answer_path.found(self.config[name], found)), None)

    def _output(self, found: Any) -> str:
        """Several texts are one answer in pieces; anything that is no text is shown as the JSON it is."""
        values = [value for value in answer_path.found(self.config["answer"], found) if value is not None]
        if not values:
            raise LookupError
        return "\n".join(value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for value in values)


def _by_status(status: int, headers: httpx2.Headers, text: str) -> LlmError:
    said, raw = " ".join(text.split())[:300], text[:MAX_RAW]
    if status == 429:
        return LlmError("rate_limit", f"The AI system asks to slow down. ({said})",
                        asked_wait(headers.get("retry-after", "")), raw)
    if status in (401, 403):
        return LlmError("auth", f"The AI system refuses the call with {status}. Correct what its headers name in the "
                                f"environment, then resume. ({said})", raw=raw)
    if status // 100 == 3:
        return LlmError("address", "The AI system redirects elsewhere, and no call follows. "
                                   "Add a version with the final address.", raw=raw)
    if status in (404, 405, 410):
        return LlmError("address", f"There is nothing to call at the AI system's address ({status}). "
                                   f"Add a version with the right one. ({said})", raw=raw)
    if status >= 500 or status in (408, 409, 425):
        return LlmError("server", f"The AI system failed with {status}. ({said})",
                        asked_wait(headers.get("retry-after", "")), raw)
    return LlmError("bad_request", f"The AI system rejects the call with {status}. ({said})", raw=raw)


@asynccontextmanager
async def _opened(config: dict[str, Any], calls: int) -> AsyncIterator[Ask]:
    for name in _PATHS:
        answer_path.compiled(config[name])  # kept by an earlier version, it may be more than a place
    named = keys.IN_TEXT.findall("\n".join([config["url"], config["body"], *config["headers"].values()]))
    secrets = {name: secret(name, config["url"]) for name in named}

    def resolved(text: str) -> str:
        return keys.IN_TEXT.sub(lambda name: secrets[name[1]], text)

    headers = {name: resolved(value) for name, value in config["headers"].items()}
    if not all(value.isascii() and value.isprintable() for value in headers.values()):
        raise UsageError("A variable of the environment holds characters that no header can have. Copy it again.")
    async with await wire.client(config["url"], config["timeout"], calls) as client:
        yield _Door(config, client, {"Content-Type": "application/json", **headers}, resolved(config["url"]),
                    secrets, scrubber(*secrets.values())).ask


CONNECTOR = Connector("http", "HTTP endpoint", "Any address that takes JSON and answers in JSON.", (
    Field("url", "Address", "May hold {{ input }} and other names in its path or query.", required=True),
    Field("method", "Method", ", ".join(METHODS), default="POST"),
    Field("headers", "Headers", 'A JSON object; ${NAME} stands for a secret that PLUMBLINE_SECRETS names, for '
                                'instance {"Authorization": "Bearer ${SHOP_API_KEY}"}.', "json", {}),
    Field("body", "Body", "JSON with {{ input }}, {{ id }}, {{ messages }}, {{ context }} and dimensions in it; "
                          "${NAME} inside quotes as in a header.", "long", '{"input": {{ input }}}'),
    Field("answer", "Where the answer stands", "A JSONPath, for instance $.answer", required=True),
    Field("messages", "Where the messages stand", "A JSONPath to a list in OpenAI's chat format; may stay empty."),
    Field("prompt_tokens", "Where the prompt's tokens stand", "A JSONPath; may stay empty."),
    Field("completion_tokens", "Where the answer's tokens stand", "A JSONPath; may stay empty."),
    TIMEOUT), _refine, _opened)
