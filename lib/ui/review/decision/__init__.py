"""The decision on the screen: critique box, pass and fail, keys; a component of our own in the page.

Streamlit's widgets tell the server of a text only when it is left: this one keeps every word in the browser until
the server has stored it. Knows how events come in and are acknowledged; what they mean is the desk's affair.
"""

from collections.abc import Callable
from pathlib import Path
from threading import RLock
from typing import Any

import streamlit as st


def _text(name: str) -> str:
    return (Path(__file__).parent / name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "plumbline_decision", html=_text("decision.html"), css=_text("decision.css"),
    js="".join(map(_text, ("decision.js", "keys.js", "early.js", "rest.js", "modes.js", "layout.js"))))
_listen = st.components.v2.component("plumbline_wake", js="""
let stop = () => {};
export default function ({ setTriggerValue }) {
  // Called for every run of the page, and cleaned up after once: only the newest may listen.
  stop();
  const wake = () => setTriggerValue("woken", Date.now());
  document.addEventListener("plumbline-wake", wake);
  stop = () => document.removeEventListener("plumbline-wake", wake);
  return stop;
}""")
Event = dict[str, Any]


def panel(scope: str, data: dict[str, Any], handle: Callable[[Event], bool]) -> None:
    """Draws the panel of one reviewer; `scope` names project and reviewer, so that nothing typed reaches another.

    `handle` gets each new event once, oldest first; where it returns False the event stays in the browser, which
    sends it again.
    """
    key = f"decision {scope}"

    def arrived() -> None:
        _take(st.session_state[key]["outbox"], handle)

    result = _mount(key=key, data=data | {"scope": scope, "ack": _acknowledged()}, default={"outbox": []},
                    on_outbox_change=arrived)
    # A new session (the server was restarted) has no callback yet when the browser sends its outbox.
    if _take(result.outbox, handle):
        st.rerun()


def settle(scope: str, handle: Callable[[Event], bool]) -> None:
    """Handles what came before anything is drawn: with a press of a button beside the panel, or with an earlier run."""
    if (key := f"decision {scope}") in st.session_state:
        _take(st.session_state[key]["outbox"], handle)


def wakeable() -> None:
    """Outside of the panel's fragment: lets the panel ask for the whole page where the server forgot the fragment."""
    _listen(key="wake", on_woken_change=lambda: None)


def woken() -> bool:
    """Whether this run of the page is one that a panel asked for: then the browser has not heard the last answer."""
    return bool((st.session_state.get("wake") or {}).get("woken"))


def _acknowledged() -> Event:
    return st.session_state.setdefault("decision_ack", {"client": "", "seq": 0})


def _take(events: Any, handle: Callable[[Event], bool]) -> bool:
    # A run of the whole page begins while the one before it still stores what was pressed: it waits for that.
    with st.session_state.setdefault("decision_turn", RLock()):
        return _handled(events, handle, _acknowledged())


def _handled(events: Any, handle: Callable[[Event], bool], done: Event) -> bool:
    fresh = [event for event in events or [] if isinstance(event, dict) and _is_new(event, done)]
    for number, event in enumerate(sorted(fresh, key=lambda event: event["seq"])):
        if not handle(event):
            return number > 0
        # In place: at a call of Streamlit a newer request may break off, and the event would be handled once more.
        done.update(client=event["client"], seq=event["seq"])
    return bool(fresh)


def _is_new(event: Event, done: Event) -> bool:
    client, seq = event.get("client"), event.get("seq")
    if not isinstance(client, str) or not isinstance(seq, int):
        return False
    return client != done["client"] or seq > done["seq"]
