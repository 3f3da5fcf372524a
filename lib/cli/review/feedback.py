"""Commands for users' feedback: what users said, how far an expert's labels agree with it, and how often to look."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, cells_of, json_of, pass_store, print_json
from lib.records.feedback import Feedback
from lib.store import Store
from lib.store import feedback as stored
from lib.store.feedback import Held
from lib.workflow.review import feedback as compared


@click.group()
def feedback() -> None:
    """Users' feedback: list it, hold an expert's labels against it, say how often."""


@feedback.command("list")
@click.option("--limit", type=click.IntRange(1), default=1_000, show_default=True)
@AS_JSON
@pass_store
def list_feedback(store: Store, limit: int, as_json: bool) -> None:
    """List what users said, trace by trace."""
    found = [row for row, _ in zip(stored.rows(store), range(limit), strict=False)]
    if as_json:
        print_json({"feedback": found})
        return
    for row in found:
        click.echo("\t".join((row["id"], row["value"] or "-", row["name"], row["who"] or "-",
                              (row["given_at"] or "-")[:10], " ".join(row["comment"].split()))).rstrip("\t"))


@feedback.command()
@click.option("--expert", help="Whose labels [default: the principal expert's].")
@click.option("--every", is_flag=True, help="Count shadow labels and traces drawn by an outcome too.")
@click.option("--note", is_flag=True, help="Note it as a cycle, with the figures.")
@click.option("--remark", default="", help="With --note: what was learnt where they differ.")
@AS_JSON
@pass_store
def check(store: Store, expert: str | None, every: bool, note: bool, remark: str, as_json: bool) -> None:
    """Hold an expert's labels against users' thumbs on the same traces, and list where they differ."""
    found = compared.compare(store, expert, every)
    cycle = compared.note(store, found, remark) if note else None
    plan = compared.schedule(store)
    if as_json:
        print_json({"expert": found.expert, "n": found.counts.n, "counts": cells_of(found.counts),
                    "agreement": json_of(found.agreement), "kappa": json_of(found.kappa),
                    "left_out": {"not counted": found.left_out, "words alone": found.wordy, "mixed": found.mixed},
                    "differing": list(map(_difference, found.differing)), "cycle": cycle,
                    "last": plan.last and plan.last.at, "due": plan.due and plan.due.isoformat()})
        return
    for line in (found.sentence, found.left_out_words):
        if line:
            click.echo(line)
    for one in found.differing:
        _say(one)
    if cycle:
        click.echo(f"cycle {cycle}: noted")
    click.echo(plan.words, err=True)


def _difference(one: Held) -> dict[str, Any]:
    return {"trace": one.trace, "label": one.outcome, "critique": one.critique, "counts": one.counts,
            "feedback": [asdict(said) for said in one.said]}


def _say(one: Held) -> None:
    click.echo(f"{one.trace}\t{one.outcome}: {' '.join(one.critique.split()) or 'no critique'}\t"
               + " | ".join(map(_line, one.said)))


def _line(said: Feedback) -> str:
    return f"{said.words}{': ' * bool(said.comment)}{' '.join(said.comment.split())}"


@feedback.command()
@click.argument("days", type=click.IntRange(0, stored.MOST_DAYS))
@pass_store
def schedule(store: Store, days: int) -> None:
    """Ask for the check every so many DAYS; 0 asks for none."""
    stored.set_days(store, days)
    click.echo(compared.schedule(store).words)


COMMANDS = (feedback,)
