"""Model and parameters of a prompt version on the screen: what the judge is called with, kept as it is typed."""

from collections.abc import Callable

import streamlit as st

from lib.prompting import pictures
from lib.records import PlumblineError, PromptVersion
from lib.store import Store
from lib.store.judge.prompt_drafts import Draft
from lib.ui import endpoints, frame
from lib.ui.judge import boxes
from lib.workflow import endpoints as reachable
from lib.workflow import retirement
from lib.workflow.judge import versions


def fields(store: Store, start: PromptVersion, typed: Draft, keep: Callable[..., None]) -> None:
    """Both fields in a box that says what is set while it is shut; `keep(store, start, model=…)` stores a change."""
    # Its title never changes: a box with another title would be another box, and shut.
    box = st.expander("Model and parameters", icon=":material/tune:", key="call_settings_open", on_change="rerun")
    if not box.open:
        named = f"{typed.model} ({words})" if (words := _retires(store, typed)) else typed.model
        said = " · ".join(" ".join(text.split()) for text in (named, typed.parameters) if text)
        st.caption(frame.plain(said or "The model is chosen with each run; no parameters."))
        return
    with box:
        _model(store, start, typed, keep)
        _parameters(store, start, typed, keep)


def _model(store: Store, start: PromptVersion, typed: Draft, keep: Callable[..., None]) -> None:
    key, known = f"model_{start.key}", _listed(store)
    st.session_state[key] = typed.model or None
    st.selectbox("Model", list(dict.fromkeys([*([typed.model] if typed.model else []), *known])), key=key, index=None,
                 accept_new_options=True, placeholder="chosen with each run", on_change=lambda: keep(
                     store, start, model=(st.session_state[key] or "").strip()),
                 help="Choose one that the endpoint lists, or type a name. A run of this version uses it where "
                      "the endpoint has it.")


    if words := _retires(store, typed):
        st.caption(f":orange[:material/event_busy:] {frame.plain(f'{typed.model} {words}')}.")


def _retires(store: Store, typed: Draft) -> str:
    """The mark of the model that this version names."""
    return retirement.known(store).of_named((typed.model or "").strip())


def _listed(store: Store) -> list[str]:
    found: list[str] = []
    for endpoint in reachable.endpoints(store):
        try:
            found += [model.id for model in endpoints.models(store, endpoint.name)] if endpoint.ready else []
        except PlumblineError as error:
            st.caption(frame.plain(error))
    return found


def _parameters(store: Store, start: PromptVersion, typed: Draft, keep: Callable[..., None]) -> None:
    key = boxes.box(f"parameters_{start.key}", start, typed.parameters or "",
                    lambda store, version, now: keep(store, version, parameters=now))
    st.text_area("Parameters of each call", height="content", key=key, placeholder='{"temperature": 0}',
                 on_change=boxes.heard, args=(store,),
                 help="A JSON object; its names and values go to the endpoint as they are, but for the switch below.")
    with frame.sentences():
        sent = pictures.wanted(versions.parameters(typed.parameters or ""))
        _pictures(store, start, typed, keep, sent)


def _pictures(store: Store, start: PromptVersion, typed: Draft, keep: Callable[..., None], sent: bool) -> None:
    key = f"pictures_{start.key}"
    st.session_state[key] = sent
    st.toggle("Send pictures to the judge", key=key, on_change=lambda: keep(
        store, start, parameters=versions.with_pictures(typed.parameters or "", st.session_state[key])), help=(
            f"For a model that takes pictures: those that stand in a trace itself (png, jpeg, gif, webp; the first "
            f"{pictures.MOST}) are sent after the prompt. Without this the judge is told their type and size. "
            "Pictures of examples are never sent."))
