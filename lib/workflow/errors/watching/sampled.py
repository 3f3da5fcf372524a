"""The random share of a watch: drawn by a hash of each trace's id, judged within the caps of a day.

Nothing is judged twice. What the caps leave waits for the next reading with room, in an order that is random too, so
that what is judged of a day is a fair sample of it; what has waited longer than the window is counted as not judged.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from lib.engine import runner
from lib.records import CANCELLED, DONE, RESUMABLE, Caps, Run
from lib.records.words import counted
from lib.store import Store, prices
from lib.store.errors.watching import drawn
from lib.store.errors.watching.watches import Watch
from lib.store.judge import caps, judges, runs
from lib.workflow import endpoints
from lib.workflow.judge import budget, judging

CONCURRENCY = 16
_LATER = "what is left is judged by a later run of its watch"


@dataclass(frozen=True)
class Judged:
    """What a reading judged: its run, how many traces wait, how many have waited too long, and why it stopped."""

    run: Run | None = None
    waiting: int = 0
    expired: int = 0
    why: str = ""

    @property
    def text(self) -> str:
        """In sentences; empty where there was nothing to do."""
        said = [f"run {self.run.id}: {counted(self.run.done, 'trace')} judged, {counted(self.run.errors, 'error')}."
                ] if self.run else []
        if self.waiting:
            said.append(f"{counted(self.waiting, 'trace waits', 'traces wait')} to be judged: {self.why}")
        if self.expired:
            said.append(f"{counted(self.expired, 'trace')} not judged: drawn before the window began, and never "
                        "reached within the caps.")
        return " ".join(said)


def place_of(seed: int, trace_id: str) -> float:
    """From 0 to below 1, the same for the same seed and id at every reading."""
    found = hashlib.sha256(f"{seed}:{trace_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(found[:7], "big") / 2**56


def draw(store: Store, watch: Watch) -> int:
    """Decides for every new trace whether it is in the share; returns how many are."""
    n = 0
    while new := drawn.not_decided(store, watch):
        places = [(key, place_of(watch.settings.seed, name)) for key, name in new]
        chosen = [one for one in places if one[1] < watch.settings.share]
        drawn.draw(store, watch.key, new[-1][0], chosen)
        n += len(chosen)
    return n


def judge(store: Store, watch: Watch, moved: Callable[[], None] = lambda: None) -> Judged:
    """Judges what is due, as far as the caps of today go; what an earlier run left is in it again."""
    under_way = _give_up(store, watch)
    due = drawn.due(store, watch, watch.settings.days)
    if not due.keys:
        return Judged(expired=due.expired)
    if under_way:
        return Judged(None, len(due.keys), due.expired, f"run {under_way} is under way in another process.")
    run, why = _queued(store, watch, due.keys)
    ended = runner.execute(store, run.id, moved=moved) if run else None
    left = len(drawn.due(store, watch, watch.settings.days).keys)
    if ended and ended.status != DONE:
        why = ended.message or f"run {ended.id} is {ended.status}."
    return Judged(ended, left, due.expired, why or "its errors are asked again at the next reading.")


def _give_up(store: Store, watch: Watch) -> int | None:
    """Ends what earlier runs left open; returns one that another process is executing."""
    judging.settle(store)
    for number in drawn.runs(store, watch.key)[-20:]:
        found = runs.get(store, number)
        if found.status in RESUMABLE and found.status != CANCELLED:
            runs.set_status(store, number, CANCELLED, _LATER, only_from=(found.status,))
        elif found.status not in (DONE, CANCELLED):
            return number
    return None


def _queued(store: Store, watch: Watch, keys: list[int]) -> tuple[Run | None, str]:
    """A run over what today's caps allow, and why the rest waits."""
    if watch.judge in judges.archived(store):
        return None, f"the judge {watch.judge} is archived. Bring it back on Judge, Versions, or remove the watch."
    options, version = watch.settings.options, judges.newest_prompt(store, watch.judge)
    chosen = endpoints.choice(store, options.get("endpoint"), options.get("model"), version)
    left, why = _left(store, watch), (f"the caps ({cap_words(watch.settings.caps)}) are used up; they begin anew at "
                                      "midnight, UTC.")
    if any(bound is not None and bound <= 0 for bound in (left.calls, left.cost)):
        return None, why
    budget.check(store, left, chosen.model)
    asked = judging.asked(version, chosen.model, chosen.endpoint, judging.leaves_one_out(store))
    with store.transaction():
        number = runs.over(store, asked, keys[:left.calls], CONCURRENCY)
        if number is None:
            return None, "the judge's prompt shows them as examples."
        drawn.note_run(store, watch.key, number)
        caps.begin(store, number, left)
    return runs.get(store, number), why if left.calls is not None and len(keys) > left.calls else ""


def _left(store: Store, watch: Watch) -> Caps:
    """What of the caps of today is left; 0 or less: nothing."""
    spent, bound = drawn.spent_today(store, watch.key), watch.settings.caps
    calls = bound.calls and bound.calls - sum(one.calls for one in spent.values())
    cost = prices.cost(store, [(model, one.calls, one.prompt_tokens, one.completion_tokens)
                               for model, one in spent.items()])
    return replace(bound, calls=calls, cost=bound.cost and bound.cost - (cost or 0.0))


def cap_words(bound: Caps) -> str:
    """The caps of a day in words."""
    parts = [counted(bound.calls, "call")] if bound.calls else []
    parts += [f"{bound.cost:,.2f} in cost"] if bound.cost else []
    return " and ".join(parts) + " a day" if parts else "none"
