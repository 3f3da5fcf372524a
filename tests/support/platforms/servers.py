"""Both servers, real, on loopback with files of their own; as long as a block runs."""

import json
import os
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.error import HTTPError
from urllib.parse import quote
from urllib.request import urlopen

from tests.support import HOUSE

BIN = Path(os.environ.get("SOURCES", HOUSE / ".venv-sources")).resolve() / "bin"
HERE = HOUSE / "tests" / "sources"
PATIENCE = 900


@dataclass(frozen=True)
class Server:
    """One that answers."""

    kind: str
    url: str

    def seed(self, project: str, n: int) -> None:
        """Sends so many traces to a project."""
        own("seed.py", self.kind, self.url, project, n)
        if self.kind == "phoenix":  # it takes spans first and writes them afterwards
            self._written(project, n)

    def _written(self, project: str, n: int) -> None:
        """Until so many traces are there; counted now and then, for writing is what it is to do."""
        begun, found = monotonic(), 0
        while found < n:
            assert monotonic() - begun < PATIENCE, found
            threading.Event().wait(5)
            with suppress(HTTPError):  # the project is made with its first span
                found = self._count(f"{self.url}/v1/projects/{project}/traces?limit=1000")

    def _count(self, address: str) -> int:
        cursor, found = "", 0
        while cursor is not None:
            with urlopen(address + (f"&cursor={quote(cursor)}" if cursor else "")) as answer:
                page = json.load(answer)
            found, cursor = found + len(page["data"]), page["next_cursor"]
        return found


def own(script: str, *words: object) -> str:
    """What a script of tests/sources says that runs in the environment of the platforms."""
    done = subprocess.run([BIN / "python", HERE / script, *map(str, words)], capture_output=True, text=True,
                          timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@contextmanager
def running(kind: str, folder: Path) -> Iterator[Server]:
    """A server of this kind, with its files in the folder."""
    port, other = _free(), _free()
    places = {"PHOENIX_WORKING_DIR": str(folder), "PHOENIX_PORT": str(port), "PHOENIX_GRPC_PORT": str(other),
              "PHOENIX_HOST": "127.0.0.1", "PHOENIX_TELEMETRY_ENABLED": "false", "MLFLOW_DISABLE_TELEMETRY": "true",
              "DO_NOT_TRACK": "true"}
    words = {"phoenix": [BIN / "phoenix", "serve"],
             "mlflow": [BIN / "mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db",
                        "--artifacts-destination", folder / "artifacts", "--host", "127.0.0.1", "--port", str(port),
                        "--workers", "1"]}[kind]
    with (folder / "server.log").open("w") as log:
        process = subprocess.Popen(words, env={**os.environ, **places, "PATH": f"{BIN}:{os.environ['PATH']}"},
                                   stdout=log, stderr=log, start_new_session=True, cwd=folder)
        try:
            _wait(f"http://127.0.0.1:{port}", process, folder / "server.log")
            yield Server(kind, f"http://127.0.0.1:{port}")
        finally:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(30)


def _free() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(url: str, process: subprocess.Popen, log: Path) -> None:
    """Until it answers; what it wrote where it ends instead."""
    for _ in range(240):
        assert process.poll() is None, log.read_text()[-3000:]
        try:
            with urlopen(url, timeout=5):
                return
        except OSError:
            with suppress(subprocess.TimeoutExpired):  # half a second passes, unless it ends
                process.wait(0.5)
    raise AssertionError(log.read_text()[-3000:])

