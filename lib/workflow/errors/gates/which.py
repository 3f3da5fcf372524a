"""Which run a gate rests on, and how a run that a gate has asked for goes on: resumed, never begun again."""

from lib.records import DONE, QUEUED, RUNNING, Caps, Run, Spent, UsageError
from lib.store import Store, experts, prices
from lib.store.errors.gates import frozen
from lib.store.judge import caps, runs, verdicts
from lib.workflow import figures
from lib.workflow.judge import budget, judging


def measured(store: Store, judge: str | None = None, run: int | None = None) -> Run:
    """The named run; else of the judge (default: the only one) the newest that was measured, or its newest at all.

    Readings of a frozen set are passed over: they are of a part of the labelled traces. UsageError without a run.
    """
    if run is not None:
        return runs.get(store, run)
    judge, person = judge or figures.only_judge(store), experts.principal(store)
    again = frozen.readings(store)
    number = person and next((one for one in runs.numbers(store, judge) if one not in again
                              and verdicts.any_pair(store, one, person.name)), None)
    return figures.run_of(store, judge, number or None)


def asked_again(store: Store, judge: str | None, run: int | None, wanted: Caps) -> Run:
    """The same, of a judge that can be asked again as it was, within caps; UsageError where it cannot, with the cure.
    """
    found = measured(store, judge, run)
    if found.prompt is None:
        raise UsageError(f"The verdicts of {found.judge} were recorded elsewhere: only a judge with a prompt can be "
                         "asked again. Import its prompt as a passport ('judge import'), and run it on dev.")
    if found.address != judging.address_of(found.endpoint):
        raise UsageError(f"Run {found.id} was asked at {found.address or 'an address that was not noted'}, and another "
                         "one is set now: set OPENAI_BASE_URL to it, or run the judge on dev there first.")
    budget.check(store, wanted, found.model)
    return found


def go_on(store: Store, number: int) -> Run:
    """A run of a gate, queued where anything is left to ask; UsageError while another process executes it."""
    judging.settle(store)
    found = runs.get(store, number)
    if found.status == RUNNING:
        raise UsageError(f"Run {number} is under way in another process: wait for its end, then begin the gate again.")
    if found.status == QUEUED or (found.status == DONE and not found.errors):
        return found
    try:
        return judging.ready_to_resume(store, number)
    except UsageError:  # its errors are replies, which nobody asks for again
        return found


def bound(store: Store, run: int, wanted: Caps) -> None:
    """Bounds a run before it goes on; caps that are named now replace the earlier ones."""
    if wanted != Caps():
        budget.put(store, run, wanted)


def left(store: Store, run: int, wanted: Caps) -> Caps | None:
    """What is left of caps after a run; None where one of them is used up."""
    took: Spent = caps.spent(store, run)
    cost = prices.cost(store, [(runs.get(store, run).model, took.calls, took.prompt_tokens, took.completion_tokens)])
    parts = ((wanted.calls, took.calls), (wanted.tokens, took.prompt_tokens + took.completion_tokens),
             (wanted.cost, cost or 0.0))
    rest = [None if bound is None else bound - used for bound, used in parts]
    return None if any(one is not None and one <= 0 for one in rest) else Caps(*rest)
