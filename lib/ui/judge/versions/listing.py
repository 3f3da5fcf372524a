"""The list of versions and their runs: one line each, the newest first; a picked one is compared below."""

from collections.abc import Sequence

import streamlit as st

from lib.statistics import metrics
from lib.statistics.costs import DASH, format_cost, format_count, format_seconds, format_time, per_hundred
from lib.store import Store
from lib.workflow.judge import judging
from lib.workflow.judge.views import history
from lib.workflow.judge.views.history import History, Line

_SHARES = ("agreement", "tpr", "tnr")


def table(found: History) -> None:
    """What changed and what it brought first, what it took last."""
    lines = found.lines
    st.dataframe({
        "version": [str(one.version) for one in lines], "change": [change(one) for one in lines],
        **{metrics.METRICS[name].label: [_figure(name, one) for one in lines] for name in _SHARES},
        "what was changed": [one.note for one in lines],
        "cost": [format_cost(one.took.cost) if one.took else DASH for one in lines],
        "seconds per 100": [_seconds(one) for one in lines],
        "pairs": [f"{one.point.counts.n:,}" if one.point else DASH for one in lines],
        "errors": [f"{one.point.counts.errors:,}" if one.point else DASH for one in lines],
        "run": [str(one.run.id) if one.run else one.state for one in lines], "model": [one.model for one in lines],
        "measured on": [one.point.traces if one.point else "" for one in lines],
        "saved": [one.created_at[:10] for one in lines], "saved by": [one.author for one in lines]},
        hide_index=True, key="versions_list", on_select=lambda: _compare(lines), selection_mode="single-row",
        column_config={"what was changed": st.column_config.TextColumn(width=170),
                       "cost": st.column_config.TextColumn(width=70),
                       "change": st.column_config.TextColumn(width=80, help=(
                           "Points of agreement against the newest earlier version measured on the same traces."))})
    st.caption("Pick a line to compare that version with the one before it. Cost of the whole run, by the prices under "
               "Settings, Models.")
    _took([one for one in lines if one.took])


def going(store: Store, judge: str, every: bool) -> None:
    """The same while a run of a version goes on, looked at again: when it has ended the whole page is drawn anew."""
    judging.settle(store)
    found = history.of(store, judge, every)
    if not found.going:
        st.rerun()
    table(found)


def change(one: Line) -> str:
    """The points against the version before, signed; a dash where there is nothing to compare with."""
    if one.change is None:
        return DASH
    n = f"{one.change:+.0f}".replace("-", "−")
    return f"{'0' if n[1:] == '0' else n} vs {one.against}"


def _figure(name: str, one: Line) -> str:
    if one.point is None:
        return DASH
    figure = metrics.METRICS[name].figure(one.point.counts)
    return metrics.format_figure(name, figure) + ("" if figure.value is None else
                                                  f" ({metrics.format_ends(name, figure)})")


def _seconds(one: Line) -> str:
    return format_seconds(per_hundred(one.took).seconds) if one.took else DASH


def _compare(lines: Sequence[Line]) -> None:
    """A picked line goes into the address: that version after, the one before it before."""
    picked = st.session_state["versions_list"].selection.rows
    if not picked or picked[0] >= len(lines):
        return
    after = lines[picked[0]]
    before = after.against or max((one.version for one in lines if one.version < after.version), default=None)
    if before is not None:
        st.query_params["after"], st.query_params["before"] = str(after.version), str(before)
        for word in ("run_after", "run_before"):
            st.query_params.pop(word, None)


def _took(found: list[Line]) -> None:
    """What each version's run took, in a folded box."""
    if not found:
        return
    each = [per_hundred(one.took) for one in found]
    with st.expander("What their runs took", icon=":material/payments:"):
        st.dataframe({
            "version": [str(one.version) for one in found], "run": [str(one.run.id) for one in found],
            "model": [one.model for one in found],
            "cost per 100": [format_cost(of.cost, one.took.why) for one, of in zip(found, each, strict=True)],
            "seconds per 100": [format_seconds(of.seconds) for of in each],
            "tokens per 100": [f"{format_count(of.prompt_tokens)} in, {format_count(of.completion_tokens)} out"
                               for of in each],
            "median, 95 % of replies": [f"{format_time(one.took.median)}, {format_time(one.took.p95)}"
                                        for one in found],
            "calls": [format_count(one.took.calls) for one in found],
            "errors": [", ".join(f"{n:,} {kind}" for kind, n in one.took.errors.items()) or "0" for one in found]},
            hide_index=True, key="versions_took")
