"""The pass rate of traces of which a random part is labelled and a judge has judged all: narrower than a correction.

Pure functions of counts, expert first. It rests on the labels being a random draw of these very traces, and on nothing
else: the judge may err in any way.
"""

import math
from collections.abc import Sequence

from lib.records import Counts, Figure
from lib.records.rating import Tally
from lib.statistics import effective
from lib.statistics.metrics import Z, share

LEAST = 20  # labels drawn at random; with fewer a corrected rate says as much


def two_phase_rate(drawn: Counts, judged: Tally) -> Figure:
    """The pass rate by double sampling (Tenenbein 1970, Journal of the American Statistical Association 65:1350-1361).

    `drawn` are the labelled pairs of the random draw; `judged` are all traces with a verdict, the drawn ones among
    them. Of what the judge passed and of what it failed the expert's share of passes is taken from the draw, each by
    its share of all. The interval is z times the standard error about the same sum with one pass and one fail added to
    either part. Undefined with fewer than 20 labels.
    """
    if drawn.n < LEAST:
        return Figure(None, why=f"it takes {LEAST} labels that the random queue drew from these traces, and there are "
                                f"{drawn.n}")
    shares = judged.judged_passes / judged.judged, judged.judged_fails / judged.judged
    parts = [_part(drawn, among, within) for among, within in (((0,), (0, 2)), ((1,), (1, 3)))]
    point = sum(part * exact for part, (exact, _, _) in zip(shares, parts, strict=True))
    middle = sum(part * near for part, (_, near, _) in zip(shares, parts, strict=True))
    variance = sum(part * part * error for part, (_, _, error) in zip(shares, parts, strict=True))
    size = effective.of_share(judged, (2,), (2, 3))
    between = shares[0] * shares[1] * (parts[0][1] - parts[1][1]) ** 2
    spread = Z * math.sqrt(variance + between / size) if size else 1.0
    return Figure(point, max(0.0, min(middle - spread, point)), min(1.0, max(middle + spread, point)))


def _part(drawn: Counts, among: Sequence[int], within: Sequence[int]) -> tuple[float, float, float]:
    """The share of passes in a part, the same with one pass and one fail added, and its variance."""
    near, variance = effective.widened(drawn, among, within, by=1)
    exact = share(drawn, among, within).value
    return near if exact is None else exact, near, variance
