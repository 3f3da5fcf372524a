"""Gates for a build: exit code 0 pass, 1 fail, 3 inconclusive. This file holds figures that are there to thresholds.

The set of what was fixed, and the frozen set of a judge, are in gates_again.py: they ask.
"""

from typing import Any

import click
from click.core import ParameterSource

from lib.cli.errors import gates_again
from lib.cli.errors.gates_again import FROZEN, Told, of_a_frozen_set, say, to_files
from lib.cli.parts import AS_JSON, capped, caps_of
from lib.records import UsageError
from lib.store import Store
from lib.workflow.errors.gates import gating, which
from lib.workflow.errors.gates.gating import Asked

SHARE = click.FloatRange(0, 1)


@click.group(invoke_without_command=True)
@click.option("--judge", help="Which judge, where several have verdicts.")
@click.option("--run", type=int, help="Which run [default: the judge's newest that was measured].")
@click.option("--expert", help="Whose labels [default: the principal expert's].")
@click.option("--tpr", type=SHARE, help="The lower end of TPR is at least this share.")
@click.option("--tnr", type=SHARE, help="The lower end of TNR is at least this share.")
@click.option("--rate", type=SHARE, help="The lower end of the corrected pass rate is at least this share.")
@click.option("--system-version", "version", metavar="NAME",
              help="What --rate, --mode and --assertion are of [default: all traces].")
@click.option("--against", type=int, metavar="RUN", help="It agrees no worse than this run.")
@click.option("--margin", type=click.FloatRange(0, 50), default=gating.MARGIN, show_default=True, metavar="POINTS",
              help="By more than so many points of agreement.")
@click.option("--mode", "modes", multiple=True, metavar="NAME<=SHARE", help="A failure mode in at most this share.")
@click.option("--assertion", "assertions", multiple=True, metavar="NAME<=SHARE",
              help="An assertion fails on at most this share of outputs.")
@FROZEN
@of_a_frozen_set
@capped
@to_files
@AS_JSON
@click.pass_context
def gate(ctx: click.Context, frozen: bool, frozen_margin: float, most: int, **options: Any) -> None:
    """Hold a judge and what it judged against thresholds: pass (exit code 0), fail (1) or inconclusive (3)."""
    if ctx.invoked_subcommand:
        _nothing_before(ctx)
        return
    store: Store = ctx.obj()
    caps, told, chosen = caps_of(options), Told.of(options), (options["judge"], options["run"])
    of = which.asked_again(store, *chosen, caps) if frozen else None
    found = gating.gate(store, _asked(options), *chosen, options["expert"])
    say(ctx, store, found, told, of and gates_again.reread(store, of, caps, most, frozen_margin / 100))


def _nothing_before(ctx: click.Context) -> None:
    """UsageError for an option that stands before the word regression or frozen: it would say nothing there."""
    for option in ctx.command.params:
        if ctx.get_parameter_source(option.name) is ParameterSource.COMMANDLINE:
            raise UsageError(f"{option.opts[0]} stands before '{ctx.invoked_subcommand}': write it behind that word.")


def _asked(options: dict[str, Any]) -> Asked:
    return Asked(options["tpr"], options["tnr"], options["rate"], options["version"], options["against"],
                 options["margin"] / 100, *(tuple(map(_named, options[name])) for name in ("modes", "assertions")))


def _named(text: str) -> tuple[str, float]:
    """(name, share) of NAME<=SHARE; UsageError where it is not so written."""
    name, _, share = text.rpartition("<=")
    try:
        found = float(share)
    except ValueError:
        found = -1.0
    if not name.strip() or not 0 <= found <= 1:
        raise UsageError(f"'{text}' names no share from 0 to 1: write NAME<=SHARE, for instance \"evasive<=0.05\".")
    return name.strip(), found


for _command in gates_again.COMMANDS:
    gate.add_command(_command)
COMMANDS = (gate,)
