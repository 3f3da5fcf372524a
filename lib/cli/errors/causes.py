"""A command of failure modes: their table in order of frequency × impact, by groups and in time."""

from typing import Any

import click

from lib.cli.parts import AS_JSON, json_of, pass_store, print_json
from lib.records import UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.mode_pages import WEIGHTS, Ranked
from lib.store import Store
from lib.store.errors.distributions import PERIODS
from lib.workflow.errors import causes


@click.command("table")
@click.option("--frequency", is_flag=True, help="In order of frequency [default: frequency × impact].")
@click.option("--by", metavar="DIMENSION", help="Also by the values of a dimension.")
@click.option("--over", type=click.Choice(PERIODS), help="Also by week, month or system version.")
@AS_JSON
@pass_store
def modes_table(store: Store, frequency: bool, by: str | None, over: str | None, as_json: bool) -> None:
    """Show how many coded fails have each failure mode, also by a dimension or in time."""
    if by is not None and over is not None:
        raise UsageError("--by cannot go with --over: choose one cut.")
    found = causes.causes(store, not frequency)
    cut = causes.cut(store, by, over) if by is not None or over is not None else None
    if as_json:
        print_json({"order": "frequency" if frequency else "impact", "weights": WEIGHTS, "coded": found.coded,
                    "uncoded": found.uncoded, "note": found.note, "modes": [_mode(mode) for mode in found.modes],
                    "proposed": [{"name": name, "fails": n} for name, n in found.proposed], **_cut(cut)})
        return
    click.echo(f"{counted(found.coded, 'fail')} coded, {found.uncoded:,} not yet")
    for mode in found.modes:
        share = metrics.format_figure("rate", mode.share)
        click.echo(f"{mode.name}\t{counted(mode.fails, 'fail')}\t{share}\t{mode.impact}")
    for cell in _cut(cut).get("cells", []):
        click.echo(f"{cell['failure_mode']}\t{cell['group']}\t{cell['fails']:,} of {cell['coded']:,}")
    if found.note:
        click.echo(found.note, err=True)


def _mode(mode: Ranked) -> dict[str, Any]:
    return {"name": mode.name, "fails": mode.fails, "share": json_of(mode.share), "impact": mode.impact,
            "frequency_times_impact": mode.fails * WEIGHTS[mode.impact]}


def _cut(cut: causes.Cut | None) -> dict[str, Any]:
    if cut is None:
        return {}
    return {"groups": [{"value": group, "coded": coded, "uncoded": uncoded} for group, coded, uncoded in cut.groups],
            "cells": [{"failure_mode": mode, "group": rate.value, "fails": rate.passes, "coded": rate.n,
                       "share": json_of(rate.rate)} for mode in cut.modes for rate in cut.rates(mode)]}
