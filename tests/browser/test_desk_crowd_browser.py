"""Four reviewers at one server beside a judge run: double clicks, reloads and a cut network lose and double nothing."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

import pytest
from playwright.sync_api import Page, expect

from lib.records import Verdict
from lib.store import Store, open_store, projects
from lib.store.judge import judges, runs, verdicts
from tests.support.browser import App, idle, opened
from tests.support.desk import box, readable
from tests.support.steps import add

LABELS, CUT_AT = 6, 4
WHO = ("Ann", "Bob", "Cleo", "Dan")
# Alt+1 three times at once: one by one on a busy machine the last would be a press of its own on the next trace.
BURST = """(box) => [1, 2, 3].forEach(() => box.dispatchEvent(new KeyboardEvent("keydown", {
    key: "1", code: "Digit1", altKey: true, bubbles: true, composed: true, cancelable: true })))"""


class Cable:
    """A network between browser and server that can be cut: an offline browser may leave a web socket open."""

    def __init__(self, port: int) -> None:
        """Listens on a port of its own and passes on what comes, to and fro."""
        self.port, self.whole, self.ends = port, True, set()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if not self.whole:
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.port))
                self.ends |= {near, far}
                for one, other in ((near, far), (far, near)):
                    Thread(target=self._pass_on, args=(one, other), daemon=True).start()

    def _pass_on(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while data := one.recv(65_536):
                other.sendall(data)
        for end in (one, other):
            self.ends.discard(end)
            end.close()

    def cut(self) -> None:
        """Everything open ends, and nothing new gets through."""
        self.whole = False
        for end in list(self.ends):
            with suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def mend(self) -> None:
        """From now on it is passed on again."""
        self.whole = True

    def close(self) -> None:
        """For good."""
        self.cut()
        self.listener.close()


@pytest.fixture
def store(module_app, make_trace) -> Store:
    """A project with more traces than each will label."""
    store = projects.create(open_store(module_app.path), "Crowd", "Did the AI help?")
    add(store, *(make_trace(f"t{number}") for number in range(1, 2 * LABELS)))
    return store


@pytest.fixture
def cable(module_app) -> Iterator[Cable]:
    """The way to the server."""
    cable = Cable(int(module_app.port))
    App.origins.add(f"{cable.url}/")
    yield cable
    cable.close()


@contextmanager
def judging(store: Store) -> Iterator[list[int]]:
    """A judge that writes verdicts as long as the block runs; the traces of those acknowledged."""
    done, written = Event(), []
    version = judges.save_prompt(store, "judge", "x").key

    def write() -> None:
        while not done.is_set():
            # Anew: else the second run would have all its verdicts at once, and the third, without end.
            run = runs.create(store, version, "m", "embedded", anew=True)
            for key in runs.pending(store, run):
                verdicts.save(store, run, key, Verdict("pass"))
                written.append(key)
                # A hundred replies a second are more than a model gives.
                if done.wait(0.01):
                    break
            runs.set_status(store, run, "done")

    thread = Thread(target=write)
    thread.start()
    try:
        yield written
    finally:
        done.set()
        thread.join()


def shown(page: Page) -> str:
    """The id of the trace whose answer is on the screen, long enough to be judged."""
    answer = page.get_by_text(re.compile(r"^answer to t\d+$"))
    trace = answer.inner_text().removeprefix("answer to ")
    readable(page, trace)
    return trace


def say(page: Page, number: int) -> str:
    """Writes what is on the screen and presses, each time in another careless way; the trace that was on the screen."""
    trace = shown(page)
    box(page).fill(f"I see {trace} as number {number}")
    ways = {0: lambda: page.get_by_role("button", name="Pass").dblclick(),
            1: lambda: box(page).evaluate(BURST),
            2: lambda: (page.reload(), readable(page, trace), page.get_by_role("button", name="Pass").click()),
            3: lambda: (page.get_by_role("button", name="Pass").click(), page.reload())}
    # Where the way to the server is cut a reload would show the browser's own page of complaint.
    ways[number % 2 if number == CUT_AT else number % 4]()
    return trace


def went_on(page: Page, trace: str) -> None:
    """The press is acknowledged: the next trace has come, or after a reload the same with its label on it."""
    expect(page.locator(".decision[data-trace]")).to_be_attached()
    page.wait_for_function("() => !Object.keys(localStorage).some((key) => key.startsWith('plumbline '))")
    idle(page)
    if page.locator(f".decision[data-trace={trace}]").count():
        expect(page.get_by_text("Your label: pass")).to_be_visible()
        page.get_by_role("button", name="Next →").click()
    expect(page.locator(f".decision[data-trace]:not([data-trace={trace}])")).to_be_attached()
    expect(page.get_by_text(f"answer to {trace}", exact=True)).to_be_hidden()


def work(store: Store, pages: dict[str, Page], cable: Cable, count: int) -> list[tuple[str, str, str]]:
    """Each reviewer gives so many labels, all at the same time; (who, trace, critique) as they were acknowledged."""
    given = []
    for number in range(count):
        if number == CUT_AT:
            cable.cut()
        traces = {who: say(page, number) for who, page in pages.items()}
        if number == CUT_AT:
            for page in pages.values():
                expect(page.get_by_text("The server has not answered yet.")).to_be_visible()
            cable.mend()
        for who, page in pages.items():
            went_on(page, traces[who])
            given.append((who, traces[who], f"I see {traces[who]} as number {number}"))
    return given


def test_four_reviewers_lose_and_double_nothing(store, cable, visitor):
    pages = {who: opened(visitor.page(who), f"{cable.url}/review?project={store.project}") for who in WHO}
    with judging(store) as judged:
        given = work(store, pages, cable, LABELS)
    stored = [tuple(row) for row in store.rows("""select e.name, t.trace_id, l.critique from labels l
        join traces t on t.id = l.trace join experts e on e.id = l.expert where t.project = :project""")]
    assert sorted(stored) == sorted(given) and len({(who, trace) for who, trace, _ in given}) == len(WHO) * LABELS
    assert store.value("select count(*) from verdicts v join traces t on t.id = v.trace where t.project = :project") \
        == len(judged) > LABELS
