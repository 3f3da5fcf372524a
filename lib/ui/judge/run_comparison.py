"""What an edit did: two runs row by row, fixed and broken, and whether that may well be chance."""

from typing import Any

import pandas as pd
import streamlit as st

from lib.records import PromptVersion, Run
from lib.records.decision import NO_REASON, likely
from lib.records.words import counted
from lib.statistics import comparison
from lib.store import Store
from lib.store.dataset import chosen, traces
from lib.store.judge import bench, verdicts
from lib.store.review import labels
from lib.ui import frame, trace_card
from lib.workflow import figures, retirement
from lib.workflow.judge import comparing
from lib.workflow.judge import versions as workflow

CHANCE = 0.05  # from here on a difference could well be chance
_SHOWN = {"flipped": (comparison.FIXED, comparison.BROKEN), comparison.FIXED: (comparison.FIXED,),
          comparison.BROKEN: (comparison.BROKEN,), comparison.UNCHANGED: (comparison.UNCHANGED,),
          "errors": (comparison.ERROR,), "all": comparison.CHANGES}
_WORDS = {"flipped": "fixed and broken"}
_MOST = 1_000


def effect(store: Store, old: PromptVersion, new: PromptVersion, every: bool) -> None:
    """The newest runs of both versions on the same split, or two others of theirs, compared."""
    st.header("What the edit did")
    before, after = workflow.with_verdicts(store, old), workflow.with_verdicts(store, new)
    missing = [str(version.number) for version, found in ((old, before), (new, after)) if not found]
    if missing:
        frame.empty(f"Version {' and '.join(dict.fromkeys(missing))} has no verdict yet", "Run both on the same "
                    "labelled traces: then every row that was fixed or broken stands here.", "judge", "To the runs",
                    judge=new.judge, view="Bench")
        return
    left, right = st.columns(2)
    with right:
        second = _run(store, "Run after", after, "run_after", workflow.with_partner(after, before))
    with left:
        first = _run(store, "Run before", before, "run_before", workflow.alike(second, before))
    with frame.sentences():
        expert = figures.principal_name(store)
        _compared(store, first, second, comparing.compare(store, first.id, second.id, expert, every), expert)


def _run(store: Store, label: str, found: list[Run], name: str, first: Run) -> Run:
    by_number, marks = {str(run.id): run for run in found}, retirement.known(store)
    return by_number[frame.choose(label, list(by_number), name, str(first.id), lambda number: (
        f"{number}: {marks.beside(by_number[number])}, {chosen.of_run(by_number[number])}, "
        f"{counted(by_number[number].total, 'trace')}"))]


def _compared(store: Store, first: Run, second: Run, found: comparison.Comparison, expert: str) -> None:
    with st.container(horizontal=True, gap="large"):
        for label, number, words in (
                ("Fixed", found.fixed, "The run before disagreed with the expert, the run after agrees."),
                ("Broken", found.broken, "The run before agreed with the expert, the run after disagrees."),
                ("Unchanged", found.unchanged, "Both agree with the expert, or neither does."),
                *([] if found.within_noise is None else [("Within noise", found.within_noise, (
                    "Fixed or broken, but one of the two versions contradicts itself on this trace when it is asked "
                    "the same again."))]),
                ("Errors", len(found.rows) - found.n, "One of the two has no readable reply: neither fixed nor "
                                                      "broken.")):
            st.metric(label, f"{number:,}", help=words, width="content")
    st.markdown(chance(found))
    st.caption(within(found))
    kind = frame.choose("Show", list(_SHOWN), "changes", words=lambda one: _WORDS.get(one, one))
    # What the judge does not stand by comes last.
    rows = sorted((row for row in found.rows if row.change in _SHOWN[kind]), key=lambda row: row.noisy)
    if rows:
        _side_by_side(store, first, second, _picked(store, rows, f"{first.id}_{second.id}_{kind}"), expert)
    else:
        st.caption("None.")


def chance(found: comparison.Comparison) -> str:
    """The exact p of the flips in words."""
    if not found.fixed + found.broken:
        return "No verdict flipped between right and wrong: these runs show no difference."
    words = "this **could well be chance**" if found.p >= CHANCE else "this is hardly chance"
    return (f"{found.fixed:,} fixed and {found.broken:,} broken of {found.n:,}: {words} "
            f"({comparison.format_p(found.p)}, {comparison.name_of_test(found.flips)}).")


def within(found: comparison.Comparison) -> str:
    """How many of the flips lie within the judge's own noise, and the test without them."""
    if found.within_noise is None:
        return ("Neither version was repeated, so nothing is known of the judge's own noise: repeat one on the "
                "Bench.")
    flips = found.fixed + found.broken
    return (f"{found.within_noise:,} of these {counted(flips, 'flip lies', 'flips lie')} within the judge's own noise; "
            f"without them {comparison.format_p(found.p_without)}.")


def _picked(store: Store, rows: list[comparison.Row], key: str) -> comparison.Row:
    shown = rows[:_MOST]
    begins = bench.beginnings(store, [row.trace for row in shown])
    event = st.dataframe(
        _greyed({"change": [row.change for row in shown], "expert": [row.label for row in shown],
                 "before": [row.first or "error" for row in shown], "after": [row.second or "error" for row in shown],
                 "noise": ["within noise" if row.noisy else "" for row in shown],
                 "input": [begins[row.trace] for row in shown], "trace": [row.trace for row in shown]}, shown),
        hide_index=True, on_select="rerun", selection_mode="single-row", key=f"edit_{key}", height=260,
        column_config={"input": st.column_config.TextColumn(width=420)})
    if len(rows) > _MOST:
        st.caption(f"The first {_MOST:,} of {len(rows):,}.")
    picked = event.selection.rows
    return shown[picked[0] if picked and picked[0] < len(shown) else 0]


def _greyed(columns: dict[str, list], shown: list[comparison.Row]) -> Any:
    """The table with what lies within the noise in grey."""
    # All at once: row by row a thousand rows take a third of a second.
    return pd.DataFrame(columns).style.apply(
        lambda table: pd.DataFrame({column: ["color: gray" if row.noisy else "" for row in shown] for column in table},
                                   index=table.index), axis=None)


def _side_by_side(store: Store, first: Run, second: Run, row: comparison.Row, expert: str) -> None:
    trace, label = traces.get(store, row.trace), labels.current(store, row.trace, expert)
    by_run = {found["run"]: found for found in verdicts.of_trace(store, row.trace)}
    left, right = st.columns([3, 2], gap="medium")
    with left:
        trace_card.show(trace)
    with right:
        trace_card.said(f"Expert: {row.label}", label.critique)
        for when, run in (("Before", first), ("After", second)):
            said = by_run[run.id]
            outcome, p = said["outcome"], said["probability"]
            words = likely(outcome, p) if outcome else "error, " + said["error"]
            trace_card.said(f"{when}, run {run.id}: {words}", said["critique"] or ("" if p is None else NO_REASON))
        frame.link("review", "Review this trace", ":material/rate_review:", trace=trace.id)
