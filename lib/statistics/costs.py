"""What a run took, for each hundred traces too, so that runs of any size stand beside each other; and in words.

Pure. Knows no store and no screen.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from lib.records import RunCost
from lib.records.words import counted

HUNDRED, DASH = 100, "–"


@dataclass(frozen=True)
class PerHundred:
    """What 100 traces take; None where that is not known, or nothing was asked for."""

    calls: float | None = None
    prompt_tokens: float | None = None
    completion_tokens: float | None = None
    cached_tokens: float | None = None
    cost: float | None = None
    seconds: float | None = None  # of calls one after the other; so many at once take so much less
    errors: float | None = None


def per_hundred(found: RunCost) -> PerHundred:
    """The sums of a run × 100 / the traces it asked for; seconds by the replies whose time is known."""
    def share(value: float | None, of: int) -> float | None:
        return None if value is None or not of else value * HUNDRED / of

    return PerHundred(*(share(value, found.traces) for value in (
        found.calls, found.prompt_tokens, found.completion_tokens, found.cached_tokens, found.cost)),
        share(found.seconds, found.replies), share(sum(found.errors.values()), found.traces))


def rows(found: RunCost) -> list[tuple[str, str, str]]:
    """(what, of the run, of 100 traces) in words, a dash where it is not known or says nothing for 100."""
    each = per_hundred(found)
    return [("calls", format_count(found.calls), format_count(each.calls)),
            ("of them tries beyond the first", format_count(found.tries), DASH),
            ("tokens in", format_count(found.prompt_tokens), format_count(each.prompt_tokens)),
            ("of them cached", format_count(found.cached_tokens), format_count(each.cached_tokens)),
            ("tokens out", format_count(found.completion_tokens), format_count(each.completion_tokens)),
            ("cost", format_cost(found.cost, found.why), format_cost(each.cost)),
            ("seconds, one call after the other", format_seconds(found.seconds), format_seconds(each.seconds)),
            ("median of a reply", format_time(found.median), DASH),
            ("95 % of replies within", format_time(found.p95), DASH),
            ("errors", format_count(sum(found.errors.values())), format_count(each.errors)),
            *((f"of them {kind}", format_count(n), DASH) for kind, n in found.errors.items())]


def in_a_line(found: RunCost) -> str:
    """A run's cost in a few words; "" where it asked for nothing."""
    if not found.calls:
        return ""
    each = per_hundred(found)
    money = DASH if found.cost is None else f"{format_cost(found.cost)}, {format_cost(each.cost)} per 100"
    kinds = ", ".join(f"{n:,} {kind}" for kind, n in found.errors.items())
    return (f"{counted(found.calls, 'call')}, {format_count(found.prompt_tokens)} tokens in, "
            f"{format_count(found.completion_tokens)} out, cost {money}, median {format_time(found.median)}, p95 "
            f"{format_time(found.p95)}" + (f", errors: {kinds}" if kinds else ""))


def format_count(value: float | None) -> str:
    """A count, with one digit behind the point where it is small and not whole."""
    if value is None:
        return DASH
    return f"{value:,.0f}" if value >= HUNDRED or float(value).is_integer() else f"{value:,.1f}"


def format_cost(value: float | None, why: str = "") -> str:
    """Money, in the currency of the prices; small sums keep their digits."""
    if value is None:
        return f"{DASH} ({why})" if why else DASH
    return f"{value:,.2f}" if value >= 1 or value == 0 else f"{value:.2g}" if value >= 0.0001 else f"{value:.6f}"


def format_seconds(value: float | None, why: str = "") -> str:
    """Seconds as a number."""
    if value is None:
        return f"{DASH} ({why})" if why else DASH
    return f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"


def format_time(milliseconds: int | None) -> str:
    """A time with its unit."""
    if milliseconds is None:
        return DASH
    return f"{milliseconds:,} ms" if milliseconds < 1000 else f"{milliseconds / 1000:,.1f} s"


@dataclass(frozen=True)
class Candidate:
    """A model that may do: whether it holds the target (None: that cannot be told), and what 100 traces cost."""

    name: str
    holds: bool | None
    cost: float | None
    why: str = ""  # there is no cost


def cheapest(found: Sequence[Candidate]) -> tuple[str | None, str]:
    """(the cheapest model that holds the target, what is to be said of it); None where that cannot be told."""
    holding = [one for one in found if one.holds]
    if not holding:
        open_ones = [one.name for one in found if one.holds is None]
        return None, "No model holds the target." + (
            f" Of {', '.join(open_ones)} that cannot be told: an outcome has no label." if open_ones else "")
    if len(holding) == 1:
        [only] = holding
        cost = f"cost not known: {only.why}" if only.cost is None else f"cost {format_cost(only.cost)} per 100 traces"
        return only.name, f"Only {only.name} holds the target ({cost})."
    unknown = [f"{one.name} ({one.why})" for one in holding if one.cost is None]
    if unknown:
        return None, (f"{', '.join(one.name for one in holding)} hold the target. Which is the cheapest cannot be "
                      f"told: the cost is not known of {', '.join(unknown)}.")
    least = min(one.cost for one in holding)
    names = [one.name for one in holding if one.cost == least]
    return names[0], (f"Cheapest that {'hold' if names[1:] else 'holds'} the target: {' and '.join(names)}, cost "
                      f"{format_cost(least)} per 100 traces; {len(holding)} hold it.")
