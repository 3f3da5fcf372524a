"""Which traces stand out by what they measure: length, latency, tokens, tool calls, errors; and in words why.

Robust: a few extreme traces move neither the middle nor the spread they are measured by. Pure; knows no outcome.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

FAR = 3.5  # spreads from the middle: from there on a value stands out (Iglewicz and Hoaglin 1993)
FEWEST = 10  # traces that have a measure: of fewer no middle is known
_NORMAL = 1.4826  # the median absolute deviation of a normal spread, to its standard deviation
_NORMAL_MEAN = 1.2533  # the same for the mean absolute deviation, which is used where half of all are alike
_NAMED = 3  # measures that a reason names


@dataclass(frozen=True)
class Measure:
    """Something that is counted of a trace; `high_only`: few of it is nothing to look at."""

    name: str
    words: Callable[[float], str]
    high_only: bool = False


def _seconds(milliseconds: float) -> str:
    seconds = milliseconds / 1000
    return f"{seconds:,.0f} s" if seconds >= 10 else f"{seconds:.1f} s" if seconds >= 1 else f"{milliseconds:,.0f} ms"


MEASURES = {measure.name: measure for measure in (
    Measure("input", lambda n: f"input of {n:,.0f} {_plural(n, 'character')}"),
    Measure("output", lambda n: f"output of {n:,.0f} {_plural(n, 'character')}"),
    Measure("latency", lambda n: f"latency {_seconds(n)}", high_only=True),
    Measure("tokens", lambda n: f"{n:,.0f} {_plural(n, 'token')}"),
    Measure("tool calls", lambda n: f"{n:,.0f} {_plural(n, 'tool call')}", high_only=True),
    Measure("errors", lambda n: f"{n:,.0f} {_plural(n, 'error')}", high_only=True),
)}


def _plural(n: float, word: str) -> str:
    return word if n == 1 else f"{word}s"


@dataclass(frozen=True)
class Outlier:
    """A trace that stands out: how far at most, in spreads, and in what."""

    trace: int
    distance: float
    why: str


def outliers(traces: Mapping[int, Mapping[str, float]]) -> list[Outlier]:
    """Those that stand out, the farthest first, out of row number -> what is measured; what one lacks is left out.

    Each measure is compared on a logarithmic scale, for all of them reach far up.
    """
    found: dict[int, list[tuple[float, str]]] = {}
    for measure in MEASURES.values():
        values = {trace: own[measure.name] for trace, own in traces.items() if own.get(measure.name) is not None}
        for trace, distance, place in _far(values, measure.high_only):
            words = f"{measure.words(values[trace])}, {_ordinal(place)} of {len(values):,}"
            found.setdefault(trace, []).append((distance, words))
    made = [Outlier(trace, max(parts)[0], "; ".join(words for _, words in sorted(parts, reverse=True)[:_NAMED]))
            for trace, parts in found.items()]
    return sorted(made, key=lambda one: (-one.distance, one.trace))


def _far(values: Mapping[int, float], high_only: bool) -> list[tuple[int, float, int]]:
    """(trace, spreads from the middle, its place from the lowest) of all that lie far from it."""
    if len(values) < FEWEST:
        return []
    scaled = {trace: math.log1p(max(0.0, value)) for trace, value in values.items()}
    middle = median(scaled.values())
    spread = _spread([abs(value - middle) for value in scaled.values()])
    if not spread:
        return []
    order = sorted(scaled, key=scaled.__getitem__)
    places = {trace: place for place, trace in enumerate(order, 1)}
    return [(trace, abs(value - middle) / spread, places[trace]) for trace, value in scaled.items()
            if abs(value - middle) / spread >= FAR and (value > middle or not high_only)]


def _spread(deviations: Sequence[float]) -> float:
    return _NORMAL * median(deviations) or _NORMAL_MEAN * fmean(deviations)


def _ordinal(n: int) -> str:
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
