"""Commands for inputs: having a model write them, listing what it proposed, and deciding on it."""

from typing import Any

import click

from lib.cli import jobs
from lib.cli.parts import AS_JSON, asking, pass_store, print_json
from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import generations
from lib.workflow.dataset import proposing


@click.command()
@click.option("--combination", "named", multiple=True, metavar="NAME=VALUE",
              help="A value to write for; may be repeated, also for several values of a dimension.")
@click.option("--empty", is_flag=True, help="For combinations without a trace.")
@click.option("--random", "drawn", type=click.IntRange(1), metavar="N", help="For so many random combinations.")
@click.option("--pairwise", is_flag=True, help="For few combinations that hold every pair of values.")
@click.option("--n", type=click.IntRange(1, proposing.MOST), default=3, show_default=True,
              help="Inputs for each combination.")
@click.option("--most", type=click.IntRange(1, proposing.MOST_COMBINATIONS), default=50, show_default=True,
              help="At most so many combinations.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of --random.")
@click.option("--concurrency", type=click.IntRange(1, 1024), default=8, show_default=True)
@asking
@pass_store
def generate(store: Store, named: tuple[str, ...], empty: bool, drawn: int | None, pairwise: bool, n: int, most: int,
             seed: int, **options: Any) -> None:
    """Have a model write user inputs; each waits as a proposal. The prompt is the one saved on the Dataset page."""
    way = _way(empty, drawn, pairwise)
    picked = _picked(named)
    if way != proposing.BY_HAND:
        picked = {name: picked.get(name, values) for name, values in {**proposing.offered(store), **picked}.items()}
    wanted = proposing.choose(store, way, picked, drawn or most, seed)
    job = proposing.start(store, wanted, n, proposing.recipe(store), **options)
    click.echo(f"job {job.id}: {counted(job.total, 'combination')}, {n} inputs each, model {job.model}", err=True)
    jobs.execute(store, job)


def _way(empty: bool, drawn: int | None, pairwise: bool) -> str:
    chosen = [way for way, wanted in ((proposing.EMPTY, empty), (proposing.RANDOM, drawn is not None),
                                      (proposing.PAIRWISE, pairwise)) if wanted]
    if len(chosen) > 1:
        raise UsageError("Name one of --empty, --random and --pairwise.")
    return chosen[0] if chosen else proposing.BY_HAND


def _picked(named: tuple[str, ...]) -> dict[str, list[str]]:
    picked: dict[str, list[str]] = {}
    for text in named:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--combination takes NAME=VALUE, not '{text}'.")
        picked.setdefault(name, []).append(value)
    return picked


@click.command("proposals")
@click.option("--status", type=click.Choice(("proposed", "accepted", "rejected")), default="proposed",
              show_default=True)
@click.option("--flagged", is_flag=True, help="Only those that nearly repeat another input.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True)
@click.option("--accept", type=int, metavar="ID", help="Make a proposal a trace, as it stands.")
@click.option("--accept-unflagged", is_flag=True, help="Accept all that wait and are not flagged.")
@click.option("--reject", nargs=2, type=(int, str), metavar="ID REASON", help="Keep a proposal out, with the reason.")
@AS_JSON
@pass_store
def proposals(store: Store, status: str, flagged: bool, limit: int, accept: int | None, accept_unflagged: bool,
              reject: tuple[int, str] | None, as_json: bool) -> None:
    """List what a model proposed, or decide on it."""
    if accept is not None or accept_unflagged or reject:
        click.echo("\n".join(_decide(store, accept, accept_unflagged, reject)))
        return
    found = generations.proposed(store, status=status, flagged=flagged or None, limit=limit)
    count = generations.counts(store)
    if as_json:
        print_json({"counts": count, "proposals": found})
        return
    for row in found:
        where = ", ".join(f"{name}: {value}" for name, value in row["combination"].items()) or "-"
        like = f"{row['likeness']:.0%} like another" if row["flagged"] else "-"
        click.echo(f"{row['id']}\t{where}\t{like}\t{row['reason'] or '-'}\t{' '.join(row['input'].split())[:120]}")
    click.echo(f"{count['proposed']:,} wait, {count['flagged']:,} of them flagged; {count['accepted']:,} accepted, "
               f"{count['edited']:,} of them edited; {count['rejected']:,} rejected", err=True)


def _decide(store: Store, accept: int | None, accept_unflagged: bool, reject: tuple[int, str] | None) -> list[str]:
    """All that was asked for or nothing; what became of it."""
    said = []
    with store.transaction():
        if accept is not None:
            said.append(generations.accept(store, accept, generations.one(store, accept)["input"]))
        if accept_unflagged:
            waiting = [row["id"] for row in generations.proposed(store, flagged=False)]
            said.append(f"{generations.accept_all(store, waiting):,} accepted")
        if reject:
            generations.reject(store, *reject)
            said.append(f"{reject[0]} rejected")
    return said


COMMANDS = (generate, proposals)
