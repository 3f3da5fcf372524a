"""Commands for jobs: what goes on in the background, and going on with what stopped.

What is worked off here and now, a job, a run or an analysis, is shown and ends in the same way.
"""

from collections.abc import Callable

import click

from lib.cli.parts import AS_JSON, CALLABLE, FROM_A_PAGE, pass_store, print_list
from lib.cli.progress import counted_off
from lib.engine import jobs as work
from lib.records import DONE, Job, Run
from lib.records.words import counted
from lib.store import Store, jobs
from lib.workflow.jobs import JOBS


@click.command("jobs")
@AS_JSON
@pass_store
def list_jobs(store: Store, as_json: bool) -> None:
    """List jobs, newest first: inputs being written, traces being answered."""
    JOBS.settle(store)
    print_list("jobs", jobs.every(store), lambda row: (
        f"{row.id}\t{row.kind}\t{row.status}\t{row.done}/{row.total}\t"
        f"{counted(row.errors, 'error')}\t{row.message}"), as_json)


@click.command("job-resume")
@click.argument("job", type=int)
@FROM_A_PAGE
@CALLABLE
@pass_store
def resume_job(store: Store, job: int, queued: bool) -> None:
    """Go on with a job that stopped; a stored answer is never asked for again."""
    execute(store, JOBS.taken_up(store, job, queued))


def execute(store: Store, started: Job) -> None:
    """Works a job off here and now."""
    work_off(store, started, work.execute_job, "job")


def work_off(store: Store, started: Job | Run, executed: Callable[..., Job | Run], noun: str,
             thing: str = "call", done: str = "made",
             told: Callable[[Job | Run], str] = lambda ended: ended.message) -> None:
    """Works off what waits, with a bar, and says how it ended; exit code 1 where it does not end as done."""
    with counted_off(f"{thing}s {done}" if thing else done, started.done, started.total) as moved:
        ended = executed(store, started.id, moved=moved)
    text = told(ended)
    click.echo(f"{noun} {ended.id}: {ended.status}, {ended.done:,} of "
               f"{counted(ended.total, thing) if thing else f'{ended.total:,}'} {done}, "
               f"{counted(ended.errors, 'error')}"
               + (f". {text}" if text else ""))
    if ended.status != DONE:
        raise click.exceptions.Exit(1)


COMMANDS = (list_jobs, resume_job)
