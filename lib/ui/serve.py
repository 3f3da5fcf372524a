"""What is served: the app of app.py behind its door and, for a team, its gate: `streamlit run lib/ui/serve.py`.

What is configured is looked at before anything is answered; lib/ui/team/start.py looks before a port is opened.
"""

import sys

from streamlit.starlette import App

from lib.records import PlumblineError
from lib.records.places import ROOT
from lib.ui import door
from lib.ui.team import mode, routes

try:
    mode.check()
except PlumblineError as error:
    sys.exit(f"Plumbline does not start. {error}")
app = App(ROOT / "app.py", middleware=[*door.MIDDLEWARE, *routes.middleware()], routes=routes.routes())
