"""Commands for the expert's queue: draw a batch, see what waits, and take it to a spreadsheet and back."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records import UsageError
from lib.records.words import counted
from lib.sampling import queues
from lib.store import Store
from lib.store import experts as known_experts
from lib.store.review import queues as stored
from lib.workflow import figures
from lib.workflow.dataset import exchange
from lib.workflow.review import queueing


@click.group("queue")
def queue() -> None:
    """Draw traces for review, list what waits, write it to a spreadsheet; import brings the labels back."""


@queue.command()
@click.option("--expert", "experts", multiple=True, help="A reviewer; may be repeated [default: the principal expert].")
@click.option("--size", type=click.IntRange(1, queues.MOST), default=25, show_default=True)
@click.option("--mix", "shares", multiple=True, metavar="QUEUE=SHARE",
              help=f"May be repeated; QUEUE is one of {', '.join(queues.QUEUES)} [default: random=100].")
@click.option("--overlap", type=click.IntRange(0), default=0, show_default=True,
              help="How many of them every reviewer gets; the rest is for whoever comes first.")
@click.option("--seed", type=int, help="The same seed over the same traces draws the same [default: a new one].")
@click.option("--dimension", help="Of the queue stratified [default: the first].")
@click.option("--cells", nargs=2, metavar="DIMENSION DIMENSION", help="Of the queue coverage [default: the first two].")
@click.option("--judge", help="Of the judge's queues [default: the only one that has been run; of unsure, "
              "that gives probabilities].")
@click.option("--similar-to", "anchor", metavar="ID", help="Of the queue similar: a trace.")
@AS_JSON
@pass_store
def draw(store: Store, experts: tuple[str, ...], shares: tuple[str, ...], cells: tuple[str, str] | None,
         as_json: bool, **wish: Any) -> None:
    """Draw a batch; random is never less than a tenth of it."""
    mix = dict(map(_share, shares)) or {queues.RANDOM: 100.0}
    drawn = queueing.draw(store, experts or [figures.principal_name(store)], mix=mix, cell=cells, **wish)
    if as_json:
        print_json(asdict(drawn))
        return
    click.echo(f"batch {drawn.batch}: " + ", ".join(f"{queues.words(name)} {n:,}" for name, n in drawn.counts.items()))
    for note in drawn.notes:
        click.echo(note, err=True)


def _share(text: str) -> tuple[str, float]:
    name, equals, share = text.partition("=")
    try:
        return name, float(share) if equals else 1.0
    except ValueError:
        raise UsageError(f"--mix takes QUEUE=SHARE, SHARE a number; got '{text}'.") from None


@queue.command("list")
@click.option("--expert", help="What waits for one reviewer [default: for all].")
@click.option("--limit", type=click.IntRange(1), default=1_000, show_default=True)
@AS_JSON
@pass_store
def list_items(store: Store, expert: str | None, limit: int, as_json: bool) -> None:
    """List what waits for a label, in its order."""
    found = stored.listing(store, expert and known_experts.called(store, expert), limit)
    if as_json:
        print_json({"items": found})
        return
    for item in found:
        click.echo("\t".join((str(item["batch"]), str(item["position"]), item["trace"], queues.words(item["queue"]),
                              item["expert"] or "shared", queueing.state(item), item["why"])).rstrip("\t"))
    click.echo(f"{len(found):,} waiting", err=True)


@queue.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--expert", help="One reviewer's own and shared traces, in that name [default: everybody's].")
@pass_store
def export(store: Store, file: Path, expert: str | None) -> None:
    """Write what waits to FILE, .csv, .jsonl or .xlsx; fill in outcome and critique, then import FILE."""
    data = queueing.spreadsheet(store, expert, file.suffix.lstrip(".").lower())
    exchange.write(file, [data])


@queue.command("take-back")
@click.argument("batch", type=int)
@pass_store
def take_back(store: Store, batch: int) -> None:
    """Take what still waits of a BATCH out of the queues; labels stay."""
    click.echo(f"batch {batch}: {counted(stored.take_back(store, batch), 'trace waits', 'traces wait')} no longer")


COMMANDS = (queue,)
