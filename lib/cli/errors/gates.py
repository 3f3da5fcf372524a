"""The command that holds figures against thresholds, for a build: exit code 0 pass, 1 fail, 3 inconclusive."""

from pathlib import Path
from typing import Any

import click

from lib.cli.parts import AS_JSON, json_of, print_json
from lib.records import PASS, UsageError
from lib.store import Store
from lib.workflow import addresses
from lib.workflow.errors import gate_files, gating
from lib.workflow.errors.gating import Asked, Gate

SHARE = click.FloatRange(0, 1)


@click.command()
@click.option("--judge", help="Which judge, where several have verdicts.")
@click.option("--run", type=int, help="Which run [default: the judge's newest].")
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
@click.option("--junit", type=click.Path(dir_okay=False, path_type=Path), help="Write JUnit XML too.")
@click.option("--markdown", type=click.Path(dir_okay=False, path_type=Path), help="Write Markdown too.")
@click.option("--address", "base", default="", metavar="URL", help="Where colleagues open the app, for the link in it.")
@AS_JSON
@click.pass_context
def gate(ctx: click.Context, as_json: bool, junit: Path | None, markdown: Path | None, base: str, **which: Any) -> None:
    """Hold a judge and what it judged against thresholds: pass (exit code 0), fail (1) or inconclusive (3)."""
    store: Store = ctx.obj()
    link = addresses.of(addresses.checked(base), store.project, "judge")
    found = gating.gate(store, _asked(which), which["judge"], which["run"], which["expert"])
    gate_files.write(found, junit, markdown, link)
    if as_json:
        print_json(_object(found))
    else:
        for row in found.rows:
            click.echo(f"{row.answer}\t{row.name}: {row.text}")
        click.echo(found.answer)
    ctx.exit(gating.EXIT[found.answer])


def _asked(which: dict[str, Any]) -> Asked:
    return Asked(which["tpr"], which["tnr"], which["rate"], which["version"], which["against"], which["margin"] / 100,
                 *(tuple(map(_named, which[name])) for name in ("modes", "assertions")))


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


def _object(found: Gate) -> dict[str, Any]:
    return {"answer": found.answer, "judge": found.judge or None, "run": found.run and found.run.id,
            "rows": [{"name": row.name, "answer": row.answer, "passed": row.answer == PASS, "said": row.said,
                      "more": row.more, **json_of(row.figure)} for row in found.rows]}


COMMANDS = (gate,)
