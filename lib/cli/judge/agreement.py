"""Commands for figures: agreement, and two runs compared."""

from dataclasses import asdict, replace
from typing import Any

import click

from lib.cli.judge import splits
from lib.cli.parts import AS_JSON, cells_of, json_of, pass_store, print_json, words_of
from lib.cli.people import say_as, say_waits
from lib.cli.review.reviewers import beside_json, say_beside
from lib.records import UsageError
from lib.records.words import counted
from lib.statistics import effective, metrics, stopping
from lib.statistics.breakdowns import OF_A_SLICE, Slice
from lib.statistics.comparison import Comparison, format_p, name_of_test
from lib.statistics.knowledge import MEANING, ByKnowledge
from lib.store import Store
from lib.store.dataset import chosen
from lib.workflow import figures, rights
from lib.workflow.judge import comparing, slices, splitting
from lib.workflow.review import reviewers

EXPERT = click.option("--expert", help="Whose labels [default: the principal expert's].")
EVERY = click.option("--every", is_flag=True, help="Count shadow labels and traces drawn by an outcome too.")


@click.command()
@click.option("--judge", help="A judge's newest run.")
@click.option("--run", type=int, help="One run by its number.")
@EXPERT
@click.option("--between", nargs=2, metavar="EXPERT EXPERT", help="Two experts instead of a judge.")
@EVERY
@click.option("--by", metavar="DIMENSION", help="Also by the values of a dimension.")
@click.option("--by-mode", is_flag=True, help="Also by what the expert knew of the judge: blind, known.")
@click.option("--plus-minus", "points", type=click.FloatRange(0.1, 50), metavar="POINTS",
              help="Also how many more passes and fails it takes to know TPR and TNR to ± so many percentage points.")
@click.option("--open-test", metavar="REASON", help="Open the sealed test split for this run; the look is logged.")
@AS_JSON
@pass_store
def agreement(store: Store, judge: str | None, run: int | None, expert: str | None,
              between: tuple[str, str] | None, every: bool, by: str | None, by_mode: bool, points: float | None,
              open_test: str | None, as_json: bool) -> None:
    """Show how far a judge agrees with an expert, or two experts with each other."""
    if sum(choice is not None for choice in (judge, run, between)) != 1:
        raise UsageError("Name one of --judge, --run and --between.")
    if between and (by, by_mode, open_test) != (None, False, None):
        raise UsageError("--by, --by-mode and --open-test cannot go with --between: they are of a judge's run.")
    found = (figures.between(store, *between, every) if between
             else figures.agreement(store, judge, run, expert, every))
    parts = slices.by(store, found.run.id, by, found.expert, every) if by is not None else []
    modes = slices.by_mode(store, found.run.id, found.expert, every) if by_mode else None
    needs = stopping.needs(found.counts, points / 100) if points else []
    if open_test is not None:
        _open_test(store, found.run.id, open_test)
    if as_json:
        print_json(_agreement(found) | splits.test_figures(store, found) | _needed(needs, points)
                   | ({"by": by, "slices": [_slice(part) for part in parts]} if by is not None else {}) | _modes(modes))
        return
    _say_agreement(found)
    splits.say_test(store, found)
    _say_slices(parts)
    _say_modes(modes)
    _say_needs(needs, points)


def _open_test(store: Store, run: int, reason: str) -> None:
    if not rights.principals(store):
        say_waits(store, splitting.ask_to_open(store, run, reason))
        return
    splitting.open_test(store, run, reason)
    say_as(store)


def _modes(found: ByKnowledge | None) -> dict[str, Any]:
    return {} if found is None else {"by_mode": {
        "slices": [_slice(part) for part in found.slices], "p": found.p, "reading": found.reading}}


def _say_modes(found: ByKnowledge | None) -> None:
    if found is None:
        return
    click.echo(f"By what the expert knew of the judge: {found.reading}")
    _say_slices([replace(part, value=f"{part.value} ({MEANING[part.value]})") for part in found.slices])


def _say_slices(parts: list[Slice]) -> None:
    for part in parts:
        shares = (f"{metrics.METRICS[name].label} {words_of(name, getattr(part, name))}" for name in OF_A_SLICE)
        click.echo(f"{part.value}: n = {part.counts.n:,}{metrics.format_errors(part.counts.errors)}"
                   f"{' (few)' if part.small else ''}, {', '.join(shares)}")


def _say_needs(needs: list[stopping.Need], points: float | None) -> None:
    for need in needs:
        click.echo(f"{need.outcome}: {need.more:,} more for ± {points:g} points, {need.needed:,} in all "
                   f"({metrics.METRICS['tpr' if need.outcome == 'pass' else 'tnr'].label} "
                   f"{need.share:.0%}{', assumed' * need.assumed})")


def _slice(part: Slice) -> dict[str, Any]:
    return {"value": part.value, "n": part.counts.n, "errors": part.counts.errors, "counts": cells_of(part.counts),
            "small": part.small, **{name: json_of(getattr(part, name)) for name in OF_A_SLICE}}


def _needed(needs: list[stopping.Need], points: float | None) -> dict[str, Any]:
    return {"needed": {"plus_minus": points, **{need.outcome: _need(need) for need in needs}}} if needs else {}


def _need(need: stopping.Need) -> dict[str, Any]:
    return {"have": need.have, "needed": need.needed, "more": need.more, "share": need.share,
            "half_width": need.half_width}


def _agreement(found: figures.Agreement) -> dict[str, Any]:
    return {"judge": found.judge, "expert": found.expert, "run": found.run and found.run.id, "shard": _shard(found),
            "validated": found.validated, "errors": found.counts.errors, "counts": cells_of(found.counts),
            "n": found.counts.n, "left_out": asdict(found.left_out), "every": found.every,
            **{name: json_of(figure) for name, figure in found.figures.items()},
            **beside_json(reviewers.beside(found))}


def _shard(found: figures.Agreement) -> str | None:
    """Which part of its traces a run was of, where it was of one."""
    return found.run.chosen.get("shard") if found.run else None


def _say_agreement(found: figures.Agreement) -> None:
    click.echo(f"{found.judge} against {found.expert}: n = {found.counts.n:,}, {counted(found.counts.errors, 'error')}")
    if _shard(found):
        click.echo(f"of a part alone: {chosen.of_run(found.run)}")
    if found.left_out.n:
        click.echo(f"{'counted too' if found.every else 'left out'}: {counted(found.left_out.shadow, 'pair')} of "
                   f"shadow labels, {found.left_out.drawn:,} drawn by an outcome")
    click.echo(", ".join(f"{name.replace('_', '/')} {n:,}" for name, n in cells_of(found.counts).items()))
    for name, figure in found.figures.items():
        click.echo(f"{metrics.METRICS[name].label}: {words_of(name, figure, found.counts)}")
    say_beside(reviewers.beside(found))


@click.command()
@click.argument("first", metavar="RUN", type=int)
@click.argument("second", metavar="RUN", type=int)
@EXPERT
@EVERY
@AS_JSON
@pass_store
def compare(store: Store, first: int, second: int, expert: str | None, every: bool, as_json: bool) -> None:
    """Show what the second RUN fixed and broke against the first, on traces that both judged and an expert labelled."""
    found = comparing.compare(store, first, second, expert, every)
    if as_json:
        print_json({"first": first, "second": second, "fixed": found.fixed, "broken": found.broken,
                    "unchanged": found.unchanged, "n": found.n, "p": found.p,
                    "test": name_of_test(found.flips), "ties": effective.sentence(found.flips),
                    "within_noise": found.within_noise, "p_without_noise": found.p_without,
                    "errors": dict(zip(("first", "second"), found.errors, strict=True))})
        return
    _say_comparison(found, first, second)


def _say_comparison(found: Comparison, first: int, second: int) -> None:
    click.echo(f"Run {second} against run {first} on {counted(found.n, 'labelled trace')}: {found.fixed:,} fixed, "
               f"{found.broken:,} broken, {found.unchanged:,} unchanged")
    test, one = name_of_test(found.flips), found.within_noise == 1
    noise = "" if found.within_noise is None else (
        f"; {found.within_noise:,} of the flips {'lies' if one else 'lie'} within the judge's own noise, without "
        f"{'it' if one else 'them'} {format_p(found.p_without)}")
    click.echo(f"{test[0].upper()}{test[1:]}: {format_p(found.p)}{noise}")
    if ties := effective.sentence(found.flips):
        click.echo(ties)
    click.echo(f"Errors, not counted: {found.errors[0]:,} in run {first}, {found.errors[1]:,} in run {second}")


COMMANDS = (agreement, compare)
