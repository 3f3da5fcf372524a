"""What every kind of connector is: the fields of its configuration, and a way to ask.

Knows how a typed configuration is read; knows nothing of networks.
"""

import json
import re
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lib.models.replies import Answer
from lib.records import Trace, UsageError
from lib.systems import addresses

VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
LONGEST_TIMEOUT = 3600.0
ROLES = ("system", "developer", "user", "assistant", "tool", "function")
Ask = Callable[[Trace], Awaitable[Answer]]


@dataclass(frozen=True)
class Field:
    """One line of a configuration. kind: text, long, json, number, environment (typed nowhere)."""

    name: str
    title: str
    help: str = ""
    kind: str = "text"
    default: Any = ""
    required: bool = False

    def read(self, value: Any) -> Any:
        """The value as it is stored; what was typed into a form or a command line is understood."""
        if value is None or (isinstance(value, str) and not value.strip()):
            if self.required:
                raise UsageError(f"{self.title} is missing: {self.help}")
            return self.default
        if self.kind == "json":
            return self._object(value)
        if self.kind == "number":
            return self._seconds(value)
        if not isinstance(value, str):
            raise UsageError(f"{self.title} has to be a text.")
        return value if self.kind == "long" else value.strip()

    def _object(self, value: Any) -> dict[str, Any]:
        try:
            found = json.loads(value) if isinstance(value, str) else value
        except (ValueError, RecursionError) as error:
            raise UsageError(f"{self.title} is no JSON: {error}.") from None
        if not isinstance(found, dict):
            raise UsageError(f"{self.title} has to be a JSON object, like {{\"name\": \"value\"}}.")
        return found

    def _seconds(self, value: Any) -> float:
        try:
            found = float(value)
        except (ValueError, TypeError):
            found = 0.0
        if not 0 < found <= LONGEST_TIMEOUT:
            raise UsageError(f"{self.title} has to be a number of seconds, at most {LONGEST_TIMEOUT:g}.")
        return found


TIMEOUT = Field("timeout", "Seconds for one answer", "After that the call counts as unanswered.", "number", 120.0)


@dataclass(frozen=True)
class Connector:
    """A kind of AI system: `opened(config, calls)` yields the way to ask, for as long as the block runs."""

    name: str
    title: str
    text: str
    fields: tuple[Field, ...]
    refine: Callable[[dict[str, Any], list[str]], None]  # raises UsageError for what fits no field of its own
    opened: Callable[[dict[str, Any], int], AbstractAsyncContextManager[Ask]]

    def check(self, values: dict[str, Any], dimensions: list[str]) -> dict[str, Any]:
        """The configuration as it is stored."""
        if unknown := values.keys() - {field.name for field in self.fields}:
            known = ", ".join(field.name for field in self.fields) or "none"
            raise UsageError(f"'{min(unknown)}' is no field of the kind '{self.name}'. Fields: {known}.")
        config = {field.name: field.read(values.get(field.name)) for field in self.fields}
        self.refine(config, dimensions)
        return config


def check_address(url: str, title: str) -> None:
    """Refuses what is no http address, one that carries a password, and a machine that may not be called."""
    addresses.check_host(host_of(url, title))


def host_of(url: str, title: str) -> str:
    """The host of an http address; UsageError for what is none, and for one that carries a password."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc or "{" in parts.netloc:
        raise UsageError(f"{title} is no address that can be called. Give one like https://host/path, without a "
                         "password in it.")
    return parts.hostname


def history(trace: Trace) -> list[dict[str, Any]]:
    """The conversation up to what the user said last, without system prompts: those are the AI system's own."""
    spoken = [message for message in trace.messages or [] if message.get("role") not in ("system", "developer")]
    last = max((place for place, message in enumerate(spoken) if message.get("role") == "user"), default=None)
    return [{"role": "user", "content": trace.input}] if last is None else spoken[:last + 1]


def is_conversation(found: Any) -> bool:
    """Whether this is a list of messages in OpenAI's chat format, which an export and an import keep whole."""
    return isinstance(found, list) and bool(found) and all(
        isinstance(one, dict) and one.get("role") in ROLES and isinstance(one.get("content"), (str, list, type(None)))
        for one in found)
