"""The floors: what a bare client takes for the same calls, with no store, no retries and no prompt to fill in.

Knows two libraries, and the ways of sending that were tried before one was chosen.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from lib.bench import Task, product
from lib.bench.endpoint import MODEL
from lib.models import llm
from lib.prompting import judge

Call = Callable[[list[dict[str, str]]], Awaitable[str]]
_FORMAT = {"type": "json_schema", "json_schema": {"name": "reply", "strict": True, "schema": judge.REPLY_SCHEMA}}


def async_openai(task: Task) -> Callable[[], int]:
    """AsyncOpenAI with a semaphore: returns a function that calls for every trace and counts the outcomes that came."""
    return _openai(task, raw=False, on_aiohttp=False)


def async_openai_on_aiohttp(task: Task) -> Callable[[], int]:
    """The same client over its aiohttp transport."""
    return _openai(task, raw=False, on_aiohttp=True)


def raw_openai(task: Task) -> Callable[[], int]:
    """The same client without its models of request and reply: a body goes out, a text comes back."""
    return _openai(task, raw=True, on_aiohttp=False)


def raw_openai_on_aiohttp(task: Task) -> Callable[[], int]:
    """Both: no models, over its aiohttp transport."""
    return _openai(task, raw=True, on_aiohttp=True)


def _openai(task: Task, raw: bool, on_aiohttp: bool) -> Callable[[], int]:
    import openai  # here, not above: it takes a second to load, and every command would wait for it

    texts = [product.messages(number) for number in range(task.traces)]

    async def go() -> int:
        http = openai.DefaultAioHttpClient() if on_aiohttp else None
        async with openai.AsyncOpenAI(base_url=task.url, api_key=llm.NO_KEY, max_retries=0, timeout=120.0,
                                      http_client=http) as client:
            async def call(messages: list[dict[str, Any]]) -> str:
                if raw:
                    body = {"messages": messages, "model": MODEL, "response_format": _FORMAT}
                    text = await client.post("/chat/completions", cast_to=str, body=body)
                    return json.loads(text)["choices"][0]["message"]["content"]
                reply = await client.chat.completions.create(messages=messages, model=MODEL, response_format=_FORMAT)
                return reply.choices[0].message.content

            return await _all(task, texts, call)

    return lambda: asyncio.run(go())


def aiohttp(task: Task) -> Callable[[], int]:
    """The same with aiohttp alone."""
    import aiohttp as library

    texts = [product.messages(number) for number in range(task.traces)]

    async def go() -> int:
        async with library.ClientSession(connector=library.TCPConnector(limit=task.concurrency)) as session:
            async def call(messages: list[dict[str, Any]]) -> str:
                body = {"messages": messages, "model": MODEL, "response_format": _FORMAT}
                async with session.post(f"{task.url}/chat/completions", json=body) as reply:
                    return (await reply.json())["choices"][0]["message"]["content"]

            return await _all(task, texts, call)

    return lambda: asyncio.run(go())


async def _all(task: Task, texts: list[list[dict[str, str]]], call: Call) -> int:
    semaphore = asyncio.Semaphore(task.concurrency)

    async def one(messages: list[dict[str, str]]) -> bool:
        async with semaphore:
            return json.loads(await call(messages))["outcome"] in ("pass", "fail")

    return sum(await asyncio.gather(*(one(messages) for messages in texts)))
