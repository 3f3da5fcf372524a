"""What a card of a trace sends to the browser, as a page without one has it."""

import json
from collections.abc import Iterator
from typing import Any

from streamlit.testing.v1 import AppTest


def sent(page: AppTest) -> list[dict[str, Any]]:
    """What each drawn part of trace text was told: nodes, search, of, missed."""
    found = [one.proto for one in page.get("bidi_component")]
    return [json.loads(one.json) for one in found if one.component_name.endswith("plumbline_trace_text")]


def words(found: Any) -> str:
    """The words of nodes, one after the other."""
    if isinstance(found, str):
        return found
    return "".join(map(words, found[2:] if is_element(found) else found))


def is_element(found: list[Any]) -> bool:
    """Whether this list is an element, [name, what is said of it, …]; else it is several nodes."""
    return len(found) > 1 and isinstance(found[1], dict)


def every(found: list[Any]) -> Iterator[list[Any]]:
    """All elements among several nodes, in their order."""
    for one in found:
        if not isinstance(one, str):
            yield one
            yield from every(one[2:])


def of_class(found: list[Any], name: str) -> list[list[Any]]:
    """All elements among several nodes that are of this class."""
    return [one for one in every(found) if name in str(one[1].get("class", "")).split()]


def texts(page: AppTest) -> list[str]:
    """The words of each part of a card that somebody said: an input, an output, a message."""
    return [words(body) for one in sent(page) for body in of_class(one["nodes"], "tt-body")]
