"""A trace on the screen: only widgets that fetch nothing and interpret nothing ever get its text.

Few elements a trace: each one costs the expert a moment at every press.
"""

import re
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlsplit

import streamlit as st

from lib.records import Trace, parts
from lib.records.words import counted
from lib.store import Store
from lib.store.review import pins
from lib.ui import frame, pictures, plain_text, step_outline
from lib.ui.rendered import rendered

LONG = 6_000  # characters; a longer text scrolls inside a frame of its own
FOLDED = 600  # characters; what a tool returned is folded when it is longer
LATEST = 60  # messages that are drawn one by one; what was said before them is one folded text
SHORT = 200  # characters; a pinned value that fits on a line or two
FACTS = ("id", "split", "source", "system version", "time", "session")
_ROLE_ICONS = {"user": "person", "assistant": "smart_toy", "tool": "build", "function": "build"}
# No name and password, nothing that a browser reads as another address than we do.
_ADDRESS = re.compile(r"https?://[A-Za-z0-9.-]+(?::\d{1,5})?(?:[/?#][!-\[\]-~]*)?")


def show(trace: Trace, height: int | str = "content", context: bool = False, pinned_names: Sequence[str] = ()) -> None:
    """What was asked and answered, the conversation by role where there is one; with its context on request.

    Pinned values stand on top, and are not said again in the context.
    """
    with st.container(border=True, height=height, key="trace_card"):
        as_rendered = _head(pinned_names, trace)
        if trace.messages:
            _conversation(trace.messages, as_rendered)
            if not _ends_with(trace.messages, trace.output):
                _part("Output", "smart_toy", trace.output, as_rendered)
        else:
            _part("Input", "person", trace.input, as_rendered)
            _part("Output", "smart_toy", trace.output, as_rendered)
        step_outline.show(trace)
        if trace.assumptions:
            _part("Assumptions, which neither the user nor the AI system was told", "lightbulb", trace.assumptions)
        if context:
            surroundings(trace, pinned_names)


def _head(names: Sequence[str], trace: Trace) -> bool:
    """What is pinned, beside it the switch between text and drawn Markdown, which stays from trace to trace."""
    short, long = _pinned(names, trace)
    with st.container(horizontal=True, horizontal_alignment="distribute" if short else "right"):
        if short:
            st.text(short, width="stretch")
        as_rendered = st.toggle("Rendered", key="rendered", bind="query-params",
                                help="Markdown with its bold, lists and tables, JSON with its lines. No picture is "
                                     "fetched and no link can be followed.")
    _under_their_names(long)
    return as_rendered


def said(who: str, text: str) -> None:
    """What an expert or a judge said of a trace: who with which outcome, and the critique."""
    with st.container(border=True, gap="small"):
        st.markdown(f"**{frame.plain(who)}**")
        st.text(text or "no critique")


def checked(found: Sequence[tuple[str, str | None, str]]) -> None:
    """What assertions say of a trace: (assertion, outcome or None, why)."""
    for name, outcome, why in found:
        st.caption(frame.plain(f"Assertion {name}: {outcome or 'not checked'}. {why}"))


def surroundings(trace: Trace, without: Collection[str] = ()) -> None:
    """The context: what the AI knew, and what helps to judge it; less what stands elsewhere."""
    for name, value in trace.context.items():
        if name not in without:
            st.caption(f":material/menu_book: **{frame.plain(name)}**")
            _value(value)
            pictures.show(value)


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
    _under_their_names(long)


def _pinned(names: Sequence[str], trace: Trace) -> tuple[str, list[tuple[str, Any]]]:
    """(name: value on a line each, what needs more room); a name may be a fact's and a key of the context at once."""
    known = facts(trace)
    found = [(name, values[name]) for name in names for values in (known, trace.context) if name in values]
    return ("\n".join(f"{name}: {_one_line(value)}" for name, value in found if _one_line(value) is not None),
            [(name, value) for name, value in found if _one_line(value) is None])


def _under_their_names(found: list[tuple[str, Any]]) -> None:
    for name, value in found:
        st.caption(f":material/push_pin: **{frame.plain(name)}**")
        _value(value)


def _one_line(value: Any) -> str | None:
    """A value that needs no frame of its own; None for any other."""
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        value = ", ".join(value)
    text = "" if value is None else str(value)
    plain = not isinstance(value, (dict, list)) and len(text) <= SHORT and "\n" not in text
    return text if plain and not _host(text) else None


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
    return output is None or any(_spoken(message) == output for message in messages)


def _conversation(messages: list[dict[str, Any]], as_rendered: bool) -> None:
    earlier = messages[:-LATEST]
    if earlier:
        with st.expander(f"{counted(len(earlier), 'earlier message')}", icon=":material/history:"):
            plain_text.text("\n\n".join(f"{message.get('role')}: {_whole(message)}" for message in earlier))
    for message in messages[-LATEST:]:
        _message(message, as_rendered)


def _message(message: dict[str, Any], as_rendered: bool) -> None:
    role, said = str(message.get("role")), _spoken(message)
    if role in ("tool", "function"):
        _returned(str(message.get("name") or ""), said)
    elif said or not message.get("tool_calls"):
        _part(role, _ROLE_ICONS.get(role, "settings"), said, as_rendered)
    for name, arguments in parts.calls(message):
        with st.expander(frame.plain(f"Tool call: {name}"), icon=":material/build:"):
            plain_text.code(plain_text.pretty(arguments))
    pictures.show(message.get("content"))


def _returned(name: str, text: str) -> None:
    title = frame.plain(f"Tool result: {name}" if name else "Tool result")
    if len(text) > FOLDED:
        with st.expander(title, icon=":material/build:"):
            plain_text.content(text)
    else:
        st.caption(f":material/build: **{title}**")
        plain_text.content(text)


def _whole(message: dict[str, Any]) -> str:
    calls = [f"[calls {name}: {arguments}]" for name, arguments in parts.calls(message)]
    return "\n".join([_spoken(message), *calls]).strip()


def _spoken(message: dict[str, Any]) -> str:
    """A message's text; parts that are no text by their names, any other part whole."""
    content = message.get("content")
    if not isinstance(content, (list, dict)):
        return parts.said(message)
    found = content if isinstance(content, list) else [content]
    if not all(_is_text(part) or parts.media(part) for part in found):
        return plain_text.pretty(content)
    return parts.said({**message, "content": found})


def _is_text(part: Any) -> bool:
    return isinstance(part, dict) and part.keys() == {"type", "text"} and isinstance(part["text"], str)


def _part(title: str, icon: str, text: str | None, as_rendered: bool = False) -> None:
    st.caption(f":material/{icon}: **{frame.plain(title)}**")
    if text is None:
        st.caption("The AI system has not answered yet.")
    elif len(text) > LONG:
        with st.container(height=420, border=False):
            _drawn(text, as_rendered)
    elif text:
        _drawn(text, as_rendered)


def _drawn(text: str, as_rendered: bool) -> None:
    if not as_rendered:
        plain_text.text(text)
    elif plain_text.as_json(text) is None:
        rendered(parts.without_data(text))
    else:
        plain_text.code(plain_text.pretty(text))


def _value(value: Any) -> None:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        plain_text.text("\n".join(value))
    elif isinstance(value, (dict, list)):
        plain_text.code(plain_text.pretty(value))
    elif host := _host(str(value)):
        with st.container(horizontal=True, vertical_alignment="center"):
            plain_text.code(str(value))
            # Nothing is asked of that address before somebody presses.
            st.link_button(f"Open {frame.plain(host)}", str(value), icon=":material/open_in_new:", type="tertiary")
    else:
        plain_text.text("" if value is None else str(value))


def _host(text: str) -> str | None:
    """Where an http(s) address leads; None for every text that is not plainly one."""
    return urlsplit(text).hostname if len(text) <= 2_000 and _ADDRESS.fullmatch(text) else None
