"""Fixes on the screen: what was changed, its inputs run again on the version that carries it, and before and after."""

import secrets
from collections.abc import Sequence

import streamlit as st

from lib.records.words import counted
from lib.statistics.metrics import format_figure, format_interval
from lib.statistics.mode_pages import Ranked
from lib.store import Store
from lib.store.errors import fixes
from lib.store.errors.fixes import Fix
from lib.ui import at_work, frame, job_progress
from lib.workflow import jobs as verbs
from lib.workflow.errors import fixing
from lib.workflow.errors.views import fixes as views
from lib.workflow.errors.views.fixes import Fixes, Read

_ICONS = {"open": ":material/radio_button_unchecked:", "fixed": ":material/hourglass_top:",
          "verified": ":material/check_circle:", "reopened": ":material/undo:"}
_STATES = {"open": "in no version yet", "fixed": "waits for the expert's look", "verified": "verified",
           "reopened": "its failure is back"}


def before_a_judge(store: Store, ranked: Sequence[Ranked]) -> None:
    """Says where an error is so common that mending it goes before counting it with a judge; else nothing."""
    if found := fixing.pervasive(store, ranked):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(f":orange[:material/build:] **Fix before you build a judge.** {frame.plain(' '.join(found))}",
                        width="stretch")
            frame.link("errors", "Fixes", ":material/arrow_forward:", view="Failure modes", part="Fixes")


def page(store: Store, mode: str | None = None) -> None:
    """A new fix, and those there are (of one failure mode): the one that the address names whole."""
    found = views.of(store, mode, st.query_params.get("fix") or st.session_state.get("fix"))
    if found is None:
        frame.empty("No failure mode yet", "A fix is of a failure mode: read some fails first, and name why they "
                    "failed.", "errors", "Name failure modes", view="Name them")
        return
    writes = at_work.person(store, "fix", table="fixes.verified_at") is not None
    if writes:
        with st.expander("Record a fix", icon=":material/add:", expanded=not found.listed):
            if at_work.may(store, "fixes", "records a fix"):
                _adder(store, found, mode)
    if found.read is None:
        return
    words = {str(fix.id): f"{fix.id}: {fix.title} ({_STATES[fix.status]})" for fix in found.listed}
    chosen = frame.choose("Fix", list(words), "fix", words=words.get)
    if chosen != str(found.read.fix.id):  # picked just now: the record is of the one before
        found = views.of(store, mode, chosen)
    with frame.sentences():
        _fix(store, found, writes)


def _adder(store: Store, found: Fixes, mode: str | None) -> None:
    of = st.multiselect("Failure modes it fixes", found.modes, [mode] if mode else [], key=f"fix_modes_{mode}")
    runs = views.material(store, of)
    title = st.text_input("What was changed, in a few words", key="fix_title")
    text = st.text_area("Details", key="fix_text", height=80)
    version = st.selectbox("The version of your AI system that carries it", found.versions, index=None,
                           accept_new_options=True, key="fix_version", placeholder="choose, or type the name of one "
                           "whose answers you import; it can be named later")
    left, right = st.columns(2)
    most = left.number_input(f"Fails to run again, of {runs.fails:,}", min(1, runs.fails), runs.fails, runs.fails,
                             key=f"fix_fails_{runs.fails}", disabled=not runs.fails)
    control = right.number_input(f"Passes beside them, of {runs.passes:,}", 0, runs.passes,
                                 min(fixing.CONTROL, runs.passes), key=f"fix_passes_{runs.passes}",
                                 help="Drawn at random. Only these can show what the fix broke.")
    if not control:
        st.caption("Without passes nobody will see what the fix breaks.")
    if st.button("Record this fix", type="primary", key="add_fix", disabled=not of):
        with frame.sentences():
            made = fixing.create(store, title, of, text, version or "", int(most), int(control))
            frame.say(f"Fix {made.id} recorded.")
            frame.go("errors", view="Failure modes", part="Fixes", mode=st.query_params.get("mode"), fix=str(made.id))


def _fix(store: Store, found: Fixes, writes: bool) -> None:
    read, fix = found.read, found.read.fix
    st.header(frame.plain(fix.title))
    st.markdown(f"{_ICONS[fix.status]} **{_STATES[fix.status].capitalize()}** · {frame.plain(', '.join(fix.modes))} · "
                f"version {frame.plain(fix.system_version or 'not named')} · {fix.created_at[:10]}"
                + (f" · {frame.plain(fix.author)}" if fix.author else ""))
    if fix.text:
        st.text(fix.text)
    for key, mode in read.modes.items():
        frame.link("errors", frame.plain(mode), ":material/troubleshoot:", view="Failure modes", part="Facts", mode=key)
    if writes:
        _carrier(store, fix, found.versions)
    if read.effect:
        if writes:
            _run(store, read)
        _effect(read.effect)
        _verification(store, read, writes)


def _carrier(store: Store, fix: Fix, versions: Sequence[str]) -> None:
    with st.popover("Name the version that carries it" if not fix.system_version else "Another version",
                    icon=":material/edit:"):
        version = st.selectbox("Version", versions, index=None, accept_new_options=True,
                               key=f"carrier_{fix.id}", placeholder="choose or type")
        if st.button("Save", key=f"carry_{fix.id}", disabled=not version):
            with frame.sentences():
                fixes.carry(store, fix.id, version)
                frame.say(f"Version {version} carries it.")
                st.rerun()


def _run(store: Store, read: Read) -> None:
    fix = read.fix
    if read.effect.unanswered:
        if read.set_up:
            _runner(store, fix, read.effect)
        else:
            st.info(frame.plain(f"{fix.system_version} is not set up here. Add it on Dataset, view Get outputs, or "
                                "import its answers: a row counts as the new answer to an input that is the same, "
                                "letter by letter."), icon=":material/info:")
    job_progress.watch(store, "answer", lambda rows: {"id": [row["trace_id"] for row in rows],
                                                      "input": [row["input"] for row in rows]})
    if read.loose and st.button(f"Queue {counted(read.loose, 'answer')} for review", key="queue_fix",
                                icon=":material/playlist_add:"):
        with frame.sentences():
            frame.say(f"{counted(fixing.queue(store, fix.id), 'answer waits', 'answers wait')} on the desk.")
            st.rerun()


def _runner(store: Store, fix: Fix, found: fixing.Effect) -> None:
    if not at_work.may(store, "jobs", "runs the inputs again"):
        return
    token = st.session_state.setdefault(f"fix_token_{fix.id}", secrets.token_hex(16))
    if st.button(f"Run {counted(found.unanswered, 'input')} on the new version and queue for review", type="primary",
                 icon=":material/play_arrow:", key="run_fix"):
        with frame.sentences():
            job = fixing.run(store, fix.id, token=token)
            verbs.start_process(store, job.id)
            del st.session_state[f"fix_token_{fix.id}"]
            st.rerun()


def _effect(found: fixing.Effect) -> None:
    if not found.read:
        st.caption("Nothing to compare yet: before and after stand here once the expert has looked at new answers.")
        return
    tiles = st.columns(4)
    for tile, (label, n) in zip(tiles, (("Fixed", found.fixed), ("Still failing", found.still_failing),
                                        ("Newly broken", found.broken), ("Still passing", found.still_passing)),
                                strict=True):
        tile.metric(label, f"{n:,}")
    st.markdown(f"{fixing.reading(found)} Exact test of the flips on {counted(found.read, 'input')}: p = "
                f"{found.p:.3g}.")
    st.caption(f"Pass rate before {format_figure('rate', found.before)}, after {format_figure('rate', found.after)} "
               f"({format_interval('rate', found.after)}). These inputs were picked because they failed, so some would "
               "pass a second time by luck; the passes beside them show the other side."
               + ("" if found.broken + found.still_passing else " No pass was run again: what broke cannot be seen."))
    _rows(found)


def _rows(found: fixing.Effect) -> None:
    rows = [one for one in found.rows if one.after is not None]
    changed = {("fail", "pass"): "fixed", ("fail", "fail"): "still failing", ("pass", "fail"): "newly broken",
               ("pass", "pass"): "still passing"}
    event = st.dataframe(
        {"change": [changed.get((one.before, one.after), "not comparable") for one in rows],
         "input": [one.input[:200] for one in rows], "before": [one.trace for one in rows],
         "after": [one.answer for one in rows]}, hide_index=True, on_select="rerun", selection_mode="single-row",
        key="fix_rows")
    picked = event.selection.rows
    if picked and picked[0] < len(rows):
        with st.container(horizontal=True):
            frame.link("dataset", "The answer before", ":material/history:", trace=rows[picked[0]].trace)
            frame.link("dataset", "The answer after", ":material/new_releases:", trace=rows[picked[0]].answer)


def _verification(store: Store, read: Read, writes: bool) -> None:
    fix = read.fix
    if fix.status == "verified":
        by = f" by {frame.plain(fix.verified_by)}" if fix.verified_by else ""
        st.success(f"Verified {fix.verified_at[:10]}{by}: the expert has looked at every new answer.",
                   icon=":material/check:")
        if writes and st.button("It is back: reopen", key="reopen_fix", icon=":material/undo:"):
            with frame.sentences():
                fixes.reopen(store, fix.id)
                frame.say("Open again.")
                st.rerun()
        return
    if read.missing:
        st.info(f"Not verified: {read.missing}", icon=":material/visibility:")
        if read.effect.unread:
            frame.link("review", "To the desk", ":material/rate_review:", view="Desk")
    elif writes and st.button("Verified: the expert has looked", type="primary", key="verify_fix",
                              icon=":material/check:"):
        frame.do(fixing.verify, store, fix.id)
