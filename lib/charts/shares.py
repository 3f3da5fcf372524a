"""Shares with their 95 % intervals, one below the other: pass rates by value, and the figures of an agreement."""

import altair as alt
import pandas as pd

from lib.breakdowns import Rate
from lib.charts.ink import ACCENT, FAIL_COLOUR, QUIET, TARGET, framed, names, share_axis, tooltip
from lib.metrics import METRICS, format_figure
from lib.records import Figure


def rates_chart(rates: list[Rate], dimension: str, source: str) -> alt.TopLevelMixin:
    """Pass rate by value: a dot with its 95 % interval; a click selects the value (selection "value")."""
    frame = pd.DataFrame([{"value": rate.value, "n": rate.n, "rate": rate.rate.value, "low": rate.rate.low,
                           "high": rate.rate.high, "small": rate.small} for rate in rates if rate.n])
    order = list(frame["value"]) if len(frame) else []
    select = alt.selection_point(fields=["value"], name="value")
    row = names("value", order)
    base = alt.Chart(frame).encode(y=row, tooltip=tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=share_axis("low", "pass rate"), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=130, color=ACCENT, opacity=1, cursor="pointer").encode(
        x=share_axis("rate", "pass rate"),
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    count = base.mark_text(align="left", dx=14, color=QUIET, fontSize=11).encode(
        x=alt.value("width"), text=alt.Text(field="n", type="quantitative", format=",d"))
    return framed(whisker + dot + count, len(order), f"Pass rate by {dimension}",
                  f"{source}; n at the right, lines are 95 % intervals")


def agreement_chart(figures: dict[str, Figure], n: int, source: str,
                    ceiling: Figure = Figure(None)) -> alt.TopLevelMixin:
    """Every share with its 95 % interval beside the target line at 90 %; kappa is no share and stays out.

    `ceiling` is the expert's agreement with themselves: a line in a pale band, above which no judge can be expected.
    """
    frame = pd.DataFrame([{"value": METRICS[name].label, "rate": figure.value, "low": figure.low, "high": figure.high,
                           "n": n, "text": format_figure(name, figure)}
                          for name, figure in figures.items() if name != "kappa" and figure.value is not None])
    order = list(frame["value"]) if len(frame) else []
    base = alt.Chart(frame).encode(
        y=names("value", order),
        tooltip=tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=share_axis("low", None), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=120, color=ACCENT, opacity=1).encode(x=share_axis("rate", None))
    target = alt.Chart(pd.DataFrame([{"target": TARGET}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        x=share_axis("target", None))
    words = f"n = {n:,} pairs, dashed: target {TARGET:.0%}"
    if ceiling.value is None:
        return framed(target + whisker + dot, len(order), source, words)
    return framed(_ceiling(ceiling) + target + whisker + dot, len(order), source,
                  f"{words}, orange: the expert's own")


def _ceiling(figure: Figure) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame([{"ceiling": figure.value, "from": figure.low, "to": figure.high}]))
    band = base.mark_rect(color=FAIL_COLOUR, opacity=0.12).encode(x=share_axis("from", None), x2=alt.X2(field="to"))
    return band + base.mark_rule(color=FAIL_COLOUR, strokeWidth=2).encode(
        x=share_axis("ceiling", None), tooltip=[alt.Tooltip(field="ceiling", type="quantitative", format=".1%",
                                                             title="the expert with themselves")])
