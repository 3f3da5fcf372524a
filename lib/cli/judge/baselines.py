"""Command for what a judge must beat: always pass, and a free local classifier, on the same pairs as the judge."""

from typing import Any

import click

from lib.cli.judge.agreement import EVERY, EXPERT
from lib.cli.parts import AS_JSON, cells_of, json_of, pass_store, print_json
from lib.records import UsageError
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store
from lib.workflow import figures
from lib.workflow.judge import baselines as work


@click.command("baselines")
@click.option("--judge", help="A judge's newest run.")
@click.option("--run", type=int, help="One run by its number.")
@EXPERT
@EVERY
@AS_JSON
@pass_store
def baselines(store: Store, judge: str | None, run: int | None, expert: str | None, every: bool,
              as_json: bool) -> None:
    """Show a judge beside always pass and a free local classifier, on the same pairs outside the train split."""
    if (judge is None) == (run is None):
        raise UsageError("Name one of --judge and --run.")
    found = work.measured(store, figures.agreement(store, judge, run, expert, every).run.id, expert, every)
    if as_json:
        print_json({"run": found.run.id, "judge": found.run.judge, "expert": found.expert, "train": found.train,
                    "n": found.lines[0].counts.n, "lines": [_line(line) for line in found.lines]})
        return
    click.echo(f"Run {found.run.id} of {found.run.judge} on {counted(found.lines[0].counts.n, 'pair')} outside train; "
               f"the classifier is fitted on {counted(found.train, 'train label')}")
    for line in found.lines:
        click.echo("\t".join((line.name, *(
            f"{metrics.METRICS[name].label} {metrics.format_figure(name, figure)}"
            for name, figure in line.figures.items()))))
    for line in found.lines[1:]:
        click.echo(work.verdict(line))


def _line(line: work.BaselineLine) -> dict[str, Any]:
    against = line.against
    return {"name": line.name, "n": line.counts.n, "why": line.why or None,
            **{name: json_of(figure) for name, figure in line.figures.items()},
            "counts": cells_of(line.counts),
            **({"only_judge_right": against.fixed, "only_baseline_right": against.broken, "p": against.p,
                "beaten": line.beaten} if against else {})}


COMMANDS = (baselines,)
