"""What every chart is drawn with: the one palette, axes of shares, whiskers' tooltips, title and padding.

Knows no table of the product. Two hues of Okabe and Ito, told apart by colour-blind readers, and one paler and deeper
of each for grids; all are legible in the light and in the dark theme.
"""

from textwrap import wrap
from typing import Any

import altair as alt

PASS_COLOUR, FAIL_COLOUR, ACCENT, QUIET = "#0072B2", "#D55E00", "#3D7A8C", "#8A8F98"
SECOND_COLOUR = "#9B5FC0"  # a second expert; told from the others by its lightness too
# The same with white words on them, dark enough to be read in both themes: a contrast of 5 to 1 and more.
PASS_FILL, FAIL_FILL = PASS_COLOUR, "#B85000"
INK, CHALK = "#14181B", "#FFFFFF"
# From little to much, on a light page and on a dark one: where nothing is, a cell is next to its ground.
Ramp = tuple[tuple[str, str], tuple[str, str]]
TEAL: Ramp = (("#E3EFF2", "#7FB4C2"), ("#1E2C31", "#8CC6D5"))
ORANGE: Ramp = (("#FBEDE2", "#EE8F4C"), ("#33261E", "#F5A266"))
# How bad a failure mode is, from pale to deep; its name stands beside it.
IMPACT = {"low": "#F0B891", "medium": "#E0843F", "high": "#B85000"}
TARGET = 0.9
SHARE = alt.Scale(domain=[0, 1])
# Names of the user are never listed as an order: Vega-Lite writes such a list into an expression, which a control
# character, a backslash or hundreds of names break.
IN_ORDER = None  # as the rows of the table come
ROW_HEIGHT, CELL_HEIGHT, TIME_HEIGHT = 30, 38, 260
AROUND = 105  # title and axis: the height on a page includes them
_LINE = 14
_TITLE_LETTERS, _SUBTITLE_LETTERS = (40, 70, 110), (50, 90, 150)  # of a line, in a narrow place, a wider and a wide one
_WORDS = "subtitle"
_WIDER, _WIDE = 500, 800  # pixels from which a place is that


def drawable(name: str) -> str:
    """A name as a chart can hold it: Vega keeps things under their names, and one name of every object is no key."""
    return f"\u2060{name}" if name == "__proto__" else name


def filled(share: float, ramp: Ramp) -> tuple[str, str]:
    """(colour, ink on it) of a cell with so much of the most, from 0 to 1: each in the light theme and in the dark.

    The browser takes the one of its theme, so that a change of it needs no new drawing.
    """
    pair = [_between(*ends, min(1.0, max(0.0, share))) for ends in ramp]
    ink = [max((INK, CHALK), key=lambda one, ground=ground: _contrast(one, ground)) for ground in pair]
    return tuple(f"light-dark({light}, {dark})" for light, dark in (pair, ink))


def _parts(colour: str) -> list[int]:
    return [int(colour[place:place + 2], 16) for place in (1, 3, 5)]


def _between(low: str, high: str, share: float) -> str:
    return "#" + "".join(f"{round(start + (end - start) * share):02X}" for start, end in zip(
        _parts(low), _parts(high), strict=True))


def _contrast(first: str, second: str) -> float:
    """How well one is read on the other, from 1 to 21 (WCAG 2.2, contrast ratio)."""
    dark, light = sorted(_luminance(colour) for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """How light a colour of sRGB is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
              for part in (one / 255 for one in _parts(colour))]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def tooltip(name: str) -> list[alt.Tooltip]:
    """What a mark of a share says under the pointer: its name, n, the share and its interval."""
    return [alt.Tooltip(field=name, type="nominal"), alt.Tooltip(field="n", type="quantitative", format=",d"),
            *(alt.Tooltip(field=field, type="quantitative", format=".0%") for field in ("rate", "low", "high"))]


def names(field: str, most: int = 260, sort: alt.EncodingSortField | None = IN_ORDER) -> alt.Y:
    """Names down the side, in the order of the rows, cut after so many pixels, or a third of a narrow window."""
    return alt.Y(field=field, type="nominal", sort=sort, title=None, axis=alt.Axis(
        labelFlush=False,  # else the first and the last stand beside their rows
        labelLimit=alt.ExprRef(expr=f"min({most}, containerSize()[0] / 3)"), labelOverlap=False))


def share_axis(field: str, title: str | None) -> alt.X:
    """A horizontal axis of shares."""
    return alt.X(field=field, type="quantitative", scale=SHARE, title=title, axis=alt.Axis(format=".0%", tickCount=5))


def framed(chart: alt.LayerChart, height: int, title: str, subtitle: str) -> alt.TopLevelMixin:
    """A chart with its title, and a subtitle that says n and source; both take as many lines as they need.

    `height` counts one line of each; every further line of a narrow place makes the chart higher, so that the drawing
    keeps its room there. `description` says both as they are.
    """
    lines = len(_wrapped(title, _TITLE_LETTERS[0])) + len(_wrapped(subtitle, _SUBTITLE_LETTERS[0]))
    made = chart.properties(
        height=height + _LINE * (lines - 2), padding={"left": 5, "right": 40, "top": 5, "bottom": 5},
        description=". ".join(filter(None, (title, subtitle))), usermeta={_WORDS: subtitle},
        title=alt.TitleParams(_lines(title, _TITLE_LETTERS), anchor="start", frame="group", fontSize=13,
                              subtitleFontSize=11, subtitleColor=QUIET, limit=900)).configure(
            background="transparent").configure_view(strokeWidth=0)
    return _Framed(**made._kwds)


class _Framed(alt.LayerChart):
    """A chart whose subtitle may be an expression: Vega-Lite draws that, although Altair does not know it."""

    def to_dict(self, *words: Any, **named: Any) -> dict[str, Any]:
        """The chart as Vega-Lite reads it."""
        spec = super().to_dict(*words, **named)
        subtitle = spec.pop("usermeta")[_WORDS]
        lines = _lines(subtitle, _SUBTITLE_LETTERS)
        spec["title"]["subtitle"] = lines if isinstance(lines, list) else lines.to_dict()
        return spec


def _wrapped(text: str, letters: int) -> list[str]:
    return wrap(text, letters) or [""]


def _lines(text: str, letters: tuple[int, int, int]) -> list[str] | alt.ExprRef:
    """The lines of a text; where they depend on the width of its place, an expression that chooses among them.

    What a user wrote stands in it as numbers of its letters alone, so that nothing of it is read as an expression.
    """
    narrow, wider, wide = (_wrapped(text, most) for most in letters)
    if narrow == wide:
        return narrow
    said = [f"[{', '.join(_quoted(line) for line in lines)}]" for lines in (narrow, wider, wide)]
    return alt.ExprRef(expr=f"containerSize()[0] < {_WIDER} ? {said[0]} : containerSize()[0] < {_WIDE} ? {said[1]} : "
                            f"{said[2]}")


def _quoted(line: str) -> str:
    units = line.encode("utf-16-be", "surrogatepass")
    return "'" + "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2)) + "'"


def for_rows(rows: int) -> int:
    """The height of a chart with so many names down its side."""
    return rows * ROW_HEIGHT + AROUND


def share_height(field: str, lowest: float = 0.0, form: str = ".0%") -> alt.Y:
    """A vertical axis of shares; `lowest` is its lower end, for a figure that may be below 0."""
    return alt.Y(field=field, type="quantitative", scale=alt.Scale(domain=[lowest, 1]), title=None,
                 axis=alt.Axis(format=form, tickCount=5))
