"""Groups of like texts, by their words: TF-IDF and a k-means with a seed, and an order that begins with one of each.

Pure; knows no outcome. No model is asked.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import zip_longest

MOST_GROUPS = 20
_MOST_WORDS = 20_000
_WORD = re.compile(r"(?u)\b[^\W\d_]{2,}\b")
_NAMED = 3  # words that name a group
_BATCH = 2_048


@dataclass(frozen=True)
class Placed:
    """A text of a group: which one, how large it is, and the words that name it."""

    trace: int
    group: int  # from 1, the largest first
    size: int
    words: tuple[str, ...]

    @property
    def why(self) -> str:
        """In words."""
        named = f": {', '.join(self.words)}" if self.words else ""
        return f"group {self.group} of like traces, {self.size:,} in it{named}"


def one_of_each(texts: Mapping[int, str], seed: int) -> list[Placed]:
    """All of them, row number -> text: the most typical of each group first, the largest group before, then the next.

    The same texts and seed give the same order. As many groups as the root of half the texts, at most 20.
    """
    keys = list(texts)
    names, members = _clustered(keys, [texts[key].lower() for key in keys], seed)
    groups = sorted(members, key=lambda group: (-len(members[group]), group))
    placed = [[Placed(trace, number, len(members[group]), names[group]) for trace in members[group]]
              for number, group in enumerate(groups, 1)]
    return [one for layer in zip_longest(*placed) for one in layer if one is not None]


def _clustered(keys: list[int], texts: list[str], seed: int) -> tuple[dict[int, tuple[str, ...]],
                                                                        dict[int, list[int]]]:
    """(group -> words that name it, group -> its traces, the most typical first)."""
    k = min(MOST_GROUPS, math.isqrt(len(keys) // 2))
    if k < 2 or not any(map(_WORD.search, texts)):
        return {0: ()}, {0: keys}
    # Here, not above: it takes a second to load, and pages start without it.
    from sklearn.cluster import MiniBatchKMeans
    from sklearn.feature_extraction.text import TfidfVectorizer

    reader = TfidfVectorizer(token_pattern=_WORD.pattern, sublinear_tf=True, max_features=_MOST_WORDS)
    matrix = reader.fit_transform(texts)
    model = MiniBatchKMeans(k, random_state=seed % 2**32, n_init=3, batch_size=_BATCH).fit(matrix)
    distances = model.transform(matrix)
    members: dict[int, list[int]] = {}
    for place in sorted(range(len(keys)), key=lambda place: distances[place].min()):
        members.setdefault(int(model.labels_[place]), []).append(keys[place])
    words = reader.get_feature_names_out()
    names = {group: tuple(str(words[place]) for place in model.cluster_centers_[group].argsort()[::-1][:_NAMED])
             for group in members}
    return names, members
