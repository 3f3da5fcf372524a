"""`receive`: an OTLP/HTTP endpoint that telemetry programs send their traces to."""

import asyncio
import signal
from typing import Any

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.sources import received
from lib.workflow.dataset.sources import receiving
from lib.workflow.dataset.sources.receiving import Received, Receiving, Wanted


@click.command("receive")
@click.option("--port", type=click.IntRange(0, 65535), default=4318, show_default=True, help="0: any that is free.")
@click.option("--address", default="127.0.0.1", show_default=True, help="Another one lets others in, who need the key.")
@click.option("--key-env", default="", metavar="VARIABLE",
              help="The variable that holds the bearer token to be sent; PLUMBLINE_SECRETS names it.")
@click.option("--quiet", type=click.FloatRange(0), default=receiving.QUIET, show_default=True,
              help="Seconds without a new span after which a trace is put together.")
@click.option("--every", type=click.FloatRange(0.1), default=receiving.EVERY, show_default=True,
              help="Seconds between two imports.")
@click.option("--most-mb", type=click.FloatRange(0, min_open=True), default=receiving.BODY / 2**20, show_default=True,
              help="Of one request, unpacked.")
@click.option("--most-spans", type=click.IntRange(1), default=receiving.RATE, show_default=True,
              help="Spans a second in the mean; beyond it senders are told to wait.")
@click.option("--most-waiting", type=click.IntRange(1), default=receiving.MOST_WAITING, show_default=True,
              help="Spans that may wait to become traces.")
@AS_JSON
@pass_store
def receive(store: Store, most_mb: float, most_spans: int, as_json: bool, **wanted: Any) -> None:
    """Take in what OpenTelemetry exporters and collectors send, until Ctrl-C or SIGTERM.

    What is acknowledged is stored. A trace is put together when it is quiet; what waits goes on at the next start.
    """
    going = Receiving(store, Wanted(**wanted, body=round(most_mb * 2**20), rate=most_spans),
                      lambda so_far: None if as_json else click.echo(_said(so_far)))
    asyncio.run(_serve(going))
    left = received.waiting(store)
    if as_json:
        so_far = going.so_far
        print_json({"spans": so_far.parts, "repeated": so_far.repeated, **vars(so_far.result), "left_out": so_far.left,
                    "waiting": vars(left), "trouble": so_far.trouble})
        return
    click.echo(_said(going.so_far))
    for why, n in going.so_far.left.items():
        click.echo(f"left out: {n:,} {why}")
    for n, words in ((left.parts, "wait for their traces to be whole"), (left.unread, "cannot be read and are kept"),
                     (left.late, "came after their trace was made and are kept apart")):
        if n:
            click.echo(f"{counted(n, 'span or log record', 'spans and log records')} {words}")


async def _serve(going: Receiving) -> None:
    ended = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, ended.set)
    await going.serve(ended, lambda port: click.echo(
        f"receiving on http://{going.wanted.address}:{port}, spans at /v1/traces", err=True))


def _said(so_far: Received) -> str:
    again = f", {so_far.repeated:,} sent again" if so_far.repeated else ""
    trouble = f". No traces were made: {so_far.trouble}" if so_far.trouble else ""
    return (f"{counted(so_far.parts, 'span or log record', 'spans and log records')} received{again}; "
            f"{counted(so_far.result.traces, 'new trace')}, {so_far.result.identical:,} already stored{trouble}")


COMMANDS = (receive,)
