"""Commands for traces: list, archive, bring back, delete; and whole tables of the project as files."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from lib.cli.deleting import delete, deleting
from lib.cli.narrowing import filter_of, narrowing
from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records import OUTCOMES, SPLITS, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.workflow.dataset import exchange
from lib.workflow.overview import removing


@click.group("traces", invoke_without_command=True)
@click.option("--split", type=click.Choice(SPLITS))
@click.option("--label", type=click.Choice((*OUTCOMES, "any", "none")), help="By the principal expert's outcome.")
@narrowing
@click.option("--limit", type=click.IntRange(1), default=20, show_default=True)
@click.option("--archived", is_flag=True, help="The archived ones alone.")
@AS_JSON
@click.pass_context
def every_trace(ctx: click.Context, **options: Any) -> None:
    """List traces; or archive some, bring them back, delete them."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj(), archived="yes" if options.pop("archived") else None, **options)


def _list(store: Store, split: str | None, label: str | None, limit: int, as_json: bool, archived: str | None,
          **options: Any) -> None:
    where = filter_of(store, options, split=split, label=label, archived=archived)
    found, total = traces.listing(store, where, limit), traces.count(store, where)
    if as_json:
        print_json({"total": total, "traces": found})
        return
    for row in found:
        click.echo(f"{row['trace_id']}\t{row['split']}\t{row['outcome'] or '-'}\t{' '.join(row['input'].split())[:80]}")
    away = traces.archived(store)
    more = f"; {away:,} more are archived (--archived lists them)" if away and not archived else ""
    click.echo(f"{len(found):,} of {counted(total, 'trace')}{more}", err=True)


def chosen(command: Callable[..., None]) -> Callable[..., None]:
    """The ways to say which traces a command is for: ids, or the options that narrow."""
    command = click.option("--label", type=click.Choice((*OUTCOMES, "any", "none")))(narrowing(command))
    return click.argument("ids", nargs=-1)(click.option("--split", type=click.Choice(SPLITS))(command))


def _keys(store: Store, ids: tuple[str, ...], options: dict[str, Any], archived: str | None = None) -> list[int]:
    """Row numbers of the traces that were said; UsageError where none was."""
    narrowed = {name: options.pop(name) for name in ("split", "label")}
    where = filter_of(store, options, **narrowed, archived=archived)
    if ids:
        return [traces.key_of(store, one) for one in ids]
    if where == Filter(archived=archived):
        raise UsageError("Say which traces: their ids, or an option that narrows.")
    return traces.keys(store, where)


@every_trace.command()
@chosen
@pass_store
def archive(store: Store, ids: tuple[str, ...], **options: Any) -> None:
    """Put traces, by their IDS or by what narrows, into the archive: out of queues, new runs and figures."""
    n, places = removing.archive_traces(store, _keys(store, ids, options))
    click.echo(f"{n:,} archived; {counted(places, 'place')} in queues went", err=True)


@every_trace.command("bring-back")
@chosen
@pass_store
def bring_back(store: Store, ids: tuple[str, ...], **options: Any) -> None:
    """Bring archived traces back; queues get them by the next draw."""
    click.echo(f"{removing.bring_back_traces(store, _keys(store, ids, options, 'yes')):,} brought back", err=True)


@every_trace.command("delete")
@chosen
@deleting
@pass_store
def delete_traces(store: Store, ids: tuple[str, ...], dry_run: bool, copy: bool, confirm: str | None, reason: str,
                  **options: Any) -> None:
    """Delete traces, by their IDS or by what narrows, with all that hangs on them, for good."""
    delete(store, removing.of_traces(store, _keys(store, ids, options)), dry_run, copy, confirm, reason)


@click.command(epilog="\b\n" + "\n".join(f"{what:<12}{kind.text}" for what, kind in exchange.EXPORTS.items()))
@click.argument("what", metavar="WHAT", type=click.Choice(list(exchange.EXPORTS)))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@pass_store
def export(store: Store, what: str, file: Path) -> None:
    """Write WHAT, a whole table, to FILE, .csv, .jsonl or .xlsx by its ending."""
    exchange.export_file(store, what, file)


COMMANDS = (every_trace, export)
