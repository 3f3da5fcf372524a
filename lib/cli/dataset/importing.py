"""The import on the command line: how a file is understood, what would happen, and then it happens."""

import json
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON
from lib.cli.progress import Progress
from lib.readers import READERS, Mapping, Table
from lib.readers.options import from_options
from lib.readers.report import MOST_LISTED, Report
from lib.readers.sampling import Sample
from lib.records import UsageError
from lib.records.words import counted
from lib.store import Store, default_path, experts, open_store, projects
from lib.store.dataset import imports
from lib.store.dataset.imports import ImportResult
from lib.store.dataset.returns import Returned
from lib.workflow.dataset import exchange, reading


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--with", "beside", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
              metavar="FILE", help="A further file that belongs to it: log records to spans; may be repeated.")
@click.option("--format", "format", type=click.Choice(list(READERS)), help="[default: recognised by the content]")
@click.option("--map", "fields", multiple=True, metavar="FIELD=COLUMN",
              help="id, input, output, messages, system_version, created_at, session or steps; a dotted path reaches "
              "into JSON.")
@click.option("--context", multiple=True, metavar="COLUMN", help="A column of the context; may be repeated.")
@click.option("--dimension", "dimensions", multiple=True, metavar="COLUMN", help="A dimension; may be repeated.")
@click.option("--label", "labels", multiple=True, metavar="EXPERT=COLUMN[:CRITIQUE_COLUMN]",
              help="An expert's labels; EXPERT may be @COLUMN, which names the expert of each row.")
@click.option("--verdict", "verdicts", multiple=True, metavar="JUDGE=COLUMN[:CRITIQUE_COLUMN]",
              help="A judge's recorded verdicts.")
@click.option("--feedback", multiple=True, metavar="[NAME=]COLUMN[:COMMENT_COLUMN]",
              help="What users of the product said: a thumb up or down, or words. It is no label.")
@click.option("--failure-modes", metavar="COLUMN", help="Names of failure modes: a list or one name.")
@click.option("--threshold", type=float, help="For a scale: at or above it is a pass. It is stored.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N traces, drawn at random [default: all].")
@click.option("--seed", type=int, help="Of the sample: the same seed draws the same traces [default: 0].")
@click.option("--stratify", metavar="DIMENSION", help="Share the sample out over a dimension's values by their size.")
@click.option("--per-value", is_flag=True, help="With --stratify: N traces of every value.")
@click.option("--sheet", help="Of a workbook, .xlsx or .ods [default: the first that holds a table].")
@click.option("--encoding", help="Where the file is not UTF-8, for instance latin-1.")
@click.option("--dry-run", is_flag=True, help="Show how the file is understood, and store nothing.")
@click.option("--skip-bad-rows", is_flag=True, help="Leave out what cannot be understood, and list it: of a label the "
              "cell, of a trace the row. A table whose rows do not fit its header is refused all the same.")
@click.option("--join-sessions", is_flag=True, help="Make one trace of all traces of a session or conversation "
              "[default: kept apart, and tied].")
@AS_JSON
@click.pass_context
def import_file(ctx: click.Context, file: Path, beside: tuple[Path, ...], encoding: str | None, format: str | None,
                sheet: str | None, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Import traces, labels and recorded verdicts from tables, logs and exports: all rows or none."""
    sample = _sample(options.pop("sample"), options.pop("seed"), options.pop("stratify"), options.pop("per_value"))
    flags = {name: options.pop(name) for name in ("skip_bad_rows", "join_sessions")}
    table = exchange.read_file(file.name, file, encoding, format, sheet, [(more.name, more) for more in beside])
    mapping = replace(from_options(table, **options, sample=sample), **flags)
    path, project = ctx.parent.params["path"] or default_path(), ctx.parent.params["project"]
    store = _looked_at(path, project, ctx.parent.params["person"]) if path.exists() or not dry_run else None
    bars = _Bars()
    found = reading.read(store, table, mapping, bars.told)
    said = reading.report_of(store, found)
    if options["labels"]:  # who spoke was said on the command line
        said = replace(said, unsaid=())
    result = None if dry_run else _kept(store, found, project, bars)
    bars.end()
    if as_json:
        click.echo(json.dumps({**asdict(said), "mapping": asdict(mapping), "result": result and asdict(result)},
                              ensure_ascii=False))
        return
    if dry_run:
        _show(table, mapping, said)
        return
    _say(file.name, result, said)
    show_left_out(said)


COMMANDS = (import_file,)


def _sample(n: int | None, seed: int | None, by: str | None, each: bool) -> Sample | None:
    if n is None and (seed is not None or by or each):
        raise UsageError("--seed, --stratify and --per-value need --sample N, which says how many traces.")
    if each and not by:
        raise UsageError("--per-value needs --stratify DIMENSION, which says the values of what.")
    return Sample(n, seed or 0, by, each) if n is not None else None


class _Bars:
    """A bar for each thing that an import does one after the other: rows read, then traces stored."""

    def __init__(self) -> None:
        """Nothing is done yet."""
        self.at: Progress | None = None

    def told(self, what: str, n: int, total: int | None) -> None:
        """How far a long file is."""
        if self.at is None or self.at.what != what:
            self.end()
            self.at = Progress(what, 0, first=1)
        self.at.to(n, total)

    def end(self) -> None:
        """Wipes the line away: the result says the rest."""
        if self.at is not None:
            self.at.end(keep=False)


def _looked_at(path: Path, project: str | None, person: str | None) -> Store:
    """The project that the file would go into, by whom; where there is none yet, the file without one."""
    store = open_store(path)
    named = next((found for found in projects.every(store, archived=project is not None)
                  if project in (None, found.name)), None)
    store = store.of(named.id) if named else store
    return store.by(None, "command line") if person is None else store.by(experts.called(store, person))


def _project(store: Store, name: str | None) -> Store:
    return exchange.start_project(store, name) if name else projects.choose(store, None)


def _kept(store: Store, found: reading.Reading, project: str | None, bars: _Bars) -> ImportResult:
    for sentence in reading.finish(store):
        click.echo(sentence, err=True)
    try:
        return reading.keep(store, found, lambda store: _project(store, project), bars.told)[1]
    except KeyboardInterrupt:
        for left in imports.unfinished(store)[-1:]:
            rest = "import the file again, for what is stored is passed over" if left.returned else \
                "the next command, or the next start of the app, stores the rest"
            click.echo(f"\nStopped halfway: {rest}.", err=True)
        raise


def _say(file: str, result: ImportResult, said: Report) -> None:
    click.echo(f"{file}: {counted(result.traces, 'new trace')}, {result.answered:,} of earlier traces answered, "
               f"{result.identical:,} already stored; {counted(result.labels, 'label')}, "
               f"{counted(result.verdicts, 'verdict')} ({result.error_verdicts:,} of them errors), "
               f"{counted(result.failure_modes, 'failure mode')}{_of_users(result.feedback)}.")
    if said.from_messages:
        click.echo(said.of_messages)
    if result.waiting:
        click.echo(f"{counted(result.waiting, 'label')} in the principal's name must wait for a sign-off; 'sign-offs "
                   "list' shows it")
    if isinstance(result, Returned):
        click.echo(str(result))
    if result.contradicted:
        click.echo(f"left out: {counted(result.contradicted, 'row')}, for meanwhile somebody stored other text under "
                   "their ids")


def _of_users(n: int) -> str:
    """How much users said, behind the other counts; nothing where they said nothing."""
    return f", {counted(n, 'piece', 'pieces')} of users' feedback" if n else ""


def _show(table: Table, mapping: Mapping, said: Report) -> None:
    """What a look at the file says: its format and what that drops, the mapping, words, counts."""
    read, counts = READERS[table.format], said.counts
    click.echo(f"format: {table.format} ({read.title}), known by {read.sign}")
    if read.drops:
        click.echo(f"left out by this format: {read.drops}")
    click.echo("\n".join(f"{name}: {column}" for name, column in asdict(mapping).items() if column))
    for word in said.words:
        click.echo(f"{word.column}: {word.word or '(empty)'} is understood as {word.understood}, "
                   f"{counted(word.times, 'time')}")
    whole = f" of {counts.whole:,}" if mapping.sample else ""
    if said.returned:
        click.echo(said.returned)
    if said.from_messages:
        click.echo(said.of_messages)
    if counts.new is not None:
        click.echo(f"{counted(counts.new, 'new trace')}, {counts.stored:,} stored already")
    show_left_out(said)
    click.echo(f"{counted(counts.traces, f'trace{whole}', f'traces{whole}')} "
               f"({counted(counts.repeated, 'row repeats', 'rows repeat')} one), {counted(counts.labels, 'label')}, "
               f"{counted(counts.verdicts, 'verdict')} ({counts.error_verdicts:,} of them errors)"
               f"{_of_users(counts.feedback)}. Nothing was stored.")


def show_left_out(said: Report) -> None:
    """Everything of the file that is not in the store afterwards, a line each."""
    for note in said.notes:
        click.echo(f"left out of this file: {note}")
    for what in said.unanswered:
        click.echo(str(what))
    for what in said.unread[:MOST_LISTED]:
        click.echo(f"not read: {what}")
    if len(said.unread) > MOST_LISTED:
        click.echo(f"not read: {counted(len(said.unread) - MOST_LISTED, 'more column')}.")
    for what in said.not_taken:
        click.echo(str(what))
    for column in said.unsaid:
        click.echo(f"column '{column}': the file does not say whether a person or a machine spoke; it is read as an "
                   f"expert's labels (--label NAME={column}). If a machine did: --verdict NAME={column}")
    for what in said.skipped:
        click.echo(f"skipped: {'row' if what.whole else 'cell'} in line {what.line}: {what.why}")
    if said.skipped_count > len(said.skipped):
        click.echo(f"skipped: {said.skipped_count - len(said.skipped):,} more.")
