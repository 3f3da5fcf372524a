"""What stands beside a run's agreement: the same by slice, the baselines a judge must beat, and the judge's own noise.

The first two cost a moment, so they are asked for when they are opened.
"""

import secrets

import streamlit as st

from lib import charts
from lib.records import Run
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.breakdowns import OF_A_SLICE, SMALL_N, Slice
from lib.statistics.knowledge import MEANING
from lib.store import Store
from lib.store.dataset import traces
from lib.ui import frame
from lib.ui.charted import Table, charted, of_figures
from lib.workflow.judge import baselines, noise, slices
from lib.workflow.judge.baselines import Baselines

_DRAWN = 12  # values in the chart; the table holds the others too
_KNEW = "(what the expert knew)"  # stands among the dimensions, and is none


def slices_panel(store: Store, run: Run, every: bool) -> None:
    """Agreement, TPR and TNR by the values of a dimension, or by what the expert knew of the judge."""
    box = st.expander("By slice", icon=":material/view_list:", key="slices_open", on_change="rerun")
    if not box.open:
        return
    with box:
        found = traces.dimensions(store)
        # Those with few values first: in these are pairs enough.
        known = sorted(found, key=lambda name: (len(found[name]) < 2, len(found[name])))
        chosen = frame.choose("By", [*known, _KNEW], "slice_by",
                              words=lambda name: _KNEW.strip("()") if name == _KNEW else name)
        if chosen == _KNEW:
            _by_mode(store, run, every)
        else:
            _by_dimension(store, run, chosen, every)
        if not known:
            frame.empty("No dimension yet", "Traces of this project have no dimensions: name some, or import them.",
                        "dataset", "To the dimensions", view="Dimensions")


def _by_dimension(store: Store, run: Run, dimension: str, every: bool) -> None:
    parts = slices.by(store, run.id, dimension, every=every)
    if not parts:
        st.caption("No pair yet.")
        return
    cut = f" The chart holds the first {_DRAWN}." if len(parts) > _DRAWN else ""
    _drawn(parts, dimension, "A trace with several values counts under each, one without a value under (no value)."
           + cut)


def _by_mode(store: Store, run: Run, every: bool) -> None:
    found = slices.by_mode(store, run.id, every=every)
    st.markdown(found.reading)
    if found.slices:
        _drawn(found.slices, "what the expert knew", " ".join(
            f"{one.value.capitalize()}: {MEANING[one.value]}." for one in found.slices))


def _drawn(parts: list[Slice], title: str, words: str) -> None:
    charted(charts.CHARTS["slices"].draw(parts[:_DRAWN], title), _numbers(parts), "slices", shown=True)
    _slice_table(parts, words)


def _numbers(found: list[Slice]) -> Table:
    shares = {f"{metrics.METRICS[name].label} {part}": cells for name in OF_A_SLICE
              for part, cells in of_figures([getattr(one, name) for one in found]).items()}
    return {"value": [one.value for one in found], "n": [one.counts.n for one in found], **shares,
            "errors": [one.counts.errors for one in found]}


def _slice_table(found: list[Slice], words: str) -> None:
    st.dataframe({
        "value": [one.value for one in found], "n": [one.counts.n for one in found],
        **{metrics.METRICS[name].label: [metrics.format_cell(name, getattr(one, name)) for one in found]
           for name in OF_A_SLICE},
        "errors": [one.counts.errors for one in found],
        "": ["few" if one.small else "" for one in found]}, hide_index=True)
    few = sum(one.small for one in found)
    whole = counted(len(found), "value has", "values have")
    hint = f"{few:,} of {whole} fewer than {SMALL_N} pairs: read them as a hint. " if few else ""
    st.caption(hint + words)


def baselines_panel(store: Store, run: Run, every: bool) -> None:
    """The judge beside always pass and a local classifier, on the same pairs."""
    box = st.expander("Beside the simplest judges", icon=":material/balance:", key="baselines_open", on_change="rerun")
    if not box.open:
        return
    with box, frame.sentences():
        found = of_run(store, run.id, every)
        _baselines_table(found)
        for line in found.lines[1:]:
            mark = ":material/check:" if line.beaten else ":material/info:" if line.why else ":material/warning:"
            st.markdown(f"{mark} {frame.plain(baselines.verdict(line))}")
        st.caption(frame.plain(_fitted_on(found)))


def of_run(store: Store, run: int, every: bool) -> Baselines:
    """The judge of a run, always pass and the classifier on the same pairs; fitted anew only where labels moved."""
    return _beside(store, str(store.path), store.project, run, every, baselines.mark(store, run, every=every))


@st.cache_data(max_entries=32, show_spinner="Fitting the classifier…")
def _beside(_store: Store, path: str, project: int, run: int, every: bool, mark: str) -> Baselines:
    return baselines.measured(_store, run, every=every)


def _baselines_table(found: Baselines) -> None:
    st.dataframe({
        "": [*(metrics.METRICS[name].label for name in baselines.FIGURES), "n"],
        **{line.name: [*(metrics.format_figure(name, line.figures[name]) for name in baselines.FIGURES),
                       f"{line.counts.n:,}"] for line in found.lines}}, hide_index=True)


def _fitted_on(found: Baselines) -> str:
    bound = "" if found.whole else " Of more rows than that, as many as are allowed were taken by the traces' hashes."
    return ("The classifier is free and runs here: logistic regression on the words of output and input and on how "
            f"far the output repeats input and context, fitted on {counted(found.train, 'train label')}. All three are "
            f"measured on the same pairs outside train, of texts up to {baselines.MOST_CHARACTERS:,} "
            f"characters.{bound}")


def noise_panel(store: Store, run: Run) -> None:
    """How often a run's version was asked the same, what it says of itself, and a button that asks again."""
    if run.prompt is None:
        return
    found = noise.of(store, run.id)
    with st.expander("The judge's own noise", icon=":material/replay:"):
        st.markdown(_words(found))
        times, press = st.columns([2, 3], vertical_alignment="bottom")
        often = times.number_input("More times", 1, noise.MOST, 2, key="repeat_times", help=(
            f"{counted(run.total, 'call')} each time, within the caps of run {run.id}; nothing is taken over."))
        if press.button("Repeat it", icon=":material/replay:", key="repeat_run", disabled=bool(found.under_way)):
            with frame.sentences():
                _repeat(store, run, int(often))
        if found.under_way:
            st.caption(f"Under way: run {', '.join(map(str, found.under_way))}.")


def _repeat(store: Store, run: Run, often: int) -> None:
    token = st.session_state.setdefault("repeat_token", secrets.token_hex(16))
    noise.start(store, noise.repeat(store, run.id, often, token))
    del st.session_state["repeat_token"]
    st.rerun()


def _words(found: noise.Noise) -> str:
    if found.share.value is None:
        return ("No trace was judged twice in the same words yet. Repeat the run, and you see on how many traces the "
                "judge contradicts itself: a flip between two versions that lies within this noise tells nothing.")
    return (f"Asked the same in {counted(len(found.runs), 'run')}, the judge contradicts itself on "
            f"**{len(found.noisy):,} of {found.repeated:,}** traces: {metrics.format_share(found.share)} "
            f"({metrics.format_interval('noise', found.share)}).")
