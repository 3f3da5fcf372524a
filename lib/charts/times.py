"""Shares in the order of time: by week, month or system version, and by prompt version."""

import math
from collections.abc import Callable, Mapping
from functools import partial
from types import MappingProxyType

import altair as alt
import pandas as pd

from lib.charts.ceilings import lines, words
from lib.charts.palette import (
    ACCENT,
    IN_ORDER,
    QUIET,
    SHARE,
    TARGET,
    TIME_HEIGHT,
    drawable,
    framed,
    share_height,
    tooltip,
)
from lib.records import Figure
from lib.statistics.breakdowns import Rate
from lib.statistics.metrics import METRICS
from lib.statistics.versions import Measured

# One for each set of traces that versions were measured on, and the sign that names it beside the chart.
SHAPES = {"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆", "cross": "✚"}


def drift_chart(rates: list[Rate], share: str, source: str, by: str = "month",
                pressed: bool = False) -> alt.TopLevelMixin:
    """A share by date, or by version, in the order given: a dot with its 95 % interval, n above, a thin line.

    `pressed`: a click on a dot selects it (selection "point").
    """
    frame = pd.DataFrame([{"date": drawable(rate.value), "n": rate.n, "count": rate.passes, "rate": rate.rate.value,
                           "low": rate.rate.low, "high": rate.rate.high} for rate in rates if rate.n])
    base = alt.Chart(frame).encode(tooltip=_said(by), x=alt.X(
        field="date", type="ordinal", title=None, sort=IN_ORDER,
        scale=alt.Scale(paddingOuter=0.5), axis=alt.Axis(labelAngle=0, labelOverlap=True)))

    def height(field: str) -> alt.Y:
        return alt.Y(field=field, type="quantitative", scale=SHARE, title=share,
                     axis=alt.Axis(format=".0%", tickCount=5))

    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(y=height("low"), y2=alt.Y2(field="high"))
    line = base.mark_line(color=ACCENT, strokeWidth=1, opacity=0.55).encode(y=height("rate"))
    dot = base.mark_circle(size=120, color=ACCENT, opacity=1).encode(y=height("rate"))
    dots = _pressed(dot) if pressed else dot
    count = base.mark_text(dy=-8, baseline="bottom", color=QUIET, fontSize=11).encode(
        y=alt.value(0), text=alt.Text(field="n", type="quantitative", format=",d"))
    return framed(line + whisker + dots + count, TIME_HEIGHT, f"{share.capitalize()} by {by}",
                  f"{source}; n on top, 95 % intervals")


def _said(by: str) -> list[alt.Tooltip]:
    """What a dot in time says under the pointer: also how many of n have what the share is of."""
    _, whole, *shares = tooltip("date")
    return [alt.Tooltip(field="date", type="nominal", title=by), whole,
            alt.Tooltip(field="count", type="quantitative", format=",d", title="of them"), *shares]


def _pressed(dot: alt.Chart) -> alt.Chart:
    select = alt.selection_point(fields=["date"], name="point")
    return dot.mark_circle(size=120, color=ACCENT, cursor="pointer").encode(
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)


def trend_chart(points: list[Measured], name: str,
                ceilings: Mapping[str, Figure] = MappingProxyType({}), wanted: float = TARGET) -> alt.TopLevelMixin:
    """One figure by prompt version: a dot with its 95 % interval, joined only where the same traces were judged."""
    frame = pd.DataFrame([{
        "version": point.version, "traces": point.traces, "run": point.run, "n": point.counts.n, "note": point.note,
        "rate": figure.value, "low": figure.low, "high": figure.high}
        for point in points if (figure := METRICS[name].figure(point.counts)).value is not None])
    sets = list(dict.fromkeys(point.traces for point in points))
    base = alt.Chart(frame).encode(x=alt.X(
        field="version", type="ordinal", title="prompt version", axis=alt.Axis(labelAngle=0, labelOverlap=True),
        scale=alt.Scale(paddingOuter=0.5)), xOffset=alt.XOffset(field="traces", type="nominal", sort=IN_ORDER))
    height = _height(name, frame)
    details = [alt.Tooltip(field=field, type="nominal") for field in ("version", "traces", "run", "note")]
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        y=height("low"), y2=alt.Y2(field="high"))
    line = base.mark_line(color=ACCENT, strokeWidth=1.5, opacity=0.7).encode(
        y=height("rate"), detail=alt.Detail(field="traces", type="nominal"))
    dot = base.mark_point(size=110, color=ACCENT, filled=True, opacity=1).encode(
        y=height("rate"), tooltip=[*details, *tooltip("version")[1:]], shape=alt.Shape(
            field="traces", type="nominal", legend=None, scale=alt.Scale(
                domain=sets, range=[list(SHAPES)[place % len(SHAPES)] for place in range(len(sets))])))
    target, said = _target(name, wanted)
    return framed(alt.layer(*lines(ceilings, height), *target, whisker, line, dot), TIME_HEIGHT, METRICS[name].label,
                  (said + words(ceilings)).removeprefix(", "))


def _height(name: str, frame: pd.DataFrame) -> Callable[[str], alt.Y]:
    """The axis of a figure: a share, or kappa, which is none and may be less than nothing."""
    if name != "kappa":
        return share_height
    lowest = min(0.0, *frame["low"]) if len(frame) else 0.0
    return partial(share_height, lowest=math.floor(lowest * 5) / 5, form=".1f")


def _target(name: str, wanted: float) -> tuple[list[alt.Chart], str]:
    """The line of the target and how it is named; kappa has none, for the target is a share."""
    if name == "kappa":
        return [], ""
    return [alt.Chart(pd.DataFrame([{"target": wanted}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        y=share_height("target"))], f"dashed: target {wanted:.0%}"
