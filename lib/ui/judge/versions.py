"""The view Versions: how figures moved over prompt versions, what changed between two, and what that did."""

import streamlit as st

from lib import charts
from lib.records import PromptVersion, RunCost
from lib.statistics import metrics, versions
from lib.statistics.costs import format_cost, format_count, format_seconds, format_time, per_hundred
from lib.store import Store, experts
from lib.store.judge import costs, judges, runs
from lib.ui import figures, frame, text_changes
from lib.ui.charted import Table, charted, of_figures
from lib.ui.judge import run_comparison, stuck
from lib.workflow import retirement
from lib.workflow.judge import versions as bench
from lib.workflow.review import ceilings

SHARES = ("agreement", "tpr", "tnr")
_DRAWN = (*SHARES, "kappa")



def page(store: Store, judge: str) -> None:
    """Trend, differences and effect; each says what it lacks where it has nothing to show yet."""
    found = {version.number: version for version in judges.prompts(store, judge)}
    if not found:
        frame.empty("No prompt version", "This judge's verdicts were recorded elsewhere: it has no prompt to compare.")
        return
    every = st.toggle("Count pairs that are left out too", key="every", bind="query-params", help=(
        "Shadow labels, and labels on traces drawn by looking at an outcome."))
    points = _trend(store, judge, every)
    with frame.sentences():
        stuck.panel(store, judge, points)
    st.subheader("Two versions beside each other")
    if len(found) < 2:
        frame.empty("One version so far", "Save a second one on the bench: here stands what changed, and what that "
                    "did to the verdicts.", "judge", "To the prompt", judge=judge, view="Bench")
        return
    old, new = _two(found)
    _differences(old, new)
    # On its own, so that reading row after row does not measure every version anew.
    frame.fragment(run_comparison.effect)(store, old, new, every)


def _two(found: dict[int, PromptVersion]) -> tuple[PromptVersion, PromptVersion]:
    numbers, keys = [str(number) for number in found], {version.key: version.number for version in found.values()}
    left, right = st.columns(2)
    with right:
        new = found[int(frame.choose("After", numbers, "after", words=lambda number: _title(found[int(number)])))]
    with left:
        first = str(keys.get(new.parent, numbers[-1]))
        old = found[int(frame.choose("Before", numbers, "before", first, lambda number: _title(found[int(number)])))]
    return old, new


def _title(version: PromptVersion) -> str:
    who = f", {version.author}" if version.author else ""
    return f"{version.number}, {(version.created_at or '')[:10]}{who}" + (f": {version.note}" if version.note else "")


def _trend(store: Store, judge: str, every: bool) -> list[versions.Measured]:
    st.subheader("Over the versions")
    principal = experts.principal(store)
    points = bench.trend(store, judge, principal.name, every) if principal else []
    if not points:
        frame.empty("Nothing measured yet", "A version appears here once a run of it has met labels of the principal "
                    "expert: run the judge on the bench.", "judge", "To the runs", judge=judge, view="Bench")
        return points
    bounds = ceilings.of(store, principal.name)
    for place, name in zip(st.columns(len(_DRAWN)), _DRAWN, strict=True):
        with place:
            charted(charts.trend_chart(points, name, bounds.lines(name), bounds.target), _points(points, name),
                    f"trend_{name}")
    figures.ceilings_caption(bounds)
    sets = list(dict.fromkeys(point.traces for point in points))
    signs = list(charts.times.SHAPES.values())
    st.caption("Measured on " + "; ".join(f"{signs[place % len(signs)]} {one}" for place, one in enumerate(sets)) + "."
               + (" Only points of the same set are joined, and only they can be compared." if sets[1:] else ""))
    _table(store, judge, points)
    return points


def _points(points: list[versions.Measured], name: str) -> Table:
    return {"version": [point.version for point in points], "measured on": [point.traces for point in points],
            "run": [point.run for point in points], "n": [point.counts.n for point in points],
            **of_figures([metrics.METRICS[name].figure(point.counts) for point in points])}


def _table(store: Store, judge: str, points: list[versions.Measured]) -> None:
    figures = {metrics.METRICS[name].label: [_in_words(name, point) for point in points] for name in SHARES}
    saved = {version.number: version.author for version in judges.prompts(store, judge)}
    st.dataframe({
        "version": [str(point.version) for point in points], "saved by": [saved.get(one.version, "") for one in points],
        "what was changed": [point.note for point in points],
        "measured on": [point.traces for point in points], **figures, "pairs": [point.counts.n for point in points],
        "errors": [point.counts.errors for point in points], "run": [str(point.run) for point in points]},
        hide_index=True, column_config={"what was changed": st.column_config.TextColumn(width=200)})
    st.caption("What their runs took, by the prices under Settings, Models:")
    ran, marks = {run.id: run for run in runs.every(store, judge)}, retirement.known(store)
    found = costs.of(store, [point.run for point in points])
    st.dataframe({
        "version": [str(point.version) for point in points], "run": [str(point.run) for point in points],
        "model": [marks.beside(ran[point.run]) for point in points],
        **_took([found[point.run] for point in points])}, hide_index=True, key="versions_took")


def _took(found: list[RunCost]) -> dict[str, list[str]]:
    """What each version's run took, as columns."""
    each = [(one, per_hundred(one)) for one in found]
    return {"cost per 100": [format_cost(of.cost, one.why) for one, of in each],
            "seconds per 100": [format_seconds(of.seconds) for _, of in each],
            "tokens per 100": [f"{format_count(of.prompt_tokens)} in, {format_count(of.completion_tokens)} out"
                               for _, of in each],
            "median, 95 % of replies": [f"{format_time(one.median)}, {format_time(one.p95)}" for one in found],
            "calls": [format_count(one.calls) for one in found],
            "errors": [", ".join(f"{n:,} {kind}" for kind, n in one.errors.items()) or "0" for one in found]}


def _in_words(name: str, point: versions.Measured) -> str:
    figure = metrics.METRICS[name].figure(point.counts)
    return (f"{metrics.format_figure(name, figure)}{metrics.format_of(name, figure, point.counts)} "
            f"({metrics.format_ends(name, figure)})")


def _differences(old: PromptVersion, new: PromptVersion) -> None:
    text_changes.side_by_side(old.template, new.template)
    _changes("Examples", "trace", versions.example_changes(old.examples, new.examples),
             f"The examples are the same: {len(new.examples)}.")
    _changes("Model, parameters and note", "setting", versions.setting_changes(old, new),
             "Model, parameters and note are the same.")


def _changes(title: str, what: str, found: list[versions.Change], same: str) -> None:
    if not found:
        st.caption(same)
        return
    st.caption(f"**{title}**")
    st.dataframe({"change": [one.change for one in found], what: [one.what for one in found],
                  "before": [one.old for one in found], "after": [one.new for one in found]}, hide_index=True,
                 column_config={what: st.column_config.TextColumn(width=160), **{
                     side: st.column_config.TextColumn(width=270) for side in ("before", "after")}})
