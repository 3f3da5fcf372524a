"""Tables become Altair charts; CHARTS is the table of them, and the palette is in palette.py and nowhere else.

The only importer of altair. Field names are our own; names and texts of the user are data only,
so that nothing of theirs is read as an expression or fetched. A title stands in one as numbers of its letters.
"""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt

from lib.charts.causes import modes_chart, saturation_chart
from lib.charts.coverage_risk import coverage_risk_chart
from lib.charts.grids import coverage_chart, heat_chart
from lib.charts.over_time import over_time_chart
from lib.charts.probabilities import histogram_chart, reliability_chart
from lib.charts.rates import rates_chart
from lib.charts.shares import agreement_chart, slices_chart
from lib.charts.times import drift_chart, trend_chart


@dataclass(frozen=True)
class Chart:
    """One row of the table of charts."""

    name: str
    help: str
    draw: Callable[..., alt.TopLevelMixin]


CHARTS = {chart.name: chart for chart in (
    Chart("rates", "failure rate by the values of a dimension, with intervals", rates_chart),
    Chart("heat", "two dimensions as a grid, each cell coloured by a share and with its n", heat_chart),
    Chart("modes", "failure modes of the coded fails, by frequency × impact or by frequency", modes_chart),
    Chart("saturation", "failure modes found after each coded fail: whether new ones still come", saturation_chart),
    Chart("coverage", "two dimensions as a grid, each cell with its counts", coverage_chart),
    Chart("agreement", "every share of an agreement with its interval, the target, and the ceilings of the experts",
          agreement_chart),
    Chart("slices", "agreement, TPR and TNR by the values of a dimension, with intervals", slices_chart),
    Chart("coverage_risk", "agreement by the share of traces that a first judge decides alone", coverage_risk_chart),
    Chart("histogram", "a judge's probabilities by what the expert says, about the threshold", histogram_chart),
    Chart("reliability", "how often the expert passes what a judge says, before and after calibration",
          reliability_chart),
    Chart("drift", "a share by month, with intervals", drift_chart),
    Chart("over_time", "pass rate by day, week, month or system version, with intervals and what changed beyond chance",
          over_time_chart),
    Chart("trend", "a share by prompt version, with intervals, joined where the same traces were judged", trend_chart),
)}
