"""How far does the judge agree with the expert, where not, and what does its prompt say?"""

import streamlit as st

from lib.store import judges
from lib.ui import bench, frame, prompt_editor

store = frame.begin("judge")
st.title("Judge")
judge = bench.chosen_judge(store)
if judge is None:
    frame.empty("No judge yet", "A project gets its first judge with its first import.", "dataset", "Import traces",
                view="Import")
    st.stop()

VIEWS = ("Agreement", "Prompt")
view = st.segmented_control("View", VIEWS, default=VIEWS[0], required=True, key="view", bind="query-params",
                            label_visibility="collapsed")
if view == "Prompt":
    prompt_editor.editor(store, judge)
    st.stop()

if judge in judges.with_prompt(store):
    bench.starter(store, judge)
run = bench.chosen_run(store, judge)
if run is None:
    frame.empty("Not run yet", "Press Run: each verdict is stored as it comes, and agreement moves with it.")
    st.stop()
bench.watch(store, run)
bench.pairs(store, run)
