"""Batch files: a line for each trace of a run, whose body is letter by letter what a call of that run sends.

Written as a stream and split where a service's limits are. Knows no service.
"""

import re
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lib.engine.runner import address_of
from lib.models import llm, transport
from lib.models.batches import BYTES, REQUESTS, URL
from lib.models.habits import Habits
from lib.prompting import judge, pictures
from lib.records import BATCH_SHARE, PAUSED, QUEUED, RESUMABLE, Run, Spent, Trace, UsageError, Verdict
from lib.records.words import counted
from lib.store import Store, endpoint_habits, prices, private
from lib.store.dataset import traces
from lib.store.judge import caps, judges, runs
from lib.store.judge.leaving import batches
from lib.store.judge.leaving.batches import FILES, OPEN, SENT, BatchFile

_ID = re.compile(r"plumbline-(?P<mark>[0-9a-f]{8})-run-(?P<run>\d{1,18})-trace-(?P<trace>\d{1,18})")
TOKENS_OF_A_REPLY = 150  # expected, where a cap bounds tokens or money before any reply has come


@dataclass(frozen=True)
class Limits:
    """How much a file may hold; the service's own limits where nobody says otherwise."""

    requests: int = REQUESTS
    bytes: int = BYTES


def custom_id(mark: str, run: int, trace: int) -> str:
    """The id of a request: of which file of ours, which run, which trace by its row number; nothing of its text."""
    return f"plumbline-{mark}-run-{run}-trace-{trace}"


def parts_of(found: Any) -> tuple[str, int, int] | None:
    """(mark, run, trace) of an id; None for one that is not ours."""
    match = _ID.fullmatch(found) if isinstance(found, str) else None
    return (match["mark"], int(match["run"]), int(match["trace"])) if match else None


class Lines:
    """What is the same for all requests of a run, made ready once."""

    def __init__(self, store: Store, run: Run) -> None:
        """LlmError where the prompt version names a parameter that nobody may choose."""
        self.run, self._mark = run, batches.mark(store, run.id)
        self._as_before = run.fence == "random"
        self._prompt = judge.Prompt(judges.prompt_by_key(store, run.prompt), run.question, run.criteria,
                                    whole=self._as_before)
        known = endpoint_habits.of(store, address_of(run.endpoint)).get(run.model)
        self.habits = Habits.of(known) if known else Habits()
        batches.ask_in(store, run.id, self.habits.format)
        self._parameters = self.habits.applied(pictures.sent(self._prompt.version.parameters))

    def messages(self, trace: Trace) -> list[dict[str, Any]]:
        """The messages of a call for this trace."""
        prompt = self._prompt.without(trace) if self.run.leave_one_out else self._prompt
        return prompt.messages(trace, secrets.token_hex(8) if self._as_before else None)

    def body(self, messages: list[dict[str, Any]]) -> bytes:
        """The body of a call with these messages, as it goes over the wire."""
        return transport.encoded(llm.body(messages, self.run.model, self._parameters, self.habits.format,
                                          judge.REPLY_SCHEMA))

    def line(self, trace: Trace, messages: list[dict[str, Any]]) -> bytes:
        """One request as a line of a file."""
        head = f'{{"custom_id": "{custom_id(self._mark, self.run.id, trace.key)}", "method": "POST", "url": "{URL}", '
        return head.encode() + b'"body": ' + self.body(messages) + b"}\n"


@dataclass
class Allowed:
    """What a run's caps leave for requests that are not sent yet; each bounds what is written."""

    calls: float
    tokens: float
    cost: float
    price: tuple[float, float]
    reached: str = ""

    def take(self, prompt: int) -> bool:
        """Whether one request more, of about so many tokens, may be written."""
        cost = (prompt * self.price[0] + TOKENS_OF_A_REPLY * self.price[1]) / 1_000_000
        self.calls, self.tokens, self.cost = self.calls - 1, self.tokens - prompt - TOKENS_OF_A_REPLY, self.cost - cost
        for left, name in ((self.calls, "calls"), (self.tokens, "tokens"), (self.cost, "cost")):
            if left < 0:
                self.reached = name
        return not self.reached


@dataclass
class Written:
    """What went into a file: row numbers, bytes, expected tokens; and traces whose request is larger than any file."""

    keys: list[int] = field(default_factory=list)
    bytes: int = 0
    tokens: int = 0
    too_large: list[int] = field(default_factory=list)


def allowed(store: Store, run: Run) -> Allowed:
    """What the caps of a run leave: calls exactly, tokens and money by what is expected of those under way."""
    bound, spent, under_way = (caps.of(store, run.id), caps.spent(store, run.id), batches.waiting(store, run.id))
    price = prices.every(store).get(run.model, (0.0, 0.0))
    whole = spent.plus(under_way)
    endless = float("inf")
    return Allowed(endless if bound.calls is None else bound.calls - whole.calls,
                   endless if bound.tokens is None else bound.tokens - whole.prompt_tokens - whole.completion_tokens,
                   endless if bound.cost is None else bound.cost - whole.cost(price),
                   (price[0] * BATCH_SHARE, price[1] * BATCH_SHARE))


def write(path: Path, lines: Lines, rows: Iterable[Any], limits: Limits, room: Allowed | None = None) -> Written:
    """Writes requests for these rows of traces into a file until one does not fit any more."""
    made = Written()
    private.make(path)
    with path.open("wb") as file:
        for row in rows:
            trace = traces.whole(row)
            messages = lines.messages(trace)
            line, tokens = lines.line(trace, messages), judge.estimate_tokens(messages)
            if len(line) > limits.bytes:
                made.too_large.append(trace.key)
                continue
            full = made.bytes + len(line) > limits.bytes or len(made.keys) == limits.requests
            if full or (room is not None and not room.take(tokens)):
                break
            file.write(line)
            made.keys.append(trace.key)
            made.bytes, made.tokens = made.bytes + len(line), made.tokens + tokens
    return made


def next_file(store: Store, lines: Lines, path: Path, limits: Limits, room: Allowed | None = None) -> BatchFile | None:
    """Writes the next file of a run and notes it; None where no trace is left, or none may be asked."""
    rows = batches.unsent(store, lines.run.id, limits.requests + 1)
    made = write(path, lines, rows, limits, room)
    batches.save(store, lines.run.id, [(key, Verdict(None, error="too_large", raw=(
        f"The request is larger than a file may be, {counted(limits.bytes, 'byte')}."))) for key in made.too_large])
    if not made.keys:
        path.unlink(missing_ok=True)
        return None
    expected = Spent(0, made.tokens, TOKENS_OF_A_REPLY * len(made.keys))
    return batches.add(store, lines.run.id, made.keys, made.bytes, expected)


def into_folder(store: Store, number: int, folder: Path, limits: Limits = Limits(),
                moved: Callable[[Path, BatchFile], None] = lambda path, file: None) -> list[Path]:
    """Writes all of a run that has no verdict into files of a folder, for a machine of one's own.

    What was written before and not read is written again. UsageError where a file of it is at the service, where
    nothing is left to ask, or where the folder holds such files already.
    """
    run = runs.get(store, number)
    _check(store, run)
    folder.mkdir(parents=True, exist_ok=True)
    if there := sorted(folder.glob(f"run-{number}-*.jsonl")):
        raise UsageError(f"{there[0]} is there already: name another folder, or take it away.")
    with store.transaction():
        batches.begin(store, number, FILES)
        for file in batches.files(store, number):
            if file.status in OPEN:
                batches.move(store, file, batches.FREED, message="written again")
    return _files(store, run, folder, limits, moved)


def _files(store: Store, run: Run, folder: Path, limits: Limits,
           moved: Callable[[Path, BatchFile], None]) -> list[Path]:
    lines, made, room = Lines(store, run), [], allowed(store, run)
    while not room.reached:
        path = folder / f"run-{run.id}-{len(made) + 1:04}.jsonl"
        if (file := next_file(store, lines, path, limits, room)) is None:
            break
        made.append(path)
        moved(path, file)
    if not made:
        raise UsageError(f"Run {run.id} has nothing left to ask." if not room.reached else
                         f"The cap on {room.reached} leaves no request: raise it with 'resume {run.id}'.")
    runs.set_status(store, run.id, PAUSED, f"{counted(len(made), 'batch file')} written: run them where you like, "
                    f"then bring the replies back with 'batch read {run.id} FILE'.", only_from=(QUEUED, *RESUMABLE))
    return made


def _check(store: Store, run: Run) -> None:
    if run.prompt is None:
        raise UsageError(f"Run {run.id} was recorded elsewhere: there is nothing to ask.")
    if run.status not in (QUEUED, *RESUMABLE):
        raise UsageError(f"Run {run.id} is {run.status}: files are written of a run that waits or was stopped.")
    if any(file.status == SENT for file in batches.files(store, run.id)):
        raise UsageError(f"A file of run {run.id} is at the service: 'resume {run.id}' waits for it, and "
                         f"'batch cancel {run.id}' ends it.")
