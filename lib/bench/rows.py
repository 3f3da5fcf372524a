"""The rows of the measurement in their scenarios, the figures beside them, and the bounds the product is held to.

Knows what is compared with what; how one row is measured is in measure.py.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from lib.bench import Row, Seen, Target, Task, floors, product
from lib.bench.endpoint import serving
from lib.bench.measure import Prepare, Took, killed, took
from lib.records import Counts
from lib.records.rating import Tally
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.corrected import corrected_rate
from lib.store import Store, experts, open_store, projects
from lib.store.judge import runs
from lib.workflow import figures, live
from lib.workflow.judge import judging

PLAIN, WIDE, ERRORS, KILLED, WAYS = "plain", "wide", "errors", "killed", "ways"
SCENARIOS = (PLAIN, WIDE, ERRORS, KILLED)  # measured where none is named; the ways of sending only on request
AIOHTTP, OPENAI, PRODUCT = "aiohttp", "AsyncOpenAI", "product"
MANY = 256  # calls at once in the scenario "wide"
MOST_OVER_IDEAL, MOST_WITH_ERRORS, MOST_PAID_AGAIN = {PLAIN: 1.05, WIDE: 2.2}, 1.25, 4
MOST_OVER_FLOOR = {PLAIN: {"wall": 1.03, "cpu": 0.6}, WIDE: {"wall": 0.5, "cpu": 0.5}}
MOST_FIGURES_MS, MOST_POLL_MS = 1.0, 5.0
_MILLION = Counts(450_000, 50_000, 60_000, 440_000)


def measured(task: Task, scenarios: tuple[str, ...] = SCENARIOS) -> Iterator[Row | Target]:
    """Yields each row once it is measured, then the targets; the folder it works in is deleted afterwards."""
    with TemporaryDirectory() as folder:
        rows = []
        for scenario in scenarios:
            here = replace(task, path=str(Path(folder) / f"{scenario}.db"))
            for row in _SCENARIOS[scenario](here):
                rows.append(row)
                yield row
        yield from targets(rows)
        yield Target("figures without draws of 1,000,000 verdicts, ms", figures_ms(), MOST_FIGURES_MS)
        yield Target(f"a live look at {counted(task.traces, 'verdict')}, one of {product.LABELLED} labelled, ms",
                     poll_ms(here.path), MOST_POLL_MS)


def _plain(task: Task) -> Iterator[Row]:
    return _beside(PLAIN, task)


def _wide(task: Task) -> Iterator[Row]:
    return _beside(WIDE, _many(task))


def _beside(scenario: str, task: Task) -> Iterator[Row]:
    for name, prepare in ((AIOHTTP, floors.aiohttp), (OPENAI, floors.async_openai), (PRODUCT, product.prepared)):
        yield _row(scenario, name, prepare, task)


def _many(task: Task) -> Task:
    return replace(task, concurrency=min(MANY, task.traces))


def _ways(task: Task) -> Iterator[Row]:
    """Every way of sending that was tried, at as many calls at once as the scenario "wide" makes."""
    for name, prepare in ((OPENAI, floors.async_openai), ("on aiohttp", floors.async_openai_on_aiohttp),
                          ("raw", floors.raw_openai), ("raw aiohttp", floors.raw_openai_on_aiohttp),
                          (AIOHTTP, floors.aiohttp), (PRODUCT, product.prepared)):
        yield _row(WAYS, name, prepare, _many(task))


def _errors(task: Task) -> Iterator[Row]:
    yield _row(ERRORS, PRODUCT, product.prepared, replace(task, turned_away=0.05, malformed=0.01))


def _killed(task: Task) -> Iterator[Row]:
    with serving(task) as (endpoint, called):
        killed(product.prepared, called, endpoint, task.traces // 2)
        rest = took(product.prepared, called)
        # Only what was left was measured, so it says nothing of the time all of it takes.
        yield replace(_told(KILLED, PRODUCT, task, rest, endpoint.seen()), wall=None, wall_over_ideal=None,
                      cpu_per_1000=None, why="killed at half, then resumed")


_SCENARIOS: dict[str, Callable[[Task], Iterator[Row]]] = {
    PLAIN: _plain, WIDE: _wide, ERRORS: _errors, KILLED: _killed, WAYS: _ways}


def _row(scenario: str, name: str, prepare: Prepare, task: Task) -> Row:
    with serving(task) as (endpoint, called):
        return _told(scenario, name, task, took(prepare, called), endpoint.seen())


def _told(scenario: str, name: str, task: Task, found: Took, seen: Seen) -> Row:
    return Row(scenario, name, found.wall, found.wall / task.ideal, found.cpu / task.traces * 1000, found.peak_mb,
               seen.requests, seen.paid_twice, seen.malformed, task.traces - found.read)


def ratios(rows: list[Row], scenario: str = PLAIN) -> dict[str, float]:
    """The product over the AsyncOpenAI floor, where both were measured: wall, CPU, memory."""
    found = {row.name: row for row in rows if row.scenario == scenario}
    if OPENAI not in found:
        return {}
    ours, floor = found[PRODUCT], found[OPENAI]
    return {"wall": ours.wall / floor.wall, "cpu": ours.cpu_per_1000 / floor.cpu_per_1000,
            "memory": ours.peak_mb / floor.peak_mb}


def targets(rows: list[Row]) -> list[Target]:
    """The bounds that these rows can be held to."""
    made = [Target(f"{scenario}: {name}, product / AsyncOpenAI", ratios(rows, scenario)[name], bound)
            for scenario, bounds in MOST_OVER_FLOOR.items() if ratios(rows, scenario) for name, bound in bounds.items()]
    for row in (row for row in rows if row.name == PRODUCT and row.scenario != WAYS):
        if row.scenario == KILLED:
            made.append(Target("killed: replies paid again", row.paid_twice, MOST_PAID_AGAIN))
        else:
            bound = MOST_OVER_IDEAL.get(row.scenario, MOST_WITH_ERRORS)
            made.append(Target(f"{row.scenario}: wall / ideal", row.wall_over_ideal, bound))
            made.append(Target(f"{row.scenario}: replies paid twice, malformed ones apart",
                               row.paid_twice - row.malformed, 0))
        made.append(Target(f"{row.scenario}: verdicts lost", row.lost, 0))
    return made


def figures_ms() -> float:
    """Milliseconds for every figure without draws, the corrected rate too, of a million verdicts; kappa alone draws."""
    return _median_ms(lambda: (*(metrics.METRICS[name].figure(_MILLION) for name in metrics.METRICS if name != "kappa"),
                               corrected_rate(_MILLION, Tally(judged_passes=300_000, judged_fails=300_000))))


def poll_ms(path: str) -> float:
    """Milliseconds for what the Judge page reads once a second while a run goes on."""
    store = projects.choose(open_store(path), None)
    run = runs.every(store)[0].id
    before = _look(store, run, None)
    return _median_ms(lambda: _look(store, run, before))


def _look(store: Store, run: int, before: live.Look | None) -> live.Look:
    judging.settle(store)
    found = runs.get(store, run)
    seen = live.look(store, found, experts.principal(store).name, False, before)
    figures.agreement(store, run=run, seen=seen)
    figures.validated(store, found.judge)
    return seen


def _median_ms(act: Callable[[], object], times: int = 30) -> float:
    took_ms = []
    for _ in range(times):
        start = time.perf_counter()
        act()
        took_ms.append((time.perf_counter() - start) * 1000)
    return median(took_ms)
