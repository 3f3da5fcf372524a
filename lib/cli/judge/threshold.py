"""`threshold`: what the expert's labels say of a judge's probabilities, and the outcomes that follow."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, json_of, pass_store, print_json, words_of
from lib.records import Figure
from lib.statistics import metrics
from lib.store import Store
from lib.workflow import figures
from lib.workflow.judge import fitting
from lib.workflow.judge.fitting import Fitted, Measured, slices
from lib.workflow.judge.fitting.slices import Slices


@click.command("threshold")
@click.argument("judge", metavar="NAME")
@click.option("--miss-cost", type=float, default=1.0, show_default=True, metavar="NUMBER",
              help="What a missed fail costs, where a missed pass costs 1.")
@click.option("--by", metavar="DIMENSION", help="Also how far its probabilities can be believed by a dimension.")
@AS_JSON
@pass_store
def threshold(store: Store, judge: str, miss_cost: float, by: str | None, as_json: bool) -> None:
    """Fit the newest version of a decision judge on train and have its outcomes follow; nothing is asked.

    With few labels train and dev are used and figures are provisional; test is never looked at.
    """
    figures.check_dimension(store, by)
    found = fitting.fit(store, judge, miss_cost)
    cut = slices.of(store, found, by) if by else None
    if as_json:
        print_json(_plain(found) | ({"slices": _slices(cut)} if cut else {}))
        return
    click.echo(f"{judge}, version {found.version.number}: {' '.join(found.said)}")
    if found.measured:
        _show(found.measured)
    if cut:
        _by(cut)
    for run in found.runs:
        click.echo(f"run {run} holds the outcomes; nothing was asked")


COMMANDS = (threshold,)


def _show(at: Measured) -> None:
    for name in at.at_half:
        half, cut = (metrics.format_figure(name, found[name]) for found in (at.at_half, at.at_threshold))
        click.echo(f"{metrics.METRICS[name].label}\t{half} at 0.5\t{cut} at the threshold")
    click.echo(f"AUC\t{metrics.format_figure('kappa', at.auc)}, how often it ranks a pass above a fail")
    click.echo(f"Brier\t{at.brier:.3f}\t{at.calibrated:.3f} calibrated\t{at.always:.3f} always saying the base rate")
    for one in at.bins:
        click.echo(f"says {one.mean:.2f}\tthe expert passes {metrics.format_figure('agreement', one.passes)} of "
                   f"{one.passes.n:,}")


def _by(found: Slices) -> None:
    click.echo(found.said)
    for one in found.found:
        click.echo(f"{one.value}\tn {one.n:,}\tsays {one.mean:.2f}\tthe expert passes "
                   f"{words_of('agreement', one.passes)}\tgap {_number(one.gap)}\tBrier {_number(one.brier)}\t"
                   f"AUC {_number(one.auc)}")


def _number(one: Figure) -> str:
    return f"– ({one.why})" if one.value is None else f"{one.value:.2f} ({one.low:.2f} to {one.high:.2f})"


def _slices(found: Slices) -> dict[str, Any]:
    return {"dimension": found.dimension, "said": found.said, "values": [
        {"value": one.value, "n": one.n, "mean": one.mean, "off": one.off, "why": one.gap.why or one.auc.why,
         **{name: json_of(getattr(one, name)) for name in ("passes", "gap", "brier", "auc")}} for one in found.found]}


def _plain(found: Fitted) -> dict[str, Any]:
    return {"judge": found.version.judge, "version": found.version.number, **found.fit.stored,
            "plateau": found.plateau, "runs": found.runs, "said": found.said,
            "dev": asdict(found.measured) if found.measured else None}
