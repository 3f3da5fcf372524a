"""A trace on the screen: only what fetches nothing and obeys nothing ever gets its text.

Few elements a trace: each one costs the expert a moment at every press.
"""

from collections.abc import Collection, Sequence
from typing import Any

import streamlit as st

from lib.records import Trace
from lib.records.feedback import Feedback
from lib.store import Store
from lib.store.review import pins
from lib.ui import frame, plain_text, step_outline
from lib.ui.trace_text import links, turns
from lib.ui.trace_text.drawing import Flow, Look, shown
from lib.ui.trace_text.nodes import Node, node, note

SHORT = 200  # characters; a pinned value that fits on a line or two
FACTS = ("id", "split", "source", "system version", "time", "session")
RENDERED, SEARCH = "rendered", "search"  # in the address: the switch of every card, and what a list was narrowed by


def show(trace: Trace, height: int | str = "content", context: bool = False, pinned_names: Sequence[str] = ()) -> None:
    """What was asked and answered, the conversation by role where there is one; with its context on request.

    Pinned values stand on top, and are not said again in the context. What the page's search found is marked.
    """
    with st.container(border=True, height=height, key="trace_card", gap="xsmall"):
        _head(pinned_names, trace)
        look = _look(framed=height != "content")
        flow = Flow("trace_text", look, trace.id, _missed(trace, look))
        if trace.messages:
            turns.conversation(flow, trace.messages)
            if not _ends_with(trace.messages, trace.output):
                flow.add(_part("Output", "assistant", trace.output, look))
        else:
            flow.add(_part("Input", "user", trace.input, look), _part("Output", "assistant", trace.output, look))
        if trace.assumptions:
            flow.add(_part("Assumptions, which neither the user nor the AI system was told", "system",
                           trace.assumptions, look))
        flow.finish()
        step_outline.show(trace, look)
        if context:
            surroundings(trace, pinned_names)


def _look(framed: bool = False) -> Look:
    """The switch, which is on until somebody turns it off; and what the list that led here was searched for."""
    searched = st.session_state.get(SEARCH) or st.query_params.get(SEARCH) or ""
    return Look(bool(st.session_state.get(RENDERED, True)), str(searched), framed)


def _missed(trace: Trace, look: Look) -> str:
    """Why a trace that a search found may show no hit; "" where nothing was searched for."""
    if not look.searched:
        return ""
    if _letters(look.searched) in _letters(trace.id):
        return "No hit in the text: the id holds it"
    return "No hit as it is rendered: switch Rendered off" if look.rendered else "No hit in this text"


def _letters(text: str) -> str:
    """As the store's search compares: A to Z as a to z, any other letter as it is."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in text)


def _head(names: Sequence[str], trace: Trace) -> None:
    """What is pinned, beside it the switch between what a text is and its letters, which stays from trace to trace."""
    short, long = _pinned(names, trace)
    with st.container(horizontal=True, horizontal_alignment="distribute" if short else "right"):
        if short:
            st.text(short, width="stretch")
        st.toggle("Rendered", True, key=RENDERED, bind="query-params",
                  help="Markdown, JSON, tables, mails and conversations look like what they are. Off: the text "
                       "letter by letter. No picture is fetched; a link that is pressed opens a tab of its own.")
    _values("pinned_text", ":material/push_pin:", long, trace.id)


def said(who: str, text: str) -> None:
    """What an expert or a judge said of a trace: who with which outcome, and the critique."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**{frame.plain(who)}**")
        st.text(text or "no critique")


def of_users(said: Sequence[Feedback]) -> None:
    """What users of the product said of a trace: a line each, and their words."""
    for one in said:
        st.caption(frame.plain(one.words))
        if one.comment:
            st.text(one.comment)


def checked(found: Sequence[tuple[str, str | None, str]]) -> None:
    """What assertions say of a trace: (assertion, outcome or None, why)."""
    for name, outcome, why in found:
        st.caption(frame.plain(f"Assertion {name}: {outcome or 'not checked'}. {why}"))


def surroundings(trace: Trace, without: Collection[str] = ()) -> None:
    """The context: what the AI knew, and what helps to judge it; less what stands elsewhere."""
    _values("context_text", ":material/menu_book:", [
        (name, value) for name, value in trace.context.items() if name not in without], trace.id)


def facts(trace: Trace) -> dict[str, str]:
    """Where a trace comes from: its dimensions, id, split, source, system version, time."""
    found = {name: ", ".join(values) for name, values in trace.dimensions.items()}
    found |= dict(zip(FACTS, (trace.id, trace.split, trace.source, trace.system_version, trace.created_at,
                             trace.session),
                      strict=True))
    return {name: str(value) for name, value in found.items() if value}


def about(trace: Trace, without: Collection[str] = ()) -> None:
    """The facts as a table, less what stands elsewhere."""
    shown = {name: value for name, value in facts(trace).items() if name not in without}
    if shown:
        st.dataframe({"about this trace": list(shown), "value": list(shown.values())}, hide_index=True,
                     height="content")


def pinned(names: Store | Sequence[str], trace: Trace) -> None:
    """The project's pinned values of this trace: short ones in one text, the others each under its name."""
    short, long = _pinned(pins.every(names) if isinstance(names, Store) else names, trace)
    if short:
        st.text(short)
    _values("pinned_text", ":material/push_pin:", long, trace.id)


def _pinned(names: Sequence[str], trace: Trace) -> tuple[str, list[tuple[str, Any]]]:
    """(name: value on a line each, what needs more room); a name may be a fact's and a key of the context at once."""
    known = facts(trace)
    found = [(name, values[name]) for name in names for values in (known, trace.context) if name in values]
    return ("\n".join(f"{name}: {_one_line(value)}" for name, value in found if _one_line(value) is not None),
            [(name, value) for name, value in found if _one_line(value) is None])


def _values(key: str, icon: str, found: list[tuple[str, Any]], of: str) -> None:
    """Values each under its name; an address that can be opened says where it leads."""
    flow = Flow(key, _look(), of)
    for name, value in found:
        if isinstance(value, str) and (host := links.host(value)):
            flow.finish()
            st.caption(f"{icon} **{frame.plain(name)}**")
            _opening(value, host)
        else:
            flow.add(node("p", name, class_="tt-name"), *shown(turns.as_text(value), flow.look))
            flow.pictures(value)
    flow.finish()


def _one_line(value: Any) -> str | None:
    """A value that needs no frame of its own; None for any other."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    text = "" if value is None else str(value)
    plain = not isinstance(value, (dict, list)) and len(text) <= SHORT and "\n" not in text
    return text if plain and not links.host(text) else None


def pin_chooser(store: Store) -> None:
    """What stands on top of every trace of this project, for everybody who reviews it."""
    chooser = st.popover("Pins", icon=":material/push_pin:", type="tertiary", key="pins_open", on_change="rerun")
    # Asked for when it is open alone: at every press the desk draws this anew.
    if not chooser.open:
        return
    now, key = pins.every(store), f"pins_{store.project}"
    with chooser:
        st.multiselect("On top of every trace", list(dict.fromkeys((*now, *pins.known(store), *FACTS))), now, key=key,
                       max_selections=pins.MOST,
                       on_change=lambda: frame.act(pins.replace, store, st.session_state[key]),
                       help="Dimensions, keys of the context and facts; for everybody who reviews this project.")


def _ends_with(messages: list[dict[str, Any]], output: str | None) -> bool:
    return output is None or any(turns.spoken(message) == output for message in messages)


def _part(title: str, role: str, text: str | None, look: Look) -> Node:
    return turns.turn(title, role, [note("The AI system has not answered yet.")] if text is None
                      else shown(text, look), boxed=look.boxes(text or ""))


def _opening(address: str, host: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        plain_text.code(address)
        # Nothing is asked of that address before somebody presses.
        st.link_button(f"Open {frame.plain(host)}", address, icon=":material/open_in_new:", type="tertiary")
