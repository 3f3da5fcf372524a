"""`receive` as a process of its own on one project, and what is sent to it."""

import json
import os
import re
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

from lib.store import Store
from tests.support import HOUSE

JSON = "application/json"


@dataclass
class Server:
    """A process that receives, and its port."""

    process: subprocess.Popen
    port: int

    def post(self, body: bytes, content_type: str = JSON, path: str = "/v1/traces", **headers: str):
        """(status, headers, body) of a request."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request("POST", path, body, {"Content-Type": content_type} | {
                name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            connection.close()

    def ends(self) -> dict:
        """What it says at its end, told by SIGTERM to stop."""
        self.process.send_signal(signal.SIGTERM)
        out, _ = self.process.communicate(timeout=60)
        assert self.process.returncode == 0
        return json.loads(out)


@contextmanager
def receiving(store: Store, *words: str, **environment: str):
    process = subprocess.Popen(
        [sys.executable, "-m", "lib", "--db", store.path, "receive", "--port", "0", "--json", "--every", "0.2",
         "--quiet", "0", *words], cwd=HOUSE, env={**os.environ, **environment}, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    try:
        port = int(re.search(r":(\d+),", process.stderr.readline())[1])
        yield Server(process, port)
    finally:
        process.kill()
        process.communicate()


def span(trace: int, name: int, parent: int = 0, **attributes: str) -> dict:
    return {"traceId": f"{trace:032x}", "spanId": f"{name:016x}", "parentSpanId": f"{parent:016x}" if parent else "",
            "name": "chat", "kind": 1, "startTimeUnixNano": "1764547200000000000",
            "endTimeUnixNano": "1764547201000000000",
            "attributes": [{"key": key.replace("__", "."), "value": {"stringValue": value}}
                           for key, value in attributes.items()]}


def request(*spans: dict) -> bytes:
    return json.dumps({"resourceSpans": [{"resource": {"attributes": []}, "scopeSpans": [
        {"scope": {"name": "t"}, "spans": list(spans)}]}]}).encode()


def asked(trace: int, name: int = 1, **more: str) -> dict:
    return span(trace, name, input__value=f"question {trace}", output__value=f"answer {trace}",
                openinference__span__kind="CHAIN", **more)
