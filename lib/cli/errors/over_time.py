"""What the command for rates says over time: points, where they changed beyond chance, and whose a change is."""

from typing import Any

import click

from lib.cli.parts import json_of, print_json
from lib.statistics import metrics
from lib.store import Store
from lib.workflow.errors import over_time
from lib.workflow.errors.judge_moves import Explained
from lib.workflow.errors.over_time import OverTime, Point


def show(store: Store, over: str, which: dict[str, Any], as_json: bool) -> None:
    """Prints rates over time; `which` holds source, judge, run, expert and seen."""
    found = over_time.series(store, over, **which)
    if as_json:
        print_json(_series(found))
    else:
        _say(found)


def _series(found: OverTime) -> dict[str, Any]:
    rated = found.rated
    return {"over": found.over, "source": found.source_text,
            "runs": [*rated.runs] or [rated.run] * (rated.run is not None), "validated": found.validated,
            "overall": _rate(found.overall), "points": [_point(point) for point in found.points],
            "tests": found.tests, "rule": over_time.rule(found), "judge": _explained(found.judge),
            "remarks": [*filter(None, found.said)], "left_out": found.left_out.drawn,
            "seen_left_out": found.left_out.seen, "seen_counted": rated.seen, "without": found.without,
            "other_runs": found.other_runs}


def _point(point: Point) -> dict[str, Any]:
    change = point.change
    tested = {} if change is None else {
        "by": change.of, "before": {"n": change.before[1], "passes": change.before[0]}, "p": change.p,
        "p_adjusted": change.adjusted}
    return {"period": point.name, "first_day": point.first_day, **_rate(point.cell),
            "change": change and change.direction, **{name: tested.get(name) for name in (
                "by", "before", "p", "p_adjusted")}, "whose": _explained(point.whose)}


def _rate(cell: Any) -> dict[str, Any]:
    of_judge = {} if cell.corrected is None else {
        "corrected_rate": json_of(metrics.others(cell.corrected)) if cell.corrected.value is not None else None,
        "why_not_corrected": cell.corrected.why}
    return {"n": cell.n, "passes": cell.n - cell.fails, "fails": cell.fails, "labels": cell.tally.passes
            + cell.tally.fails, "rate": json_of(metrics.others(cell.rate)), "few": cell.small, **of_judge}


def _explained(told: Explained | None) -> dict[str, Any] | None:
    if told is None:
        return None
    again = told.again
    rests = {} if again is None else {
        "n": again.n, "passes": again.passes, "fails": again.fails, "pass_to_fail": again.to_fail,
        "fail_to_pass": again.to_pass, "fixed": again.right.fixed, "broken": again.right.broken, "p_adjusted": again.p}
    return {"state": told.state, "words": told.words, "command": told.command or None, **rests}


def _say(found: OverTime) -> None:
    click.echo(f"Pass rate by {found.source_text}, by {over_time.WORDS[found.over]}"
               + ("" if found.validated else " (not validated)"))
    for point in found.points:
        click.echo(_line(point))
    if not found.points:
        click.echo(over_time.NO_POINT[found.over])
    for point in found.changed:
        _tell(f"{point.name}: {over_time.words(point.change)}. ", point.whose)
    if found.points and not found.changed:
        click.echo(over_time.steady(found))
    if found.tests:
        click.echo(over_time.rule(found))
    if found.judge_apart:
        _tell("", found.judge_apart)
    for text in filter(None, found.said):
        click.echo(text)
    for text in over_time.left_out(found):
        click.echo(text, err=True)


def _line(point: Point) -> str:
    cell, rate = point.cell, metrics.others(point.cell.rate)
    corrected = cell.corrected and cell.corrected.value is not None and metrics.others(cell.corrected)
    return (f"{point.name}: {metrics.format_figure('rate', rate)}{metrics.format_beside('rate', rate, cell.n)} "
            f"({metrics.format_interval('rate', rate)})" + (", few" if cell.small else "")
            + (f", corrected {metrics.format_cell('rate', corrected)}" if corrected else "")
            + (f", {point.change.direction} than before" if point.change and point.change.direction else ""))


def _tell(before: str, told: Explained) -> None:
    click.echo(f"{before}{told.words}")
    if told.command:
        click.echo(f"    {told.command}")
