"""A judge's probabilities beside the expert's labels: how they lie about the threshold, and how far they hold."""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from lib.charts.palette import ACCENT, FAIL_COLOUR, PASS_COLOUR, QUIET, TIME_HEIGHT, framed, share_axis, share_height
from lib.statistics.calibration import Bin

BARS = 20
BEFORE, AFTER = "as it says", "calibrated"
_COLOURS = {BEFORE: QUIET, AFTER: ACCENT}


def histogram_chart(pairs: Sequence[tuple[float, bool]], threshold: float, source: str) -> alt.TopLevelMixin:
    """Probabilities of pass in bars: what the expert passed above the axis, what they failed below it.

    The threshold is an upright line: what lies right of it the judge passes.
    """
    counts = {(place, passed): 0 for place in range(BARS) for passed in (True, False)}
    for p, passed in pairs:
        counts[min(int(p * BARS), BARS - 1), passed] += 1
    frame = pd.DataFrame([{"from": place / BARS, "to": (place + 1) / BARS, "n": n, "height": n if passed else -n,
                           "zero": 0, "expert": "pass" if passed else "fail"}
                          for (place, passed), n in counts.items() if n])
    bars = alt.Chart(frame).mark_bar(stroke=None).encode(
        x=share_axis("from", "probability of pass, as it says"), x2=alt.X2(field="to"),
        y=alt.Y(field="height", type="quantitative", title="fail   traces   pass",
                axis=alt.Axis(format="(,d", tickMinStep=1)),
        y2=alt.Y2(field="zero"),
        color=alt.Color(field="expert", type="nominal", legend=alt.Legend(title="The expert says", orient="top"),
                        scale=alt.Scale(domain=["pass", "fail"], range=[PASS_COLOUR, FAIL_COLOUR])),
        tooltip=[alt.Tooltip(field="expert", type="nominal", title="the expert says"),
                 *(alt.Tooltip(field=field, type="quantitative", format=form)
                   for field, form in (("from", ".0%"), ("to", ".0%"), ("n", ",d")))])
    line = alt.Chart(pd.DataFrame([{"at": threshold}])).mark_rule(color=ACCENT, strokeWidth=3).encode(
        x=share_axis("at", "probability of pass, as it says"))
    return framed(bars + line, TIME_HEIGHT, "Where the probabilities lie",
                  f"{source}; upright: the threshold {threshold:.2f}, pass from there on")


def reliability_chart(before: Sequence[Bin], after: Sequence[Bin], source: str) -> alt.TopLevelMixin:
    """How often the expert passes what the judge says, in bins, before and after calibration; dashed: it holds."""
    frame = pd.DataFrame([{"says": one.mean, "rate": one.passes.value, "low": one.passes.low, "high": one.passes.high,
                           "n": one.passes.n, "which": which}
                          for which, bins in ((BEFORE, before), (AFTER, after)) for one in bins])
    base = alt.Chart(frame).encode(
        x=share_axis("says", "it says"),
        color=alt.Color(field="which", type="nominal", sort=[BEFORE, AFTER],
                        legend=alt.Legend(title=None, orient="top"),
                        scale=alt.Scale(domain=list(_COLOURS), range=list(_COLOURS.values()))),
        tooltip=[alt.Tooltip(field="which", type="nominal"), alt.Tooltip(field="n", type="quantitative", format=",d"),
                 *(alt.Tooltip(field=field, type="quantitative", format=".0%")
                   for field in ("says", "rate", "low", "high"))])
    whisker = base.mark_rule(strokeWidth=2, opacity=0.55).encode(y=share_height("low"), y2=alt.Y2(field="high"))
    dot = base.mark_circle(size=120, opacity=1).encode(y=share_height("rate"))
    holds = alt.Chart(pd.DataFrame([{"says": 0.0, "rate": 0.0}, {"says": 1.0, "rate": 1.0}])).mark_line(
        color=QUIET, strokeDash=[4, 4]).encode(x=share_axis("says", "it says"), y=share_height("rate"))
    return framed(holds + whisker + dot, TIME_HEIGHT, "How often the expert passes what it says",
                  f"{source}; 95 % intervals, dashed: what it says holds")
