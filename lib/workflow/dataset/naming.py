"""Whose labels an import brings, said before it and after: which of them wait, and who becomes principal."""

from collections.abc import Callable

from lib.records.words import counted
from lib.store import Store, experts
from lib.workflow import rights
from lib.workflow.dataset import reading
from lib.workflow.dataset.reading import Reading


def before(store: Store, found: Reading) -> str:
    """What importing would do in whose name; "" where nothing is to be said of it."""
    if experts.principal(store):
        return _waits(store, reading.waits(store, found))
    names = found.stage.labels_by()
    if first := next((name for name in names if experts.may_begin(store, name)), None):
        return (f"Nobody is principal expert here yet: with this import {experts.called(store, first)} becomes it, "
                "whose labels come in, and judges are measured against them. Settings, Experts names another.")
    return (f"{counted(sum(names.values()), 'label')} of {_several(list(names))} come in as any expert's. Nobody "
            f"is principal expert here yet, and nobody becomes it by this import: {_HOW}") if names else ""


def _waits(store: Store, n: int) -> str:
    return (f"{counted(n, 'label')} in the name of {rights.principal_words(store)} would wait for that person's "
            "sign-off, and no figure counts them until then.") if n else ""


_HOW = "that is who labels first in person, or whom Settings, Experts names."


def after(store: Store, found: Reading) -> Callable[[], str]:
    """To be called before the import; what it returns says, once it is done, who is principal; "" where nothing new."""
    if experts.principal(store) or not found.stage.labels_by():
        return str
    return lambda: _now(store)


def _now(store: Store) -> str:
    if experts.principal(store):
        return (f"{rights.principal_words(store)} is the principal expert now: nobody was before, and that person's "
                "labels came in.")
    return "Nobody is principal expert yet, and no figure rests on these labels before somebody is: " + _HOW


def _several(names: list[str]) -> str:
    shown = names[:3]
    rest = len(names) - len(shown)
    last = f"{rest:,} more" if rest else shown.pop() if len(shown) > 1 else ""
    return f"{', '.join(shown)} and {last}" if last else shown[0]
