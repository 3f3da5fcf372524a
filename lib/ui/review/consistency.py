"""The view Consistency: how often the expert gives the same outcome again, drift by month, and where not."""

import streamlit as st

from lib import charts
from lib.records import Label
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.store.review import repeats
from lib.store.review.repeats import Repeat
from lib.ui import frame
from lib.ui.charted import charted, of_rates
from lib.workflow.review import consistency

_SHOWN = 30  # pairs side by side


def page(store: Store, expert: str) -> None:
    """Figures and drift of the expert's blind repeats, the differing pairs, and how many traces come back."""
    shown = consistency.look(store, expert)
    found = shown.found
    if shown.principals:
        st.caption(frame.plain(f"Of {found.expert}, the principal expert."))
    st.caption("Now and then an earlier trace comes back without its label. How often the outcome is the same again is "
               "the ceiling for every judge: none can agree with the expert more than the expert does.")
    if found.counts.n:
        _figures(found)
        _drift(found)
        _differing(found)
    else:
        frame.empty("No trace has come back yet", _when(shown))
        _passes(found)
    _settings(store, shown)


def _when(shown: consistency.Shown) -> str:
    if not shown.share:
        return "Repeats are switched off. Set a share below to have earlier traces come back."
    first = (f"once {counted(shown.missing, 'more trace is', 'more traces are')} labelled and " if shown.missing
             else "with one of the next labels, once ")
    return (f"The first comes back {first}the oldest label with a critique is {shown.hours:g} hours old. After that "
            f"about one in {1 / shown.share:.0f} traces on the desk is an earlier one, unmarked. It never replaces the "
            "label it repeats.")


def _figures(found: consistency.Consistency) -> None:
    same, kappa, count = st.columns(3)
    for place, name, figure in ((same, "agreement", found.agreement), (kappa, "kappa", found.kappa)):
        label = "Same outcome again" if name == "agreement" else metrics.METRICS[name].label
        place.metric(label, metrics.format_figure(name, figure), help=metrics.METRICS[name].help)
        place.caption(frame.plain(metrics.format_interval(name, figure)))
    count.metric("Repeats", f"{found.counts.n:,}", help="Traces labelled a second time without seeing the first label.")
    count.caption(consistency.moved(found) or "Every one had the same outcome again.")


def _drift(found: consistency.Consistency) -> None:
    left, right = st.columns(2, gap="large")
    with left:
        charted(charts.drift_chart(found.by_month, "same outcome again", "blind repeats"),
                of_rates(found.by_month, "month", "same again"), "drift_same")
    with right:
        _passes(found)


def _passes(found: consistency.Consistency) -> None:
    if any(rate.n for rate in found.passes_by_month):
        charted(charts.drift_chart(found.passes_by_month, "pass rate", "unaided labels"),
                of_rates(found.passes_by_month, "month", "passes"), "drift_passes")
        st.caption("Without shadow labels and traces drawn by outcome. Where it moves and the product does not, the "
                   "criterion moves.")


def _differing(found: consistency.Consistency) -> None:
    st.header("Where they differ")
    if not found.differing:
        st.caption("None.")
    for pair in found.differing[:_SHOWN]:
        _pair(pair)
    if len(found.differing) > _SHOWN:
        st.caption(f"The newest {_SHOWN} of {len(found.differing):,}.")


def _pair(pair: Repeat) -> None:
    with st.container(border=True):
        trace, first, second = st.columns([2, 3, 3], gap="medium")
        with trace:
            st.text(pair.first.trace)
            frame.link("review", "Open on the desk", ":material/rate_review:", view="Desk", trace=pair.first.trace)
        for place, words, label in ((first, "First", pair.first), (second, "Again", pair.second)):
            with place:
                _said(words, label)


def _said(words: str, label: Label) -> None:
    st.markdown(f"**{words}: {label.outcome}**, {(label.created_at or '')[:10]}")
    st.text(label.critique or "no critique")


def _settings(store: Store, shown: consistency.Shown) -> None:
    with st.expander("How many traces come back", icon=":material/tune:"), st.form("repeats", border=False):
        left, right, press = st.columns([2, 2, 1], vertical_alignment="bottom")
        part = left.number_input("Repeats, % of labels", 0.0, 100.0, shown.share * 100, 1.0, format="%g",
                                 help="0 switches them off; otherwise 5 to 10.")
        wait = right.number_input("Hours before a trace comes back", 0.0, None, float(shown.hours), 1.0, format="%g",
                                  help="Long enough to have forgotten it; a day is a good beginning.")
        if press.form_submit_button("Save"):
            with frame.sentences():
                repeats.set_share(store, part / 100, wait)
                frame.say("Saved.")
