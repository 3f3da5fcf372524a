"""What is served: the app of app.py behind its door. `streamlit run lib/ui/serve.py` finds it here."""

from streamlit.starlette import App

from lib.records.places import ROOT
from lib.ui import door

app = App(ROOT / "app.py", middleware=door.MIDDLEWARE)
