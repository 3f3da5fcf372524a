"""Door 2 to where traces live: SOURCES holds one kind per platform, each in a file of its own.

Knows each platform's interface; what its rows mean is up to the readers of its files.
"""

from collections.abc import Sequence

from lib.models import keys
from lib.records import UsageError
from lib.systems import connector
from lib.systems.sources import langfuse, langsmith, mlflow, phoenix
from lib.systems.sources.kinds import Kind

SOURCES: dict[str, Kind] = {kind.name: kind for kind in (
    phoenix.KIND, mlflow.KIND, langfuse.KIND, langsmith.KIND)}


def check(kind: str, address: str, names: Sequence[str]) -> str:
    """The address as it is stored; UsageError for a kind, an address or keys that do not fit."""
    if kind not in SOURCES:
        raise UsageError(f"There is no kind of source '{kind}'. Kinds: {', '.join(SOURCES)}.")
    connector.check_address(address, "The address")
    if "?" in address or "#" in address:
        raise UsageError("The address has no '?' and no '#': give what stands before them.")
    if len(names) not in SOURCES[kind].keys:
        raise UsageError(f"{SOURCES[kind].title} takes {SOURCES[kind].keys_are}; --key-env named {len(names)}.")
    for name in names:
        keys.check(name)
    return address.rstrip("/")
