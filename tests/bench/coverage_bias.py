"""How often a judge's bias is named where there is none, and where there is: `python -m tests.bench.coverage_bias`.

Draws judges that contradict themselves more or less, and asks each the same again and five alterations, of which none
(then the judge has changed since its run) or one turns half of the fails into passes. Not part of the tests: it takes
minutes.
"""

from itertools import product
from random import Random

from lib.records import PASS, Counts
from lib.records.probing import SAME, Probed
from lib.statistics.bias.groups import by_length, by_version
from lib.statistics.bias.probes import results
from lib.workflow.judge.probing import KINDS

TRACES, PASSES, NOISES = (30, 100, 300), (0.5, 0.8, 0.95), (0.02, 0.1, 0.3, 1.0)
PAIRS = (40, 100, 300)
DRAWS, SEED = 1_000, 20241029
CHANGED = 0.2  # of the fails of its run a judge passes today
TURNED = 0.5  # of the fails an alteration turns, or the length of an output


def main() -> None:
    """Prints a line for each setting: false alarms and findings, each of so many draws."""
    print("traces  passes  noise  false alarms  found")
    for n, passes, noise in product(TRACES, PASSES, NOISES):
        chance = Random(SEED)
        false = sum(bool(moved(replies(chance, n, passes, noise, ""))) for _ in range(DRAWS))
        found = sum("padding" in moved(replies(chance, n, passes, noise, "padding")) for _ in range(DRAWS))
        print(f"{n:6} {passes:7.0%} {noise:6.0%} {false / DRAWS:13.1%} {found / DRAWS:6.1%}", flush=True)
    print("\npairs  turned  by length  by version (never biased)")
    for n, turned in product(PAIRS, (0.0, TURNED, 1.0)):
        chance = Random(SEED)
        drawn = [pairs(chance, n, turned) for _ in range(DRAWS)]
        print(f"{n:5} {turned:7.0%} {sum(one for one, _ in drawn) / DRAWS:10.1%} "
              f"{sum(other for _, other in drawn) / DRAWS:11.1%}", flush=True)


def moved(found: list[Probed]) -> list[str]:
    """The probes that are named."""
    return [one.probe.name for one in results(found) if one.moves]


def replies(chance: Random, n: int, passes: float, noise: float, biased: str) -> list[Probed]:
    """A judge that on so many calls, by its noise, tosses a coin; unbiased it passes today some of what it failed."""
    found, changed = [], 0.0 if biased else CHANGED
    for trace in range(n):
        sure = chance.random() < passes

        def says(turned: float, sure: bool = sure) -> str:
            first = sure if chance.random() >= noise else chance.random() < passes
            return PASS if first or chance.random() < turned else "fail"

        run = says(0.0)
        for name in (SAME, *KINDS):
            said = says(changed)
            said = PASS if name == biased and chance.random() < TURNED else said
            found.append(Probed(str(trace), None, None, run, PASS, name, said))
    return found


def pairs(chance: Random, n: int, turned: float) -> tuple[bool, bool]:
    """Whether a judge that is right on 85 % is named by length and by version; it passes some long fails.

    Long outputs are better, and a version is a toss of a coin.
    """
    lengths: dict[int, Counts] = {}
    versions = {"v1": Counts(), "v2": Counts()}
    for _ in range(n):
        length = int(chance.lognormvariate(6, 0.6))
        good = chance.random() < (0.75 if length > 400 else 0.55)
        says = good == (chance.random() < 0.85) or (length > 600 and chance.random() < turned)
        one = Counts(*((good, says) == cell for cell in ((True, True), (True, False), (False, True), (False, False))))
        lengths[length] = lengths.get(length, Counts()) + one
        version = chance.choice(list(versions))
        versions[version] += one
    return bool(by_length(lengths).found), bool(by_version(versions).found)


if __name__ == "__main__":
    main()
