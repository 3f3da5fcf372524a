"""Commands for disagreements: how a run's disagreements ended, the notes for the prompt, and the criteria."""

from dataclasses import asdict

import click

from lib.cli.parts import AS_JSON, json_of, pass_store, print_json, text_of
from lib.cli.people import say_as, say_waits
from lib.records import Counts, UsageError, minute
from lib.records.disagreements import Criteria
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.disagreements import in_words
from lib.store import Store
from lib.store.judge import rulings as ruled
from lib.store.judge import runs
from lib.store.review import criteria as stored
from lib.workflow import figures, rights
from lib.workflow.judge import disagreements
from lib.workflow.review import criteria as keeping

_FIGURES = ("agreement", "tpr", "tnr", "kappa")


@click.command("rulings")
@click.option("--judge", "name", required=True)
@click.option("--run", type=int, help="[default: the judge's newest run]")
@click.option("--every", is_flag=True, help="Also shadow labels and labels on traces drawn by outcome.")
@AS_JSON
@pass_store
def rulings(store: Store, name: str, run: int | None, every: bool, as_json: bool) -> None:
    """Show how the disagreements of a judge's run ended, figures before and after, and the notes for its prompt."""
    found = figures.agreement(store, name, _run_of(store, name, run), every=every)
    standing = disagreements.standing(store, found.run.id, found.expert, every)
    notes = ruled.notes(store, name)
    sides = {"before": standing.before, "now": standing.now, "borderline_set_aside": standing.set_aside}
    if as_json:
        print_json({"judge": name, "run": found.run.id, "cases": standing.cases, "rulings": standing.endings,
                    **{side: _figures(counts) for side, counts in sides.items()},
                    "notes": [asdict(note) for note in notes]})
        return
    click.echo(f"run {found.run.id}: {in_words(standing)}")
    for side, counts in sides.items():
        words = (f"{metrics.METRICS[name].label} {metrics.format_figure(name, metrics.METRICS[name].figure(counts))}"
                 for name in _FIGURES)
        pairs = counted(counts.n, "pair")
        click.echo("\t".join((side.replace("_", " "), f"{pairs}{metrics.format_errors(counts.errors)}", *words)))
    for note in notes:
        click.echo(f"note\t{note.trace}\t{' '.join((note.text or 'used as an example').split())}")


def _run_of(store: Store, name: str, run: int | None) -> int | None:
    if run is not None and runs.get(store, run).judge != name:
        raise UsageError(f"Run {run} is another judge's. The command 'runs' lists them.")
    return run


def _figures(counts: Counts) -> dict:
    return {"n": counts.n, "errors": counts.errors,
            **{name: json_of(metrics.METRICS[name].figure(counts)) for name in _FIGURES}}


@click.group("criteria")
def criteria() -> None:
    """Show what pass and fail mean here, or write the next version of it."""


@criteria.command()
@click.option("--version", "number", type=int, help="[default: the newest]")
@click.option("--all", "whole", is_flag=True, help="List all versions with their reasons instead.")
@AS_JSON
@pass_store
def show(store: Store, number: int | None, whole: bool, as_json: bool) -> None:
    """Print the criteria; number, date and reason go to standard error."""
    found = stored.every(store)
    if number is not None:
        stored.key_of(store, number)
    if not found:
        raise UsageError("Nobody has written criteria yet: 'criteria new FILE --reason TEXT' makes the first version.")
    chosen = found if whole else [one for one in found if one.number == (number or found[0].number)]
    if as_json:
        print_json({"versions": [asdict(one) for one in chosen]})
        return
    if whole:
        for one in chosen:
            click.echo(_said(one))
        return
    click.echo(chosen[0].text)
    click.echo(_said(chosen[0]), err=True)


def _said(one: Criteria) -> str:
    return f"version {one.number}\t{minute(one.created_at)}\t{one.reason}"


@criteria.command()
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--reason", required=True, metavar="TEXT", help="What changes, and why.")
@pass_store
def new(store: Store, file: str, reason: str) -> None:
    """Make the text in FILE (- for standard input) the next version of the criteria."""
    now = stored.newest(store)
    typed = stored.Draft(now.number if now else 0, text_of(file), reason)
    if not rights.principals(store):
        say_waits(store, keeping.ask(store, typed))
        return
    click.echo(_said(keeping.save(store, typed)))
    say_as(store)


COMMANDS = (rulings, criteria)
