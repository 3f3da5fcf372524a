"""What every kind of source can be asked: which traces there are, whole traces, and to take notes of ours.

Rows come in the shape that the kind's file has, so that the reader of files understands them.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from lib.systems.sources.calls import Door, Headers

OURS = "plumbline"  # how the names and identifiers begin of all that we push
Found = dict[str, Any]


@dataclass(frozen=True)
class Place:
    """A project there: its id, and the address of a trace's page with {trace} in it ("" where there is none)."""

    id: str
    link: str = ""


@dataclass(frozen=True)
class Asked:
    """Which traces are wanted: from this moment on (ISO 8601), and by a filter in the source's own words."""

    since: str = ""
    filter: str = ""


@dataclass(frozen=True)
class Head:
    """A trace as the source lists it: its id, when it began (ISO 8601), and what the listing says of it."""

    id: str
    time: str
    cells: Found = field(default_factory=dict, repr=False)


@dataclass(frozen=True)
class Heads:
    """A page of them, oldest first; `cursor` leads to the next page, "" after the last."""

    heads: list[Head]
    cursor: str


@dataclass(frozen=True)
class Note:
    """Something we say of a trace there; `identifier` is its own for good, `remote` its id there once it has one."""

    identifier: str
    trace: str  # the trace's id there
    node: str  # the span that carries it, where the source wants one
    name: str
    value: str  # pass, fail, or the name of a failure mode
    passed: bool | None  # None for what is neither
    text: str
    human: bool
    by: str  # the person, or the judge with its version
    remote: str = ""
    doubtful: bool = False  # a push broke off: it may be there already, without its id being known here


@dataclass(frozen=True)
class Whole:
    """A trace with all that belongs to it."""

    id: str
    rows: list[Found] = field(repr=False)  # lines of the kind's file
    said: list[list[Found]] = field(repr=False)  # the lists in them of what people and machines said, to be sifted
    node: str = ""  # the span that carries what is pushed, where the source wants one


@dataclass(frozen=True)
class Feedback:
    """What of a piece of feedback there is what."""

    name: Callable[[Found], str]
    person: Callable[[Found], bool]
    ours: Callable[[Found], bool]


@dataclass(frozen=True)
class Kind:
    """A row of SOURCES."""

    name: str
    title: str
    reader: str  # a row of READERS
    keys: tuple[int, ...]  # how many keys it takes
    keys_are: str  # in words
    headers: Headers
    find: Callable[[Door, str], Awaitable[Place]]  # UsageError where there is no such project
    heads: Callable[[Door, Place, Asked, str], AsyncIterator[Heads]]  # from a cursor on
    whole: Callable[[Door, Place, Sequence[Head]], Awaitable[list[Whole]]]
    feedback: Feedback
    push: Callable[[Door, Place, Sequence[Note]], Awaitable[dict[str, str]]]  # identifier -> its id there
    at_once: int = 100  # traces asked for in one go
    notes_at_once: int = 100
