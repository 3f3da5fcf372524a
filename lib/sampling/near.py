"""How like two inputs are: the share of characters they have in common, in order.

Case, punctuation and the order of words do not count. A flag for a person, never a reason to drop an input.
"""

import re
from collections.abc import Iterable, Iterator

from rapidfuzz import fuzz, process

from lib.records import NEAR, Nearest

_COMPARED = 250  # characters that pick the candidates; these alone are compared in full
_CANDIDATES = 5
_WORD = re.compile(r"\w+")
_BITS, _BLOCK = 1024, 500  # of a text's fingerprint; texts compared with all others at once


class Seen:
    """The inputs there are, to compare new ones with."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        """Reads them all once."""
        self._texts: list[str] = []
        self._beginnings: list[str] = []
        for text in texts:
            self._add(text)

    def nearest(self, texts: Iterable[str]) -> list[Nearest | None]:
        """For each text the input it is most like, of those known and of the texts before it; all are known then."""
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


def alike(texts: list[str]) -> list[tuple[int, int]]:
    """The places of every two texts whose beginnings and whose endings are nearly the same, the most alike first.

    Only texts that share half of their runs of three characters are compared: 5,000 texts take seconds.
    """
    begins, ends = ([_plain(text[part]) for text in texts] for part in (slice(_COMPARED), slice(-_COMPARED, None)))
    found: list[tuple[float, int, int]] = []
    for likely in _likely([f"{begin} {end}" for begin, end in zip(begins, ends, strict=True)]):
        ratios = [process.cpdist([side[one] for one, _ in likely], [side[other] for _, other in likely],
                                 scorer=fuzz.ratio, processor=None, score_cutoff=100 * NEAR) for side in (begins, ends)]
        found += [(-min(both), *pair) for pair, *both in zip(likely, *ratios, strict=True) if all(both)]
    return [(one, other) for _, one, other in sorted(found)]


def _likely(texts: list[str]) -> Iterator[list[tuple[int, int]]]:
    """A block at a time the pairs that share half of their runs of three characters."""
    import numpy as np

    prints = np.zeros((len(texts), _BITS), np.float32)
    for place, text in enumerate(texts):
        codes = np.frombuffer(f"  {text} ".encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
        prints[place, (codes[:-2] * 961 + codes[1:-1] * 31 + codes[2:]) % _BITS] = 1
    # What most of them hold is a frame around the question: it makes no two of them more alike than the others.
    prints[:, prints.sum(axis=0) > len(texts) / 2] = 0
    sizes = prints.sum(axis=1)
    for start in range(0, len(texts), _BLOCK):
        block = slice(start, start + _BLOCK)
        shared = prints[block] @ prints[start:].T
        near = shared >= np.maximum(sizes[block, None], sizes[None, start:]) / 2
        ones, others = np.nonzero(near)
        later = others > ones
        yield list(zip((ones[later] + start).tolist(), (others[later] + start).tolist(), strict=True))


def likeness(one: str, other: str) -> float:
    """From 0, nothing in common, to 1, the same but for case, punctuation and word order."""
    return fuzz.ratio(_plain(one), _plain(other)) / 100


def _plain(text: str) -> str:
    # Text without a word, an emoji or a formula's marks, is compared as it stands.
    return " ".join(sorted(_WORD.findall(text.casefold()))) or text.strip()
