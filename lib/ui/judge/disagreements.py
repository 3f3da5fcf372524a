"""The view Disagreements, a desk: one case at a time, trace left, the ruling and both critiques right, figures below.

What is typed is kept as it is typed; where the reader is stands in the address.
"""

from collections.abc import Sequence
from datetime import date

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lib.records import Counts, PromptVersion
from lib.records.disagreements import ENDINGS, LABEL_WRONG, OPEN, ListedCase
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.disagreements import Standing, in_words
from lib.store import Store
from lib.store.judge import rulings
from lib.ui import frame, trace_card
from lib.ui.judge import ruling
from lib.ui.judge.strip import choice, keys, missing, typing
from lib.ui.review import criteria
from lib.workflow.judge import disagreements
from lib.workflow.judge.views import desk
from lib.workflow.judge.views.bench import Bench
from lib.workflow.judge.views.desk import Desk
from lib.writers import WRITERS

_SHOWN = {OPEN: "open", "ruled": "ruled", **{kind: kind for kind in ENDINGS}, "all": "all"}
# By the judge's outcome: what it passed here the expert failed.
_SIDES = {"both": (None, "both"), "judge passed a fail": ("pass", "judge passed what the expert failed"),
          "judge failed a pass": ("fail", "judge failed what the expert passed")}
_TABLE = ("agreement", "tpr", "tnr", "kappa")


def page(store: Store, found: Bench) -> None:
    """A run's disagreements: the case that is read and its ruling first, below it the criteria and what changed."""
    if found.run is None:
        frame.empty("Not run yet", "There is nothing to rule on before the judge was run.", "judge", "To the bench",
                    judge=found.judge, view="Bench")
        return
    if found.expert is None:
        _no_pair()
        return
    bar = st.container(key="desk_bar", horizontal=True, vertical_alignment="center", gap="small")
    wanted, outcome = _choices(bar)
    with frame.sentences():
        shown = desk.of(store, found, wanted, outcome, st.query_params.get("case"))
        if not shown.stands.now.n:
            _no_pair()
            return
        _desk(store, shown, bar, wanted)
        criteria.criteria_panel(store)
        _notes(store, found.judge)
        _figures(shown.stands, shown.expert)
        _files(store, shown)
        if shown.read:
            keys.from_the_top(shown.read.trace.id)
            typing.send()
        choice.counts_every(found)


def _choices(bar: DeltaGenerator) -> tuple[str, str | None]:
    """Which cases, by their ending and by the judge's outcome (None: both)."""
    with bar:
        with st.container(width=130, key="desk_cases"):
            wanted = frame.choose("Cases", list(_SHOWN), "ruling", words=_SHOWN.get)
        with st.container(width=190, key="desk_side"):
            side = frame.choose("Which way", list(_SIDES), "side", words=lambda one: _SIDES[one][1])
    return wanted, _SIDES[side][0]


def _no_pair() -> None:
    frame.empty("No pair yet", "A disagreement needs a label of the principal expert and a readable verdict on the "
                "same trace.", "review", "Review traces")


def _desk(store: Store, shown: Desk, bar: DeltaGenerator, wanted: str) -> None:
    """Steps and progress in the row of the choices, and below it the case."""
    missing.note("case", [one.trace for one in shown.listed])
    with bar:
        if shown.listed:
            _step(shown.listed, shown.at)
        with st.container(width=120, key="desk_ruled"):
            st.progress(shown.stands.ruled / max(1, shown.stands.cases),
                        f"{shown.stands.ruled:,} of {shown.stands.cases:,} ruled")
    missing.say("case", "case for", shown.read.trace.id if shown.read else None)
    if shown.read:
        _case(store, shown)
    else:
        ruling.undo(store, shown.run, shown.expert)
        _nothing(wanted)


def _nothing(wanted: str) -> None:
    if wanted == OPEN:
        st.success("Nothing is open: every disagreement of this choice is ruled.", icon=":material/gavel:")
    else:
        st.caption("None.")


def _files(store: Store, shown: Desk) -> None:
    with st.popover("All pairs as a file", icon=":material/download:"):
        st.caption("Every counted pair: input, output, both critiques, whether they agree, and the ruling.")
        for ending in WRITERS:
            st.download_button(f".{ending}",
                               lambda ending=ending: disagreements.pairs(store, shown.run.id, shown.expert,
                                                                         shown.every, ending),
                               f"pairs-run-{shown.run.id}-{date.today()}.{ending}", key=f"pairs_{ending}",
                               on_click="ignore", icon=":material/download:")


def _step(found: Sequence[ListedCase], at: int) -> None:
    st.query_params["case"] = st.session_state["case_in_address"] = found[at].trace
    for label, step, key, icon in (("Previous", -1, "p", "arrow_back"), ("Next", 1, "n", "arrow_forward")):
        to = at + step
        st.button(label, key=f"case_{label}", icon=f":material/{icon}:", shortcut=key, on_click=_go, type="tertiary",
                  args=(found[to].trace if 0 <= to < len(found) else None,), disabled=not 0 <= to < len(found))
    before = " Ruled before, in another run." if found[at].before and found[at].ending == OPEN else ""
    st.caption(f"{at + 1:,} of {len(found):,}: {frame.plain(found[at].trace)}, {found[at].ending}.{before}",
               width="stretch")


def _go(trace: str | None) -> None:
    st.query_params["case"] = st.session_state["case_in_address"] = trace or ""


def _case(store: Store, shown: Desk) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left, st.container(key="desk_case"):
        trace_card.show(shown.read.trace, context=True)
    with right, st.container(key="desk_ruling", gap="small"):
        ruling.panel(store, shown.read, lambda: _go(shown.after), lambda: ruling.undo(store, shown.run, shown.expert))
        frame.link("review", "Review this trace", ":material/rate_review:", trace=shown.read.trace.id)


def _notes(store: Store, judge: str) -> None:
    box = st.expander("Notes for the prompt", icon=":material/sticky_note_2:", key="notes_open", on_change="rerun")
    if box.open:
        with box:
            _noted(store, judge)


def notes_panel(store: Store, start: PromptVersion) -> None:
    """Where the prompt is edited: what it should learn of the cases in which the judge was wrong."""
    _noted(store, start.judge)


def _noted(store: Store, judge: str) -> None:
    found = rulings.notes(store, judge)
    if not found:
        st.caption("None yet: a case ruled 'judge wrong' leaves one. Those on sealed test traces are never offered.")
        return
    st.dataframe({
        "note": [one.text or "used as an example" for one in found], "trace": [one.trace for one in found],
        "expert": [f"{one.expert_outcome}: {one.expert_critique}" for one in found],
        "judge": [f"{one.judge_outcome}: {one.judge_critique}" for one in found],
        "run": [one.run for one in found], "split": [one.split for one in found],
        "noted": [one.created_at[:10] for one in found]}, hide_index=True, column_config={
            name: st.column_config.TextColumn(width=width) for name, width in (
                ("note", 240), ("trace", 110), ("expert", 200), ("judge", 200))})


def _figures(found: Standing, expert: str) -> None:
    st.header("What the rulings changed")
    words, changed = in_words(found), found.endings[LABEL_WRONG]
    flips = f" {expert} changed {counted(changed, 'label')} here." if changed else ""
    st.caption(frame.plain(f"{words[0].upper()}{words[1:]}.{flips}"))
    sides = {"before any label was changed": found.before, "now": found.now,
             "now, borderline set aside": found.set_aside}
    st.dataframe({"figure": [*(metrics.METRICS[name].label for name in _TABLE), "pairs", "errors"],
                  **{words: _column(counts) for words, counts in sides.items()}}, hide_index=True)
    st.caption("In brackets the 95 % interval. Before: the labels that were ruled wrong as they stood, all others as "
               "they are now. Only changed labels move these figures; notes and criteria show in the next run.")


def _column(counts: Counts) -> list[str]:
    figures = (metrics.format_cell(name, metrics.METRICS[name].figure(counts)) for name in _TABLE)
    return [*figures, f"{counts.n:,}", f"{counts.errors:,}"]
