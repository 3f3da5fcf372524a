"""How far does the judge agree with the expert, where not, and what does its prompt say?"""

import streamlit as st

from lib.store.judge import judges
from lib.ui import at_work, frame
from lib.ui.errors import fixing, special
from lib.ui.judge import bench, disagreements, models, prompt_editor, splits, versions
from lib.ui.removal import archived
from lib.ui.removal import judges as kept

store = frame.begin("judge")
st.title("Judge")
at_work.caution(store)
fixing.before_a_judge(store)
names = judges.every(store)
if not names:
    frame.empty("No judge yet", "A project gets its first judge with its first import.", "dataset", "Import traces",
                view="Import")
    kept.none_left(store)
    st.stop()

which, what = st.columns([2, 3], vertical_alignment="bottom")
with which:
    judge = bench.chosen_judge(store, names)
with what:
    if st.query_params.get("view") in ("Agreement", "Prompt"):  # as links of earlier versions say
        st.query_params["view"] = "Bench"
    view = frame.view("judge", "Bench", "Disagreements", "Versions", "Models", "Splits")

archived.caption(store)
special.criterion(store, judge)
if view == "Bench":
    if judge not in judges.with_prompt(store):
        bench.page(store, judge)
        prompt_editor.editor(store, judge)
        st.stop()
    left, right = st.columns([5, 6], gap="large")
    with left:
        frame.fragment(prompt_editor.editor)(store, judge)
    with right:
        bench.page(store, judge)
elif view == "Disagreements":
    bench.on_a_run(store, judge, disagreements.page)
elif view == "Models":
    models.page(store, judge)
elif view == "Splits":
    splits.page(store, judge)
else:
    kept.keeper(store, judge)
    versions.page(store, judge)
