"""Where this checkout is: what it ships and, unless told otherwise, keeps is found from here."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
