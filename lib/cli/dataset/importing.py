"""The import on the command line: how a file is understood, what would happen, and then it happens."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lib.readers import READERS, Mapping, Table
from lib.readers.options import from_options
from lib.readers.preview import Preview, preview
from lib.readers.sampling import Sample
from lib.records import UsageError
from lib.store import projects
from lib.workflow.dataset import exchange


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--format", "format", type=click.Choice(list(READERS)), help="[default: recognised by the content]")
@click.option("--map", "fields", multiple=True, metavar="FIELD=COLUMN",
              help="id, input, output, messages, system_version or created_at; a dotted path reaches into JSON.")
@click.option("--context", multiple=True, metavar="COLUMN", help="A column of the context; may be repeated.")
@click.option("--dimension", "dimensions", multiple=True, metavar="COLUMN", help="A dimension; may be repeated.")
@click.option("--label", "labels", multiple=True, metavar="EXPERT=COLUMN[:CRITIQUE_COLUMN]",
              help="An expert's labels; EXPERT may be @COLUMN, which names the expert of each row.")
@click.option("--verdict", "verdicts", multiple=True, metavar="JUDGE=COLUMN[:CRITIQUE_COLUMN]",
              help="A judge's recorded verdicts.")
@click.option("--failure-modes", metavar="COLUMN", help="Names of failure modes: a list or one name.")
@click.option("--threshold", type=float, help="For a scale: at or above it is a pass. It is stored.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N traces, drawn at random [default: all].")
@click.option("--seed", type=int, help="Of the sample: the same seed draws the same traces [default: 0].")
@click.option("--stratify", metavar="DIMENSION", help="Share the sample out over a dimension's values by their size.")
@click.option("--per-value", is_flag=True, help="With --stratify: N traces of every value.")
@click.option("--sheet", help="Of a workbook, .xlsx or .ods [default: the first that holds a table].")
@click.option("--encoding", help="Where the file is not UTF-8, for instance latin-1.")
@click.option("--dry-run", is_flag=True, help="Show how the file is understood, and store nothing.")
@click.pass_context
def import_file(ctx: click.Context, file: Path, encoding: str | None, format: str | None, sheet: str | None,
                dry_run: bool, **options: Any) -> None:
    """Import traces, labels and recorded verdicts from tables, logs and exports: all rows or none."""
    sample = _sample(options.pop("sample"), options.pop("seed"), options.pop("stratify"), options.pop("per_value"))
    table = exchange.read_file(file.name, file.read_bytes(), encoding, format, sheet)
    mapping = from_options(table, **options, sample=sample)
    if dry_run:
        _show(table, mapping, preview(table, mapping))
        return
    store, project = ctx.obj(), ctx.parent.params["project"]
    with store.transaction():  # a file that is refused leaves no new project behind
        opened = exchange.start_project(store, project) if project else projects.choose(store, None)
        result = exchange.import_table(opened, table, mapping)
    click.echo(f"{file.name}: {result.traces:,} new traces, {result.answered:,} answered, {result.identical:,} already "
               f"stored; {result.labels:,} labels, {result.verdicts:,} verdicts ({result.error_verdicts:,} of them "
               f"errors), {result.failure_modes:,} failure modes.")
    if table.returns:
        click.echo(str(result))


COMMANDS = (import_file,)


def _sample(n: int | None, seed: int | None, by: str | None, each: bool) -> Sample | None:
    if n is None and (seed is not None or by or each):
        raise UsageError("--seed, --stratify and --per-value need --sample N, which says how many traces.")
    if each and not by:
        raise UsageError("--per-value needs --stratify DIMENSION, which says the values of what.")
    return Sample(n, seed or 0, by, each) if n is not None else None


def _show(table: Table, mapping: Mapping, seen: Preview) -> None:
    """What a look at the file says: its format and what that drops, the mapping, words, counts."""
    read = READERS[table.format]
    click.echo(f"format: {table.format} ({read.title}), known by {read.sign}")
    if read.drops:
        click.echo(f"left out by this format: {read.drops}")
    for note in table.notes:
        click.echo(f"left out of this file: {note}")
    click.echo("\n".join(f"{name}: {column}" for name, column in asdict(mapping).items() if column))
    for column, word, meaning, n in seen.words:
        click.echo(f"{column}: {word or '(empty)'} is understood as {meaning}, {n:,} times")
    whole = f" of {seen.whole:,}" if mapping.sample else ""
    click.echo(f"{seen.traces:,}{whole} traces ({seen.repeated:,} rows repeat one), {seen.labels:,} labels, "
               f"{seen.verdicts:,} verdicts ({seen.error_verdicts:,} of them errors). Nothing was stored.")
