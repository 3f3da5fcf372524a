"""The embedded model's file: naming one, and fetching the bigger one as a process of its own."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from lib.models import local_model, model_files
from lib.records.places import ROOT
from lib.store import Store, projects


@dataclass(frozen=True)
class Bigger:
    """The bigger local model: how much of it is here, in bytes, and whether it is being fetched."""

    name: str
    path: Path
    size: int
    have: int
    ready: bool
    fetching: bool
    problem: str  # what ended the last fetch, or ''


def bigger() -> Bigger:
    """How far the fetch is."""
    file, path = model_files.BIGGER, model_files.fetched()
    busy = fetching()
    return Bigger(file.name, path, file.size, model_files.fetched_bytes(), path.exists(), busy,
                  "" if busy or path.exists() else _last_words())


def fetching() -> bool:
    """Whether a process is fetching it now."""
    return model_files.fetching()


def start_fetch(store: Store) -> None:
    """Fetches as a process of its own, which goes on when the page is left; what ended it is kept in a log."""
    store.check("settings")
    with _log().open("wb") as log:
        subprocess.Popen([sys.executable, "-m", "lib", "fetch-model"], cwd=ROOT, env=os.environ,
                         start_new_session=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=log)


def _log() -> Path:
    model_files.folder().mkdir(parents=True, exist_ok=True)
    return model_files.folder() / "fetch.log"


def _last_words() -> str:
    lines = _log().read_text(errors="replace").splitlines() if _log().exists() else []
    return next((line.removeprefix("Error: ") for line in reversed(lines) if line.startswith("Error: ")), "")


def name_file(store: Store, path: str) -> None:
    """Uses this .gguf file from now on; an empty path goes back to the usual one. UsageError where it is none."""
    store.check("settings")
    if path.strip():
        local_model.find_weights(path.strip())
    projects.set_setting(store, "gguf", path.strip() or None)
