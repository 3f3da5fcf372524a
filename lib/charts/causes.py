"""Why traces fail: failure modes by how many fails have them."""

import altair as alt
import pandas as pd

from lib.breakdowns import Distribution
from lib.charts.ink import FAIL_COLOUR, QUIET, framed, names


def modes_chart(distribution: Distribution) -> alt.TopLevelMixin:
    """How many coded fails have each failure mode; a click selects it (selection "mode")."""
    frame = pd.DataFrame([{"mode": mode.name, "count": mode.count, "rate": mode.share.value,
                           "low": mode.share.low, "high": mode.share.high, "n": distribution.coded}
                          for mode in distribution.modes])
    order = list(frame["mode"]) if len(frame) else []
    select = alt.selection_point(fields=["mode"], name="mode")
    base = alt.Chart(frame).encode(
        y=names("mode", order),
        x=alt.X(field="count", type="quantitative", title="fails", axis=alt.Axis(tickMinStep=1, format="d")))
    bars = base.mark_bar(color=FAIL_COLOUR, cornerRadiusEnd=3, cursor="pointer").encode(
        tooltip=[alt.Tooltip(field="mode", type="nominal"), alt.Tooltip(field="count", type="quantitative"),
                 alt.Tooltip(field="rate", type="quantitative", format=".1%", title="share of coded fails")],
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    share = base.mark_text(align="left", dx=5, color=QUIET).encode(
        text=alt.Text(field="rate", type="quantitative", format=".0%"))
    return framed(bars + share, len(order), "Failure modes",
                  f"{distribution.coded:,} coded fails, {distribution.uncoded:,} not coded")
