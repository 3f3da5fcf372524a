"""Short words for tests of answers: inputs, a version of the AI system, and a job to its end."""

from lib.engine import jobs as work
from lib.records import SYNTHETIC, Job, Trace
from lib.store import Store
from lib.store.dataset.systems import System
from lib.workflow import jobs
from lib.workflow.dataset import answering
from tests.support.ai_system import AiSystem
from tests.support.running import FakeClock
from tests.support.steps import add


def inputs(store: Store, count: int) -> None:
    """Imports i0, i1 … without an answer, each with what an answered one must keep."""
    add(store, *(Trace(f"i{number}", f"input {number}.", None, context={"order": number}, source=SYNTHETIC,
                       dimensions={"persona": ("new", "busy")[number % 2:][:1]}, assumptions=f"order {number} exists")
                 for number in range(count)))


def http_system(store: Store, server: AiSystem, version: str, **values: str) -> System:
    """A version of the AI system on loopback."""
    return answering.add_system(store, version, "http", {"url": f"{server.url}/{version}", "answer": "$.answer",
                                                         **values})


def execute(store: Store, job: int, resumed: bool = False) -> Job:
    """Executes a job to its end without waiting, or goes on with a stopped one."""
    if resumed:
        jobs.ready_to_resume(store, job)
    return work.execute_job(store, job, clock=FakeClock())


def answered(store: Store) -> list[str]:
    """The ids of the traces that have an output."""
    return [row[0] for row in store.rows("select trace_id from traces where output is not null and project = :project")]
