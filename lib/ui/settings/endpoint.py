"""The endpoint on the page: entered and forgotten without a restart, and tried with one button."""

import streamlit as st

from lib.store import Store
from lib.ui import door, endpoints, frame
from lib.workflow import entering
from lib.workflow.endpoints import EndpointInfo


def entry(store: Store) -> None:
    """A form for address and key; on a server that others reach it says who names them."""
    if not door.is_alone():
        st.caption("Others reach this server: its operator names the endpoint in the environment, as OPENAI_BASE_URL "
                   "and OPENAI_API_KEY.")
        return
    with st.form("enter_endpoint", border=True):
        st.markdown("**Reach models at another endpoint**")
        st.caption("Kept in the memory of this server and of the runs it starts, never in the file: enter it again "
                   "after a restart, or name it in the environment for good.")
        address = st.text_input("Address", key="endpoint_address", placeholder="empty: OpenAI's own; else for instance "
                                "http://localhost:11434/v1")
        key = st.text_input("Key", key="endpoint_key", type="password", placeholder="empty where it needs none")
        if st.form_submit_button("Use this endpoint"):
            with frame.sentences():
                entering.enter(store, address, key, door.is_alone())
                frame.say("This endpoint is used from now on.")
                st.rerun()
    if entering.is_entered():
        st.button("Forget it", key="forget_endpoint", icon=":material/delete:", on_click=frame.act,
                  args=(entering.forget, store))


def trial(store: Store, ready: EndpointInfo | None) -> None:
    """One button that asks the endpoint for its models and one model for one short reply."""
    if ready is None:
        return
    with frame.sentences():
        names = [model.id for model in endpoints.models(store, ready.name)]
        model = st.selectbox("Model to try", names, key="model_to_try") if names else None
        if st.button("Try the endpoint", icon=":material/bolt:", key="try_endpoint", disabled=model is None,
                     help="One call of a few tokens."):
            with st.spinner("Asking…"):
                found = entering.try_out(store, model)
            st.success(frame.plain(entering.in_words(found)), icon=":material/check_circle:")
