"""Commands for a judge's bias: where it errs differently, and probes that alter what should not count."""

from dataclasses import asdict
from typing import Any

import click

from lib.cli.judge.agreement import EVERY, EXPERT
from lib.cli.parts import AS_JSON, FROM_A_PAGE, capped, caps_of, cells_of, json_of, pass_store, print_json, print_list
from lib.cli.progress import counted_off
from lib.engine.jobs import probing as work
from lib.records import DONE, Caps, Job, UsageError
from lib.records.pairs import Flips
from lib.records.probing import SAME
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.bias.groups import Group, Groups, Reordered
from lib.statistics.bias.probes import ProbeResult
from lib.store import Store
from lib.store.judge import probes
from lib.workflow.judge import bias as verbs
from lib.workflow.judge import probing


@click.command()
@click.option("--run", type=int, required=True, help="A run by its number.")
@EXPERT
@EVERY
@AS_JSON
@pass_store
def bias(store: Store, run: int, expert: str | None, every: bool, as_json: bool) -> None:
    """Show where a judge errs differently than elsewhere, and what came of probes: by length, version, order, tone."""
    found = verbs.of(store, run, expert, every)
    if as_json:
        print_json(_bias(found))
        return
    click.echo(f"{found.run.judge}, run {run}, against {found.expert}")
    _say_groups("By length of the output in characters", found.length)
    _say_groups("By system version", found.version)
    click.echo("By order of the examples: " + (found.why_no_order or " ".join(one.reading for one in found.order)))
    if found.ties:
        click.echo(found.ties)
    _say_probes(found)


def _bias(found: verbs.Bias) -> dict[str, Any]:
    return {"run": found.run.id, "judge": found.run.judge, "expert": found.expert,
            "length": _groups(found.length), "system_version": _groups(found.version),
            "order": [_reordered(one) for one in found.order], "why_no_order": found.why_no_order or None,
            "probes": [_probe(one) for one in found.probes], "why_no_probes": found.why_no_probes or None,
            "flipped": [asdict(one) for one in found.flipped], "ties": found.ties}


def _groups(found: Groups) -> dict[str, Any]:
    return {"groups": [_group(one) for one in found.groups], "reading": found.reading, "differ": [
        {"group": each.values[0], "metric": each.metric, "here": json_of(each.here),
         "elsewhere": json_of(each.elsewhere), "p": each.p} for each in found.found]}


def _group(one: Group) -> dict[str, Any]:
    return {"name": one.name, "n": one.counts.n, "errors": one.counts.errors, "counts": cells_of(one.counts),
            "small": one.small, "judge_passes": json_of(one.judge), "expert_passes": json_of(one.expert),
            "tpr": json_of(one.tpr), "tnr": json_of(one.tnr)}


def _reordered(one: Reordered) -> dict[str, Any]:
    return {"run": one.run, "version": one.version, "passes_here": json_of(one.here), "passes_there":
            json_of(one.there), "expert_passes": json_of(one.expert), **_flips(one.flips), "p": one.p,
            "reading": one.reading}


def _flips(flips: Flips) -> dict[str, int]:
    return {"n": flips.n, "to_pass": flips.fixed, "to_fail": flips.broken}


def _probe(one: ProbeResult) -> dict[str, Any]:
    told = {} if one.probe.name == SAME else {
        "same_again": {"n": one.towards.n, "flips": one.same}, "p_beyond_noise": one.p_beyond,
        "beyond_noise": one.is_beyond, "p_towards": one.p_towards, "towards": one.way}
    return {"probe": one.probe.name, **_flips(one.flips), "fails": one.fails, "passes": one.passes,
            "share": json_of(one.share), "errors": one.errors, **told, "reading": one.reading}


def _say_groups(title: str, found: Groups) -> None:
    click.echo(f"{title}: {found.reading}")
    for one in found.groups if len(found.groups) > 1 else ():
        shares = (f"{words} {metrics.format_cell('share', figure)}" for words, figure in (
            ("the judge passes", one.judge), ("the expert", one.expert), ("TPR", one.tpr), ("TNR", one.tnr)))
        click.echo(f"  {one.name}: n = {one.counts.n:,}{metrics.format_errors(one.counts.errors)}"
                   f"{' (few)' if one.small else ''}, {', '.join(shares)}")


def _say_probes(found: verbs.Bias) -> None:
    for one in found.probes:
        errors = f" Not read, and no flip: {metrics.format_errors(sum(one.errors.values())).lstrip(', ')}." \
            if one.errors and one.flips.n else ""
        click.echo(f"Probe {one.probe.name}: {one.reading}{errors}")
    if found.why_no_probes:
        click.echo(found.why_no_probes)
    elif not found.probes:
        click.echo(f"Not probed yet: 'probe --run {found.run.id}' asks again with outputs altered, "
                   "'--dry-run' says what it would take.")


@click.command()
@click.argument("probe", type=int, required=False)
@FROM_A_PAGE
@click.option("--run", type=int, help="Start a new one for this run.")
@click.option("--kind", "kinds", multiple=True, type=click.Choice(probing.KINDS),
              help="How outputs are altered; may be given several times [default: all that can be asked].")
@click.option("--most", type=click.IntRange(1), default=probing.MOST, show_default=True,
              help="At most so many labelled traces.")
@capped
@click.option("--dry-run", is_flag=True, help="Only say what it would take.")
@AS_JSON
@pass_store
def probe(store: Store, probe: int | None, queued: bool, run: int | None, kinds: tuple[str, ...], most: int,
          dry_run: bool, as_json: bool, **bounds: Any) -> None:
    """Ask a judge again about labelled traces of a run (--run), altered in what should not count; or go on with PROBE.

    Its replies are no verdicts: no figure of the judge counts them. What was read once is not asked again. Caps named
    when a probe goes on replace the earlier ones.
    """
    wanted = caps_of(bounds)
    if (probe is None) == (run is None):
        raise UsageError("Name either a run with --run, to probe it, or the number of a probe that stopped.")
    if run is None and (kinds or dry_run):
        raise UsageError("--kind and --dry-run go with --run.")
    if dry_run:
        return _forecast(store, run, kinds, most, as_json)
    started = _taken_up(store, probe, queued, wanted) if run is None else _started(store, run, kinds, most, wanted)
    ended = _worked_off(store, started)
    if as_json:
        print_json({"probe": ended.id, "status": ended.status, "errors": ended.errors, "message": ended.message,
                    "spent": asdict(probes.spent(store, ended.id)), **_bias(verbs.of(store, ended.config["run"]))})
    else:
        _say_probes(verbs.of(store, ended.config["run"]))
    if ended.status != DONE:
        raise click.exceptions.Exit(1)


def _forecast(store: Store, run: int, kinds: tuple[str, ...], most: int, as_json: bool) -> None:
    if not as_json:
        click.echo(probing.forecast(store, run, kinds, most))
        return
    found = probing.plan(store, run, kinds, most)
    print_json({"run": run, "traces": found.traces, **asdict(probing.estimate(store, found)), "read": found.read,
                "left_out": found.left_out})


def _started(store: Store, run: int, kinds: tuple[str, ...], most: int, wanted: Caps) -> Job:
    probing.settle(store)
    click.echo(probing.forecast(store, run, kinds, most), err=True)
    return probing.start(store, run, kinds, most, wanted)


def _taken_up(store: Store, probe: int, queued: bool, wanted: Caps) -> Job:
    if wanted != Caps():
        probing.put_caps(store, probe, wanted)
    return probing.BACKGROUND.taken_up(store, probe, queued)


def _worked_off(store: Store, started: Job) -> Job:
    with counted_off("calls made", started.done, started.total) as moved:
        ended = work.execute(store, started.id, moved=moved)
    message = f". {ended.message}" if ended.message else ""
    click.echo(f"probe {ended.id}: {ended.status}, {ended.done:,} of {counted(ended.total, 'call')} made, "
               f"{counted(ended.errors, 'error')}{message}", err=True)
    return ended


@click.command("probes")
@AS_JSON
@pass_store
def list_probes(store: Store, as_json: bool) -> None:
    """List probes, newest first: of which run, how far, and what they cost."""
    probing.settle(store)
    print_list("probes", [{**asdict(one), "run": one.config["run"], "spent": asdict(probes.spent(store, one.id))}
                          for one in probes.every(store)], lambda one: (
        f"{one['id']}\trun {one['run']}\t{one['model']}\t{one['status']}\t{one['done']}/{one['total']}\t"
        f"{one['errors']} errors\t{one['spent']['calls']} calls\t{one['message']}"), as_json)


COMMANDS = (bias, probe, list_probes)
