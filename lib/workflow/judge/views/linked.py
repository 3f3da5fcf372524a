"""Which judge a word of an address means: links hold its number, those of earlier versions its name."""

from lib.store import Store
from lib.store.judge import judges


def numbers(store: Store, archived: bool = False) -> dict[str, str]:
    """Number (as an address has it) -> name of every judge; of the archived ones only where they are asked for."""
    return {str(number): name for number, name in judges.numbers(store, archived).items()}


def meant(known: dict[str, str], word: str) -> str | None:
    """The number of the judge that this word means among these; None where it means none of them."""
    return word if word in known else next((number for number, name in known.items() if name == word), None)
