"""People: as what they work here, and when two spellings are one person's name.

Letter case, blanks and characters nobody sees make no difference. Whose label counts is decided elsewhere.
"""

import unicodedata
from dataclasses import dataclass

from lib.records import UsageError

EXPERT, ENGINEER, PM, VIEWER = "expert", "engineer", "PM", "viewer"
ROLES = (EXPERT, ENGINEER, PM, VIEWER)
LONGEST_NAME = 100


@dataclass(frozen=True)
class Person:
    """Somebody who works in a project, and as what; one of the experts is principal."""

    name: str
    role: str
    principal: bool = False
    retired: bool = False

    @property
    def words(self) -> str:
        """Name and role, as they stand beside what the person writes."""
        return f"{self.name}, {'principal expert' if self.principal else self.role}"

_UNSEEN = ("Cc", "Cf")  # controls and formats: line breaks, zero-width blanks, soft hyphens, marks of direction


def tidied(name: str) -> str:
    """The name as it is kept: its own letters, without blanks around it, doubled ones, or what cannot be seen."""
    seen = (" " if letter.isspace() else letter for letter in name
            if letter.isspace() or unicodedata.category(letter) not in _UNSEEN)
    return " ".join("".join(seen).split())


def same_person(name: str) -> str:
    """What all spellings of one person's name have in common; for comparing only, never shown."""
    return tidied(unicodedata.normalize("NFKC", tidied(name)).casefold())


def checked(name: str) -> str:
    """A name that can be given to somebody; UsageError where it is too long to be one."""
    if len(name) > LONGEST_NAME:
        raise UsageError(f"A name has at most {LONGEST_NAME} characters: '{name[:30]}…' has {len(name):,}.")
    return name
