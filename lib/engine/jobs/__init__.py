"""Jobs as work for the worker pool: JOBS holds one factory per kind, each in a file of its own.

Knows how a job of any kind is executed; what a call is and where its result goes is up to the kind.
"""

from collections.abc import Callable

from lib.engine import worker_pool
from lib.engine.jobs.answering import Answering
from lib.engine.jobs.generating import Generating, avoided
from lib.engine.jobs.work import JobWork
from lib.engine.worker_pool import Clock
from lib.records import Job, UsageError
from lib.store import Store, jobs

__all__ = ["JOBS", "alive", "avoided", "execute_job"]

JOBS: dict[str, Callable[[Store, Job], JobWork]] = {"generate": Generating, "answer": Answering}
alive = JobWork.alive


def execute_job(store: Store, job: int, *, clock: Clock = Clock(), moved: Callable[[], None] = lambda: None) -> Job:
    """Makes the calls that have no result yet and returns the job as it then stands; as `worker_pool.execute` does."""
    found = jobs.get(store, job)
    if found.kind not in JOBS:
        raise UsageError(f"Jobs of the kind '{found.kind}' are not known here. Kinds: {', '.join(JOBS)}.")
    worker_pool.execute(JOBS[found.kind](store, found), clock=clock, moved=moved)
    return jobs.get(store, job)
