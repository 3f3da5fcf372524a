"""The view "When to stop": two plain meters with their method, and the next ten traces. It advises, nothing more."""

import secrets
from dataclasses import replace

import streamlit as st

from lib.records import Figure
from lib.records.words import counted
from lib.sampling import queues
from lib.statistics import stopping
from lib.statistics.metrics import format_figure, format_interval, format_share
from lib.store import Store
from lib.ui import at_work, frame
from lib.ui.dataset import ahead
from lib.ui.review import queueing
from lib.workflow.review import stopping as advice

_WORDS = {str(width): f"± {width:.0%}" for width in advice.WIDTHS}
_TEACHES = {"pass": "TPR, the share of the expert's passes that the judge passes",
            "fail": "TNR, the share of the expert's fails that the judge fails"}


def page(store: Store, expert: str) -> None:
    """How far the principal expert is, by both meters, and what the one at the desk might read next."""
    found = advice.look(store, expert, _width())
    st.caption(frame.plain(
        f"{counted(found.labelled, 'trace')} labelled by {found.whose}. Begin with about {stopping.START}, and go on "
        "while you learn something new. Both meters advise; you decide."))
    left, right = st.columns(2, gap="medium")
    with left, st.container(border=True):
        _drying(found.drying)
    with right, st.container(border=True):
        _enough(found)
    _next(store, expert, found)


def _width() -> float:
    word = ahead.chosen("exact", str(advice.WIDTHS[1]))
    return float(word) if word in _WORDS else advice.WIDTHS[1]


def _drying(found: advice.Drying) -> None:
    st.markdown("**Are new failure modes drying up?**")
    if found.figure.value is None:
        st.caption("Not known yet. Name failure modes of fails on Error analysis, or tick \"this showed me something "
                   "new\" on the desk.")
        frame.link("errors", "Name failure modes", ":material/arrow_forward:", view="Name them")
        return
    interval = format_interval("rate", found.figure)
    st.progress(1 - found.figure.value, f"**{found.reading}**")
    if found.from_modes:
        before = f" When half of these fails were read it was {_about(found.before)}."
        st.markdown(f"About {_about(found.figure)} of the failure modes given next would be new."
                    + (before if found.before.value is not None else ""))
        st.caption(f"{interval}, an approximation (Esty 1983). Good–Turing estimate of unseen mass (Good 1953): "
                   f"failure modes seen exactly once, of all {found.n:,} given, in the order the fails were read.")
    else:
        share = format_figure("rate", found.figure)
        st.markdown(f"{share} of the newest {counted(found.n, 'label')} showed you something new.")
        st.caption(f"{interval}, after Wilson. From your ticks, until fails have failure modes.")


def _about(figure: Figure) -> str:
    """An estimate of what nobody has seen is no share of so many cases: no decimal."""
    return format_share(replace(figure, n=None))


def _enough(shown: advice.Advice) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Enough passes and fails for**")
        with st.container(width=120, key="exactness"):
            frame.choose("Exactness", list(_WORDS), "exact", str(advice.WIDTHS[1]), words=_WORDS.get)
    for found in shown.needs:
        exact = f"± {found.half_width:.0%}" if found.half_width else "unknown"
        rest = f"{found.more:,} more for ± {shown.width:.0%}" if found.more else "enough"
        st.progress(min(1.0, found.have / found.needed), f"**{found.have:,} {found.outcome}: {rest}**")
        st.caption(f"{_TEACHES[found.outcome]}: {exact} with {found.have:,}, ± {shown.width:.0%} with "
                   f"{found.needed:,}.")
    out = f" {counted(shown.left_out, 'label is', 'labels are')} not counted: shadow, or drawn by outcome."
    st.caption(f"Half the width of the 95 % Wilson interval, for a true share of {stopping.ASSUMED:.0%}; nearer to a "
               "half it takes more." + out * bool(shown.left_out))


def _next(store: Store, expert: str, shown: advice.Advice) -> None:
    st.header("The next ten")
    if not shown.next.items:
        st.caption(frame.plain(f"Nothing is left: {expert} has labelled every answered trace, or it waits in a queue."))
        return
    st.caption(frame.plain(shown.next.rule))
    _table(shown)
    may = at_work.may(store, "queue_items", "puts traces into a queue")
    token = st.session_state.setdefault("next_ten_token", secrets.token_hex(16))
    words = f"Put {'these' if len(shown.traces) > 1 else 'this'} {len(shown.traces)} into my queue"
    if st.button(words, type="primary", icon=":material/playlist_add:", key="next_ten", disabled=not may):
        with frame.sentences():
            drawn = advice.queue(store, expert, shown.next, token)
            del st.session_state["next_ten_token"]
            frame.say(f"{counted(sum(drawn.counts.values()), 'trace')} added to your queue.")
            st.rerun()


def _table(advised: advice.Advice) -> None:
    why = queueing.why_shown()
    found, shown = advised.next, advised.traces
    reasons = {"why": [queues.words(item.queue) for item in found.items],
               "counts in rates": ["yes" if item.unbiased else "no" for item in found.items]} if why else {}
    st.dataframe({"trace": [trace.id for trace in shown], "input": [trace.input[:200] for trace in shown], **reasons},
                 hide_index=True, column_config={"trace": st.column_config.TextColumn(width=180),
                                                 "input": st.column_config.TextColumn(width=420)})
