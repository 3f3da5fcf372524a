"""The view Models: one prompt version with several models side by side, or judges recorded elsewhere; replacements."""

import streamlit as st

from lib.records import QUEUED, RUNNING, Run
from lib.records.words import counted
from lib.sampling.splits import LEAST
from lib.statistics import metrics
from lib.statistics.costs import format_cost, format_seconds
from lib.statistics.deciding.replacements import BETTER, SAME, UNKNOWN, WORSE
from lib.store import Store
from lib.store.dataset import chosen as filters
from lib.ui import at_work, endpoints, frame, job_progress
from lib.ui.judge import budget
from lib.workflow import retirement
from lib.workflow.judge import judging, model_table, pace, replacing
from lib.workflow.judge.budget import words as words_of_estimate
from lib.workflow.judge.model_table import Beside, Line, ModelTable
from lib.workflow.judge.views import models
from lib.workflow.judge.views.models import Models

_SHARES = ("agreement", "tpr", "tnr")
_RECORDED = "recorded"
_ICONS = {BETTER: ":material/trending_up:", SAME: ":material/equal:", WORSE: ":material/trending_down:",
          UNKNOWN: ":material/question_mark:"}
_COLOURS = {BETTER: "green", SAME: "green", WORSE: "red", UNKNOWN: "orange"}
_HOLDS = {True: "yes", False: "no", None: "not enough labels"}


def page(store: Store, judge: str) -> None:
    """Which version, on which traces, against which model; then the table, and which model is enough."""
    every = st.session_state.get("every", st.query_params.get("every") == "true")  # its switch is drawn below
    found = models.of(store, judge, bool(every))
    if found is None:
        frame.empty("No expert yet", "Models are measured against labels: the first person who labels becomes the "
                    "principal expert.", "review", "Review traces")
        return
    st.toggle("Count pairs that are left out too", key="every", bind="query-params", help=(
        "Shadow labels (begun with the judge's critique in view), and labels on traces that were drawn by looking at "
        "an outcome."))
    chosen = _chosen(found)
    if chosen is None:
        frame.empty("No model measured yet", "Run one version on the same labelled traces with two models or more: "
                    "here they stand side by side, with what each costs.", "judge", "To the runs", judge=judge,
                    view="Bench")
        return
    _side_by_side(store, judge, chosen, bool(every))
    if found.replaceable:
        frame.fragment(_starter)(store, judge)
        frame.fragment(_tried, run_every=2 if found.going else None)(store, judge, found.going)


def _side_by_side(store: Store, judge: str, chosen: Beside, every: bool) -> None:
    names = list(model_table.named(chosen.runs).values())
    against = frame.choose("Against", names, "against", names[0])
    with frame.sentences():
        found = model_table.table(store, chosen, against, every)
        _table(found)
        _said(found, chosen, every)
    if chosen.runs[0].prompt is not None:
        frame.link("judge", "Run this judge with another model", ":material/arrow_forward:", judge=judge, view="Bench")


def _chosen(found: Models) -> Beside | None:
    """The runs that stand beside each other: of a version and a set of traces, or those recorded elsewhere."""
    options = [*map(str, found.versions), *([_RECORDED] if found.recorded else [])]
    if not options:
        return None
    left, right = st.columns(2)
    with left:
        which = frame.choose("Version", options, "models_of", words=lambda one: (
            "recorded elsewhere" if one == _RECORDED else f"version {one}"))
    if which == _RECORDED:
        right.selectbox("Measured on", [found.recorded.words], disabled=True)
        return found.recorded
    sets = {str(min(run.id for run in one.runs)): one for one in found.versions[int(which)]}
    with right:
        return sets[frame.choose("Measured on", list(sets), "models_on", words=lambda one: sets[one].words)]


def _table(found: ModelTable) -> None:
    """A column for each model: so three of them stand side by side on any screen."""
    rows = {**{metrics.METRICS[name].label: [_share(name, line) for line in found.lines] for name in _SHARES},
            "pairs": [f"{line.counts.n:,}" for line in found.lines],
            "errors": [f"{line.counts.errors:,}" for line in found.lines],
            f"above {found.target:.0%}": [_HOLDS[line.holds] for line in found.lines],
            "cost per 100": [format_cost(line.each.cost, line.why) for line in found.lines],
            "seconds per 100": [format_seconds(line.each.seconds, line.why_no_time) for line in found.lines],
            f"against {found.reference.name}": [line.against for line in found.lines],
            "run": [str(line.run.id) for line in found.lines]}
    if any(line.mark for line in found.lines):
        rows["retires"] = [line.mark for line in found.lines]
    # A model may be called like the column of names, which then has a second word.
    head = "figure" if all(line.name != "figure" for line in found.lines) else "figure of it"
    st.dataframe({head: list(rows), **{line.name: [row[place] for row in rows.values()]
                                     for place, line in enumerate(found.lines)}}, hide_index=True, key="models_table",
                 height="content")


def _share(name: str, line: Line) -> str:
    return metrics.format_cell(name, metrics.METRICS[name].figure(line.counts))


def _said(found: ModelTable, chosen: Beside, every: bool) -> None:
    st.markdown(f":material/savings: {frame.plain(found.sentence)}")
    st.caption(frame.plain(
        f"Above {found.target:.0%}: TPR and TNR are both above the target (and above {LEAST:.0%}), the rule of the "
        "test split. It goes by the figures; the 95 % intervals in brackets say how sure they are. Errors are in no "
        "figure. Seconds: one call after the other. Fixed: the model agrees with the expert and "
        f"{found.reference.name} does not; p is exact, of as many flips in either direction."))
    said = [f"{counted(found.sealed, 'pair')} of the sealed test split in no figure." if found.sealed else "",
            f"{counted(found.left_out.shadow, 'pair')} of shadow labels and {found.left_out.drawn:,} drawn by an "
            f"outcome are {'counted too' if every else 'left out'}." if found.left_out.n else "",
            f"Left aside, for they share no labelled trace with the others: {', '.join(chosen.left)}."
            if chosen.left else ""]
    if any(said):
        st.caption(frame.plain(" ".join(filter(None, said))))


def retires(store: Store, run: Run) -> None:
    """Below a run whose model is shut down soon: the day, and the way to a replacement."""
    if words := retirement.known(store).of_run(run):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f":orange[:material/event_busy:] {frame.plain(f'{run.model} {words}')}.", width="stretch")
            frame.link("judge", "Try a replacement", ":material/swap_horiz:", judge=run.judge, view="Models",
                       replace=str(run.id))


def _starter(store: Store, judge: str) -> None:
    """What tries a replacement: the run, the model, and the margin before anything is asked."""
    found = {str(run.id): run for run in replacing.candidates(store, judge)}
    if not found:
        return
    if st.session_state.pop("replacement_started", False):
        st.session_state["replace_open"] = False
    box = st.expander("Try a replacement for a model", icon=":material/swap_horiz:", key="replace_open",
                      expanded="replace" in st.query_params, on_change="rerun")
    if not box.open:
        return
    with box:
        if not at_work.may(store, "runs", "starts a run"):
            return
    marks = retirement.known(store)
    first = next((number for number, run in found.items() if marks.of_run(run)), next(iter(found)))
    with box:
        st.caption("The same prompt version judges exactly those traces of a run that the principal expert has "
                   "labelled, with another model; pairs of the sealed test split stay sealed.")
        number = frame.choose("In place of the model of run", list(found), "replace", first, words=lambda one: (
            f"{one}: {marks.beside(found[one])}, {filters.of_run(found[one])}, {counted(found[one].total, 'trace')}"))
        _choices(store, found[number])


def _choices(store: Store, old: Run) -> None:
    chosen = endpoints.picker(store, "replacement", endpoints.lasting(store, old.model))
    margin, press = st.columns([3, 2], vertical_alignment="bottom")
    points = margin.number_input("Margin, in points of agreement", 0.5, replacing.MOST, replacing.MARGIN, 0.5,
                                 key="margin", help="A difference within ± so many points is no difference. Chosen "
                                 "before the run, kept with it, never changed.")
    if chosen:
        budget.told(lambda: words_of_estimate(replacing.estimate(store, old.id, chosen[1])))
    if press.button("Run it on the labelled traces", type="primary", icon=":material/play_arrow:", key="replace_run",
                    disabled=chosen is None, width="stretch"):
        with frame.sentences():
            replacing.press(store, old.id, chosen[1], points, chosen[0])
            st.session_state["replacement_started"] = True
            st.query_params.pop("replace", None)
            st.rerun()


def _tried(store: Store, judge: str, going: bool) -> None:
    """Each replacement that was tried, with the answer, or how far it is."""
    judging.settle(store)
    found = replacing.results(store, judge)
    if not found:
        return
    if going and not replacing.under_way(store, judge):
        st.rerun()  # the whole page: the table has a model more
    st.header("Replacements")
    for one in found:
        with st.container(border=True):
            st.badge(one.answer or one.new.status, icon=_ICONS.get(one.answer, ":material/progress_activity:"),
                     color=_COLOURS.get(one.answer, "gray"))
            st.markdown(frame.plain(replacing.words(one)))
            if one.answer is None and one.new.status in (RUNNING, QUEUED):
                job_progress.bar(one.new.done, one.new.total, f"{one.new.done:,} of {one.new.total:,} judged",
                                 pace.left(store, one.new))
            frame.link("judge", f"Run {one.new.id} on the bench", ":material/arrow_forward:", judge=judge,
                       view="Bench", run=str(one.new.id))
    st.caption(replacing.RULE)
