"""Did the AI achieve the desired outcome? One trace at a time: pass or fail, with a critique."""

import streamlit as st

from lib.store import experts, labels, projects, traces
from lib.ui import desk, filters, frame

store = frame.begin("review")
names = [expert.name for expert in experts.every(store)]

if not traces.count(store, traces.Filter(answered=True)):
    st.title("Review")
    frame.empty("Nothing to review yet", "Import traces that have an output first.", "dataset", "Import traces",
                view="Import")
    st.stop()

st.header(frame.plain(projects.current(store).question))
with st.sidebar:
    expert = st.selectbox("Reviewing as", names, index=0 if names else None, key="reviewer", bind="query-params",
                          accept_new_options=True, placeholder="type your name",
                          help="The first person who labels becomes the principal expert. Settings changes that.")
    with st.expander("Keys", icon=":material/keyboard:"):
        st.caption("1 pass, 2 fail; while typing Alt+1, Alt+2. Arrow keys move, U undoes. "
                   "Leave the critique box with Tab.")
if not expert:
    frame.empty("Who are you?", "Type your name at the left: each label carries the name of the person who gave it.")
    st.stop()

tally = labels.tally(store, expert)
with st.expander(f"Filter and progress: {tally['labelled']:,} of {tally['traces']:,} labelled"):
    # No judge's verdict narrows the queue: the expert decides without knowing it.
    where = filters.bar(store, expert=expert, answered=True, in_run=None, verdict=None)
    st.progress(min(1.0, tally["labelled"] / max(1, tally["traces"])))
    if st.button("Next unreviewed", icon=":material/skip_next:"):
        st.query_params["trace"] = desk.next_unreviewed(store, where, expert, st.query_params.get("trace")) or ""

problem = st.session_state.pop("desk_error", None)
if problem:
    st.error(frame.plain(problem))
wanted = st.query_params.get("trace") or desk.next_unreviewed(store, where, expert, None)
if not wanted and st.session_state.pop("all_done", False):
    st.success("Every trace this filter leaves is reviewed.", icon=":material/done_all:")
wanted = wanted or traces.step(store, where, None)
if not wanted:
    frame.empty("No trace fits", "Loosen the filter above.")
    st.stop()
st.query_params["trace"] = wanted
with frame.sentences():
    desk.desk(store, where, expert, traces.get(store, wanted))
