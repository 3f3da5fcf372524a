"""What a judge run will take before it starts, and how it goes on after a cap stopped it."""

from statistics import mean
from typing import Any

from lib import judge
from lib.records import Caps, Estimate, PromptVersion, Run, UsageError
from lib.store import Store, caps, judges, prices, projects, runs, traces
from lib.workflow import judging

_SAMPLE = 20  # traces whose prompts are written out for the estimate
TOKENS_OF_A_VERDICT = 150  # where this judge has given none yet


def estimate(store: Store, name: str, model: str, *, split: str | None = None, labelled_only: bool = False,
             limit: int | None = None, leave_one_out: bool | None = None) -> Estimate:
    """Calls, tokens and cost of a run that is not started yet; cost is None where the model has no price."""
    version = judges.newest_prompt(store, name)
    keys = runs.candidates(store, version.key, split, labelled_only, limit,
                           judging.leaves_one_out(store, leave_one_out))
    prompt = round(_tokens_of_a_prompt(store, version, keys[:: max(1, len(keys) // _SAMPLE)][:_SAMPLE]) * len(keys))
    completion = round(_tokens_of_a_verdict(store, name) * len(keys))
    return Estimate(len(keys), prompt, completion, prices.cost(store, [(model, len(keys), prompt, completion)]))


def _tokens_of_a_prompt(store: Store, version: PromptVersion, some: list[int]) -> float:
    question = projects.current(store).question
    found = [judge.estimate_tokens(judge.render(version, traces.by_key(store, key), question, nonce="estimate"))
             for key in some]
    return mean(found) if found else 0


def _tokens_of_a_verdict(store: Store, name: str) -> float:
    newest = runs.newest(store, name)
    spent = caps.spent(store, newest.id) if newest else None
    return spent.completion_tokens / newest.done if spent and spent.completion_tokens else TOKENS_OF_A_VERDICT


def check(store: Store, wanted: Caps, model: str) -> Caps:
    """The caps; UsageError where money is bounded and the model has no price."""
    if wanted.cost is not None and model not in prices.every(store):
        raise UsageError(f"A cap on cost needs a price: Settings, Models has none of '{model}'. "
                         "Give one, or bound calls or tokens.")
    return wanted


def queued(store: Store, name: str, wanted: Caps = Caps(), **options: Any) -> Run:
    """A queued run of a judge's newest prompt within these caps; the options are those of `judging.start_run`."""
    with store.transaction():
        run = judging.start_run(store, name, **options)
        put(store, run.id, wanted)
    return run


def put(store: Store, run: int, wanted: Caps) -> None:
    """New caps for a run, in place of the earlier ones."""
    caps.put(store, run, check(store, wanted, runs.get(store, run).model))


def raise_caps(store: Store, run: int, wanted: Caps) -> None:
    """New caps for a run that stopped, which then goes on in a process of its own."""
    put(store, run, wanted)
    judging.resume(store, run)
