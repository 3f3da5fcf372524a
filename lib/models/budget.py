"""What work has spent and may spend: asked before each call, told after it. The one place where caps are held.

Pure: knows no store and no network. A run and a suggestion each have one, for as long as a process executes them.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from lib.models.replies import LlmError
from lib.records import Caps, Spent


class Budget:
    """Lets a call begin only where it cannot pass a cap, by what calls of its kind have cost so far.

    Counted are what was spent and, for this call and each under way, what the dearest of its kind has cost. Calls are
    bounded exactly. Tokens and money may pass their bound by what the calls under way cost more than the dearest of
    their kind; before one of a kind has come, by what they cost more than was expected.
    """

    def __init__(self, caps: Caps, spent: Spent, price: tuple[float, float] | None) -> None:
        """`spent` before this process; the price of a million tokens of prompts and of replies, if there is one."""
        self.caps, self.spent, self.price = caps, spent, price or (0.0, 0.0)
        self.kept = "What came is kept"
        self._under_way: Counter[str] = Counter()
        self._expected: dict[str, Spent] = {}
        self._dearest: dict[str, Spent] = {}

    @contextmanager
    def call(self, kind: str = "", expected: Spent = Spent()) -> Iterator[Callable[[Spent], None]]:
        """Counts a call while it is under way; what the block yields takes note of its tokens.

        LlmError of the kind "cap" where it may not begin.
        """
        self._expected[kind] = _dearer(self._expected.get(kind, Spent()), expected)
        self._begin(kind)
        self._under_way[kind] += 1
        try:
            yield lambda tokens: self._note(kind, tokens)
        finally:
            self._under_way[kind] -= 1

    def again(self, kind: str = "") -> None:
        """Counts one call more of those under way, which was refused and is made anew; LlmError as for a call."""
        self._under_way[kind] -= 1
        try:
            self._begin(kind)
        finally:
            self._under_way[kind] += 1

    def _begin(self, kind: str) -> None:
        if reached := self._reached(kind):
            raise LlmError("cap", f"The cap of {reached} is reached. {self.kept}: raise it and go on.")
        self.spent = self.spent.plus(Spent(1))

    def _note(self, kind: str, tokens: Spent) -> None:
        self.spent = self.spent.plus(tokens)
        self._dearest[kind] = _dearer(self._dearest.get(kind, Spent()), tokens)

    def _reached(self, kind: str) -> str:
        coming = self.spent
        for each, times in (self._under_way + Counter([kind])).items():
            coming = coming.plus(self._dearest.get(each, self._expected[each]), times)
        for bound, value, words in ((self.caps.calls, self.spent.calls + 1, "{:,} calls"),
                                    (self.caps.tokens, _tokens(coming), "{:,} tokens"),
                                    (self.caps.cost, coming.cost(self.price), "{:,.2f} in cost")):
            if bound is not None and value > bound:
                return words.format(bound)
        return ""


def _tokens(spent: Spent) -> int:
    return spent.prompt_tokens + spent.completion_tokens


def _dearer(one: Spent, other: Spent) -> Spent:
    return max(one, other, key=_tokens)
