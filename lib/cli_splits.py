"""The command for splits: what lies where, and a balanced draw with its preview."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli_parts import AS_JSON, pass_store, print_json
from lib.records import UsageError
from lib.splits import FEW, Table
from lib.store import Store, splits
from lib.workflow import splitting


@click.command("splits")
@click.option("--balance", is_flag=True, help="Draw the splits of the labelled traces, and move what must move.")
@click.option("--preview", is_flag=True, help="Show what that would do; nothing moves.")
@click.option("--seed", type=int, help="The same seed draws the same [default: 1].")
@AS_JSON
@pass_store
def show_splits(store: Store, balance: bool, preview: bool, seed: int | None, as_json: bool) -> None:
    """Show passes and fails of the labelled traces by split, or balance them with near-duplicates together."""
    if balance and preview or seed is not None and not (balance or preview):
        raise UsageError("--balance draws and --preview shows what it would do: give one of them, --seed with either.")
    drawn = (splitting.balance if balance else splitting.preview)(store, 1 if seed is None else seed) \
        if balance or preview else None
    if as_json:
        print_json(_drawn(drawn) if drawn else {
            "splits": _table(splitting.standing(store)), "sealed": splits.enough(store), "few": FEW,
            "draws": splits.draws(store)})
        return
    for split, (passes, fails) in (drawn.before if drawn else splitting.standing(store)).items():
        after = f" -> {drawn.after[split][0]:,} pass, {drawn.after[split][1]:,} fail" if drawn else ""
        click.echo(f"{split}\t{passes:,} pass, {fails:,} fail{after}")
    if drawn:
        click.echo(f"{len(drawn.moves):,} traces {'moved' if balance else 'would move'}; near-duplicates across splits: "
                   f"{drawn.crossing:,} before, {drawn.still:,} after")


def _drawn(drawn: splitting.Drawn) -> dict[str, Any]:
    return {"seed": drawn.seed, "before": _table(drawn.before), "after": _table(drawn.after),
            "moved": len(drawn.moves), "crossing": {"before": drawn.crossing, "after": drawn.still},
            "pairs": [asdict(pair) for pair in drawn.named], "read": drawn.read, "opened": drawn.opened}


def _table(found: Table) -> dict[str, dict[str, int]]:
    return {split: {"pass": passes, "fail": fails} for split, (passes, fails) in found.items()}


COMMANDS = (show_splits,)
