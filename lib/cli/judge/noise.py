"""`noise`: how far a judge contradicts itself where it is asked the same again."""

from dataclasses import asdict

import click

from lib.cli.parts import AS_JSON, json_of, pass_store, print_json
from lib.records.words import counted
from lib.statistics.metrics import format_interval, format_share
from lib.store import Store
from lib.workflow.judge import noise


@click.command("noise")
@click.argument("run", type=int)
@click.option("--repeat", "times", type=click.IntRange(1, noise.MOST),
              help="Queue this many repeats first: 'resume' with their numbers executes them.")
@AS_JSON
@pass_store
def contradicts(store: Store, run: int, times: int | None, as_json: bool) -> None:
    """Show on how many traces the judge contradicts itself, over all runs that asked what RUN asked."""
    made = noise.repeat(store, run, times) if times else []
    found = noise.of(store, run)
    if as_json:
        print_json({"run": run, "runs": found.runs, "queued": [one.id for one in made], "repeated": found.repeated,
                    "noisy": sorted(found.noisy), "share": json_of(found.share),
                    "moved": [asdict(one) for one in noise.moved(store, run)]})
        return
    if made:
        click.echo(f"Queued: run {', '.join(str(one.id) for one in made)}. "
                   f"Next: resume {' '.join(str(one.id) for one in made)}", err=True)
    click.echo(f"{len(found.noisy):,} of {counted(found.repeated, 'trace')} judged more than once, in "
               f"{counted(len(found.runs), 'run')}: {format_share(found.share)} "
               f"({format_interval('noise', found.share)})")
    for one in noise.moved(store, run):
        click.echo(one.said)


COMMANDS = (contradicts,)
