"""`cascade`: a decision judge alone where it is sure, a second judge and the expert where it is not."""

from dataclasses import asdict

import click

from lib.cli.parts import AS_JSON, pass_store, print_json
from lib.records.decision import FIRST, SECOND
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.workflow.judge import cascades
from lib.workflow.judge.cascades import Table, helping


@click.group("cascade")
def cascade() -> None:
    """Two judges as one: the first decides alone where it is sure, the second is asked where it is not."""


@cascade.command("new")
@click.argument("judge", metavar="NAME")
@click.option("--first", required=True, metavar="JUDGE", help="The judge that answers with a probability.")
@click.option("--then", required=True, metavar="JUDGE", help="The judge that writes its verdict.")
@click.option("--share", type=float, help="Of the labelled traces of dev: what the first one decides alone.")
@click.option("--target", type=float, help="In place of a share: the widest whose agreement surely reaches this.")
@click.option("--at-random", type=float, default=cascades.AT_RANDOM, show_default=True,
              help="Of what the expert is asked: the share drawn from all traces.")
@AS_JSON
@pass_store
def new(store: Store, judge: str, as_json: bool, **options) -> None:
    """Choose the band in which the second judge is asked, by labels of dev, and keep both as the judge NAME.

    'run --judge NAME' asks it as any other; what either judge has said already is not asked again.
    """
    version, found, row = cascades.make(store, judge, **options)
    of = version.cascade
    if as_json:
        print_json({"judge": version.judge, "version": version.number, "first": of.first, "then": of.then,
                    "threshold": of.threshold, "model": version.model, "then_model": of.then_model,
                    "at_random": of.at_random, **cascades.plain(found, row), "said": found.said(row)})
        return
    click.echo(f"judge {version.judge}, version {version.number}: {of.first} decides below {of.low:.3f} and above "
               f"{of.high:.3f}, {of.then} between")
    for sentence in found.said(row):
        click.echo(sentence)


@cascade.command("table")
@click.option("--first", required=True, metavar="JUDGE", help="The judge that answers with a probability.")
@click.option("--then", default="", metavar="JUDGE", help="The second judge; recorded verdicts will do.")
@AS_JSON
@pass_store
def table(store: Store, first: str, then: str, as_json: bool) -> None:
    """How often the first judge is right on the share of dev where it is surest, and the second one on the rest."""
    found = cascades.table(store, first, then)
    if as_json:
        print_json({"first": first, "then": then, "threshold": found.cut, "model": found.model,
                    "rows": [cascades.plain(found, row) for row in found.rows]})
        return
    for line in _lines(found):
        click.echo("\t".join(line))


def _lines(found: Table) -> list[list[str]]:
    then = [f"{found.then} on the rest", f"with {found.then}"] if found.then else []
    lines = [["alone on", "agreement there", "on the rest", *then, "with the expert there", "cost"]]
    for row in found.rows:
        figures = [row.agreement, row.left, *([row.second, row.whole] if found.then else []), row.by_expert]
        cost = found.cost(row)
        lines.append([f"{row.share:.0%}", *(metrics.format_figure("agreement", one) for one in figures),
                      "–" if cost is None else f"{cost:.0%}"])
    return lines


@cascade.command("show")
@click.argument("judge", metavar="NAME")
@AS_JSON
@pass_store
def show(store: Store, judge: str, as_json: bool) -> None:
    """The band of a cascade, who decided in its newest run, and how often each says what the expert says."""
    found = helping.state(store, judge)
    of = found.cascade
    if as_json:
        print_json({"judge": judge, "version": found.version.number, **of.stored,
                    "run": found.run.id if found.run else None, "decided": found.decided,
                    "agreement": {who: asdict(one) for who, one in found.agreement.items()}})
        return
    click.echo(f"{judge}, version {found.version.number}: {of.first} (version {of.first_version}) decides below "
               f"{of.low:.3f} and above {of.high:.3f}, {of.then} (version {of.then_version}) between; on dev alone on "
               f"{of.share:.0%}")
    if found.run is None:
        click.echo(f"It has judged nothing yet: run --judge {judge}")
        return
    for who, name in ((FIRST, of.first), (SECOND, of.then)):
        click.echo(f"{name}\tdecided {counted(found.decided.get(who, 0), 'trace')} of run {found.run.id}\tagreement "
                   f"{metrics.format_figure('agreement', found.agreement[who])}")


@cascade.command("queue")
@click.argument("judge", metavar="NAME")
@click.option("--most", type=int, default=helping.MOST, show_default=True, help="Traces asked at once.")
@click.option("--seed", type=int, help="For the share at random.")
@pass_store
def queue(store: Store, judge: str, most: int, seed: int | None) -> None:
    """Put what the first judge was unsure of in the newest run into the expert's queue, with a share at random."""
    asked = helping.queue(store, judge, most, seed)
    left = f"; {asked.left:,} of the band left for another time" if asked.left else ""
    click.echo(f"batch {asked.batch}: {counted(asked.unsure, 'trace')} of the band and "
               f"{asked.at_random:,} at random{left}")


COMMANDS = (cascade,)
