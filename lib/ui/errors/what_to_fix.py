"""The PM's page: failure modes ranked, each with its decision, to be sent and printed; one of them is in mode_page.py.
"""

from functools import partial

import streamlit as st

from lib.statistics.mode_pages import NOT_TESTED, Ranked, share_words
from lib.store import Store
from lib.ui import frame
from lib.ui.errors import fixing
from lib.ui.shell import copy_link
from lib.workflow import addresses
from lib.workflow.errors import what_to_fix
from lib.workflow.errors.first_look import FirstLook, first_look
from lib.workflow.overview import report

_SHOWN = 100  # failure modes
_ENDINGS = ("md", "csv")


def page(store: Store) -> None:
    """The ranking, or the way to the first failure mode."""
    st.query_params.pop("mode", None)  # the ranking is of all
    found = first_look(store)
    if not found.ranked:
        _nothing_yet(found)
        return
    fixing.before_a_judge(store, found.ranked)
    with st.container(key="ranking_head", horizontal=True, vertical_alignment="center"):
        st.markdown(_how_far(found), width="stretch")
        copy_link.button(store, "errors", key="copy_ranking", view="What to fix")
        _downloads(store)
    for mode in found.ranked[:_SHOWN]:
        _row(mode, found)
    if len(found.ranked) > _SHOWN:
        st.caption(f"The first {_SHOWN:,} of {len(found.ranked):,} are shown; the files hold all.")
    if found.untested:
        asks_for_a_test(found.untested)
    _way_on(found)
    st.caption("In order of frequency × impact: the share of coded fails, once for low, twice for medium, three times "
               "for high impact. In brackets the 95 % interval. A fail may have several failure modes, so the shares "
               "may add up to more than 100 %.")


def _nothing_yet(found: FirstLook) -> None:
    said, fails = found.said, _count(found.said.fails, "fail")
    if not said.fails:
        frame.empty("No failure mode yet", "Failure modes are names for why a trace failed, and no trace has failed "
                    "yet: review some first.", "review", "Review traces")
    elif found.proposed:
        frame.empty("No failure mode yet", f"A model has proposed {_count(found.proposed, 'group')}: each counts once "
                    "you confirm it.", "errors", "Decide on them", view="Name them", part="Group them")
    else:
        frame.empty("No failure mode yet", f"{fails}, {said.notes + said.critiques:,} of them with a critique or a "
                    "note. Name why they failed, and this page says what to fix first.", "errors",
                    "Name failure modes", view="Name them")


def _count(n: int, what: str) -> str:
    return f"{n:,} {what}" + "s" * (n != 1)


def _how_far(found: FirstLook) -> str:
    rest = f", {found.uncoded:,} not yet" if found.uncoded else ""
    return f"**{_count(len(found.ranked), 'failure mode')}** in {_count(found.coded, 'coded fail')}{rest}"


def _row(mode: Ranked, found: FirstLook) -> None:
    """No table: it would be cut on a small screen and on paper."""
    with st.container(border=True, gap=None, key=f"ranked_{mode.key}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            with st.container(width="stretch"):
                frame.link("errors", frame.plain(f"{mode.rank}. {mode.name}"), view="Failure modes",
                           mode=str(mode.key))
            st.markdown(f"**{mode.fails:,}** {'fail' if mode.fails == 1 else 'fails'}, {share_words(mode.share)}",
                        width="content")
        parts = [f"impact {mode.impact}", NOT_TESTED if mode.untested else mode.status,
                 mode.decision or "no decision yet", mode.owner or "nobody's",
                 f"due {mode.due_on}" if mode.due_on else "no date"]
        late = " :red[overdue]" if mode.overdue(found.today) else ""
        st.caption(frame.plain(" · ".join(parts)) + late)


def asks_for_a_test(names: list[str]) -> None:
    """Warns of what is fixed and watched by nothing."""
    st.warning(frame.plain(f"{NOT_TESTED.capitalize()}: {', '.join(names)}. Add an assertion or a special judge, so "
                           "that you notice when it comes back."), icon=":material/rule:")


def _way_on(found: FirstLook) -> None:
    """What is not in the ranking yet, and where it gets in."""
    with st.container(horizontal=True, key="screen_only_way_on"):
        if found.uncoded:
            frame.link("errors", f"Name why {_count(found.uncoded, 'more fail')} failed", ":material/label:",
                       view="Name them", part="Name each fail")
        if found.proposed:
            frame.link("errors", f"Decide on {_count(found.proposed, 'proposed group')}", ":material/workspaces:",
                       view="Name them", part="Group them")


def _downloads(store: Store) -> None:
    """The ranking as files to send, and the report of the project on one page."""
    link = _links(store)
    here = link("errors", view="What to fix")
    for ending in _ENDINGS:
        st.download_button(
            f".{ending}", lambda ending=ending: what_to_fix.overview_file(store, ending, link=here),
            f"what-to-fix.{ending}", key=f"download_{ending}", on_click="ignore", icon=":material/download:")
    st.download_button("Report", lambda: report.as_html(report.report(store), link), "report.html", "text/html",
                       key="download_report", on_click="ignore", icon=":material/description:",
                       help="One page for whoever decides: open the file, print it or save it as PDF.")


def _links(store: Store) -> addresses.Link:
    # Asked for now: what is made later, when somebody presses, has no browser to ask.
    return partial(addresses.of, st.context.url or "", store.project)


def downloads_of(store: Store, name: str) -> None:
    """One failure mode as files to send."""
    link = _links(store)
    for ending in _ENDINGS:
        st.download_button(
            f".{ending}", lambda ending=ending: what_to_fix.page_file(store, name, ending, link=link),
            f"failure-mode.{ending}", key=f"download_{ending}", on_click="ignore", icon=":material/download:")
