"""Commands for jobs: what goes on in the background, and going on with what stopped."""

import sys
from dataclasses import asdict

import click

from lib.cli.parts import AS_JSON, CALLABLE, pass_store, print_json
from lib.engine import jobs as work
from lib.records import DONE, QUEUED, Job
from lib.store import Store, jobs
from lib.workflow import jobs as verbs


@click.command("jobs")
@AS_JSON
@pass_store
def list_jobs(store: Store, as_json: bool) -> None:
    """List jobs, newest first: inputs being written, traces being answered."""
    verbs.settle(store)
    found = jobs.every(store)
    if as_json:
        print_json({"jobs": [asdict(job) for job in found]})
        return
    for row in found:
        click.echo(f"{row.id}\t{row.kind}\t{row.status}\t{row.done}/{row.total}\t{row.errors} errors\t{row.message}")


@click.command("job-resume")
@click.argument("job", type=int)
@click.option("--queued", is_flag=True, hidden=True, help="Only if it waits to begin; the page's own processes.")
@CALLABLE
@pass_store
def resume_job(store: Store, job: int, queued: bool) -> None:
    """Go on with a job that stopped; a stored answer is never asked for again."""
    verbs.settle(store)
    found = jobs.get(store, job)
    execute(store, found if queued or found.status == QUEUED else verbs.ready_to_resume(store, job))


def execute(store: Store, started: Job) -> None:
    """Works a job off here and now, with a bar; exit code 1 where it does not end as done."""
    with click.progressbar(length=started.total - started.done, file=sys.stderr) as bar:
        ended = work.execute_job(store, started.id, moved=lambda: bar.update(1))
    click.echo(f"job {ended.id}: {ended.status}, {ended.done:,} of {ended.total:,} calls made, {ended.errors:,} errors"
               + (f". {ended.message}" if ended.message else ""))
    if ended.status != DONE:
        raise click.exceptions.Exit(1)


COMMANDS = (list_jobs, resume_job)
