"""How long a plain check takes on a thousand answers, in its own process and in ours: `python -m tests.bench.checks`.

Prints seconds and the ratio of both, storing included, for each kind; a benchmark, no test.
"""

import tempfile
from collections.abc import Callable
from pathlib import Path
from time import perf_counter

from lib.assertions import Answered, bounded, checker
from lib.records import Trace
from lib.store import Store, open_store, projects
from lib.store.errors import assertions
from lib.store.errors.assertions import Result
from lib.workflow.errors import checking
from tests.support.steps import add

TRACES, TIMES = 1_000, 5
OUTPUT = '{"answer": "' + "a word or two " * 40 + '", "price": 12}'
KINDS = {"contains": {"text": "sorry"}, "regular expression": {"pattern": r"\bprice\b"}, "JSON valid": {},
         "JSON Schema": {"schema": '{"required": ["price"]}'}, "JSONPath equals": {"path": "$.price", "value": "12"}}


def here(store: Store, kind: str) -> None:
    """As it was before: every check in the process that asks."""
    one = assertions.get(store, kind)
    check, found = checker(kind, one.config), []
    for waiting in assertions.waiting(store, one.key):
        said = check(Answered(waiting.output, waiting.milliseconds))
        found.append(Result(waiting.key, waiting.content_hash, said.outcome, said.detail))
    assertions.save(store, one.key, found)


def apart(store: Store, kind: str) -> None:
    """As it is: in a process that waits for the next batch."""
    checking.run(store, assertions.get(store, kind))


def cold(store: Store, kind: str) -> None:
    """The same where none waits, as at the first visit after a start."""
    bounded._spare.give(None)
    apart(store, kind)


def seconds(work: Callable[[Store, str], None], store: Store, kind: str) -> float:
    """The best of some runs over all traces: the machine may be busy with others."""
    taken = []
    for _ in range(TIMES):
        store.execute("delete from assertion_results")
        start = perf_counter()
        work(store, kind)
        taken.append(perf_counter() - start)
    return min(taken)


def main() -> None:
    """Each kind on the same traces."""
    with tempfile.TemporaryDirectory() as folder:
        store = projects.create(open_store(Path(folder) / "checks.db"), "Checks", "Did it?")
        add(store, *(Trace(f"t{n}", f"question {n}", OUTPUT) for n in range(TRACES)))
        for kind, config in KINDS.items():
            checking.add(store, kind, kind, config, None, "a benchmark")
            ours, theirs, first = (seconds(work, store, kind) for work in (here, apart, cold))
            print(f"{kind:20} in one process {ours:.3f} s, apart {theirs:.3f} s, ratio {theirs / ours:.2f}; "
                  f"with the start of the process {first:.3f} s, ratio {first / ours:.2f}")


if __name__ == "__main__":
    main()
