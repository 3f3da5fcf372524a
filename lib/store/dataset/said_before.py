"""What an expert has said of a trace before, and whether a row of a file that came back only repeats it."""

from datetime import UTC, datetime

from lib.records import Label
from lib.records.sheets import FULL_CELL, cell_length, could_be, is_value
from lib.store import experts
from lib.store.database import Store


class Said:
    """What one expert has said of a trace before, oldest first, and how far of it the file has repeated."""

    def __init__(self, store: Store, trace: int, expert: str) -> None:
        """Reads it from the store."""
        self.expert = experts.add(store, expert)
        self.stored = [tuple(found) for found in store.rows("""select outcome, critique, revised_response, created_at
            from labels where trace = :trace and expert = :expert order by id""", trace=trace, expert=self.expert)]
        self.newest = max((when for *_, when in self.stored), default="")
        self._at = 0

    def repeats(self, label: Label) -> bool:
        """Whether this is one of the labels that are stored, after the last one that was."""
        place = next((place for place in range(self._at, len(self.stored))
                      if _says(label, *self.stored[place][:3])), None)
        self._at = self._at if place is None else place + 1
        return place is not None


def _says(label: Label, outcome: str, critique: str, revised: str) -> bool:
    given = label.circumstances.revised_response
    return label.outcome == outcome and same(label.critique, critique) and (not given or same(given, revised))


def same(said: str, stored: str) -> bool:
    """Equal, but for what a spreadsheet does to a text: other line ends, a number written anew, the end cut off."""
    said, stored = (text.replace("\r\n", "\n").replace("\r", "\n") for text in (said, stored))
    return said == stored or (is_value(said) and could_be(said, stored)) or \
        (cell_length(said) == FULL_CELL and len(stored) > len(said) - 200 and stored.startswith(said[:-200]))


def given_at(label: Label) -> str:
    """When a label was given, as the store writes it; the file's own order where it says nothing."""
    if not label.created_at:
        return ""
    when = datetime.fromisoformat(label.created_at).astimezone(UTC)
    return when.strftime("%Y-%m-%dT%H:%M:%S.") + f"{when.microsecond // 1000:03}Z"
