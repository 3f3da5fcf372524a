"""Measures the screens and prints Markdown: how far down things stand, what a job takes, what axe-core finds.

    python -m tests.support.screens.measure                                  # of this checkout
    python -m tests.support.screens.measure --axe --before 243aa9a --write docs/screens.md
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from playwright.sync_api import sync_playwright

from lib.records import UsageError
from tests.support.browser import QUIET, App, end_runs, program
from tests.support.endpoint import Endpoint, verdict
from tests.support.screens import axe, earlier, jobs, projects, spots, tables, work
from tests.support.secrets import CANARY


def main(words: list[str]) -> None:
    """Measures what the command line asks for."""
    asked = _asked(words)
    before = _before(asked.before, asked.axe) if asked.before else None
    found = measured(asked.axe)
    if asked.json:
        asked.json.write_text(json.dumps({"before": before, "after": found}))
    text = tables.page(before, found)
    print(text)
    if asked.write:
        asked.write.write_text(tables.put_into(asked.write.read_text(), text))


def _before(named: str, with_axe: bool) -> dict:
    """The earlier figures: of a commit, or as a file of --json has them."""
    if named.endswith(".json"):
        return json.loads(Path(named).read_text())["before"]
    return earlier.measured(named, with_axe)


def _asked(words: list[str]) -> argparse.Namespace:
    asks = argparse.ArgumentParser("python -m tests.support.screens.measure", description=__doc__.split(":")[0])
    asks.add_argument("--axe", action="store_true", help="count what axe-core finds on every view, too")
    asks.add_argument("--before", metavar="COMMIT",
                      help="measure this commit as well, and set it beside today's; or a file that --json has written")
    asks.add_argument("--write", type=Path, metavar="FILE", help="put the tables between the marks of this page")
    asks.add_argument("--json", type=Path, metavar="FILE", help="write the figures, too")
    return asks.parse_args(words)


def measured(with_axe: bool) -> dict:
    """All figures of this checkout, as JSON can hold them."""
    with sync_playwright() as playwright, worlds() as world:
        browser = playwright.chromium.launch(executable_path=program(), args=[*QUIET])
        places = spots.measured(browser, world)
        took = {name: jobs.done(browser, world, name) for name in jobs.JOBS}
        rules = axe.counted(browser, world.plain, world.made) if with_axe else {}
        browser.close()
    return {"places": {name: {size: asdict(one) for size, one in at.items()} for name, at in places.items()},
            "jobs": {name: asdict(one) for name, one in took.items()},
            "axe": [[*key, n] for key, n in sorted(rules.items())]}


@contextmanager
def worlds() -> Iterator[work.World]:
    """The three servers that are measured, for as long as the block runs."""
    llm = Endpoint()
    llm.plan = verdict("pass", "The judge liked it.")
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in ("first.db", "plain.db", "work.db")]
        work.first_file(paths[0])
        made, store = projects.fill(paths[1]), projects.engineer(paths[2], "Order assistant")
        apps = [App(paths[0]), App(paths[1]), App(paths[2], OPENAI_BASE_URL=llm.url, OPENAI_API_KEY=CANARY)]
        try:
            yield work.World(*apps, made, store)
        finally:
            for app in apps:
                app.stop()
                end_runs(app.path)
            llm.close()


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except UsageError as error:
        sys.exit(str(error))
