"""Sources on the screen: where traces live, the newest pull of each, what came, and a button that pulls what is new."""

import streamlit as st

from lib.records import QUEUED, RUNNING, minute
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset.sources import received
from lib.ui import at_work, frame, job_progress
from lib.workflow.dataset import sources
from lib.workflow.dataset.sources import Standing, pulling
from lib.workflow.dataset.sources.pulling import PULLS

_GOING = (RUNNING, QUEUED)
_ADD = "python -m lib source add NAME --kind phoenix --address http://localhost:6006 --project P"


def page(store: Store) -> None:
    """Every source, oldest first; while one is pulled from, drawn anew each second."""
    found = sources.standing(store)
    _received(store)
    if not found:
        frame.empty("No source is known yet", "A source is where your traces live: Phoenix, MLflow, Langfuse or "
                    "LangSmith. It is made known on the command line, and pulled from here.")
        st.code(_ADD, language=None, wrap_lines=True)
        return
    may = at_work.may(store, "source_pulls", "pulls from sources")
    going = any(one.pull is not None and one.pull.status in _GOING for one in found)
    frame.fragment(_list, run_every=1 if going else None)(store, going, may)


def _received(store: Store) -> None:
    """What telemetry programs have sent and is in no trace yet; nothing where all of it is."""
    left = received.waiting(store)
    parts = [f"{counted(left.parts, 'span')} of {counted(left.traces, 'trace')} received, not quiet yet"] \
        if left.parts else []
    parts += [f"{counted(left.late, 'span')} came after {'its' if left.late == 1 else 'their'} trace was made"] \
        if left.late else []
    parts += [f"{counted(left.unread, 'span')} cannot be read"] if left.unread else []
    if parts:
        st.caption(f":material/sensors: {'; '.join(parts)}. They are kept; see `receive` in the guide.")


def _list(store: Store, going: bool, may: bool) -> None:
    PULLS.settle(store)
    found = sources.standing(store)
    if going and not any(one.pull is not None and one.pull.status in _GOING for one in found):
        st.rerun()  # the whole page, which then stops asking
    for one in found:
        with st.container(border=True, key=f"source_{one.source.key}"):
            _one(store, one, may)


def _one(store: Store, one: Standing, may: bool) -> None:
    source = one.source
    st.markdown(f"**{frame.plain(source.name)}** :small[{frame.plain(one.title)} · {frame.plain(source.remote)} at "
                f"{frame.plain(source.address)} · {counted(one.traces, 'trace')} here]")
    if one.pull is None:
        st.caption("Not pulled from yet.")
    else:
        _pulled(one)
    if may:
        _buttons(store, one)


def _pulled(one: Standing) -> None:
    pull = one.pull
    sample, seed, filter = (pull.options[name] for name in ("sample", "seed", "filter"))
    asked = [f"sample of {sample:,}, seed {seed}"] if sample else []
    asked += [f"filter {filter}"] if filter else []
    words = " · ".join((f"{pull.traces:,} new", f"{pull.identical:,} here already",
                        counted(pull.labels, "new label"), counted(pull.verdicts, "new verdict")))
    if pull.status in _GOING:
        st.caption(frame.plain(f"Pull {pull.id}, {pull.status}: {counted(pull.done, 'trace')} read"
                               + (f" of {pull.total:,}" if pull.total else "") + f". {words}"))
    else:
        st.caption(frame.plain(", ".join((f"Pull {pull.id}, {pull.status}, {minute(pull.created_at)} UTC", *asked))
                               + f": {counted(pull.done, 'trace')} read. {words}"))
    if pull.message:
        (st.caption if pull.status in (*_GOING, "done") else st.warning)(frame.plain(pull.message))
    if pull.left_out:
        with st.expander(f"Left out, for {counted(len(pull.left_out), 'reason')}"):
            st.dataframe({"what": list(pull.left_out), "how many": list(pull.left_out.values())}, hide_index=True)


def _buttons(store: Store, one: Standing) -> None:
    key = one.source.key
    with st.container(horizontal=True):
        if one.pull is not None and one.pull.status in _GOING:
            job_progress.buttons(store, PULLS, one.pull, f"pull_{key}", resume=None)
        elif st.button("Pull what is new", key=f"pull_{key}", icon=":material/download:"):
            frame.do(_start, store, one.source.name)


def _start(store: Store, name: str) -> None:
    """What broke off goes on; else a new pull begins. Its process outlives this page."""
    going = pulling.broken_off(store, name)
    number = PULLS.ready_to_resume(store, going.id).id if going else pulling.begin(store, name).id
    PULLS.start_process(store, number)
