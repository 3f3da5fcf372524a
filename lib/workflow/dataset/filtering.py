"""What traces can be narrowed by, as one record; and what stands in an address for what may be renamed."""

from dataclasses import dataclass

from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions, mode_decisions, mode_links
from lib.store.judge import judges, runs


@dataclass(frozen=True)
class Offered:
    """The choices of a project; `modes` are number -> name."""

    dimensions: dict[str, list[str]]
    versions: list[str]
    modes: dict[str, str]
    judges: list[str]
    runs: list[str]


def offered(store: Store) -> Offered:
    """All there is to choose from."""
    return Offered(traces.dimensions(store), traces.system_versions(store), _modes(store), list(judges.every(store)),
                   [str(run.id) for run in runs.every(store)])


def _modes(store: Store) -> dict[str, str]:
    return {str(mode.key): mode.name for mode in mode_decisions.every(store)}


def was_mode(store: Store, word: str) -> bool:
    """Whether this number or name is, or was, a failure mode of the project, whatever became of it."""
    return mode_links.meant(store, word) is not None


def assertion(store: Store, word: str) -> tuple[int | None, str]:
    """(number, name) of the assertion that a word of an address means, a retired one too; (None, "") for none."""
    return assertions.meant(store, word)


def numbers(store: Store, where: Filter) -> dict[str, str]:
    """What of a filter a link holds by number, because its name may change."""
    found = {}
    if where.failure_mode:
        named = {name: number for number, name in _modes(store).items()}
        found["failure_mode"] = named.get(where.failure_mode, where.failure_mode)
    if where.assertion and (number := assertions.meant(store, where.assertion)[0]) is not None:
        found["assertion"] = str(number)
    return found
