"""Fixtures every test may use: a real SQLite file in a fresh folder, and traces made by keyword."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from lib.records import Trace
from lib.store import Store, database, open_store, projects
from tests.support.endpoint import Endpoint

# A server, a browser and the example projects as files; an AI system under test.
pytest_plugins = ["tests.support.browser", "tests.support.ai_system"]

CANARY = "sk-CANARY-7f3a9c51e8d24b60"  # a key that must turn up nowhere


# The same examples on every machine, and no clock: the machine may be busy with others.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=200)
settings.load_profile("house")


@pytest.fixture(scope="session")
def no_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for fetched models with none in it; of this run alone, for its lock is asked for."""
    return tmp_path_factory.mktemp("models")


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch, no_models: Path) -> None:
    """A developer's own key, database and model never reach a test."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PLUMBLINE_CALLABLE", "PLUMBLINE_DB", "PLUMBLINE_GGUF"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLUMBLINE_MODELS", str(no_models))
    monkeypatch.setenv("PLUMBLINE_MODEL_THREADS", "1")


@pytest.fixture(autouse=True)
def _files_are_closed() -> Iterator[None]:
    """A session of two thousand tests would else hold as many database files open."""
    yield
    while database._connections.by_path:
        database._connections.by_path.popitem()[1].close()


@pytest.fixture
def db(tmp_path: Path) -> Store:
    """An empty project in a file of its own."""
    return projects.create(open_store(tmp_path / "plumbline.db"), "Test", "Did the AI help?")


@pytest.fixture
def make_trace() -> Callable[..., Trace]:
    """`make_trace("t1", output=None)`: a trace with sensible texts, any field replaced by keyword."""

    def make(id: str = "t1", **fields) -> Trace:
        return replace(Trace(id=id, input=f"question of {id}", output=f"answer to {id}"), **fields)

    return make


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """A loopback OpenAI-compatible server with a plan and a ledger."""
    server = Endpoint()
    yield server
    server.close()


@pytest.fixture
def endpoint_env(endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch) -> Endpoint:
    """The same server, named in the environment with a canary for a key."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    return endpoint
