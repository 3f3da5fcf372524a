"""Assertions on the text as it stands: what it holds, how long it is, how long it took."""

from lib.assertions.kinds import Answered, Checked, Config, NotChecked, chosen, verdict
from lib.records import UsageError


def text(config: Config) -> tuple[str, bool]:
    """The text to look for, and whether capital letters are ignored."""
    if not isinstance(config["text"], str) or not config["text"].strip():
        raise UsageError("Write the text to look for.")
    return config["text"], chosen(config, "case", ("ignored", "matters")) == "ignored"


def _holds(settings: tuple[str, bool], output: str) -> bool:
    wanted, ignored = settings
    return wanted.casefold() in output.casefold() if ignored else wanted in output


def contains(settings: tuple[str, bool], answered: Answered) -> Checked:
    """Whether the output holds the text."""
    return verdict(_holds(settings, answered.output), "It holds the text.", f"It does not hold “{settings[0][:80]}”.")


def lacks(settings: tuple[str, bool], answered: Answered) -> Checked:
    """Whether the output does not hold the text."""
    return verdict(not _holds(settings, answered.output), "It does not hold the text.",
                   f"It holds “{settings[0][:80]}”.")


def bounds(config: Config) -> tuple[float, float, str]:
    """Least, most, and what is counted."""
    return *_between(config["least"], config["most"]), chosen(config, "unit", ("characters", "words"))


def limit(config: Config) -> float:
    """The most milliseconds an answer may take."""
    return _between(None, config["most"])[1]


def _between(least: object, most: object) -> tuple[float, float]:
    for value in (least, most):
        if value is not None and (isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0):
            raise UsageError(f"A bound is a number from 0 up, or empty, not '{value}'.")
    if least is None and most is None:
        raise UsageError("Give a bound.")
    if least is not None and most is not None and most < least:
        raise UsageError("The lower bound lies above the upper one.")
    return least or 0, float("inf") if most is None else most


def length(settings: tuple[float, float, str], answered: Answered) -> Checked:
    """Whether the output is as long as it may be."""
    least, most, unit = settings
    size = len(answered.output) if unit == "characters" else len(answered.output.split())
    return verdict(least <= size <= most, f"It has {size:,} {unit}.")


def quick(most: float, answered: Answered) -> Checked:
    """Whether the AI system took no longer than this."""
    if answered.milliseconds is None:
        raise NotChecked("How long the AI system took is not known of this trace.")
    return verdict(answered.milliseconds <= most, f"It took {answered.milliseconds:,} ms.")
