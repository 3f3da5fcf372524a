"""How far a judge's probabilities can be believed, on the screen: the level, the threshold to be moved, the diagram."""

import streamlit as st

from lib import charts
from lib.records.fit import Fit
from lib.statistics import metrics
from lib.statistics.calibration import Bin
from lib.store import Store
from lib.ui import at_work, frame
from lib.ui.charted import Table, charted, of_figures
from lib.workflow.judge import fitting
from lib.workflow.judge.fitting import Fitted, Looked, Measured

_COSTS = (0.1, 0.2, 0.33, 0.5, 1.0, 2.0, 3.0, 5.0, 10.0, 20.0)
_RANKS = "how often it ranks a pass above a fail"


def panel(store: Store, judge: str) -> None:
    """Of a judge that answers with a probability; nothing of others. Nothing is stored until the press."""
    looked = fitting.look(store, judge)
    if looked is None:
        return
    st.header("Its probabilities")
    if looked.why:
        st.caption(frame.plain(looked.why))
        return
    cost = st.select_slider("A missed fail costs, beside a missed pass", _COSTS, _nearest(looked.in_force),
                            lambda one: f"{one:g} ×", "miss_cost",
                            help="The dearer it is, the higher the threshold: fewer fails pass, and more passes fail.")
    with frame.sentences():
        found = fitting.tried(store, judge, cost)
        for sentence in found.said:
            st.markdown(frame.plain(sentence))
        _use(store, found, looked)
        if found.measured:
            _figures(found.measured)
            _drawn(found)


def _nearest(fit: Fit | None) -> float:
    return min(_COSTS, key=lambda one: abs(one - fit.miss_cost)) if fit else 1.0


def _use(store: Store, found: Fitted, looked: Looked) -> None:
    """The press that makes the fit; what is in force is said beside it."""
    now = looked.in_force
    same = now is not None and now == found.fit
    st.caption(f"In force is the threshold {now.threshold:.3f}{', this one' if same else ''}." if now else
               frame.plain(f"In force is the cut at .5. {looked.void or 'No threshold was learnt yet.'}"))
    if not same and at_work.may(store, "runs", "sets a threshold") and st.button(
            "Use this threshold", key="use_threshold", icon=":material/vertical_align_center:", type="primary",
            help="Makes a run beside each of its runs whose outcomes follow from the stored probabilities: nothing is "
                 "asked, and no verdict is changed. Later runs cut there."):
        frame.do(_used, store, found)


def _used(store: Store, found: Fitted) -> None:
    made = fitting.fit(store, found.version.judge, found.fit.miss_cost)
    frame.say(f"Pass from {made.fit.threshold:.3f} on. No verdict was asked for anew.")


def _figures(at: Measured) -> None:
    """Both cuts beside each other, as others stop at .5."""
    names = list(at.at_half)
    st.dataframe({
        "on dev": [*(metrics.METRICS[name].label for name in names), "Brier", "AUC"],
        "at .5": [*(metrics.format_cell(name, at.at_half[name]) for name in names), f"{at.brier:.3f}", ""],
        "at the threshold": [*(metrics.format_cell(name, at.at_threshold[name]) for name in names),
                             f"{at.calibrated:.3f} calibrated", metrics.format_cell("kappa", at.auc)]},
        hide_index=True, key="probability_figures")
    st.caption(f"AUC is {_RANKS}. Always saying the share of passes has a Brier of {at.always:.3f}: what lies above it "
               "knows less.")


def _drawn(found: Fitted) -> None:
    n = f"n = {found.measured.n:,} of dev"
    charted(charts.CHARTS["histogram"].draw(found.dev, found.fit.threshold, n), {
        "probability": [p for p, _ in found.dev], "expert": ["pass" if good else "fail" for _, good in found.dev]},
        "probabilities")
    before, after = found.bins
    charted(charts.CHARTS["reliability"].draw(before, after, n), _bins(before, after), "reliability")


def _bins(before: list[Bin], after: list[Bin]) -> Table:
    every = [*(("as it says", one) for one in before), *(("calibrated", one) for one in after)]
    return {"": [which for which, _ in every], "it says": [one.mean for _, one in every],
            "n": [one.passes.n for _, one in every], **of_figures([one.passes for _, one in every])}
