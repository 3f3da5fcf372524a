"""A real server on a file of its own and a real browser in front of it, both watched.

A test ends red when a page raised an error, asked any address but the app's own, or left a traceback in the log.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import ClassVar
from urllib.parse import quote, urlencode

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Request, expect, sync_playwright

from lib.store import Store, create_backup, open_store, projects
from lib.ui.people.browser import COOKIE
from lib.workflow.dataset import exchange
from tests.support import HOUSE, SOMEBODY

CHROMIUMS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable",
             "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
             "/Applications/Chromium.app/Contents/MacOS/Chromium")
QUIET = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run",
         # A page lives for seconds: compiling its scripts well costs more than it saves.
         "--in-process-gpu", "--js-flags=--max-lazy --no-opt --no-maglev")
PATIENCE = 60_000  # milliseconds; the machine may be busy with others
expect.set_options(timeout=PATIENCE)
# The code of a part comes when it is first needed, and a component begins after that: both may be late.
DRAWN = """() => !document.querySelector('[data-testid=stSkeleton]')
    && [...document.querySelectorAll('[data-testid=stBidiComponentIsolated]')].every(({shadowRoot}) =>
        shadowRoot?.childElementCount && !shadowRoot.querySelector('.decision:not([data-trace])'))"""


class App:
    """One server: `url`, the `store` behind it and its `log`; stopped, killed and started again at will."""

    origins: ClassVar[set[str]] = set()

    def __init__(self, path: Path, **env: str) -> None:
        """Starts on a free port and returns as soon as the server says that it listens."""
        self.path, self.env, self.log = path, env, []
        self.start()

    def start(self) -> None:
        """Starts, on the same port when it ran before."""
        words = [sys.executable, *"-m streamlit run lib/ui/serve.py --server.port".split(), getattr(self, "port", "0")]
        env = os.environ | {"PLUMBLINE_DB": str(self.path), "PLUMBLINE_MODELS": f"{self.path}.models"} | self.env
        self.process = subprocess.Popen(words, cwd=HOUSE, env=env, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        for line in self.process.stdout:
            self.log.append(line)
            if "URL:" in line:
                self.url = line.split("URL:")[1].strip()
                self.origins.add(f"{self.url}/")
                self.port = self.url.rsplit(":", 1)[1]
                break
        else:
            raise AssertionError("the server did not start:\n" + "".join(self.log))
        self._drain = threading.Thread(target=self.log.extend, args=(self.process.stdout,), daemon=True)
        self._drain.start()

    def stop(self, kill: bool = False) -> None:
        """Ends the server, politely or by kill -9; what it logged stays."""
        self.process.kill() if kill else self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            # Now and then Streamlit's own shutdown waits for a connection that nobody closes.
            self.process.kill()
            self.process.wait()
        self._drain.join()
        self.process.stdout.close()

    def at(self, page: str = "", /, **params: object) -> str:
        """The address of a page."""
        return f"{self.url}/{page}" + (f"?{urlencode(params)}" if params else "")

    @property
    def store(self) -> Store:
        """The file's first project, as another process sees it."""
        opened = open_store(self.path)
        return opened.of(projects.every(opened)[0].id)

    @property
    def tracebacks(self) -> list[str]:
        """Lines of the log that begin a traceback."""
        return [line for line in self.log if "Traceback" in line]


class OfProject:
    """A server as the visitors of one project use it: `at` names the project, `store` is its own."""

    def __init__(self, app: App, store: Store) -> None:
        """Of a server that others use too."""
        self.app, self.store = app, store

    def at(self, page: str = "", /, **params: object) -> str:
        """The address of a page of this project."""
        return self.app.at(page, project=self.store.project, **params)


def be(context: BrowserContext, person: str, role: str = "expert") -> None:
    """From the next visit on the browser belongs to this person, as after the page's own question."""
    context.add_cookies([{"name": COOKIE, "value": quote(json.dumps((person, role))), "url": "http://127.0.0.1/"}])


class Watched:
    """A browser whose every page is watched: `strangers` are requests to other addresses, `errors` what broke."""

    def __init__(self, browser: Browser) -> None:
        """Pages may ask the servers of the tests and nobody else."""
        self.browser = browser
        self.strangers: list[str] = []
        self.errors: list[str] = []
        self.contexts: list[BrowserContext] = []

    def page(self, person: str | None = SOMEBODY, **options) -> Page:
        """A page in a context of its own, as another visitor has it, who has said who that is; None: nobody has."""
        context = self.browser.new_context(**{"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce",
                                              **options})
        context.set_default_timeout(PATIENCE)
        context.on("request", self._see)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        self.contexts.append(context)
        if person is not None:
            be(context, person)
        return context.new_page()

    def _see(self, request: Request) -> None:
        if not request.url.startswith((*App.origins, "data:", "blob:")):
            self.strangers.append(request.url)

    def close(self) -> None:
        """Closes every page."""
        for context in self.contexts:
            context.close()


def program() -> str:
    """The Chromium to use: PLUMBLINE_CHROMIUM, else the first that is installed (as ensure_chromium.sh has it)."""
    found = filter(None, map(shutil.which, filter(None, (os.environ.get("PLUMBLINE_CHROMIUM"), *CHROMIUMS))))
    return next(found, "chromium")


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A Chromium for the tests of a folder: kept longer, its event loop would stand in the way of asyncio.run."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
        yield browser
        browser.close()


def idle(page: Page) -> None:
    """Waits until the page has no script under way and every part of it is drawn."""
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    page.wait_for_function(DRAWN, polling=20)


def alive(mark: Locator) -> Locator:
    """Waits until the chart of a mark hears a click: from then on it can be saved as a picture; it is drawn before."""
    chart = mark.locator("xpath=ancestor::*[@data-testid='stFullScreenFrame'][1]")
    expect(chart.get_by_role("button", name="Download as PNG")).to_be_attached()
    mark.scroll_into_view_if_needed()  # which also waits until it moves no more
    return mark


def opened(page: Page, address: str, heading: str | None = None) -> Page:
    """Goes to an address and waits until its heading stands and its script is done."""
    page.goto(address)
    expect(page.get_by_role("heading", name=heading).first).to_be_visible()
    idle(page)
    return page


def processes(path: Path) -> list[int]:
    """Numbers of the judge runs' processes on this file."""
    table = subprocess.run(["ps", "-axww", "-o", "pid=,args="], capture_output=True, text=True, check=True).stdout
    return [int(line.split()[0]) for line in table.splitlines() if f" -m lib --db {path} " in line]


def let_go(path: Path) -> None:
    """Waits until no run's process is left on this file: a run is done a little before its process is gone."""
    latest = monotonic() + PATIENCE / 1000
    while processes(path):
        assert monotonic() < latest, "a run's process does not end"


def end_runs(path: Path) -> int:
    """Kills the runs on a file, which outlive a server by design; returns how many there were."""
    found = processes(path)
    for number in found:
        with suppress(ProcessLookupError):
            os.kill(number, signal.SIGKILL)
    return len(found)


@pytest.fixture(scope="session")
def example_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Store]:
    """Every example project, each imported once into a file of its own."""
    folder = tmp_path_factory.mktemp("examples")
    return {name: exchange.open_example(open_store(folder / f"{name}.db"), name, 0) for name in exchange.EXAMPLES}


@pytest.fixture
def example(example_files: dict[str, Store], tmp_path: Path) -> Path:
    """A file with the council meetings: 884 traces, all labelled, no verdict."""
    return create_backup(example_files["tofueval_meetings"], tmp_path / "example.db")


@contextmanager
def serving() -> Iterator[Callable[..., App]]:
    """Servers for as long as the block runs; none may have logged a traceback at its end."""
    started: list[App] = []

    def start(path: Path, **env: str) -> App:
        started.append(App(path, **env))
        return started[-1]

    yield start
    for app in started:
        app.stop()
        end_runs(app.path)
    broken = "".join(line for app in started if app.tracebacks for line in app.log)
    assert not broken, broken


@pytest.fixture
def serve() -> Iterator[Callable[..., App]]:
    """`serve(path, **env)` starts a server that ends with the test."""
    with serving() as start:
        yield start


@pytest.fixture(scope="package")
def shared_app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One server for all tests that each work in a project of their own: a first page takes seconds."""
    with serving() as start:
        yield start(tmp_path_factory.mktemp("app") / "plumbline.db")


@pytest.fixture(scope="module")
def module_app(shared_app: App) -> Iterator[App]:
    """The same for a module, which ends red when it left a traceback in the log."""
    before = len(shared_app.tracebacks)
    yield shared_app
    assert len(shared_app.tracebacks) == before, "".join(shared_app.log)


@pytest.fixture(scope="package")
def example_app(example_files: dict[str, Store], tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    """One server in front of the council meetings for all tests that only look."""
    path = create_backup(example_files["tofueval_meetings"], tmp_path_factory.mktemp("app") / "example.db")
    with serving() as start:
        yield start(path)


@pytest.fixture
def visitor(browser: Browser) -> Iterator[Watched]:
    """The watched browser for visitors of their own; a page that broke or asked elsewhere fails the test."""
    watched = Watched(browser)
    yield watched
    watched.close()
    assert watched.strangers == [] and watched.errors == []


@pytest.fixture(scope="package")
def regular(browser: Browser) -> Iterator[Watched]:
    """A visitor who stays for a whole folder: with the scripts in the cache a page takes a tenth of the time."""
    watched = Watched(browser)
    watched.page()
    yield watched
    watched.close()


@pytest.fixture
def page(regular: Watched) -> Iterator[Page]:
    """A new page of the regular visitor; a page that broke or asked elsewhere fails the test."""
    be(regular.contexts[0], SOMEBODY)
    page = regular.contexts[0].new_page()
    yield page
    page.close()
    strangers, errors = regular.strangers[:], regular.errors[:]
    regular.strangers.clear(), regular.errors.clear()
    assert strangers == [] and errors == []


@pytest.fixture
def app(serve: Callable[..., App], example: Path) -> App:
    """A server in front of the council meetings."""
    return serve(example)
