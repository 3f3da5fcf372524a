"""When two spellings are one person's name: letter case, blanks and characters nobody sees make no difference.

Knows names alone; whose label counts is decided elsewhere.
"""

import unicodedata

_UNSEEN = ("Cc", "Cf")  # controls and formats: line breaks, zero-width blanks, soft hyphens, marks of direction


def tidied(name: str) -> str:
    """The name as it is kept: its own letters, without blanks around it, doubled ones, or what cannot be seen."""
    seen = (" " if letter.isspace() else letter for letter in name
            if letter.isspace() or unicodedata.category(letter) not in _UNSEEN)
    return " ".join("".join(seen).split())


def same_person(name: str) -> str:
    """What all spellings of one person's name have in common; for comparing only, never shown."""
    return tidied(unicodedata.normalize("NFKC", tidied(name)).casefold())
