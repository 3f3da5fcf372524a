"""Where does the AI fail, why, and what should be fixed first?"""

import streamlit as st

from lib.store import experts, traces
from lib.ui import analysis, frame

store = frame.begin("errors")
st.title("Error analysis")
if not traces.count(store):
    frame.empty("No traces yet", "Import traces, then review some.", "dataset", "Import traces", view="Import")
    st.stop()

view = frame.view("errors", "Pass rates", "Failure modes")
if view == "Pass rates":
    analysis.rates(store)
elif experts.principal(store) is None:
    frame.empty("No fail yet", "Failure modes are names for why a trace failed: review some first.", "review",
                "Review traces")
else:
    analysis.modes(store)
