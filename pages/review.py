"""Did the AI achieve the desired outcome? One trace at a time: pass or fail, with a critique."""

import streamlit as st

from lib.store import projects
from lib.store.dataset import traces
from lib.ui import at_work, frame
from lib.ui.overview import cycles, sign_offs
from lib.ui.review import consistency, desk, feedback, queueing, reviewers, stopping

VIEWS = {"Desk": desk.page, "Queue": queueing.page, "Reviewers": reviewers.page,
         "Consistency": consistency.page, "Feedback": feedback.page, "When to stop": stopping.page}

store = frame.begin("review")
if not traces.answered(store):
    st.title("Review")
    frame.empty("Nothing to review yet", "Import traces that have an output first.", "dataset", "Import traces",
                view="Import")
    st.stop()

st.title(frame.plain(projects.current(store).question))
cycles.banner(store)
sign_offs.banner(store)
view = frame.view("review", *VIEWS)
# At the desk the name stands beside Pass and Fail.
expert = at_work.person(store, "label", shown=view != "Desk", viewers=view not in ("Desk", "Queue"),
                        table="labels" if view == "Desk" else "batches")
if expert is None:
    if view == "Desk" and store.role is not None:
        frame.link("dataset", "Read the traces", ":material/dataset:", view="Traces")
    st.stop()
with frame.sentences():
    VIEWS[view](store, expert.name)
