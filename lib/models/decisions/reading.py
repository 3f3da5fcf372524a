"""What holds on every wire: a probability is a number from 0 to 1, options add up to 1, and enough lies on the labels.

Pure. Whatever does not hold is Unusable, of a named kind: never a verdict, and nothing of it is guessed.
"""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from lib.records import OUTCOMES, PASS

REFUSAL, NO_ANSWER, WRONG_ANSWER = "refusal", "no answer", "wrong answer"
NOT_A_PROBABILITY, LOW_MASS, TIE = "not a probability", "low mass", "tie"
NO_PROBABILITIES, NO_DECISION_MODEL = "no probabilities", "not a decision model"
LEAST_MASS = 0.5  # of a label's probability, on the two labels together
OFF = 0.02  # that the options may lack to 1: hosted replies are rounded to two decimals
SLACK = 1e-6  # that a sum of floating point numbers may be above 1


class Unusable(Exception):
    """An answer that is no probability; `kind` names why."""

    def __init__(self, kind: str, said: str = "") -> None:
        """`said` is what came, in words."""
        super().__init__(said)
        self.kind, self.said = kind, said


def probability(value: Any) -> float:
    """A number from 0 to 1; Unusable for everything else, true and false among it."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not isfinite(value) or not 0 <= value <= 1:
        raise Unusable(NOT_A_PROBABILITY, f"{str(value)[:80]} where a probability was expected")
    return float(value)


def p_pass(found: Mapping[str, Any], confidence: Any = None) -> float:
    """The probability of pass among two options whose probabilities were told.

    Unusable for an option that was not offered, one that is missing, a sum off by more than .02, and a tie.
    """
    if strange := set(found) - set(OUTCOMES):
        raise Unusable(WRONG_ANSWER, f"the option '{str(min(map(str, strange)))[:80]}', which was not offered")
    if missing := set(OUTCOMES) - set(found):
        raise Unusable(NO_ANSWER, f"no probability of {' and '.join(sorted(missing))}")
    shares = {outcome: probability(value) for outcome, value in found.items()}
    total = sum(shares.values())
    if abs(total - 1) > OFF + SLACK:
        raise Unusable(NOT_A_PROBABILITY, f"probabilities that add up to {total:.3f}")
    return untied(shares[PASS] / total, confidence)


def untied(value: float, confidence: Any) -> float:
    """The same probability; Unusable where it is exactly .5 and the server says that it knows nothing."""
    if value == 0.5 and not isinstance(confidence, bool) and confidence == 0:
        raise Unusable(TIE, "exactly .5 with a confidence of 0: no label at all")
    return value


def massed(value: Any) -> float:
    """What lies on the labels; Unusable below one half."""
    mass = probability(value)
    if mass < LEAST_MASS:
        raise Unusable(LOW_MASS, f"only {mass:.0%} of the probability lies on pass and fail")
    return mass


def fields(value: Any, what: str) -> dict[str, Any]:
    """A JSON object; Unusable where something else stands in its place."""
    if not isinstance(value, dict):
        raise Unusable(WRONG_ANSWER, f"no object as {what}")
    return value


def typed(answer: dict[str, Any], wanted: str) -> None:
    """Unusable where an answer is of another type than the question."""
    if answer.get("type") != wanted:
        raise Unusable(WRONG_ANSWER, f"an answer of the type '{str(answer.get('type'))[:80]}' to a question of the "
                                     f"type '{wanted}'")


def count(value: Any) -> int | None:
    """A count of tokens, None where none was told."""
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 62 else None
