"""Commands for what guards against a failure mode: assertions, the check that a build runs."""

from typing import Any

import click

from lib.assertions import KINDS
from lib.cli.parts import AS_JSON, pass_store, print_json, print_list, text_of
from lib.records import UsageError
from lib.store import Store
from lib.store.errors import assertions as stored
from lib.store.errors.assertions import Assertion, Tally
from lib.workflow.errors import checking

_LISTED = 1_000  # traces that fail, of one assertion


@click.group("assertion")
def assertion() -> None:
    """Write an assertion, or take one out of use."""


@assertion.command()
@click.argument("name")
@click.option("--kind", type=click.Choice(list(KINDS)), required=True)
@click.option("--set", "words", metavar="KEY=VALUE", multiple=True,
              help="A setting of the kind; @FILE as the value reads it from a file. May be repeated.")
@click.option("--mode", help="The failure mode it tests for.")
@click.option("--reason", default="", help="Why it cannot wait for error analysis.")
@pass_store
def add(store: Store, name: str, kind: str, words: tuple[str, ...], mode: str | None, reason: str) -> None:
    """Write an assertion called NAME; 'check' tries it on."""
    found = dict(word.partition("=")[::2] for word in words)
    config = {key: text_of(value[1:]) if value.startswith("@") else value for key, value in found.items()}
    made = checking.add(store, name, kind, checking.settings(kind, config), mode, reason)
    click.echo(f"assertion {made.name}: {made.kind}")


@assertion.command()
@click.argument("name")
@pass_store
def retire(store: Store, name: str) -> None:
    """Take assertion NAME out of use; what it said is kept."""
    stored.retire(store, name)


@click.command("assertions")
@AS_JSON
@pass_store
def list_assertions(store: Store, as_json: bool) -> None:
    """List assertions with what came of each so far."""
    tallies = stored.tallies(store)
    found = [_row(one, tallies[one.key]) for one in stored.every(store)]
    print_list("assertions", found, lambda one: (
        f"{one['name']}\t{one['kind']}\t{one['mode'] or '-'}\t{_counts(one)}\t{one['waiting']:,} waiting"), as_json)


def _row(one: Assertion, tally: Tally) -> dict[str, Any]:
    return {"name": one.name, "kind": one.kind, "config": one.config, "mode": one.mode, "reason": one.reason,
            **vars(tally)}


def _counts(found: dict[str, Any]) -> str:
    return f"{found['passed']:,} pass\t{found['failed']:,} fail\t{found['unchecked']:,} not checked"


@click.command("check")
@click.option("--assertion", "names", multiple=True, help="Only this one; may be repeated [default: all].")
@click.option("--system", "version", help="Only the answers of this version of the AI system.")
@AS_JSON
@pass_store
def check(store: Store, names: tuple[str, ...], version: str | None, as_json: bool) -> None:
    """Try assertions on what has not been tried, and say what came of all. Exit code 1 where one fails on a trace."""
    chosen = [stored.get(store, name) for name in names] or stored.every(store)
    if not chosen:
        raise UsageError("There is no assertion yet: write one with 'assertion add'.")
    stopped = {one.name: why for one in chosen if (why := checking.run(store, one))}
    tallies = stored.tallies(store, version)
    found = [{**_row(one, tallies[one.key]), "stopped": stopped.get(one.name, ""),
              "fails": [{"trace": trace, "why": why} for trace, why in stored.results(
                  store, one.key, "fail", version, _LISTED)]} for one in chosen]
    if not any(one["passed"] + one["failed"] + one["unchecked"] + one["waiting"] for one in found):
        raise UsageError("There is no answer to check" + (f" of the version '{version}'." if version else "."))
    _say(found, as_json)
    if stopped or any(one["failed"] for one in found):
        raise click.exceptions.Exit(1)


def _say(found: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json({"checks": found})
        return
    for one in found:
        click.echo(f"{one['name']}\t{_counts(one)}\t{one['stopped']}".rstrip())
        for fail in one["fails"]:
            click.echo(f"  {fail['trace']}\t{fail['why']}")


COMMANDS = (assertion, list_assertions, check)
