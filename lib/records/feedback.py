"""What users of the product said of a trace: a thumb, words, or both. It is no label, whatever it says."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from lib.records.pairs import FAIL, PASS

UP, DOWN = "up", "down"
_OUTCOMES = {UP: PASS, DOWN: FAIL}


@dataclass(frozen=True)
class Feedback:
    """One thing a user said of one trace; value None: words alone."""

    name: str  # what it is called where it was given: thumbs, user_feedback
    value: str | None
    comment: str = ""
    who: str = ""  # as the file has it
    at: str | None = None

    @property
    def plain(self) -> dict[str, Any]:
        """What an export holds and an import reads: without what nobody said."""
        return {part: said for part, said in asdict(self).items() if said}

    @property
    def words(self) -> str:
        """In a line: who, how, and when."""
        who = f"User {self.who}" if self.who else "A user"
        when = f", {self.at[:10]}" if self.at else ""
        return f"{who}: {f'thumb {self.value}' if self.value else 'words alone'} ({self.name}{when})"


def outcome(said: Iterable[Feedback]) -> str | None:
    """Pass where every thumb is up, fail where every thumb is down; None without a thumb, or where they differ."""
    values = {one.value for one in said if one.value}
    return _OUTCOMES[values.pop()] if len(values) == 1 else None


def mixed(said: Iterable[Feedback]) -> bool:
    """Whether users contradict each other."""
    return len({one.value for one in said if one.value}) > 1
