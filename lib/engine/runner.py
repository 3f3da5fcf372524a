"""The judge run, as work for the worker pool. The page's process and the command line both execute it here.

Knows which traces a run judges and where verdicts are kept. What a call says is up to prompting/judge.py, how it
travels to models/llm.py, and how the work goes on to worker_pool.py.
"""

import secrets
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from functools import partial

from lib.engine import worker_pool
from lib.engine.result_writer import ResultWriter
from lib.engine.stored_work import StoredWork
from lib.engine.worker_pool import LONGEST_WAIT, READING_TRIES, TRIES, Clock, Hopeless
from lib.models import llm, local_model
from lib.models.budget import Budget
from lib.models.habits import Habits
from lib.prompting import asking, cascades
from lib.prompting.cascades import CascadePrompt
from lib.prompting.decisions import DecisionPrompt
from lib.prompting.judge import Prompt
from lib.records import PromptVersion, Run, Spent, Trace, UsageError, Verdict
from lib.records.decision import FIRST, SECOND
from lib.store import Store, endpoint_habits, prices, projects
from lib.store.dataset import traces
from lib.store.judge import caps, fits, judges, runs, verdicts
from lib.store.judge.reuse import halves

__all__ = ["LONGEST_WAIT", "READING_TRIES", "TRIES", "alive", "connected", "execute"]
EMBEDDED, ENVIRONMENT = "embedded", "environment"
UNREAD = ("unreadable", "only thoughts", "no outcome", "two verdicts")

_SAYS = {"only thoughts": "the replies held thoughts and nothing else: give them more room, for instance by a larger "
                          "max_tokens, or have the model think less"}


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
    address = address_of(name)
    known = {model: Habits.of(habits) for model, habits in endpoint_habits.of(store, address).items()}

    def learned(model: str, habits: Habits) -> None:
        endpoint_habits.note(store, address, model, habits.stored)

    with connected(store, name) as endpoint:
        async with llm.Client(endpoint, timeout, calls, known, learned) as client:
            yield client


def address_of(name: str) -> str:
    """Where an endpoint of this name is found today; '' for the embedded one, which is told apart by its model."""
    reached = llm.environment_endpoint() if name == ENVIRONMENT else None
    return reached.base_url if reached else ""


def models_of(version: PromptVersion, model: str, endpoint: str) -> dict[str, str]:
    """The model that each judge of a version is asked of in a run of this one; of what is no cascade it is one."""
    if version.cascade is None or endpoint == EMBEDDED:  # which serves one model
        return {FIRST: model, SECOND: model}
    return {FIRST: model, SECOND: version.cascade.then_model}


def _dearest(prices: list[tuple[float, float] | None]) -> tuple[float, float] | None:
    """The higher price of prompts and of replies: by it a cap on cost holds whichever model is asked."""
    known = [price for price in prices if price]
    return (max(one[0] for one in known), max(one[1] for one in known)) if known else None


def most_calls(endpoint: str, wanted: int) -> int:
    """How many calls at once: as wanted, at the embedded model no more than its server has slots, or they time out."""
    return local_model.PARALLEL if endpoint == EMBEDDED else wanted


def execute(store: Store, run: int, *, clock: Clock = Clock(), moved: Callable[[], None] = lambda: None) -> Run:
    """Judges what has no verdict yet and returns the run as it then stands; as `worker_pool.execute` does."""
    worker_pool.execute(_Judging(store, runs.get(store, run)), clock=clock, moved=moved)
    return runs.get(store, run)


@dataclass
class _Took:
    """All that was spent on one trace: calls, tokens of prompts, of replies, and cached ones; None while none is told.

    A reply that nobody can read is paid too.
    """

    calls: int = 0
    tokens: tuple[int | None, int | None, int | None] = (None, None, None)

    def add(self, verdict: Verdict) -> None:
        """One reply more."""
        told = verdict.prompt_tokens, verdict.completion_tokens, verdict.cached_tokens
        self.tokens = tuple(had if more is None else (had or 0) + more
                            for had, more in zip(self.tokens, told, strict=True))

    def whole(self, verdict: Verdict) -> Verdict:
        """The verdict with all that its trace took."""
        prompt, completion, cached = self.tokens
        return replace(verdict, attempts=self.calls, prompt_tokens=prompt, completion_tokens=completion,
                       cached_tokens=cached)


class _Judging(StoredWork):
    """The work of one run: a trace's row number is the key, a verdict the result."""

    rows, noun, listed_by = runs, "run", "runs"

    def __init__(self, store: Store, run: Run) -> None:
        super().__init__(store, run.id)
        self.run, self.workers = run, most_calls(run.endpoint, run.concurrency)

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        # Runs that were begun in earlier days go on as they began: with a fence of its own for each call.
        self.as_before = self.run.fence == "random"
        # A run may ask for more than its version says: for the probability of each outcome.
        version = replace(judges.prompt_by_key(self.store, self.run.prompt), parameters=self.run.parameters)
        known = prices.every(self.store)
        self.prompt = asking.prepared(version, self.run.question, self.run.criteria, whole=self.as_before)
        self.models = models_of(version, self.run.model, self.run.endpoint)
        self.budget = Budget(caps.of(self.store, self.run.id), caps.spent(self.store, self.run.id),
                             _dearest([known.get(model) for model in self.models.values()]))
        runs.reached(self.store, self.run.id, address_of(self.run.endpoint))
        self.alike = self._alike(self.prompt) if isinstance(self.prompt, CascadePrompt) else {}
        self.took: dict[int, _Took] = defaultdict(_Took)
        try:
            async with (called(self.store, self.run.endpoint, self.workers) as self.client,
                        ResultWriter(self._save) as self.writer):
                yield
        finally:
            self._note_lost()

    def _alike(self, prompt: CascadePrompt) -> dict[str, list[int]]:
        """The runs in which each judge of a cascade was asked the same; none where all is asked anew."""
        run = self.run
        both = halves.asked(prompt.version, self.models, run.endpoint, address_of(run.endpoint), run.leave_one_out)
        return {half: [] if run.anew else halves.runs_of(self.store, one) for half, one in both.items()}

    def _note_lost(self) -> None:
        """What was called in vain: traces that a pause left without a verdict."""
        lost = [(one.calls, *(count or 0 for count in one.tokens)) for one in self.took.values()]
        if lost:
            runs.note_dropped(self.store, self.run.id, *map(sum, zip(*lost, strict=True)))

    def pending(self) -> list[int]:
        return runs.pending(self.store, self.run.id)

    async def call(self, key: int) -> Verdict:
        trace = traces.by_key(self.store, key, dimensions=False)  # no judge is told them
        prompt = self.prompt.without(trace) if self.run.leave_one_out else self.prompt
        if isinstance(prompt, CascadePrompt):
            return await cascades.judge_trace(prompt, partial(self._half, key, prompt, trace))
        return self._by_fit(await self._asked(key, prompt, trace, self.run.model))

    async def _half(self, key: int, prompt: CascadePrompt, trace: Trace, half: str) -> Verdict:
        """What one judge of a cascade says: as it has said before, asked the same, or now."""
        known = halves.said(self.store, self.alike[half], key)
        if known:
            return known
        one = prompt.first if half == FIRST else prompt.second
        return await self._asked(key, one, trace, self.models[half], half)

    async def _asked(self, key: int, prompt: Prompt | DecisionPrompt, trace: Trace, model: str,
                     kind: str = "") -> Verdict:
        took = self.took[key]

        def again() -> None:
            self.budget.again(kind)
            took.calls += 1

        with self.budget.call(kind) as paid:
            took.calls += 1
            verdict = await asking.judge_trace(self.client, prompt, trace, model,
                                               secrets.token_hex(8) if self.as_before else None, again)
            paid(Spent(0, verdict.prompt_tokens or 0, verdict.completion_tokens or 0))
        took.add(verdict)
        return verdict

    def _by_fit(self, verdict: Verdict) -> Verdict:
        """The outcome of a probability as the fit in force has it, where there is one of the model that answered."""
        if verdict.p_pass is None or self.prompt.version.decision is None:
            return verdict
        fit = fits.in_force(self.store, self.run.prompt, verdict.model)
        return replace(verdict, outcome=fit.outcome(verdict.p_pass)) if fit else verdict

    def failed(self, error: llm.LlmError) -> Verdict:
        return Verdict(None, error=error.kind, raw=str(error) if error.raw in str(error) else f"{error} {error.raw}")

    def unread(self, result: Verdict) -> bool:
        return result.error in UNREAD

    def hopeless(self, result: Verdict) -> Hopeless | None:
        return worker_pool.hopeless(
            result.error, _SAYS.get(result.error, result.raw), "; --errors asks for those again"
        ) if result.error else None

    def keep(self, key: int, result: Verdict, attempts: int) -> Awaitable[None]:
        return self.writer.keep((key, self.took.pop(key, _Took()).whole(result)))

    def _save(self, found: list[tuple[int, Verdict]]) -> None:
        with self.store.transaction():
            for key, verdict in found:
                verdicts.save(self.store, self.run.id, key, verdict)


alive = _Judging.alive
