"""Scripts that leave beside an exported judge, to run it where one machine is not enough. None of them runs here."""

from pathlib import Path

RAY = "ray_judge.py"


def text(name: str) -> str:
    """The text of the script of this file name."""
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
