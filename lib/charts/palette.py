"""What every chart is drawn with: the one palette, axes of shares, whiskers' tooltips, title and padding.

Knows no table of the product. Two hues of Okabe and Ito, told apart by colour-blind readers, and one paler and deeper
of each for grids; all are legible in the light and in the dark theme.
"""

from textwrap import wrap

import altair as alt

PASS_COLOUR, FAIL_COLOUR, ACCENT, QUIET = "#0072B2", "#D55E00", "#3D7A8C", "#8A8F98"
SECOND_COLOUR = "#9B5FC0"  # a second expert; told from the others by its lightness too
# The same with white words on them, dark enough to be read in both themes: a contrast of 5 to 1 and more.
PASS_FILL, FAIL_FILL = PASS_COLOUR, "#B85000"
# Pale enough for the same dark ink in both themes.
PALE, DEEP, INK = "#E3EFF2", "#7FB4C2", "#14181B"
# How bad a failure mode is, from pale to deep; its name stands beside it.
IMPACT = {"low": "#F0B891", "medium": "#E0843F", "high": "#B85000"}
FAIL_PALE, FAIL_DEEP = "#FBEDE2", "#EE8F4C"
TARGET = 0.9
SHARE = alt.Scale(domain=[0, 1])
# Names of the user are never listed as an order: Vega-Lite writes such a list into an expression, which a control
# character, a backslash or hundreds of names break.
IN_ORDER = None  # as the rows of the table come
ROW_HEIGHT, CELL_HEIGHT, TIME_HEIGHT = 30, 38, 260
AROUND = 105  # title and axis: the height on a page includes them
_TITLE_LETTERS, _SUBTITLE_LETTERS, _LINE = 40, 50, 14


def drawable(name: str) -> str:
    """A name as a chart can hold it: Vega keeps things under their names, and one name of every object is no key."""
    return f"\u2060{name}" if name == "__proto__" else name


def tooltip(name: str) -> list[alt.Tooltip]:
    """What a mark of a share says under the pointer: its name, n, the share and its interval."""
    return [alt.Tooltip(field=name, type="nominal"), alt.Tooltip(field="n", type="quantitative", format=",d"),
            *(alt.Tooltip(field=field, type="quantitative", format=".1%") for field in ("rate", "low", "high"))]


def names(field: str, most: int = 260, sort: alt.EncodingSortField | None = IN_ORDER) -> alt.Y:
    """Names down the side, in the order of the rows, cut after so many pixels."""
    return alt.Y(field=field, type="nominal", sort=sort, title=None,
                 axis=alt.Axis(labelLimit=most, labelOverlap=False))


def share_axis(field: str, title: str | None) -> alt.X:
    """A horizontal axis of shares."""
    return alt.X(field=field, type="quantitative", scale=SHARE, title=title, axis=alt.Axis(format=".0%", tickCount=5))


def framed(chart: alt.LayerChart, height: int, title: str, subtitle: str) -> alt.TopLevelMixin:
    """A chart with its title, and a subtitle that says n and source; both take as many lines as they need.

    `height` counts one line of each; every further line makes the chart higher, so that the drawing keeps its room in a
    narrow window.
    """
    head, below = wrap(title, _TITLE_LETTERS) or [""], wrap(subtitle, _SUBTITLE_LETTERS) or [""]
    return chart.properties(
        height=height + _LINE * (len(head) + len(below) - 2), padding={"left": 5, "right": 40, "top": 5, "bottom": 5},
        title=alt.TitleParams(head, subtitle=below, anchor="start", frame="group", fontSize=13, subtitleFontSize=11,
                              subtitleColor=QUIET, limit=900)).configure(
            background="transparent").configure_view(strokeWidth=0)


def for_rows(rows: int) -> int:
    """The height of a chart with so many names down its side."""
    return rows * ROW_HEIGHT + AROUND


def share_height(field: str, lowest: float = 0.0, form: str = ".0%") -> alt.Y:
    """A vertical axis of shares; `lowest` is its lower end, for a figure that may be below 0."""
    return alt.Y(field=field, type="quantitative", scale=alt.Scale(domain=[lowest, 1]), title=None,
                 axis=alt.Axis(format=form, tickCount=5))
