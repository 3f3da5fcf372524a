"""Replies out of batch files: OpenAI's output and error files and vLLM's one file, line by line into verdicts.

A reply is read as one that came in a call; every line that gives none is an error of a named kind, or counted and said.
"""

import gzip
import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lib.models import chat_completion, failures, llm
from lib.models.failures import Called
from lib.models.replies import LlmError
from lib.models.transport import Answered
from lib.prompting import reading
from lib.prompting.wording import sections
from lib.records import DONE, RESUMABLE, RUNNING, DataError, Run, UsageError, Verdict
from lib.records.words import counted
from lib.store import Store
from lib.store.dataset import traces
from lib.store.judge import runs
from lib.store.judge.leaving import batches
from lib.workflow.judge.batches.writing import parts_of

__all__ = ["Came", "Reader", "into_run"]
SLICE = 2_000  # replies of one commit: whoever else saves waits for no more
_LONGEST, _NAMED = 50_000_000, 10  # bytes of a line; line numbers that are said
_OF_A_BATCH = {"batch_expired": "batch_expired", "batch_cancelled": "batch_cancelled",
               "batch_canceled": "batch_cancelled", "request_timeout": "timeout"}
_GZIP = b"\x1f\x8b"
_Line = tuple[int, dict[str, Any], str]  # row number of the trace, the line as read, and as it came


@dataclass
class Came:
    """What reading has brought: verdicts and errors that are new, and lines that gave none, by why."""

    verdicts: int = 0
    errors: dict[str, int] = field(default_factory=dict)  # kind -> lines
    there: int = 0  # had a verdict already
    twice: int = 0  # of a trace that an earlier line of the same reading is of
    foreign: int = 0  # of another run, or of no run of ours
    unknown: int = 0  # of this run, and of no trace of it
    broken: int = 0
    broken_lines: list[int] = field(default_factory=list)  # the first of them

    @property
    def words(self) -> str:
        """All of it in a sentence; what there is none of is not said, but for the verdicts."""
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(self.errors.items(), key=lambda one: -one[1]))
        said = [counted(self.verdicts, "verdict")]
        said += [f"{counted(sum(self.errors.values()), 'error')} ({kinds})"] if self.errors else []
        said += [f"{counted(n, 'line')} {why}" for n, why in (
            (self.there, "stored before"), (self.twice, "there twice"), (self.foreign, "of another run"),
            (self.unknown, "of no trace of this run")) if n]
        where = ", ".join(f"{line:,}" for line in self.broken_lines)
        more = ", …" if self.broken > len(self.broken_lines) else ""
        said += [f"{counted(self.broken, 'line')} that cannot be read ({where}{more})"] if self.broken else []
        return ", ".join(said)


class _Requests(Exception):
    """What is read was sent, and did not come back."""


class Reader:
    """Reads lines into a run's verdicts, in slices; one reader for one file, so that a line twice is noticed."""

    def __init__(self, store: Store, run: Run, moved: Callable[[], None] = lambda: None,
                 pause: Callable[[], None] = lambda: None) -> None:
        """`moved` is called for each new verdict or error, `pause` after each commit."""
        self._store, self._run, self._moved, self._pause = store, run, moved, pause
        self._mark, self.came, self._seen = batches.mark(store, run.id), Came(), _Seen()
        endpoint = llm.environment_endpoint()
        self._called = Called(endpoint.base_url if endpoint else "", *(
            (endpoint.key_name, endpoint.url_name) if endpoint else llm.NAMED[::-1]), run.model)
        self._scrub, self._format = llm.scrubber(), batches.format_of(store, run.id)

    def read(self, lines: Iterable[bytes]) -> Came:
        """Reads all of them; what was stored before a fault stays stored."""
        found: list[_Line] = []
        try:
            for number, line in enumerate(lines, 1):
                if line.strip() and (one := self._one(number, line)) is not None:
                    found.append(one)
                if len(found) == SLICE:
                    self._store_slice(found)
                    found = []
        finally:
            self._store_slice(found)
        return self.came

    def _store_slice(self, lines: list[_Line]) -> None:
        if not lines:
            return
        keys = [key for key, _, _ in lines]
        texts = {row["id"]: row for row in batches.may_hold_verdicts(self._store, keys)}
        found = [(key, self._verdict(line, text, texts.get(key))) for key, line, text in lines]
        stored = batches.save(self._store, self._run.id, found)
        self.came.unknown += stored.unknown
        self.came.there += len(stored.there)
        for key, verdict in found:
            if key in stored.new:
                self._count(verdict)
                self._moved()
        self._pause()

    def _count(self, verdict: Verdict) -> None:
        if verdict.error is None:
            self.came.verdicts += 1
        else:
            self.came.errors[verdict.error] = self.came.errors.get(verdict.error, 0) + 1

    def _one(self, number: int, line: bytes) -> _Line | None:
        """The trace that a line is of, and the line; None for one that is counted instead."""
        text = line.decode("utf-8", "replace")
        try:
            found = json.loads(text)
            named = found["custom_id"]
        except (ValueError, LookupError, TypeError, RecursionError):
            self.came.broken += 1
            if len(self.came.broken_lines) < _NAMED:
                self.came.broken_lines.append(number)
            return None
        if "body" in found and "response" not in found:
            raise _Requests
        parts = parts_of(named)
        if parts is None or parts[:2] != (self._mark, self._run.id):
            self.came.foreign += 1
            return None
        if self._seen.twice(parts[2]):
            self.came.twice += 1
            return None
        return parts[2], found, text

    def _verdict(self, found: dict[str, Any], text: str, row: Any) -> Verdict:
        # Once for the whole line: where nothing of it is secret, no part of it is.
        scrub = str if self._scrub is str or self._scrub(text) == text else self._scrub
        try:
            reply = chat_completion.of_body(_body(found, self._called, scrub), text, scrub, self._called,
                                            None, self._format, whole=False)
            return reading.verdict(reply, quoted=lambda: _told(row))
        except LlmError as error:
            said = scrub(str(error))
            raw = scrub(error.raw)
            return Verdict(None, error=error.kind, raw=said if raw in said else f"{said} {raw}")


class _Seen:
    """Which traces were read: a bit for each row number, so that a million take an eighth of a megabyte."""

    def __init__(self) -> None:
        self._bits = bytearray()
        self._far: set[int] = set()  # row numbers that no table of ours has reached, as a made-up line may name

    def twice(self, key: int) -> bool:
        """Notes a trace; whether it was noted before."""
        place, bit = key >> 3, 1 << (key & 7)
        if place > 1 << 24:
            had = key in self._far
            self._far.add(key)
            return had
        if place >= len(self._bits):
            self._bits.extend(bytes(place + 1 - len(self._bits) + len(self._bits) // 2))
        had = bool(self._bits[place] & bit)
        self._bits[place] |= bit
        return had


def _told(row: Any) -> str:
    """What the trace of a row is told as; "" for one that holds no verdict."""
    return "\n".join(sections(traces.whole(row)).values()) if row is not None else ""


def _body(found: dict[str, Any], called: Called, scrub: Callable[[str], str]) -> Any:
    """The chat completion of a line; LlmError where it holds an error, in the shape of OpenAI or of vLLM."""
    response, error = found.get("response"), found.get("error")
    response = response if isinstance(response, dict) else {}
    # vLLM of earlier days wrote the completion itself in the place of the response.
    body = response if "choices" in response else response.get("body")
    status = response.get("status_code")
    status = status if isinstance(status, int) and not isinstance(status, bool) else None
    if body and not error and status in (None, 200):
        return body
    raise _failure(error, body, status, called, scrub)


def _failure(error: Any, body: Any, status: int | None, called: Called, scrub: Callable[[str], str]) -> LlmError:
    reason = error or body
    code = str(error.get("code") or "") if isinstance(error, dict) else ""
    if code in _OF_A_BATCH:
        said = failures.said(json.dumps(error)).message
        return LlmError(_OF_A_BATCH[code], f"The service did not execute the request. ({scrub(said)})")
    if status not in (None, 200):
        return failures.of_answer(Answered(status, json.dumps(reason, ensure_ascii=False)), called)
    if reason:
        return failures.inside(reason, called)
    return LlmError("batch_missing", "The line of the request holds neither a reply nor an error.")


def into_run(store: Store, number: int, paths: list[Path], moved: Callable[[], None] = lambda: None) -> list[Came]:
    """Reads files, gzip'd ones too, into a run's verdicts; reading one twice adds nothing.

    A run whose traces all have a verdict or an error is done. UsageError for a run that was never written into files
    or goes on, DataError for a file that cannot be read.
    """
    run = runs.get(store, number)
    if not batches.mark(store, number):
        raise UsageError(f"Run {number} was never written into batch files: 'batch write {number} FOLDER' does that.")
    if run.status == RUNNING:
        raise UsageError(f"Run {number} goes on: wait for its end, or cancel it, then read.")
    made = []
    for path in paths:
        with _opened(path) as lines:
            made.append(_read(Reader(store, run, moved), path, lines))
    _end(store, number)
    return made


def _read(reader: Reader, path: Path, lines: Iterator[bytes]) -> Came:
    what = "name the file that the service or 'vllm run-batch' wrote for this run."
    try:
        came = reader.read(lines)
    except _Requests:
        raise DataError(f"{path} holds requests as they were sent and no replies: {what}") from None
    if came.broken and came == Came(broken=came.broken, broken_lines=came.broken_lines):
        raise DataError(f"{path} is no file of replies, none of its lines can be read: {what}")
    return came


def _end(store: Store, number: int) -> None:
    """A file all of whose traces have come is read; a run without a trace left is done."""
    with store.transaction():
        for file in batches.files(store, number):
            if file.status == batches.WRITTEN and not batches.missing(store, file.id):
                batches.move(store, file, batches.READ)
        found = runs.get(store, number)
        if found.done == found.total:
            runs.set_status(store, number, DONE, only_from=RESUMABLE)


@contextmanager
def _opened(path: Path) -> Iterator[Iterator[bytes]]:
    try:
        with path.open("rb") as plain:
            zipped = plain.read(2) == _GZIP
            plain.seek(0)
            with gzip.open(plain) if zipped else plain as file:
                yield _lines(path, file)
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror or error}.") from None


def _lines(path: Path, file: Any) -> Iterator[bytes]:
    try:
        while line := file.readline(_LONGEST):
            yield line
    except (EOFError, gzip.zlib.error):
        raise DataError(f"{path} breaks off: what stood before is stored; fetch the file again and read it whole, "
                        "which adds only the rest.") from None
