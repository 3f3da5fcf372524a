"""Where are we, and what is next? The process map with the live state of each step; what was learnt; review cycles."""

import streamlit as st

from lib.store import projects
from lib.ui import frame
from lib.ui.overview import cycles, insights, progress, sign_offs

VIEWS = {"Where we are": progress.page, "Insights": insights.page, "Cycles": cycles.page,
         "Sign-offs": sign_offs.page}

store = frame.begin("overview")
project = projects.current(store)
st.title(frame.plain(project.name))
st.caption(frame.plain(f"The question: {project.question}"))
view = frame.view("overview", *VIEWS)
with frame.sentences():
    VIEWS[view](store)
