"""Commands for runs: have a judge read traces, go on with what stopped, and list what there is."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from lib.cli.jobs import work_off
from lib.cli.judge.batches import write_files
from lib.cli.narrowing import filter_of, narrowing
from lib.cli.parts import AS_JSON, FROM_A_PAGE, asking, capped, caps_of, pass_store, print_list
from lib.engine import runner
from lib.records import DEV, QUEUED, SPLITS, Caps, Run, RunCost, UsageError, shards
from lib.records.words import counted
from lib.sampling.splits import FEW
from lib.statistics.costs import in_a_line, per_hundred
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.judge import costs, judges, runs
from lib.workflow import retirement
from lib.workflow.errors import going_on
from lib.workflow.judge import batches, budget, judging, pace
from lib.workflow.judge.batches import sending, starting


@click.command()
@click.option("--judge", "name", required=True, help="The judge whose newest prompt is run.")
@click.option("--split", type=click.Choice((*SPLITS, "all")), default=DEV, show_default=True, help=(
    "Only traces of this split; all takes every split."))
@click.option("--labelled", is_flag=True, help="Only traces the principal expert has labelled.")
@narrowing
@click.option("--shard", metavar="K/N", help=(
    "Only the K-th of N parts of these traces; every copy of the file makes the same parts."))
@click.option("--limit", type=click.IntRange(1), help="At most so many traces, labelled ones first.")
@click.option("--concurrency", type=click.IntRange(1, 1024), default=32, show_default=True)
@asking
@click.option("--leave-one-out/--no-leave-one-out", default=None, help=(
    f"Judge the prompt's own examples too, each without itself [default: with fewer than {FEW} labelled traces]."))
@click.option("--anew", is_flag=True, help="Ask again what an earlier run has asked in the same words.")
@click.option("--probability", is_flag=True, help=(
    "Ask how likely each written outcome was, where the endpoint tells log-probabilities; the verdict stays as it is."))
@capped
@click.option("--all-the-same", metavar="WHY", help=(
    "Why you go on to a judge although a failure is so common that mending it comes first; kept with your name."))
@click.option("--batch", is_flag=True, help="Ask in batch files through the endpoint's batches, at a lower price.")
@click.option("--into", type=click.Path(path_type=Path, file_okay=False), help=(
    "With --batch: only write the files into this folder, for a machine of your own; --model names its model."))
@click.option("--dry-run", is_flag=True, help="Say how many traces it would read and what that takes; start nothing.")
@pass_store
def run(store: Store, name: str, dry_run: bool, concurrency: int, all_the_same: str | None, batch: bool,
        into: Path | None, **options: Any) -> None:
    """Run a judge; --judge names it. Stopping with Ctrl-C keeps what came, and resume goes on."""
    if batch and options["probability"]:
        raise UsageError("--probability cannot go with --batch: batch files ask for written verdicts alone.")
    most, where = caps_of(options), _where(store, options)
    version = judges.newest_prompt(store, name)
    chosen = starting.choice(store, version, options.pop("endpoint"), options.pop("model"), batch, into)
    asked = {"model": chosen.model, "endpoint": chosen.endpoint, "where": where, **options}
    click.echo(pace.forecast(store, name, batch=batch, **asked), err=not dry_run)
    if dry_run:
        return
    _check_common(store, all_the_same)
    started = starting.queued(store, name, most, batch, into, concurrency=concurrency, **asked)
    taken = f", {started.reused:,} taken over from earlier runs" if started.reused else ""
    model = retirement.known(store).beside(started)
    part = f", shard {where.shard}" if where.shard else ""
    click.echo(f"run {started.id}: {counted(started.total, 'trace')}{part}, model {model}{taken}", err=True)
    if into:
        write_files(store, started.id, into)
    else:
        _execute(store, started)


def _check_common(store: Store, reason: str | None) -> None:
    """A run goes on where nothing has to be mended first, or somebody has written why."""
    if reason is not None:
        going_on.keep(store, reason)
    try:
        going_on.check(store)
    except UsageError as error:
        raise UsageError(f'{error} On the command line: --as NAME run … --all-the-same "why".') from None


def _where(store: Store, options: dict[str, Any]) -> Filter:
    split, labelled, shard = options.pop("split"), options.pop("labelled"), options.pop("shard")
    return filter_of(store, options, split=None if split == "all" else split, label="any" if labelled else None,
                     shard=shard and shards.checked(shard))


@click.command()
@click.argument("run", type=int, nargs=-1, required=True)
@FROM_A_PAGE
@click.option("--errors", is_flag=True, help="Ask again for every error of a run, refused and unreadable replies too.")
@click.option("--batch/--live", default=None, help="From now on in batch files, or call by call [default: as before].")
@capped
@pass_store
def resume(store: Store, run: tuple[int, ...], queued: bool, errors: bool, batch: bool | None, **most: Any) -> None:
    """Go on with runs that stopped; a stored reply is never bought again. Caps named here replace the earlier ones."""
    wanted = caps_of(most)
    for number in run:
        if wanted != Caps():
            budget.put(store, number, wanted)
        if batch is not None:
            starting.turn(store, number, batch)
        starting.check_goes_on(store, number)
        if errors and not queued and runs.get(store, number).status != QUEUED:
            judging.ask_errors_again(store, number)
        _execute(store, judging.RUNS.taken_up(store, number, queued))


def _execute(store: Store, started: Run) -> None:
    by_service = batches.by_service(store, started.id)
    work_off(store, started, sending.execute if by_service else runner.execute, "run", "", "judged")
    if (standing := batches.of(store, started.id)) is not None:
        for file in standing.files:
            click.echo(f"file {file.number}: {file.service or file.status}"
                       + (f": {file.message}" if file.message else ""), err=True)
    if said := judging.untold(store, started.id):
        click.echo(said, err=True)


@click.command("runs")
@AS_JSON
@pass_store
def list_runs(store: Store, as_json: bool) -> None:
    """List runs, newest first: how far each is, and what it took."""
    judging.settle(store)
    took, marks = costs.of(store), retirement.known(store)
    if as_json:
        print_list("runs", [asdict(run) | _spent(took[run.id]) | {"retires": marks.of_run(run) or None}
                            for run in runs.every(store)], str, True)
        return
    for row in runs.every(store):
        click.echo("\t".join((str(row.id), row.judge, marks.beside(row), row.status, f"{row.done}/{row.total}",
                              f"{row.errors} errors", row.message, in_a_line(took[row.id]))).rstrip())


def _spent(found: RunCost) -> dict[str, Any]:
    """What a run took, for each hundred traces too."""
    own = {name: value for name, value in asdict(found).items() if name not in ("run", "model")}
    return {"spent": own | {"per_100": asdict(per_hundred(found))}}


COMMANDS = (run, resume, list_runs)
