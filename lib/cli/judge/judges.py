"""Commands for judges: how far each is, and the versions of its prompt."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.deleting import delete, deleting
from lib.cli.parts import AS_JSON, json_of, pass_store, print_json, text_of
from lib.records import Figure, PromptVersion, UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.store.judge import judges, runs
from lib.workflow import figures
from lib.workflow.judge import judging, versions
from lib.workflow.overview import removing


@click.group("judges", invoke_without_command=True)
@AS_JSON
@click.pass_context
def every_judge(ctx: click.Context, as_json: bool) -> None:
    """List judges with newest prompt version and agreement; or rename, archive, bring back, delete one."""
    if ctx.invoked_subcommand is None:
        _list(ctx.obj(), as_json)


def _list(store: Store, as_json: bool) -> None:
    if away := judges.archived(store):
        click.echo(f"archived, not listed: {', '.join(away)}", err=True)
    found = [_judge(store, standing) for standing in figures.standing(store)]
    if as_json:
        print_json({"judges": found})
        return
    for judge in found:
        agreed = Figure(**judge["agreement"], n=judge["n"]) if judge["agreement"] else None
        click.echo("\t".join((
            judge["name"], f"version {judge['version']}" if judge["version"] else "recorded", judge["model"] or "-",
            counted(judge["runs"], "run"),
            "validated" if judge["validated"] else "not validated",
            f"{metrics.format_share(agreed)} of {judge['n']:,}{metrics.format_errors(judge['errors'])}"
            f"{', provisional' * judge['provisional']}" if agreed else judge["why"])))


@every_judge.command()
@click.argument("name")
@click.argument("new")
@pass_store
def rename(store: Store, name: str, new: str) -> None:
    """Call judge NAME by the name NEW."""
    judges.rename(store, name, new)


@every_judge.command()
@click.argument("name")
@pass_store
def archive(store: Store, name: str) -> None:
    """Offer judge NAME nowhere until it is brought back; prompts, runs and verdicts stay."""
    judges.archive(store, name)


@every_judge.command("bring-back")
@click.argument("name")
@pass_store
def bring_back(store: Store, name: str) -> None:
    """Offer the archived judge NAME again."""
    judges.bring_back(store, name)


@every_judge.command("delete")
@click.argument("name")
@deleting
@pass_store
def delete_judge(store: Store, name: str, **options: Any) -> None:
    """Delete judge NAME with its prompts, runs and verdicts; what was spent stays in the log."""
    delete(store, removing.of_judge(store, name), **options)


def _judge(store: Store, standing: figures.Standing) -> dict[str, Any]:
    version = next(iter(judges.prompts(store, standing.judge)), None)
    made, newest = runs.every(store, standing.judge), standing.agreement
    agreed = newest.figures["agreement"] if newest and newest.counts.n else None
    return {"name": standing.judge, "criterion": judges.special(store).get(standing.judge, (None,))[0],
            "version": version and version.number,
            "model": made[0].model if made else version and version.model, "runs": len(made),
            "validated": standing.validated, "provisional": bool(newest and newest.provisional),
            "why": standing.why, "n": newest.counts.n if newest else 0,
            "errors": newest.counts.errors if newest else 0,
            "agreement": agreed and json_of(agreed)}


@click.group("judge-prompt")
def prompt() -> None:
    """Show a judge's prompt, or make its next version."""


@prompt.command()
@click.argument("name")
@click.option("--version", "number", type=int, help="[default: the newest]")
@AS_JSON
@pass_store
def show(store: Store, name: str, number: int | None, as_json: bool) -> None:
    """Print the prompt of judge NAME as it was saved; what belongs to it goes to standard error."""
    version = judges.newest_prompt(store, name) if number is None else _numbered(store, name, number)
    if as_json:
        print_json({"judge": version.judge, "version": version.number, "template": version.template,
                    "examples": [_example(example.label) for example in version.examples], "model": version.model,
                    "parameters": version.parameters, "note": version.note, "created_at": version.created_at})
        return
    click.echo(version.template, nl=False)
    click.echo(_said(version), err=True)


def _numbered(store: Store, name: str, number: int) -> PromptVersion:
    known = {version.number: version for version in judges.prompts(store, name)}
    if number not in known:
        numbers = ", ".join(map(str, sorted(known))) or "none"
        raise UsageError(f"Judge '{name}' has no prompt version {number}. Versions: {numbers}.")
    return known[number]


def _example(label: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(label).items() if name in ("trace", "expert", "outcome", "critique")}


def _said(version: PromptVersion) -> str:
    return (f"{version.judge}, version {version.number}, {counted(len(version.examples), 'example')}"
            + (f": {version.note}" if version.note else ""))


@prompt.command()
@click.argument("name")
@click.argument("file", type=click.Path(dir_okay=False, allow_dash=True))
@click.option("--note", default="", metavar="TEXT", help="What was changed, and why.")
@click.option("--no-examples", is_flag=True, help="Without the examples of the newest version, which else stay.")
@click.option("--parameters", metavar="JSON", help="Of each call, an object; \"pictures\": true sends pictures "
              "[default: the newest version's].")
@pass_store
def new(store: Store, name: str, file: str, note: str, no_examples: bool, parameters: str | None) -> None:
    """Make the text in FILE (- for standard input) the next prompt version of judge NAME; a new name, a new judge.

    Examples, model and parameters are the newest version's.
    """
    chosen = None if parameters is None else versions.parameters(parameters)
    name = name.strip()
    known = name in judges.every(store, archived=True)
    before = next(iter(judges.prompts(store, name)), None) if known else None
    shown = [example.label.key for example in before.examples] if before and not no_examples else []
    version = judging.save_prompt(store, name, text_of(file), shown, before and before.model,
                                  chosen if chosen is not None else before and before.parameters, note)
    click.echo(_said(version) + ("" if known else " (a new judge)"))


COMMANDS = (every_judge, prompt)
