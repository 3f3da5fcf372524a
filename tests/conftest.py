"""Fixtures every test may use: a real SQLite file in a fresh folder, and traces made by keyword."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from lib.records import Trace
from lib.store import Store, create_backup, open_store, projects, servers
from tests.support.endpoint import Endpoint
from tests.support.secrets import CANARY
from tests.support.steps import close_files
from tests.support.writes import World, build

# A server, a browser and the example projects as files; an AI system under test; pages without a browser.
pytest_plugins = ["tests.support.browser", "tests.support.ai_system", "tests.support.pages",
                  "tests.support.platforms", "tests.support.platforms.known"]

# Where the most is waited, the longest first; by folder and file as they begin, all others as they come.
LONG = ("tests/browser/safety/test_hostile", "tests/browser/test_judge", "tests/browser/", "tests/store/test_crash",
        "tests/engine/", "tests/store/test_concurrency", "tests/cli/", "tests/bench/", "tests/models/")

# The same examples on every machine, and no clock: the machine may be busy with others.
settings.register_profile("house", derandomize=True, deadline=None, max_examples=200)
settings.register_profile("quick", derandomize=True, deadline=None, max_examples=20)  # of `make check`
settings.load_profile("house")


@pytest.fixture(scope="session")
def no_models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for fetched models with none in it; of this run alone, for its lock is asked for."""
    return tmp_path_factory.mktemp("models")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files that wait long come first: of those that run side by side, none is still at it when all others are done."""
    items.sort(key=lambda item: next((place for place, start in enumerate(LONG) if item.nodeid.startswith(start)),
                                     len(LONG)))


@pytest.fixture(autouse=True)
def _no_key_from_outside(monkeypatch: pytest.MonkeyPatch, no_models: Path) -> None:
    """A developer's own key, database and model never reach a test."""
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "PLUMBLINE_ADDRESSES", "PLUMBLINE_CALLABLE", "PLUMBLINE_DB",
                 "PLUMBLINE_GGUF", "PLUMBLINE_GGUF_FOLDERS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PLUMBLINE_SECRETS", "SHOP_KEY")  # the one secret that the tests' operator names
    monkeypatch.setenv("PLUMBLINE_MODELS", str(no_models))
    monkeypatch.setenv("PLUMBLINE_MODEL_THREADS", "1")


@pytest.fixture(autouse=True)
def _files_are_closed() -> Iterator[None]:
    """A session of two thousand tests would else hold as many database files open."""
    yield
    close_files()
    while servers._first_on:
        servers._first_on.popitem()[1].release()


@pytest.fixture(scope="session")
def empty_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with an empty project; a copy of it takes a tenth of the time that making all tables takes."""
    folder = tmp_path_factory.mktemp("empty")
    store = projects.create(open_store(folder / "made.db"), "Test", "Did the AI help?")
    return create_backup(store, folder / "empty.db")


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """A project that holds something of everything; tests work on copies of its file."""
    return build(tmp_path_factory.mktemp("world") / "world.db")


@pytest.fixture
def db(tmp_path: Path, empty_project: Path) -> Store:
    """An empty project in a file of its own."""
    store = open_store(shutil.copy(empty_project, tmp_path / "plumbline.db"))
    return store.of(projects.every(store)[0].id)


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
