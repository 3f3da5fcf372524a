"""What the work of every kind of job has in common: the job's row and its items."""

from types import ModuleType
from typing import Any

from lib.engine import worker_pool
from lib.engine.stored_work import StoredWork
from lib.engine.worker_pool import Hopeless
from lib.models.replies import LlmError
from lib.records import Job
from lib.store import Store, jobs


class JobWork(StoredWork):
    """Work over the items of a job; a kind adds `opened`, `call` and `stored`.

    A result is whatever `call` returns; one that stands for an error is an LlmError. The worker pool asks for keys,
    which are the numbers of items: `self.rows.item(self.store, self.job.id, key)` reads one.
    """

    rows: ModuleType = jobs  # where the row and its items are
    noun, listed_by = "job", "jobs"

    def __init__(self, store: Store, job: Job) -> None:
        """Reads nothing and calls nobody yet."""
        super().__init__(store, job.id)
        self.job, self.workers = job, job.concurrency

    def pending(self) -> list[int]:
        """The items that have no result yet."""
        return self.rows.pending(self.store, self.job.id)

    def failed(self, error: LlmError) -> LlmError:
        """An error is kept as it is: its kind, and what came."""
        return error

    def unread(self, result: Any) -> bool:
        """A reply that nobody can read is asked for once more."""
        return isinstance(result, LlmError) and result.kind == "unreadable"

    def hopeless(self, result: Any) -> Hopeless | None:
        """Some in a row that nobody answered, or that ended in the same error, pause the job."""
        return worker_pool.hopeless(result.kind, str(result)) if isinstance(result, LlmError) else None

    def keep(self, key: int, result: Any, attempts: int) -> None:
        """Stores a result and marks its item done, both or neither."""
        with self.store.transaction():
            if isinstance(result, LlmError):
                self.missed(key, result, attempts)
                self.rows.keep_item(self.store, self.job.id, key, result.kind, result.raw or str(result), attempts)
            else:
                self.stored(key, result, attempts)
                self.rows.keep_item(self.store, self.job.id, key, attempts=attempts)

    def stored(self, key: int, result: Any, attempts: int) -> None:
        """Where a kind keeps what a call brought; inside the transaction that marks the item done."""
        raise NotImplementedError

    def missed(self, key: int, error: LlmError, attempts: int) -> None:
        """Where a kind keeps more of an error than its item does."""
