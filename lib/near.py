"""How like two inputs are: the share of characters they have in common, in order.

Case, punctuation and the order of words do not count. A flag for a person, never a reason to drop an input.
"""

import re
from collections.abc import Iterable

from rapidfuzz import fuzz, process

from lib.records import Nearest

_COMPARED = 250  # characters that pick the candidates; these alone are compared in full
_CANDIDATES = 5
_WORD = re.compile(r"\w+")


class Seen:
    """The inputs there are, to compare new ones with."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Reads them all once."""
        self._texts: list[str] = []
        self._beginnings: list[str] = []
        for text in texts:
            self._add(text)

    def nearest(self, texts: Iterable[str]) -> list[Nearest | None]:
        """For each text the most alike of those there are and of those before it, which then are there too."""
        found = []
        for text in texts:
            found.append(self._nearest(text))
            self._add(text)
        return found

    def _add(self, text: str) -> None:
        self._texts.append(text)
        self._beginnings.append(_plain(text[:_COMPARED]))

    def _nearest(self, text: str) -> Nearest | None:
        likely = process.extract(_plain(text[:_COMPARED]), self._beginnings, scorer=fuzz.ratio, processor=None,
                                 limit=_CANDIDATES)
        return max((Nearest(self._texts[place], likeness(text, self._texts[place])) for _, _, place in likely),
                   key=lambda found: found.likeness, default=None)


def most_alike(text: str, others: list[str]) -> list[int]:
    """The places of the others, the most like this text first; the beginnings alone are compared."""
    found = process.extract(_plain(text[:_COMPARED]), [_plain(other[:_COMPARED]) for other in others],
                            scorer=fuzz.ratio, processor=None, limit=None)
    return [place for _, _, place in found]


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same but for case, punctuation and word order."""
    return fuzz.ratio(_plain(one), _plain(other)) / 100


def _plain(text: str) -> str:
    # Text without a word, an emoji or a formula's marks, is compared as it stands.
    return " ".join(sorted(_WORD.findall(text.casefold()))) or text.strip()
