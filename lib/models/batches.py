"""Door 1 for batches: a file of requests goes up, a batch is made of it, looked at, cancelled, and its files come back.

Speaks through `files` and `batches` of the openai client and reads what comes as plain JSON: services differ by what
they answer, never by their address. Nothing is tried twice here, for making a batch twice is paid twice.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lib.models import failures, llm
from lib.models.failures import Called
from lib.models.llm import Endpoint
from lib.models.replies import LlmError
from lib.models.transport import Answered

URL = "/v1/chat/completions"
WINDOW = "24h"
REQUESTS, BYTES = 50_000, 200_000_000  # of a file: what OpenAI, Azure and Groq take at most
TIMEOUT = 120.0  # seconds for an answer; of an upload and a download between two pieces of it
ENDED = ("completed", "failed", "expired", "cancelled")
TOO_LARGE, UNKNOWN = "too_large", "no_batches"
_PAGE = 100
_RAW = "x-stainless-raw-response"


@dataclass(frozen=True)
class Batch:
    """A batch as the service tells of it; '' and 0 where it says nothing."""

    id: str
    status: str
    file: str = ""
    output: str = ""
    errors: str = ""
    total: int = 0
    completed: int = 0
    failed: int = 0
    code: str = ""  # of the first reason why it failed as a whole
    reason: str = ""
    created_at: float = 0.0
    about: str = ""  # what we have noted on it

    @property
    def ended(self) -> bool:
        """Whether nothing more will come of it."""
        return self.status in ENDED


class Service:
    """The files and batches of one endpoint; every method raises an LlmError of a named kind."""

    def __init__(self, endpoint: Endpoint, client: Any) -> None:
        """`client` is that of the openai package."""
        self._endpoint, self._client = endpoint, client

    def upload(self, path: Path, name: str) -> str:
        """Sends a file under this name, read as it goes; returns what the service calls it."""
        with path.open("rb") as file:
            found = self._read(lambda: self._client.files.with_raw_response.create(
                file=(name, file, "application/jsonl"), purpose="batch"))
        if not found.get("id"):
            raise LlmError("unreadable", "The service took the file and did not say what it calls it.")
        return str(found["id"])

    def uploaded(self, name: str) -> str:
        """What the service calls a file that was uploaded under this name; '' where it has none, or lists none."""
        with suppress(LlmError):
            for one in self._pages(self._client.files.with_raw_response.list, purpose="batch"):
                if one.get("filename") == name and one.get("id"):
                    return str(one["id"])
        return ""

    def start(self, file: str, about: str) -> Batch:
        """Makes a batch of an uploaded file, with a note by which it is found again."""
        return _batch(self._read(lambda: self._client.batches.with_raw_response.create(
            input_file_id=file, endpoint=URL, completion_window=WINDOW, metadata={"plumbline": about})))

    def started(self, file: str, about: str, since: float) -> Batch | None:
        """The batch that was made of a file, if there is one; `since`, in seconds of 1970, bounds the search.

        LlmError of the kind `no_batches` where the service lists none: then nobody can tell.
        """
        for found in map(_batch, self._pages(self._client.batches.with_raw_response.list)):
            if found.file == file or found.about == about:
                return found
            if found.created_at and found.created_at < since:
                return None
        return None

    def look(self, batch: str) -> Batch:
        """How a batch stands."""
        return _batch(self._read(lambda: self._client.batches.with_raw_response.retrieve(batch)))

    def cancel(self, batch: str) -> Batch:
        """Asks the service to end a batch; what it has done by then comes all the same."""
        return _batch(self._read(lambda: self._client.batches.with_raw_response.cancel(batch)))

    def lines(self, file: str) -> Iterator[bytes]:
        """The lines of a file, as they come over the wire; only a line feed ends one."""
        rest = b""
        with _failing(self._endpoint), self._client.files.with_streaming_response.content(file) as answer:
            for piece in answer.iter_bytes(1 << 16):
                *whole, rest = (rest + piece).split(b"\n")
                yield from whole
        if rest:
            yield rest

    def _pages(self, listed: Callable[..., Any], **which: str) -> Iterator[dict[str, Any]]:
        after: dict[str, str] = {}
        while True:
            page = self._read(lambda known=dict(after): listed(limit=_PAGE, **which, **known))
            rows = [one for one in page.get("data") or [] if isinstance(one, dict)]
            yield from rows
            last = str(rows[-1].get("id") or "") if rows else ""
            if not page.get("has_more") or not last or last == after.get("after"):
                return
            after = {"after": last}

    def _read(self, ask: Callable[[], Any]) -> dict[str, Any]:
        """What the service answers, as an object; some wrap it, some send a plain list."""
        with _failing(self._endpoint):
            text = ask().http_response.text
        try:
            found = json.loads(self._endpoint.scrub(text))
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, list):
            return {"data": found}
        if not isinstance(found, dict):
            raise LlmError(UNKNOWN, _no_batches(self._endpoint))
        return found["job"] if isinstance(found.get("job"), dict) else found


@contextmanager
def service(endpoint: Endpoint) -> Iterator[Service]:
    """The files and batches of an endpoint, for as long as the block runs."""
    import openai

    http = openai.DefaultHttpxClient(**llm.http_options(endpoint), event_hooks={"request": [_say_little],
                                                                                "response": [_remember]})
    with openai.OpenAI(base_url=endpoint.base_url, api_key=endpoint.api_key, max_retries=0, timeout=TIMEOUT,
                       http_client=http) as client:
        yield Service(endpoint, client)


def _say_little(request: Any) -> None:
    """The client notes in a header of the request whether its answer is wanted raw; no server is told that either."""
    request.extensions[_RAW] = request.headers.get(_RAW)
    llm.say_little(request)


def _remember(response: Any) -> None:
    if kept := response.request.extensions.get(_RAW):
        response.request.headers[_RAW] = kept


@contextmanager
def _failing(endpoint: Endpoint) -> Iterator[None]:
    """What goes wrong, as an LlmError."""
    import openai

    try:
        yield
    except openai.APITimeoutError:
        raise LlmError("timeout", f"No answer came within {TIMEOUT:g} s.") from None
    except openai.APIStatusError as error:
        raise _refused(endpoint, error) from None
    except openai.OpenAIError:
        raise llm.gone(endpoint) from None
    except OSError:
        raise
    except Exception as error:  # a stream that breaks off comes as an error of the client's own transport
        if not type(error).__module__.startswith("httpx"):
            raise
        raise llm.gone(endpoint) from None


def _refused(endpoint: Endpoint, error: Any) -> LlmError:
    error.response.read()  # of an answer that was to be read piece by piece
    answer = Answered(error.status_code, endpoint.scrub(error.response.text), error.response.headers)
    if error.status_code in (404, 405, 501):
        said = failures.said(answer.text).message
        return LlmError(UNKNOWN, f"{_no_batches(endpoint)} ({said})")
    if error.status_code == 413 or "too large" in answer.text.lower():
        return LlmError(TOO_LARGE, f"The service takes no file of that size. ({failures.said(answer.text).message})")
    return failures.of_answer(answer, Called(endpoint.base_url, endpoint.key_name, endpoint.url_name, ""))


def _no_batches(endpoint: Endpoint) -> str:
    return (f"{endpoint.base_url} does not answer as a service with files and batches does. Write the files with "
            "'batch write', run them where they can be run, and bring the replies back with 'batch read'.")


def _batch(found: dict[str, Any]) -> Batch:
    counts, errors = found.get("request_counts") or {}, found.get("errors") or {}
    listed = errors.get("data") if isinstance(errors, dict) else errors
    first = next((one for one in listed or [] if isinstance(one, dict)), {}) if isinstance(listed, list) else {}
    status = _word(found, "status").lower().replace("canceled", "cancelled").replace("canceling", "cancelling")
    if not _word(found, "id"):
        raise LlmError("unreadable", "The service answered without the id of a batch.")
    return Batch(_word(found, "id"), status, _word(found, "input_file_id"), _word(found, "output_file_id"),
                 _word(found, "error_file_id"), *(_count(counts, name) for name in ("total", "completed", "failed")),
                 _word(first, "code"), _word(first, "message") or (_word(found, "error")), _time(found),
                 _word(found.get("metadata") or {}, "plumbline"))


def _word(found: Any, name: str) -> str:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, str) else ""


def _count(found: Any, name: str) -> int:
    value = found.get(name) if isinstance(found, dict) else None
    return value if isinstance(value, int) and 0 <= value < 1 << 62 else 0


def _time(found: dict[str, Any]) -> float:
    value = found.get("created_at")
    return float(value) if isinstance(value, (int, float)) else 0.0
