"""Every chart of the table, drawn of these words: what users wrote, or nothing."""

import json

from lib.charts import CHARTS
from lib.charts.grids import Square
from lib.charts.over_time import STEADY, Dot
from lib.records import Cell, Counts, Figure
from lib.records.rating import Tally
from lib.statistics import calibration, coverage_risk
from lib.statistics.breakdowns import agreement_by, by_date, saturation
from lib.statistics.coverage_risk import Answer
from lib.statistics.metrics import all_figures, wilson
from lib.statistics.mode_pages import Ranked
from lib.statistics.pivots import PivotCell, pivot
from lib.statistics.versions import Measured


def cells(found) -> list[PivotCell]:
    """Cells of one dimension from (value, fails, n)."""
    return pivot({(value,): Tally(n - fails, fails) for value, fails, n in found})


def ranked(name: str, fails: int, coded: int, impact: str = "high") -> Ranked:
    return Ranked(1, name, "", fails, wilson(fails, coded), impact, "open", "", "", "", None, 0)


def dot(name: str, day: str | None = None, n: int = 5, change: str = STEADY, corrected: Figure | None = None) -> Dot:
    return Dot(name, day, n, wilson(3 if n else 0, n), change, corrected)


def drawn(name: str, words: tuple[str, ...]) -> dict:
    draws = {
        "rates": lambda: CHARTS["rates"].draw(cells((word, 2, 5) for word in words), "topic", "labels of Ann"),
        "heat": lambda: CHARTS["heat"].draw([Square(word, "all", 0.5, 1, 2) for word in words], list(words), ["all"],
                                            words[0] if words else "title", words[-1] if words else "words"),
        "modes": lambda: CHARTS["modes"].draw([ranked(word, 2, 2 * len(words)) for word in words], 2 * len(words), 1,
                                              words[0] if words else "labels"),
        "saturation": lambda: CHARTS["saturation"].draw(saturation([word] for word in words),
                                                        words[0] if words else "labels"),
        "coverage": lambda: CHARTS["coverage"].draw([Cell(word, "all", 3, 2, 1, 1) for word in words], frozenset(),
                                                    "topic", words[0] if words else "tone", "inputs"),
        "agreement": lambda: CHARTS["agreement"].draw(
            all_figures(Counts(8, 2, 1, 9) if words else Counts()), 20 if words else 0, words[0] if words else "judge"),
        "slices": lambda: CHARTS["slices"].draw(agreement_by((word, Counts(8, 2, 1, 9)) for word in words), "topic"),
        "coverage_risk": lambda: CHARTS["coverage_risk"].draw(coverage_risk.curve(
            [Answer(float(n), n % 7 > 0, n % 5 > 0) for n in range(40)] if words else []), 0.8, 0.9,
            words[0] if words else "labels"),
        "histogram": lambda: CHARTS["histogram"].draw(
            [(n / 40, n % 3 > 0) for n in range(41)] if words else [], 0.4, words[0] if words else "labels"),
        "reliability": lambda: CHARTS["reliability"].draw(*([calibration.reliability(
            [(n / 40, n % 3 > 0) for n in range(41)])] * 2 if words else ((), ())), words[0] if words else "labels"),
        "drift": lambda: CHARTS["drift"].draw(by_date((word, Tally(3, 2)) for word in words), "pass rate",
                                              "labels of Ann"),
        "over_time": lambda: CHARTS["over_time"].draw([dot(word) for word in words], "system version",
                                                      words[0] if words else "labels of Ann"),
        "trend": lambda: CHARTS["trend"].draw([Measured(number, number, word, Counts(8, 2, 1, 9), word)
                                               for number, word in enumerate(words, 1)], "tpr"),
    }
    return json.loads(draws[name]().to_json())
