"""`python -m lib`: the command line."""

from lib.cli.main import main

main(prog_name="python -m lib")
