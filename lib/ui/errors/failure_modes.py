"""The failure modes: all of them or one, chosen in the address by its number, with its fixes, checks and steps."""

import streamlit as st

from lib.store import Store
from lib.ui import frame
from lib.ui.errors import causes, checks, fixing, mode_page, steps
from lib.ui.shell import copy_link
from lib.workflow.errors import linked

ALL = ""  # of the choice of failure modes
PARTS = ("Facts", "Fixes", "Checks", "Steps")
# View of an earlier version -> (view, part of it)
_PLACES = {
    "Pass rates": ("Rates", ""), "Notes": ("Name them", "Write notes"), "Groups": ("Name them", "Group them"),
    "Codes": ("Name them", "Name each fail"), "Steps": ("Failure modes", "Steps"), "Fixes": ("Failure modes", "Fixes"),
    "Checks": ("Failure modes", "Checks")}
_OF_RATES = ("by", "over", "from", "cell")  # a link that names no view, but how rates are cut


def page(store: Store) -> None:
    """What belongs to the failure mode that the address names, or to all of them; what a link no longer finds is said.
    """
    names = _linked(store)
    with st.container(key="mode_choice", horizontal=True, vertical_alignment="bottom"):
        with st.container(width=360):
            chosen = frame.choose("Failure mode", [ALL, *names], "mode", key="mode_page",
                                  words=lambda key: names.get(key) or "all of them")
        part = frame.view("modes", *PARTS, name="part")
        copy_link.button(store, "errors", key="copy_mode", view="Failure modes", mode=chosen, part=part)
    name = names.get(chosen)
    with frame.sentences():
        if part == "Fixes":
            fixing.page(store, name)
        elif part == "Checks":
            checks.page(store, name)
        elif part == "Steps":
            steps.page(store, name)
        elif name is None:
            causes.page(store)
        else:
            mode_page.page(store, name)


def _linked(store: Store) -> dict[str, str]:
    """Number -> name of those there are; the address is brought to the one that its word means today."""
    names, word = linked.names(store), st.query_params.get("mode", ALL)
    if word != ALL and (word not in names or not word.isdecimal()):
        found = linked.linked(store, word)
        if found.said:
            st.info(frame.plain(found.said), icon=":material/info:")
        st.query_params["mode"] = ALL if found.mode is None else str(found.mode)
    return names


def lead() -> None:
    """Links of earlier versions: puts today's words into the address where it holds those of an earlier version."""
    address = st.query_params
    view, part = _PLACES.get(address.get("view", ""), ("", ""))
    if "view" not in address and any(word in address for word in _OF_RATES):
        view = "Rates"
    if part:
        address["part"] = part
    # Links named failure modes then, and a chosen one stood under the ranking, or below the chart.
    if address.get("view") == "What to fix" and address.get("mode"):
        view = "Failure modes"
    if address.get("view") == "Failure modes" and "failure_mode" in address:
        address["mode"] = address.pop("failure_mode")
    if view:
        address["view"] = view
