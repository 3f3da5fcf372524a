"""Presses that come too soon: a key that is held, or pressed twice, is not meant for what has only just appeared."""

from math import inf
from time import monotonic

import streamlit as st

from lib.ui import frame

SHOWN_AT_LEAST = 0.35  # seconds: a faster press was meant for what stood there before


def showing(name: str, what: object) -> dict:
    """What this session knows of the thing on the screen under this name: id and at; new where the thing is new."""
    shown = st.session_state.get(name)
    if not shown or shown["id"] != what:
        shown = st.session_state[name] = {"id": what, "at": inf}
    return shown


def drawn(shown: dict) -> None:
    """The time counts from the end of the script: presses that queued up while it ran come at once after it."""
    if shown["at"] == inf:
        shown["at"] = monotonic()


def too_soon(shown: dict, noun: str) -> bool:
    """Whether a press came too soon after the thing appeared; says so."""
    soon = monotonic() - shown["at"] < SHOWN_AT_LEAST
    if soon:
        # The wait begins anew: of a burst of presses only the first counts, however late the page draws the next one.
        shown["at"] = monotonic()
        frame.say(f"That press came too soon after this {noun} appeared, so nothing was decided.")
    return soon
