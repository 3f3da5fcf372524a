"""Starts the server, as `streamlit run lib/ui/serve.py` does, but looks at what is configured before a port is opened.

Streamlit opens the port first and reads serve.py then. Its options are understood as on its own command line.
"""

import sys

from streamlit.web import bootstrap, cli

from lib.records import PlumblineError
from lib.records.places import ROOT
from lib.ui.team import mode


def main(words: list[str]) -> None:
    """`words` are options of `streamlit run`; ends with a sentence where the server may not start."""
    run = [str(ROOT / "lib" / "ui" / "serve.py"), *words]
    options = cli.main_run.make_context("run", list(run)).params
    bootstrap.load_config_options({name: value for name, value in options.items() if name not in ("target", "args")})
    try:
        mode.check()
    except PlumblineError as error:
        sys.exit(f"Plumbline does not start. {error}")
    cli.main(["run", *run])


if __name__ == "__main__":
    main(sys.argv[1:])
