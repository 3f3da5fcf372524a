"""How far does the judge agree with the expert, where not, and what does its prompt say?"""

import streamlit as st

from lib.store import judges
from lib.ui import bench, frame, prompt_editor, reviewers, versions

store = frame.begin("judge")
st.title("Judge")
reviewers.caution(store)
names = judges.every(store)
if not names:
    frame.empty("No judge yet", "A project gets its first judge with its first import.", "dataset", "Import traces",
                view="Import")
    st.stop()

which, what = st.columns([3, 2], vertical_alignment="bottom")
with which:
    judge = bench.chosen_judge(store, names)
with what:
    view = frame.view("judge", "Agreement", "Prompt", "Versions")
if view == "Prompt":
    prompt_editor.editor(store, judge)
    st.stop()
if view == "Versions":
    versions.page(store, judge)
    st.stop()

if judge in judges.with_prompt(store):
    bench.starter(store, judge)
run = bench.chosen_run(store, judge)
if run is None:
    frame.empty("Not run yet", "Press Run: each verdict is stored as it comes, and agreement moves with it.")
    st.stop()
every = bench.counts_every(store, run)
bench.watch(store, run, every)
bench.pairs(store, run, every)
