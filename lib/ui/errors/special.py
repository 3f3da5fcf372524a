"""Judges with one criterion on the screen: built for a failure mode, and what each is measured on."""

from collections.abc import Sequence

import streamlit as st

from lib.records.words import counted
from lib.store import Store
from lib.store.judge import judges
from lib.ui import at_work, frame
from lib.workflow.errors import checking, special


def reason_field(store: Store, key: str) -> str:
    """Asks why a test cannot wait, where it comes before error analysis."""
    why = checking.early(store)
    if not why:
        return ""
    st.warning(why, icon=":material/hourglass_empty:")
    return st.text_input("Why it cannot wait", key=key)


def builder(store: Store, mode: str) -> None:
    """Builds a judge for a failure mode, and says what it would be measured on."""
    st.caption(frame.plain(measured_on(special.material(store, mode))))
    if not at_work.may(store, "judges", "builds a judge"):
        return
    name = st.text_input("Name of the judge", mode, key=f"special_name_{mode}")
    reason = reason_field(store, "special_reason")
    if st.button("Build it", type="primary", icon=":material/gavel:", key="build_special"):
        with frame.sentences():
            made = special.build(store, mode, name, reason)
            frame.go("judge", judge=made.judge, view="Bench")


def measured_on(found: special.Material) -> str:
    """How many labels a judge of a failure mode has, and whether these are enough."""
    few = (f" Too few to trust it: about {special.ENOUGH_FAILS} fails with it are needed, an assertion needs none."
           if found.few else "")
    silent = f" Fails that nobody has coded say nothing to it: {found.uncoded:,}." if found.uncoded else ""
    return (f"It is measured on {counted(found.fails, 'fail')} with this failure mode and "
            f"{counted(found.passes, 'label')} without it.{silent}{few}")


def listing(found: Sequence[tuple[str, str]]) -> None:
    """The special judges there are, (name, failure mode) each, with the way to its bench."""
    if not found:
        return
    st.header("Judges with one criterion")
    for name, one in found:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{frame.plain(name)}**", width="content")
            st.caption(frame.plain(f"criterion: {one}"), width="stretch")
            frame.link("judge", "To its bench", ":material/arrow_forward:", judge=name, view="Bench")


def criterion(store: Store, judge: str) -> None:
    """Says of a special judge what its one criterion is, and what it is measured on; of any other nothing."""
    if judge not in (found := judges.special(store)):
        return
    mode, reason = found[judge]
    early = f" Made early: {reason}" if reason else ""
    st.caption(":material/filter_center_focus: " + frame.plain(
        f"Criterion: {mode}. Fail means that the trace has it. {measured_on(special.material(store, mode))}{early}"))
