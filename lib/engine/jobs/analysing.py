"""Analyses as work for the worker pool: groups of notes are one call; codes of fails and notes one call a fail.

Nothing of what comes is counted: groups wait as unconfirmed failure modes, codes as proposals, and a model's own note
stays in the item that asked for it.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from lib.engine import worker_pool
from lib.engine.jobs.work import JobWork
from lib.engine.runner import called, most_calls
from lib.engine.worker_pool import Clock
from lib.models.replies import LlmError, Reply
from lib.prompting import coding
from lib.records import Job
from lib.store import Store, projects
from lib.store.dataset import traces
from lib.store.errors import analyses, codings, mode_history, notes
from lib.store.review import criteria, labels


class _Analysing(JobWork):
    """What all kinds of analysis have in common: their rows, the endpoint, and what a reply cost."""

    rows, noun, listed_by = analyses, "analysis", "analyses"

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The endpoint and the project's question."""
        self.workers = most_calls(self.job.endpoint, self.job.concurrency)
        self.question = projects.current(self.store).question
        async with called(self.store, self.job.endpoint, self.workers) as self.client:
            yield

    def pay(self, reply: Reply, told: str = "") -> None:
        """Takes note of what a reply cost and brought, the moment it came."""
        analyses.pay(self.store, self.job.id, reply.prompt_tokens or 0, reply.completion_tokens or 0, told)


class Grouping(_Analysing):
    """Groups of notes: the item holds their numbers, in the order in which the model is shown them.

    Behind the notes come the labels whose critiques speak where a fail has no note.
    """

    def _chosen(self, key: int) -> tuple[list[int], list[int]]:
        item = analyses.item(self.store, self.job.id, key).item
        return item["notes"], item.get("labels", [])

    async def call(self, key: int) -> coding.Grouping:
        """One reply for all notes."""
        written, labelled = self._chosen(key)
        texts, critiques = notes.texts(self.store, written), notes.critiques(self.store, labelled)
        return await coding.group(self.client, self.job.model, self.question, [
            *(texts[note] for note in written), *(critiques[label] for label in labelled)])

    def stored(self, key: int, result: coding.Grouping, attempts: int) -> None:
        """Each group as a failure mode that waits for a person, with the notes behind it."""
        written, labelled = self._chosen(key)
        made = [mode_history.propose(
            self.store, group.name, group.definition, [written[place] for place in group.notes if place < len(written)],
            [labelled[place - len(written)] for place in group.notes if place >= len(written)])
            for group in result.groups]
        self.pay(result.reply, _told(result, made))


def _told(result: coding.Grouping, made: list[int | None]) -> str:
    parts = [f"Groups of notes proposed: {sum(mode is not None for mode in made):,}."]
    if taken := sum(mode is None for mode in made):
        parts.append(f"Named as a failure mode that a person has decided on already: {taken:,}.")
    if result.dropped:
        parts.append(f"Cited numbers that belong to no note, dropped: {result.dropped:,}.")
    if result.empty:
        parts.append(f"Groups without a note behind them, dropped: {result.empty:,}.")
    return " ".join(parts)


class Coding(_Analysing):
    """Failure modes of fails: the analysis' row holds the modes offered, as they were when it began."""

    async def call(self, key: int) -> coding.Named:
        """One reply for one fail: which of the failure modes apply."""
        trace = traces.by_key(self.store, analyses.item(self.store, self.job.id, key).trace)
        offered = [(mode["name"], mode["definition"]) for mode in self.job.config["offered"]]
        return await coding.name_modes(self.client, self.job.model, self.question, offered, trace, self._said(trace.id))

    def _said(self, trace_id: str) -> str:
        label = labels.current(self.store, trace_id, self.job.config["expert"])
        note = notes.current(self.store, trace_id)
        return "\n".join([label.critique if label else "", note["text"] if note else ""])

    def stored(self, key: int, result: coding.Named, attempts: int) -> None:
        """The proposals for one fail; none is an answer too."""
        item = analyses.item(self.store, self.job.id, key)
        codings.save(self.store, self.job.id, item.trace, [self.job.config["modes"][place] for place in result.modes])
        self.pay(result.reply)


class Noting(_Analysing):
    """A model's own note on one fail: it reads what the expert said of it, and no note of anybody."""

    async def call(self, key: int) -> coding.Noted:
        """One reply for one fail."""
        trace = traces.by_key(self.store, analyses.item(self.store, self.job.id, key).trace)
        label = labels.current(self.store, trace.id, self.job.config["expert"])
        written = criteria.newest(self.store)
        return await coding.note(self.client, self.job.model, self.question, written.text if written else "", trace,
                                 label.critique if label else "")

    def stored(self, key: int, result: coding.Noted, attempts: int) -> None:
        """In the item, where no list of notes reads it."""
        analyses.keep_answer(self.store, self.job.id, key, {"note": result.text})
        self.pay(result.reply)

    def missed(self, key: int, error: LlmError, attempts: int) -> None:
        """The sentence for the person who asked; the item's own error is its kind and what came."""
        analyses.keep_answer(self.store, self.job.id, key, {"why": str(error)})


ANALYSES: dict[str, Callable[[Store, Job], _Analysing]] = {
    analyses.GROUPS: Grouping, analyses.CODES: Coding, analyses.NOTES: Noting}
alive = _Analysing.alive


def execute(store: Store, analysis: int, *, clock: Clock = Clock(), moved: Callable[[], Any] = lambda: None) -> Job:
    """Makes the calls that have no result yet, as `worker_pool.execute` does, and returns the analysis as it stands."""
    found = analyses.get(store, analysis)
    worker_pool.execute(ANALYSES[found.kind](store, found), clock=clock, moved=moved)
    return analyses.get(store, analysis)
