"""A cascade on the screen: how far a judge can be left alone, a cascade made with a press, and who decided in one."""

import secrets

import streamlit as st

from lib import charts
from lib.records.decision import FIRST, SECOND
from lib.records.words import counted
from lib.statistics import metrics
from lib.statistics.coverage_risk import Row
from lib.store import Store
from lib.store.judge import decisions, judges
from lib.ui import at_work, frame
from lib.ui.charted import Table as Numbers
from lib.ui.charted import charted
from lib.workflow.judge import cascades
from lib.workflow.judge.cascades import Table, helping

_SHARES = tuple(n / 20 for n in range(2, 20))


def panel(store: Store, judge: str) -> None:
    """Of a decision judge how to make a cascade of it, of a cascade who decided; nothing of other judges."""
    version = next(iter(judges.prompts(store, judge)), None)
    if version and version.cascade:
        _decided(store, judge)
    elif version and version.decision:
        _makes(store, judge)


def _makes(store: Store, judge: str) -> None:
    box = st.expander("A second judge where it is unsure", icon=":material/alt_route:", key="cascade_open",
                      on_change="rerun")
    if not box.open:
        return
    with box, frame.sentences():
        possible = cascades.seconds_of(store, judge)
        then = frame.choose("Second judge", ["", *possible], "cascade_then",
                            words=lambda name: name or "none, the expert alone")
        found = cascades.table(store, judge, then)
        share = st.select_slider("Decides alone, at most", _SHARES, 0.8, "{:.0%}".format, "cascade_share",
                                 help="Of the labelled traces of dev: those on which it is surest.")
        row = cascades.chosen(found, share, None)
        for sentence in found.said(row):
            st.markdown(frame.plain(sentence))
        _curve(store, found, row)
        if possible.get(then):
            _make(store, judge, then, share)
        elif then:
            st.caption(f"{frame.plain(then)} has recorded verdicts and no prompt: it shows what a second judge would "
                       "be worth, and cannot be asked.")


def _curve(store: Store, found: Table, row: Row) -> None:
    drawn = charts.CHARTS["coverage_risk"].draw(list(found.rows), row.share, decisions.target(store),
                                                f"n = {counted(row.n, 'labelled trace')} of dev")
    charted(drawn, _numbers(found), "coverage_risk")


def _numbers(found: Table) -> Numbers:
    def cells(name: str) -> list[str]:
        return [metrics.format_cell("agreement", getattr(row, name)) for row in found.rows]

    second = {f"{found.then} on the rest": cells("second"), f"with {found.then}": cells("whole")} if found.then else {}
    return {"alone on": [f"{row.share:.0%}" for row in found.rows], "agreement there": cells("agreement"),
            "on the rest": cells("left"), **second, "with the expert": cells("by_expert"),
            "cost": ["–" if (cost := found.cost(row)) is None else f"{cost:.0%}" for row in found.rows]}


def _make(store: Store, judge: str, then: str, share: float) -> None:
    if not at_work.may(store, "prompt_versions", "makes a cascade"):
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.text_input("Name of the cascade", f"{judge}, then {then}", key="cascade_name")
        if st.button("Make the cascade", key="cascade_make", type="primary", icon=":material/alt_route:"):
            frame.do(_made, store, name, judge, then, share)


def _made(store: Store, name: str, judge: str, then: str, share: float) -> None:
    version, _, _ = cascades.make(store, name, judge, then, share)
    frame.say(f"Judge {version.judge}, version {version.number}: run it as any other.")


def _decided(store: Store, judge: str) -> None:
    found = helping.state(store, judge)
    of = found.cascade
    st.header("Who decides")
    st.markdown(frame.plain(
        f"{of.first} (version {of.first_version}) decides alone below {of.low:.2f} and above {of.high:.2f}; between "
        f"them {of.then} (version {of.then_version}) is asked, and the expert first. On dev it was left alone on "
        f"{of.share:.0%}."))
    if found.run is None:
        st.caption("It has judged nothing yet.")
        return
    st.dataframe({"judge": [of.first, of.then], "decided": [found.decided.get(who, 0) for who in (FIRST, SECOND)],
                  "agreement": [metrics.format_cell("agreement", found.agreement[who]) for who in (FIRST, SECOND)]},
                 hide_index=True, key="cascade_decided")
    if at_work.may(store, "batches", "fills the expert's queue") and st.button(
            "Ask the expert", key="cascade_queue", icon=":material/playlist_add:",
            help=f"Puts up to {helping.MOST} traces of the band into the expert's queue, the least sure first, "
                 f"with {of.at_random:.0%} at random."):
        frame.act(_ask, store, judge)


def _ask(store: Store, judge: str) -> None:
    asked = helping.queue(store, judge, seed=secrets.randbelow(2**31))
    frame.say(f"{counted(asked.unsure, 'trace')} of the band and {asked.at_random:,} at random wait on Review.")
