"""The vocabulary: frozen records and the words pass, fail, train, dev, test.

Knows what the words of the method mean; knows nothing of files, SQL, models or screens.
Decided here once: the first side of every pair is the expert, and "pass" is the outcome whose share a rate states.
"""

import hashlib
import json
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lib.records.decision import NO_REASON, Cascade, Decision
from lib.records.dimensions import Cell, Dimension, DimensionValue
from lib.records.feedback import Feedback
from lib.records.pairs import FAIL, OUTCOMES, PASS, Counts, LeftOut
from lib.records.work import (
    BATCH_SHARE,
    CANCELLED,
    DONE,
    FAILED,
    INTERRUPTED,
    PAUSED,
    QUEUED,
    RECORDED,
    RESUMABLE,
    RUN_STATUSES,
    RUNNING,
    Caps,
    Estimate,
    Job,
    JobItem,
    Run,
    RunCost,
    Spent,
)

__all__ = ["BATCH_SHARE", "CANCELLED", "DONE", "FAIL", "FAILED", "INTERRUPTED", "OUTCOMES", "PASS", "PAUSED", "QUEUED",
           "RECORDED", "RESUMABLE", "RUNNING", "RUN_STATUSES", "Caps", "Cascade", "Cell", "Counts", "Decision",
           "Dimension", "DimensionValue", "Estimate", "Job", "JobItem", "LeftOut", "Run", "RunCost", "Spent"]

TRAIN, DEV, TEST = "train", "dev", "test"
SPLITS = (TRAIN, DEV, TEST)
SOURCES = REAL, SYNTHETIC = "real", "synthetic"

# Of 100 inputs 20 lend their labels to prompts as examples, 40 are for iterating, 40 for the last test.
SPLIT_SHARES = ((TRAIN, 20), (DEV, 40), (TEST, 40))


class PlumblineError(Exception):
    """A fault the user can cure; its text is one clear sentence that says how."""

    choice = ""  # what has to be chosen, where that is the cure


class UsageError(PlumblineError):
    """Something was asked for by a name or option that does not exist or does not fit (exit code 2)."""


class DataError(PlumblineError):
    """A file or a reply holds something that cannot be used; nothing was changed (exit code 1)."""


class StoreError(PlumblineError):
    """The database file is refused or cannot be written; nothing was changed (exit code 1)."""


def split_of(text: str) -> str:
    """The split of an input text: stable, so that equal inputs always share one split."""
    place = int.from_bytes(_digest(text), "big") % 100
    for split, share in SPLIT_SHARES:
        if place < share:
            return split
        place -= share
    raise AssertionError("SPLIT_SHARES must add up to 100")


def input_key(text: str) -> int:
    """A number that equal inputs share and others do not: 64 bits of their hash, as SQLite holds it."""
    return int.from_bytes(_digest(text), "big", signed=True)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8]


def visible(text: str) -> str:
    """Lone surrogates become visible escapes: neither SQLite nor a page can take them as they are."""
    return text if text.isascii() else text.encode("utf-8", "backslashreplace").decode("utf-8")


def minute(at: str) -> str:
    """A time of the store as people read it: the day and the minute, UTC."""
    return at[:16].replace("T", " ")


_sorted = json.JSONEncoder(sort_keys=True).encode  # made once: json.dumps would make one for each trace


@dataclass(frozen=True)
class Trace:
    """One use of the AI system: an input, its output (None: not answered yet) and what surrounded it."""

    id: str
    input: str
    output: str | None
    messages: list[dict[str, Any]] | None = None
    context: dict[str, Any] = field(default_factory=dict)
    dimensions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    system_version: str | None = None
    created_at: str | None = None
    source: str = REAL
    split: str | None = None
    assumptions: str = ""  # what a reviewer must know and the model that wrote the input was not told
    steps: list[dict[str, Any]] | None = None  # every recorded step in order; None where none was recorded
    session: str | None = None  # the session or conversation it is part of: traces of one session are not independent
    key: int | None = None  # row number in the store; None before it is stored

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 of what an expert judges: input, output, messages, context and, where there are some, steps."""
        content = [self.input, self.output, self.messages, self.context, *([self.steps] if self.steps else [])]
        return hashlib.sha256(_sorted(content).encode()).hexdigest()


# What an expert knew of the judge when giving a label; "unknown" where nobody noted it.
BLIND, KNOWN, SHADOW, UNKNOWN = "blind", "known", "shadow", "unknown"
MODES = (BLIND, KNOWN, SHADOW, UNKNOWN)
# What a label is for: a repeat measures its expert and never counts as the label; an adjudication settles a difference.
LABEL, REPEAT, ADJUDICATION = "label", "repeat", "adjudication"
PURPOSES = (LABEL, REPEAT, ADJUDICATION)


@dataclass(frozen=True)
class Circumstances:
    """How a label came to be: what its expert knew, what brought the trace there, and what else was said."""

    mode: str = UNKNOWN
    purpose: str = LABEL
    reason: str = ""  # why it succeeds an earlier label
    seconds: float | None = None  # from the trace's appearing to the press
    revised_response: str = ""
    showed_new: bool = False  # the expert ticked "this showed me something new"
    queue: str = ""  # the queue that brought the trace; "" for none
    unbiased: bool = True  # the trace was drawn without looking at any outcome
    late: bool = False  # the claim on the trace had passed to somebody else


@dataclass(frozen=True)
class Label:
    """An expert's outcome and critique on one trace; the newest per expert and trace counts, repeats apart."""

    trace: str
    expert: str
    outcome: str
    critique: str = ""
    created_at: str | None = None
    key: int | None = None
    circumstances: Circumstances = Circumstances()
    given_as: str = ""  # the name it was given under, where its person has another one now

    @property
    def complete(self) -> bool:
        """A label without a critique is incomplete: it counts in figures, never as an example."""
        return bool(self.critique.strip())


@dataclass(frozen=True)
class Verdict:
    """A judge's outcome and critique on one trace, or a recorded error: then outcome is None."""

    outcome: str | None
    critique: str = ""
    error: str | None = None  # the kind of error, e.g. "refusal"; None where there is an outcome
    raw: str = ""  # the reply as it came, kept where it could not be read
    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    milliseconds: int | None = None
    attempts: int = 1
    model: str = ""  # the model that answered, as it names itself
    thoughts: str = ""  # what the model thought before it replied; never read
    lenient: str = ""  # what had to be put right before the reply could be read; "" where it came as asked
    cached_tokens: int | None = None  # of the prompt's, read from the endpoint's cache; None where it does not say
    p_pass: float | None = None  # probability of pass; None where there is an error or none was asked for
    p_raw: str | None = None  # what it was read from, as JSON
    decided_by: str | None = None  # of a cascade: which of its two judges gave the outcome
    reused: int | None = None  # the verdict it was taken over from, where nothing was asked

    @property
    def words(self) -> str:
        """What it says of itself: its critique, the reply that could not be read, or that it gives no reason."""
        return self.critique or self.raw or (NO_REASON if self.p_pass is not None else "")


# Errors that say only that the endpoint did not answer: worth another try later.
UNANSWERED = ("rate_limit", "server", "connection", "timeout", "batch_expired", "batch_cancelled", "batch_missing")


@dataclass(frozen=True)
class ImportedRow:
    """What one row of a file holds: a trace and what people and judges said of it."""

    trace: Trace
    line: int
    labels: tuple[Label, ...] = ()
    verdicts: tuple[tuple[str, Verdict], ...] = ()  # (judge name, verdict)
    failure_modes: tuple[str, ...] = ()
    feedback: tuple[Feedback, ...] = ()  # of users


# From here on two inputs are shown as nearly the same; below it they mostly ask something else.
NEAR = 0.8


@dataclass(frozen=True)
class Nearest:
    """The input that another one is most like, and how like it is: from 0 to 1."""

    text: str
    likeness: float


STAND_INS = ("developer", "proxy for the expert")  # they decide in place of the domain expert
BASES = ("domain expert", "founder", *STAND_INS)  # why this person decides


@dataclass(frozen=True)
class Expert:
    """A person whose judgement is recorded; exactly one per project is principal."""

    name: str
    role: str = ""
    basis: str = ""  # why this person: "domain expert", "founder", "developer", "proxy"
    is_principal: bool = False


@dataclass(frozen=True)
class Example:
    """A complete label shown in a prompt, with the trace it judges."""

    trace: Trace
    label: Label


@dataclass(frozen=True)
class PromptVersion:
    """A judge's prompt as it was saved: never edited, only succeeded."""

    judge: str
    number: int
    template: str
    examples: tuple[Example, ...] = ()
    model: str | None = None
    parameters: dict[str, Any] = field(default_factory=dict)
    note: str = ""
    created_at: str | None = None
    key: int | None = None
    parent: int | None = None  # key of the version it was made from
    author: str = ""  # who saved it; "": nobody noted it
    decision: Decision | None = None  # None: it writes its verdict
    cascade: Cascade | None = None  # None: it is one judge


@dataclass(frozen=True)
class Figure:
    """A value with its 95 % interval; None with the reason where it is not defined."""

    value: float | None
    low: float | None = None
    high: float | None = None
    why: str = ""
    n: int | None = field(default=None, compare=False)  # of how many it is, where it is a share or of pairs
