"""What a judge must beat to be worth its price: always pass, and a free classifier fitted on the train labels.

Pure: texts and outcomes in, outcomes out, the same for the same input. Knows nothing of files, runs or screens.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from lib.records import OUTCOMES, PASS, Counts, Figure

LEAST_EACH = 5  # train labels of either outcome; with fewer the fit says nothing but which of them came first
SEED = 20241029
_MOST_WORDS = 20_000  # different words of one side
_WORD, _NUMBER = re.compile(r"\w+"), re.compile(r"\d+")


@dataclass(frozen=True)
class Item:
    """What a classifier reads of one trace, and the expert's outcome."""

    input: str
    output: str
    context: str
    label: str


def always_pass(items: Sequence[Item]) -> list[str]:
    """The outcome of a judge that reads nothing."""
    return [PASS] * len(items)


def why_not(train: Sequence[Item]) -> str:
    """What is missing before a classifier can be fitted, or nothing."""
    have = {outcome: sum(item.label == outcome for item in train) for outcome in OUTCOMES}
    rarer = min(OUTCOMES, key=have.get)
    if have[rarer] >= LEAST_EACH:
        return ""
    return (f"It is fitted on labels of the train split, at least {LEAST_EACH} of each outcome: there are "
            f"{', '.join(f'{n:,} {outcome}' for outcome, n in have.items())}.")


def fitted(train: Sequence[Item]) -> Callable[[Sequence[Item]], list[str]]:
    """A classifier out of these labels: words of output and input, and how far the output repeats its sources.

    Logistic regression on TF-IDF and overlaps, outcomes weighted alike however rare one is.
    """
    from scipy.sparse import csr_matrix, hstack  # here, not above: these take a second to load, and few ask for them
    from sklearn.linear_model import LogisticRegression
    from sklearn.preprocessing import StandardScaler

    readers = [reader for side in ("output", "input") if (reader := _words(train, side))]
    shares = [overlaps(item) for item in train]
    scale, model = StandardScaler().fit(shares), LogisticRegression(class_weight="balanced", max_iter=1_000,
                                                                   random_state=SEED)

    def features(items: Sequence[Item], shares: list[list[float]]):
        return hstack([*(reader(items) for reader in readers), csr_matrix(scale.transform(shares))])

    model.fit(features(train, shares), [item.label for item in train])
    return lambda items: [str(one) for one in model.predict(features(items, [overlaps(item) for item in items]))] \
        if items else []


def _words(train: Sequence[Item], side: str) -> Callable | None:
    """Reads the TF-IDF of one side of an item; None where no text of it holds a word."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [getattr(item, side) for item in train]
    if not any(map(_WORD.search, texts)):
        return None
    reader = TfidfVectorizer(token_pattern=_WORD.pattern, sublinear_tf=True, max_features=_MOST_WORDS).fit(texts)
    return lambda items: reader.transform([getattr(item, side) for item in items])


def overlaps(item: Item) -> list[float]:
    """How long the output is, and which shares of its words, pairs of words and numbers stand in input and context."""
    said, asked, known = (_WORD.findall(text.lower()) for text in (item.output, item.input, item.context))
    pairs = {*pairwise(known), *pairwise(asked)}
    sources = {*known, *asked}
    return [math.log1p(len(said)), math.log1p(len(known)), len(said) / (1 + len(known) + len(asked)),
            _share(said, set(asked)), _share(said, set(known)),
            _share(list(pairwise(said)), pairs),
            _share(_NUMBER.findall(item.output), {*filter(_NUMBER.fullmatch, sources)}),
            _share(known, set(said))]


def _share(parts: Sequence, among: set) -> float:
    """The share of different parts that are found; of none, all are."""
    different = set(parts)
    return len(different & among) / len(different) if different else 1.0


def by_chance(counts: Counts) -> Figure:
    """How far a judge would agree that passes as often as this one and reads nothing, as kappa has it; no interval."""
    if not counts.n:
        return Figure(None, why="no trace has both a label and a readable verdict")
    expert, judge = ((counts.pass_pass + one) / counts.n for one in (counts.pass_fail, counts.fail_pass))
    return Figure(expert * judge + (1 - expert) * (1 - judge))
