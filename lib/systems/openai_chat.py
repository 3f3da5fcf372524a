"""An AI system behind OpenAI's chat completions, with the team's own system prompt and model.

The address has to be told: the endpoint of the judge is never taken in its place.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import urlsplit

from lib.models import keys, llm
from lib.models.replies import Answer
from lib.records import Trace, UsageError
from lib.systems import addresses
from lib.systems.connector import TIMEOUT, VARIABLE, Ask, Connector, Field, check_address, history


def _refine(config: dict[str, Any], _: list[str]) -> None:
    check_address(config["base_url"], "The address")
    if config["key_variable"] and not VARIABLE.fullmatch(config["key_variable"]):
        raise UsageError("The key itself is never stored: name the variable of the environment that holds it, "
                         "like SHOP_API_KEY.")
    if config["key_variable"]:
        keys.check(config["key_variable"])


@asynccontextmanager
async def _opened(config: dict[str, Any], calls: int) -> AsyncIterator[Ask]:
    url, name = config["base_url"].rstrip("/"), config["key_variable"]
    key = llm.secret(name, url) if name else llm.NO_KEY
    endpoint = llm.Endpoint("system", url, key, key_name=name or "the key", url_name="the system's address")
    addresses.check_host(urlsplit(url).hostname or "")
    # A call through a proxy is resolved there: addresses.py says what that means.
    resolve = None if await addresses.proxy_for(url) else addresses.resolved
    async with llm.Client(endpoint, timeout=config["timeout"], connections=calls, resolve=resolve) as client:

        async def ask(trace: Trace) -> Answer:
            return await _ask(client, config, trace)

        yield ask


async def _ask(client: llm.Client, config: dict[str, Any], trace: Trace) -> Answer:
    prompt = [{"role": "system", "content": config["system_prompt"]}] if config["system_prompt"] else []
    messages = [*prompt, *history(trace)]
    reply = await client.converse(messages, model=config["model"], parameters=config["parameters"])
    said = {"role": "assistant", **{name: value for name, value in reply.message.items() if value is not None}}
    # What the AI system refuses is its answer too: the expert says whether it was right to.
    return Answer(reply.text or reply.refusal or "", [*messages, {**said, "content": said.get("content")}], log={
        "milliseconds": reply.milliseconds, "prompt_tokens": reply.prompt_tokens,
        "completion_tokens": reply.completion_tokens, "model": reply.model, "finish_reason": reply.finish_reason})


CONNECTOR = Connector("openai", "OpenAI-compatible endpoint", "Chat completions with your own prompt and model.", (
    Field("base_url", "Address", "Where your AI system's model is called, usually ending in /v1.", required=True),
    Field("key_variable", "Variable that holds the key",
          "The name of a variable that PLUMBLINE_SECRETS names, never the key."),
    Field("model", "Model", "The model your product uses.", required=True),
    Field("system_prompt", "System prompt", "Your product's own, as it is in production.", "long"),
    Field("parameters", "Parameters", 'A JSON object, for instance {"temperature": 0.2, "tools": […]}.', "json", {}),
    TIMEOUT), _refine, _opened)
