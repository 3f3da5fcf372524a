"""Having the AI system answer, as work for the worker pool: an item is a trace, its result an answer.

The version's row says how the AI system is reached; no other model is ever asked in its place.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from lib.engine.jobs.work import JobWork
from lib.engine.worker_pool import HOPELESS, Hopeless
from lib.models.replies import Answer, LlmError
from lib.records import UNANSWERED
from lib.store import jobs
from lib.store.dataset import answers, systems, traces
from lib.store.errors import fixes
from lib.systems import SYSTEMS
from lib.systems.connector import history


class Answering(JobWork):
    """The work of one answer job."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The way to the AI system, as its version says."""
        self.system, self.came = systems.by_key(self.store, self.job.system), self.job.done > self.job.errors
        async with SYSTEMS[self.system.kind].opened(self.system.config, self.workers) as self.ask:
            yield

    async def call(self, key: int) -> tuple[int, Answer] | None:
        """One answer; None where this version has answered the input in the meantime."""
        trace = traces.by_key(self.store, jobs.item(self.store, self.job.id, key).trace)
        if answers.has(self.store, trace.key, self.system.version):
            return None
        answer = await self.ask(trace)
        if answer.messages is None and trace.messages:
            said = {"role": "assistant", "content": answer.output}
            answer = replace(answer, messages=[*history(trace), said])
        return trace.key, answer

    def hopeless(self, result: object) -> Hopeless | None:
        """Nobody answers; or nothing was ever answered, so that a wrong version does not spend a call on each input."""
        if not isinstance(result, LlmError):
            return None
        found, said = super().hopeless(result), str(result)[:200]
        if result.kind in UNANSWERED:
            why = f"the AI system does not answer ({said}). Resume when it does."
            return replace(found, alike=found.alike if self.came else "", why=why)
        return found if self.came else Hopeless("", (
            f"not one answer has come ({said}). Correct the AI system, or add another version of it."), HOPELESS)

    def stored(self, key: int, result: tuple[int, Answer] | None, attempts: int) -> None:
        """In place, or beside an older answer."""
        self.came = True
        if result is not None:
            trace, answer = result
            log = {**answer.log, "attempts": attempts, "job": self.job.id}
            name = answers.save(self.store, trace, self.system.version, replace(answer, log=log))
            if name and "fix" in self.job.config:
                # At once: until it waits in a queue it could be drawn as if nobody had looked at an outcome.
                fixes.queue(self.store, self.job.config["fix"], [name], self.job.config["expert"])

    def missed(self, key: int, error: LlmError, attempts: int) -> None:
        """An unanswered trace says why it is."""
        answers.note(self.store, jobs.item(self.store, self.job.id, key).trace, {
            "error": error.kind, "message": str(error), "attempts": attempts, "job": self.job.id,
            "system_version": self.system.version})
