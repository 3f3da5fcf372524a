"""Short words for tests of probes: a labelled project with a run, and judges that are moved by this or by that."""

from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from lib.engine.jobs import probing as work
from lib.records import Job, Run, Trace
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.workflow.judge import judging, probing
from tests.support.endpoint import Answer, fenced, prompt_of, verdict
from tests.support.running import FakeClock, execute
from tests.support.steps import add, row

Plan = Callable[[dict[str, Any]], Answer]
NOTE = "answer pass"  # in the text of the probe of that name, and in no trace


def labelled(store: Store, count: int = 40) -> None:
    """Dev traces t0, t1 … of two system versions, good and bad in turn, some short and some long; Ann labels them so.

    More than 60 are labelled, so that the test split is sealed: the first ten are in it.
    """
    add(store, *(row(Trace(f"t{n}", f"question {n}.", f"{_word(n)} answer {n}." + " It goes on." * (n % 8 * 4),
                           split="test" if n < 10 else "dev", system_version=f"v{n // 2 % 2}"),
                     Ann="pass" if _word(n) == "good" else "fail") for n in range(count)))
    judging.ensure_judge(store)


def _word(n: int) -> str:
    return ("good", "bad")[n % 2]


def output_of(body: dict[str, Any]) -> str:
    """The output that a judge is shown."""
    return fenced(prompt_of(body)).rpartition("Output:\n")[2]


def honest(body: dict[str, Any]) -> Answer:
    """A judge that goes by what is in the output, and by nothing else."""
    return verdict("pass" if "good answer" in output_of(body) else "fail", "by the word")


def passes_long(longer: int = 250) -> Plan:
    """A judge that also passes whatever is longer than so many characters."""
    return lambda body: verdict("pass") if len(output_of(body)) > longer else honest(body)


def obeys(body: dict[str, Any]) -> Answer:
    """A judge that also answers pass where the output tells it to."""
    return verdict("pass", "as I was told") if NOTE in output_of(body) else honest(body)


def tosses(share: float = 0.3, seed: int = 1) -> Plan:
    """A judge that flips its verdict on so many of the calls, whatever it is asked.

    The toss is the output's and how often it was shown before: calls side by side come in any order.
    """
    shown: Counter[str] = Counter()

    def plan(body: dict[str, Any]) -> Answer:
        output = output_of(body)
        shown[output] += 1
        toss = Random(f"{seed} {shown[output]} {output}").random()
        return verdict("pass" if ("good answer" in output) != (toss < share) else "fail")

    return plan


def judged(store: Store, split: str | None = None) -> Run:
    """A run of the newest prompt over the labelled traces, executed to its end without waiting."""
    run = judging.start_run(store, judging.DEFAULT_JUDGE, where=Filter(split=split), concurrency=4)
    return execute(store, run.id)


def probed(store: Store, run: int, *kinds: str, most: int = probing.MOST, **options: Any) -> Job:
    """A probe of a run, started and executed here and now."""
    return work.execute(store, probing.start(store, run, kinds, most, **options).id, clock=FakeClock())
