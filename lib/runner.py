"""The judge run, as work for a crew. The page's process and the command line share it.

Knows which traces a run judges and where verdicts are kept; what a call is, is the judge's and the door's
affair, and how the work goes on is the crew's.
"""

import secrets
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path

from lib import crew, judge, llm, local_model
from lib.crew import LONGEST_WAIT, READING_TRIES, TRIES, Clock
from lib.records import UNANSWERED, Run, UsageError, Verdict
from lib.store import Store, judges, projects, runs, traces, verdicts

__all__ = ["LONGEST_WAIT", "READING_TRIES", "TRIES", "alive", "connected", "execute"]
EMBEDDED, ENVIRONMENT = "embedded", "environment"
_UNREAD = ("unreadable", "no outcome", "two verdicts")


@contextmanager
def connected(store: Store, name: str) -> Iterator[llm.Endpoint]:
    """The endpoint of this name for as long as the block runs; the embedded one is served meanwhile."""
    if name == EMBEDDED:
        with local_model.serving(local_model.find_weights(projects.setting(store, "gguf"))) as endpoint:
            yield endpoint
        return
    endpoint = llm.environment_endpoint()
    if endpoint is None:
        raise UsageError("No endpoint is set: give OPENAI_API_KEY (and OPENAI_BASE_URL where wanted) "
                         "in the environment, or use the embedded model.")
    yield endpoint


@asynccontextmanager
async def called(store: Store, name: str, calls: int) -> AsyncIterator[llm.Client]:
    """A client for the endpoint of this name, for at most so many calls at once."""
    timeout = local_model.TIMEOUT if name == EMBEDDED else 120.0
    with connected(store, name) as endpoint:
        async with llm.Client(endpoint, timeout=timeout, connections=calls) as client:
            yield client


def most_calls(endpoint: str, wanted: int) -> int:
    """More callers than the local server has slots would only wait in its queue until they time out."""
    return local_model.PARALLEL if endpoint == EMBEDDED else wanted


def alive(store: Store, run: int) -> bool:
    """Whether a process is executing this run."""
    return crew.alive(_lock(store, run))


def execute(store: Store, run: int, *, clock: Clock = Clock(), moved: Callable[[], None] = lambda: None) -> Run:
    """Judges what has no verdict yet and returns the run as it then stands; as `crew.execute` does."""
    crew.execute(_Judging(store, runs.get(store, run)), clock=clock, moved=moved)
    return runs.get(store, run)


def _lock(store: Store, run: int) -> Path:
    return Path(f"{store.path}.run-{run}.lock")


class _Judging:
    """The work of one run: a trace's row number is the key, a verdict the result."""

    def __init__(self, store: Store, run: Run) -> None:
        self.store, self.run, self.lock = store, run, _lock(store, run.id)
        self.busy = f"Run {run.id} is under way in another process: look at it with 'runs'."
        self.workers = most_calls(run.endpoint, run.concurrency)

    def status(self) -> str:
        return runs.status(self.store, self.run.id)

    def set_status(self, status: str, message: str = "", only_from: tuple[str, ...] = ()) -> bool:
        return runs.set_status(self.store, self.run.id, status, message, only_from)

    def say(self, text: str) -> None:
        runs.say(self.store, self.run.id, text)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        self.version = judges.prompt_by_key(self.store, self.run.prompt)
        self.question = projects.current(self.store).question
        async with called(self.store, self.run.endpoint, self.workers) as self.client:
            yield

    def pending(self) -> list[int]:
        return runs.pending(self.store, self.run.id)

    async def call(self, key: int) -> Verdict:
        return await judge.judge_trace(self.client, self.version, traces.by_key(self.store, key), self.question,
                                       self.run.model, secrets.token_hex(8))

    def failed(self, error: llm.LlmError) -> Verdict:
        return Verdict(None, error=error.kind, raw=error.raw or str(error))

    def unread(self, result: Verdict) -> bool:
        return result.error in _UNREAD

    def unanswered(self, result: Verdict) -> str:
        return (f"the endpoint does not answer ({result.raw[:200]}). Resume when it does."
                if result.error in UNANSWERED else "")

    def keep(self, key: int, result: Verdict, attempts: int) -> None:
        verdicts.save(self.store, self.run.id, key, replace(result, attempts=attempts))
