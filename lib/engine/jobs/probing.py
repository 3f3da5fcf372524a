"""Probes as work for the worker pool: one call for each trace and alteration, asked as the run asked.

A reply is kept in the item that asked for it and never becomes a verdict; one that nobody can read is an error.
"""

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from lib.engine import worker_pool
from lib.engine.jobs.work import JobWork
from lib.engine.runner import UNREAD, address_of, called, most_calls
from lib.engine.worker_pool import Clock
from lib.models.budget import Budget
from lib.models.replies import LlmError
from lib.prompting import judge
from lib.prompting import probes as alterations
from lib.records import Job, Run, Spent, UsageError, Verdict
from lib.store import Store, prices
from lib.store.dataset import traces
from lib.store.judge import judges, probes, runs


def prompt_of(store: Store, run: Run) -> judge.Prompt:
    """The prompt of a run, as the run has sent it."""
    return judge.Prompt(judges.prompt_by_key(store, run.prompt), run.question, run.criteria, _by_chance(run))


def _by_chance(run: Run) -> bool:
    """Whether a run of earlier days marks each fence anew, and sends empty sections too."""
    return run.fence == "random"


def check_address(run: Run) -> None:
    """UsageError where another address is set than the one a run was asked at."""
    if run.address != address_of(run.endpoint):
        raise UsageError(f"Run {run.id} was asked at {run.address or 'an address that was not noted'}, and another one "
                         "is set now: what differs would not come from the alteration.")


class Probing(JobWork):
    """The work of one probe: an item is a trace and how it is altered, a verdict or an LlmError the result."""

    rows, noun, listed_by = probes, "probe", "probes"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The prompt of the run, what may be spent, and the endpoint the run was asked at."""
        self.run = runs.get(self.store, self.job.config["run"])
        check_address(self.run)
        self.workers = most_calls(self.job.endpoint, self.job.concurrency)
        self.prompt = prompt_of(self.store, self.run)
        self.budget = Budget(probes.caps_of(self.store, self.job.id), probes.spent(self.store, self.job.id),
                             prices.every(self.store).get(self.job.model))
        async with called(self.store, self.job.endpoint, self.workers) as self.client:
            yield

    async def call(self, key: int) -> Verdict | LlmError:
        """One reply; whatever it brings is booked at once."""
        item = probes.item(self.store, self.job.id, key)
        trace = traces.by_key(self.store, item.trace, dimensions=False)
        prompt = self.prompt.without(trace) if self.run.leave_one_out else self.prompt
        prompt, trace = alterations.altered(item.item["alteration"], prompt, trace)
        with self.budget.call() as paid:
            tokens = Spent()
            try:
                found = await judge.judge_trace(self.client, prompt, trace, self.job.model,
                                                secrets.token_hex(8) if _by_chance(self.run) else None, self._again)
                tokens = Spent(0, found.prompt_tokens or 0, found.completion_tokens or 0)
                paid(tokens)
            finally:
                probes.spend(self.store, self.job.id, Spent(1).plus(tokens))
        return LlmError(found.error, found.error, raw=found.raw) if found.error else found

    def _again(self) -> None:
        """A call that is made anew in another form is a call more."""
        self.budget.again()
        probes.spend(self.store, self.job.id, Spent(1))

    def unread(self, result: Verdict | LlmError) -> bool:
        """What a run asks for once more, a probe does too."""
        return isinstance(result, LlmError) and result.kind in UNREAD

    def stored(self, key: int, result: Verdict, attempts: int) -> None:
        """In the item, where no figure of a judge reads it."""
        probes.keep_outcome(self.store, self.job.id, key, result.outcome, result.critique)


alive = Probing.alive


def execute(store: Store, probe: int, *, clock: Clock = Clock(), moved: Callable[[], Any] = lambda: None) -> Job:
    """Makes the calls that have no result yet, as `worker_pool.execute` does, and returns the probe as it stands."""
    worker_pool.execute(Probing(store, probes.get(store, probe)), clock=clock, moved=moved)
    return probes.get(store, probe)
