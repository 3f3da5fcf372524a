"""What one browser session knows of a reviewer at a project's desk: which trace, how it came there, what is to be said.

Nothing here is worth keeping: after a reload the desk begins from the store and the address.
"""

import hashlib
from typing import Any

import streamlit as st

from lib.records import PlumblineError
from lib.store import Store, projects
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.review import queues
from lib.ui import filters
from lib.ui.people import browser
from lib.ui.review import position
from lib.workflow.review import at_desk, reviewing

Memory = dict[str, Any]


def scope(store: Store, expert: str, what: str = "") -> str:
    """Names file, project, reviewer and what is written: what a browser keeps for one is never taken for another's."""
    words = f"{store.path}\n{store.project}\n{_project(store)}\n{expert}" + (f"\n{what}" if what else "")
    return hashlib.sha256(words.encode("utf-8", "backslashreplace")).hexdigest()[:16]


def _project(store: Store) -> str:
    """The project's name, or nothing where it is deleted meanwhile."""
    try:
        return projects.current(store).name
    except PlumblineError:
        return ""


def memory(store: Store, expert: str) -> Memory:
    """What this session knows: showing, notice, after, brought, came, ticking, back, all_done, greeted, way."""
    return position.looked(st.session_state.setdefault("desk", {}).setdefault(scope(store, expert), {}))


def place(store: Store, expert: str, where: Filter) -> reviewing.Place:
    """The queue is followed as long as something waits in it and no filter says otherwise."""
    known = memory(store, expert)
    free = not filters.address(where) and st.session_state.get("from", "queue") == "queue"
    return reviewing.Place(where, free and queues.next_open(store, expert) is not None,
                           known["way"].here == known.get("brought"))


def go(known: Memory, trace: str | None, came: bool = False) -> None:
    """Goes on to a trace, None where nothing is left; `came`: labelled, and yet nobody chose it."""
    known["way"].go(trace)
    known.update(brought=trace, all_done=trace is None, came=trace if came else None, ticking=None,
                 back=None)


def walk(known: Memory, trace: str) -> None:
    """Goes to a neighbour; where all is reviewed it stays so."""
    done = known.get("all_done")
    go(known, trace)
    known["all_done"] = bool(done)


def went_back(known: Memory, trace: str) -> bool:
    """Whether the way to this trace was the one back through the labels given."""
    return known.get("back") == trace


def wanted(store: Store, expert: str, where: Filter) -> str | None:
    """The trace to show, which the address then names; None where the filter leaves none."""
    known = memory(store, expert)
    found = known["way"].here
    if not found or "brought" not in known:
        # A link may bring any trace: only what comes next anyhow was drawn without choosing.
        here = place(store, expert, where)
        coming = known["brought"] = reviewing.next_trace(store, expert, here)
        found = found or coming
        # At the end of the queue nothing came next in it, and yet something waits outside.
        known["all_done"] = coming is None and not here.from_queue
        known["came"] = coming if coming and found == coming and at_desk.labelled(store, expert, coming) else None
        if found and at_desk.being_ticked(store, expert, found):  # a reload in the middle of it
            known.update(ticking=found, all_done=False)
    found = found or traces.step(store, where, None)
    if known.get("all_done") is True:
        # Said as long as this stands there: a slow server draws the page more than once.
        known["all_done"] = found, where
    known["way"].tell(found)
    return found


def all_reviewed(known: Memory, trace: str, where: Filter) -> bool:
    """Whether nothing is left to label, and this trace is shown for want of another."""
    return known.get("all_done") == (trace, where)


def resting(known: Memory, trace: str) -> str:
    """Why the keys rest on a labelled trace: all is "done", it "came" by itself, or its fail is "ticking"; else ""."""
    done = known.get("all_done")
    if trace == known.get("ticking"):
        return "ticking"
    if isinstance(done, tuple) and done[0] == trace:
        return "done"
    return "came" if trace == known.get("came") else ""


def arrives(known: Memory) -> bool:
    """Once, where the reviewer has just said in this tab who that is: then the focus goes to the desk."""
    first = not known.get("greeted")
    known["greeted"] = True
    return first and browser.IN_SESSION in st.session_state
