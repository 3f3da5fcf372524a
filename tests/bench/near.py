"""How long fifty proposals take against ten thousand inputs, beside comparing every pair: `python -m tests.bench.near`.

Prints seconds and the ratio of both; a benchmark, no test.
"""

import random
from collections.abc import Callable
from time import perf_counter

from lib.sampling import near

EARLIER, NEW, TIMES = 10_000, 50, 3


def inputs() -> list[str]:
    """Questions of 25 words out of 25: alike enough that many pairs come into question."""
    chance = random.Random(1)
    words = [one + other for one in ("ord", "par", "mail", "cal", "lam") for other in ("er", "cel", "ing", "l", "p")]
    return [" ".join(chance.choices(words, k=25)) for _ in range(EARLIER + NEW)]


def seconds(work: Callable[[], object]) -> float:
    """The best of some runs: the machine may be busy with others."""
    taken = []
    for _ in range(TIMES):
        start = perf_counter()
        work()
        taken.append(perf_counter() - start)
    return min(taken)


def main() -> None:
    """Both ways on the same texts."""
    texts = inputs()
    earlier, new = texts[:EARLIER], texts[EARLIER:]
    ours = seconds(lambda: near.Seen(earlier).nearest(new))
    plain = seconds(lambda: [max(near.likeness(one, other) for other in earlier) for one in new])
    print(f"nearest of {EARLIER:,} for {NEW}: {ours:.2f} s; every pair: {plain:.2f} s; ratio {ours / plain:.2f}")


if __name__ == "__main__":
    main()
