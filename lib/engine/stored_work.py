"""What all work has in common that has a row in the store: its status, its lock, the sentence for who comes second.

Knows no kind of work: runs, jobs, analyses and suggestions name their table and their noun.
"""

from pathlib import Path
from types import ModuleType

from lib.engine import worker_pool
from lib.store import Store


def lock_of(store: Store, noun: str, number: int) -> Path:
    """The file that the process which executes the work of this noun and number holds locked."""
    return Path(f"{store.path}.{noun}-{number}.lock")


class StoredWork:
    """The part of `worker_pool.Work` that is kept in a row of the store."""

    rows: ModuleType  # of the store: status, set_status and say of this kind of work
    noun: str
    listed_by: str  # the command that lists such work

    def __init__(self, store: Store, number: int) -> None:
        """Reads nothing and calls nobody yet."""
        self.store, self.number, self.lock = store, number, lock_of(store, self.noun, number)
        self.busy = (f"{self.noun.capitalize()} {number} is under way in another process: "
                     f"look at it with '{self.listed_by}'.")

    @classmethod
    def alive(cls, store: Store, number: int) -> bool:
        """Whether a process is executing the work of this number."""
        return worker_pool.alive(lock_of(store, cls.noun, number))

    def status(self) -> str:
        """The status as it is stored."""
        return self.rows.status(self.store, self.number)

    def set_status(self, status: str, message: str = "", only_from: tuple[str, ...] = ()) -> bool:
        """Moves the work to a status from one of those."""
        return self.rows.set_status(self.store, self.number, status, message, only_from)

    def say(self, text: str) -> None:
        """What is being done now."""
        self.rows.say(self.store, self.number, text)
