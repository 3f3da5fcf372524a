"""“Stuck?” on the screen: whether the agreement stands still, the three causes checked, and the decision recorded."""

import secrets
from collections.abc import Sequence

import streamlit as st

from lib.records import STAND_INS
from lib.records.suggestion import DECISIONS, TARGET
from lib.statistics import stuck as checks
from lib.statistics.versions import Measured
from lib.store import Store, experts
from lib.store.judge import decisions
from lib.ui import at_work, frame
from lib.workflow.judge import stuck, versions

_ICONS = {checks.LIKELY: ":orange[:material/error:]", checks.CLEAR: ":green[:material/check:]",
          checks.UNKNOWN: ":gray[:material/help:]"}
_MEANS = {"narrow the scope": "The judge decides less: some of what it is asked is left out.",
          "fix the process": "Labels, critiques, examples or the person who labels.",
          TARGET: "What can be expected is another share than was hoped.",
          "keep a person on these": "On these slices a person goes on deciding; say which.",
          "go on": "It is worth another edit; say what you will try."}


def panel(store: Store, judge: str, points: Sequence[Measured] | None = None) -> None:
    """Says whether the newest three versions stand still, checks the causes where they do, and keeps the decisions."""
    principal = experts.principal(store)
    if principal is None:
        return
    if points is None:
        points = versions.trend(store, judge, principal.name)
    flat, made = stuck.flatness(store, points, principal.name), decisions.every(store, judge)
    if not flat.flat and not made and len(flat.points) < checks.VERSIONS:
        return
    st.header("Stuck?")
    st.caption(frame.plain(flat.why))
    if flat.flat:
        _causes(stuck.facts(store, judge, flat, principal.basis in STAND_INS))
        if at_work.person(store, "decision", "stuck"):
            _decision(store, judge)
    if made:
        st.dataframe({"decided": [one.created_at[:10] for one in made], "decision": [one.kind for one in made],
                      "who": [one.author for one in made], "why": [one.text for one in made]}, hide_index=True,
                     column_config={"why": st.column_config.TextColumn(width="large")})


def _causes(facts: checks.Facts) -> None:
    found = checks.findings(facts)
    for place, cause in zip(st.columns(3, gap="medium"), (checks.EXPERT, checks.DATA, checks.SCOPE), strict=True):
        with place:
            st.markdown(f"**{cause.capitalize()}**")
            for one in found:
                if one.cause == cause:
                    st.markdown(f"{_ICONS[one.state]} {frame.plain(one.text)}")
    for words in checks.advice(facts):
        st.info(frame.plain(words), icon=":material/lightbulb:")


def _decision(store: Store, judge: str) -> None:
    token = st.session_state.setdefault("decision_token", secrets.token_hex(8))
    with st.form(f"decide_{token}", border=True):
        left, right = st.columns(2, gap="large")
        kind = left.radio("What do you decide?", DECISIONS, index=None, captions=list(map(_MEANS.get, DECISIONS)))
        text = right.text_area("Why, in a sentence or two", height=120)
        target = right.number_input("Target, in %", 50, 100, round(decisions.target(store) * 100), width=140,
                                    key=f"target_{token}", help="Used where the target is changed.")
        if st.form_submit_button("Record the decision", icon=":material/gavel:"):
            with frame.sentences():
                stuck.decide(store, judge, kind or "", text, target / 100)
                del st.session_state["decision_token"]
                frame.say("Recorded.")
                st.rerun()
