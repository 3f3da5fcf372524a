"""Regular expressions that stop at a time limit, whatever pattern and whatever text they are given."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from lib.assertions.kinds import Answered, Checked, Config, TooSlow, chosen, verdict
from lib.records import UsageError

if TYPE_CHECKING:
    import regex

SECONDS = 0.5  # for all patterns of one assertion on one output


class Clock:
    """The time that is left for the patterns of one check."""

    def __init__(self) -> None:
        """Starts now."""
        self._end = monotonic() + SECONDS

    def search(self, pattern: regex.Pattern, text: str) -> regex.Match | None:
        """The first match; TooSlow once the time is up."""
        try:
            return pattern.search(text, timeout=max(1e-3, self._end - monotonic()))
        except TimeoutError:
            raise TooSlow(f"The pattern took more than {SECONDS} seconds on this output: make it simpler.") from None


def compiled(text: object) -> regex.Pattern:
    """A pattern ready to search with; UsageError where it is none."""
    if not isinstance(text, str) or not text:
        raise UsageError("Write a regular expression.")
    import regex  # here: the server, which shows the kinds, never checks

    try:
        return regex.compile(text)
    except (regex.error, RecursionError) as error:
        raise UsageError(f"'{text[:80]}' is no regular expression: {error}.") from None


def ready(config: Config) -> tuple[regex.Pattern, bool]:
    """The pattern, and whether it must match."""
    return compiled(config["pattern"]), chosen(config, "it", ("must match", "must not match")) == "must match"


def matches(settings: tuple[regex.Pattern, bool], answered: Answered) -> Checked:
    """Whether the output matches as it must."""
    pattern, wanted = settings
    found = Clock().search(pattern, answered.output)
    return verdict(bool(found) == wanted, f"It matches at “{found[0][:80]}”." if found else "It does not match.")
