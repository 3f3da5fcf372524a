"""A project whose traces come week by week and are judged by a run each, beside a labelled set that stays the same."""

from collections.abc import Callable

from lib.records import Trace
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.workflow.judge import judging
from tests.support.endpoint import Answer, Judge, fenced, prompt_of, verdict
from tests.support.running import execute
from tests.support.steps import add, row

MONDAYS = ("2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23")
FROZEN = 24  # labelled traces, half of them passes; of these passes two thirds are borderline
GOOD, BORDERLINE, BAD = "answers well", "answers well enough", "answers wrongly"


def lenient(body: dict) -> Answer:
    """A judge that passes all that answers well, and well enough."""
    return verdict("fail" if BAD in fenced(prompt_of(body)) else "pass")


def strict(body: dict) -> Answer:
    """A judge that passes nothing borderline any more."""
    return verdict("pass" if f"{GOOD}." in fenced(prompt_of(body)) else "fail")


def freeze(store: Store) -> None:
    """Labelled traces of an earlier year, on dev, so that no rate over time counts the judge on them."""
    add(store, *(row(Trace(f"frozen{n}", f"labelled question {n} of its own", f"it {_kind(n)}.", split="dev",
                           created_at="2025-06-02T10:00:00Z"), Ann="pass" if n < FROZEN // 2 else "fail")
                 for n in range(FROZEN)))
    judging.ensure_judge(store)


def _kind(n: int) -> str:
    return BAD if n >= FROZEN // 2 else BORDERLINE if n % 3 else GOOD


def arrive(store: Store, week: int, well: int, borderline: int, wrongly: int) -> None:
    """So many traces of the week's Wednesday, of the test split, which no prompt has seen."""
    kinds = [GOOD] * well + [BORDERLINE] * borderline + [BAD] * wrongly
    day = f"{MONDAYS[week][:8]}{int(MONDAYS[week][8:]) + 2:02}T12:00:00Z"
    add(store, *(Trace(f"w{week}-{n}", f"question {n} that came in week {week}", f"it {kind}.", split="test",
                       created_at=day, system_version=f"v{week // 2 + 1}") for n, kind in enumerate(kinds)))


def judge_week(store: Store, week: int, **options: bool) -> int:
    """A run over one week's traces."""
    return _run(store, Filter(split="test", since=MONDAYS[week], until=f"{MONDAYS[week][:8]}"
                              f"{int(MONDAYS[week][8:]) + 6:02}"), **options)


def judge_frozen(store: Store) -> int:
    """A run over the labelled traces, which asks the model whatever it has said before."""
    return _run(store, Filter(label="any"), anew=True)


def judge_all(store: Store) -> int:
    """One run over everything."""
    return _run(store, Filter())


def _run(store: Store, where: Filter, **options: bool) -> int:
    run = judging.start_run(store, judging.DEFAULT_JUDGE, where=where, concurrency=4, model="test-model", **options)
    return execute(store, run.id).id


def four_weeks(store: Store, plan: Callable[[Judge], None], before: Judge, after: Judge,
               kinds: tuple[tuple[int, int, int], ...], again: bool = True) -> None:
    """Two weeks as they were, then two as they are: each judged as it came, the labelled set after the first and third.

    `plan` says how the judge judges from now on; `kinds` are the traces of each week; `again`: the labelled set is read
    a second time.
    """
    freeze(store)
    plan(before)
    for week, kind in enumerate(kinds):
        if week == 2:
            plan(after)
        arrive(store, week, *kind)
        judge_week(store, week)
        if week == 0 or (week == 2 and again):
            judge_frozen(store)
