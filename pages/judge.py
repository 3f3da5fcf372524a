"""How far does the judge agree with the expert, where not, and what does its prompt say?"""

from functools import partial

import streamlit as st

from lib.ui import at_work, frame
from lib.ui.errors import going_on, special
from lib.ui.judge import bench, disagreements, models, splits, versions
from lib.ui.judge.strip import choice, missing
from lib.ui.removal import archived
from lib.ui.removal import judges as kept

_SAID = ("**Bench**: write the prompt, run it and see how far the judge agrees. **Disagreements**: say who was right, "
         "case by case. **Versions**: what each edit did. **Models**: which one is enough. **Splits**: which traces "
         "are for examples, for trying and for the last test.")

store = frame.begin("judge")
with st.container(key="judge_head", horizontal=True, vertical_alignment="center"):
    st.title("Judge", width="content", help=_SAID)
    if st.query_params.get("view") in ("Agreement", "Prompt"):  # as links of earlier versions say
        st.query_params["view"] = "Bench"
    view = frame.view("judge", "Bench", "Disagreements", "Versions", "Models", "Splits")

with st.container(key="judge_choices", horizontal=True, vertical_alignment="bottom", gap="small"):
    judge = choice.chosen_judge(store)
    found = choice.look(store, judge) if judge and view in ("Bench", "Disagreements") else None
if judge is None:
    at_work.caution(store)
    frame.empty("No judge yet", "A project gets its first judge with its first import.", "dataset", "Import traces",
                view="Import")
    kept.none_left(store)
    st.stop()

with st.container(key="judge_cautions", gap="small"):
    at_work.caution(store)
    archived.caption(store)
    if view == "Bench":
        going_on.before_a_judge(store)
    special.criterion(store, judge)
    if found:
        missing.say("run", "run", str(found.run.id) if found.run else None)
if view == "Bench":
    bench.page(store, found, partial(going_on.may_run, store))
elif view == "Disagreements":
    disagreements.page(store, found)
elif view == "Models":
    models.page(store, judge)
elif view == "Splits":
    splits.page(store, judge)
else:
    versions.page(store, judge)
    kept.keeper(store, judge)
