"""Commands for models: one prompt version with several of them side by side, and a replacement tried."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.judge.agreement import EVERY
from lib.cli.parts import AS_JSON, cells_of, json_of, pass_store, print_json, words_of
from lib.cli.progress import counted_off
from lib.engine import runner
from lib.records import DONE, RESUMABLE, RUNNING, Run, UsageError
from lib.records.words import counted
from lib.statistics import effective, metrics
from lib.statistics.costs import format_cost, format_seconds
from lib.store import Store
from lib.store.judge import judges
from lib.workflow import endpoints, retirement
from lib.workflow.judge import judging, model_table, replacing
from lib.workflow.judge.model_table import Beside, Line, ModelTable
from lib.workflow.judge.replacing import Result

_SHARES = ("agreement", "tpr", "tnr")


@click.command("compare-models")
@click.option("--judge", required=True, help="The judge; where its verdicts were recorded elsewhere, with all such.")
@click.option("--version", type=int, help="Of its prompt [default: the newest that was measured].")
@click.option("--against", metavar="MODEL", help="The model that the others are tested against [default: the first].")
@EVERY
@AS_JSON
@pass_store
def compare_models(store: Store, judge: str, version: int | None, against: str | None, every: bool,
                   as_json: bool) -> None:
    """Show one prompt version with several models side by side, on the same labelled traces."""
    number, chosen = _chosen(store, judge, version, every)
    found = model_table.table(store, chosen, against, every)
    if as_json:
        print_json({"judge": judge, "version": number, "measured_on": chosen.words, "target": found.target,
                    "reference": found.reference.name, "models": [_line(line) for line in found.lines],
                    "cheapest": found.cheapest, "why": found.sentence, "sealed": found.sealed,
                    "ties": effective.sentence(found.reference.counts, "pairs"),
                    "left_out": asdict(found.left_out), "left_aside": chosen.left})
        return
    click.echo(f"{judge}, {chosen.words if number is None else f'version {number}, {chosen.words}'}; tested against "
               f"{found.reference.name}")
    for line in found.lines:
        click.echo(_words(line))
    if ties := effective.sentence(found.reference.counts, "pairs"):
        click.echo(ties)
    _said(found, chosen)


def _chosen(store: Store, judge: str, version: int | None, every: bool) -> tuple[int | None, Beside]:
    judges.row_of(store, judge)
    measured = model_table.measured(store, judge, every)
    if version is None and not measured and (recorded := model_table.recorded(store, judge, every)):
        return None, recorded
    if not measured or version not in (None, *measured):
        whose = f"version {version}" if version else f"judge {judge}"
        raise UsageError(f"No run of {whose} that is done meets a label that counts: run it on labelled traces first.")
    number = next(iter(measured)) if version is None else version
    return number, measured[number][0]


def _line(line: Line) -> dict[str, Any]:
    counts = cells_of(line.counts)
    return {"model": line.name, "run": line.run.id, "n": line.counts.n, "errors": line.counts.errors, "counts": counts,
            **{name: json_of(metrics.METRICS[name].figure(line.counts)) for name in _SHARES},
            "holds_target": line.holds, "per_100": asdict(line.each), "why_no_cost": line.why or None,
            "fixed": line.fixed, "broken": line.broken, "p": line.p, "retires": line.mark or None}


def _words(line: Line) -> str:
    shares = (f"{metrics.METRICS[name].label} {words_of(name, metrics.METRICS[name].figure(line.counts), line.counts)}"
              for name in _SHARES)
    return "\t".join((line.name + (f", {line.mark}" if line.mark else ""), *shares,
                      f"per 100: cost {format_cost(line.each.cost, line.why)}",
                      f"seconds {format_seconds(line.each.seconds, line.why_no_time)}", line.against))


def _said(found: ModelTable, chosen: Beside) -> None:
    click.echo(f"{found.sentence} The target: TPR and TNR above {found.target:.0%}.")
    if found.sealed:
        click.echo(f"left out: {counted(found.sealed, 'pair')} of the sealed test split")
    if chosen.left:
        click.echo(f"left aside, for they share no labelled trace: {', '.join(chosen.left)}", err=True)


@click.command("replace-model")
@click.argument("run", type=int)
@click.option("--model", help="The replacement; without it what was tried before is shown.")
@click.option("--margin", "points", type=click.FloatRange(0, replacing.MOST, min_open=True), metavar="POINTS",
              help=f"How many points of agreement are no difference; chosen before, never changed "
                   f"[default: {replacing.MARGIN:g}].")
@click.option("--endpoint", type=click.Choice((endpoints.EMBEDDED, endpoints.ENVIRONMENT)))
@AS_JSON
@pass_store
def replace_model(store: Store, run: int, model: str | None, points: float | None, endpoint: str | None,
                  as_json: bool) -> None:
    """Judge the labelled traces of RUN with another model, and say whether it is better, the same or worse."""
    if model is None and (points, endpoint) != (None, None):
        raise UsageError("--margin and --endpoint go with --model.")
    if model is not None:
        made = replacing.start(store, run, model, points or replacing.MARGIN, endpoint)
        ended = _executed(store, made, as_json)
        found = [one for one in replacing.of_run(store, made.id) if one.new.id == made.id]
    else:
        ended, found = True, replacing.of_run(store, run)
    if as_json:
        print_json({"run": run, "replacements": [_result(one) for one in found]})
    else:
        for one in found:
            click.echo(replacing.words(one))
        click.echo(replacing.RULE, err=True)
    if not ended:
        raise click.exceptions.Exit(1)


def _executed(store: Store, made: Run, quiet: bool) -> bool:
    """Works a replacement's run off where it waits or has stopped; whether it is done, or goes on elsewhere."""
    if made.status in RESUMABLE:
        taken = judging.RUNS.taken_up(store, made.id)
        if not quiet:
            model = retirement.known(store).beside(taken)
            click.echo(f"run {taken.id}: {counted(taken.total, 'labelled trace')}, model {model}", err=True)
        with counted_off("judged", taken.done, taken.total) as moved:
            made = runner.execute(store, taken.id, moved=moved)
        if made.message:
            click.echo(made.message, err=True)
    return made.status in (DONE, RUNNING)


def _result(one: Result) -> dict[str, Any]:
    found = one.found
    return {"old_run": one.old.id, "old_model": one.old.model, "new_run": one.new.id, "new_model": one.new.model,
            "status": one.new.status, "margin_points": one.chosen.margin * 100, "margin_chosen": one.chosen.created_at,
            "answer": one.answer, "difference": json_of(one.difference), "not_worse_by_the_margin": one.safe,
            "fixed": found.fixed, "broken": found.broken, "unchanged": found.unchanged, "n": found.n, "p": found.p,
            "errors": dict(zip(("old", "new"), found.errors, strict=True))}


COMMANDS = (compare_models, replace_model)
