"""What every kind of assertion is made of: its row in the table, what is checked, what comes of it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lib.records import FAIL, PASS, UsageError

Config = Mapping[str, Any]


@dataclass(frozen=True)
class Checked:
    """What an assertion says of one trace: pass, fail, or None where it cannot be checked; and why, in a sentence."""

    outcome: str | None
    detail: str
    slow: bool = False  # it took more time than it should, or its time ran out
    ended: bool = False  # the process that checked came to a limit, or ended by itself


@dataclass(frozen=True)
class Answered:
    """What is checked of a trace: its output, and how long the AI system took where that is known."""

    output: str
    milliseconds: int | None = None


@dataclass(frozen=True)
class Field:
    """One setting of a kind: its label, what it begins with, and its choices where only a few are allowed."""

    label: str
    default: Any
    choices: tuple[str, ...] = ()
    long: bool = False


@dataclass(frozen=True)
class Kind:
    """One row of the table of kinds: what it asks, its settings, how they are read, and the check itself."""

    help: str
    fields: dict[str, Field]
    ready: Callable[[Config], Any]  # the settings as the check needs them; UsageError where they make no sense
    check: Callable[[Any, Answered], Checked]


class NotChecked(Exception):
    """The check cannot say pass or fail of this output; the text says why."""


class TooSlow(NotChecked):
    """Its time ran out on this output."""


def verdict(holds: bool, yes: str, no: str = "") -> Checked:
    """A pass with the sentence `yes`, or a fail with the sentence `no`; with `yes` alone, that one for both."""
    return Checked(PASS if holds else FAIL, yes if holds else no or yes)


def chosen(config: Config, name: str, known: tuple[str, ...]) -> str:
    """A setting that is one of a few; UsageError for any other."""
    if config[name] not in known:
        raise UsageError(f"'{name}' is one of {', '.join(known)}, not '{config[name]}'.")
    return config[name]
