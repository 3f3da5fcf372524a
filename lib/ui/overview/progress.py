"""The overview's first view: the next thing to do, the seven steps, how far the judges are, what people have read."""

import streamlit as st

from lib.store import Store
from lib.ui import at_work, frame
from lib.ui import figures as show
from lib.ui.overview import at_a_glance, cycles, sign_offs
from lib.ui.removal import archived
from lib.workflow.overview import first_look
from lib.workflow.overview.first_look import FirstLook
from lib.workflow.overview.process import Step


def page(store: Store) -> None:
    """What is next and the judges above, the loop below, what people have read beside it."""
    look = first_look.first_look(store)
    at_a_glance.greeting(store, look)
    _banners(store, look)
    _next(look.next, look.example)
    left, right = st.columns([3, 2], gap="large")
    with left:
        at_a_glance.judges(look)
        at_a_glance.trial(store, look)
        at_a_glance.change(look.change)
        at_a_glance.cases(look)
        at_a_glance.others(look)
    with right:
        st.header("The loop")
        for step in look.steps:
            show.step_row(step)
        st.caption("After step 4 go back to step 3, after step 6 to step 2: the loop never ends.")
        archived.caption(store)
        st.header("Read by a human")
        cycles.read(look.read)
        show.reading(look.tally)
    frame.offer_examples(store)


def _next(now: Step, example: bool) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="next_step"):
        st.markdown(f"**Next: step {now.number}, {now.title.lower()}.** {frame.plain(now.text)}", width="stretch")
        # On an example the one button that stands out leads to traces of one's own.
        if st.button(now.action, type="secondary" if example else "primary", icon=":material/arrow_forward:",
                     key="do_next"):
            frame.go(now.page, view=now.view)


def _banners(store: Store, look: FirstLook) -> None:
    at_work.caution(store)
    cycles.urgent(look.urgent)
    sign_offs.banner(store)
    _retiring(look)


def _retiring(look: FirstLook) -> None:
    """A line for each judge whose newest run used a model that is shut down soon."""
    for run, words in look.retiring:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = frame.plain(f"The model of {run.judge}, {run.model}, {words}.")
            st.markdown(f":orange[:material/event_busy:] {said}", width="stretch")
            frame.link("judge", "Try a replacement", ":material/swap_horiz:", judge=run.judge, view="Models",
                       replace=str(run.id))
