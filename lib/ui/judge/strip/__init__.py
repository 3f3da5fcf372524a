"""The strip of the bench, which stays in view: five figures in their places, of which version, Run and Save.

What moves is drawn by a fragment of its own: a run that goes on never draws the prompt anew.
"""

from collections.abc import Callable

import streamlit as st

from lib.records import DONE, QUEUED, RESUMABLE
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.costs import DASH
from lib.store import Store, roles
from lib.store.judge import caps as run_caps
from lib.ui import at_work, endpoints, frame, job_progress
from lib.ui import figures as show
from lib.ui.judge import boxes, budget, models
from lib.ui.judge.decisions import asked
from lib.ui.judge.strip import keys, trial, typing
from lib.workflow import endpoints as reachable
from lib.workflow.judge import budget as spending
from lib.workflow.judge import judging
from lib.workflow.judge.views import bench
from lib.workflow.judge.views.bench import Bench, Moving
from lib.workflow.judge.views.trial import only_tries


def strip(store: Store, found: Bench, started: Callable[[str], bool]) -> None:
    """The figures at the left, Run and Save at the right; `started` is asked before a run: whether it may begin."""
    with st.container(key="judge_strip", gap="small"):
        row = st.container(key="strip_row", horizontal=True, vertical_alignment="top")
        with row, st.container(key="strip_figures", gap=None):
            going = found.run is not None and bench.goes_on(store, found.run)
            frame.fragment(_figures, run_every=1 if going else None)(store, found, going)
        if found.newest is not None and not roles.may(store.role, "runs"):
            with row, st.container(width=220):
                at_work.may(store, "runs", "saves versions and starts runs")
        elif found.newest is not None:
            with row, st.container(key="strip_buttons", horizontal=True, width="content", gap="small"):
                _buttons(store, found, started)
        keys.listen()
        typing.send()


def _figures(store: Store, found: Bench, going: bool) -> None:
    moves = None
    if found.run is not None:
        moves = bench.moving(store, found.run.id, found.every, st.session_state.get("live_look"))
        st.session_state["live_look"] = moves.seen
        if going and not moves.going:
            st.rerun()  # the whole page, which then stops asking
    with st.container(key="strip_tiles", horizontal=True, gap="small"):
        for name in bench.TILES:
            _tile(name, moves)
        n = moves.agreement.counts.n if moves and moves.agreement else 0
        with st.container(key="strip_pairs", gap=None):
            st.metric("Pairs", f"{n:,}", help="Traces with a label and a readable verdict.")
            st.caption(_errors(moves))
    st.caption(_words(found, moves))
    if moves is not None:
        _progress(store, moves)


def _tile(name: str, moves: Moving | None) -> None:
    """A figure in its place; a dash stands there before there is one."""
    metric, found = metrics.METRICS[name], moves.agreement if moves else None
    figure = found.figures[name] if found and found.counts.n else None
    with st.container(key=f"strip_{name}", gap=None):
        st.metric(metric.label, metrics.format_figure(name, figure) if figure else DASH,
                  help=f"{metric.help} {metric.sentence(found.counts) if figure else ''}")
        st.caption(_beside(name, moves) if figure else "")


def _beside(name: str, moves: Moving) -> str:
    """Its interval, or why it is not defined; behind agreement that it flatters where one outcome is rare."""
    counts, figure = moves.agreement.counts, moves.agreement.figures[name]
    if figure.value is None:
        return "not defined"
    if name == "kappa" and metrics.few(figure):
        return "few pairs"
    rare = name == "agreement" and name not in metrics.headline(counts)[0]
    flatters = ", flatters" if rare and not metrics.few(figure) else ""  # so few say nothing of what is rare
    return frame.plain(metrics.format_ends(name, figure) + flatters)


def _errors(moves: Moving | None) -> str:
    n = moves.agreement.counts.errors if moves and moves.agreement else 0
    return counted(n, "error") if moves else ""


def _words(found: Bench, moves: Moving | None) -> str:
    """Of which version the figures are, what it changed, and that a newer one has not been run."""
    parts = []
    if moves is None:
        parts.append(f"**Version {found.newest} has not been run**" if found.newest else "Not run yet")
    else:
        run = moves.run
        of = f"Version {found.version}, run" if found.version else "Run"
        # While it goes on the bar below says how far it is.
        state = "" if moves.going else f", {run.status}: {run.done:,} of {run.total:,} judged"
        parts.append(f"**{of} {run.id}**{state}")
        parts += [found.change.words] if found.change else []
        parts += [f"**version {found.newest} has not been run**"] * found.unrun
        parts += ["provisional"] * bool(moves.agreement and moves.agreement.provisional)
    return " · ".join(parts)


def _progress(store: Store, moves: Moving) -> None:
    """The bar with the time left while it goes on; of one that stopped why, and the ways on."""
    run = moves.run
    errors = f", {run.errors:,} without a readable reply" if run.errors else ""
    taken = f", {run.reused:,} taken over from earlier runs" if run.reused else ""
    if moves.going or run.status in RESUMABLE:
        with st.container(key="strip_bar", horizontal=True, vertical_alignment="center"):
            job_progress.bar(run.done, run.total, f"{job_progress.icon(run.status)} {run.status}: {run.done:,} of "
                             f"{run.total:,} judged{taken}{errors}", moves.left)
            job_progress.buttons(store, judging.RUNS, run, "run")
    elif taken or errors:
        st.caption(f"{taken}{errors}"[2:])
    else:
        st.empty()  # in the bar's place, which would stand there until the whole page is drawn
    if moves.batch:
        st.caption(f":material/inbox: {frame.plain(moves.batch)}")
    if run.message:
        st.caption(frame.plain(run.message))
    if run.errors and run.status in (DONE, *RESUMABLE) and run.status != QUEUED and st.button(
            f"Ask again for the {counted(run.errors, 'error')}", key="retry_errors",
            icon=":material/replay:", type="tertiary"):
        frame.do(judging.retry_errors, store, run.id)
    budget.go_on(store, run, run_caps.of(store, run.id), spending.raise_caps)


def notes(store: Store, found: Bench, moves: Moving) -> None:
    """What has to be said of the run beside its figures: its model goes, it is no judge, nobody has measured it."""
    models.retires(store, moves.run)
    if reachable.is_trial(moves.run):
        endpoints.trial_note()
    if moves.agreement is not None and not found.validated:
        show.not_validated(moves.agreement.why)


def _buttons(store: Store, found: Bench, started: Callable[[str], bool]) -> None:
    """Run saves what is typed first, for nobody means to pay for the words before."""
    run = st.button("Run", type="primary", icon=":material/play_arrow:", key="bench_run", help=(
        "Saves what is typed as a new version and runs the newest version on the labelled traces of dev, with the "
        "model that it names, else that of the newest run. Ctrl+Enter"))
    save = st.button("Save", icon=":material/save:", key="bench_save", help=(
        "Saves what is typed as a new version: a version is never changed. Ctrl+S"))
    if run or save:
        with frame.sentences():
            _pressed(store, found, run, started)


def _pressed(store: Store, found: Bench, run: bool, started: Callable[[str], bool]) -> None:
    boxes.heard(store)
    typing_over = boxes.here()
    number = typing_over.number if typing_over.number in found.versions.values() else found.newest
    # Two minutes of a model on this machine build no judge: nothing has to be mended before.
    if run and not only_tries(store) and not started(found.judge):
        return
    decision = asked.changed(bench.version_of(store, found.judge, number))
    typed_over = decision is not None or bench.typed_over(store, found.judge, number)
    if not run and not typed_over:  # the second press of the same finger: nothing went wrong
        frame.say(f"Nothing has changed since version {number}.")
        return
    if typed_over:
        made = bench.save(store, found.judge, number, decision)
        typing_over.go_on(made)
        frame.say(f"Saved as version {made.number}.")
    if run:
        trial.begin(store, found.judge)
    st.rerun()
