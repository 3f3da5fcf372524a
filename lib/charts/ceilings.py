"""Lines that no judge can be expected to exceed, across a chart of shares: each in a pale band of its interval."""

from collections.abc import Mapping

import altair as alt
import pandas as pd

from lib.charts.ink import FAIL_COLOUR, SECOND_COLOUR, SHARE
from lib.records import Figure

# What a ceiling is called -> its colour, how the subtitle names it, and what it says under the pointer.
CEILINGS = {"own": (FAIL_COLOUR, "orange: the expert's own", "the expert with themselves"),
            "two experts": (SECOND_COLOUR, "violet: two experts", "two experts with each other")}


def lines(ceilings: Mapping[str, Figure], channel: str) -> list[alt.LayerChart]:
    """A line with its band for each, at its place on the channel "x" or "y"."""
    return [_line(figure, channel, *CEILINGS[name][::2]) for name, figure in ceilings.items()]


def words(ceilings: Mapping[str, Figure]) -> str:
    """How a subtitle names the lines; begins with a comma where there are any."""
    return "".join(f", {CEILINGS[name][1]}" for name in ceilings)


def _line(figure: Figure, channel: str, colour: str, title: str) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame([{"ceiling": figure.value, "from": figure.low, "to": figure.high}]))
    axis, far = {"x": (alt.X, alt.X2), "y": (alt.Y, alt.Y2)}[channel]

    def at(field: str):
        return axis(field=field, type="quantitative", scale=SHARE, title=None,
                    axis=alt.Axis(format=".0%", tickCount=5))

    band = base.mark_rect(color=colour, opacity=0.12).encode(**{channel: at("from"), f"{channel}2": far(field="to")})
    return band + base.mark_rule(color=colour, strokeWidth=2).encode(
        **{channel: at("ceiling")},
        tooltip=[alt.Tooltip(field="ceiling", type="quantitative", format=".2f", title=title)])
