"""Phoenix, MLflow, Langfuse and LangSmith on loopback: each with a few traces, in the shapes that they answer with.

The first two were seen running (versions in tests/sources/requirements.txt), the others by their published interface.
"""

import base64
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

START = "2026-03-01T10:00:{second:02d}+00:00"


@dataclass
class Call:
    """One request as it came."""

    method: str
    path: str
    words: list[tuple[str, str]]
    headers: dict[str, str]
    body: Any

    def word(self, name: str, default: str = "") -> str:
        """The first word of this name in the address."""
        return next((value for key, value in self.words if key == name), default)

    def all(self, name: str) -> list[str]:
        """Every one."""
        return [value for key, value in self.words if key == name]


@dataclass
class Refusal:
    """An answer that is no success; it takes the place of the next so many."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    times: int = 1


class Platform:
    """A server of one kind; `calls` came, `said` is what was pushed, `refusals` are answered first."""

    def __init__(self, kind: str, traces: int = 7) -> None:
        """Listens at once."""
        self.kind, self.count, self.calls, self.refusals = kind, traces, [], []
        self.said: dict[str, dict[str, Any]] = {}
        self.changed: dict[int, str] = {}  # number of a trace -> what it answers now
        self.late: Callable[[Call], None] = lambda call: None
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        """Listens no more."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, call: Call) -> tuple[int, Any, dict[str, str]]:
        """(status, JSON, headers)."""
        self.calls.append(call)
        self.late(call)
        if self.refusals:
            refusal = self.refusals[0]
            refusal.times -= 1
            self.refusals[:] = [one for one in self.refusals if one.times > 0]
            said = {"detail": f"no, with {call.headers.get('authorization', 'no key')}"}  # as an unkind server does
            return refusal.status, said, refusal.headers
        found = {"phoenix": _phoenix, "mlflow": _mlflow, "langfuse": _langfuse, "langsmith": _langsmith}[self.kind](
            self, call)
        return (404, {"detail": "not found"}, {}) if found is None else (200, found, {})

    def output(self, number: int) -> str:
        """What a trace answers."""
        return self.changed.get(number, f"answer {number}")

    def page(self, call_limit: int, start: int) -> tuple[range, int]:
        """(numbers of traces on a page, where the next begins; 0 after the last)."""
        last = min(self.count, start + call_limit)
        return range(start, last), last if last < self.count else 0


def _handler(platform: Platform) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            parts = urlsplit(self.path)
            data = self.rfile.read(int(self.headers.get("content-length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, body, more = platform.answer(Call(self.command, parts.path, parse_qsl(parts.query), headers,
                                                      json.loads(data) if data else None))
            sent = json.dumps(body).encode()
            self.send_response(status)
            for name, value in {"Content-Length": str(len(sent)), "Content-Type": "application/json", **more}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(sent)

        do_GET = do_POST = do_PATCH = _any

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    return Handler


def moment(number: int) -> str:
    """When a trace began."""
    return START.format(second=number)


# Trace 0 got a person's fail with a remark, trace 1 a machine's pass; what people said under another name stands there.
def _phoenix(platform: Platform, call: Call) -> Any:
    if call.path == "/v1/projects":
        return {"data": [{"name": "shop", "id": "UDox"}], "next_cursor": None}
    if call.path == "/v1/projects/shop":
        return {"data": {"name": "shop", "id": "UDox"}}
    if call.path == "/v1/projects/UDox/traces":
        since = call.word("start_time")
        first = next((n for n in range(platform.count) if moment(n) >= since), platform.count) if since else 0
        numbers, more = platform.page(min(3, int(call.word("limit"))), int(call.word("cursor") or first))
        return {"data": [{"trace_id": f"{n:032x}", "start_time": moment(n)} for n in numbers],
                "next_cursor": str(more) if more else None}
    if call.path == "/v1/projects/UDox/spans":
        return {"data": [span for id in call.all("trace_id") for span in _spans(platform, int(id, 16))],
                "next_cursor": None}
    if call.path == "/v1/projects/UDox/span_annotations":
        assert call.all("span_ids")
        return {"data": [one for one in (*_annotations(), *platform.said.values())
                         if one["span_id"] in call.all("span_ids")], "next_cursor": None}
    if call.path == "/v1/projects/UDox/trace_annotations":
        return {"data": [], "next_cursor": None}
    if (call.method, call.path) == ("POST", "/v1/span_annotations"):
        assert call.word("sync") == "true"
        for one in call.body["data"]:
            platform.said[f"{one['name']} {one['span_id']} {one['identifier']}"] = one
        return {"data": [{"id": f"A{n}"} for n, _ in enumerate(call.body["data"])]}
    return None


def _spans(platform: Platform, n: int) -> list[dict[str, Any]]:
    about = {"start_time": moment(n), "end_time": moment(n), "status_code": "OK", "status_message": "", "events": []}
    return [{"name": "chain", "context": {"trace_id": f"{n:032x}", "span_id": f"{n:016x}"}, "span_kind": "CHAIN",
             "parent_id": None, "attributes": {"input.value": f"question {n}?", "output.value": platform.output(n),
                                               "openinference.span.kind": "CHAIN"}, **about},
            {"name": "llm", "context": {"trace_id": f"{n:032x}", "span_id": f"f{n:015x}"}, "span_kind": "LLM",
             "parent_id": f"{n:016x}", "attributes": {"input.value": f"question {n}?", "llm.model_name": "m",
                                                      "output.value": platform.output(n),
                                                      "openinference.span.kind": "LLM"}, **about}]


def _annotations() -> list[dict[str, Any]]:
    made = [(0, "correct", "HUMAN", "fail", "wrong day"), (1, "quality", "LLM", "pass", "fits"),
            (0, "tone", "HUMAN", "pass", "kind")]
    return [{"id": str(place), "span_id": f"{n:016x}", "name": name, "annotator_kind": kind, "identifier": "",
             "created_at": moment(9), "result": {"label": word, "score": None, "explanation": why}, "metadata": {}}
            for place, (n, name, kind, word, why) in enumerate((*made, (2, "correct", "HUMAN", "pass", "")))]


def _mlflow(platform: Platform, call: Call) -> Any:
    if call.path == "/api/2.0/mlflow/experiments/get-by-name":
        return {"experiment": {"experiment_id": "7"}} if call.word("experiment_name") == "shop" else None
    traces = "/api/3.0/mlflow/traces"
    if call.path == f"{traces}/search":
        assert call.headers["content-type"] == "application/json"
        start = int(call.body.get("page_token") or 0)
        numbers, more = platform.page(min(3, call.body["max_results"]), start)
        return {"traces": [_info(platform, n) for n in numbers], **({"next_page_token": str(more)} if more else {})}
    if call.path == f"{traces}/batchGet":
        return {"traces": [{"trace_info": {"trace_id": id}, "spans": _typed(platform, int(id[3:]))}
                           for id in call.all("trace_ids")]}
    if call.method == "GET":
        return {"trace": {"trace_info": _info(platform, int(call.path.rsplit("-", 1)[1]))}}
    body = call.body["assessment"]
    if call.method == "PATCH":
        known = platform.said.get(call.path.rsplit("/", 1)[1])
        assert call.body["update_mask"]
        return None if known is None else {"assessment": known.update(body) or known}
    id = f"a-{len(platform.said)}"
    platform.said[id] = {**body, "assessment_id": id}
    return {"assessment": platform.said[id]}


def _info(platform: Platform, n: int) -> dict[str, Any]:
    people = [("correct", "HUMAN", "ann@x.org", False, "wrong day")] if n == 0 else []
    people += [("quality", "LLM_JUDGE", "gpt", True, "fits")] if n == 1 else []
    theirs = [{"assessment_id": f"t-{n}", "assessment_name": name, "create_time": "2026-03-01T10:00:09Z",
               "source": {"source_type": kind, "source_id": who}, "feedback": {"value": value}, "rationale": why,
               "valid": True} for name, kind, who, value, why in people]
    ours = [one for one in platform.said.values() if one["trace_id"] == f"tr-{n}"]
    return {"trace_id": f"tr-{n}", "request_time": moment(n), "state": "OK", "trace_metadata": {}, "tags": {},
            "execution_duration": "0.1s", **({"assessments": [*theirs, *ours]} if theirs or ours else {})}


def _typed(platform: Platform, n: int) -> list[dict[str, Any]]:
    def pair(key: str, kind: str, value: Any) -> dict[str, Any]:
        return {"key": key, "value": {kind: value}}

    asked = {"values": [pair("q", "string_value", f"question {n}?")]}
    return [{"trace_id": base64.b64encode(n.to_bytes(16)).decode(), "span_id": base64.b64encode(n.to_bytes(8)).decode(),
             "name": "agent", "start_time_unix_nano": 1_772_000_000_000_000_000, "status": {"code": "STATUS_CODE_OK"},
             "end_time_unix_nano": 1_772_000_001_000_000_000,
             "attributes": [pair("mlflow.spanType", "string_value", "AGENT"),
                            pair("mlflow.spanInputs", "kvlist_value", asked),
                            pair("mlflow.spanLogLevel", "int_value", "10"),
                            pair("mlflow.spanOutputs", "string_value", platform.output(n))]}]


def _langfuse(platform: Platform, call: Call) -> Any:
    if call.path == "/api/public/projects":
        return {"data": [{"id": "p1", "name": "shop"}]}
    if call.path == "/api/public/traces":
        size, page = 3, int(call.word("page"))
        numbers, _ = platform.page(size, (page - 1) * size)
        return {"data": [{"id": f"lf-{n}", "timestamp": moment(n)} for n in numbers],
                "meta": {"page": page, "limit": size, "totalItems": platform.count,
                         "totalPages": -(-platform.count // size)}}
    if call.path.startswith("/api/public/traces/"):
        return _langfuse_trace(platform, int(call.path.rsplit("-", 1)[1]))
    platform.said[call.body["id"]] = call.body
    return {"id": call.body["id"]}


def _langfuse_trace(platform: Platform, n: int) -> dict[str, Any]:
    said = [("correct", "ANNOTATION", 0, "wrong day", "ann")] if n == 0 else []
    said += [("quality", "EVAL", 1, "fits", None)] if n == 1 else []
    return {"id": f"lf-{n}", "timestamp": moment(n), "name": "chat", "input": f"question {n}?",
            "output": platform.output(n), "htmlPath": f"/project/p1/traces/lf-{n}", "projectId": "p1", "tags": [],
            "public": False, "bookmarked": False, "observations": [],
            "scores": [*({"id": f"s-{n}", "traceId": f"lf-{n}", "name": name, "source": source, "value": value,
                          "dataType": "BOOLEAN", "comment": why, "authorUserId": who, "timestamp": moment(9)}
                         for name, source, value, why, who in said),
                       *({**one, "source": "API", "stringValue": one["value"], "timestamp": moment(9)}
                         for one in platform.said.values() if one["traceId"] == f"lf-{n}")]}


def _langsmith(platform: Platform, call: Call) -> Any:
    if call.path == "/api/v1/sessions":
        return [{"id": "s1", "name": "shop", "tenant_id": "o1"}] if call.word("name") == "shop" else []
    if call.path == "/api/v1/runs/query" and call.body.get("is_root"):
        numbers, more = platform.page(3, int(call.body.get("cursor") or 0))
        return {"runs": [_run(platform, n) for n in numbers], "cursors": {"next": str(more) if more else None}}
    if call.path == "/api/v1/runs/query":
        return {"runs": [_run(platform, int(call.body["trace"][3:]))], "cursors": {"next": None}}
    if (call.method, call.path) == ("GET", "/api/v1/feedback"):
        every = [one for id in call.all("run") for one in _given(platform, id)]
        return every[int(call.word("offset")):][:int(call.word("limit"))]
    if call.method == "PATCH":
        known = platform.said.get(call.path.rsplit("/", 1)[1])
        return None if known is None else (known.update(call.body) or known)
    assert call.body["id"] not in platform.said
    platform.said[call.body["id"]] = call.body
    return call.body


def _run(platform: Platform, n: int) -> dict[str, Any]:
    return {"id": f"ls-{n}", "trace_id": f"ls-{n}", "parent_run_id": None, "name": "chat", "run_type": "chain",
            "start_time": moment(n), "end_time": moment(n), "inputs": {"question": f"question {n}?"},
            "outputs": {"output": platform.output(n)}, "error": None, "extra": {}, "tags": []}


def _given(platform: Platform, id: str) -> list[dict[str, Any]]:
    theirs = {"ls-0": ("correct", "app", 0, "wrong day"), "ls-1": ("quality", "model", 1, "fits")}.get(id)
    made = [] if theirs is None else [{
        "id": f"f-{id}", "run_id": id, "key": theirs[0], "score": theirs[2], "value": None, "comment": theirs[3],
        "feedback_source": {"type": theirs[1], "user_name": "ann"}, "created_at": moment(9)}]
    return [*made, *({**one, "created_at": moment(9)} for one in platform.said.values() if one["run_id"] == id)]


@pytest.fixture
def platforms() -> Iterator[Callable[..., Platform]]:
    """Makes a platform on loopback."""
    made: list[Platform] = []

    def make(kind: str, traces: int = 7) -> Platform:
        made.append(Platform(kind, traces))
        return made[-1]

    yield make
    for one in made:
        one.close()
