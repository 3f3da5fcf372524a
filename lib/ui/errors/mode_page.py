"""One failure mode: all there is to know of it, to decide on, to print and to send.

Tables that are printed are Markdown, whose every cell is escaped: a browser would cut what scrolls.
"""

import streamlit as st

from lib import charts
from lib.statistics.breakdowns import Rate
from lib.statistics.metrics import format_figure, format_interval
from lib.statistics.mode_pages import (
    CLUSTER_COLUMNS,
    RATE_COLUMNS,
    Critique,
    ModePage,
    Ranked,
    at_least,
    cluster_rows,
    decided,
    rate_rows,
    why_of,
)
from lib.store import Store, cycles
from lib.store.dataset.traces import Filter
from lib.store.errors import mode_decisions
from lib.store.errors.mode_decisions import DECISIONS, IMPACTS, KINDS, STATUSES, Decision
from lib.ui import at_work, drill_down, frame
from lib.ui.charted import charted, of_rates
from lib.ui.errors import what_to_fix
from lib.workflow.errors import renaming
from lib.workflow.errors import what_to_fix as verbs
from lib.writers.markdown import table


def page(store: Store, name: str) -> None:
    """Figures and decision first, then what the expert said, when and where it happens, and its fails."""
    found = verbs.page(store, name)
    mode = found.mode
    _head(store, mode)
    _how_often(found)
    _decision(store, mode)
    _said(found.critiques)
    _links(found)
    _trend(store, found)
    _clusters(found)
    drill_down.listing(store, Filter(failure_mode=name, label="fail"), "Fails that have it")


def _head(store: Store, mode: Ranked) -> None:
    with st.container(key="mode_head", horizontal=True, vertical_alignment="center"):
        st.header(frame.plain(mode.name), width="stretch")
        for mark in mode.marks(cycles.today()):
            st.badge(mark, icon=":material/warning:", color="orange")
        what_to_fix.downloads_of(store, mode.name)
    st.text(mode.definition or "No definition yet: what makes a fail one of these?")


def _how_often(found: ModePage) -> None:
    with st.container(key="mode_figures"):
        share, rate, rank = st.columns(3)
    share.metric("Of coded fails", format_figure("rate", found.mode.share))
    share.caption(f"{format_interval('rate', found.mode.share)}; {found.mode.fails:,} of {found.coded:,}"
                  + (f", {found.uncoded:,} more not coded" if found.uncoded else ""))
    rate.metric("Of all labelled traces", format_figure("rate", found.rate))
    rate.caption(frame.plain(f"{format_interval('rate', found.rate)}; of {found.labelled:,}"))
    rank.metric("Rank", f"{found.mode.rank}")
    rank.caption(f"frequency × impact ({found.mode.impact})")
    if found.labelled:
        st.caption(frame.plain(f"The share of all labelled traces is {why_of(found)} {at_least(found)}".strip()))


def _decision(store: Store, mode: Ranked) -> None:
    with st.container(border=True, gap="small"):
        said = " · ".join(f"{name}: **{frame.plain(value)}**" for name, value in decided(mode))
        st.markdown(said[0].upper() + said[1:])
        if mode.untested:
            what_to_fix.asks_for_a_test([mode.name])
        with st.container(key="decide", horizontal=True, vertical_alignment="center"):
            with st.popover("Decide", icon=":material/edit:"):
                if at_work.person(store, "decision", "decide"):
                    _form(store, mode)
            with st.popover("Rename or define", icon=":material/edit_note:"):
                if at_work.person(store, "failure mode", "rename"):
                    _words(store, mode)


def _form(store: Store, mode: Ranked) -> None:
    with st.form(f"decide_{mode.key}", border=False):
        picks = {name: st.selectbox(label, known, known.index(getattr(mode, name)), key=f"{name}_{mode.key}",
                                    format_func=lambda word: word or "not said")
                 for name, label, known in (("decision", "What to do", DECISIONS), ("status", "Status", STATUSES),
                                            ("impact", "Impact", IMPACTS), ("kind", "Was it ever asked for?", KINDS))}
        st.caption("Specification: the prompt never asked for it, so ask first. Generalisation: it asked, and the "
                   "model does not follow; only then is a judge worth its price.")
        owner = st.text_input("Owner", mode.owner, key=f"owner_{mode.key}")
        due = st.date_input("Due", mode.due_on, key=f"due_{mode.key}")
        if st.form_submit_button("Save", type="primary"):
            with frame.sentences():
                mode_decisions.decide(store, mode.name, Decision(
                    **picks, owner=owner.strip(), due_on=due.isoformat() if due else None))
                frame.say("Decision saved.")
                st.rerun()


def _words(store: Store, mode: Ranked) -> None:
    with st.form(f"words_{mode.key}", border=False):
        name = st.text_input("Name", mode.name, key=f"called_{mode.key}")
        definition = st.text_area("Definition", mode.definition, key=f"defined_{mode.key}", height=100,
                                  placeholder="What makes a fail one of these?")
        st.caption("Links to it stay right: they hold its number. Merging and splitting is in “Name them”.")
        if st.form_submit_button("Save words", type="primary"):
            with frame.sentences():
                renaming.rename(store, mode.key, name, definition)
                frame.say("Name and definition saved.")
                st.rerun()


def _said(critiques: list[Critique]) -> None:
    if not critiques:
        return
    st.markdown("**What the expert said**")
    for place, critique in zip(st.columns(len(critiques)), critiques, strict=True):
        with place, st.container(border=True, gap="small"):
            st.text(critique.text)
            frame.link("dataset", frame.plain(critique.trace), ":material/open_in_new:", trace=critique.trace)


def _links(found: ModePage) -> None:
    examples, fixes = st.columns(2, gap="large")
    with examples:
        st.markdown("**Example traces**")
        for trace, _ in found.examples:
            frame.link("dataset", frame.plain(trace), ":material/open_in_new:", trace=trace)
    with fixes:
        st.markdown("**Fixes**")
        for text in found.fixes or ["None yet."]:
            st.text(text)
        key = str(found.mode.key)
        with st.container(key="screen_only_doors", gap="small"):
            frame.link("errors", "Record a fix", ":material/build:", view="Failure modes", part="Fixes", mode=key)
            frame.link("errors", "Write an assertion, or build a judge", ":material/rule:", view="Failure modes",
                       part="Checks", mode=key)
        if found.insights:
            st.markdown("**Insights**")
            for text in found.insights:
                st.text(text)


def _trend(store: Store, found: ModePage) -> None:
    if len(found.months) > 1:
        charted(charts.drift_chart(found.months, "share that has it", f"labels of {found.expert}", pressed=True),
                of_rates(found.months, "month"), "mode_by_month", "point",
                lambda: drill_down.to_point("mode_by_month"))
        # The points count labels on traces drawn without looking at an outcome, as rates do.
        drill_down.of_point(store, Filter(failure_mode=found.mode.name, rated="expert"), "month",
                            [one.value for one in found.months], f"Fails with {found.mode.name}")
    _rates("month", found.months)
    _rates("system version", found.versions)


def _rates(what: str, rates: list[Rate]) -> None:
    if len(rates) > 1:
        st.markdown(f"**By {what}**")
        st.markdown(table((what, *RATE_COLUMNS), rate_rows(rates), frame.plain))


def _clusters(found: ModePage) -> None:
    if not found.clusters:
        return
    st.markdown("**Where it clusters**")
    st.markdown(table(CLUSTER_COLUMNS, cluster_rows(found.clusters), frame.plain))
    st.caption("The highest shares by the lower end of their interval. Against all others: Fisher's exact test, "
               "adjusted for every value compared (Holm), so that one in twenty does not stand out by luck.")
