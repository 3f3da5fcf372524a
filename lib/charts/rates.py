"""Failure rates with their 95 % intervals, one below the other."""

import altair as alt
import pandas as pd

from lib.charts.palette import FAIL_COLOUR, QUIET, drawable, for_rows, framed, names, share_axis, tooltip
from lib.statistics.pivots import PivotCell


def rates_chart(cells: list[PivotCell], dimension: str, source: str) -> alt.TopLevelMixin:
    """Failure rate by value: a dot with its 95 % interval; a click selects the value (selection "value").

    Where a judge's rate could be corrected, a diamond below the dot shows it.
    """
    frame = pd.DataFrame([{
        "value": drawable(cell.values[0]), "n": cell.n, "rate": cell.rate.value, "low": cell.rate.low,
        "high": cell.rate.high, "corrected": cell.corrected and cell.corrected.value} for cell in cells if cell.n])
    order = list(frame["value"]) if len(frame) else []
    select = alt.selection_point(fields=["value"], name="value")
    base = alt.Chart(frame).encode(y=names("value"), tooltip=[
        *tooltip("value"), alt.Tooltip(field="corrected", type="quantitative", format=".0%")])
    whisker = base.mark_rule(color=FAIL_COLOUR, strokeWidth=2, opacity=0.55).encode(
        x=share_axis("low", "failure rate"), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=130, color=FAIL_COLOUR, opacity=1, cursor="pointer").encode(
        x=share_axis("rate", "failure rate"),
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    diamond = base.mark_point(shape="diamond", size=60, color=QUIET, filled=False, strokeWidth=2, dy=9).encode(
        x=share_axis("corrected", "failure rate"))
    count = base.mark_text(align="left", dx=14, color=QUIET, fontSize=11).encode(
        x=alt.value("width"), text=alt.Text(field="n", type="quantitative", format=",d"))
    known = any(cell.corrected and cell.corrected.value is not None for cell in cells)
    return framed(whisker + dot + diamond + count if known else whisker + dot + count, for_rows(len(order)),
                  f"Failure rate by {dimension}", f"{source}; n at the right, lines are 95 % intervals"
                  + (", ◇ corrected for the judge's errors" if known else ""))
