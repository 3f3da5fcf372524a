"""The judge's bench: the strip above, the prompt at the left, at the right what it gets wrong and the figures in full.

What moves is drawn by fragments of its own: a run that goes on never draws the prompt anew.
"""

from collections.abc import Callable

import streamlit as st

from lib.records import Run
from lib.store import Store
from lib.ui import figures as show
from lib.ui import frame
from lib.ui.judge import beside, bias, budget, cascades, differences, prompt_editor, splits, starter, strip
from lib.ui.judge.decisions import probabilities
from lib.ui.judge.strip import choice, trial
from lib.workflow.judge.views import bench
from lib.workflow.judge.views.bench import Bench
from lib.workflow.review import ceilings


def page(store: Store, found: Bench, may_run: Callable[[str], bool]) -> None:
    """All of it for the run that is chosen; before the first run how to start one."""
    strip.strip(store, found, may_run)
    trial.panel(store, found)
    if found.newest is None:
        _right(store, found, may_run)
        prompt_editor.editor(store, found.judge)
        return
    left, right = st.columns([5, 6], gap="medium")
    with left, st.container(key="judge_prompt"):
        frame.fragment(prompt_editor.editor)(store, found.judge)
    with right:
        _right(store, found, may_run)


def _right(store: Store, found: Bench, may_run: Callable[[str], bool]) -> None:
    if found.newest is not None:
        frame.fragment(starter.box)(store, found.judge, may_run)
    run = found.run
    if run is None:
        frame.empty("Not run yet", "Press Run: each verdict is stored as it comes, and agreement moves with it.")
        return
    if found.expert is None:
        frame.empty("No expert yet", "Agreement needs labels: the first person who labels becomes the principal "
                    "expert.", "review", "Review traces")
        frame.fragment(budget.took)(store, run)
        return
    going = bench.goes_on(store, run)
    frame.fragment(differences.panel, run_every=1 if going else None)(store, run, found.every, going)
    _in_full(store, found, run, going)


def _in_full(store: Store, found: Bench, run: Run, going: bool) -> None:
    """Below the list: the 2×2 table, every figure in words, the chart, and what stands beside them."""
    st.header("The figures in full")
    moves = bench.moving(store, run.id, found.every, st.session_state.get("live_look"))
    strip.notes(store, found, moves)
    choice.counts_every(found)
    if going:
        st.caption("They stand here when the run has ended; the strip above moves with it.")
    elif moves.agreement.validated:
        show.agreement(moves.agreement, ceilings.of(store, found.expert))
        _advice(moves.advice)
    else:
        st.caption(frame.plain(moves.agreement.why))
    frame.fragment(budget.took, run_every=5 if going else None)(store, run)
    frame.fragment(probabilities.panel)(store, found.judge)
    frame.fragment(cascades.panel)(store, found.judge)
    splits.test_panel(store, run)
    frame.fragment(beside.slices_panel)(store, run, found.every)
    frame.fragment(beside.baselines_panel)(store, run, found.every)
    frame.fragment(beside.noise_panel)(store, run)
    frame.fragment(bias.panel)(store, run, found.every)


def _advice(said: tuple[str, ...]) -> None:
    for words in said:
        st.markdown(f"- {frame.plain(words)}")
