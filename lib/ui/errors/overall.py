"""The pass rate of everything, above a cut of it: raw and corrected, from whom, and what is left out."""

from collections.abc import Sequence

import streamlit as st

from lib.records.rating import NotRated, Rated
from lib.records.words import counted
from lib.statistics.metrics import format_figure, format_interval, others
from lib.statistics.pivots import PivotCell
from lib.ui import frame


def overall(whole: PivotCell, rated: Rated, source: str, left_out: NotRated, said: Sequence[str]) -> None:
    """Two tiles with intervals and source; below them what must be `said`, what is left out, and whether it counts."""
    raw, corrected = st.columns(2)
    passing = others(whole.rate)
    raw.metric("Pass rate overall", format_figure("rate", passing))
    raw.caption(frame.plain(f"{format_interval('rate', passing)}; {whole.n - whole.fails:,} of {whole.n:,} "
                            f"passed and {whole.fails:,} failed, from {source}"))
    if whole.corrected is not None:
        fair = others(whole.corrected)
        corrected.metric("Corrected pass rate", format_figure("rate", fair),
                         help="The judge errs. From its TPR and TNR on labelled traces follows how many it passes and "
                              "fails wrongly, and what the rate would be without that (Rogan and Gladen).")
        corrected.caption(frame.plain(format_interval("rate", fair)))
    for sentence in filter(None, said):
        st.caption(frame.plain(sentence))
    _left_out(rated, left_out)


def _left_out(rated: Rated, left_out: NotRated) -> None:
    if left_out.drawn:
        st.caption(f"{counted(left_out.drawn, 'label')} left out: drawn by looking at an outcome",
                   help="Such a queue brings fails on purpose: counted in, they would make the AI look worse than "
                        "it is. Labels of random, stratified and other unbiased queues count.")
    if left_out.seen:
        with st.container(horizontal=True, vertical_alignment="center"):
            on = st.toggle("Count them too", rated.seen, key="count_seen")
            st.caption(f"{counted(left_out.seen, 'verdict')} {'counted too' if rated.seen else 'left out'}: on traces "
                       "that the judge's prompt has seen",
                       help="Its examples, and the splits train and dev on which the prompt was made better: there a "
                            "judge looks better than it is.")
        if on != rated.seen:
            st.query_params.pop("seen", None)
            if on:
                st.query_params["seen"] = "yes"
            st.rerun()
