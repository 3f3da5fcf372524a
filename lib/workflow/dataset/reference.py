"""Reference files go in: read whole, then stored, all or none."""

from collections.abc import Iterable
from pathlib import PurePath

from lib.readers import reference
from lib.store import Store
from lib.store.dataset import documents
from lib.store.dataset.documents import Replaced

TYPES = (*reference.TEXTS, *reference.TABLES)


def add(store: Store, files: Iterable[tuple[str, bytes]], encoding: str | None = None) -> list[Replaced]:
    """Adds (name, content) pairs; a file of the same name is replaced, and a refused one leaves all as it was."""
    read = [(PurePath(name).name, reference.sections(PurePath(name).name, data, encoding)) for name, data in files]
    with store.transaction():
        return [documents.replace(store, name, sections) for name, sections in read]
