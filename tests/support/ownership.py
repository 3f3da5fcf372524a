"""What is asked of every function of the store: another project's rows are neither shown nor changed."""

import inspect
from collections.abc import Callable, Iterable
from types import ModuleType

from lib.store import Store, projects

Fill = Callable[[Store, str], object]


def public(*modules: ModuleType) -> set[str]:
    """The names of the modules' own public functions, as `module.function`; those that tables of work share too."""
    return {f"{module.__name__.split('.')[-1]}.{name}" for module in modules
            for name, found in inspect.getmembers(module, inspect.isroutine) if not name.startswith("_")
            and (inspect.ismethod(found) or found.__module__ == module.__name__)}


def reads_its_own(store: Store, fill: Fill, read: Callable[[Store], object]) -> None:
    """What is read of a project stays the same when another one is filled."""
    fill(store, "mine")
    alone = read(store)
    fill(projects.create(store, "Other"), "theirs")
    assert read(store) == alone and "theirs" not in repr(alone)


def writes_its_own(store: Store, fill: Fill, write: Callable[[Store], object],
                   reads: Iterable[Callable[[Store], object]]) -> None:
    """What is written in one of two filled projects leaves all that is read of the other as it is."""
    other = projects.create(store, "Other")
    fill(store, "mine")
    fill(other, "theirs")
    before = [read(other) for read in reads]
    write(store)
    assert [read(other) for read in reads] == before
