"""The command line: the same verbs as the pages. Commands stand in the room of their step; main.py gathers them."""
