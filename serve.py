"""What is served: the app of app.py behind its door. `streamlit run serve.py` finds it here."""

from streamlit.starlette import App

from lib.ui import door

app = App("app.py", middleware=door.MIDDLEWARE)
