"""Commands for accounts: who may log in where Plumbline is served to a team. A password is never an argument."""

import sys

import click

from lib.cli.parts import AS_JSON, pass_store, print_list
from lib.records import UsageError
from lib.records.people import ROLES
from lib.records.words import counted
from lib.store import Store
from lib.store.team import accounts, events
from lib.workflow import people
from lib.workflow.team import passwords

_STDIN = click.option("--password-stdin", "from_stdin", is_flag=True,
                      help="Read the password from the first line of standard input [default: ask for it].")
_ROLE = click.Choice(ROLES)


@click.group("users")
def users() -> None:
    """Accounts of the team: who may log in, as whom and as what; sessions, and the log."""


@users.command()
@click.argument("login")
@click.option("--as", "name", required=True, help="The person's name, as it stands beside what the person writes.")
@click.option("--role", type=_ROLE, required=True, help="As what the person works.")
@click.option("--oidc", is_flag=True, help="No password: an OIDC provider says who logs in.")
@_STDIN
@pass_store
def add(store: Store, login: str, name: str, role: str, oidc: bool, from_stdin: bool) -> None:
    """Add an account; LOGIN is a name, or the e-mail or sub:NUMBER by which a provider knows the person."""
    if accounts.find(store, login.strip()):
        raise UsageError(f"There is an account '{login}' already.")
    password = None if oidc else passwords.hashed(_password(from_stdin, login, name))
    added = accounts.add(store, login, name, role, password)
    click.echo(f"{added.login}\t{added.words}")
    _warn(store, login)


def _warn(store: Store, login: str) -> None:
    if words := people.stands_still(store, accounts.known(store, login.strip())):
        click.echo(words, err=True)


def _password(from_stdin: bool, *known: str) -> str:
    if from_stdin:
        said = sys.stdin.readline(passwords.LONGEST + 2).removesuffix("\n").removesuffix("\r")
    else:
        said = click.prompt(f"Password, at least {passwords.SHORTEST} characters", hide_input=True,
                            confirmation_prompt=True, err=True)
    return passwords.checked(said, *known)


@users.command("list")
@AS_JSON
@pass_store
def list_accounts(store: Store, as_json: bool) -> None:
    """List all accounts, without their passwords."""
    found = [{"login": one.login, "name": one.name, "role": one.role, "by": "password" if one.password else "provider",
              "disabled": one.disabled} for one in accounts.every(store)]
    print_list("users", found, lambda one: "\t".join((
        one["login"], one["name"], one["role"], one["by"], "disabled" if one["disabled"] else "")).rstrip(), as_json)


@users.command()
@click.argument("login")
@_STDIN
@pass_store
def password(store: Store, login: str, from_stdin: bool) -> None:
    """Give an account another password, which ends its sessions."""
    found = accounts.known(store, login)
    accounts.set_password(store, login, passwords.hashed(_password(from_stdin, found.login, found.name)))


@users.command()
@click.argument("login")
@click.argument("role", type=_ROLE)
@pass_store
def role(store: Store, login: str, role: str) -> None:
    """Say as what somebody works from now on, in every project; ends the account's sessions."""
    accounts.set_role(store, login, role)
    _warn(store, login)


@users.command()
@click.argument("login")
@click.argument("name")
@pass_store
def rename(store: Store, login: str, name: str) -> None:
    """Give the person of an account another NAME, which ends its sessions; people rename does it in a project."""
    accounts.rename(store, login, name)


@users.command()
@click.argument("login")
@pass_store
def disable(store: Store, login: str) -> None:
    """Let an account log in no more, and end its sessions at once."""
    accounts.disable(store, login)


@users.command()
@click.argument("login")
@pass_store
def enable(store: Store, login: str) -> None:
    """Let a disabled account log in again."""
    accounts.enable(store, login)


@users.command("end-sessions")
@click.argument("login")
@pass_store
def end_sessions(store: Store, login: str) -> None:
    """Log an account out of every browser."""
    click.echo(f"logged out of {counted(accounts.end_sessions(store, login), 'browser')}")


@users.command()
@AS_JSON
@pass_store
def log(store: Store, as_json: bool) -> None:
    """Show who was added, changed, logged in, out or refused, the newest first."""
    print_list("events", events.every(store), lambda one: f"{one.created_at[:16]}\t{one.author or '-'}\t{one.words}",
               as_json)


COMMANDS = (users,)
