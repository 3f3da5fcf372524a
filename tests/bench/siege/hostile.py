"""Fifty texts that attack, on every page and view and every printable page, in a real browser: nothing happens.

All stand in every field that a person, a file or a model fills; each then alone on the desk, on its card with its
Markdown rendered, and on the page of a failure mode, as it is printed. The controls show that each would be seen.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial

from playwright.sync_api import Browser, Page, sync_playwright

from lib.records import Trace
from lib.store import Store, open_store, projects
from lib.store.errors import failure_modes
from tests.support.browser import QUIET, App, Watched, opened, program, serving
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.attacks import FIFTY, aimed
from tests.support.siege.beacon import Beacon, done, unfold
from tests.support.siege.filling import VIEWS, fill
from tests.support.sources import views
from tests.support.steps import add

LIMIT = 900  # seconds
MOST = 4_000  # characters of a text that is a name too
SHOULD = "0 scripts, 0 requests, 0 frames, 0 foreign links, 0 errors"


def rows(siege: Siege) -> Iterator[Line]:
    """One server, one browser, one visitor."""
    beacon = Beacon()
    texts = aimed(FIFTY, beacon.url)
    file = open_store(siege.folder / "hostile.db")
    store = _filled(projects.create(file, texts["image"], texts["onerror"]), texts)
    with sync_playwright() as playwright, serving() as start:
        app = start(file.path)
        browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
        yield from _all(siege, browser, beacon, app, store, texts)
        yield _control(browser, beacon)
        browser.close()
    beacon.shutdown()
    beacon.server_close()


def _filled(store: Store, texts: dict[str, str]) -> Store:
    fill(store, {name: text for name, text in texts.items() if len(text) <= MOST})
    for name, text in texts.items():
        if len(text) > MOST:
            add(store, Trace(_id(name, text), text, text))
            failure_modes.add(store, name, text)
    return store


def _id(name: str, text: str) -> str:
    return f"{name}-{text}" if len(text) <= MOST else name


def _whole_views() -> list[Callable]:
    """Every view that there is, some of them at several addresses."""
    known = {(where, params.get("view")) for where, params in VIEWS}
    new = {("" if where == "overview" else where, view) for where, _, view in views()} - known
    return [partial(_at, where=where, **params) for where, params in [
        *VIEWS, *((where, {"view": view}) for where, view in sorted(new))]]


def _all(siege: Siege, browser: Browser, beacon: Beacon, app: App, store: Store,
         texts: dict[str, str]) -> Iterator[Line]:
    few = siege.spread(list(texts.items()))
    kinds: dict[str, list[Callable]] = {
        f"{len(texts)} hostile traces on every page and view": siege.spread(_whole_views()),
        "each on the desk": [partial(_at, where="review", trace=_id(*one)) for one in few],
        "each on its card, Markdown rendered": [partial(_at, where="dataset", trace=_id(*one), rendered="true")
                                                for one in few],
        "each on the printable page of a failure mode, printed": [
            partial(_printed, mode=text.strip() if len(text) <= MOST else name) for name, text in few]}
    for what, pages in kinds.items():
        yield _line(browser, beacon, app, store, what, pages)


def _line(browser: Browser, beacon: Beacon, app: App, store: Store, what: str, pages: list[Callable]) -> Line:
    watch, watched, found, broken = Watch(), Watched(browser), Counter(), len(app.tracebacks)
    visitor, where = watched.page().context, []
    for visit in pages:
        beacon.hits.clear()
        page = visitor.new_page()
        try:
            visit(page, app, store)
            seen = done(page, beacon)
        except Exception as error:  # a page that does not come is counted, and the next one is tried
            seen = {f"not shown ({type(error).__name__})": 1}
        found.update(seen)
        where += [str(visit.keywords)[:80]] * any(seen.values())
        page.close()
    found.update(strangers=len(watched.strangers), errors=len(watched.errors) + len(app.tracebacks) - broken)
    watched.close()
    bad = {name: n for name, n in found.items() if n}
    return watch.line(what, f"{len(pages)} pages", SHOULD, f"0 of anything on {len(pages)}" if not bad else
                      f"{', '.join(f'{n} {name}' for name, n in bad.items())}; first at {where[:1]}", not bad)


def _at(page: Page, app: App, store: Store, where: str, **params: object) -> None:
    opened(page, app.at(where, project=store.project, **params))
    unfold(page)


def _printed(page: Page, app: App, store: Store, mode: str) -> None:
    _at(page, app, store, "errors", view="What to fix", mode=mode)
    page.get_by_role("link", name="All fails that have it").wait_for()
    page.emulate_media(media="print")
    assert page.pdf().startswith(b"%PDF")


def _control(browser: Browser, beacon: Beacon) -> Line:
    """A page that obeys: what is counted is there to be counted."""
    watch, watched = Watch(), Watched(browser)
    page = watched.page()
    beacon.hits.clear()
    page.set_content(f"<main><div data-test-script-state=notRunning></div><script>window.owned = 1</script>"
                     f"<iframe srcdoc=x></iframe><a href='javascript:1'>x</a><img src='{beacon.url}/control'></main>")
    page.wait_for_load_state("networkidle")
    seen, strangers = done(page, beacon), len(watched.strangers)
    watched.close()
    wanted = ("scripts", "requests", "frames", "links")
    return watch.line("control: a page that obeys them", "1 page", "each kind seen", ", ".join(
        f"{seen[name]} {name}" for name in wanted) + f", {strangers} strangers asked",
        all(seen[name] for name in wanted) and bool(strangers))
