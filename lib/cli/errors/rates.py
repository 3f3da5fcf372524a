"""The command for rates: passes and fails by up to three dimensions, and the corrected rate of a judge."""

from typing import Any

import click

from lib.cli.errors import over_time
from lib.cli.parts import AS_JSON, json_of, pass_store, print_json, words_of
from lib.records import UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.pivots import OVERALL, PivotCell
from lib.store import Store
from lib.store.errors.over_time import OVER
from lib.workflow.errors import rates as work
from lib.workflow.errors.probable import Probable
from lib.workflow.errors.two_phase import TwoPhase

_BORROWED = "[all labels]"


@click.command()
@click.option("--by", multiple=True, metavar="DIMENSION",
              help="A dimension, up to three times [default: overall only].")
@click.option("--over", type=click.Choice(OVER), help="Over time: by day, week, month or system version.")
@click.option("--source", type=click.Choice(("expert", "judge", "both")),
              help="Whose outcomes: the expert's, a judge's, or both: the expert's where there is a label, else the "
                   "judge's [default: expert; judge where --judge, --run or --corrected is given].")
@click.option("--judge", help="Which judge, where several have verdicts.")
@click.option("--run", type=int, help="Which run [default: the judge's newest].")
@click.option("--expert", help="Whose labels [default: the principal expert's].")
@click.option("--seen", is_flag=True, help="Count verdicts on traces that the judge's prompt has seen too.")
@click.option("--corrected", "correct", is_flag=True,
              help="Of traces without a label: the judge's pass rate, and the same corrected by its errors.")
@AS_JSON
@pass_store
def rates(store: Store, as_json: bool, correct: bool, over: str | None, **which: Any) -> None:
    """Show pass and failure rates, by up to three dimensions or over time, or the corrected one of a judge."""
    asks_judge = correct or which["judge"] is not None or which["run"] is not None
    which["source"] = which["source"] or ("judge" if asks_judge else "expert")
    _refuse_idle(which, correct, over)
    if over:
        over_time.show(store, over, {name: value for name, value in which.items() if name != "by"}, as_json)
        return
    if correct:
        _corrected(work.corrected(store, which["judge"], which["run"], which["expert"], which["seen"]), as_json)
        return
    found = work.table(store, **which)
    if as_json:
        print_json(_table(found))
    else:
        _say(found)


def _refuse_idle(which: dict[str, Any], correct: bool, over: str | None) -> None:
    """An option that the source has no use for would be passed over in silence."""
    if over and which["by"]:
        raise UsageError("--by cannot go with --over: choose one cut.")
    if over and correct:
        raise UsageError("--corrected cannot go with --over: with --source judge each point is corrected already.")
    if correct and which["by"]:
        raise UsageError("--by cannot go with --corrected: it is one rate, of all traces without a label.")
    if correct and which["source"] != "judge":
        raise UsageError(f"--corrected cannot go with --source {which['source']}: it corrects the rate of a judge.")
    idle = {"expert": ("judge", "run", "seen"), "judge": () if correct else ("expert",), "both": ()}[which["source"]]
    if named := [f"--{option}" for option in idle if which[option]]:
        raise UsageError(f"{' and '.join(named)} cannot go with --source {which['source']}.")


def _table(found: work.RateTable) -> dict[str, Any]:
    return {"by": " × ".join(found.by) or None, "dimensions": list(found.by), "source": found.source_text,
            "validated": found.validated, "left_out": found.left_out.drawn, "seen_left_out": found.left_out.seen,
            "seen_counted": found.rated.seen, "in_several_cells": found.several, "in_no_cell": found.without,
            "remarks": found.remarks, "ties": found.ties, "two_phase": _two_phase(found.two_phase),
            "by_probabilities": _probable(found.probable),
            "judge_errs_differently": [{"values": one.values, "metric": one.metric, "here": json_of(one.here),
                                        "elsewhere": json_of(one.elsewhere), "p": one.p} for one in found.unlike],
            "overall": _cell(found.overall, ()), "rates": [_cell(cell, found.by) for cell in found.cells]}


def _cell(cell: PivotCell, by: tuple[str, ...]) -> dict[str, Any]:
    of_judge = {} if cell.corrected is None else {
        "corrected_failure_rate": json_of(cell.corrected) if cell.corrected.value is not None else None,
        "why_not_corrected": cell.corrected.why, "corrected_by": cell.by or None}
    return {"value": " × ".join(cell.values) or "all", "values": dict(zip(by, cell.values, strict=True)), "n": cell.n,
            "passes": cell.n - cell.fails, "fails": cell.fails, "rate": json_of(metrics.others(cell.rate)),
            "failure_rate": json_of(cell.rate), "few": cell.small, **of_judge}


def _say(found: work.RateTable) -> None:
    click.echo(f"Pass rate by {found.source_text}" + ("" if found.validated else " (not validated)"))
    for cell in (found.overall, *found.cells):
        passing = metrics.others(cell.rate)
        click.echo(f"{' × '.join(cell.values) or 'all'}: {metrics.format_figure('rate', passing)}"
                   f"{metrics.format_beside('rate', passing, cell.n)} ({metrics.format_interval('rate', passing)})"
                   + (", few" if cell.small else "") + _corrected_words(cell))
    second = found.two_phase.text if found.two_phase else ""
    likely = found.probable.text if found.probable else ""
    for text in filter(None, (likely, *found.remarks, second, found.ties, *(one.text for one in found.unlike))):
        click.echo(text)
    if found.borrowed and found.by:
        click.echo(f"{_BORROWED}: corrected by the TPR and TNR over all cells, for want of 10 passes and 10 fails with "
                   "a label; the judge may err differently there.")
    for text in _left_out(found):
        click.echo(text, err=True)


def _corrected_words(cell: PivotCell) -> str:
    if cell.corrected is None or cell.corrected.value is None:
        return ""
    fair = metrics.others(cell.corrected)
    return f", corrected {words_of('rate', fair)}" + (f" {_BORROWED}" if cell.values and cell.by == OVERALL else "")


def _left_out(found: work.RateTable) -> list[str]:
    too = "counted too" if found.rated.seen else "left out"
    why = found.overall.corrected.why if found.overall.corrected else ""
    return [text for n, text in (
        (found.left_out.drawn, f"{counted(found.left_out.drawn, 'label')} left out: drawn by looking at an outcome"),
        (found.left_out.seen, f"{counted(found.left_out.seen, 'verdict')} {too}: the judge's prompt has seen their "
                              "traces"),
        (found.several, f"{counted(found.several, 'trace')} with several values, counted in each"),
        (found.without, f"{counted(found.without, 'trace')} without a value of a dimension, counted in none"),
        (bool(why), f"not corrected: {why}")) if n]


def _corrected(found: work.Corrected, as_json: bool) -> None:
    known, sides = found.corrected.value is not None, {name: metrics.METRICS[name].figure(found.pairs)
                                                       for name in ("tpr", "tnr")}
    if as_json:
        print_json({"judge": found.run.judge, "run": found.run.id, "expert": found.expert,
                    "observed": json_of(found.observed), "corrected": json_of(found.corrected) if known else None,
                    "why": found.corrected.why, "n_labelled": found.pairs.n, "n_unlabelled": found.unlabelled,
                    "n_seen": found.seen, "remarks": found.remarks, "two_phase": _two_phase(found.two_phase),
                    "by_probabilities": _probable(found.probable),
                    **{name: json_of(figure) for name, figure in sides.items()}})
        return
    click.echo(f"Pass rate of {counted(found.unlabelled, 'trace')} without a label, by verdicts of {found.run.judge}, "
               f"run {found.run.id}")
    if found.seen:
        click.echo(f"not counted, {found.seen:,} on traces that the judge's prompt has seen", err=True)
    click.echo(f"Observed: {words_of('rate', found.observed)}")
    click.echo(f"Corrected: {words_of('rate', found.corrected)}")
    likely = found.probable.text if found.probable else ""
    for sentence in filter(None, (likely, *found.remarks, found.two_phase.text)):
        click.echo(sentence)
    click.echo(f"Corrected by {counted(found.pairs.n, 'pair')} with a label of {found.expert or 'nobody yet'}:")
    for name, figure in sides.items():
        click.echo(f"{metrics.METRICS[name].label}: {words_of(name, figure, found.pairs)}")


def _two_phase(found: TwoPhase | None) -> dict[str, Any] | None:
    return found and {"rate": json_of(found.rate) if found.rate.value is not None else None, "why": found.rate.why,
                      "n_drawn": found.drawn, "n": found.judged, "n_later": found.later}


def _probable(found: Probable | None) -> dict[str, Any] | None:
    return found and {"rate": json_of(found.rate) if found.rate.value is not None else None, "why": found.rate.why,
                      "n_labelled": found.labelled, "n": found.unseen}


COMMANDS = (rates,)
