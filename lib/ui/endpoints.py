"""Endpoints and models on the screen: where a call will go, with which model, and what it is good for."""

from contextlib import suppress

import streamlit as st

from lib.records import PlumblineError
from lib.store import Store, cycles, projects
from lib.ui import frame
from lib.workflow import endpoints, retirement


def picker(store: Store, key: str, first: str | None = None) -> tuple[str, str] | None:
    """The endpoint and model a call will use, or None with a sentence where none can be used.

    Offered first is the model called `first` where the endpoint lists it, else the one used before.
    """
    ready = [endpoint for endpoint in endpoints.endpoints(store) if endpoint.ready]
    if not ready:
        for endpoint in endpoints.endpoints(store):
            st.warning(frame.plain(f"{endpoint.title}: {endpoint.why}"))
        return None
    where, which = st.columns(2)
    names = {endpoint.name: endpoint for endpoint in ready}
    name = where.selectbox("Endpoint", list(names), format_func=lambda name: names[name].title, key=f"{key}_endpoint")
    model = _model(store, name, which, key, first)
    if names[name].trial:
        trial_note()
    return (name, model) if model else None


def trial_note() -> None:
    """Says plainly what the embedded model is for."""
    st.caption(":material/info: The embedded model is for trying the path without a key. It is far too small to "
               "judge: its agreement is shown as it is, and is about what chance would give.")


def _model(store: Store, endpoint: str, place, key: str, first: str | None) -> str | None:
    try:
        listed = {model.id: model.shutdown_date for model in models(store, endpoint)}
    except PlumblineError as error:
        place.warning(frame.plain(error))
        return None
    if not listed:
        place.warning("The endpoint lists no model.")
        return None
    names = list(listed)
    wanted = next((name for name in (first, projects.setting(store, "model")) if name in names), names[0])
    return place.selectbox("Model", names, names.index(wanted), key=f"{key}_model",
                           format_func=lambda name: with_shutdown(name, listed[name]))


def with_shutdown(name: str, date: str | None) -> str:
    """A model's name, with the day its provider shuts it down where it has one; from 90 days before, how near it is."""
    words = retirement.mark(date, cycles.today()) or (date and f"shuts down {date}")
    return f"{name} ({words})" if words else name


def lasting(store: Store, but: str) -> str | None:
    """The first model listed that is not this one and that nobody shuts down; None where there is none."""
    for endpoint in endpoints.endpoints(store):
        with suppress(PlumblineError):
            found = models(store, endpoint.name) if endpoint.ready and not endpoint.trial else []
            if names := [model.id for model in found if model.id != but and not model.shutdown_date]:
                return names[0]
    return None


@st.cache_data(ttl=60, show_spinner="Asking the endpoint for its models…")
def _listed(_store: Store, endpoint: str, address: str) -> list:
    return endpoints.models(_store, endpoint)


def models(store: Store, endpoint: str) -> list:
    """The models an endpoint lists, asked once a minute at most."""
    if endpoint == endpoints.EMBEDDED:
        return endpoints.models(store, endpoint)  # asks nobody
    address = next(found.address for found in endpoints.endpoints(store) if found.name == endpoint)
    return _listed(store, endpoint, address)
