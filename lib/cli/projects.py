"""Commands for projects as a whole, and the log: list, rename, archive, bring back, delete."""

from dataclasses import asdict

import click

from lib.cli.deleting import delete, deleting
from lib.cli.parts import AS_JSON, pass_store, print_list
from lib.store import Store
from lib.store import projects as stored
from lib.store.removal import log as kept
from lib.workflow.overview import removing


@click.group("projects")
def projects() -> None:
    """The projects of the file: list, rename, archive, bring back, delete."""


@projects.command("list")
@click.option("--all", "whole", is_flag=True, help="Also the archived ones.")
@AS_JSON
@pass_store
def list_projects(store: Store, whole: bool, as_json: bool) -> None:
    """List projects with their question."""
    print_list("projects", stored.every(store, archived=whole),
               lambda one: "\t".join((one.name, one.question, "archived" * one.archived)).rstrip(), as_json)


@projects.command()
@click.argument("name")
@click.argument("new")
@pass_store
def rename(store: Store, name: str, new: str) -> None:
    """Call project NAME by the name NEW."""
    stored.rename(stored.choose(store, name), new)


@projects.command()
@click.argument("name")
@pass_store
def archive(store: Store, name: str) -> None:
    """Offer project NAME nowhere until it is brought back; all of it stays."""
    stored.archive(stored.choose(store, name))


@projects.command("bring-back")
@click.argument("name")
@pass_store
def bring_back(store: Store, name: str) -> None:
    """Offer the archived project NAME again."""
    stored.bring_back(stored.choose(store, name))


@projects.command("delete")
@click.argument("name")
@deleting
@pass_store
def delete_project(store: Store, name: str, **options) -> None:
    """Delete project NAME with all that is in it, for good."""
    opened = stored.choose(store, name)
    delete(opened, removing.of_project(opened), **options)


@click.command()
@AS_JSON
@pass_store
def log(store: Store, as_json: bool) -> None:
    """Show what was renamed, archived, brought back, deleted or taken back, the newest first."""
    found = [{"words": one.words, **asdict(one)} for one in kept.every(store)]
    print_list("events", found, lambda one: "\t".join((one["created_at"][:16], one["author"] or "-", one["words"])),
               as_json)


COMMANDS = (projects, log)
