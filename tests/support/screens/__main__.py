"""Draws every view in every state and lays the pictures out on contact sheets: `make screens`, or

    python -m tests.support.screens [FOLDER]

Ends with 1 when a page shows an error, is wider than its window, asks another server, or the log has a traceback.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.support import SOMEBODY, screenshots
from tests.support.browser import QUIET, App, Watched, program
from tests.support.screens import projects, sheets
from tests.support.screens.states import STATES, View, every_view, settled, wrong


def main(words: list[str]) -> int:
    """Draws what the command line asks for; the exit status."""
    asked = _asked(words)
    folder = asked.folder or Path(tempfile.mkdtemp(prefix="plumbline-screens-"))
    folder.mkdir(parents=True, exist_ok=True)
    views = [one for one in every_view(chosen=True) if asked.only in one.said]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET])
        faults = list(drawn(browser, folder, asked.states, views))
        browser.close()
    if not asked.only:
        pictures = screenshots.draw(folder / "guide")
        list(sheets.keep(folder, "guide", [(path.stem, path) for path in pictures]))
    print(*faults, sep="\n")
    print(f"{len(faults)} faults. The sheets, and the pictures in a folder for each state: {folder}")
    return bool(faults)


def _asked(words: list[str]) -> argparse.Namespace:
    asks = argparse.ArgumentParser("python -m tests.support.screens", description=__doc__.split(":")[0])
    asks.add_argument("folder", nargs="?", type=Path, help="where the pictures go; without it a temporary folder")
    asks.add_argument("--states", nargs="+", choices=STATES, default=list(STATES), help="not all of them")
    asks.add_argument("--only", default="", help="views whose name has this in it, as Judge or 'Judge, Bench'")
    return asks.parse_args(words)


def drawn(browser: Browser, folder: Path, states: list[str], views: list[View]) -> Iterator[str]:
    """Draws these views in these states, with a sheet or more for each state; what is wrong, a sentence each."""
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "plumbline.db"
        made, app = projects.fill(path), App(path)
        try:
            for state in states:
                shown = [one for one in views if not (STATES[state].empty and one.more)]
                yield from _state(browser, app, state, shown, made, folder)
                print(*sheets.keep(folder, state, [(one.said, _file(folder, state, one)) for one in shown]),
                      sep="\n", flush=True)
        finally:
            app.stop()
        yield from (f"the server's log: {line.strip()}" for line in app.tracebacks)


def _state(browser: Browser, app: App, state: str, views: list[View], made: dict[str, int],
           folder: Path) -> Iterator[str]:
    """Pictures of all views in one state, by one visitor, to whom the scripts come once."""
    look, watched = STATES[state], Watched(browser)
    page = watched.page(SOMEBODY, **look.window)
    for view in views:
        page.goto(view.address(app, made, look.empty))
        settled(page)
        file = _file(folder, state, view)
        file.parent.mkdir(exist_ok=True)
        page.screenshot(path=file)
        broken = [*wrong(page), *watched.errors, *(f"asks {one}" for one in watched.strangers)]
        watched.errors.clear(), watched.strangers.clear()
        yield from (f"{state}, {view.said}: {one}" for one in broken)
    watched.close()


def _file(folder: Path, state: str, view: View) -> Path:
    return folder / state / view.picture


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
