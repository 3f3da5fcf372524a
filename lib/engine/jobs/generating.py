"""Writing inputs, as work for the worker pool: an item is a combination, its result the proposals that came.

The job's row holds all that was asked for when it started, so that a later edit of the prompt changes nothing.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from lib.engine.jobs.work import JobWork
from lib.engine.runner import called, most_calls
from lib.prompting import generate
from lib.records import Nearest
from lib.sampling import near
from lib.store import Store, jobs, projects
from lib.store.dataset import dimensions, generations, traces

AVOIDED = 20  # earlier inputs that a model is told not to repeat
Written = tuple[dict[str, str], generate.Proposals, list[Nearest | None]]


class Generating(JobWork):
    """The work of one generate job; two replies are compared with each other, however they overlap."""

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The endpoint, the descriptions, and every input there is."""
        self.workers = most_calls(self.job.endpoint, self.job.concurrency)
        self.question = projects.current(self.store).question
        self.dimensions = dimensions.described(self.store, retired=True)
        self.seen = near.Seen(generations.every_input(self.store))
        async with called(self.store, self.job.endpoint, self.workers) as self.client:
            yield

    async def call(self, key: int) -> Written:
        """One reply for one combination, each input with the earlier one it is most like."""
        combination, config = jobs.item(self.store, self.job.id, key).item["combination"], self.job.config
        brief = generate.Brief(combination, config["n"], self.question, self.dimensions, config["system_information"],
                               avoided(self.store, combination), config["template"])
        found = await generate.propose(self.client, self.job.model, brief)
        return combination, found, self.seen.nearest(found.inputs)

    def stored(self, key: int, result: Written, attempts: int) -> None:
        """Prompt, model, tokens and inputs, before anybody looks at them."""
        combination, found, nearest = result
        generations.save(
            self.store, combination, found.prompt, self.job.model, self.job.endpoint, found.inputs,
            found.reply.prompt_tokens, found.reply.completion_tokens, nearest=nearest, job_item=key,
            system_information=self.job.config["system_information"], assumptions=self.job.config["assumptions"])


def avoided(store: Store, combination: dict[str, str]) -> list[str]:
    """Earlier inputs a model is told not to repeat: those of this combination, then the newest of all."""
    known = dict.fromkeys([*generations.written_for(store, combination, AVOIDED), *traces.some_inputs(store, AVOIDED)])
    return list(known)[:AVOIDED]
