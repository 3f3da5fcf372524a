"""The secrets of this machine that an AI system may use: the operator names them in PLUMBLINE_SECRETS.

Knows variables of the environment, never an address; no other variable is given to a system, whoever asks for it.
"""

import os
import re

from lib.records import UsageError

VARIABLE = "PLUMBLINE_SECRETS"
IN_TEXT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")  # how a configuration names one: ${NAME}


def named() -> tuple[str, ...]:
    """The variables the operator names, in that order; commas or blanks stand between them."""
    return tuple(dict.fromkeys(re.findall(r"[^\s,]+", os.environ.get("PLUMBLINE_SECRETS", ""))))


def values() -> list[str]:
    """What they hold, where they are set: to be taken out of texts."""
    return [held for name in named() if (held := os.environ.get(name, "").strip())]


def described() -> str:
    """In a sentence, for the page: which secrets an AI system may use."""
    found = ", ".join(named())
    return f"It may use the secrets {found}." if found else f"It may use no secret: {VARIABLE} names none."


def check(name: str) -> None:
    """UsageError unless the operator names this variable; it says the same whether the variable is set or not."""
    if name not in named():
        raise UsageError(f"{name} is not among the secrets an AI system may use: name it in {VARIABLE} "
                         f"(now: {', '.join(named()) or 'none'}) and start Plumbline again.")


def check_text(text: str) -> None:
    """The same for every ${NAME} in a text."""
    for name in IN_TEXT.findall(text):
        check(name)


def value(name: str) -> str:
    """What such a variable holds; UsageError where it is not set, or not named by the operator."""
    check(name)
    found = os.environ.get(name, "").strip()
    if not found:
        raise UsageError(f"{name} is not set: put it into the environment and start again. Its value is never stored.")
    return found
