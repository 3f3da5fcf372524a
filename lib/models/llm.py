"""Door 1, the network to models: calls, lists of models, and the only reader of the API key.

Talks to any OpenAI-compatible endpoint, once per call, and returns a plain Reply or an LlmError of a named kind.
Retries are up to engine/worker_pool.py; what a reply means is up to prompting/.
"""

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from ipaddress import ip_address
from time import monotonic
from typing import Any, TypeVar
from urllib.parse import urlsplit

from lib.models import chat_completion, failures, keys
from lib.models.failures import Called
from lib.models.habits import Habits
from lib.models.listed import Model
from lib.models.masking import masker
from lib.models.replies import LlmError, Reply
from lib.models.transport import Answered, Resolve, Transport, Unreached
from lib.records import UsageError

OPENAI_URL = "https://api.openai.com/v1"
NAMED = ("OPENAI_BASE_URL", "OPENAI_API_KEY")  # the variables that name the endpoint
PRODUCT = "plumbline"  # all that a call tells of who calls
OURS = {"messages", "model", "stream", "response_format", "n"}  # no parameter may replace these
NO_KEY = "none"  # a local server may need no key at all, yet the client insists on one

Came = TypeVar("Came")


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
        """Takes the key, and every other secret of this machine, out of a text, however a server spells it."""
        return scrubber(self.api_key)(text)


def environment_endpoint() -> Endpoint | None:
    """The endpoint the environment names, or None: the one place that reads OPENAI_API_KEY and OPENAI_BASE_URL."""
    url, key = (os.environ.get(name, "").strip() for name in NAMED)
    if not key and not url:
        return None
    return Endpoint("environment", (url or OPENAI_URL).rstrip("/"), key or NO_KEY)


def scrubber(*more: str) -> Callable[[str], str]:
    """Takes these, the endpoint's key and all that the operator names out of a text, however they are spelled."""
    ours = environment_endpoint()
    return masker([*more, *keys.values(), *([ours.api_key] if ours else [])])


def secret(name: str, url: str) -> str:
    """The value of an environment variable that a call to this address needs; UsageError where it may not have it.

    Only what the operator names is given, and the key of the judge's endpoint for that endpoint alone.
    """
    value, ours = keys.value(name), environment_endpoint()
    if ours and value == ours.api_key and urlsplit(url).netloc != urlsplit(ours.base_url).netloc:
        raise UsageError(f"{name} holds the key of {ours.base_url}, so it is not sent to another address. "
                         "Name another variable, with a key of the AI system's own.")
    return value


class Client:
    """An async client for one endpoint: `async with Client(endpoint) as client`."""

    def __init__(self, endpoint: Endpoint, timeout: float = 120.0, connections: int = 32,
                 habits: dict[str, Habits] | None = None,
                 learned: Callable[[str, Habits], None] = lambda model, habits: None,
                 resolve: Resolve | None = None) -> None:
        """`timeout` is the bound on a whole call in seconds, however slowly bytes drip.

        `habits` are what is known of the endpoint's models; `learned` is told what its answers teach. `resolve` finds
        the addresses of the host, to which then the connections are made, without a proxy.
        """
        self.endpoint, self.timeout, self._connections, self._resolve = endpoint, timeout, connections, resolve
        self._habits, self._learned = dict(habits or {}), learned
        self._proved: set[tuple[str, str]] = set()  # models with a format that has gone through

    async def __aenter__(self) -> "Client":
        """Opens the connection pool."""
        proxies = http_options(self.endpoint)["trust_env"] and self._resolve is None
        self._transport = await Transport(f"{self.endpoint.base_url}/chat/completions", _headers(self.endpoint),
                                          self.timeout, self._connections, proxies, self._resolve).__aenter__()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Closes the connection pool."""
        await self._transport.__aexit__()

    async def converse(self, messages: list[dict[str, Any]], *, model: str,
                       parameters: dict[str, Any] | None = None) -> Reply:
        """One reply as it comes, as an AI system under test gives it: calling tools is an answer too."""
        return await self._call(messages, model, parameters or {}, None, "free")

    async def complete(self, messages: list[dict[str, Any]], *, model: str, parameters: dict[str, Any] | None = None,
                       schema: dict[str, Any] | None = None, again: Callable[[], None] = lambda: None) -> Reply:
        """One reply to these messages; with a schema, in the strictest format the server takes.

        A call that is refused is made again as the refusal teaches, in a weaker format or with a parameter under its
        other name, before the refusal is believed; what went through then is remembered. `again` is asked before each
        further call, and may refuse it with an LlmError.
        """
        return await self._learning(model, parameters or {}, schema, again, lambda habits: self._call(
            messages, model, habits.applied(parameters or {}), schema, habits.format if schema else "text"))

    async def ask(self, body: dict[str, Any], parameters: dict[str, Any], again: Callable[[], None],
                  url: str) -> tuple[str, int]:
        """(text of an answer of status 200, milliseconds) to a body of another kind, at an address of this host.

        Its parameters are put right as `complete` does.
        """
        return await self._learning(str(body["model"]), parameters, None, again,
                                    lambda habits: self._answer({**habits.applied(parameters), **body}, url))

    async def _learning(self, model: str, parameters: dict[str, Any], schema: dict[str, Any] | None,
                        again: Callable[[], None], call: Callable[[Habits], Awaitable[Came]]) -> Came:
        habits = self._habits.get(model, Habits())
        while True:
            try:
                reply = await call(habits)
            except LlmError as error:
                proved = schema is None or (model, habits.format) in self._proved
                if (following := habits.after(error, parameters, proved)) is None:
                    raise
                habits = following
                again()
            else:
                self._went_through(model, habits, bool(schema))
                return reply

    def _went_through(self, model: str, habits: Habits, with_format: bool) -> None:
        """Remembered, so that nothing is asked in vain twice; never a weaker format where a stricter one works."""
        known = self._habits.get(model, Habits())
        if with_format:
            self._proved.add((model, habits.format))
        made = known.joined(habits, (model, known.format) in self._proved)
        if made != known:
            self._habits[model] = made
            self._learned(model, made)

    async def _call(self, messages: list[dict[str, Any]], model: str, parameters: dict[str, Any],
                    schema: dict[str, Any] | None, wanted: str) -> Reply:
        text, milliseconds = await self._answer(body(messages, model, parameters, wanted, _bounded(
            schema, self.endpoint.longest_text)))
        return chat_completion.reply(text, self.endpoint.scrub, self._called(model), milliseconds, wanted)

    def _called(self, model: str) -> Called:
        return Called(self.endpoint.base_url, self.endpoint.key_name, self.endpoint.url_name, model)

    async def _answer(self, body: dict[str, Any], url: str = "") -> tuple[str, int]:
        start = monotonic()
        answer = await self._answered(body, url)
        if answer.status != 200:
            raise failures.of_answer(answer, self._called(str(body["model"])))
        return answer.text, int((monotonic() - start) * 1000)

    async def _answered(self, body: dict[str, Any], url: str) -> Answered:
        start = monotonic()
        try:
            answer = await self._transport.post(body, url)
        except (TimeoutError, Unreached) as error:
            # A deadline that passes while the connection is being made looks like a broken connection.
            late = isinstance(error, TimeoutError) or monotonic() - start >= self.timeout
            raise LlmError("timeout", f"No whole reply came within {self.timeout:g} s.") if late else gone(
                self.endpoint) from None
        except (TypeError, ValueError, RecursionError) as error:
            text = self.endpoint.scrub(str(error))[:500]
            raise LlmError("bad_request", f"The call could not be made: {text}", raw=text) from None
        return replace(answer, text=self.endpoint.scrub(answer.text))


def gone(endpoint: Endpoint) -> LlmError:
    """Nothing came back."""
    return LlmError("connection", f"{endpoint.base_url} cannot be reached, or broke off. Check that it runs.")


def _headers(endpoint: Endpoint) -> dict[str, str]:
    """Whose account it is, and nothing of this machine."""
    named = {"OpenAI-Organization": os.environ.get("OPENAI_ORG_ID", ""),
             "OpenAI-Project": os.environ.get("OPENAI_PROJECT_ID", "")}
    return {"Authorization": f"Bearer {endpoint.api_key}", "Content-Type": "application/json",
            "Accept": "application/json", "User-Agent": PRODUCT, **{name: value.strip() for name, value in
                                                                       named.items() if value.strip()}}


def list_models(endpoint: Endpoint, timeout: float = 10.0) -> list[Model]:
    """The models an endpoint lists, in its order."""
    import openai

    http = openai.DefaultHttpxClient(**http_options(endpoint), event_hooks={"request": [say_little]})
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0, timeout=timeout,
                       http_client=http) as client:
        try:
            found = json.loads(endpoint.scrub(client.get("/models", cast_to=str)))["data"]
            return [Model.of(item) for item in found]
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError, openai.NotFoundError):
            raise LlmError("unreadable", f"{endpoint.base_url} did not answer with a list of models. "
                                         "Check OPENAI_BASE_URL: it usually ends in /v1.") from None
        except openai.APITimeoutError:
            raise LlmError("timeout", f"No list of models came within {timeout:g} s.") from None
        except openai.APIStatusError as error:
            answer = Answered(error.status_code, endpoint.scrub(error.response.text), error.response.headers)
            raise failures.of_answer(answer, Called(endpoint.base_url, endpoint.key_name, endpoint.url_name,
                                                    "")) from None
        except openai.OpenAIError:
            raise gone(endpoint) from None


def say_little(request: Any) -> None:
    """The openai client would tell every server of this machine's system, processor and Python."""
    for name in [name for name in request.headers if name.lower().startswith("x-stainless")]:
        del request.headers[name]
    request.headers["User-Agent"] = PRODUCT


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


def http_options(endpoint: Endpoint) -> dict[str, Any]:
    """How a client of this endpoint goes out; UsageError for what is no address, or for no key."""
    # The key never follows a redirect, and a call to this very machine never goes through a proxy.
    return {"follow_redirects": False, "trust_env": not is_this_machine(_host(endpoint))}


def _bounded(schema: Any, longest: int | None) -> Any:
    """The schema with a bound on each free text; OpenAI itself takes no such bound, so only where one is wanted."""
    if longest is None or not isinstance(schema, dict):
        return schema
    made = {key: _bounded(value, longest) for key, value in schema.items()}
    return {**made, "maxLength": longest} if made.get("type") == "string" and "enum" not in made else made


def body(messages: list[dict[str, Any]], model: str, parameters: dict[str, Any], wanted: str,
         schema: dict[str, Any] | None) -> dict[str, Any]:
    """The whole body of a chat completion, in a call and in a batch; LlmError for a parameter that is not to choose."""
    # Whoever asks for no format of ours may ask for one of its own.
    if taken := (OURS - {"response_format"} if wanted == "free" else OURS) & parameters.keys():
        raise LlmError("parameter", f"'{min(taken)}' is not a parameter to choose. Take it out of the parameters.")
    return {"messages": messages, **asked(model, parameters, wanted, schema)}


def asked(model: str, parameters: dict[str, Any], wanted: str, schema: dict[str, Any] | None) -> dict[str, Any]:
    """The body of a chat completion but for its messages; `wanted` is the format of the reply."""
    return {"model": model, **_response_format(wanted, schema), **parameters}


def _response_format(wanted: str, schema: dict[str, Any] | None) -> dict[str, Any]:
    if wanted == "json_schema":
        return {"response_format": {"type": "json_schema",
                                    "json_schema": {"name": "reply", "strict": True, "schema": schema}}}
    return {"response_format": {"type": "json_object"}} if wanted == "json_object" else {}
