"""Where does the AI fail, why, and what should be fixed first?"""

import streamlit as st

from lib.store.dataset import traces
from lib.ui import frame
from lib.ui.errors import causes, checks, codes, fixing, groups, notes, pivot, steps, what_to_fix
from lib.ui.overview import cycles
from lib.ui.removal import archived

VIEWS = {"Pass rates": pivot.page, "Failure modes": causes.page,
         "Notes": notes.page, "Groups": groups.page, "Codes": codes.page, "Steps": steps.page,
         "What to fix": what_to_fix.page, "Fixes": fixing.page,
         "Checks": checks.page}

store = frame.begin("errors")
st.title("Error analysis")
if not traces.count(store) + traces.archived(store):
    frame.empty("No traces yet", "Import traces, then review some.", "dataset", "Import traces", view="Import")
    st.stop()

view = frame.view("errors", *VIEWS)
with frame.sentences():
    cycles.headline(store)
    archived.caption(store)
    VIEWS[view](store)
