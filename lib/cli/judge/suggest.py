"""Commands for suggestions: have a model draft guidelines or a changed prompt, list drafts, print one."""

from typing import Any

import click

from lib.cli.parts import AS_JSON, FROM_A_PAGE, asking, capped, caps_of, pass_store, print_list
from lib.cli.progress import counted_off
from lib.engine import suggesters
from lib.records import DONE, Caps, PromptVersion, UsageError
from lib.records.suggestion import GUIDELINES, KINDS, SEARCH, Suggestion
from lib.records.words import counted
from lib.store import Store
from lib.store.judge import judges, suggestions
from lib.workflow import endpoints
from lib.workflow.judge import budget
from lib.workflow.judge import suggesting as verbs


@click.command("suggestions")
@AS_JSON
@pass_store
def list_suggestions(store: Store, as_json: bool) -> None:
    """List what models were asked to propose for prompts, newest first; --json holds what came."""
    verbs.settle(store)
    print_list("suggestions", suggestions.every(store), lambda one: (
        f"{one.id}\t{one.judge}\t{one.kind}\t{one.model}\t{one.status}\t"
        f"{counted(one.calls, 'call')}\t{one.message}"), as_json)


@click.command("suggest")
@click.argument("suggestion", type=int, required=False)
@FROM_A_PAGE
@click.option("--judge", "name", help="Start a new one for the newest prompt of this judge.")
@click.option("--kind", type=click.Choice(KINDS), default=GUIDELINES, show_default=True)
@asking
@capped
@pass_store
def suggest(store: Store, suggestion: int | None, queued: bool, name: str | None, kind: str, endpoint: str | None,
            model: str | None, **most: Any) -> None:
    """Have a model draft for a judge's prompt (--judge), or go on with SUGGESTION, which stopped.

    A draft is printed and stored, and changes no prompt: taking it is a click in the app. A search whose caps are not
    named makes at most 300 calls; caps named when it goes on replace the earlier ones.
    """
    wanted = caps_of(most)
    if (suggestion is None) == (name is None):
        raise UsageError("Name either a judge with --judge, to start one, or the number of one that stopped.")
    if name is not None:
        started = _started(store, judges.newest_prompt(store, name), kind, None if wanted == Caps() else wanted,
                           endpoint, model)
    else:
        verbs.settle(store)
        if wanted != Caps():
            verbs.put_caps(store, suggestion, wanted)
        started = verbs.SUGGESTIONS.taken_up(store, suggestion, queued)
    with counted_off("calls made", started.calls, started.caps.calls) as moved:
        ended = suggesters.execute(store, started.id, moved=moved)
    _said(ended)


def _started(store: Store, version: PromptVersion, kind: str, wanted: Caps | None, endpoint: str | None,
             model: str | None) -> Suggestion:
    """A new suggestion; what it will take is said before."""
    chosen = endpoints.choice(store, endpoint, model, version)
    click.echo(verbs.forecast(store, version, kind, chosen.model, wanted=wanted), err=True)
    return verbs.start(store, version, kind, endpoint=chosen.endpoint, model=chosen.model, wanted=wanted)


def _said(ended: Suggestion) -> None:
    drafted = bool(ended.result) and (ended.status == DONE or (budget.stopped(ended) and ended.result["candidates"]))
    if drafted:
        click.echo(_drafted(ended))
    click.echo(f"suggestion {ended.id}: {ended.status}, {counted(ended.calls, 'call')}"
               + (f". {ended.message}" if ended.message else ""), err=True)
    if not drafted:
        raise click.exceptions.Exit(1)


def _drafted(ended: Suggestion) -> str:
    if ended.kind == GUIDELINES:
        return "\n".join(f"- {rule['text']}" for rule in ended.result["rules"])
    if ended.kind == SEARCH:
        return verbs.best(ended)["template"]
    return ended.result["template"]


COMMANDS = (list_suggestions, suggest)
