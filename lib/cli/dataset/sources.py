"""Commands for sources: where traces live, made known, pulled from, and pushed back to."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, CALLABLE, FROM_A_PAGE, pass_store, print_json, print_list
from lib.cli.progress import Progress, counted_off
from lib.records import DONE
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import sources
from lib.store.dataset.sources.pulls import Pull
from lib.workflow.dataset import sources as making
from lib.workflow.dataset.sources import Standing, pulling, pushing
from lib.workflow.dataset.sources.pulling import PULLS, Wanted
from lib.workflow.dataset.sources.pushing import Chosen


@click.group("source")
def source() -> None:
    """Where traces live: Phoenix, MLflow, Langfuse, LangSmith. Pull from there, push back."""


@source.command()
@click.argument("name")
@click.option("--kind", required=True, type=click.Choice(list(making.KINDS)))
@click.option("--address", required=True, metavar="URL", help="Of its interface, for instance http://localhost:6006.")
@click.option("--project", "remote", required=True, metavar="P", help="The project or experiment there, by name.")
@click.option("--key-env", "keys", multiple=True, metavar="VAR",
              help="A variable that holds a key, named in PLUMBLINE_SECRETS; twice for a user and a password.")
@click.option("--question", default="", metavar="NAME",
              help="The feedback of people there that becomes labels [default: what people were asked first and most].")
@pass_store
def add(store: Store, name: str, kind: str, address: str, remote: str, keys: tuple[str, ...], question: str) -> None:
    """Make a project at a platform known under NAME, once it has been found there."""
    made = making.add(store, name, kind, address, remote, keys, question)
    click.echo(f"source {made.name}: {making.KINDS[kind]}, project {made.remote} at {made.address}. "
               f"'source pull {made.name}' fetches its traces.")


@source.command("list")
@AS_JSON
@pass_store
def list_sources(store: Store, as_json: bool) -> None:
    """List sources with their newest pull: what came, what is new."""
    PULLS.settle(store)
    print_list("sources", making.standing(store), _line, as_json)


def _line(one: Standing) -> str:
    pull = one.pull
    said = "not pulled yet" if pull is None else f"pull {pull.id} {pull.status}: {_counts(pull)}" + (
        f". {pull.message}" if pull.message else "")
    return "\t".join((one.source.name, one.source.kind, one.source.address, one.source.remote,
                      counted(one.traces, "trace"), said))


def _counts(pull: Pull) -> str:
    return (f"{counted(pull.done, 'trace')} read, {pull.traces:,} new, {pull.identical:,} already stored; "
            f"{counted(pull.labels, 'new label')}, {counted(pull.verdicts, 'new verdict')}")


@source.command()
@click.argument("name")
@pass_store
def remove(store: Store, name: str) -> None:
    """Take a source away; what it brought stays, here and there."""
    sources.remove(store, name)
    click.echo(f"source {name} is removed; what it brought stays")


@source.command()
@click.argument("name")
@click.option("--since", default="", metavar="TIME", help="Only traces from then on, and read again what came since "
              "[default: shortly before the newest that came].")
@click.option("--filter", "filter", default="", metavar="TEXT", help="In the source's own words.")
@click.option("--sample", type=click.IntRange(1), metavar="N", help="Only N of its traces, drawn at random.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the sample.")
@AS_JSON
@pass_store
def pull(store: Store, name: str, as_json: bool, **wanted: Any) -> None:
    """Fetch what is new at a source; what broke off goes on where it was."""
    going = pulling.broken_off(store, name, Wanted(**wanted))
    begun = PULLS.ready_to_resume(store, going.id) if going else pulling.begin(store, name, Wanted(**wanted))
    _execute(store, begun, as_json)


@source.command()
@click.argument("name")
@click.option("--labels", is_flag=True, help="The newest label of each expert with its critique.")
@click.option("--verdicts", default="", metavar="RUN|JUDGE", help="The verdicts of a run, or of a judge's newest run.")
@click.option("--failure-modes", "modes", is_flag=True, help="The confirmed failure modes of each trace.")
@click.option("--test", is_flag=True, help="What is said of the test split too; without it nothing of that is pushed.")
@click.option("--address", "base", default="", metavar="URL",
              help="Where colleagues open the app, for a link in each note [default: no links].")
@click.option("--yes", is_flag=True, help="Send it; without this nothing is sent.")
@AS_JSON
@pass_store
def push(store: Store, name: str, yes: bool, as_json: bool, **chosen: Any) -> None:
    """Say there what was said here: first what would be sent, with --yes it is."""
    found = pushing.plan(store, name, Chosen(**chosen))
    sent = 0
    if yes:
        with counted_off("notes sent", 0, len(found.notes)) as moved:
            sent = pushing.send(store, found, moved)
    if as_json:
        print_json({"source": found.source.name, "sent": sent,
                    "counts": {sort: asdict(counts) for sort, counts in found.counts.items()}})
        return
    for sort, n in found.counts.items():
        click.echo(f"{sort}: {n.new:,} new, {n.changed:,} changed, {n.same:,} there already"
                   + (f"; {n.held_back:,} of the test split are held back (--test)" if n.held_back else ""))
    click.echo(f"sent to {found.source.name}: {counted(sent, 'note')}" if yes else
               f"Nothing was sent. With --yes {counted(len(found.notes), 'note')} would be.")


@click.command("source-resume", hidden=True)
@click.argument("number", type=int)
@FROM_A_PAGE
@CALLABLE
@pass_store
def resume(store: Store, number: int, queued: bool) -> None:
    """Go on with a pull that stopped; the page's own processes."""
    _execute(store, PULLS.taken_up(store, number, queued), False)


def _execute(store: Store, begun: Pull, as_json: bool) -> None:
    bar = Progress("traces read", begun.done)
    try:
        ended = pulling.execute(store, begun.id, lambda now: bar.to(now.done, now.total))
    finally:
        bar.end(keep=False)
    if as_json:
        print_json(asdict(ended))
    else:
        click.echo(f"{ended.name}, pull {ended.id}: {ended.status}. {_counts(ended)}."
                   + (f" {ended.message}." if ended.message else ""))
        for why, n in ended.left_out.items():
            click.echo(f"left out: {n:,} {why}")
    if ended.status != DONE:
        raise click.exceptions.Exit(1)


COMMANDS = (source, resume)
