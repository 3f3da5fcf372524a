"""Imports on the screen: which file, when, by whom, and what came of it; renamed, or taken back whole."""

import streamlit as st

from lib.records import minute
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import imported
from lib.store.dataset.imported import Imported
from lib.ui import at_work, frame
from lib.ui.removal import asking
from lib.workflow.overview import removing


def page(store: Store) -> None:
    """Every import, the newest first."""
    found = imported.every(store)
    if not found:
        frame.empty("Nothing was imported yet", "Import what your AI system was asked and answered.", "dataset",
                    "Import traces", view="Import")
        return
    st.caption("What an import brought can be taken back whole. What others did since stays, unless it hangs on that: "
               "then it is counted, and asked for first.")
    may = at_work.may(store, "imports", "renames imports and takes them back")
    for one in found:
        _one(store, one, may)


def _one(store: Store, one: Imported, may: bool) -> None:
    with st.container(border=True, key=f"import_{one.number}"):
        by = f", {one.author}" if one.author else ""
        file = f" ({one.file})" if one.name else ""
        st.markdown(f"**{frame.plain(one.called)}**{frame.plain(file)} "
                    f":small[{one.number} · {minute(one.created_at)} UTC{frame.plain(by)}]")
        st.caption(" · ".join(_counts(one)))
        if one.waiting:
            waits = counted(one.waiting, "label waits", "labels wait")
            frame.link("overview", f"{waits} for the principal expert", ":material/hourglass_top:", view="Sign-offs")
        if one.under_way:
            st.caption(":material/pending: It is being stored, or was cut off: then the next start stores the rest.")
        elif may:
            _offered(store, one)


def _offered(store: Store, one: Imported) -> None:
    with st.container(horizontal=True):
        _rename(store, one)
        asking.box(store, f"import_{one.number}_back", lambda: removing.of_import(store, one.number), _stay,
                   "Take back")


def _counts(one: Imported) -> list[str]:
    counts = {"trace": one.traces, "label": one.labels, "verdict": one.verdicts, "code": one.codes}
    words = [counted(n, word) for word, n in counts.items() if n is not None]
    return words if one.labels is not None else [*words, "what else it brought, an older version did not note"]


def _rename(store: Store, one: Imported) -> None:
    with st.popover("Rename", icon=":material/edit:"):
        name = st.text_input("Called from now on", one.called, key=f"import_{one.number}_name")
        st.caption("The file's own name stays beside it.")
        if st.button("Rename", key=f"import_{one.number}_rename", type="primary"):
            frame.do(imported.rename, store, one.number, name)


def _stay() -> None:
    """The list is drawn anew without it."""
