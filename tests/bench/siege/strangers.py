"""DNS rebinding, pages of another origin and framing, in a real browser against a served app: every way is refused."""

from collections.abc import Iterator

from playwright.sync_api import Browser, Page, sync_playwright

from lib.store import open_store, projects
from tests.support.browser import PATIENCE, App, serving
from tests.support.running import add_traces
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.strangers import FETCH, FRAME, IMAGE, PATHS, SOCKET, misled_browser, pages_of_a_stranger, port

LIMIT = 180  # seconds
FROM, TO = ("localhost", "127.0.0.1", "evil.test"), ("localhost", "127.0.0.1", "evil.test")


def rows(siege: Siege) -> Iterator[Line]:
    """Each attempt counted, and what the app's own page may do beside it."""
    watch = Watch()
    store = projects.create(open_store(siege.folder / "door.db"), "Test", "Did it help?")
    add_traces(store, 3)
    with sync_playwright() as playwright, serving() as start, pages_of_a_stranger() as stranger:
        app, browser = start(store.path), misled_browser(playwright.chromium)
        for what, tried in (("a page of a name that leads here (DNS rebinding)", _rebound(app, browser)),
                            ("a page of another origin: sockets, reads, pictures", _elsewhere(app, browser, stranger)),
                            ("the app in a frame of another origin", _framed(app, browser, stranger))):
            let = [attempt for attempt, refused in tried if not refused]
            yield watch.line(what, f"{len(tried)} attempts", "all refused", f"{len(tried) - len(let)} refused"
                             + (f"; not: {'; '.join(let[:3])}" if let else ""), not let)
        own = _own(app, browser)
        yield watch.line("control: the app's own page", f"{len(own)} attempts", "all let in",
                         f"{sum(own)} let in", all(own))
        browser.close()


def _page(browser: Browser, address: str) -> Page:
    page = browser.new_context().new_page()
    page.set_default_timeout(PATIENCE)
    page.status = page.goto(address).status
    return page


def _rebound(app: App, browser: Browser) -> list[tuple[str, bool]]:
    """The name and the port are the page's own: the browser itself sees no other origin."""
    there = f"evil.test:{port(app)}"
    page = _page(browser, f"http://{there}/")
    tried = [("open", page.status == 403)]
    for path in PATHS:
        tried.append((path, page.evaluate(FETCH, [f"http://{there}/{path}", "same-origin"]) == "basic 403"))
    return [*tried, ("socket", page.evaluate(SOCKET, f"ws://{there}/_stcore/stream") == "refused")]


def _elsewhere(app: App, browser: Browser, stranger: int) -> list[tuple[str, bool]]:
    tried = []
    for name in FROM:
        page = _page(browser, f"http://{name}:{stranger}/")
        for host in TO:
            there = f"{host}:{port(app)}"
            for what, code, argument in (
                    ("socket", SOCKET, f"ws://{there}/_stcore/stream"),
                    ("read", FETCH, [f"http://{there}/_stcore/health", "cors"]),
                    ("blind read", FETCH, [f"http://{there}/_stcore/health", "no-cors"]),
                    ("picture", IMAGE, f"http://{there}/static/favicon.png")):
                tried.append((f"{what} of {host} from {name}", page.evaluate(code, argument) == "refused"))
        page.context.close()
    return tried


def _framed(app: App, browser: Browser, stranger: int) -> list[tuple[str, bool]]:
    tried = []
    for name in FROM:
        page = _page(browser, f"http://{name}:{stranger}/")
        for host in TO[:2]:
            page.evaluate(FRAME, f"http://{host}:{port(app)}/")
            page.wait_for_load_state("networkidle")
            shown = [frame for frame in page.frames[1:] if frame.url.startswith("http")]
            tried.append((f"{host} in {name}", not any(frame.locator("#root, .stApp").count() for frame in shown)))
        page.context.close()
    return tried


def _own(app: App, browser: Browser) -> list[bool]:
    page, there = _page(browser, app.at("dataset")), app.url.removeprefix("http://")
    return [page.status == 200, page.evaluate(FETCH, [f"{app.url}/_stcore/health", "same-origin"]) == "basic 200",
            page.evaluate(SOCKET, f"ws://{there}/_stcore/stream") == "open"]
