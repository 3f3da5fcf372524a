"""Why traces fail: failure modes by how many fails have them, and how many had been found after each fail."""

import altair as alt
import pandas as pd

from lib.charts.palette import ACCENT, IMPACT, QUIET, TIME_HEIGHT, drawable, for_rows, framed, names
from lib.records.words import counted
from lib.statistics.mode_pages import Ranked


def modes_chart(modes: list[Ranked], coded: int, uncoded: int, source: str) -> alt.TopLevelMixin:
    """How many coded fails have each failure mode, in the order given; a click selects it (selection "mode")."""
    frame = pd.DataFrame([{"mode": drawable(mode.name), "count": mode.fails, "rate": mode.share.value,
                           "low": mode.share.low, "high": mode.share.high, "n": coded, "impact": mode.impact,
                           "text": f"{mode.share.value:.0%} · {mode.impact}" if coded else mode.impact}
                          for mode in modes])
    order = list(frame["mode"]) if len(frame) else []
    select = alt.selection_point(fields=["mode"], name="mode")
    base = alt.Chart(frame).encode(
        y=names("mode"),
        x=alt.X(field="count", type="quantitative", title="fails",
                axis=alt.Axis(tickMinStep=1, tickCount=6, format="d")))
    bars = base.mark_bar(cornerRadiusEnd=3, cursor="pointer").encode(
        color=alt.Color(field="impact", type="nominal", legend=None,
                        scale=alt.Scale(domain=list(IMPACT), range=list(IMPACT.values()))),
        tooltip=[alt.Tooltip(field="mode", type="nominal"), alt.Tooltip(field="count", type="quantitative"),
                 alt.Tooltip(field="rate", type="quantitative", format=".0%", title="share of coded fails"),
                 *(alt.Tooltip(field=field, type="quantitative", format=".0%") for field in ("low", "high")),
                 alt.Tooltip(field="impact", type="nominal")],
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    share = base.mark_text(align="left", dx=5, color=QUIET).encode(text=alt.Text(field="text", type="nominal"))
    return framed(bars + share, for_rows(len(order)), "Failure modes",
                  f"{source}: {counted(coded, 'coded fail')}, {uncoded:,} not coded; share of coded fails · impact")


def saturation_chart(curve: list[int], source: str) -> alt.TopLevelMixin:
    """How many different failure modes had been found after each coded fail, in the order the fails were read."""
    # Only where it rises: a chart of 100,000 points says no more.
    kept = [place for place, found in enumerate(curve) if place in (0, len(curve) - 1) or found > curve[place - 1]]
    frame = pd.DataFrame([{"read": place + 1, "found": curve[place]} for place in kept])
    base = alt.Chart(frame).encode(
        x=alt.X(field="read", type="quantitative", title="coded fails read", axis=alt.Axis(tickMinStep=1, format="d")),
        y=alt.Y(field="found", type="quantitative", title="failure modes found",
                axis=alt.Axis(tickMinStep=1, format="d")),
        tooltip=[alt.Tooltip(field="read", type="quantitative", format=",d"),
                 alt.Tooltip(field="found", type="quantitative", format=",d")])
    line = base.mark_line(color=ACCENT, strokeWidth=2, interpolate="step-after")
    dot = base.mark_circle(color=ACCENT, size=50, opacity=1)
    return framed(line + dot, TIME_HEIGHT, "Are new failure modes still coming?",
                  f"{source}; n = {counted(len(curve), 'coded fail')}, a dot where one was new")
