"""A loopback service with `files` and `batches` as OpenAI's reference says: real HTTP, failures by plan, a ledger.

A batch is executed when it is looked at, unless `held`; each line is answered by `plan`, as a call is.
"""

import hashlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from tests.support.endpoint import Answer, default_plan, error


def expired(_: dict[str, Any]) -> Answer:
    """What a line is that the completion window was too short for."""
    return Answer(0, {"code": "batch_expired", "message": "This request could not be executed before the completion "
                      "window expired."})


def by_share(failed: float, late: float, plan: Callable[[dict], Answer] = default_plan) -> Callable[[dict], Answer]:
    """Each line in its turn: so many of a hundred fail, so many expire, the rest is answered by the plan."""
    turn = iter(range(10**9))

    def planned(body: dict[str, Any]) -> Answer:
        place = next(turn) % 100
        if place < failed:
            return error(400, "the model could not do this one")
        return expired(body) if place < failed + late else plan(body)

    return planned


class BatchService:
    """The server: `url`, `plan`, and what it holds in `files` and `batches`; `lose` names answers that never arrive."""

    def __init__(self, port: int = 0) -> None:
        """Listens at once, on a free port where none is named."""
        self.plan: Callable[[dict], Answer] = default_plan
        self.files: dict[str, tuple[str, bytes]] = {}
        self.batches: dict[str, dict[str, Any]] = {}
        self.asked: list[str] = []  # custom ids, in the order in which they were executed
        self.calls: list[bytes] = []  # bodies of calls one by one
        self.lose: set[str] = set()  # "files", "batches": made, and the connection breaks off before the answer
        self.unlisted = False  # it lists no batches
        self.plain = False  # it has calls alone, neither files nor batches
        self.most_bytes = 200_000_000
        self.status, self.dropped, self.refuse = "completed", 0, {}  # of the next batches; lines left out; a reason
        self.held, self.moment = threading.Event(), threading.Event()
        self.held.set()  # cleared: batches stay in progress
        self.cut_outputs = 0  # so many downloads break off at half
        self._lock = threading.RLock()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), _Handler)
        self._server.daemon_threads, self._server.service = True, self
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def close(self) -> None:
        """Stops listening."""
        self._server.shutdown()
        self._server.server_close()

    def lines(self, file: str) -> list[dict[str, Any]]:
        """The lines of a file, read."""
        return [json.loads(line) for line in self.files[file][1].splitlines()]

    def add_file(self, name: str, data: bytes) -> dict[str, Any]:
        """Keeps a file under an id of its own."""
        with self._lock:
            made = f"file-{len(self.files) + 1}"
            self.files[made] = (name, data)
        return self.file(made)

    def file(self, name: str) -> dict[str, Any]:
        """A file as the reference says it."""
        return {"id": name, "object": "file", "bytes": len(self.files[name][1]), "created_at": 1_790_000_000,
                "filename": self.files[name][0], "purpose": "batch"}

    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        """A batch, in progress."""
        with self._lock:
            made = f"batch_{len(self.batches) + 1}"
            lines = self.files[body["input_file_id"]][1].count(b"\n")
            self.batches[made] = {
                "id": made, "object": "batch", "endpoint": body["endpoint"], "errors": None, "status": "in_progress",
                "input_file_id": body["input_file_id"], "completion_window": body["completion_window"],
                "output_file_id": None, "error_file_id": None, "created_at": 4_000_000_000,
                "metadata": body.get("metadata"), "request_counts": {"total": lines, "completed": 0, "failed": 0}}
            if self.refuse:
                self.batches[made] |= {"status": "failed", "errors": {"object": "list", "data": [self.refuse]}}
        return self.batches[made]

    def look(self, name: str) -> dict[str, Any]:
        """A batch as it stands; executed now unless batches are held."""
        with self._lock:
            found = self.batches[name]
            if found["status"] == "in_progress" and self.held.is_set():
                self._execute(found, self.status)
            return found

    def cancel(self, name: str) -> dict[str, Any]:
        """Half of it is done by then, the rest has lines that say it was cancelled."""
        with self._lock:
            found, plan = self.batches[name], self.plan
            turn, half = iter(range(10**9)), found["request_counts"]["total"] // 2
            self.plan = lambda body: plan(body) if next(turn) < half else Answer(0, {
                "code": "batch_cancelled", "message": "This batch was cancelled before it was executed."})
            self._execute(found, "cancelled")
            self.plan = plan
            return found | {"status": "cancelling"}

    def _execute(self, found: dict[str, Any], status: str) -> None:
        output, errors = [], []
        for line in self.lines(found["input_file_id"])[self.dropped:]:
            self.asked.append(line["custom_id"])
            answer = self.plan(line["body"])
            made = {"id": f"batch_req_{len(self.asked)}", "custom_id": line["custom_id"]}
            if answer.status == 0:
                errors.append(made | {"response": None, "error": answer.body})
                continue
            made |= {"response": {"status_code": answer.status, "request_id": "r", "body": answer.body}, "error": None}
            (output if answer.status == 200 else errors).append(made)
        for key, rows in (("output_file_id", output), ("error_file_id", errors)):
            if rows:
                found[key] = self.add_file(f"{found['id']}_{key}.jsonl", b"".join(
                    json.dumps(row).encode() + b"\n" for row in rows))["id"]
        found["status"] = status
        found["request_counts"] |= {"completed": len(output), "failed": len(errors)}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        service, path = self.server.service, self._path()
        if path == ["models"]:
            self._send({"object": "list", "data": [{"id": "test-model", "object": "model"}]})
        elif path[:1] == ["files"] and path[2:] == ["content"]:
            self._content(service.files[path[1]][1])
        elif path == ["files"]:
            self._list([service.file(name) for name in reversed(service.files)])
        elif path == ["batches"] and not service.unlisted:
            self._list(list(reversed(service.batches.values())))
        elif path[:1] == ["batches"] and path[1:]:
            self._send(service.look(path[1]))
            service.moment.set()
        else:
            self._send({"error": {"message": f"no such address: {self.path}"}}, 404)

    def do_POST(self) -> None:
        service, path = self.server.service, self._path()
        data = self.rfile.read(int(self.headers["Content-Length"])) if "Content-Length" in self.headers else b""
        if service.plain and path[0] in ("files", "batches"):
            self._send({"detail": "Not Found"}, 404)
        elif path == ["files"] and len(data) > service.most_bytes:
            self._send({"error": {"message": "The file is too large."}}, 413)
        elif path == ["files"]:
            self._made("files", service.add_file(*_uploaded(self.headers["Content-Type"], data)))
        elif path == ["batches"]:
            self._made("batches", service.create(json.loads(data)))
        elif path[:1] == ["batches"] and path[2:] == ["cancel"]:
            self._send(service.cancel(path[1]))
        else:
            service.calls.append(data)
            answer = service.plan(json.loads(data))
            self._send(answer.body, answer.status or 500)

    def _path(self) -> list[str]:
        return urlsplit(self.path).path.removeprefix("/v1/").split("/")

    def _list(self, rows: list[dict[str, Any]]) -> None:
        after = parse_qs(urlsplit(self.path).query).get("after", [""])[0]
        start = next((place + 1 for place, row in enumerate(rows) if row["id"] == after), 0)
        self._send({"object": "list", "data": rows[start:start + 2], "has_more": len(rows) > start + 2})

    def _made(self, what: str, found: dict[str, Any]) -> None:
        if what in self.server.service.lose:
            self.server.service.lose.discard(what)
            self.close_connection = True
            self.connection.close()
        else:
            self._send(found)

    def _content(self, data: bytes) -> None:
        service = self.server.service
        cut, service.cut_outputs = service.cut_outputs > 0, max(0, service.cut_outputs - 1)
        self.send_response(200)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data[:len(data) // 2] if cut else data)
        self.close_connection = cut

    def _send(self, body: Any, status: int = 200) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: Any) -> None:
        """The ledger is the log."""


def _uploaded(kind: str, data: bytes) -> tuple[str, bytes]:
    """(name, content) of the file in a form with several parts."""
    border = b"--" + kind.partition("boundary=")[2].encode()
    for part in data.split(border):
        head, _, content = part.partition(b"\r\n\r\n")
        if b"filename=" in head:
            return head.partition(b'filename="')[2].partition(b'"')[0].decode(), content.removesuffix(b"\r\n")
    raise ValueError(f"no file in {hashlib.sha256(data).hexdigest()}")
