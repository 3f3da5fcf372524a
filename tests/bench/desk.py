"""How long a press takes to bring the next trace, in a real Chromium on a real server; prints ratios.

    python -m tests.bench.desk [presses]

For 10,000 and 100,000 traces: milliseconds from a press of 1 or 2 to the next trace on the screen, median and p95,
the share of the 150 ms that the desk may take, and how much slower the larger project is.
"""

import statistics
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lib.records import ImportedRow, Label, Trace
from lib.store import Store, open_store, projects
from lib.store.dataset import imports
from tests.support.browser import QUIET, App, be, program
from tests.support.desk import readable

SIZES, PRESSES, ALLOWED = (10_000, 100_000), 60, 150.0
# Presses the key as a finger does, and waits for the frame in which another trace is on the screen.
PRESS = """([key, number]) => new Promise((resolve) => {
    const begun = performance.now(), text = `answer to t${number}.`;
    const look = () => document.querySelector('.st-key-trace_card').textContent.includes(text)
        ? requestAnimationFrame(() => resolve(performance.now() - begun)) : requestAnimationFrame(look);
    document.dispatchEvent(new KeyboardEvent('keydown', {key, code: `Digit${key}`, bubbles: true}));
    look();
})"""
ANSWERED = "() => document.querySelector('[data-test-script-state=notRunning]')"


def filled(path: Path, size: int) -> Store:
    """A project of as many answered traces, each with two paragraphs and a context; Ann has labelled the later half."""
    store = projects.create(open_store(path), "Desk", "Did the AI help?")
    rows = [ImportedRow(Trace(f"t{number}", f"question {number}? " + "More words of it. " * 20,
                              f"answer to t{number}. " + "It says this and that. " * 40,
                              context={"plan": "basic", "country": "DE"}), number,
                        (Label(f"t{number}", "Ann", "pass", "It says so."),) if number >= size // 2 else ())
            for number in range(size)]
    imports.add_rows(store, "bench.csv", "csv", "{}", rows)
    return store


def presses(page: Page, count: int) -> list[float]:
    """Milliseconds of each press, the first few (a cold server) left out."""
    found = []
    for number in range(1, count + 6):
        page.wait_for_function(ANSWERED)
        readable(page, f"t{number - 1}")  # a person reads; a faster press is refused
        found.append(page.evaluate(PRESS, ["12"[number % 2], number]))
    return found[5:]


def measured(size: int, count: int) -> tuple[float, float]:
    """Median and p95 of a project of this size."""
    with tempfile.TemporaryDirectory() as folder:
        filled(Path(folder) / "desk.db", size)
        app = App(Path(folder) / "desk.db")
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
                page = browser.new_page(viewport={"width": 1280, "height": 720})
                be(page.context, "Ann")
                page.goto(app.at("review"))
                page.get_by_text("answer to t0.").wait_for()
                found = presses(page, count)
                browser.close()
        finally:
            app.stop()
    return statistics.median(found), statistics.quantiles(found, n=20)[-1]


def main() -> None:
    """Prints one line a size, then how the sizes compare."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else PRESSES
    medians = []
    for size in SIZES:
        median, p95 = measured(size, count)
        medians.append(median)
        print(f"{size:>7,} traces: median {median:.0f} ms, p95 {p95:.0f} ms, "
              f"p95 / allowed {p95 / ALLOWED:.2f}", flush=True)
    print(f"median at {SIZES[1]:,} / median at {SIZES[0]:,}: {medians[1] / medians[0]:.2f}")


if __name__ == "__main__":
    main()
