"""Door 2, the network to the AI system under test: SYSTEMS holds one connector per kind, each in a file of its own.

A judge's or a generator's model never answers in its place: every kind is told where to call, and nothing is taken over
from the endpoint of the environment. No connector retries; engine/worker_pool.py does.
"""

from typing import Any

from lib.records import UsageError
from lib.systems import http, openai_chat, python
from lib.systems.connector import Ask, Connector, Field
from lib.systems.python import named as named_callable

__all__ = ["SYSTEMS", "Ask", "Connector", "Field", "check", "named_callable"]
SYSTEMS: dict[str, Connector] = {connector.name: connector for connector in (
    openai_chat.CONNECTOR, http.CONNECTOR, python.CONNECTOR)}


def check(kind: str, values: dict[str, Any], dimensions: list[str]) -> dict[str, Any]:
    """A configuration as it is stored, without a secret; UsageError names the field that does not fit."""
    if kind not in SYSTEMS:
        raise UsageError(f"There is no kind of AI system '{kind}'. Kinds: {', '.join(SYSTEMS)}.")
    return SYSTEMS[kind].check(values, dimensions)
