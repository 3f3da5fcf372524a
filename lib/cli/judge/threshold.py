"""`threshold`: what the expert's labels say of a judge's probabilities, and the outcomes that follow."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.statistics import metrics
from lib.store import Store
from lib.workflow.judge import fitting
from lib.workflow.judge.fitting import Fitted, Measured


@click.command("threshold")
@click.argument("judge", metavar="NAME")
@click.option("--miss-cost", type=float, default=1.0, show_default=True, metavar="NUMBER",
              help="What a missed fail costs, where a missed pass costs 1.")
@AS_JSON
@pass_store
def threshold(store: Store, judge: str, miss_cost: float, as_json: bool) -> None:
    """Fit the newest version of a decision judge on train and have its outcomes follow; nothing is asked.

    With few labels train and dev are used and figures are provisional; test is never looked at.
    """
    found = fitting.fit(store, judge, miss_cost)
    if as_json:
        print_json(_plain(found))
        return
    click.echo(f"{judge}, version {found.version.number}: {' '.join(found.said)}")
    if found.measured:
        _show(found.measured)
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


def _plain(found: Fitted) -> dict[str, Any]:
    return {"judge": found.version.judge, "version": found.version.number, **found.fit.stored,
            "plateau": found.plateau, "runs": found.runs, "said": found.said,
            "dev": asdict(found.measured) if found.measured else None}
