"""Lines that no judge can be expected to exceed, across a chart of shares: each in a pale band of its interval."""

from collections.abc import Callable, Mapping

import altair as alt
import pandas as pd

from lib.charts.palette import FAIL_COLOUR, SECOND_COLOUR
from lib.records import Figure

# What a ceiling is called -> its colour, how the subtitle names it, and what it says under the pointer.
CEILINGS = {"own": (FAIL_COLOUR, "orange: the expert's own", "the expert with themselves"),
            "two experts": (SECOND_COLOUR, "violet: two experts", "two experts with each other")}


def lines(ceilings: Mapping[str, Figure], at: Callable[[str], alt.X | alt.Y]) -> list[alt.LayerChart]:
    """A line with its band for each ceiling; `at` makes the axis, across or up, for a field of its table."""
    return [_line(figure, at, *CEILINGS[name][::2]) for name, figure in ceilings.items()]


def words(ceilings: Mapping[str, Figure]) -> str:
    """How a subtitle names the lines; begins with a comma where there are any."""
    return "".join(f", {CEILINGS[name][1]}" for name in ceilings)


def _line(figure: Figure, at: Callable[[str], alt.X | alt.Y], colour: str, title: str) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame([{"ceiling": figure.value, "from": figure.low, "to": figure.high}]))
    far = alt.X2(field="to") if isinstance(at("to"), alt.X) else alt.Y2(field="to")
    band = base.mark_rect(color=colour, opacity=0.12).encode(at("from"), far)
    return band + base.mark_rule(color=colour, strokeWidth=2).encode(
        at("ceiling"),
        tooltip=[alt.Tooltip(field="ceiling", type="quantitative", format=".2f", title=title)])
