"""Commands for production: a folder or file that is read every so often, a share judged, a fall of the rate told."""

import re
import signal
import threading
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any

import click

from lib.cli.dataset.importing import show_left_out
from lib.cli.parts import AS_JSON, asking, pass_store, print_json
from lib.cli.progress import counted_off
from lib.records import Caps, PlumblineError, UsageError
from lib.store import Store
from lib.store.errors.watching import alerts, watches
from lib.workflow.errors.watching import alarms, watching
from lib.workflow.errors.watching.watching import Reading

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _time(_: click.Context, parameter: click.Parameter, value: str) -> int:
    """Seconds of 90s, 10m, 6h or 7d; UsageError for anything else."""
    found = re.fullmatch(r"(\d{1,6})([smhd])", value.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0
    if seconds <= 0:
        raise UsageError(f"--{parameter.name} takes a time like 90s, 10m, 6h or 7d; got '{value}'.")
    return seconds


@click.group("watch")
def watch() -> None:
    """Watch production: read new traces, judge a random share, tell when the pass rate falls."""


@watch.command("add")
@click.argument("name")
@click.argument("place", metavar="FOLDER|FILE|source:NAME|received")
@click.option("--judge", help="Whose newest prompt judges [default: the only judge with a prompt].")
@click.option("--share", type=click.FloatRange(0, 1, min_open=True), default=watching.SHARE, show_default=True,
              help="The share of new traces that is judged, drawn by a hash of the trace's id.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of that draw.")
@click.option("--every", default="10m", show_default=True, callback=_time, metavar="TIME",
              help="Time between two readings: 90s, 10m, 6h.")
@click.option("--window", default="7d", show_default=True, callback=_time, metavar="TIME",
              help="Whole days that are tested against the time before.")
@click.option("--most-calls", type=click.IntRange(1), help="At most so many calls a day, retries too.")
@click.option("--most-cost", type=click.FloatRange(0, min_open=True), help="At most so much money a day.")
@click.option("--map", "fields", multiple=True, metavar="FIELD=COLUMN", help="As of 'import'; kept with the watch.")
@click.option("--context", multiple=True, metavar="COLUMN", help="A column of the context; may be repeated.")
@click.option("--dimension", multiple=True, metavar="COLUMN", help="A dimension; may be repeated.")
@asking
@click.option("--alert-webhook-env", "webhook", default="", metavar="VARIABLE",
              help="The variable that holds the address an alert is posted to; PLUMBLINE_SECRETS names it.")
@click.option("--alert-mail", "mail", default="", metavar="ADDRESS", help="Where an alert is sent by e-mail.")
@pass_store
def add(store: Store, name: str, place: str, judge: str | None, window: int, most_calls: int | None,
        most_cost: float | None, **rest: Any) -> None:
    """Watch a folder, a file that grows, a source or what is received, under a NAME; 'watch run' reads it."""
    if window % _UNITS["d"]:
        raise UsageError("--window is whole days: 7d, or 168h.")
    options = {"map": rest.pop("fields"), **{word: rest.pop(word) for word in ("context", "dimension", "endpoint",
                                                                             "model")}}
    chosen = watching.settings(most=Caps(most_calls, None, most_cost), days=window // _UNITS["d"], options=options,
                               **rest)
    made, format = watching.add(store, name, place, judge, chosen)
    read = f"its first file is {format}" if format else "there is no file yet: the first one says how it is read"
    click.echo(f"watch {made.name}: {made.place}, {chosen.share:.0%} judged by {made.judge} (seed {chosen.seed}); "
               f"{read}. 'watch run' begins.")


@watch.command("list")
@AS_JSON
@pass_store
def list_watches(store: Store, as_json: bool) -> None:
    """List watches with how far each is, and their alerts."""
    found = watching.standing(store)
    told = alerts.every(store)
    if as_json:
        print_json({"watches": [asdict(one.watch) | {"drawn": one.drawn, "judged": one.judged, "undated": one.undated}
                                for one in found], "alerts": [asdict(one) for one in told]})
        return
    for one in found:
        click.echo(f"{one.watch.name}\t{one.text}")
    for alert in told:
        click.echo(f"alert\t{alert.found.said}" + (f"\tnot delivered: {alert.failed}" if alert.failed else ""))


@watch.command("remove")
@click.argument("name")
@pass_store
def remove(store: Store, name: str) -> None:
    """Take a watch away with its alerts; its traces and verdicts stay."""
    watches.remove(store, name)
    click.echo(f"watch {name} is removed; what it brought stays")


@watch.command("run")
@click.argument("name", required=False)
@click.option("--once", is_flag=True, help="One reading, then end: for cron. Exit code 4 where an alert was written.")
@AS_JSON
@click.pass_context
def run(ctx: click.Context, name: str | None, once: bool, as_json: bool) -> None:
    """Read all watches, or one, every so often until Ctrl-C; or --once."""
    store: Store = ctx.obj()
    names = [watches.get(store, name).name] if name else [one.name for one in watches.every(store)]
    if not names:
        raise UsageError("There is no watch in this project yet: 'watch add' makes one.")
    if once or as_json:
        found = [_read(store, one) for one in names]
        _told(found, as_json)
        ctx.exit(4 if any(one.alerts for one in found) else 1 if any(one.failed for one in found) else 0)
    _on_and_on(store, names)


def _read(store: Store, name: str) -> Reading:
    with counted_off("traces judged", 0, None) as moved:
        return watching.read(store, name, moved)


def _told(found: list[Reading], as_json: bool) -> None:
    if as_json:
        print_json({"readings": [{"watch": one.watch.name, "said": one.said, "alerts": [
            asdict(alert) for alert in one.alerts]} for one in found], "rule": alarms.RULE})
        return
    for one in found:
        for text in one.said or ["nothing new."]:
            click.echo(f"{one.watch.name}: {text}")
        for taken in one.files:
            if taken.report:
                show_left_out(taken.report)


def _on_and_on(store: Store, names: list[str]) -> None:
    """Until Ctrl-C, or a polite end by the system; a fault of one reading ends none of the later ones."""
    ended, due = threading.Event(), dict.fromkeys(names, datetime.now(UTC))
    while not ended.is_set():
        for name in [one for one, when in due.items() if when <= datetime.now(UTC)]:
            due[name] = datetime.now(UTC) + timedelta(seconds=watches.get(store, name).settings.every)
            try:
                found = _read(store, name)
            except PlumblineError as error:
                click.echo(f"{name}: {error}", err=True)
                continue
            _told([found], as_json=False)
            if found.stopped:
                return
        # After each run anew: while a judge is asked, signals are the run's, which ends politely.
        signal.signal(signal.SIGTERM, lambda *_: ended.set())
        ended.wait(max(0.1, (min(due.values()) - datetime.now(UTC)).total_seconds()))


COMMANDS = (watch,)
