"""Shares with their 95 % intervals, one below the other: the figures of an agreement, as a whole and by value."""

from collections.abc import Mapping, Sequence
from functools import partial
from types import MappingProxyType

import altair as alt
import pandas as pd

from lib.charts.ceilings import lines, words
from lib.charts.palette import (
    ACCENT,
    AROUND,
    FAIL_COLOUR,
    PASS_COLOUR,
    QUIET,
    TARGET,
    drawable,
    for_rows,
    framed,
    names,
    share_axis,
    tooltip,
)
from lib.records import Figure
from lib.records.words import counted
from lib.statistics.breakdowns import OF_A_SLICE, SMALL_N, Slice
from lib.statistics.metrics import METRICS, format_figure

_SLICE_HEIGHT = 48


def agreement_chart(figures: dict[str, Figure], n: int, source: str,
                    ceilings: Mapping[str, Figure] = MappingProxyType({}), wanted: float = TARGET) -> alt.TopLevelMixin:
    """Every share with its 95 % interval beside the line of the target; kappa is no share and stays out.

    `ceilings` are lines in pale bands, above which no judge can be expected.
    """
    frame = pd.DataFrame([{"value": METRICS[name].label, "rate": figure.value, "low": figure.low, "high": figure.high,
                           "n": n, "text": format_figure(name, figure)}
                          for name, figure in figures.items() if name != "kappa" and figure.value is not None])
    order = list(frame["value"]) if len(frame) else []
    base = alt.Chart(frame).encode(
        y=names("value"),
        tooltip=tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=share_axis("low", None), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=120, color=ACCENT, opacity=1).encode(x=share_axis("rate", None))
    target = alt.Chart(pd.DataFrame([{"target": wanted}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        x=share_axis("target", None))
    above = lines(ceilings, partial(share_axis, title=None))
    return framed(alt.layer(*above, target, whisker, dot), for_rows(len(order)), source,
                  f"n = {counted(n, 'pair')}, dashed: target {wanted:.0%}{words(ceilings)}")


def slices_chart(slices: Sequence[Slice], dimension: str) -> alt.TopLevelMixin:
    """Agreement, TPR and TNR by the values of a dimension, each with its interval; hollow where n is small."""
    frame = pd.DataFrame([{
        "value": drawable(one.value), "n": one.counts.n, "metric": METRICS[name].label, "rate": figure.value,
        "low": figure.low, "high": figure.high, "size": "small" if one.small else "enough"} for one in slices
        for name in OF_A_SLICE if (figure := getattr(one, name)).value is not None])
    order = list(dict.fromkeys(frame["value"])) if len(frame) else []
    labels = [METRICS[name].label for name in OF_A_SLICE]
    base = alt.Chart(frame).encode(
        y=names("value", 130), yOffset=alt.YOffset(field="metric", type="nominal", sort=labels),
        color=alt.Color(field="metric", type="nominal", sort=labels, legend=alt.Legend(title=None, orient="top"),
                        scale=alt.Scale(domain=labels, range=[ACCENT, PASS_COLOUR, FAIL_COLOUR])),
        tooltip=[alt.Tooltip(field="metric", type="nominal"), *tooltip("value")])
    whisker = base.mark_rule(strokeWidth=2, opacity=0.45).encode(x=share_axis("low", None), x2=alt.X2(field="high"))
    dot = base.mark_point(size=55, opacity=1).encode(x=share_axis("rate", None), fillOpacity=alt.FillOpacity(
        field="size", type="nominal", legend=None, scale=alt.Scale(domain=["small", "enough"], range=[0, 1])),
        fill=alt.Fill(field="metric", type="nominal", legend=None,
                      scale=alt.Scale(domain=labels, range=[ACCENT, PASS_COLOUR, FAIL_COLOUR])))
    return framed(whisker + dot, len(order) * _SLICE_HEIGHT + AROUND + 30, f"Agreement by {dimension}",
                  f"95 % intervals; hollow: fewer than {SMALL_N} pairs")
