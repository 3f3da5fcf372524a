"""The overview's first view: the next thing to do, the seven steps, how far the judges are, what people have read."""

import streamlit as st

from lib.store import Store, experts
from lib.store.review import labels
from lib.ui import at_work, frame
from lib.ui import figures as show
from lib.ui.errors import fixing
from lib.ui.overview import cycles, sign_offs
from lib.ui.removal import archived
from lib.workflow import figures, retirement
from lib.workflow.overview import process


def page(store: Store) -> None:
    """The next step above, the loop at the left, judges and reading at the right."""
    _banners(store)
    steps = process.steps(store)
    now = process.next_step(steps)
    with st.container(border=True):
        st.markdown(f"**Next: step {now.number}, {now.title.lower()}.** {frame.plain(now.text)}")
        frame.link(now.page, now.action, ":material/arrow_forward:", view=now.view)
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.subheader("The loop")
        for step in steps:
            show.step_row(step)
        st.caption("After step 4 go back to step 3, after step 6 to step 2: the loop never ends.")
    with right:
        archived.caption(store)
        st.subheader("Read by a human")
        cycles.reading(store)
        principal = experts.principal(store)
        show.reading(labels.tally(store, principal.name) if principal else None)
        st.subheader("How far the judges are")
        show.judge_list(figures.standing(store))
        frame.offer_examples(store)


def _banners(store: Store) -> None:
    at_work.caution(store)
    cycles.banner(store)
    sign_offs.banner(store)
    fixing.before_a_judge(store)
    _retiring(store)


def _retiring(store: Store) -> None:
    """A line for each judge whose newest run used a model that is shut down soon."""
    for run, words in retirement.of_judges(store):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            said = frame.plain(f"The model of {run.judge}, {run.model}, {words}.")
            st.markdown(f":orange[:material/event_busy:] {said}", width="stretch")
            frame.link("judge", "Try a replacement", ":material/swap_horiz:", judge=run.judge, view="Models",
                       replace=str(run.id))
