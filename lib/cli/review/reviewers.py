"""Command for several reviewers: how far all of them agree beyond chance, and every two of them."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, json_of, pass_store, print_json, words_of
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.workflow.figures import Agreement
from lib.workflow.review import reviewers as compared
from lib.workflow.review.reviewers import Beside, Together


@click.command()
@click.option("--every", is_flag=True, help="Count shadow labels and traces drawn by an outcome too.")
@AS_JSON
@pass_store
def reviewers(store: Store, every: bool, as_json: bool) -> None:
    """Show how far reviewers agree beyond chance: all at once (Krippendorff's alpha), every two (kappa), AC1."""
    together, pairs = compared.together(store, every), compared.agreements(store, every)
    beside = [compared.beside(one) for one in pairs]
    if as_json:
        print_json(_all(together, every) | {"pairs": list(map(_pair, pairs, beside))})
        return
    if together.several:
        _say_all(together)
    for one, more in zip(pairs, beside, strict=True):
        _say_pair(one, more)
    if not pairs:
        click.echo("No two reviewers have labelled a trace in common yet.")


def beside_json(found: Beside) -> dict[str, Any]:
    """AC1 with the outcome that is rare, and why kappa or alpha is low there; null where there is no such thing."""
    return {"ac1": json_of(found.ac1), "rare": found.rare or None, "why_low": found.why or None}


def say_beside(found: Beside) -> None:
    """The same in words; nothing where no outcome is rare."""
    if found.rare:
        click.echo(f"AC1: {words_of('kappa', found.ac1)}")
    if found.why:
        click.echo(found.why)


def _all(found: Together, every: bool) -> dict[str, Any]:
    return {"reviewers": found.names, "n": found.traces, "single": found.single, "left_out": asdict(found.left_out),
            "every": every, "alpha": json_of(found.alpha), "alpha_undefined": found.alpha.why or None,
            **beside_json(found.beside), "ties": found.ties}


def _pair(one: Agreement, more: Beside) -> dict[str, Any]:
    return {"first": one.expert, "second": one.judge, "n": one.counts.n, "left_out": asdict(one.left_out),
            "agreement": json_of(one.figures["agreement"]), "kappa": json_of(one.figures["kappa"]),
            **beside_json(more)}


def _say_all(found: Together) -> None:
    click.echo(f"{', '.join(found.names)}: n = {counted(found.traces, 'trace')} with two labels or more, "
               f"{found.single:,} with one")
    if found.left_out.n:
        click.echo(compared.left_out(found))
    click.echo(f"Krippendorff's alpha: {words_of('kappa', found.alpha)}")
    say_beside(found.beside)
    if found.ties:
        click.echo(found.ties)


def _say_pair(one: Agreement, more: Beside) -> None:
    shares = (f"{metrics.METRICS[name].label} {words_of(name, one.figures[name])}" for name in ("agreement", "kappa"))
    click.echo(f"{one.expert} and {one.judge}: n = {one.counts.n:,}, {one.left_out.n:,} left out, {', '.join(shares)}")
    say_beside(more)


COMMANDS = (reviewers,)
