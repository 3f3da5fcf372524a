"""Tables become Altair charts; the palette is here and nowhere else.

The only importer of altair. Field names are our own; names and texts of the user are data only,
so that nothing of theirs is read as an expression or fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pandas as pd

from lib.breakdowns import Distribution, Rate
from lib.metrics import METRICS, format_figure
from lib.records import Figure

# Okabe and Ito's blue and vermillion: told apart by colour-blind readers, legible on white and on black.
PASS_COLOUR, FAIL_COLOUR, ACCENT, QUIET = "#0072B2", "#D55E00", "#3D7A8C", "#8A8F98"
TARGET = 0.9
_ROW_HEIGHT = 30
_AROUND = 105  # title and axis: the height on a page includes them
_SHARE = alt.Scale(domain=[0, 1])


@dataclass(frozen=True)
class Chart:
    """One row of the table of charts."""

    name: str
    help: str
    draw: Callable[..., alt.TopLevelMixin]


def rates_chart(rates: list[Rate], dimension: str, source: str) -> alt.TopLevelMixin:
    """Pass rate by value: a dot with its 95 % interval; a click selects the value (selection "value")."""
    frame = pd.DataFrame([{"value": rate.value, "n": rate.n, "rate": rate.rate.value, "low": rate.rate.low,
                           "high": rate.rate.high, "small": rate.small} for rate in rates if rate.n])
    order = list(frame["value"]) if len(frame) else []
    select = alt.selection_point(fields=["value"], name="value")
    row = _names("value", order)
    base = alt.Chart(frame).encode(y=row, tooltip=_tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=_share_axis("low", "pass rate"), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=130, color=ACCENT, opacity=1, cursor="pointer").encode(
        x=_share_axis("rate", "pass rate"),
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    count = base.mark_text(align="left", dx=14, color=QUIET, fontSize=11).encode(
        x=alt.value("width"), text=alt.Text(field="n", type="quantitative", format=",d"))
    return _frame(whisker + dot + count, len(order), f"Pass rate by {dimension}",
                  f"{source}; n at the right, lines are 95 % intervals")


def modes_chart(distribution: Distribution) -> alt.TopLevelMixin:
    """How many coded fails have each failure mode; a click selects it (selection "mode")."""
    frame = pd.DataFrame([{"mode": mode.name, "count": mode.count, "rate": mode.share.value,
                           "low": mode.share.low, "high": mode.share.high, "n": distribution.coded}
                          for mode in distribution.modes])
    order = list(frame["mode"]) if len(frame) else []
    select = alt.selection_point(fields=["mode"], name="mode")
    base = alt.Chart(frame).encode(
        y=_names("mode", order),
        x=alt.X(field="count", type="quantitative", title="fails", axis=alt.Axis(tickMinStep=1, format="d")))
    bars = base.mark_bar(color=FAIL_COLOUR, cornerRadiusEnd=3, cursor="pointer").encode(
        tooltip=[alt.Tooltip(field="mode", type="nominal"), alt.Tooltip(field="count", type="quantitative"),
                 alt.Tooltip(field="rate", type="quantitative", format=".1%", title="share of coded fails")],
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    share = base.mark_text(align="left", dx=5, color=QUIET).encode(
        text=alt.Text(field="rate", type="quantitative", format=".0%"))
    return _frame(bars + share, len(order), "Failure modes",
                  f"{distribution.coded:,} coded fails, {distribution.uncoded:,} not coded")


def agreement_chart(figures: dict[str, Figure], n: int, source: str) -> alt.TopLevelMixin:
    """Every share with its 95 % interval beside the target line at 90 %; kappa is no share and stays out."""
    frame = pd.DataFrame([{"value": METRICS[name].label, "rate": figure.value, "low": figure.low, "high": figure.high,
                           "n": n, "text": format_figure(name, figure)}
                          for name, figure in figures.items() if name != "kappa" and figure.value is not None])
    order = list(frame["value"]) if len(frame) else []
    base = alt.Chart(frame).encode(
        y=_names("value", order),
        tooltip=_tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=_share_axis("low", None), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=120, color=ACCENT, opacity=1).encode(x=_share_axis("rate", None))
    target = alt.Chart(pd.DataFrame([{"target": TARGET}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        x=_share_axis("target", None))
    return _frame(target + whisker + dot, len(order), source, f"n = {n:,} pairs, dashed line: target {TARGET:.0%}")


def _tooltip(name: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field=name, type="nominal"), alt.Tooltip(field="n", type="quantitative", format=",d"),
            *(alt.Tooltip(field=field, type="quantitative", format=".1%") for field in ("rate", "low", "high"))]


def _names(field: str, order: list[str]) -> alt.Y:
    return alt.Y(field=field, type="nominal", sort=order, title=None,
                 axis=alt.Axis(labelLimit=260, labelOverlap=False))


def _share_axis(field: str, title: str | None) -> alt.X:
    return alt.X(field=field, type="quantitative", scale=_SHARE, title=title, axis=alt.Axis(format=".0%", tickCount=5))


def _frame(chart: alt.LayerChart, rows: int, title: str, subtitle: str) -> alt.TopLevelMixin:
    return chart.properties(
        height=rows * _ROW_HEIGHT + _AROUND, padding={"left": 5, "right": 40, "top": 5, "bottom": 5},
        title=alt.TitleParams(title, subtitle=subtitle, anchor="start", frame="group", fontSize=13, subtitleFontSize=11,
                              subtitleColor=QUIET, limit=900)).configure(
            background="transparent").configure_view(strokeWidth=0)


CHARTS = {chart.name: chart for chart in (
    Chart("rates", "pass rate by the values of a dimension, with intervals", rates_chart),
    Chart("modes", "failure modes of the coded fails, most frequent first", modes_chart),
    Chart("agreement", "every share of an agreement with its interval and the target", agreement_chart),
)}
