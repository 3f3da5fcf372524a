"""The files that the screens are measured on: a small project of an engineer, and the examples without a model."""

import re
from dataclasses import dataclass
from pathlib import Path

from lib.records import Trace, Verdict
from lib.store import Store, open_store, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support import HOUSE, SOMEBODY
from tests.support.browser import App
from tests.support.screens import projects as pictures
from tests.support.steps import add, row

TRACES = 40
# As long as answers are: some lines, not a window full.
LONG = "\n\n".join(f"Paragraph {n} of what the assistant said, with a reason and what to do next." for n in range(12))


@dataclass(frozen=True)
class World:
    """Three servers: the file that `make run` opens, both examples without an endpoint, and a project with one."""

    first: App
    plain: App
    work: App
    made: dict[str, int]
    store: Store

    def servers(self) -> dict[str, tuple[App, int]]:
        """(server, project) by the name that a spot gives it."""
        return {"first": (self.first, 1), "work": (self.work, self.store.project),
                "judged": (self.plain, self.made[pictures.JUDGED]), "failed": (self.plain, self.made[pictures.FAILED]),
                "empty": (self.plain, self.made["empty"])}


def first_file(path: Path) -> Path:
    """The file as `make run` begins it, in the version that this is run on."""
    [name] = re.findall(r"init --example (\w+)", (HOUSE / "Makefile").read_text())
    exchange.open_example(open_store(path), name)
    return path


def engineer(path: Path) -> Store:
    """Labelled dev traces that version 1 of a judge has judged, wrong on every eighth."""
    store = projects.create(open_store(path), "Shop assistant", "Did the AI help?")
    add(store, *(row(Trace(f"t{n}", f"question of t{n}", f"The answer to t{n}.\n\n{LONG}", split="dev"),
                     **{SOMEBODY: "fail" if n % 2 else "pass"}) for n in range(TRACES)))
    judging.ensure_judge(store)
    run = runs.create(store, judges.newest_prompt(store, judging.DEFAULT_JUDGE).key, "test-model", "environment",
                      where=Filter(split="dev"))
    for number, key in enumerate(runs.pending(store, run)):
        right = "fail" if number % 2 else "pass"
        verdicts.save(store, run, key, Verdict("pass" if number % 8 == 1 else right, "said"))
    runs.set_status(store, run, "done")
    return store
