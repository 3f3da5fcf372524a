"""The table of contents: the only list of pages. Everything a page shows is in pages/ and lib/ui/."""

import streamlit as st

from lib.ui import frame, shell

SECTIONS = {
    "": [st.Page("pages/overview.py", title="Overview", icon=":material/map:", default=True)],
    "The loop": [
        st.Page("pages/dataset.py", title="Dataset", icon=":material/dataset:", url_path="dataset"),
        st.Page("pages/review.py", title="Review", icon=":material/rate_review:", url_path="review"),
        st.Page("pages/judge.py", title="Judge", icon=":material/gavel:", url_path="judge"),
        st.Page("pages/errors.py", title="Error analysis", icon=":material/troubleshoot:", url_path="errors"),
    ],
    "This file": [st.Page("pages/settings.py", title="Settings", icon=":material/settings:", url_path="settings")],
}

st.set_page_config(page_title="Plumbline", page_icon=frame.ICON, layout="wide")
st.logo(frame.ICON, size="large")
page = st.navigation(SECTIONS, position="hidden")
frame.send_on()
shell.put_up(SECTIONS)
with frame.told():
    page.run()
