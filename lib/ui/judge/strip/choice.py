"""What is looked at: the judge, its run, and whether the pairs that are left out by rule count too."""

import streamlit as st

from lib.records.words import counted
from lib.store import Store
from lib.ui import figures as show
from lib.ui import frame
from lib.ui.judge.strip import missing
from lib.ui.removal import gone
from lib.workflow import figures
from lib.workflow.judge.views import bench, linked
from lib.workflow.judge.views.bench import Bench


def counts_every(found: Bench) -> None:
    """Whether pairs that are left out by rule count too: a switch in the address, where there are any."""
    if not found.left_out.n:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        every = st.toggle("Count them too", key="every", bind="query-params", help=(
            "Shadow: the label began with the judge's critique, so it agrees too often. Drawn by outcome: the trace "
            "was chosen by what somebody said of it, which distorts TPR and TNR."))
        st.caption(f"{counted(found.left_out.n, 'pair')} left out"
                   f"{', now counted' if every else ''}: {found.left_out.shadow:,} shadow, {found.left_out.drawn:,} "
                   "drawn by outcome.")


def look(store: Store, judge: str) -> Bench:
    """The bench for the run that the address names, else the newest; the picker of runs is drawn with it."""
    known = bench.known_of(store, judge)
    titles = known.titles
    number = None
    if titles:
        wanted = st.session_state.pop("wanted_run", None)
        if wanted in titles:
            st.session_state["run"] = st.session_state["run_in_address"] = wanted
            st.query_params["run"] = wanted
    missing.note("run", list(titles))
    if titles:
        number = frame.choose("Run", list(titles), "run", words=titles.get)
    every = st.session_state.get("every", st.query_params.get("every") == "true")  # its switch is drawn further down
    return bench.of(store, judge, known, number, bool(every))


def chosen_judge(store: Store) -> str | None:
    """The judge looked at: the one the address names, else the one to begin with; None where there is none."""
    known = linked.numbers(store)
    # What was looked at in another project is none of this one, and nothing is gone.
    kept = st.session_state.get("judge") if st.session_state.get("judge_in_project") == store.project else None
    st.session_state["judge_in_project"] = store.project
    wanted = st.query_params.get("judge") or kept
    if known and wanted and not linked.meant(known, wanted):
        # What was pressed was meant for the judge that is gone: it is done to no other one.
        gone.judge(store, wanted)
        for word in ("judge", "run", "case"):
            st.session_state.pop(word, None)
        frame.go("judge", judge=figures.first_judge(store) or next(iter(known)), view=st.query_params.get("view"))
    first = None if wanted else figures.first_judge(store)  # which takes a look at every judge
    return show.judge_among(known, first) if known else None
