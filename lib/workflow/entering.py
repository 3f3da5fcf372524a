"""The judge's endpoint from the page: entered for as long as the server runs, forgotten, and tried with one call."""

import asyncio
from dataclasses import dataclass
from time import monotonic

from lib.engine import runner
from lib.engine.runner import ENVIRONMENT
from lib.models import entered, llm
from lib.prompting import judge
from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store
from lib.systems.connector import host_of
from lib.workflow import endpoints

is_entered = entered.is_entered
_ASK = [{"role": "user", "content": "This only tries the connection. Answer with the JSON object "
                                    '{"critique": "It works.", "outcome": "pass"} and nothing else.'}]
# What a format is called on the page, the strictest first.
_FORMATS = {"json_schema": "replies in exactly the form asked for (JSON schema)",
            "json_object": "replies in JSON, whose form is not held",
            "text": "takes no format: replies are read as text"}


@dataclass(frozen=True)
class Tried:
    """What a try found out: how many models are listed, which one answered, in how many seconds, in which format."""

    listed: int
    model: str
    seconds: float
    format: str
    tokens: int | None


def enter(store: Store, address: str, key: str, alone: bool) -> None:
    """Reaches models there from now on, without a restart; UsageError for what is no address, or where it may not be.

    On a server that others reach the endpoint is the operator's word: whoever changed it would get every trace.
    """
    store.check("settings")
    if not alone:
        raise UsageError("Others reach this server, so its operator names the endpoint: OPENAI_BASE_URL and "
                         "OPENAI_API_KEY in its environment.")
    host_of(address.strip() or llm.OPENAI_URL, "The endpoint's address")
    if not address.strip() and not key.strip():
        raise UsageError("OpenAI's own address needs a key: enter one, or the address of another endpoint.")
    if any(not 33 <= ord(letter) <= 126 for letter in key.strip()):
        raise UsageError("A key has no blanks and no letters beyond ASCII: copy it again.")
    entered.enter(address, key)


def forget(store: Store) -> None:
    """The environment's endpoint again, or none where it names none."""
    store.check("settings")
    entered.forget()


def try_out(store: Store, model: str) -> Tried:
    """One short call of the format a judge asks for; LlmError or UsageError in a sentence where it does not work."""
    store.check("runs")  # it costs something
    listed = endpoints.models(store, ENVIRONMENT)

    async def once() -> llm.Reply:
        async with runner.called(store, ENVIRONMENT, 1) as client:
            return await client.complete(_ASK, model=model, schema=judge.REPLY_SCHEMA)

    start = monotonic()
    reply = asyncio.run(once())
    return Tried(len(listed), model, monotonic() - start, reply.format, reply.completion_tokens)


def in_words(found: Tried) -> str:
    """The try as one sentence."""
    spent = f", {counted(found.tokens, 'token')}" if found.tokens else ""
    return (f"It works: {counted(found.listed, 'model')} listed; {found.model} answered in {found.seconds:.1f} s"
            f"{spent} and {_FORMATS.get(found.format, found.format)}.")
