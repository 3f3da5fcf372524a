"""A gate: figures of a judge and of what it judged, each held against a threshold that somebody chose before.

A sealed test split is never opened by a gate, and a figure that is refused decides nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from lib.records import Figure, Run, UsageError
from lib.records.rating import BOTH, JUDGE, Tally
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.deciding import gates
from lib.statistics.metrics import others
from lib.store import Store
from lib.store.errors import assertions, mode_decisions, mode_facts
from lib.store.judge import judges
from lib.workflow import figures
from lib.workflow.errors import over_time, rates
from lib.workflow.errors.gates import which
from lib.workflow.errors.gates.rows import Gate, Row, percent
from lib.workflow.judge import comparing

MARGIN = 5.0  # points of agreement, where nobody chooses another


@dataclass(frozen=True)
class Asked:
    """The thresholds of a gate, shares from 0 to 1; None and empty ask for nothing."""

    tpr: float | None = None
    tnr: float | None = None
    rate: float | None = None
    version: str | None = None  # of the AI system, that `rate` and the assertions are of
    against: int | None = None  # a run that the judge's own must not be worse than
    margin: float = MARGIN / 100
    modes: tuple[tuple[str, float], ...] = ()  # failure mode -> at most this share
    assertions: tuple[tuple[str, float], ...] = ()  # assertion -> at most this share of outputs that fail it


def gate(store: Store, asked: Asked, judge: str | None = None, run: int | None = None,
         expert: str | None = None) -> Gate:
    """Holds a run (default: the judge's newest that was measured) against the thresholds; UsageError where none is
    named.

    Without a threshold that needs a judge none is looked for.
    """
    of_judge = any(value is not None for value in (asked.tpr, asked.tnr, asked.against, asked.rate))
    found = which.measured(store, judge, run) if of_judge else None
    rows = [*(_of_judge(store, asked, found, expert) if found else ()),
            *(_of_mode(store, name, most, asked.version) for name, most in asked.modes),
            *(_of_assertion(store, name, most, asked.version) for name, most in asked.assertions)]
    if not rows:
        raise UsageError("This gate asks for nothing: name a threshold, for instance --tpr 0.8 --tnr 0.7.")
    return Gate(found.judge if found else "", found, tuple(rows))


def _of_judge(store: Store, asked: Asked, run: Run, expert: str | None) -> list[Row]:
    made = []
    if asked.tpr is not None or asked.tnr is not None:
        own = figures.agreement(store, run=run.id, expert=expert)
        made += [_row(f"{name.upper()} at least {percent(wanted)}", name, own.figures[name], wanted, gates.at_least,
                      ("labelled pass", "labelled passes") if name == "tpr" else ("labelled fail",))
                 for name, wanted in (("tpr", asked.tpr), ("tnr", asked.tnr)) if wanted is not None]
    if asked.rate is not None:
        made.append(_of_rate(store, asked, run, expert))
    if asked.against is not None:
        made.append(_of_change(store, asked, run, expert))
    return made


def _of_rate(store: Store, asked: Asked, run: Run, expert: str | None) -> Row:
    source = JUDGE if run.judge in judges.special(store) else BOTH
    if asked.version is None:
        cell = rates.table(store, source=source, run=run.id, expert=expert).overall
    else:
        points = over_time.series(store, "version", source, run=run.id, expert=expert).points
        cell = next((one.cell for one in points if one.name == asked.version), None)
    of = f" of {asked.version}" if asked.version else ""
    name = f"corrected pass rate{of} at least {percent(asked.rate)}"
    if cell is None:
        return Row(name, f"no outcome on a trace of {asked.version}", gates.INCONCLUSIVE, Figure(None))
    return _row(name, "rate", others(cell.corrected), asked.rate, gates.at_least, ())


def _of_change(store: Store, asked: Asked, run: Run, expert: str | None) -> Row:
    name = f"no worse than run {asked.against} by more than {100 * asked.margin:g} points"
    found = comparing.compare(store, asked.against, run.id, expert)
    figure, answer = gates.no_worse(found.flips, asked.margin)
    if figure.value is None:
        return Row(name, f"not defined: {figure.why}", answer, figure)
    said = (f"{100 * figure.value:+.1f} points ({100 * figure.low:+.0f} to {100 * figure.high:+.0f}), "
            f"{found.fixed:,} fixed, {found.broken:,} broken of {found.n:,}")
    return Row(name, said, answer, figure)


def _of_mode(store: Store, mode: str, most: float, version: str | None) -> Row:
    """Of the labelled traces that no outcome drew the share that has it; a fail nobody has coded may have it too."""
    found = mode_facts.counts(store, figures.principal_name(store), mode_decisions.get(store, mode).name)
    tally = dict(found.versions).get(version, Tally()) if version else found.labelled
    hidden = min(found.hidden, tally.fails)
    figure = metrics.share(tally, (0,), (0, 1), "no trace is labelled")
    if hidden:
        worst = metrics.wilson(tally.passes + hidden, tally.passes + tally.fails)
        figure = replace(figure, high=max(figure.high, worst.high))
    row = _row(f"failure mode “{mode}” in at most {percent(most)}", "rate", figure, most, gates.at_most,
               ("labelled trace",))
    open_ones = f" {counted(hidden, 'fail')} not looked through for failure modes: they may have it." if hidden else ""
    return replace(row, more=(row.more + open_ones).strip(), of_judge=False)


def _of_assertion(store: Store, name: str, most: float, version: str | None) -> Row:
    one = assertions.get(store, name)
    tally = assertions.tallies(store, version)[one.key]
    figure = metrics.wilson(tally.failed, tally.passed + tally.failed, "no output was checked yet")
    row = _row(f"assertion “{one.name}” fails on at most {percent(most)}", "rate", figure, most, gates.at_most,
               ("checked output",))
    left = tally.waiting + tally.unchecked
    open_ones = f" {counted(left, 'output')} not checked." if left else ""
    return replace(row, more=(row.more + open_ones).strip(), of_judge=False)


def _row(name: str, metric: str, figure: Figure, wanted: float, held: Callable[[Figure, float], str],
         what: tuple[str, ...]) -> Row:
    answer = held(figure, wanted)
    if figure.value is None:
        return Row(name, metrics.format_ends(metric, figure), answer, figure)
    said = f"{metrics.format_figure(metric, figure)} ({_ends(figure, wanted)})"
    missing = gates.more(figure, wanted) if answer == gates.INCONCLUSIVE and what else None
    return Row(name, said, answer, figure,
               f"About {counted(missing, *what)} more would decide it, if the share stays." if missing else "")


def _ends(figure: Figure, wanted: float) -> str:
    """The interval with as many decimals as it takes to see on which side of the threshold its ends lie."""
    ends = figure.low, figure.high
    digits = next((digits for digits in range(4) if all(
        (round(end, digits + 2) >= wanted) == (end >= wanted) for end in ends)), 4)
    return " to ".join(f"{end:.{digits}%}" for end in ends)
