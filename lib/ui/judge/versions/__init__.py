"""The view Versions: a list to scan, what changed between two versions and what that did, and how figures moved."""

import streamlit as st

from lib import charts
from lib.records import PromptVersion
from lib.statistics import metrics, versions
from lib.store import Store, experts
from lib.store.judge import judges
from lib.ui import figures, frame, text_changes
from lib.ui.charted import Table, charted, of_figures
from lib.ui.judge import run_comparison, stuck
from lib.ui.judge.strip import missing
from lib.ui.judge.versions import leaving, listing
from lib.workflow.judge.views import history
from lib.workflow.review import ceilings

_AGAIN = 3  # seconds between two looks at a run that goes on
_DRAWN = ("agreement", "tpr", "tnr", "kappa")


def page(store: Store, judge: str) -> None:
    """The list to scan, what the edit between two versions did and changed, the trend, and whether it stands still."""
    found = {version.number: version for version in judges.prompts(store, judge)}
    if not found:
        frame.empty("No prompt version", "This judge's verdicts were recorded elsewhere: it has no prompt to compare.")
        return
    every = st.toggle("Count pairs that are left out too", key="every", bind="query-params", help=(
        "Shadow labels (begun with the judge's critique in view), and labels on traces that were drawn by looking at "
        "an outcome."))
    past = history.of(store, judge, every)
    _listed(store, judge, every, past)
    leaving.panel(store, found)
    if len(found) < 2:
        frame.empty("One version so far", "Save a second one on the bench: here stands what changed, and what that "
                    "did to the verdicts.", "judge", "To the prompt", judge=judge, view="Bench")
    else:
        st.header("Two versions beside each other")
        old, new = _two(found)
        # On its own, so that reading row after row does not measure every version anew.
        frame.fragment(run_comparison.effect)(store, old, new, every)
        _differences(old, new)
    _trend(store, judge, list(past.points))
    with frame.sentences():
        stuck.panel(store, judge, past.points)


def _listed(store: Store, judge: str, every: bool, past: history.History) -> None:
    """The list, looked at again for as long as a run goes on."""
    if past.going:
        frame.fragment(listing.going, run_every=_AGAIN)(store, judge, every)
    else:
        listing.table(past)


def _two(found: dict[int, PromptVersion]) -> tuple[PromptVersion, PromptVersion]:
    numbers, keys = [str(number) for number in found], {version.key: version.number for version in found.values()}
    for name in ("before", "after"):
        missing.note(name, numbers)
    left, right = st.columns(2)
    with right:
        new = found[int(frame.choose("After", numbers, "after", words=lambda number: _title(found[int(number)])))]
    with left:
        first = str(keys.get(new.parent, numbers[-1]))
        old = found[int(frame.choose("Before", numbers, "before", first, lambda number: _title(found[int(number)])))]
    missing.say("before", "version", str(old.number))
    missing.say("after", "version", str(new.number))
    return old, new


def _title(version: PromptVersion) -> str:
    who = f", {version.author}" if version.author else ""
    return f"{version.number}, {(version.created_at or '')[:10]}{who}" + (f": {version.note}" if version.note else "")


def _trend(store: Store, judge: str, points: list[versions.Measured]) -> None:
    st.header("Over the versions")
    principal = experts.principal(store)
    if not points or principal is None:
        frame.empty("Nothing measured yet", "A version appears here once a run of it has met labels of the principal "
                    "expert: run the judge on the bench.", "judge", "To the runs", judge=judge, view="Bench")
        return
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


def _points(points: list[versions.Measured], name: str) -> Table:
    return {"version": [point.version for point in points], "measured on": [point.traces for point in points],
            "run": [point.run for point in points], "n": [point.counts.n for point in points],
            **of_figures([metrics.METRICS[name].figure(point.counts) for point in points])}


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
