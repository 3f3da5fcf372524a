"""Gates that ask: a new version about what was fixed, and the judge about its frozen set; and how a gate is told."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON, CALLABLE, capped, caps_of, json_of, print_json
from lib.cli.progress import counted_off
from lib.engine import jobs as work
from lib.engine import runner
from lib.records import DONE, INTERRUPTED, PASS, QUEUED, Caps, Job, Run
from lib.records.words import counted
from lib.statistics.deciding.gates import INCONCLUSIVE
from lib.statistics.deciding.returned import MOST as MOST_AGAIN
from lib.store import Store
from lib.workflow import addresses
from lib.workflow.dataset import answering
from lib.workflow.errors.gates import files, frozen, regression, which
from lib.workflow.errors.gates.regression import Wanted
from lib.workflow.errors.gates.rows import EXIT, Gate, Row, undecided

Command = Callable[..., None]
_FILE = click.Path(dir_okay=False, path_type=Path)
FROZEN = click.option("--frozen", is_flag=True, help="Have the judge read its frozen labelled set again first.")


def of_a_frozen_set(command: Command) -> Command:
    """The options of a frozen set: `frozen_margin` in points, `most` traces."""
    return click.option("--frozen-margin", type=click.FloatRange(0, 50, min_open=True), default=frozen.MARGIN,
                        show_default=True, metavar="POINTS", help=(
                            "The judge is the one it was where it shifted by surely less."))(
        click.option("--most", type=click.IntRange(1), default=frozen.MOST, show_default=True,
                     help="At most so many traces, where the set is frozen now.")(command))


def to_files(command: Command) -> Command:
    """The options that write a gate to files; `Told.of` takes them."""
    for option in (click.option("--address", "base", default="", metavar="URL",
                                help="Where colleagues open the app, for the link in it."),
                   click.option("--markdown", type=_FILE, help="Write Markdown too."),
                   click.option("--junit", type=_FILE, help="Write JUnit XML too.")):
        command = option(command)
    return command


@dataclass(frozen=True)
class Told:
    """How a gate is told besides the screen: as JSON, and in which files."""

    as_json: bool
    junit: Path | None
    markdown: Path | None
    base: str

    @classmethod
    def of(cls, options: dict[str, Any]) -> "Told":
        """Takes the options of `to_files` and --json out of a command's."""
        return cls(*(options.pop(name) for name in ("as_json", "junit", "markdown")),
                   addresses.checked(options.pop("base")))


@dataclass(frozen=True)
class Read:
    """What came of a frozen set: the judge's row, whether it moved, and the run that has read it."""

    row: Row
    state: str
    run: int


@click.command("frozen")
@click.option("--judge", help="Which judge, where several have verdicts.")
@click.option("--run", type=int, help="Which run is the first reading [default: the judge's newest that was measured].")
@click.option("--anew", is_flag=True, help="Freeze again, out of that run: the judge as it is now is the one it was.")
@of_a_frozen_set
@capped
@to_files
@AS_JSON
@click.pass_context
def frozen_set(ctx: click.Context, judge: str | None, run: int | None, anew: bool, frozen_margin: float, most: int,
               **options: Any) -> None:
    """Have the judge read its frozen labelled set again: did it change? The first time the set is frozen."""
    store: Store = ctx.obj()
    caps, told = caps_of(options), Told.of(options)
    of = which.asked_again(store, judge, run, caps)
    read = reread(store, of, caps, most, frozen_margin / 100, anew)
    say(ctx, store, Gate(of.judge, of, ()), told, read)


@click.command("regression")
@click.option("--system", "version", required=True, help="The version of the AI system that is asked.")
@click.option("--judge", help="Which judge, where several have verdicts.")
@click.option("--run", type=int, help="As which run it judges [default: the judge's newest that was measured].")
@click.option("--mode", "modes", multiple=True, metavar="NAME", help="Only this failure mode; may be repeated.")
@click.option("--share", type=click.FloatRange(0, 1), default=MOST_AGAIN, show_default=True, help=(
    "It is not back where at most this share of its traces surely fails again."))
@click.option("--most-answers", type=click.IntRange(1), help="Have at most so many inputs answered.")
@click.option("--concurrency", type=click.IntRange(1, 1024), default=answering.MOST_AT_ONCE, show_default=True,
              help="Calls of the AI system at once.")
@click.option("--frozen/--no-frozen", default=True, show_default=True, help=(
    "Have the judge read its frozen labelled set again first."))
@of_a_frozen_set
@capped
@to_files
@CALLABLE
@AS_JSON
@click.pass_context
def regress(ctx: click.Context, version: str, judge: str | None, run: int | None, modes: tuple[str, ...], share: float,
            **options: Any) -> None:
    """Ask a version about every trace of what was fixed, judge its answers, and say what is back.

    An answer or a verdict that is there is used. Stopped by Ctrl-C or a cap, the same command goes on.
    """
    store: Store = ctx.obj()
    wanted, caps, told = Wanted(version, share, modes), caps_of(options), Told.of(options)
    of = which.asked_again(store, judge, run, caps)
    _answered(store, wanted, of, options["most_answers"], options["concurrency"])
    read = reread(store, of, caps, options["most"], options["frozen_margin"] / 100) if options["frozen"] else None
    found = regression.fixed(store, wanted, of.judge)
    judged = regression.judge(store, of, found)
    # One cap for both: what the frozen set took is not there for the answers.
    _execute(store, judged, caps if read is None else which.left(store, read.run, caps))
    say(ctx, store, Gate(of.judge, of, tuple(regression.rows(store, wanted, of, found, judged)), version=version),
        told, read)


def _answered(store: Store, wanted: Wanted, of: Run, most: int | None, concurrency: int) -> None:
    """Has the version answer what it has not: what an earlier gate left first, then the rest."""
    for _ in range(2):
        found = regression.fixed(store, wanted, of.judge)
        job = regression.answer(store, wanted, found, most, concurrency)
        if job is None:
            return
        click.echo(f"job {job.id}: {counted(job.total, 'input')} for {wanted.version}, "
                   f"{regression.address(store, wanted.version)}", err=True)
        ended = _off(store, job, work.execute_job, "calls made")
        if ended.status != DONE or ended.errors or most:
            return


def reread(store: Store, of: Run, caps: Caps, most: int, margin: float, anew: bool = False) -> Read:
    """Has the judge of a run read its frozen set again, and tells what that says; the set is frozen where none is."""
    found, reading, new = frozen.begin(store, of, most, anew)
    if new:
        click.echo(f"Frozen: {counted(found.size, 'labelled trace')} of run {found.run}, {found.hash[:12]}.", err=True)
    _execute(store, reading, caps)
    return Read(*frozen.tell(store, found, reading.id, margin), reading.id)


def _execute(store: Store, run: Run | None, caps: Caps | None) -> None:
    """Executes a run within caps, where anything is left; None: the caps are used up."""
    if run is None or run.status != QUEUED:
        return
    if caps is None:
        click.echo(f"run {run.id}: nothing asked, for the cap is used up", err=True)
        return
    which.bound(store, run.id, caps)
    _off(store, run, runner.execute, "judged")


def _off(store: Store, started: Job | Run, executed: Callable[..., Job | Run], what: str) -> Job | Run:
    """Works something off; how it ended goes to standard error, for standard output is the gate's.

    Stopped by a signal, the gate ends here, undecided; the same command goes on.
    """
    with counted_off(what, started.done, started.total) as moved:
        ended = executed(store, started.id, moved=moved)
    click.echo(f"{'run' if isinstance(started, Run) else 'job'} {ended.id}: {ended.status}, {ended.done:,} of "
               f"{ended.total:,} {what}, {counted(ended.errors, 'error')}"
               + (f". {ended.message}" if ended.message else ""), err=True)
    if ended.status == INTERRUPTED:
        raise click.exceptions.Exit(EXIT[INCONCLUSIVE])
    return ended


def say(ctx: click.Context, store: Store, found: Gate, told: Told, read: Read | None) -> None:
    """Tells a gate on standard output and in files, the judge's row first; ends with the gate's exit code."""
    if read:
        rows = undecided(found.rows, frozen.OF_JUDGE) if read.state == frozen.MOVED else found.rows
        found = Gate(found.judge, found.run, (read.row, *rows), frozen.whose(read.state, [one.answer for one in rows]),
                     found.version)
    files.write(found, told.junit, told.markdown, addresses.of(told.base, store.project, "judge"))
    if told.as_json:
        print_json(_object(found))
    else:
        for row in found.rows:
            click.echo(f"{row.answer}\t{row.name}: {row.text}")
        if found.whose:
            click.echo(found.whose)
        click.echo(found.answer)
    ctx.exit(EXIT[found.answer])


def _object(found: Gate) -> dict[str, Any]:
    return {"answer": found.answer, "judge": found.judge or None, "run": found.run and found.run.id,
            "system_version": found.version or None, "whose": found.whose,
            "rows": [{"name": row.name, "answer": row.answer, "passed": row.answer == PASS, "said": row.said,
                      "more": row.more, "traces": row.traces, **json_of(row.figure)} for row in found.rows]}


COMMANDS = (regress, frozen_set)
