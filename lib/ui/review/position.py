"""Which trace is on the screen: the one the address names, or the one gone on to that the browser has not heard of.

A browser that waits for an answer asks again, with the address of before, and that breaks off what is under way.
"""

from typing import Any

import streamlit as st

from lib.ui.review import decision


class Position:
    """The last step between two traces: from the address `left` to the trace `to`, `told` once it is written."""

    def __init__(self) -> None:
        """Nothing was left yet."""
        self.address, self.left, self.to, self.told, self.woken = "", None, "", True, False

    @property
    def here(self) -> str:
        """The trace on the screen, "" where that is not settled yet."""
        return self.to if self.address == self.left and (self.woken or not self.told) else self.address

    def go(self, to: str | None) -> None:
        """Notes where it goes next. No call of Streamlit: nothing can come between this and what was stored before."""
        self.left, self.to, self.told = self.address, to or "", False

    def tell(self, trace: str | None) -> None:
        """Writes into the address which trace is on the screen."""
        if trace or self.address:
            st.query_params["trace"] = trace or ""
        self.to, self.told = trace or "", True


def looked(memory: dict[str, Any]) -> dict[str, Any]:
    """The same memory of a reviewer; its `way` knows the address as the browser has it now."""
    way = memory.setdefault("way", Position())
    way.address, way.woken = st.query_params.get("trace", ""), decision.woken()
    if way.told and not way.woken and way.address == way.left:
        way.left = None  # the reviewer has gone back there
    return memory
