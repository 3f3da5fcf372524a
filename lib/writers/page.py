"""A page of HTML in one file that asks nobody for anything: pieces in, all texts escaped here; knows no table of ours.

A browser that opens it runs nothing and fetches nothing, whatever the texts say: the page itself forbids it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

_FORBIDS = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem;
  color: light-dark(#1d2428, #e6eaec); background: light-dark(#fff, #14181b); }
h1 { font-size: 1.5rem; margin: 0; } h2 { font-size: 1.1rem; margin: 1.2rem 0 0.3rem; }
h3 { font-size: 1rem; margin: 0.8rem 0 0.1rem; }
p { margin: 0.2rem 0; } .quiet { color: light-dark(#5b6367, #a4adb2); font-size: 0.87rem; }
blockquote { margin: 0.3rem 0; padding-left: 0.7rem; border-left: 3px solid light-dark(#b9c9ce, #44585f);
  white-space: pre-wrap; overflow-wrap: anywhere; }
h1, h2, h3, p, td, th { overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; font-size: 0.93rem; }
th, td { text-align: left; padding: 0.2rem 0.6rem 0.2rem 0; border-bottom: 1px solid light-dark(#dde3e5, #333d42); }
a { color: light-dark(#2f7282, #7fb4c2); } svg { width: 100%; height: auto; }
svg text { font: 11px system-ui, sans-serif; fill: currentColor; }
svg .line { stroke: light-dark(#3d7a8c, #7fb4c2); fill: none; } svg .dot { fill: light-dark(#3d7a8c, #7fb4c2); }
svg .grid { stroke: light-dark(#dde3e5, #333d42); }
@media print { :root { color-scheme: light; } body { margin: 0; max-width: none; font-size: 11px; }
  h1 { font-size: 16px; } h2 { font-size: 13px; margin-top: 8px; } h3 { font-size: 12px; margin-top: 5px; }
  svg { max-height: 150px; }
  a { color: inherit; }
  h2, h3 { break-after: avoid; } blockquote, tr, svg { break-inside: avoid; } @page { size: A4; margin: 14mm; } }
"""
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 700, 190, 40, 22, 24


@dataclass(frozen=True)
class Point:
    """One point of a chart of shares: what it is of, its share with the ends of its interval, and of how many."""

    name: str
    share: float
    low: float
    high: float
    n: int


def document(title: str, pieces: Iterable[str]) -> bytes:
    """A whole page of pieces made below."""
    return ("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
            f"<meta http-equiv=\"Content-Security-Policy\" content=\"{_FORBIDS}\">"
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
            "<meta name=\"referrer\" content=\"no-referrer\">"
            f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
            + "\n".join(filter(None, pieces)) + "\n</body></html>\n").encode()


def heading(text: str, level: int = 2, link: str = "") -> str:
    """A heading, which may be a link to where it is shown in the app."""
    return f"<h{level} dir=\"auto\">{_linked(text, link)}</h{level}>"


def paragraph(text: str, quiet: bool = False, link: str = "") -> str:
    """A paragraph; nothing of an empty text."""
    return f"<p dir=\"auto\"{' class=quiet' if quiet else ''}>{_linked(text, link)}</p>" if text else ""


def _linked(text: str, link: str) -> str:
    return f"<a href=\"{escape(link)}\">{escape(text)}</a>" if link else escape(text)


def quotation(text: str, source: str) -> str:
    """What somebody said, and what of."""
    return f"<blockquote dir=\"auto\">{escape(text)}<br><span class=quiet>{escape(source)}</span></blockquote>"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; nothing where it has no row."""
    lines = ["".join(f"<td dir=\"auto\">{escape(cell)}</td>" for cell in row) for row in rows]
    head = "".join(f"<th scope=\"col\">{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>" if lines else ""


def shares(points: Sequence[Point], said: str) -> str:
    """Shares in their order, each a dot with its interval and its n above; `said` is heard where it is not seen."""
    if not points:
        return ""
    step = (_WIDTH - _LEFT - 20) / len(points)
    places = [_LEFT + step * (number + 0.5) for number in range(len(points))]
    line = " ".join(f"{x:.1f},{_y(point.share):.1f}" for x, point in zip(places, points, strict=True))
    return (f"<svg viewBox=\"0 0 {_WIDTH} {_HEIGHT}\" role=\"img\" aria-label=\"{escape(said)}\">"
            + "".join(_grid(share) for share in (0, 0.25, 0.5, 0.75, 1))
            + f"<polyline class=\"line\" stroke-opacity=\"0.5\" points=\"{line}\"/>"
            + "".join(_point(x, point, step) for x, point in zip(places, points, strict=True)) + "</svg>")


def _y(share: float) -> float:
    return _TOP + (1 - share) * (_HEIGHT - _TOP - _BOTTOM)


def _grid(share: float) -> str:
    y = _y(share)
    return (f"<line class=\"grid\" x1=\"{_LEFT}\" x2=\"{_WIDTH}\" y1=\"{y:.1f}\" y2=\"{y:.1f}\"/>"
            f"<text x=\"{_LEFT - 6}\" y=\"{y + 4:.1f}\" text-anchor=\"end\">{share:.0%}</text>")


def _point(x: float, point: Point, step: float) -> str:
    letters = max(3, int(step / 6))
    name = point.name if len(point.name) <= letters else point.name[:letters - 1] + "…"
    return (f"<line class=\"line\" stroke-width=\"2\" x1=\"{x:.1f}\" x2=\"{x:.1f}\" y1=\"{_y(point.low):.1f}\""
            f" y2=\"{_y(point.high):.1f}\"/><circle class=\"dot\" r=\"5\" cx=\"{x:.1f}\" cy=\"{_y(point.share):.1f}\"/>"
            f"<text x=\"{x:.1f}\" y=\"12\" text-anchor=\"middle\">{point.n:,}</text>"
            f"<text x=\"{x:.1f}\" y=\"{_HEIGHT - 6}\" text-anchor=\"middle\">{escape(name)}</text>")
