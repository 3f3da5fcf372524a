"""Commands for root causes: notes on fails, what a model makes of them, and what becomes of failure modes."""

from dataclasses import asdict

import click

from lib.cli.errors.fixes import modes
from lib.cli.jobs import work_off
from lib.cli.parts import AS_JSON, FROM_A_PAGE, asking, pass_store, print_json, words_of
from lib.engine.jobs import analysing as work
from lib.records import DONE, Job, PlumblineError, UsageError
from lib.records.words import counted
from lib.store import Store
from lib.store.errors import analyses, mode_history, notes
from lib.workflow import figures
from lib.workflow.errors import analysing, second_reading


@click.group("notes")
def notes_group() -> None:
    """Notes of open coding: the first thing that went wrong in a fail."""


@notes_group.command("add")
@click.argument("trace")
@click.argument("text")
@click.option("--author", help="Who writes it [default: the principal expert].")
@pass_store
def add_note(store: Store, trace: str, text: str, author: str | None) -> None:
    """Write a note on TRACE; it succeeds the one before."""
    name = figures.expert_named(store, author or store.person)
    click.echo(notes.save(store, trace, name, text))
    click.echo(f"as {name}", err=True)


@notes_group.command("list")
@AS_JSON
@pass_store
def list_notes(store: Store, as_json: bool) -> None:
    """List the newest note of each of the principal expert's fails, in the order they were labelled."""
    where = notes.Fails(figures.principal_name(store))
    found, (written, fails) = notes.every(store, where), notes.progress(store, where)
    if as_json:
        print_json({"notes": found, "with_note": written, "fails": fails})
        return
    for note in found:
        click.echo(f"{note['trace_id']}\t{note['author']}\t{' '.join(note['text'].split())}")
    click.echo(f"{written:,} of {counted(fails, 'fail has', 'fails have')} a note", err=True)


@click.command("analyse")
@click.argument("what", metavar="groups|codes|notes|NUMBER")
@click.option("--again", is_flag=True, help="Of codes: also fails that a person coded; they measure the model.")
@click.option("--most", type=click.IntRange(1), help="Of codes: at most so many fails.")
@click.option("--trace", default="", help="Of notes: the fail the model is to read.")
@click.option("--author", help="Of notes: who has noted it already [default: the principal expert].")
@FROM_A_PAGE
@asking
@pass_store
def analyse(store: Store, what: str, again: bool, most: int | None, trace: str, author: str | None, queued: bool,
            endpoint: str | None, model: str | None) -> None:
    """Have a model group notes or name the failure modes of fails; with a NUMBER go on with an analysis that stopped.

    What comes waits for a person, in Error analysis, Name them. `notes --trace ID`: what the model
    itself would note on a fail that AUTHOR has saved a note on; it is shown beside that note and never becomes one.
    """
    if what == analyses.NOTES:
        return _read(store, trace, figures.expert_named(store, author), endpoint, model)
    if what == analyses.GROUPS:
        started = analysing.start_groups(store, endpoint=endpoint, model=model)
    elif what == analyses.CODES:
        started = analysing.start_codes(store, again=again, most=most, endpoint=endpoint, model=model)
    elif what.isdecimal():
        started = analysing.ANALYSES.taken_up(store, int(what), queued)
    else:
        raise UsageError(f"Say 'groups', 'codes', 'notes', or the number of an analysis to go on with, not '{what}'.")
    _execute(store, started)


def _read(store: Store, trace: str, author: str, endpoint: str | None, model: str | None) -> None:
    if not trace:
        raise UsageError("Say which fail the model is to read: analyse notes --trace ID.")
    started = second_reading.start(store, trace, author, endpoint=endpoint, model=model)
    if started.status != DONE:
        _execute(store, started)
    found = second_reading.of(store, trace, author, started.id)
    if not found.text:
        raise PlumblineError(found.why)
    click.echo(f"The model notes ({found.job.model}): {found.text}")


def _execute(store: Store, started: Job) -> None:
    work_off(store, started, work.execute, "analysis",
             told=lambda ended: analyses.outcome(store, ended.id)["told"] or ended.message)


@click.command("analyses")
@AS_JSON
@pass_store
def list_analyses(store: Store, as_json: bool) -> None:
    """List what models were asked about notes and fails, newest first, and how far model and person agree."""
    analysing.settle(store)
    found, (_, rows, left_out) = analyses.every(store), analysing.agreement(store)
    if as_json:
        print_json({"analyses": [{**asdict(one), **analyses.outcome(store, one.id)} for one in found],
                    "agreement": [asdict(row) for row in rows], "left_out": left_out})
        return
    for one in found:
        click.echo(f"{one.id}\t{one.kind}\t{one.status}\t{one.done}/{one.total}\t{one.errors} errors\t{one.model}")
    for row in rows:
        click.echo(f"{row.name}: the same {words_of('agreement', row.share)}, kappa {words_of('kappa', row.kappa)}",
                   err=True)


@modes.command("add")
@click.argument("name")
@click.option("--definition", default="")
@pass_store
def add_mode(store: Store, name: str, definition: str) -> None:
    """Make a failure mode by hand."""
    mode_history.create(store, name, definition)


@modes.command("confirm")
@click.argument("name")
@pass_store
def confirm_mode(store: Store, name: str) -> None:
    """Take a failure mode that a model proposed, or that was rejected: it counts from now on."""
    mode_history.confirm(store, mode_history.by_name(store, name))


@modes.command("reject")
@click.argument("name")
@pass_store
def reject_mode(store: Store, name: str) -> None:
    """Do not take a failure mode; it counts no more, and can be confirmed later."""
    mode_history.reject(store, mode_history.by_name(store, name))


@modes.command("rename")
@click.argument("name")
@click.argument("new")
@pass_store
def rename_mode(store: Store, name: str, new: str) -> None:
    """Give a failure mode another name."""
    mode_history.rename(store, mode_history.by_name(store, name), new)


@modes.command("merge")
@click.argument("name")
@click.argument("into")
@pass_store
def merge_mode(store: Store, name: str, into: str) -> None:
    """Move the fails and notes of NAME to INTO; `modes apart NAME` undoes it."""
    mode_history.merge(store, mode_history.by_name(store, name), mode_history.by_name(store, into))


@modes.command("apart")
@click.argument("name")
@pass_store
def take_apart(store: Store, name: str) -> None:
    """Undo the merge of a failure mode."""
    mode_history.take_apart(store, mode_history.by_name(store, name))


COMMANDS = (notes_group, analyse, list_analyses)
