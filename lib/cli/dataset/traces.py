"""Commands for traces: a list of them, and whole tables of the project as files."""

from pathlib import Path
from typing import Any

import click

from lib.cli.narrowing import filter_of, narrowing
from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records import OUTCOMES, SPLITS
from lib.store import Store
from lib.store.dataset import traces
from lib.workflow.dataset import exchange


@click.command("traces")
@click.option("--split", type=click.Choice(SPLITS))
@click.option("--label", type=click.Choice((*OUTCOMES, "any", "none")), help="By the principal expert's outcome.")
@narrowing
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@AS_JSON
@pass_store
def list_traces(store: Store, split: str | None, label: str | None, limit: int, as_json: bool, **options: Any) -> None:
    """List traces."""
    where = filter_of(store, options, split=split, label=label)
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
