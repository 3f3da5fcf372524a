"""Pass rates in the order of time, what changed beyond chance marked; days, weeks and months stand on an axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import altair as alt
import pandas as pd

from lib.charts.palette import (
    ACCENT,
    FAIL_COLOUR,
    IN_ORDER,
    PASS_COLOUR,
    QUIET,
    TIME_HEIGHT,
    drawable,
    framed,
    share_height,
    tooltip,
)
from lib.records import Figure

LOWER, HIGHER, STEADY = "lower than before", "higher than before", "no change beyond chance"
_FORMATS = {"day": "%-d %b", "week": "%-d %b", "month": "%b %Y"}


@dataclass(frozen=True)
class Dot:
    """One point: its name, its first day (None: not known), its pass rate, and how it stands to those before."""

    name: str
    first_day: str | None
    n: int
    rate: Figure
    change: str = STEADY
    corrected: Figure | None = None  # for the errors of a judge


def over_time_chart(dots: Sequence[Dot], by: str, source: str) -> alt.TopLevelMixin:
    """Pass rate by day, week, month or system version: a dot with its 95 % interval, n above, a triangle at a change.

    Days, weeks and months stand on an axis of time, so that one without traces is a gap; a click on a dot selects it
    (selection "point"). Where a judge's rate could be corrected, a diamond beside the dot shows it.
    """
    rows = pd.DataFrame([_row(dot) for dot in dots if dot.n])
    base = alt.Chart(rows).encode(x=_axis(dots, by))
    line = base.mark_line(color=ACCENT, strokeWidth=1, opacity=0.45).encode(y=share_height("rate"))
    whisker = base.mark_rule(strokeWidth=2, opacity=0.55).encode(y=share_height("low"), y2=alt.Y2(field="high"),
                                                                 color=_coloured())
    count = base.mark_text(dy=-8, baseline="bottom", color=QUIET, fontSize=11).encode(
        y=alt.value(0), text=alt.Text(field="n", type="quantitative", format=",d"))
    known = any(dot.n and dot.corrected and dot.corrected.value is not None for dot in dots)
    layers = [line, whisker, *(_corrected(base) if known else ()), _dots(base, by), count]
    return framed(alt.layer(*layers), TIME_HEIGHT, f"Pass rate by {by}",
                  f"{source}; n on top, 95 % intervals, ▼ lower and ▲ higher than before beyond chance"
                  + (", ◇ corrected for the judge's errors" if known else ""))


def _row(dot: Dot) -> dict:
    fair = dot.corrected or Figure(None)
    return {"date": drawable(dot.name), "day": dot.first_day, "n": dot.n, "rate": dot.rate.value, "low": dot.rate.low,
            "high": dot.rate.high, "change": dot.change, "corrected": fair.value, "corrected_low": fair.low,
            "corrected_high": fair.high}


def _axis(dots: Sequence[Dot], by: str) -> alt.X:
    """Of time for days, weeks and months, labelled at their first days alone; versions in the order given."""
    if by not in _FORMATS:
        return alt.X(field="date", type="ordinal", title=None, sort=IN_ORDER,
                     scale=alt.Scale(paddingOuter=0.5), axis=alt.Axis(labelAngle=0, labelOverlap=True, labelLimit=120))
    days = [date.fromisoformat(dot.first_day) for dot in dots if dot.n and dot.first_day]
    years = " %Y" if by in ("day", "week") and len({day.year for day in days}) > 1 else ""
    return alt.X(field="day", type="temporal", title=None, scale=alt.Scale(type="utc", padding=28), axis=alt.Axis(
        format=_FORMATS[by] + years, labelOverlap=True, labelFlush=False, grid=False,
        values=[alt.DateTime(year=day.year, month=day.month, date=day.day, utc=True) for day in days]))


def _coloured() -> alt.Color:
    return alt.Color(field="change", type="nominal", legend=None, scale=alt.Scale(
        domain=[STEADY, LOWER, HIGHER], range=[ACCENT, FAIL_COLOUR, PASS_COLOUR]))


def _dots(base: alt.Chart, by: str) -> alt.Chart:
    select = alt.selection_point(fields=["date"], name="point")
    _, whole, *shares = tooltip("date")
    said = [alt.Tooltip(field="date", type="nominal", title=by), whole, *shares,
            alt.Tooltip(field="change", type="nominal"),
            alt.Tooltip(field="corrected", type="quantitative", format=".0%")]
    return base.mark_point(size=120, filled=True, cursor="pointer").encode(
        y=share_height("rate"), color=_coloured(), tooltip=said,
        shape=alt.Shape(field="change", type="nominal", legend=None, scale=alt.Scale(
            domain=[STEADY, LOWER, HIGHER], range=["circle", "triangle-down", "triangle-up"])),
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)


def _corrected(base: alt.Chart) -> list[alt.Chart]:
    """A diamond with its interval, a little to the right of the dot."""
    aside = {"color": QUIET, "xOffset": 10}
    return [base.mark_rule(strokeWidth=1, opacity=0.7, **aside).encode(
                y=share_height("corrected_low"), y2=alt.Y2(field="corrected_high")),
            base.mark_point(shape="diamond", size=60, filled=False, strokeWidth=2, **aside).encode(
                y=share_height("corrected"))]
