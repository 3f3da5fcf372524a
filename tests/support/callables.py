"""AI systems that are Python functions, for tests: named as `tests.support.callables:NAME`."""

import asyncio
import os
import threading
from typing import Any

never, calls = threading.Event(), []


def says(text: str) -> str:
    """The simplest one."""
    calls.append(text)
    return f"said: {text}"


def knows(text: str, about: dict[str, Any]) -> dict[str, Any]:
    """One that is told what is known of the trace, and tells all."""
    return {"output": f"{text} for {about['dimensions']['persona'][0]}", "context": {"found": about["context"]},
            "messages": [{"role": "user", "content": text}, {"role": "assistant", "content": "x"}], "steps": 3}


async def awaited(text: str) -> str:
    """One that is awaited, on a loop that is the same for all calls."""
    await asyncio.sleep(0)
    return f"{text} on {id(asyncio.get_running_loop())}"


def raises(text: str) -> str:
    """One that fails, and says a secret as it does."""
    raise ValueError(f"no {text} with {os.environ['SHOP_API_KEY']}")


def leaves(text: str) -> str:
    """One that would end the process."""
    raise SystemExit(3)


def stops(text: str) -> str:
    """One that raises what no future takes."""
    raise StopIteration(text)


def unreachable(text: str) -> str:
    """One whose own network is down."""
    raise ConnectionResetError("gone")


def hangs(text: str) -> str:
    """One that never comes back."""
    never.wait()
    return text


async def hangs_awaited(text: str) -> str:
    """The same, awaited."""
    await asyncio.Event().wait()
    return text


def returns_none(text: str) -> None:
    """One that forgot its return."""


def returns_bad_messages(text: str) -> dict[str, Any]:
    """One whose messages are none."""
    return {"output": text, "messages": ["hello"]}


def returns_what_no_json_holds(text: str) -> dict[str, Any]:
    """One that tells more than can be kept."""
    return {"output": "half \ud83d", "when": object(), "n": float("nan"), 5: {"a": (1, 2)}}


NOT_CALLABLE = 5
