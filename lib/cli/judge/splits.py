"""The command for splits: what lies where, a balanced draw with its preview; and what an agreement says of the test."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.parts import AS_JSON, cells_of, json_of, pass_store, print_json, words_of
from lib.records import UsageError
from lib.records.words import counted
from lib.sampling.splits import FEW, Table, reading, spent
from lib.statistics import metrics
from lib.store import Store
from lib.store.judge import decisions, splits
from lib.workflow import figures
from lib.workflow.judge import splitting


@click.command("splits")
@click.option("--balance", "act", flag_value="balance", help="Draw the splits of the labelled traces, and move them.")
@click.option("--preview", "act", flag_value="preview", help="Show what that would do; nothing moves.")
@click.option("--seed", type=int, help="The same seed draws the same [default: 1].")
@AS_JSON
@pass_store
def show_splits(store: Store, act: str | None, seed: int | None, as_json: bool) -> None:
    """Show passes and fails of the labelled traces by split, or balance them with near-duplicates together."""
    if act is None:
        if seed is not None:
            raise UsageError("--seed goes with --balance, or with --preview, which shows what that would do.")
        _show(store, as_json)
        return
    verb = splitting.balance if act == "balance" else splitting.preview
    drawn = verb(store, 1 if seed is None else seed)
    if as_json:
        print_json(_drawn(drawn))
        return
    for split, (passes, fails) in drawn.before.items():
        click.echo(f"{split}\t{passes:,} pass, {fails:,} fail -> {drawn.after[split][0]:,} pass, "
                   f"{drawn.after[split][1]:,} fail")
    click.echo(f"{counted(len(drawn.moves), 'trace')} {'moved' if act == 'balance' else 'would move'}; near-duplicates "
               f"across splits: {drawn.crossing:,} before, {drawn.still:,} after")


def _show(store: Store, as_json: bool) -> None:
    found = splitting.standing(store)
    if as_json:
        print_json({"splits": _table(found), "sealed": splits.enough(store), "few": FEW, "draws": splits.draws(store)})
        return
    for split, (passes, fails) in found.items():
        click.echo(f"{split}\t{passes:,} pass, {fails:,} fail")


def test_figures(store: Store, found: figures.Agreement) -> dict[str, Any]:
    """What stands beside an agreement: tied traces, sealed pairs, looks, and the test figures where it was opened."""
    if found.run is None or found.run.prompt is None:
        return {"ties": found.ties}
    opened = figures.test_agreement(store, found.run, found.every)
    return {"ties": found.ties, "sealed": found.sealed, "provisional": bool(found.provisional),
            "why_provisional": found.provisional, "looks": [asdict(look) for look in splits.looks(store, found.judge)],
            "test": opened and {"n": opened.counts.n, "counts": cells_of(opened.counts),
                                **{name: json_of(opened.figures[name]) for name in opened.figures}}}


def say_test(store: Store, found: figures.Agreement) -> None:
    """The same in words."""
    for sentence in filter(None, (found.provisional, found.ties)):
        click.echo(sentence)
    if found.run is None or not (opened := figures.test_agreement(store, found.run, found.every)):
        if found.sealed:
            click.echo(f"{counted(found.sealed, 'pair of the test split is', 'pairs of the test split are')} sealed: "
                       "--open-test REASON opens them")
        return
    looks = splits.looks(store, found.judge)
    for name in ("agreement", "tpr", "tnr"):
        figure = opened.figures[name]
        click.echo(f"Test split, {counted(opened.counts.n, 'pair')}, {metrics.METRICS[name].label}: "
                   f"{words_of(name, figure, opened.counts)}")
    for words in (*reading(opened.counts, decisions.target(store)), spent(len(looks))):
        click.echo(words)
    for number, look in enumerate(looks, 1):
        click.echo(f"look {number} of this judge, {look.created_at[:10]}, version {look.version}, run {look.run}: "
                   f"{look.reason}")


def _drawn(drawn: splitting.Drawn) -> dict[str, Any]:
    return {"seed": drawn.seed, "before": _table(drawn.before), "after": _table(drawn.after),
            "moved": len(drawn.moves), "crossing": {"before": drawn.crossing, "after": drawn.still},
            "pairs": [asdict(pair) for pair in drawn.named], "read": drawn.read, "opened": drawn.opened}


def _table(found: Table) -> dict[str, dict[str, int]]:
    return {split: {"pass": passes, "fail": fails} for split, (passes, fails) in found.items()}


COMMANDS = (show_splits,)
