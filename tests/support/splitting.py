"""Short words for tests of splits: labelled traces in all three, and a run that passes some of them."""

from hashlib import sha256

from lib.records import DEV, TEST, TRAIN, Trace, Verdict
from lib.sampling.splits import FEW
from lib.store import Store
from lib.store.judge import judges, runs, splits, verdicts
from tests.support.steps import add, row


def fill(store: Store, n: int = FEW) -> None:
    """So many labelled traces: of five one is train, two are dev, two are test; every second is a fail."""
    add(store, *(row(Trace(f"t{number}", sha256(bytes([number])).hexdigest(), "answer",
                           dimensions={"topic": ("a",), "tone": ("b",)},
                           split=(TRAIN, DEV, DEV, TEST, TEST)[number % 5]),
                     verdicts={"recorded": Verdict("pass")}, Ann="fail" if number % 2 else "pass")
                 for number in range(n)))


def judged(store: Store, *passing: str, judge: str = "judge", status: str = "done") -> int:
    """A run of a new version over all traces that passes those of these splits and fails the others."""
    version = judges.save_prompt(store, judge, "{{ trace }}")
    run = runs.create(store, version.key, "m", "embedded", anew=True)
    for member in splits.members(store):
        verdicts.save(store, run, member["key"], Verdict("pass" if member["split"] in passing else "fail"))
    runs.set_status(store, run, status)
    return run
