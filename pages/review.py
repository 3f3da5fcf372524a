"""Did the AI achieve the desired outcome? One trace at a time: pass or fail, with a critique."""

import streamlit as st

from lib.store import projects
from lib.store.dataset import traces
from lib.ui import at_work, frame
from lib.ui.overview import cycles
from lib.ui.review import consistency, desk, queueing, reviewers, stopping

VIEWS = {"Desk": desk.page, "Queue": queueing.page, "Reviewers": reviewers.page,
         "Consistency": consistency.page, "When to stop": stopping.page}

store = frame.begin("review")
if not traces.answered(store):
    st.title("Review")
    frame.empty("Nothing to review yet", "Import traces that have an output first.", "dataset", "Import traces",
                view="Import")
    st.stop()

st.header(frame.plain(projects.current(store).question))
cycles.banner(store)
expert = at_work.reviewer(store)
if not expert:
    frame.empty("Who are you?", "Type your name at the left: each label carries the name of the person who gave it.")
    st.stop()
view = frame.view("review", *VIEWS)
with frame.sentences():
    VIEWS[view](store, expert)
