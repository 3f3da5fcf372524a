"""Commands for traces: a list of them, and whole tables of the project as files."""

from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON, day, pass_store, print_json
from lib.records import OUTCOMES, SPLITS
from lib.store import Store
from lib.store.dataset import traces
from lib.workflow import figures
from lib.workflow.dataset import exchange


@click.command("traces")
@click.option("--split", type=click.Choice(SPLITS))
@click.option("--label", type=click.Choice((*OUTCOMES, "any", "none")), help="By the principal expert's outcome.")
@click.option("--dimension", metavar="NAME=VALUE", help="Only traces with this value.")
@click.option("--since", metavar="DATE", callback=day, help="The first day, in UTC: when the AI answered, where "
              "the trace says so, else when it was labelled.")
@click.option("--until", metavar="DATE", callback=day, help="The last day.")
@click.option("--search", help="A text in id, input or output.")
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@AS_JSON
@pass_store
def list_traces(store: Store, dimension: str | None, limit: int, as_json: bool, **narrow: Any) -> None:
    """List traces."""
    name, _, value = (dimension or "").partition("=")
    figures.check_dimension(store, name or None)
    where = traces.Filter(**narrow, dimension=name or None, value=value or None)
    found, total = traces.listing(store, where, limit), traces.count(store, where)
    if as_json:
        print_json({"total": total, "traces": found})
        return
    for row in found:
        click.echo(f"{row['trace_id']}\t{row['split']}\t{row['outcome'] or '-'}\t{' '.join(row['input'].split())[:80]}")
    click.echo(f"{len(found):,} of {total:,} traces", err=True)


@click.command(epilog="\b\n" + "\n".join(f"{what:<12}{kind.text}" for what, kind in exchange.EXPORTS.items()))
@click.argument("what", metavar="WHAT", type=click.Choice(list(exchange.EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_store
def export(store: Store, what: str, file: Path) -> None:
    """Write WHAT, a whole table, to FILE, .csv, .jsonl or .xlsx by its ending."""
    exchange.export_file(store, what, file)


COMMANDS = (list_traces, export)
