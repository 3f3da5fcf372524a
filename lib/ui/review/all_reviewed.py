"""What the desk says where nothing is left to label, and where to go from there."""

import streamlit as st

from lib.records.words import counted
from lib.ui import frame
from lib.ui.review import session
from lib.workflow.review.at_desk import Desk

_STEPS = (("to_verdicts", "See what judges said", "compare", "judge", "Disagreements"),
          ("to_judge", "To the judge", "gavel", "judge", "Bench"),
          ("to_stopping", "When to stop", "flag", "review", "When to stop"))


def show(known: session.Memory, found: Desk) -> None:
    """That all is reviewed, and the next steps; the trace below is an old one, whose keys rest."""
    end = found.end
    with st.container(border=True, gap="small", key="all_reviewed"):
        st.markdown(":material/done_all: **All reviewed.** Every trace this filter leaves is reviewed. The arrows walk "
                    "through your labels.")
        with st.container(horizontal=True, gap="small"):
            if end.incomplete:
                st.button(f"To the {counted(found.progress.incomplete, 'trace')} without a critique",
                          key="to_incomplete", icon=":material/edit_note:", type="primary", on_click=session.go,
                          args=(known, end.incomplete), kwargs={"came": True})
            for name, words, icon, page, view in _STEPS:
                if (name != "to_verdicts" or end.judged) and st.button(words, key=name, icon=f":material/{icon}:"):
                    frame.go(page, view=view)
