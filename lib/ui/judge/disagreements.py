"""The view Disagreements: one case at a time, trace left, both critiques and the ruling right, figures below.

What is typed is kept as it is typed; where the reader is stands in the address.
"""

from datetime import date

import streamlit as st

from lib.records import Counts, PromptVersion, Run
from lib.records.disagreements import ENDINGS, LABEL_WRONG, OPEN, ListedCase
from lib.statistics import metrics
from lib.statistics.disagreements import Standing, in_words
from lib.store import Store, experts
from lib.store.dataset import traces
from lib.store.judge import rulings
from lib.ui import frame, trace_card
from lib.ui.judge import ruling
from lib.ui.review import criteria
from lib.workflow.judge import disagreements
from lib.writers import WRITERS

_SHOWN = {OPEN: "open", "ruled": "ruled", **{kind: kind for kind in ENDINGS}, "all": "all"}
# By the judge's outcome: what it passed here the expert failed.
_SIDES = {"both": (None, "both"), "judge passed a fail": ("pass", "judge passed what the expert failed"),
          "judge failed a pass": ("fail", "judge failed what the expert passed")}
_TABLE = ("agreement", "tpr", "tnr", "kappa")


def page(store: Store, judge: str, run: Run, every: bool) -> None:
    """A run's disagreements: how many are ruled on, the case that is read, the criteria, what the rulings changed."""
    principal = experts.principal(store)
    found = disagreements.standing(store, run.id, principal.name, every) if principal else None
    if found is None or not found.now.n:
        frame.empty("No pair yet", "A disagreement needs a label of the principal expert and a readable verdict on the "
                    "same trace.", "review", "Review traces")
        return
    _progress(found, principal.name)
    _cases(store, run, principal.name, every)
    criteria.criteria_panel(store)
    _notes(store, judge)
    _figures(found)


def _progress(found: Standing, expert: str) -> None:
    words = in_words(found)
    st.progress(found.ruled / max(1, found.cases), f"{found.ruled:,} of {found.cases:,} ruled")
    changed = found.endings[LABEL_WRONG]
    flips = f" {expert} changed {changed:,} label{'s' * (changed != 1)} here." if changed else ""
    st.caption(frame.plain(f"{words[0].upper()}{words[1:]}.{flips}"))


def _cases(store: Store, run: Run, expert: str, every: bool) -> None:
    show, side, files = st.columns([2, 3, 2], vertical_alignment="bottom")
    with show:
        wanted = frame.choose("Cases", list(_SHOWN), "ruling", words=_SHOWN.get)
    with side:
        outcome = _SIDES[frame.choose("Which way", list(_SIDES), "side", words=lambda one: _SIDES[one][1])][0]
    with files:
        _files(store, run, expert, every)
    found = [one for one in rulings.cases(store, run.id, expert, every, outcome) if _fits(one, wanted)]
    ruling.undo(store, run, expert)
    if not found:
        _nothing(wanted)
        return
    at = next((place for place, one in enumerate(found) if one.trace == st.query_params.get("case")), 0)
    _step(found, at)
    _case(store, run, expert, every, found, at)


def _fits(one: ListedCase, wanted: str) -> bool:
    return wanted in ("all", one.ending) or (wanted == "ruled" and one.ending != OPEN)


def _nothing(wanted: str) -> None:
    if wanted == OPEN:
        st.success("Nothing is open: every disagreement of this choice is ruled.", icon=":material/gavel:")
    else:
        st.caption("None.")


def _files(store: Store, run: Run, expert: str, every: bool) -> None:
    with st.popover("All pairs as a file", icon=":material/download:", width="stretch"):
        st.caption("Every counted pair: input, output, both critiques, whether they agree, and the ruling.")
        for ending in WRITERS:
            st.download_button(f".{ending}",
                               lambda ending=ending: disagreements.pairs(store, run.id, expert, every, ending),
                               f"pairs-run-{run.id}-{date.today()}.{ending}", key=f"pairs_{ending}",
                               on_click="ignore", icon=":material/download:")


def _step(found: list[ListedCase], at: int) -> None:
    st.query_params["case"] = found[at].trace
    with st.container(horizontal=True, vertical_alignment="center"):
        for label, step, key, icon in (("Previous", -1, "p", "arrow_back"), ("Next", 1, "n", "arrow_forward")):
            to = at + step
            st.button(label, key=f"case_{label}", icon=f":material/{icon}:", shortcut=key, on_click=_go,
                      args=(found[to].trace if 0 <= to < len(found) else None,), disabled=not 0 <= to < len(found))
        before = " Ruled before, in another run." if found[at].before and found[at].ending == OPEN else ""
        st.caption(f"{at + 1:,} of {len(found):,}: {frame.plain(found[at].trace)}, {found[at].ending}.{before}")


def _go(trace: str | None) -> None:
    st.query_params["case"] = trace or ""


def _case(store: Store, run: Run, expert: str, every: bool, found: list[ListedCase], at: int) -> None:
    with frame.sentences():
        case = rulings.case(store, run.id, expert, found[at].trace, every)
        left, right = st.columns([3, 2], gap="medium")
        with left:
            trace_card.show(traces.get(store, case.trace), height=620, context=True)
        with right:
            beside = found[at + 1] if at + 1 < len(found) else found[at - 1] if at else None
            ruling.panel(store, case, lambda: _go(beside and beside.trace))
            frame.link("review", "Review this trace", ":material/rate_review:", trace=case.trace)


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
        st.caption("None yet: a case ruled 'judge wrong' leaves one. Those on test traces are never offered.")
        return
    st.dataframe({
        "note": [one.text or "used as an example" for one in found], "trace": [one.trace for one in found],
        "expert": [f"{one.expert_outcome}: {one.expert_critique}" for one in found],
        "judge": [f"{one.judge_outcome}: {one.judge_critique}" for one in found],
        "run": [one.run for one in found], "split": [one.split for one in found],
        "noted": [one.created_at[:10] for one in found]}, hide_index=True, column_config={
            name: st.column_config.TextColumn(width=width) for name, width in (
                ("note", 240), ("trace", 110), ("expert", 200), ("judge", 200))})


def _figures(found: Standing) -> None:
    st.subheader("What the rulings changed")
    sides = {"before any label was changed": found.before, "now": found.now,
             "now, borderline set aside": found.set_aside}
    st.dataframe({"figure": [*(metrics.METRICS[name].label for name in _TABLE), "pairs", "errors"],
                  **{words: _column(counts) for words, counts in sides.items()}}, hide_index=True)
    st.caption("In brackets the 95 % interval. Before: the labels that were ruled wrong as they stood, all others as "
               "they are now. Only changed labels move these figures; notes and criteria show in the next run.")


def _column(counts: Counts) -> list[str]:
    figures = (metrics.format_cell(name, metrics.METRICS[name].figure(counts)) for name in _TABLE)
    return [*figures, f"{counts.n:,}", f"{counts.errors:,}"]
