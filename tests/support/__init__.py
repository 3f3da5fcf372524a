"""What many tests share: servers, a browser, files, and short words for what they begin with."""

from pathlib import Path

HOUSE = Path(__file__).parents[2]  # the checkout
SOMEBODY = "Ann"  # who visits a page where a test does not say
