"""A trace on the screen: only widgets that fetch nothing and interpret nothing ever get its text."""

import json
from typing import Any

import streamlit as st

from lib.records import Trace
from lib.ui import frame

LONG = 6_000  # characters; a longer text scrolls inside a frame of its own
MOST = 200_000  # characters; a browser that gets millions of them stands still
_ROLE_ICONS = {"user": "person", "assistant": "smart_toy", "tool": "build", "function": "build"}


def show(trace: Trace, height: int | str = "content", context: bool = False) -> None:
    """What was asked and answered, the conversation by role where there is one; with its context on request."""
    with st.container(border=True, height=height, key="trace_card"):
        if trace.messages:
            for message in trace.messages:
                _message(message)
            if not _ends_with(trace.messages, trace.output):
                _part("Output", "smart_toy", trace.output)
        else:
            _part("Input", "person", trace.input)
            _part("Output", "smart_toy", trace.output)
        if trace.assumptions:
            _part("Assumptions, which neither the user nor the AI system was told", "lightbulb", trace.assumptions)
        if context:
            surroundings(trace)


def surroundings(trace: Trace) -> None:
    """The context: what the AI knew, and what helps to judge it."""
    for name, value in trace.context.items():
        st.caption(f":material/menu_book: **{frame.plain(name)}**")
        _value(value)


def about(trace: Trace) -> None:
    """Where a trace comes from: dimensions, id, split, source, version, time."""
    facts = {name: ", ".join(values) for name, values in trace.dimensions.items()}
    facts |= {"id": trace.id, "split": trace.split, "source": trace.source, "system version": trace.system_version,
              "time": trace.created_at}
    shown = {name: value for name, value in facts.items() if value}
    st.dataframe({"about this trace": list(shown), "value": [str(value) for value in shown.values()]},
                 hide_index=True, height="content")


def _ends_with(messages: list[dict[str, Any]], output: str | None) -> bool:
    return output is None or any(message.get("content") == output for message in messages)


def _message(message: dict[str, Any]) -> None:
    role = str(message.get("role"))
    _part(role, _ROLE_ICONS.get(role, "settings"), _spoken(message.get("content")))
    for call in message.get("tool_calls") or []:
        function = call.get("function") if isinstance(call, dict) else None
        name = function.get("name") if isinstance(function, dict) else "unknown"
        with st.expander(frame.plain(f"Tool call: {name}"), icon=":material/build:"):
            _code(_pretty(function.get("arguments") if isinstance(function, dict) else call))


def _spoken(content: Any) -> str:
    return content if isinstance(content, str) else "" if content is None else _pretty(content)


def _part(title: str, icon: str, text: str | None) -> None:
    st.caption(f":material/{icon}: **{frame.plain(title)}**")
    if text is None:
        st.caption("The AI system has not answered yet.")
    elif text:
        with st.container(height=420 if len(text) > LONG else "content", border=False):
            _text(text)


def _text(text: str) -> None:
    st.text(text[:MOST])
    _say_cut(text)


def _value(value: Any) -> None:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        _text("\n".join(value))
    elif isinstance(value, (dict, list)):
        _code(_pretty(value))
    else:
        _text("" if value is None else str(value))


def _code(text: str) -> None:
    st.code(text[:MOST], language=None, wrap_lines=True)
    _say_cut(text)


def _say_cut(text: str) -> None:
    if len(text) > MOST:
        st.caption(f":material/content_cut: {len(text) - MOST:,} more characters are stored and go to the judge whole; "
                   "an export of the traces holds them.")


def _pretty(value: Any) -> str:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return value
    return json.dumps(value, ensure_ascii=False, indent=2)
