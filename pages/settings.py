"""Who decides, on what question, and with which models?"""

import streamlit as st

from lib.ui import frame
from lib.ui.settings import endpoint, keeping, prices, setup, team
from lib.workflow import set_up

store = frame.begin("settings")
st.title("Settings")
view = frame.view("settings", "Experts", "Project", "Models", "Log")
if view == "Experts":
    st.caption("One expert is principal: judges are measured against that person's labels alone.")
    team.page(store)
elif view == "Project":
    found = set_up.project(store)
    setup.project(store, found)
    keeping.project(store, found)
elif view == "Log":
    keeping.history(set_up.history(store))
else:
    shown = set_up.models(store)
    setup.model_endpoints(store, shown)
    endpoint.trial(store, shown.tried)
    endpoint.entry(store)
    st.header("Prices")
    prices.editor(store, shown)
    st.header("The embedded model")
    setup.embedded(store, shown)
