"""An endpoint that somebody enters on the page: in the memory of this server and of the runs it starts, never stored.

It takes the place of the environment's until it is forgotten or the server ends.
"""

import os

from lib.models.llm import NAMED

_before: dict[str, str | None] = {}  # what the environment held when the server started


def enter(address: str, key: str) -> None:
    """From now on models are reached there; an empty address is OpenAI's, an empty key none."""
    for name in NAMED:
        _before.setdefault(name, os.environ.get(name))
    for name, value in zip(NAMED, (address.strip(), key.strip()), strict=True):
        _put(name, value or None)


def forget() -> None:
    """The environment's endpoint again, or none where it names none."""
    for name in list(_before):
        _put(name, _before.pop(name))


def is_entered() -> bool:
    """Whether the endpoint in use was entered on the page."""
    return bool(_before)


def _put(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value
