"""The file that every screen is drawn from: both examples, an engineer's project and an empty one."""

from pathlib import Path

from lib.records import Trace, Verdict
from lib.store import Store, open_store, projects
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support import SOMEBODY
from tests.support.steps import add, row

# Judges with their verdicts are in one example, labelled fails with their failure modes in the other.
JUDGED, FAILED, PROMPTED, EMPTY = "nq301_llm_judges", "tofueval_meetings", "prompted", "empty"
OF_A_PAGE = {"overview": JUDGED, "judge": JUDGED}
TRACES = 40
# As long as answers are: some lines, not a window full.
LONG = "\n\n".join(f"Paragraph {n} of what the assistant said, with a reason and what to do next." for n in range(12))


def fill(path: Path) -> dict[str, int]:
    """Makes the file; the numbers of its projects by their names here."""
    made = {name: exchange.open_example(open_store(path), name).project for name in (JUDGED, FAILED)}
    return made | {PROMPTED: engineer(path, "Order assistant").project,
                   EMPTY: exchange.start_project(open_store(path), "Shop assistant").project}


def engineer(path: Path, name: str) -> Store:
    """A project of labelled dev traces that version 1 of a judge with a prompt has judged, wrong on every eighth."""
    store = projects.create(open_store(path), name, "Did the AI help?")
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


def of(page: str) -> str:
    """Which project fills a page."""
    return OF_A_PAGE.get(page, FAILED)
