"""Door 2, the network to the AI system under test: SYSTEMS holds one connector per kind, each in a file of its own.

A judge's or a generator's model never answers in its place: every kind is told where to call, and nothing is taken over
from the endpoint of the environment. No connector retries; engine/worker_pool.py does.
"""

from typing import Any

from lib.models import keys
from lib.records import UsageError
from lib.systems import addresses, http, openai_chat, python
from lib.systems.connector import Ask, Connector, Field
from lib.systems.python import named as named_callable

__all__ = ["SYSTEMS", "Ask", "Connector", "Field", "check", "for_others", "named_callable", "within"]
SYSTEMS: dict[str, Connector] = {connector.name: connector for connector in (
    openai_chat.CONNECTOR, http.CONNECTOR, python.CONNECTOR)}


for_others = addresses.for_others


def within(kind: str) -> str:
    """What a version of this kind may use and reach, in sentences; '' for a function, which the operator wrote.

    UsageError where the operator's own words cannot be read.
    """
    return "" if kind == python.CONNECTOR.name else f"{addresses.described()} {keys.described()}"


def check(kind: str, values: dict[str, Any], dimensions: list[str]) -> dict[str, Any]:
    """A configuration as it is stored, without a secret; UsageError names the field that does not fit."""
    if kind not in SYSTEMS:
        raise UsageError(f"There is no kind of AI system '{kind}'. Kinds: {', '.join(SYSTEMS)}.")
    return SYSTEMS[kind].check(values, dimensions)
