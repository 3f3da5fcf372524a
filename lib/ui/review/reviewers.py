"""The view Reviewers: how far experts agree beyond chance, where they differ, and the principal's last word."""

import secrets

import streamlit as st

from lib.records import OUTCOMES, Label
from lib.records.words import counted
from lib.statistics import metrics
from lib.store import Store, sign_offs
from lib.ui import at_work, frame, trace_card
from lib.ui.dataset import ahead
from lib.ui.people import waiting
from lib.workflow import rights
from lib.workflow.figures import Agreement
from lib.workflow.review import reviewers
from lib.workflow.review.reviewers import Beside, Together

_NAME, _FIGURE = st.column_config.TextColumn(width=125), st.column_config.TextColumn(width=145)
_TILE = 170  # pixels: two of them in a narrow window
_EXPLAINED = 2  # pairs whose low kappa is explained below the table


def page(store: Store, expert: str) -> None:
    """Progress of each reviewer, agreement of every two, and the disagreements the viewer may see."""
    at_work.caution(store)
    shown = reviewers.look(store, expert, ahead.chosen("differs", ""))
    if shown.together is None:
        frame.empty("One reviewer so far", "With a second one on a part of the same traces you learn whether the "
                    "criterion can be understood at all. Draw a batch for both with some traces that go to everybody.",
                    "review", "Draw a batch", view="Queue")
        return
    _progress(shown.people)
    st.header("Agreement between reviewers")
    _together(shown.together)
    _agreements(shown.pairs, explained=shown.together.several and bool(shown.together.beside.why))
    _differences(store, expert, shown)


def _progress(people: list[reviewers.Reviewer]) -> None:
    persons, tallies = [one.person for one in people], [one.tally for one in people]
    basis = [person.basis or person.role or "" for person in persons]
    st.dataframe({
        "reviewer": [person.name + (", principal" if person.is_principal else "") for person in persons],
        "labelled": [tally["labelled"] for tally in tallies], "pass": [tally["pass"] for tally in tallies],
        "fail": [tally["fail"] for tally in tallies], "with a critique": [tally["complete"] for tally in tallies],
        "queue": [f"{done:,} of {whole:,}" if whole else "" for done, whole in (one.in_queue for one in people)],
        **({"decides as": basis} if any(basis) else {})},
        hide_index=True, column_config={"reviewer": st.column_config.TextColumn(width=180)})


def _together(found: Together) -> None:
    """Alpha of all reviewers at once; of two, kappa says as much."""
    if not found.several:
        return
    tiles = [("Krippendorff's alpha", found.alpha, "Agreement of all reviewers at once beyond what chance would give, "
              "also where some labels are missing: 0 is chance, 1 is always the same.")]
    if found.beside.rare:
        tiles.append(("Gwet's AC1", found.beside.ac1, "The same with less taken for chance, for where one outcome is "
                      "rare."))
    with st.container(horizontal=True, gap="medium"):
        for label, figure, words in tiles:
            with st.container(width=_TILE, gap=None):
                st.metric(label, metrics.format_figure("kappa", figure), help=words)
                st.caption(frame.plain(metrics.format_interval("kappa", figure)))
        with st.container(width=_TILE, gap=None):
            st.metric("Traces", f"{found.traces:,}", help="Labelled by two reviewers or more.")
            st.caption(f"with two labels or more; {found.single:,} with one cannot be paired" if found.single
                       else "with two labels or more")
    left_out = f" {reviewers.left_out(found)}" if found.left_out.n else ""
    st.caption(frame.plain(f"All {counted(len(found.names), 'reviewer')} at once: {', '.join(found.names)}.{left_out}"
                           + f" {found.beside.why}" * bool(found.beside.why) + f" {found.ties}" * bool(found.ties)))


def _agreements(pairs: list[tuple[Agreement, Beside]], explained: bool) -> None:
    if not pairs:
        st.caption("No two reviewers have labelled a trace in common yet.")
        return
    found, beside = [one for one, _ in pairs], [more for _, more in pairs]
    rare = {"AC1": [metrics.format_cell("kappa", one.ac1) if one.rare else "" for one in beside]}
    st.dataframe({
        "first": [one.expert for one in found], "second": [one.judge for one in found],
        "traces": [one.counts.n for one in found], **{words: [_figure(one, name) for one in found] for name, words in (
            ("agreement", "agreement"), ("kappa", "kappa"))}, **(rare if any(rare["AC1"]) else {}),
        "left out": [one.left_out.n for one in found]}, hide_index=True,
        column_config={"first": _NAME, "second": _NAME, **dict.fromkeys(("agreement", "kappa", "AC1"), _FIGURE)})
    if not explained:
        _why_low(found, beside)
    st.caption("From labels given independently, before an adjudication; in brackets the 95 % interval. Left out: "
               "shadow labels, and traces drawn by outcome. Kappa is agreement beyond chance: 0 is chance, 1 is always "
               "the same." + " AC1 stands where one outcome is rare." * any(rare["AC1"]))
    if any(one.ties for one in found):
        st.caption("Some pairs of reviewers share traces of one input or session: their intervals count fewer.")


def _why_low(found: list[Agreement], beside: list[Beside]) -> None:
    said = [f"{one.expert} and {one.judge}: {more.why}" for one, more in zip(found, beside, strict=True) if more.why]
    for words in said[:_EXPLAINED]:
        st.caption(frame.plain(words))
    if len(said) > _EXPLAINED:
        st.caption(f"The same holds of {counted(len(said) - _EXPLAINED, 'more pair')} with an AC1.")


def _figure(found: Agreement, name: str) -> str:
    figure = found.figures[name]
    return "–" if figure.value is None else metrics.format_cell(name, figure)


def _differences(store: Store, expert: str, shown: reviewers.Reviewers) -> None:
    st.header("Where reviewers differ")
    found = shown.differences
    st.caption(f"{len(found.seen):,} to settle, {found.adjudicated:,} adjudicated.")
    if found.hidden:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.caption(f"{len(found.hidden):,} more are on traces you have not labelled: label them first, without "
                       "knowing what others said.")
            frame.link("review", "Label the first", ":material/rate_review:", view="Desk", trace=found.hidden[0])
    if shown.difference is None:
        return
    numbers = {trace: f"{number} of {len(found.seen):,}: {trace}" for number, trace in enumerate(found.seen, 1)}
    with st.container(width=420):
        frame.choose("Trace", found.seen, "differs", shown.difference.trace.id, words=numbers.get)
    _difference(store, expert, shown.difference)


def _difference(store: Store, expert: str, found: reviewers.Difference) -> None:
    left, right = st.columns([3, 2], gap="medium")
    with left:
        trace_card.show(found.trace, height=620, context=True)
    with right:
        for label in found.said:
            given = f" (given as {label.given_as})" if label.given_as else ""
            trace_card.said(f"{label.expert}{given}: {label.outcome}", label.critique)
        waiting.mark(store, found.trace.id, sign_offs.ADJUDICATION)
        _adjudication(store, expert, found.said[0])


def _adjudication(store: Store, expert: str, own: Label) -> None:
    # Of this showing alone: a form of the trace before must not save into this one.
    token = st.session_state.setdefault(f"adjudication_{own.key}", secrets.token_hex(16))
    with st.form(f"adjudicate_{own.key}", border=True):
        asks = not rights.principals(store)
        principal = frame.plain(rights.principal_words(store))
        st.markdown(f"**What {principal} should decide**" if asks else "**Your last word**")
        outcome = st.radio("Outcome", OUTCOMES, OUTCOMES.index(own.outcome), horizontal=True)
        critique = st.text_area("Critique", own.critique, height=110)
        reason = st.text_input("Why: what settled it?", placeholder="for your colleagues")
        if st.form_submit_button(f"Ask {principal} to settle it so" if asks else "Adjudicate", type="primary",
                                 icon=":material/gavel:"):
            if asks:
                waiting.asked(store, reviewers.ask, store, own.trace, outcome, critique, reason)
                return
            with frame.sentences():
                reviewers.adjudicate(store, expert, own.trace, outcome, critique, reason, token)
                frame.say("Adjudicated. The earlier labels stay in the history.")
                st.rerun()
