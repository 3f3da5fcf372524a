"""Reference files: what there is, put in (read whole, then stored, all or none), taken out, searched."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import PurePath

from lib.readers import reference
from lib.store import Store
from lib.store.dataset import documents
from lib.store.dataset.documents import END, FOUND, Found, Replaced

__all__ = ["END", "FOUND", "TYPES", "Found", "Reference", "add", "of", "remove", "search", "there"]

TYPES = (*reference.TEXTS, *reference.TABLES)


@dataclass(frozen=True)
class Reference:
    """What the view Reference shows: each file with the number of its sections, by name."""

    files: dict[str, int]


def of(store: Store) -> Reference:
    """All of it."""
    return Reference(documents.files(store))


def there(store: Store) -> bool:
    """Whether there is anything to look up at all, for the desk."""
    return documents.some(store)


def search(store: Store, words: str, limit: int) -> list[Found]:
    """Sections that hold every word (the last may be its beginning), the best first."""
    return documents.search(store, words, limit)


def remove(store: Store, file: str) -> int:
    """Takes a file out; returns how many sections it had."""
    return documents.remove(store, file)


def add(store: Store, files: Iterable[tuple[str, bytes]], encoding: str | None = None) -> list[Replaced]:
    """Adds (name, content) pairs; a file of the same name is replaced, and a refused one leaves all as it was."""
    read = [(PurePath(name).name, reference.sections(PurePath(name).name, data, encoding)) for name, data in files]
    with store.transaction():
        return [documents.replace(store, name, sections) for name, sections in read]
