"""The PM's page: failure modes ranked, and all there is to know of one, to decide on, to print and to send.

Tables that are printed are Markdown, whose every cell is escaped: a browser would cut what scrolls.
"""

import streamlit as st

from lib import charts
from lib.statistics.breakdowns import Rate
from lib.statistics.metrics import format_figure, format_interval
from lib.statistics.mode_pages import (
    CLUSTER_COLUMNS,
    NOT_TESTED,
    RATE_COLUMNS,
    ModePage,
    Ranked,
    at_least,
    cluster_rows,
    decided,
    rate_rows,
    share_words,
)
from lib.store import Store, cycles
from lib.store.dataset.traces import Filter
from lib.store.errors import mode_decisions
from lib.store.errors.mode_decisions import DECISIONS, IMPACTS, KINDS, STATUSES, Decision
from lib.ui import at_work, drill_down, frame
from lib.ui.charted import charted
from lib.ui.errors import fixing
from lib.workflow.errors import what_to_fix
from lib.writers.markdown import table

_ALL = ""  # of the choice of failure modes
_ENDINGS = ("md", "csv")
_SHOWN = 100  # failure modes


def page(store: Store) -> None:
    """The overview, or the page of the failure mode that the address names."""
    names = [mode.name for mode in mode_decisions.every(store)]
    if not names:
        frame.empty("No failure mode yet", "Failure modes are names for why a trace failed: read some fails and name "
                    "them first.", "errors", "Name failure modes", view="Codes")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=420):
            chosen = frame.choose("Failure mode", [_ALL, *names], "mode", key="mode_page",
                                  words=lambda name: name or "all, ranked")
        _downloads(store, chosen)
    if chosen == _ALL:
        _overview(store)
    else:
        with frame.sentences():
            _mode(store, what_to_fix.page(store, chosen))


def _downloads(store: Store, chosen: str) -> None:
    for ending in _ENDINGS:
        st.download_button(
            f".{ending}", lambda ending=ending: what_to_fix.page_file(store, chosen, ending) if chosen
            else what_to_fix.overview_file(store, ending), f"{'failure-mode' if chosen else 'what-to-fix'}.{ending}",
            key=f"download_{ending}", on_click="ignore", icon=":material/download:")


def _overview(store: Store) -> None:
    found = what_to_fix.ranking(store)
    fixing.before_a_judge(store, "Fixes", found)
    st.caption("In order of frequency × impact: the share of coded fails, once for low, twice for medium, three times "
               "for high impact. In brackets the 95 % interval. A fail may have several failure modes, so the shares "
               "may add up to more than 100 %. To print, fold the menu at the left away.")
    for mode in found[:_SHOWN]:
        _row(mode)
    if len(found) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} of {len(found):,} are shown; the files hold all.")
    if untested := [mode.name for mode in found if mode.untested]:
        _asks_for_a_test(untested)


def _row(mode: Ranked) -> None:
    """No table: it would be cut on a small screen and on paper."""
    with st.container(border=True, gap=None):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                frame.link("errors", frame.plain(f"{mode.rank}. {mode.name}"), view="What to fix", mode=mode.name)
            st.markdown(f"**{mode.fails:,}** fails, {share_words(mode.share)}", width="content")
        parts = [f"impact {mode.impact}", NOT_TESTED if mode.untested else mode.status,
                 mode.decision or "no decision yet", mode.owner or "nobody's",
                 f"due {mode.due_on}" if mode.due_on else "no date"]
        late = " :red[overdue]" if mode.overdue(cycles.today()) else ""
        st.caption(frame.plain(" · ".join(parts)) + late)


def _asks_for_a_test(names: list[str]) -> None:
    st.warning(frame.plain(f"{NOT_TESTED.capitalize()}: {', '.join(names)}. Add an assertion or a special judge, so "
                           "that you notice when it comes back."), icon=":material/rule:")


def _mode(store: Store, found: ModePage) -> None:
    mode = found.mode
    st.subheader(frame.plain(mode.name))
    with st.container(horizontal=True):
        for mark in mode.marks(cycles.today()):
            st.badge(mark, icon=":material/warning:", color="orange")
    st.text(mode.definition or "No definition yet: what makes a fail one of these?")
    _how_often(found)
    _decision(store, mode)
    _trend(store, found)
    _clusters(found)
    _said(found)
    _links(found)


def _how_often(found: ModePage) -> None:
    share, rate, rank = st.columns(3)
    share.metric("Of coded fails", format_figure("rate", found.mode.share))
    share.caption(f"{format_interval('rate', found.mode.share)}; {found.mode.fails:,} of {found.coded:,}"
                  + (f", {found.uncoded:,} more not coded" if found.uncoded else ""))
    rate.metric("Of all labelled traces", format_figure("rate", found.rate),
                help="Labels on traces drawn without looking at an outcome.")
    rate.caption(frame.plain(f"{format_interval('rate', found.rate)}; of {found.labelled:,}, labels of {found.expert}"))
    rank.metric("Rank", f"{found.mode.rank}")
    rank.caption(f"frequency × impact ({found.mode.impact})")
    if hint := at_least(found):
        st.caption(hint)


def _decision(store: Store, mode: Ranked) -> None:
    with st.container(border=True):
        st.markdown("**Decision**")
        st.markdown(" · ".join(f"{name}: **{frame.plain(value)}**" for name, value in decided(mode)))
        if mode.untested:
            _asks_for_a_test([mode.name])
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.popover("Decide", icon=":material/edit:"):
                if at_work.person(store, "decision", "decide"):
                    _form(store, mode)
            frame.link("errors", "Write an assertion, or build a judge", ":material/rule:", view="Checks",
                       mode=mode.name)


def _form(store: Store, mode: Ranked) -> None:
    with st.form(f"decide_{mode.name}", border=False):
        picks = {name: st.selectbox(label, known, known.index(getattr(mode, name)), key=f"{name}_{mode.name}",
                                    format_func=lambda word: word or "not said")
                 for name, label, known in (("decision", "What to do", DECISIONS), ("status", "Status", STATUSES),
                                            ("impact", "Impact", IMPACTS), ("kind", "Was it ever asked for?", KINDS))}
        st.caption("Specification: the prompt never asked for it, so ask first. Generalisation: it asked, and the "
                   "model does not follow; only then is a judge worth its price.")
        owner = st.text_input("Owner", mode.owner, key=f"owner_{mode.name}")
        due = st.date_input("Due", mode.due_on, key=f"due_{mode.name}")
        if st.form_submit_button("Save", type="primary"):
            with frame.sentences():
                mode_decisions.decide(store, mode.name, Decision(
                    **picks, owner=owner.strip(), due_on=due.isoformat() if due else None))
                frame.say("Saved.")
                st.rerun()


def _trend(store: Store, found: ModePage) -> None:
    if len(found.months) > 1:
        charted(charts.drift_chart(found.months, "share that has it", f"labels of {found.expert}", pressed=True), {
            "month": [one.value for one in found.months], "have it": [one.passes for one in found.months],
            "of": [one.n for one in found.months], "share": [one.rate.value for one in found.months],
            "low": [one.rate.low for one in found.months], "high": [one.rate.high for one in found.months]},
            "mode_by_month", "point", lambda: drill_down.to_point("mode_by_month"))
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


def _said(found: ModePage) -> None:
    if not found.critiques:
        return
    st.markdown("**What the expert said**")
    for critique in found.critiques:
        with st.container(border=True, gap="small"):
            st.text(critique.text)
            frame.link("dataset", frame.plain(critique.trace), ":material/open_in_new:", trace=critique.trace)


def _links(found: ModePage) -> None:
    traces, fixes = st.columns(2, gap="large")
    with traces:
        st.markdown("**Example traces**")
        for trace, _ in found.examples:
            frame.link("dataset", frame.plain(trace), ":material/open_in_new:", trace=trace)
        frame.link("dataset", "All fails that have it", ":material/list:", failure_mode=found.mode.name, label="fail")
    with fixes:
        st.markdown("**Fixes**")
        for text in found.fixes or ["None yet."]:
            st.text(text)
        frame.link("errors", "Record a fix", ":material/build:", view="Fixes", mode=found.mode.name)
        if found.insights:
            st.markdown("**Insights**")
            for text in found.insights:
                st.text(text)
