"""A listener on this machine that nobody may ask, and what a page of the app did of that which a text wanted."""

from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from playwright.sync_api import Page, expect

from tests.support.browser import idle


class Beacon(ThreadingHTTPServer):
    """Another address on this machine: whoever asks it for anything gave something away."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Answer)
        self.hits: list[str] = []
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        Thread(target=self.serve_forever, args=(0.05,), daemon=True).start()


class _Answer(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.server.hits.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_) -> None:
        """The hits are the log."""


def done(page: Page, beacon: Beacon) -> dict[str, int]:
    """What a page that is drawn did of what its texts want, counted by kind; all are 0 where it is harmless."""
    idle(page)
    # Who presses a name stays here. A link in a trace's own text says its host, opens a tab and tells it nothing.
    away = page.locator("a[href]").evaluate_all("""all => all.filter((link) => {
        const to = new URL(link.href);
        return to.origin !== location.origin && !(link.closest('.tt-root') && link.target === '_blank'
            && link.relList.contains('noopener') && link.relList.contains('noreferrer')
            && ['http:', 'https:', 'mailto:'].includes(to.protocol)
            && (link.textContent + (link.nextElementSibling?.textContent ?? '')).includes(to.host || to.pathname));
    }).length""")
    return {
        "scripts": int(page.evaluate("window.owned !== undefined")) + page.locator("main script").count(),
        "requests": len(beacon.hits) + page.locator(f"[src^='{beacon.url}'], link[href^='{beacon.url}']").count(),
        "frames": page.locator("main iframe, main object, main embed, main form[action], main base").count(),
        "links": away + page.locator("[href^='javascript'], a[href^='data:']").count(),
        # A formula, an icon, or the CSV of a grid with live formulas.
        "spells": page.locator("main .katex").count() + page.get_by_text("😄").count()
        + page.get_by_label("Download as CSV").count(),
        "crashes": page.get_by_test_id("stException").count()}


def harmless(page: Page, beacon: Beacon) -> None:
    """Nothing ran, nothing was fetched, nothing broke."""
    assert {what: n for what, n in done(page, beacon).items() if n} == {}


def unfold(page: Page) -> None:
    """Opens every folded part, also one inside a component, which a query of the document does not find."""
    page.locator("main details:not([open]) > summary").evaluate_all("all => all.forEach(one => one.click())")
    expect(page.locator("main details:not([open])")).to_have_count(0)
