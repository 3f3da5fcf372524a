"""Door 1, the network to models: calls through openai, and the only reader of the API key.

Talks to any OpenAI-compatible endpoint, once per call, and returns a plain Reply or an LlmError of a named kind.
Retries are up to engine/worker_pool.py; what a reply means is up to prompting/.
"""

import asyncio
import json
import os
import re
from dataclasses import dataclass, field
from ipaddress import ip_address
from time import monotonic
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from lib.models.replies import MAX_RAW, LlmError, Reply, asked_wait, clean
from lib.records import UsageError

if TYPE_CHECKING:
    import openai

OPENAI_URL = "https://api.openai.com/v1"
# A server that cannot take a schema is asked for a JSON object, then for plain text.
FORMATS = ("json_schema", "json_object", "text")

OURS = {"messages", "model", "stream", "response_format", "n"}  # no parameter may replace these
NO_KEY = "none"  # a local server may need no key at all, yet the client insists on one
SECRET_FROM = 8  # characters; shorter "keys" (EMPTY, ollama) are words, and taking them out would garble replies


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible address with its key; the key never shows in a repr.

    `longest_text` bounds each text of a reply to a schema, in characters: a small model may never end one.
    """

    name: str
    base_url: str
    api_key: str = field(repr=False)
    longest_text: int | None = None
    key_name: str = "OPENAI_API_KEY"  # what holds the key, and what the address: errors name what to correct
    url_name: str = "OPENAI_BASE_URL"

    def scrub(self, text: str) -> str:
        """Takes the key out of a text: a server may echo it, as it is or in the escapes of JSON."""
        if len(self.api_key) < SECRET_FROM:
            return text
        spelt = "".join(rf"(?:{re.escape(letter)}|\\u(?i:{ord(letter):04x}))" for letter in self.api_key)
        return re.sub(spelt.replace("/", r"\\?/"), "[key]", text)


@dataclass(frozen=True)
class Model:
    """A model as GET /v1/models lists it; `shutdown_date` where the provider names one."""

    id: str
    shutdown_date: str | None = None
    owned_by: str | None = None


def environment_endpoint() -> Endpoint | None:
    """The endpoint the environment names, or None: the one place that reads OPENAI_API_KEY and OPENAI_BASE_URL."""
    key, url = os.environ.get("OPENAI_API_KEY", "").strip(), os.environ.get("OPENAI_BASE_URL", "").strip()
    if not key and not url:
        return None
    return Endpoint("environment", (url or OPENAI_URL).rstrip("/"), key or NO_KEY)


def secret(name: str, url: str) -> str:
    """The value of an environment variable that a call to this address needs; UsageError where it is not set.

    The key of the judge's endpoint is given for that endpoint alone, whoever asks for it.
    """
    value, ours = os.environ.get(name, "").strip(), environment_endpoint()
    if not value:
        raise UsageError(f"{name} is not set: put it into the environment and start again. Its value is never stored.")
    if ours and value == ours.api_key and urlsplit(url).netloc != urlsplit(ours.base_url).netloc:
        raise UsageError(f"{name} holds the key of {ours.base_url}, so it is not sent to another address. "
                         "Name another variable, with a key of the AI system's own.")
    return value


class Client:
    """An async client for one endpoint: `async with Client(endpoint) as client`."""

    def __init__(self, endpoint: Endpoint, timeout: float = 120.0, connections: int = 32) -> None:
        """`timeout` is the bound on a whole call in seconds, however slowly bytes drip."""
        self.endpoint, self.timeout, self._connections = endpoint, timeout, connections
        self._format = FORMATS[0]

    async def __aenter__(self) -> "Client":
        """Opens the connection pool."""
        import openai  # here, not above: it takes a second to load, and most pages and commands call no model

        limits = openai.DEFAULT_CONNECTION_LIMITS.__class__(
            max_connections=self._connections, max_keepalive_connections=self._connections)
        http = openai.DefaultAsyncHttpxClient(limits=limits, **_http_options(self.endpoint))
        self._client = openai.AsyncOpenAI(base_url=self.endpoint.base_url, api_key=self.endpoint.api_key,
                                          max_retries=0, timeout=self.timeout, http_client=http)
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connection pool."""
        await self._client.close()

    async def converse(self, messages: list[dict[str, Any]], *, model: str,
                       parameters: dict[str, Any] | None = None) -> Reply:
        """One reply as it comes, as an AI system under test gives it: calling tools is an answer too."""
        return await self._call(messages, model, parameters or {}, None, "free")

    async def complete(self, messages: list[dict[str, Any]], *, model: str, parameters: dict[str, Any] | None = None,
                       schema: dict[str, Any] | None = None) -> Reply:
        """One reply to these messages; with a schema, in the strictest format the server takes."""
        while True:
            wanted = self._format if schema else "text"
            try:
                return await self._call(messages, model, parameters or {}, schema, wanted)
            except LlmError as error:
                if error.kind != "response_format" or wanted == "text":
                    raise
                # Remembered, so that a server that refuses schemas is asked in vain once only; never back to
                # a stricter format, as the slower one of two calls under way would have it.
                self._format = max(self._format, FORMATS[FORMATS.index(wanted) + 1], key=FORMATS.index)

    async def _call(self, messages: list[dict[str, Any]], model: str, parameters: dict[str, Any],
                    schema: dict[str, Any] | None, wanted: str) -> Reply:
        start = monotonic()
        # Whoever asks for no format of ours may ask for one of its own.
        if taken := (OURS - {"response_format"} if wanted == "free" else OURS) & parameters.keys():
            raise LlmError("parameter", f"'{min(taken)}' is not a parameter to choose. Take it out of the parameters.")
        try:
            async with asyncio.timeout(self.timeout):
                # As it is, unlike chat.completions.create, which goes through every part of a body for each call; and
                # a local server knows parameters that openai does not.
                body = {"messages": messages, "model": model,
                        **_response_format(wanted, _bounded(schema, self.endpoint.longest_text)), **parameters}
                text = self.endpoint.scrub(await self._client.post("/chat/completions", cast_to=str, body=body))
        except Exception as error:  # whatever the client raises becomes an error of a named kind
            late = monotonic() - start >= self.timeout
            raise _named(error, self.endpoint, model, self.timeout, late) from None
        return _reply(text, self.endpoint, int((monotonic() - start) * 1000), wanted)


def list_models(endpoint: Endpoint, timeout: float = 10.0) -> list[Model]:
    """The models an endpoint lists, in its order."""
    import openai

    http = openai.DefaultHttpxClient(**_http_options(endpoint))
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0, timeout=timeout,
                       http_client=http) as client:
        try:
            found = json.loads(endpoint.scrub(client.models.with_raw_response.list().text))["data"]
            return [Model(str(item["id"]), _text(item.get("shutdown_date")), _text(item.get("owned_by")))
                    for item in found]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, openai.NotFoundError):
            raise LlmError("unreadable", f"{endpoint.base_url} did not answer with a list of models. "
                                         "Check OPENAI_BASE_URL: it usually ends in /v1.") from None
        except openai.OpenAIError as error:
            raise _named(error, endpoint, "", timeout) from None


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _host(endpoint: Endpoint) -> str:
    """The host of an address that can be called at all, with a key that fits into a header."""
    try:
        url = urlsplit(endpoint.base_url)
    except ValueError:
        url = urlsplit("")
    if url.scheme not in ("http", "https") or not url.hostname or url.username is not None:
        raise UsageError(f"{endpoint.url_name} is no address of an endpoint. Give one like "
                         f"https://api.openai.com/v1, the key apart in {endpoint.key_name}.")
    if not (endpoint.api_key.isascii() and endpoint.api_key.isprintable()):
        raise UsageError(f"{endpoint.key_name} holds characters that no key has. Copy it again.")
    return url.hostname


def is_this_machine(host: str | None) -> bool:
    """Whether a host is a loopback address, or localhost; a name that only begins like one is not."""
    try:
        return ip_address(host or "").is_loopback
    except ValueError:
        return host == "localhost"


def _http_options(endpoint: Endpoint) -> dict[str, Any]:
    # The key never follows a redirect, and a call to this very machine never goes through a proxy.
    return {"follow_redirects": False, "trust_env": not is_this_machine(_host(endpoint))}


def _bounded(schema: Any, longest: int | None) -> Any:
    """The schema with a bound on each free text; OpenAI itself takes no such bound, so only where one is wanted."""
    if longest is None or not isinstance(schema, dict):
        return schema
    made = {key: _bounded(value, longest) for key, value in schema.items()}
    return {**made, "maxLength": longest} if made.get("type") == "string" and "enum" not in made else made


def _response_format(wanted: str, schema: dict[str, Any] | None) -> dict[str, Any]:
    if wanted == "json_schema":
        return {"response_format": {"type": "json_schema",
                                    "json_schema": {"name": "reply", "strict": True, "schema": schema}}}
    return {"response_format": {"type": "json_object"}} if wanted == "json_object" else {}


def _reply(text: str, endpoint: Endpoint, milliseconds: int, wanted: str) -> Reply:
    try:
        body = json.loads(text)
        choice = body["choices"][0]
        message, usage, finish = choice["message"], body.get("usage") or {}, choice.get("finish_reason")
        content, refusal = message.get("content"), message.get("refusal")
        called = wanted == "free" and message.get("tool_calls")
        if not isinstance(content, str) and not refusal and not called and finish not in ("length", "content_filter"):
            raise ValueError("no content")
        return Reply(_clean(content, endpoint), _clean(finish, endpoint), _clean(refusal, endpoint) or None,
                     _clean(body.get("model"), endpoint), _count(usage.get("prompt_tokens")),
                     _count(usage.get("completion_tokens")), milliseconds, wanted, clean(message, endpoint.scrub))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise LlmError("unreadable", "The endpoint answered with something that is no chat completion. "
                                     "Check that its address ends in /v1.", raw=text[:MAX_RAW]) from None


def _clean(value: object, endpoint: Endpoint) -> str:
    return clean(value if isinstance(value, str) else "", endpoint.scrub)


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 1 << 62 else None


def _named(error: Exception, endpoint: Endpoint, model: str, timeout: float, late: bool = False) -> LlmError:
    import openai

    # A deadline that passes while the connection is being made looks like a broken connection.
    if isinstance(error, (TimeoutError, openai.APITimeoutError, *([openai.APIConnectionError] if late else []))):
        return LlmError("timeout", f"No whole reply came within {timeout:g} s.")
    if isinstance(error, openai.APIStatusError):
        return _by_status(error, endpoint, model)
    if isinstance(error, openai.APIConnectionError):
        return LlmError("connection", f"{endpoint.base_url} cannot be reached, or broke off. Check that it runs.")
    text = endpoint.scrub(str(error))[:500]
    return LlmError("bad_request", f"The call could not be made: {text}", raw=text)


def _by_status(error: "openai.APIStatusError", endpoint: Endpoint, model: str) -> LlmError:
    said = endpoint.scrub(_said(error))[:500]
    code, status = str(error.code or ""), error.status_code
    if status == 429 and "insufficient_quota" in (code, str(error.type or "")):
        return LlmError("quota", f"The account has no credit left. Top it up, then resume. ({said})")
    if status == 429:
        return LlmError("rate_limit", f"The endpoint asks to slow down. ({said})", _asked_wait(error))
    if status in (401, 403):
        return LlmError("auth", f"The endpoint refuses the key. Correct {endpoint.key_name}, then resume. ({said})")
    if status == 404:
        return LlmError("model_not_found", f"The endpoint has no model '{model}': choose another one. ({said})")
    if status >= 500 or status in (408, 409):
        return LlmError("server", f"The endpoint failed with {status}. ({said})", _asked_wait(error))
    if status in (301, 302, 303, 307, 308):
        return LlmError("auth", "The endpoint redirects elsewhere, and the key does not follow. "
                                f"Set {endpoint.url_name} to the final address.")
    return _bad_request(said, code, endpoint.scrub(str(error.param or "")))


def _bad_request(said: str, code: str, param: str) -> LlmError:
    lower = said.lower()
    if "context" in code or ("context" in lower and ("length" in lower or "exceed" in lower or "size" in lower)):
        return LlmError("context_length", f"The prompt is longer than the model takes. Shorten the prompt, show fewer "
                                          f"examples, or choose another model. ({said})", raw=said)
    if code in ("content_filter", "content_policy_violation"):
        return LlmError("content_filter", f"The endpoint's filter stopped the prompt. ({said})", raw=said)
    if "response_format" in param or "response_format" in lower or "json_schema" in lower:
        return LlmError("response_format", f"The endpoint takes no response_format. ({said})")
    # What is wrong with this one prompt says nothing of the next trace's.
    if (param or "unsupported" in lower) and not param.startswith(("messages", "prompt")):
        return LlmError("parameter", f"The endpoint rejects the parameter '{param or 'named here'}': {said} "
                                     "Take it out of the parameters.")
    return LlmError("bad_request", f"The endpoint rejects the call: {said}", raw=said)


def _said(error: "openai.APIStatusError") -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("message") or error.message or "no reason given")


def _asked_wait(error: "openai.APIStatusError") -> float | None:
    return asked_wait(error.response.headers.get("retry-after", ""))
