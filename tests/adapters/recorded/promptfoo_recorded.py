"""Recorded shape of promptfoo 0.123.1: a file's get_assert gets the output and a context, and returns a result."""

from promptfoo_judge import get_assert
from recording import said, tell


def ask(one):
    found = get_assert(one["output"], {"vars": {"id": one["id"]}, "prompt": one["input"], "config": {}})
    if (found.get("metadata") or {}).get("graderError"):
        assert found["pass"] is False
        return {"error": found["reason"]}
    assert found["score"] == found["pass"]
    return said(found["pass"], found["reason"])


tell(ask)
