"""Commands for suggestions: have a model draft guidelines or a changed prompt, list drafts, print one."""

from dataclasses import asdict

import click

from lib import suggesters
from lib.cli_parts import AS_JSON, pass_store, print_json
from lib.records import DONE, QUEUED, UsageError
from lib.records.suggestion import GUIDELINES, KINDS, SEARCH, Suggestion
from lib.store import Store, judges, suggestions
from lib.workflow import judging
from lib.workflow import suggesting as verbs


@click.command("suggestions")
@AS_JSON
@pass_store
def list_suggestions(store: Store, as_json: bool) -> None:
    """List what models were asked to propose for prompts, newest first; --json holds what came."""
    verbs.settle(store)
    found = suggestions.every(store)
    if as_json:
        print_json({"suggestions": [asdict(one) for one in found]})
        return
    for one in found:
        click.echo(f"{one.id}\t{one.judge}\t{one.kind}\t{one.model}\t{one.status}\t{one.calls} calls\t{one.message}")


@click.command("suggest")
@click.argument("suggestion", type=int, required=False)
@click.option("--queued", is_flag=True, hidden=True, help="Only if it waits to begin; the page's own processes.")
@click.option("--judge", "name", help="Start a new one for the newest prompt of this judge.")
@click.option("--kind", type=click.Choice(KINDS), default=GUIDELINES, show_default=True)
@click.option("--most-calls", "calls", type=click.IntRange(1), default=300, show_default=True,
              help="The budget of a search, retries too.")
@click.option("--endpoint", type=click.Choice((judging.EMBEDDED, judging.ENVIRONMENT)))
@click.option("--model", help="A model the endpoint lists.")
@pass_store
def suggest(store: Store, suggestion: int | None, queued: bool, name: str | None, kind: str, calls: int,
            endpoint: str | None, model: str | None) -> None:
    """Have a model draft for a judge's prompt (--judge), or go on with SUGGESTION, which stopped.

    A draft is printed and stored, and changes no prompt: taking it is a click in the app.
    """
    if (suggestion is None) == (name is None):
        raise UsageError("Name either a judge with --judge, to start one, or the number of one that stopped.")
    if name is not None:
        started = verbs.start(store, judges.newest_prompt(store, name), kind, endpoint=endpoint, model=model,
                              calls=calls)
    else:
        verbs.settle(store)
        started = suggestions.get(store, suggestion)
        if not queued and started.status != QUEUED:
            started = verbs.ready_to_resume(store, suggestion)
    _said(suggesters.execute(store, started.id))


def _said(ended: Suggestion) -> None:
    if ended.status == DONE and ended.result:
        click.echo(_drafted(ended))
    click.echo(f"suggestion {ended.id}: {ended.status}, {ended.calls:,} calls"
               + (f". {ended.message}" if ended.message else ""), err=True)
    if ended.status != DONE:
        raise click.exceptions.Exit(1)


def _drafted(ended: Suggestion) -> str:
    if ended.kind == GUIDELINES:
        return "\n".join(f"- {rule['text']}" for rule in ended.result["rules"])
    if ended.kind == SEARCH:
        return verbs.best(ended)["template"]
    return ended.result["template"]


COMMANDS = (list_suggestions, suggest)
