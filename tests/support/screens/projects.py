"""The file that every screen is drawn from: both examples and an empty project, and which of them fills which view."""

from pathlib import Path

from lib.store import open_store
from lib.workflow.dataset import exchange

# Judges with their verdicts are in one example, labelled fails with their failure modes in the other.
JUDGED, FAILED = "nq301_llm_judges", "tofueval_meetings"
OF_A_PAGE = {"overview": JUDGED, "judge": JUDGED}
EMPTY = "Shop assistant"


def fill(path: Path) -> dict[str, int]:
    """Makes the file; the numbers of its projects by the example's name, and of the empty one by "empty"."""
    made = {name: exchange.open_example(open_store(path), name).project for name in (JUDGED, FAILED)}
    return made | {"empty": exchange.start_project(open_store(path), EMPTY).project}


def of(page: str, made: dict[str, int], empty: bool) -> int:
    """The number of the project that a page is drawn from."""
    return made["empty" if empty else OF_A_PAGE.get(page, FAILED)]
