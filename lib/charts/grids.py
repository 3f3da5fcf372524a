"""Two dimensions as a grid of cells, each with its words: what is covered, and where it fails."""

from collections.abc import Callable
from dataclasses import dataclass

import altair as alt
import pandas as pd

from lib.charts.palette import (
    AROUND,
    CELL_HEIGHT,
    IN_ORDER,
    ORANGE,
    TEAL,
    Ramp,
    drawable,
    filled,
    framed,
    names,
)
from lib.records import Cell


@dataclass(frozen=True)
class Measure:
    """One way to colour the coverage map: the number of a cell, and its words; `more` is what a strong colour has."""

    help: str
    more: str
    value: Callable[[Cell], float]
    text: Callable[[Cell], str]


def _of(part: int, whole: int) -> float:
    """The colour of a share; where there is none, that of nothing, and the words say so."""
    return part / whole if whole else 0.0


def _words(part: int, whole: int) -> str:
    return f"{part} of {whole}" if whole else "none"


def _in_words(cell: Cell) -> str:
    """Each number with what it counts; answers only where some are missing."""
    missing = f", {cell.answered} answered" if cell.answered < cell.inputs else ""
    return f"{cell.inputs} input{'s' * (cell.inputs != 1)}{missing}\n{cell.reviewed} reviewed, {cell.failed} failed"


MEASURES = {
    "inputs": Measure("inputs, and how many are answered, reviewed and failed", "more inputs it has",
                      lambda cell: cell.inputs, lambda cell: _in_words(cell) if cell.inputs else "empty"),
    "reviewed": Measure("reviewed of answered", "more of its answered traces an expert has reviewed",
                        lambda cell: _of(cell.reviewed, cell.answered),
                        lambda cell: _words(cell.reviewed, cell.answered)),
    "failed": Measure("failed of reviewed", "more of its reviewed traces fail",
                      lambda cell: _of(cell.failed, cell.reviewed), lambda cell: _words(cell.failed, cell.reviewed)),
    "agreement": Measure("judge and expert agree, of pairs", "more often judge and expert agree in it",
                         lambda cell: _of(cell.agreeing, cell.pairs),
                         lambda cell: _words(cell.agreeing, cell.pairs)),
}


_SAID = alt.Description(field="said", type="nominal")  # of a cell, for who hears it
_SHORT = 36  # letters of all the names above a grid that stand side by side even in a narrow window


def _across(columns: list[str], sort: alt.EncodingSortField | None = IN_ORDER) -> alt.X:
    """Names above the columns, in the order of the rows of the table: upright where they fit."""
    return alt.X(field="column", type="nominal", sort=sort, title=None, axis=alt.Axis(
        orient="top", labelAngle=0 if sum(map(len, columns)) <= _SHORT else -30, labelLimit=140, labelOverlap=False))


def coverage_chart(cells: list[Cell], impossible: frozenset[tuple[str, str]], row: str, column: str,
                   measure: str) -> alt.TopLevelMixin:
    """Two dimensions as a grid coloured by one of MEASURES; a click selects the cell (selection "cell")."""
    words = {True: lambda cell: "impossible", False: MEASURES[measure].text}
    colours = _colours([MEASURES[measure].value(cell) for cell in cells], TEAL)
    frame = pd.DataFrame([{
        "row": drawable(cell.row), "column": drawable(cell.column), **colours[place],
        "said": f"{cell.row}, {cell.column}: {cell.inputs} inputs, {cell.failed} failed",
        "text": words[(cell.row, cell.column) in impossible](cell), "inputs": cell.inputs, "answered": cell.answered,
        "reviewed": cell.reviewed, "failed": cell.failed} for place, cell in enumerate(cells)])
    rows, columns = (list(dict.fromkeys(getattr(cell, side) for cell in cells)) for side in ("row", "column"))
    select = alt.selection_point(fields=["row", "column"], name="cell")
    base = alt.Chart(frame).encode(
        y=names("row"), x=_across(columns))
    square = base.mark_rect(cursor="pointer", cornerRadius=4).encode(
        color=_as_it_is("fill"), description=_SAID,
        opacity=alt.condition(select, alt.value(1), alt.value(0.45)),
        tooltip=[alt.Tooltip(field=name, type="nominal") for name in ("row", "column")] + [
            alt.Tooltip(field=name, type="quantitative") for name in ("inputs", "answered", "reviewed", "failed")]
    ).add_params(select)
    text = base.mark_text(fontSize=11, lineBreak="\n", dy=-6).encode(
        text=alt.Text(field="text", type="nominal"), color=_as_it_is("ink"))
    return framed(square + text, len(rows) * CELL_HEIGHT + AROUND + 60, f"{row} × {column}", MEASURES[measure].help)


def _colours(values: list[float], ramp: Ramp) -> list[dict[str, str]]:
    """The colour of each cell and of its words, from nothing to the most there is."""
    most = max(values, default=0) or 1
    return [dict(zip(("fill", "ink"), filled(value / most, ramp), strict=True)) for value in values]


def _as_it_is(field: str) -> alt.Color:
    """A colour that the table holds."""
    return alt.Color(field=field, type="nominal", scale=None, legend=None)


def _by(field: str) -> alt.EncodingSortField:
    """In the order of these numbers."""
    return alt.EncodingSortField(field=field, op="min")


@dataclass(frozen=True)
class Square:
    """One cell of a heat map: its place, the share that colours it, and the numbers it says."""

    row: str
    column: str
    share: float
    count: int
    n: int
    few: bool = False


def heat_chart(squares: list[Square], rows: list[str], columns: list[str], title: str, words: str,
               share: bool = True) -> alt.TopLevelMixin:
    """A grid coloured by a share from 0 to 1; a click selects the cell (selection "cell", fields row and column).

    Each cell says its share and "count of n", or the count alone; `*` marks where n is small.
    """
    colours = _colours([one.share for one in squares], ORANGE)
    frame = pd.DataFrame([{
        "row": drawable(one.row), "column": drawable(one.column), "value": one.share, "count": one.count, "n": one.n,
        "row_at": rows.index(one.row), "column_at": columns.index(one.column), **colours[place],
        "said": f"{one.row}, {one.column}: {one.share:.0%}, {one.count:,} of {one.n:,}",
        "text": f"{one.share:.0%}{'*' if one.few else ''}\n{one.count:,} of {one.n:,}" if share else f"{one.count:,}"}
        for place, one in enumerate(squares)])
    select = alt.selection_point(fields=["row", "column"], name="cell")
    base = alt.Chart(frame).encode(y=names("row", sort=_by("row_at")), x=_across(columns, _by("column_at")))
    square = base.mark_rect(cursor="pointer", cornerRadius=4).encode(
        color=_as_it_is("fill"), description=_SAID,
        opacity=alt.condition(select, alt.value(1), alt.value(0.45)),
        tooltip=[alt.Tooltip(field=name, type="nominal") for name in ("row", "column")] + [
            alt.Tooltip(field="value", type="quantitative", format=".0%", title="share"),
            alt.Tooltip(field="count", type="quantitative"), alt.Tooltip(field="n", type="quantitative")]
    ).add_params(select)
    text = base.mark_text(fontSize=11, lineBreak="\n", dy=-6 if share else 0).encode(
        text=alt.Text(field="text", type="nominal"), color=_as_it_is("ink"))
    return framed(square + text, len(rows) * CELL_HEIGHT + AROUND + 60, title, words)
