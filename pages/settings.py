"""Who decides, on what question, and with which models?"""

import streamlit as st

from lib.ui import frame
from lib.ui.settings import endpoint, keeping, prices, setup, team

store = frame.begin("settings")
st.title("Settings")
view = frame.view("settings", "Experts", "Project", "Models", "Log")
if view == "Experts":
    st.caption("One expert is principal: judges are measured against that person's labels alone.")
    team.page(store)
elif view == "Project":
    setup.project(store)
    keeping.project(store)
    st.caption(frame.plain(f"Everything is in one file: {store.path}"))
elif view == "Log":
    keeping.history(store)
else:
    setup.model_endpoints(store)
    endpoint.trial(store)
    endpoint.entry(store)
    st.header("Prices")
    prices.editor(store)
    st.header("The embedded model")
    setup.embedded(store)
