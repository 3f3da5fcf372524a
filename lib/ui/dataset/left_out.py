"""What a reading leaves out, on the screen: before the import in full, after it in short.

Text of a file is shown as text.
Knows the report alone; what it holds is decided where the file is read.
"""

import streamlit as st

from lib.readers.report import MOST_LISTED, Report
from lib.records.words import counted


def warnings(said: Report) -> None:
    """What looks like labels and is not read, traces without an output, how much is left out: a line each."""
    for column in said.not_taken:
        st.text(f"⚠ {_capital(str(column))}")
    for what in said.unanswered:
        st.text(f"⚠ {_capital(str(what))}")
    if said.skipped_count:
        st.text(f"⚠ Left out because it cannot be read: {said.skipped_count:,}. Each is listed below.")
    if said.unread:
        st.text(f"⚠ Not read: {_unread_words(said)}. Listed below.")


def folded(said: Report) -> None:
    """Whatever of the file will not be in the store, each with its count and why."""
    if said.unread:
        with st.expander(f"Not read: {_unread_words(said)}", icon=":material/visibility_off:"):
            st.dataframe(_unread(said), hide_index=True)
            if len(said.unread) > MOST_LISTED:
                st.caption(f"{len(said.unread) - MOST_LISTED:,} more are not listed.")
    if said.skipped:
        with st.expander(f"Left out because it cannot be read: {said.skipped_count:,}", icon=":material/content_cut:",
                         expanded=True):
            skipped(said)


def skipped(said: Report) -> None:
    """What cannot be read: its line, the cell, and why."""
    st.dataframe({"line": [what.line for what in said.skipped],
                  "what": ["row" if what.whole else "cell" for what in said.skipped],
                  "cell": [what.cell for what in said.skipped],
                  "why": [what.why for what in said.skipped]}, hide_index=True)
    if said.skipped_count > len(said.skipped):
        st.caption(f"{said.skipped_count - len(said.skipped):,} more are not listed.")


def _unread_words(said: Report) -> str:
    cells = sum(what.count for what in said.unread)
    kinds = counted(len(said.unread), "column or kind", "columns or kinds")
    return f"{kinds}, {counted(cells, 'cell or item', 'cells or items')}"


def summary(said: Report) -> None:
    """The same once it is done, folded away."""
    if not (said.unread or said.skipped or said.not_taken or said.unanswered):
        return
    with st.expander("What of the file was not stored", icon=":material/visibility_off:"):
        for what in (*said.not_taken, *said.unanswered):
            st.text(_capital(str(what)))
        if said.skipped_count:
            st.text(f"Left out because it cannot be read: {said.skipped_count:,}.")
        if said.unread:
            st.dataframe(_unread(said), hide_index=True)


def _unread(said: Report) -> dict[str, list]:
    found = said.unread[:MOST_LISTED]
    return {"not read": [what.what for what in found], "how often": [what.count for what in found],
            "why": [what.why for what in found]}


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
