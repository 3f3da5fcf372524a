"""Where are we, and what is next? The process map with the live state of each step."""

import streamlit as st

from lib.store import experts, labels, projects
from lib.ui import figures as show
from lib.ui import frame, reviewers
from lib.workflow import figures, process

store = frame.begin("overview")
project = projects.current(store)
steps = process.steps(store)

st.title(frame.plain(project.name))
st.caption(frame.plain(f"The question: {project.question}"))
reviewers.caution(store)

now = process.next_step(steps)
with st.container(border=True):
    st.markdown(f"**Next: step {now.number}, {now.title.lower()}.** {frame.plain(now.text)}")
    frame.link(now.page, now.action, ":material/arrow_forward:")

left, right = st.columns([3, 2], gap="large")
with left:
    st.subheader("The loop")
    for step in steps:
        show.step_row(step)
    st.caption("After step 4 go back to step 3, after step 6 to step 2: the loop never ends.")
with right:
    st.subheader("How far the judges are")
    show.judge_list(figures.standing(store))
    st.subheader("Read by a human")
    principal = experts.principal(store)
    show.reading(labels.tally(store, principal.name) if principal else None)
    frame.offer_examples(store)
