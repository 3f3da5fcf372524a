"""Commands for what waits for the principal expert: list it, agree to it, decline it."""

from dataclasses import asdict

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.cli.people import say_as
from lib.store import Store
from lib.store import sign_offs as stored
from lib.store.sign_offs import SignOff
from lib.workflow.overview import sign_offs as verbs


@click.group("sign-offs")
def sign_offs() -> None:
    """What only the principal expert may do and somebody else asked for: list, agree, decline."""


@sign_offs.command("list")
@click.option("--all", "whole", is_flag=True, help="Also what is decided.")
@AS_JSON
@pass_store
def list_waiting(store: Store, whole: bool, as_json: bool) -> None:
    """List what waits, the oldest first."""
    found = [*stored.waiting(store), *(stored.decided(store) if whole else [])]
    if as_json:
        print_json({"sign_offs": [{"what": verbs.in_words(one), **asdict(one)} for one in found]})
        return
    for one in found:
        click.echo(_line(one))


def _line(one: SignOff) -> str:
    state = f"{one.decision} by {one.decided_by or '-'}" if one.decision else "waits"
    return f"{one.number}\t{state}\t{one.asked_by}\t{one.asked_at[:16]}\t{verbs.in_words(one)}\t{one.reason}"


@sign_offs.command()
@click.argument("number", metavar="N", type=int)
@pass_store
def agree(store: Store, number: int) -> None:
    """Do what sign-off N asks for, in the principal's name."""
    click.echo(_line(verbs.agree(store, number)))
    say_as(store)


@sign_offs.command()
@click.argument("number", metavar="N", type=int)
@pass_store
def decline(store: Store, number: int) -> None:
    """Do nothing of what sign-off N asks for; who asked withdraws it so."""
    click.echo(_line(verbs.decline(store, number)))


COMMANDS = (sign_offs,)
