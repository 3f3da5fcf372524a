"""A key that the endpoint sends back on twelve error paths in six disguises: it is stored, said and shown nowhere.

Searched are the database with its log, every export, a backup, what commands and a run's process say, the server's
log, and the pages, in every spelling of every disguise.
"""

import html
import json
import os
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from lib.records import Run
from lib.store import Store, open_store, projects
from lib.store.judge import runs
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from lib.writers import WRITERS
from tests.support import HOUSE
from tests.support.browser import QUIET, Watched, opened, program, serving
from tests.support.commands import CommandLine
from tests.support.endpoint import Endpoint, verdict
from tests.support.running import PATIENCE, add_traces, command, execute
from tests.support.secrets import CANARY, DISGUISES, spellings
from tests.support.siege import Line, Siege, Watch
from tests.support.siege.echoes import PATHS
from tests.support.sources import views
from tests.support.steps import say

LIMIT = 420  # seconds
ERRORS = ("a refusal", "a cut reply", "a page", "a page that fails", "no choices", "an error inside", "400", "401",
          "403", "404", "429", "500")
SPELLED = ("plain", "percent", "escapes", "entities", "base64", "hex")
TRACES, SHOULD = 3, "0 found"


def rows(siege: Siege) -> Iterator[Line]:
    """One project, a run for each path and disguise, and then the search."""
    watch, endpoint, folder = Watch(), Endpoint(), siege.folder
    os.environ |= {"OPENAI_BASE_URL": endpoint.url, "OPENAI_API_KEY": CANARY}
    store = projects.create(open_store(folder / "canary.db"), "Test", "Did it help?")
    add_traces(store, TRACES)
    judging.ensure_judge(store)
    for number in range(TRACES):
        say(store, f"t{number}", "pass")
    pairs = siege.spread([(path, disguise) for path in ERRORS for disguise in SPELLED])
    kept = [_echoed(store, endpoint, path, disguise) for path, disguise in pairs]
    told = "".join(_process(store, endpoint, path, SPELLED[number % len(SPELLED)])
                   for number, path in enumerate(siege.spread(list(ERRORS))))
    endpoint.plan = verdict("pass")
    sent = {call.headers.get("authorization") for call in endpoint.chats} == {f"Bearer {CANARY}"}
    yield watch.line(f"{len(ERRORS)} error paths that send the key back in {len(SPELLED)} disguises: what runs say",
                     f"{len(pairs)} runs, {endpoint.calls} calls", SHOULD, _found(repr(kept) + told), sent
                     and not found(repr(kept) + told))
    out = _exports(store, folder)
    held = _held(folder)
    yield watch.line("the database, its log, every export and a backup", f"{sum(1 for _ in folder.rglob('*'))} files",
                     SHOULD, f"{len(held)} found {' '.join(held[:3])}".strip(), not held)
    yield watch.line("what commands say", f"{len(out):,} letters", SHOULD, _found(out), not found(out))
    yield from _pages(watch, siege, store)
    endpoint.close()


def _echoed(store: Store, endpoint: Endpoint, path: str, disguise: str) -> Run:
    """A run whose every reply sends the key back; of what is paused after the first one, that one."""
    endpoint.plan = PATHS[path](f"your key is {DISGUISES[disguise](CANARY)} indeed")
    return execute(store, judging.start_run(store, judging.DEFAULT_JUDGE, concurrency=2, anew=True).id)


def _process(store: Store, endpoint: Endpoint, path: str, disguise: str) -> str:
    """All that a run as a process of its own says on both streams; one trace, for its clock is a real one."""
    endpoint.plan = [PATHS[path](f"{DISGUISES[disguise](CANARY)}"), verdict("pass"), verdict("pass")]
    with command(store, "run", "--judge", judging.DEFAULT_JUDGE, "--limit", 1, "--anew") as process:
        return "".join(process.communicate(timeout=PATIENCE))


def found(text: str) -> list[str]:
    """The spellings of the key that stand in a text, as it is or with its escapes and entities undone."""
    readings = (text, text.replace("\\\\", "\\"), html.unescape(text))
    return [spelt.decode() for spelt in spellings(CANARY) if any(spelt.decode() in reading for reading in readings)]


def _held(folder: Path) -> list[str]:
    """The files that hold the key, as another process finds them.

    Who reads the file of a database in a process that has it open gives up SQLite's locks on it.
    """
    code = ("import json, pathlib, sys; from tests.support.secrets import found_in; "
            "print(json.dumps(found_in(pathlib.Path(sys.argv[1]))))")
    return json.loads(subprocess.run([sys.executable, "-c", code, str(folder)], cwd=HOUSE, capture_output=True,
                                     text=True, check=True).stdout)


def _found(text: str) -> str:
    return f"{len(found(text))} found in {len(text):,} letters"


def _exports(store: Store, folder: Path) -> str:
    """Every export in every format and a backup, as files; returns what commands say of the project."""
    lines = CommandLine(store.path)
    for what in exchange.EXPORTS:
        for ending in WRITERS:
            lines("export", what, folder / "out" / f"{what}.{ending}", project="Test")
    for book in (folder / "out").glob("*.xlsx"):
        with zipfile.ZipFile(book) as archive:
            archive.extractall(folder / "out" / book.stem)
    lines("backup", folder / "copy.db", project="Test")
    newest = runs.every(store)[0].id
    return "".join(lines.call(*words, project="Test").output for words in (
        ["runs"], ["runs", "--json"], ["traces"], ["traces", "--json"], ["judges"], ["agreement", "--run", newest],
        ["rates", "--source", "judge"], ["models"], ["--help"]))


def _pages(watch: Watch, siege: Siege, store: Store) -> Iterator[Line]:
    """Every view, and the bench of one run of each path."""
    every = [("" if where == "overview" else where, {"view": view}) for where, _, view in views()]
    every += [("judge", {"view": "Bench", "kind": "all", "run": run.id})
              for run in runs.every(store)[::len(SPELLED)]]
    with sync_playwright() as playwright, serving() as start:
        app = start(store.path)
        browser = playwright.chromium.launch(executable_path=program(), args=QUIET)
        watched = Watched(browser)
        page, seen = watched.page(), []
        addresses = siege.spread([app.at(where, project=store.project, **params) for where, params in every])
        for address in addresses:
            seen.append(_shown(page, address))
        log = "".join(app.log)
        yield watch.line("the source and the text of every view, and the bench of runs", f"{len(addresses)} pages",
                         SHOULD, _found("".join(seen)), not found("".join(seen)) and not watched.errors)
        yield watch.line("the server's log", f"{len(app.log)} lines", SHOULD, _found(log), not found(log))
        say(store, "t0", "fail", critique=f"the key is {DISGUISES['entities'](CANARY)}")
        shown = found(_shown(page, app.at("review", project=store.project, trace="t0")))
        watched.close()
        browser.close()
    held = _held(siege.folder)
    yield watch.line("control: a key that somebody stores as a critique", "1 label", "found in the file and on a page",
                     f"{len(held)} in files, {len(shown)} on a page", bool(held and shown))


def _shown(page: Page, address: str) -> str:
    """What a page is made of, what stands on it, and what its fields hold."""
    opened(page, address)
    fields = page.locator("textarea, input").evaluate_all("all => all.map(({value}) => value).join('\\n')")
    return "\n".join((page.content(), page.locator("body").inner_text(), fields))
