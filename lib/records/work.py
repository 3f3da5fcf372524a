"""Work that goes on in a process of its own: judge runs, jobs, analyses, and the life they have in common.

Knows what a run and a job are; knows nothing of how either is executed or stored.
"""

from dataclasses import dataclass, field
from typing import Any

MOST_CALLS = 1024  # at once; the table holds the same bound


@dataclass(frozen=True)
class Run:
    """Prompt version × model × set of traces; `prompt` is None for verdicts recorded elsewhere."""

    id: int
    judge: str
    prompt: int | None
    model: str
    endpoint: str
    status: str
    message: str
    split: str | None
    concurrency: int
    total: int
    done: int
    errors: int
    created_at: str
    ended_at: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    leave_one_out: bool = False  # its examples are judged too, each by the prompt without it
    anew: bool = False  # every trace is asked for, although an equal verdict may be there
    reused: int = 0  # of the verdicts: taken over from earlier runs
    question: str = ""  # the project's, as it was when the run was started
    address: str = ""  # of the endpoint; '' for the embedded one, and where it changed in between
    chosen: dict[str, Any] = field(default_factory=dict)  # the fields of the filter it was started over
    criteria: str = ""  # the criteria document, as it was when the run was started; "" where the prompt has none
    fence: str = "hash"  # how the fence around a trace is made; "random" in runs of earlier days


@dataclass(frozen=True)
class Caps:
    """What a run may spend at most: calls, tokens (both kinds), money; None is no bound."""

    calls: int | None = None
    tokens: int | None = None
    cost: float | None = None


@dataclass(frozen=True)
class Spent:
    """What was spent: calls, tokens of prompts, tokens of replies; and how many of these came in batch files."""

    calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    batch_prompt_tokens: int = 0
    batch_completion_tokens: int = 0

    def plus(self, more: "Spent", times: int = 1) -> "Spent":
        """Both together, the second so many times."""
        return Spent(self.calls + times * more.calls, self.prompt_tokens + times * more.prompt_tokens,
                     self.completion_tokens + times * more.completion_tokens,
                     self.batch_prompt_tokens + times * more.batch_prompt_tokens,
                     self.batch_completion_tokens + times * more.batch_completion_tokens)

    def cost(self, price: tuple[float, float]) -> float:
        """The money, at this price of a million tokens of prompts and of replies; of batches a share of it."""
        off = 1 - BATCH_SHARE
        return ((self.prompt_tokens - off * self.batch_prompt_tokens) * price[0]
                + (self.completion_tokens - off * self.batch_completion_tokens) * price[1]) / 1_000_000


@dataclass(frozen=True)
class RunCost:
    """What a run took: calls, tokens, money, time and errors; None where that is not known, with `why` for the money.

    Verdicts that were taken over cost nothing and stand in none of it; what dropped errors have cost stands in it.
    """

    run: int
    model: str
    traces: int = 0  # with a verdict, or an error, that was asked for in this run
    calls: int = 0
    prompt_tokens: int | None = None  # None where the endpoint does not say
    completion_tokens: int | None = None
    cached_tokens: int | None = None  # of the prompts', read from the endpoint's cache
    cost: float | None = None  # by the prices under Settings; cached tokens are counted like all others
    why: str = ""  # there is no cost
    median: int | None = None  # milliseconds of a reply
    p95: int | None = None
    seconds: float | None = None  # of all replies, one after the other
    replies: int = 0  # whose time is known
    tries: int = 0  # calls beyond the first one for each trace
    errors: dict[str, int] = field(default_factory=dict)  # kind -> traces, the most common first


@dataclass(frozen=True)
class Estimate:
    """What work will take, before it starts; cost is None where the model has no price."""

    calls: int
    prompt_tokens: int
    completion_tokens: int
    cost: float | None
    reused: int = 0  # equal verdicts that are there already: they cost nothing
    unseen: int = 0  # traces with pictures, audio or files, which the judge does not see
    pictures: bool = False  # whether it is sent the pictures
    asked_with: str = ""  # how the model is asked otherwise than the prompt version says, by its own answers
    empty: tuple[str, ...] = ()  # sections of the prompt that hold nothing yet and are not sent
    batch: bool = False  # asked in batch files, so that the cost is a share of the price
    n_traces: int = 0  # of a run: a cascade calls once or twice for each


# What a request of a batch costs of the price of a call: OpenAI, Azure, Groq and Together all ask for half.
BATCH_SHARE = 0.5

# The life of a run. "interrupted" is written by whoever finds the run's process gone.
QUEUED, RUNNING, DONE = "queued", "running", "done"
PAUSED, INTERRUPTED, CANCELLED, FAILED = "paused", "interrupted", "cancelled", "failed"
RECORDED = "recorded"
RUN_STATUSES = (QUEUED, RUNNING, DONE, PAUSED, INTERRUPTED, CANCELLED, FAILED, RECORDED)
RESUMABLE = (QUEUED, PAUSED, INTERRUPTED, CANCELLED, FAILED)


@dataclass(frozen=True)
class Job:
    """Work in a process of its own: inputs to be written, traces to be answered, or fails to be analysed."""

    id: int
    kind: str
    config: dict[str, Any]
    status: str
    message: str
    total: int
    done: int
    errors: int
    created_at: str
    ended_at: str | None = None
    system: int | None = None  # of an answer job: the AI system's row
    endpoint: str = ""  # of a generate job
    model: str = ""
    concurrency: int = 1


@dataclass(frozen=True)
class JobItem:
    """One call of a job: a trace to have answered, or whatever `item` holds; done once it has a result."""

    key: int
    trace: int | None = None
    item: dict[str, Any] = field(default_factory=dict)
