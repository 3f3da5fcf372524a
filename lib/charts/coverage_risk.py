"""Coverage and risk: how often a judge agrees where it decides alone, by the share of traces that it decides."""

import math
from collections.abc import Callable, Sequence
from functools import partial

import altair as alt
import pandas as pd

from lib.charts.palette import ACCENT, PASS_COLOUR, QUIET, SECOND_COLOUR, TIME_HEIGHT, framed, share_axis, share_height
from lib.statistics.coverage_risk import Row

ALONE, TOGETHER, EXPERT = "alone there", "with the second judge", "with the expert"
_COLOURS = {ALONE: ACCENT, TOGETHER: SECOND_COLOUR, EXPERT: PASS_COLOUR}
_share = partial(share_axis, "share", "decided alone")


def coverage_risk_chart(rows: Sequence[Row], chosen: float, wanted: float, source: str) -> alt.TopLevelMixin:
    """Agreement by the share decided alone: its 95 % interval as a band, and all traces with help in the rest.

    `chosen` is the share that is looked at, `wanted` the team's target, as a dashed line.
    """
    together = any(row.second.value is not None for row in rows)
    frame = pd.DataFrame([{"share": row.share, "who": who, "rate": figure.value, "low": figure.low,
                           "high": figure.high, "n": figure.n}
                          for row in rows for who, figure in (
                              (ALONE, row.agreement), (TOGETHER, row.whole), (EXPERT, row.by_expert))
                          if figure.value is not None and (who != TOGETHER or together)])
    height = partial(share_height, lowest=math.floor(10 * min([0.5, *frame["low"]] if len(frame) else [0.5])) / 10)
    band = alt.Chart(frame[frame["who"] == ALONE] if len(frame) else frame).mark_area(
        color=ACCENT, opacity=0.15).encode(x=_share(), y=height("low"), y2=alt.Y2(field="high"))
    at = alt.Chart(pd.DataFrame([{"share": chosen}])).mark_rule(color=QUIET, strokeWidth=2).encode(x=_share())
    target = alt.Chart(pd.DataFrame([{"wanted": wanted}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        y=height("wanted"))
    drawn = target + at + band + _lines(frame, height)
    return framed(drawn, TIME_HEIGHT, "Agreement by what the first judge decides alone",
                  f"{source}; band: 95 % interval, dashed: target {wanted:.0%}, upright: the share looked at")


def _lines(frame: pd.DataFrame, height: Callable[[str], alt.Y]) -> alt.Chart:
    there = [who for who in _COLOURS if len(frame) and who in set(frame["who"])]
    return alt.Chart(frame).mark_line(point=alt.OverlayMarkDef(size=40, filled=True), strokeWidth=2).encode(
        x=_share(), y=height("rate"),
        color=alt.Color(field="who", type="nominal", sort=there, legend=alt.Legend(title=None, orient="top"),
                        scale=alt.Scale(domain=there, range=[_COLOURS[who] for who in there])),
        tooltip=[alt.Tooltip(field="who", type="nominal", title="agreement"),
                 *(alt.Tooltip(field=field, type="quantitative", format=".0%")
                   for field in ("share", "rate", "low", "high")),
                 alt.Tooltip(field="n", type="quantitative", format=",d")])
