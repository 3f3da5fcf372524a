"""Where does the AI fail, why, and what should be fixed first?"""

import streamlit as st

from lib.store.dataset import traces
from lib.ui import frame
from lib.ui.errors import failure_modes, naming, pivot, what_to_fix
from lib.ui.overview import cycles
from lib.ui.removal import archived

VIEWS = {"What to fix": what_to_fix.page, "Failure modes": failure_modes.page, "Name them": naming.page,
         "Rates": pivot.page}

store = frame.begin("errors")
st.title("Error analysis", help=(
    "**What to fix**: failure modes in order of what they cost. **Failure modes**: all there is to know of one, with "
    "its fixes, checks and steps. **Name them**: from fails to names for why they failed. **Rates**: where it fails."))
if not traces.count(store) + traces.archived(store):
    frame.empty("No traces yet", "Import traces, then review some.", "dataset", "Import traces", view="Import")
    st.stop()

failure_modes.lead()
view = frame.view("errors", *VIEWS)
with frame.sentences():
    if VIEWS[view] is naming.page:
        cycles.banner(store)
    else:
        cycles.headline(store)
        archived.caption(store)
    VIEWS[view](store)
