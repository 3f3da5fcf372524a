"""Commands for people: who works here as what, renamed, merged, retired, brought back, and who is principal."""

from collections.abc import Callable
from dataclasses import asdict

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records.people import ROLES
from lib.records.words import counted
from lib.store import Store
from lib.store import people as stored
from lib.store.sign_offs import SignOff
from lib.workflow import people as verbs
from lib.workflow import rights

REASON = click.option("--reason", default="", help="Why, where the principal expert has to agree.")


@click.group("people")
def people() -> None:
    """Who works in the project: list, add, rename, merge, retire, bring back, and who is principal."""


@people.command("list")
@AS_JSON
@pass_store
def list_people(store: Store, as_json: bool) -> None:
    """List everybody with the role, the principal first, the retired last."""
    found = stored.every(store)
    if as_json:
        print_json({"people": list(map(asdict, found))})
        return
    for one in found:
        click.echo("\t".join((one.name, one.role, "principal" if one.principal else "",
                              "retired" if one.retired else "")).rstrip())


@people.command()
@AS_JSON
@pass_store
def log(store: Store, as_json: bool) -> None:
    """Show every change of who is who, the newest first."""
    found = stored.log(store)
    if as_json:
        print_json({"events": list(map(asdict, found))})
        return
    for one in found:
        click.echo(f"{one.created_at[:16]}\t{one.author or '-'}\t{one.words}")


@people.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default=ROLES[0], show_default=True)
@pass_store
def add(store: Store, name: str, role: str) -> None:
    """Note that NAME works here, or as what from now on; nobody becomes principal by that."""
    click.echo(stored.enter(store, name, role).words)


@people.command()
@click.argument("name")
@click.argument("new")
@pass_store
def rename(store: Store, name: str, new: str) -> None:
    """Call NAME by the name NEW; the earlier name goes on meaning the same person."""
    stored.rename(store, name, new)


@people.command()
@click.argument("name")
@click.argument("into")
@REASON
@pass_store
def merge(store: Store, name: str, into: str, reason: str) -> None:
    """NAME and INTO are one human: labels of the first count as the second's."""
    done_or_waits(store, lambda: verbs.merge(store, name, into, reason))


@people.command()
@click.argument("name")
@REASON
@pass_store
def principal(store: Store, name: str, reason: str) -> None:
    """Make NAME the expert whose judgement counts."""
    done_or_waits(store, lambda: verbs.make_principal(store, name, reason))


@people.command()
@click.argument("name")
@click.option("--successor", default="", help="Who is principal from then on, where NAME is it now.")
@pass_store
def retire(store: Store, name: str, successor: str) -> None:
    """Offer NAME nowhere any more; labels and all that was written stay."""
    if places := verbs.retire(store, name, successor):
        click.echo(f"{counted(places, 'place')} in the queue of {name} went back to nobody: whoever claims "
                   "one first has it", err=True)


@people.command("bring-back")
@click.argument("name")
@pass_store
def bring_back(store: Store, name: str) -> None:
    """Offer NAME again, who has retired."""
    stored.bring_back(store, name)


def done_or_waits(store: Store, verb: Callable[[], SignOff | None]) -> None:
    """Says on standard error as whom something of the principal's right was done, or what waits instead."""
    if (asked := verb()) is not None:
        say_waits(store, asked)
    else:
        say_as(store)


def say_waits(store: Store, asked: SignOff) -> None:
    """Says for whom it waits, and under which number."""
    click.echo(f"sign-off {asked.number}: waits for {rights.principal_words(store)}; no figure moves until then",
               err=True)


def say_as(store: Store) -> None:
    """Says as whom it was done: the person named with --as, else in the principal's name."""
    click.echo(f"done as {store.person}" if store.person else f"done for {rights.principal_words(store)}: the command "
               "line acts for the principal unless --as names somebody", err=True)


COMMANDS = (people,)
