"""Checks: assertions written and tried on, what came of each, and how it stands to the expert's codes."""

from typing import Any

import streamlit as st

from lib.assertions import KINDS
from lib.assertions.kinds import Field
from lib.records import FAIL, PASS, Counts
from lib.records.words import counted
from lib.statistics.metrics import format_interval, format_share, tnr, tpr
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions
from lib.store.errors.assertions import Assertion, Tally
from lib.ui import at_work, drill_down, filters, frame, job_progress
from lib.ui.errors import special
from lib.workflow.errors import checking
from lib.workflow.errors.views import checks as views
from lib.workflow.errors.views.checks import Checks

_WORDS = {PASS: "hold", FAIL: "do not hold", None: "could not be checked"}
_MOST = 400  # characters of an output


def page(store: Store, mode: str | None = None) -> None:
    """What guards against a failure mode, or against any, and what came of it on every answered trace."""
    found = views.of(store, mode)
    if not found.answered:
        frame.empty("No output yet", "An assertion is tried on outputs: import traces that have some.", "dataset",
                    "Import traces", view="Import")
        return
    st.caption("A check that needs no model first: it is free, quick and always says the same. A judge with this one "
               "criterion where a check cannot see it. The expert always.")
    with st.expander("Write an assertion", icon=":material/rule:", expanded=not found.rows):
        _write(store, mode)
    if mode:
        with st.expander("Build a judge for this failure mode", icon=":material/gavel:"):
            special.builder(store, mode)
    special.listing(found.judges)
    if found.rows:
        _listing(store, views.of(store, mode) if _tried(store, found) else found)


@frame.fragment
def _write(store: Store, mode: str | None) -> None:
    if not at_work.may(store, "assertions", "writes checks"):
        return
    kind = st.selectbox("Kind", list(KINDS), key="assertion_kind", help="Nothing is fetched, and no code runs.")
    st.caption(KINDS[kind].help)
    config = {name: _setting(kind, name, field) for name, field in KINDS[kind].fields.items()}
    name = st.text_input("Name", key="assertion_name", placeholder="what has to be so")
    reason = special.reason_field(store, "assertion_reason")
    with st.container(horizontal=True):
        tried = st.button("Try it", icon=":material/play_arrow:", key="try_assertion",
                          help=f"On the newest {checking.PREVIEWED:,} answered traces; nothing is stored.")
        kept = st.button("Keep it", type="primary", icon=":material/add:", key="keep_assertion")
    with frame.sentences():
        if tried:
            _preview(checking.preview(store, kind, config))
        if kept:
            checking.add(store, name, kind, config, mode, reason)
            frame.say("Kept.")
            st.session_state.pop("assertion_name")
            st.rerun()


def _setting(kind: str, name: str, field: Field) -> Any:
    key = f"assertion_{kind}_{name}"
    if field.choices:
        return st.segmented_control(field.label, field.choices, default=field.default, required=True, key=key)
    if field.default is None:
        return st.number_input(field.label, 0, None, None, key=key, width=240)
    return (st.text_area if field.long else st.text_input)(field.label, field.default, key=key)


def _preview(found: checking.Preview) -> None:
    n = sum(found.counts.values())
    st.markdown(f"**Of the newest {counted(n, 'output')} {found.counts[PASS]:,} hold, {found.counts[FAIL]:,} do not, "
                f"{found.counts[None]:,} could not be checked.**")
    if found.stopped:
        st.warning(found.stopped, icon=":material/timer_off:")
    for place, outcome in zip(st.columns(3), (FAIL, PASS, None), strict=True):
        with place:
            for trace, output, why in found.examples[outcome]:
                with st.container(border=True, gap="small"):
                    st.caption(frame.plain(f"{trace}, {_WORDS[outcome]}: {why}"))
                    st.text(output[:_MOST] + ("…" if len(output) > _MOST else ""))


def _tried(store: Store, found: Checks) -> bool:
    """Whether something came that is checked now: each that goes on by itself, or whose button was pressed."""
    ready = [row for row in found.rows if row.tally.waiting and _ready(row.one, row.tally)]
    for row in ready:
        _try_on(store, row.one, row.tally.waiting)
    return bool(ready)


def _ready(one: Assertion, tally: Tally) -> bool:
    """Whether it goes on by itself; else a press is asked for."""
    why = checking.waits_for_a_word(one, tally)
    if not why:
        return True
    left = counted(tally.waiting, "trace was", "traces were")
    st.warning(frame.plain(f"{one.name}: {why} {left} not tried."), icon=":material/timer_off:")
    return st.button("Go on", key=f"go_on_{one.key}")


def _try_on(store: Store, one: Assertion, n: int) -> None:
    stopped = ""
    # On a full disk what was tried before is still shown.
    with frame.sentences(), job_progress.shown(frame.plain(f"{one.name}: trying {counted(n, 'trace')}")) as told:
        stopped = checking.run(store, one, lambda done: told("traces tried", done, n))
    if stopped:
        st.warning(frame.plain(f"{one.name}: {stopped}"), icon=":material/timer_off:")


def _listing(store: Store, found: Checks) -> None:
    st.header("Assertions")
    if found.others:
        st.caption(f"{found.others:,} more {'is' if found.others == 1 else 'are'} of other failure modes, or of none.")
    for row in found.rows:
        _row(store, row.one, row.tally, row.stands)
    shown = {row.one.name for row in found.rows}
    if st.query_params.get("assertion") in shown:
        name, said = st.query_params["assertion"], st.query_params.get("checked") or FAIL
        drill_down.listing(store, Filter(assertion=name, checked=said), f"Where {name} {filters.checked_words(said)}")


def _row(store: Store, one: Assertion, tally: Tally, counts: Counts) -> None:
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{frame.plain(one.name)}**", width="stretch")
            for label, n, said in (("fail", tally.failed, FAIL), ("pass", tally.passed, PASS),
                                   ("not checked", tally.unchecked, "unchecked")):
                if st.button(f"{n:,} {label}", key=f"show_{one.key}_{said}", type="tertiary", disabled=not n):
                    st.query_params.update(assertion=one.name, checked=said)
            with st.popover("", icon=":material/more_horiz:", type="tertiary", key=f"more_{one.key}"):
                st.json({"kind": one.kind, **one.config})
                if st.button("Retire", key=f"retire_{one.key}", icon=":material/archive:",
                             help="It is tried no more; what it said is kept."):
                    with frame.sentences():
                        assertions.retire(store, one.name)
                        frame.say("Retired.")
                        st.rerun()
        st.caption(frame.plain(f"{one.kind} · {one.mode or 'of no failure mode'}"
                               + (f" · by {one.author}" if one.author else "")
                               + (f" · made early: {one.reason}" if one.reason else "")
                               + (f" · {tally.waiting:,} not tried yet" if tally.waiting else "")))
        if one.mode:
            st.markdown(frame.plain(stands(one.mode, counts)))


def stands(mode: str, counts: Counts) -> str:
    """How an assertion stands to the labels: what it catches of its failure mode, and what it fails of the passes."""
    have, passes = counts.fail_fail + counts.fail_pass, counts.pass_pass + counts.pass_fail
    if not have:
        return f"No fail with “{mode}” was checked yet: how much of it this catches is not known."
    missed = f" {counts.errors:,} more could not be checked." if counts.errors else ""
    return (f"Of {counted(have, 'fail')} with “{mode}” it catches {counts.fail_fail:,} ({_figure(tnr(counts))}); of "
            f"{counted(passes, 'pass', 'passes')} it fails {counts.pass_fail:,} (it passes "
            f"{_figure(tpr(counts))}).{missed}")


def _figure(figure: Any) -> str:
    return format_share(figure) + (f", {format_interval('tpr', figure)}" if figure.value is not None else "")
