"""Tables become Altair charts; the palette is here and nowhere else.

The only importer of altair. Field names are our own; names and texts of the user are data only,
so that nothing of theirs is read as an expression or fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pandas as pd

from lib.breakdowns import Distribution, Rate
from lib.metrics import METRICS, format_figure
from lib.records import Cell, Figure
from lib.versions import Measured

# Okabe and Ito's blue and vermillion: told apart by colour-blind readers, legible on white and on black.
PASS_COLOUR, FAIL_COLOUR, ACCENT, QUIET = "#0072B2", "#D55E00", "#3D7A8C", "#8A8F98"
# The same with white words on them, dark enough to be read in both themes: a contrast of 5 to 1 and more.
PASS_FILL, FAIL_FILL = PASS_COLOUR, "#B85000"
TARGET = 0.9
_ROW_HEIGHT = 30
_AROUND = 105  # title and axis: the height on a page includes them
# Pale enough for the same dark ink in both themes.
_CELL_HEIGHT, _PALE, _DEEP, _INK = 38, "#E3EFF2", "#7FB4C2", "#14181B"
_DRIFT_HEIGHT = 260
_SHARE = alt.Scale(domain=[0, 1])
# One for each set of traces that versions were measured on, and the sign that names it beside the chart.
SHAPES = {"circle": "●", "square": "■", "triangle-up": "▲", "diamond": "◆", "cross": "✚"}


@dataclass(frozen=True)
class Chart:
    """One row of the table of charts."""

    name: str
    help: str
    draw: Callable[..., alt.TopLevelMixin]


@dataclass(frozen=True)
class Measure:
    """One way to colour the coverage map: the number of a cell, and its words."""

    help: str
    value: Callable[[Cell], float]
    text: Callable[[Cell], str]


def _of(part: int, whole: int) -> float:
    """The colour of a share; where there is none, that of nothing, and the words say so."""
    return part / whole if whole else 0.0


def _words(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "none"


MEASURES = {
    "inputs": Measure("inputs / answered / reviewed / failed", lambda cell: cell.inputs, lambda cell: (
        f"{cell.inputs} / {cell.answered}\n{cell.reviewed} / {cell.failed}" if cell.inputs else "empty")),
    "reviewed": Measure("reviewed of answered", lambda cell: _of(cell.reviewed, cell.answered),
                        lambda cell: _words(cell.reviewed, cell.answered)),
    "failed": Measure("failed of reviewed", lambda cell: _of(cell.failed, cell.reviewed),
                      lambda cell: _words(cell.failed, cell.reviewed)),
    "agreement": Measure("judge and expert agree, of pairs", lambda cell: _of(cell.agreeing, cell.pairs),
                         lambda cell: _words(cell.agreeing, cell.pairs)),
}


def rates_chart(rates: list[Rate], dimension: str, source: str) -> alt.TopLevelMixin:
    """Pass rate by value: a dot with its 95 % interval; a click selects the value (selection "value")."""
    frame = pd.DataFrame([{"value": rate.value, "n": rate.n, "rate": rate.rate.value, "low": rate.rate.low,
                           "high": rate.rate.high, "small": rate.small} for rate in rates if rate.n])
    order = list(frame["value"]) if len(frame) else []
    select = alt.selection_point(fields=["value"], name="value")
    row = _names("value", order)
    base = alt.Chart(frame).encode(y=row, tooltip=_tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=_share_axis("low", "pass rate"), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=130, color=ACCENT, opacity=1, cursor="pointer").encode(
        x=_share_axis("rate", "pass rate"),
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    count = base.mark_text(align="left", dx=14, color=QUIET, fontSize=11).encode(
        x=alt.value("width"), text=alt.Text(field="n", type="quantitative", format=",d"))
    return _frame(whisker + dot + count, len(order), f"Pass rate by {dimension}",
                  f"{source}; n at the right, lines are 95 % intervals")


def modes_chart(distribution: Distribution) -> alt.TopLevelMixin:
    """How many coded fails have each failure mode; a click selects it (selection "mode")."""
    frame = pd.DataFrame([{"mode": mode.name, "count": mode.count, "rate": mode.share.value,
                           "low": mode.share.low, "high": mode.share.high, "n": distribution.coded}
                          for mode in distribution.modes])
    order = list(frame["mode"]) if len(frame) else []
    select = alt.selection_point(fields=["mode"], name="mode")
    base = alt.Chart(frame).encode(
        y=_names("mode", order),
        x=alt.X(field="count", type="quantitative", title="fails", axis=alt.Axis(tickMinStep=1, format="d")))
    bars = base.mark_bar(color=FAIL_COLOUR, cornerRadiusEnd=3, cursor="pointer").encode(
        tooltip=[alt.Tooltip(field="mode", type="nominal"), alt.Tooltip(field="count", type="quantitative"),
                 alt.Tooltip(field="rate", type="quantitative", format=".1%", title="share of coded fails")],
        opacity=alt.condition(select, alt.value(1), alt.value(0.35))).add_params(select)
    share = base.mark_text(align="left", dx=5, color=QUIET).encode(
        text=alt.Text(field="rate", type="quantitative", format=".0%"))
    return _frame(bars + share, len(order), "Failure modes",
                  f"{distribution.coded:,} coded fails, {distribution.uncoded:,} not coded")


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
        y=_names("value", order),
        tooltip=_tooltip("value"))
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        x=_share_axis("low", None), x2=alt.X2(field="high"))
    dot = base.mark_circle(size=120, color=ACCENT, opacity=1).encode(x=_share_axis("rate", None))
    target = alt.Chart(pd.DataFrame([{"target": TARGET}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        x=_share_axis("target", None))
    words = f"n = {n:,} pairs, dashed: target {TARGET:.0%}"
    if ceiling.value is None:
        return _frame(target + whisker + dot, len(order), source, words)
    return _frame(_ceiling(ceiling) + target + whisker + dot, len(order), source,
                  f"{words}, orange: the expert's own")


def _ceiling(figure: Figure) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame([{"ceiling": figure.value, "from": figure.low, "to": figure.high}]))
    band = base.mark_rect(color=FAIL_COLOUR, opacity=0.12).encode(x=_share_axis("from", None), x2=alt.X2(field="to"))
    return band + base.mark_rule(color=FAIL_COLOUR, strokeWidth=2).encode(
        x=_share_axis("ceiling", None), tooltip=[alt.Tooltip(field="ceiling", type="quantitative", format=".1%",
                                                             title="the expert with themselves")])


def drift_chart(rates: list[Rate], share: str, source: str) -> alt.TopLevelMixin:
    """A share by date: a dot with its 95 % interval for each date, n above, the dots joined by a thin line."""
    frame = pd.DataFrame([{"date": rate.value, "n": rate.n, "rate": rate.rate.value, "low": rate.rate.low,
                           "high": rate.rate.high} for rate in rates if rate.n])
    base = alt.Chart(frame).encode(tooltip=_tooltip("date"), x=alt.X(
        field="date", type="ordinal", title=None, scale=alt.Scale(paddingOuter=0.5),
        axis=alt.Axis(labelAngle=0, labelOverlap=True)))

    def height(field: str) -> alt.Y:
        return alt.Y(field=field, type="quantitative", scale=_SHARE, title=share,
                     axis=alt.Axis(format=".0%", tickCount=5))

    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(y=height("low"), y2=alt.Y2(field="high"))
    line = base.mark_line(color=ACCENT, strokeWidth=1, opacity=0.55).encode(y=height("rate"))
    dot = base.mark_circle(size=120, color=ACCENT, opacity=1).encode(y=height("rate"))
    count = base.mark_text(dy=-8, baseline="bottom", color=QUIET, fontSize=11).encode(
        y=alt.value(0), text=alt.Text(field="n", type="quantitative", format=",d"))
    chart = _frame(line + whisker + dot + count, 0, f"{share.capitalize()} by month",
                   f"{source}; n on top, 95 % intervals")
    return chart.properties(height=_DRIFT_HEIGHT)


def trend_chart(points: list[Measured], name: str, ceiling: Figure = Figure(None)) -> alt.TopLevelMixin:
    """One share by prompt version: a dot with its 95 % interval, joined only where the same traces were judged."""
    frame = pd.DataFrame([{
        "version": point.version, "traces": point.traces, "run": point.run, "n": point.counts.n, "note": point.note,
        "rate": figure.value, "low": figure.low, "high": figure.high}
        for point in points if (figure := METRICS[name].figure(point.counts)).value is not None])
    sets = list(dict.fromkeys(point.traces for point in points))
    base = alt.Chart(frame).encode(x=alt.X(
        field="version", type="ordinal", title="prompt version", axis=alt.Axis(labelAngle=0, labelOverlap=True),
        scale=alt.Scale(paddingOuter=0.5)), xOffset=alt.XOffset(field="traces", type="nominal", sort=sets))
    details = [alt.Tooltip(field=field, type="nominal") for field in ("version", "traces", "run", "note")]
    whisker = base.mark_rule(color=ACCENT, strokeWidth=2, opacity=0.55).encode(
        y=_share_height("low"), y2=alt.Y2(field="high"))
    line = base.mark_line(color=ACCENT, strokeWidth=1.5, opacity=0.7).encode(
        y=_share_height("rate"), detail=alt.Detail(field="traces", type="nominal"))
    dot = base.mark_point(size=110, color=ACCENT, filled=True, opacity=1).encode(
        y=_share_height("rate"), tooltip=[*details, *_tooltip("version")[1:]], shape=alt.Shape(
            field="traces", type="nominal", legend=None, scale=alt.Scale(
                domain=sets, range=[list(SHAPES)[place % len(SHAPES)] for place in range(len(sets))])))
    target = alt.Chart(pd.DataFrame([{"target": TARGET}])).mark_rule(color=QUIET, strokeDash=[4, 4]).encode(
        y=_share_height("target"))
    below = target if ceiling.value is None else _ceiling_across(ceiling) + target
    return _frame(below + whisker + line + dot, 0, METRICS[name].label, f"dashed: target {TARGET:.0%}"
                  + ("" if ceiling.value is None else ", orange: the expert's own")).properties(height=_DRIFT_HEIGHT)


def _ceiling_across(figure: Figure) -> alt.LayerChart:
    base = alt.Chart(pd.DataFrame([{"ceiling": figure.value, "from": figure.low, "to": figure.high}]))
    band = base.mark_rect(color=FAIL_COLOUR, opacity=0.12).encode(y=_share_height("from"), y2=alt.Y2(field="to"))
    return band + base.mark_rule(color=FAIL_COLOUR, strokeWidth=2).encode(
        y=_share_height("ceiling"), tooltip=[alt.Tooltip(field="ceiling", type="quantitative", format=".1%",
                                                         title="the expert with themselves")])


def _share_height(field: str) -> alt.Y:
    return alt.Y(field=field, type="quantitative", scale=_SHARE, title=None, axis=alt.Axis(format=".0%", tickCount=5))


def coverage_chart(cells: list[Cell], impossible: frozenset[tuple[str, str]], row: str, column: str,
                   measure: str) -> alt.TopLevelMixin:
    """Two dimensions as a grid coloured by one of MEASURES; a click selects the cell (selection "cell")."""
    words = {True: lambda cell: "impossible", False: MEASURES[measure].text}
    frame = pd.DataFrame([{
        "row": cell.row, "column": cell.column, "value": MEASURES[measure].value(cell),
        "text": words[(cell.row, cell.column) in impossible](cell), "inputs": cell.inputs, "answered": cell.answered,
        "reviewed": cell.reviewed, "failed": cell.failed} for cell in cells])
    rows, columns = (list(dict.fromkeys(getattr(cell, side) for cell in cells)) for side in ("row", "column"))
    select = alt.selection_point(fields=["row", "column"], name="cell")
    base = alt.Chart(frame).encode(
        y=_names("row", rows), x=alt.X(field="column", type="nominal", sort=columns, title=None, axis=alt.Axis(
            orient="top", labelAngle=-30, labelLimit=140, labelOverlap=False)))
    square = base.mark_rect(cursor="pointer", cornerRadius=4).encode(
        color=alt.Color(field="value", type="quantitative", legend=None, scale=alt.Scale(range=[_PALE, _DEEP])),
        opacity=alt.condition(select, alt.value(1), alt.value(0.45)),
        tooltip=[alt.Tooltip(field=name, type="nominal") for name in ("row", "column")] + [
            alt.Tooltip(field=name, type="quantitative") for name in ("inputs", "answered", "reviewed", "failed")]
    ).add_params(select)
    text = base.mark_text(fontSize=11, color=_INK, lineBreak="\n", dy=-6).encode(
        text=alt.Text(field="text", type="nominal"))
    chart = _frame(square + text, 0, f"{row} × {column}", MEASURES[measure].help)
    return chart.properties(height=len(rows) * _CELL_HEIGHT + _AROUND + 60)


def _tooltip(name: str) -> list[alt.Tooltip]:
    return [alt.Tooltip(field=name, type="nominal"), alt.Tooltip(field="n", type="quantitative", format=",d"),
            *(alt.Tooltip(field=field, type="quantitative", format=".1%") for field in ("rate", "low", "high"))]


def _names(field: str, order: list[str]) -> alt.Y:
    return alt.Y(field=field, type="nominal", sort=order, title=None,
                 axis=alt.Axis(labelLimit=260, labelOverlap=False))


def _share_axis(field: str, title: str | None) -> alt.X:
    return alt.X(field=field, type="quantitative", scale=_SHARE, title=title, axis=alt.Axis(format=".0%", tickCount=5))


def _frame(chart: alt.LayerChart, rows: int, title: str, subtitle: str) -> alt.TopLevelMixin:
    return chart.properties(
        height=rows * _ROW_HEIGHT + _AROUND, padding={"left": 5, "right": 40, "top": 5, "bottom": 5},
        title=alt.TitleParams(title, subtitle=subtitle, anchor="start", frame="group", fontSize=13, subtitleFontSize=11,
                              subtitleColor=QUIET, limit=900)).configure(
            background="transparent").configure_view(strokeWidth=0)


CHARTS = {chart.name: chart for chart in (
    Chart("rates", "pass rate by the values of a dimension, with intervals", rates_chart),
    Chart("modes", "failure modes of the coded fails, most frequent first", modes_chart),
    Chart("coverage", "two dimensions as a grid, each cell with its counts", coverage_chart),
    Chart("agreement", "every share of an agreement with its interval, the target, and the expert's ceiling",
          agreement_chart),
    Chart("drift", "a share by month, with intervals", drift_chart),
    Chart("trend", "a share by prompt version, with intervals, joined where the same traces were judged", trend_chart),
)}
