"""What a judge run will take before it starts, which caps may be set, and how it goes on after a cap stopped it."""

from statistics import mean
from typing import Any

from lib.engine import runner
from lib.prompting import judge, pictures
from lib.prompting.cascades import halves
from lib.records import BATCH_SHARE, PAUSED, Caps, Estimate, Job, PromptVersion, Run, Spent, UsageError
from lib.records.decision import DECISION
from lib.records.suggestion import Suggestion
from lib.records.words import counted
from lib.store import Store, prices
from lib.store.dataset import chosen, traces
from lib.store.dataset.traces import Filter
from lib.store.judge import caps, judges, reuse, runs
from lib.store.judge.reuse import Asked
from lib.workflow.judge import judging
from lib.workflow.judge.cascades import expecting

_SAMPLE = 20  # traces whose prompts are written out for the estimate
RETRIES = "Each retry is one call more."
_SHARE = f"{BATCH_SHARE:.0%} of the price in Settings, as OpenAI, Azure, Groq and Together ask for a batch"
TOKENS_OF_A_VERDICT = 150  # where this judge has given none yet


def estimate(store: Store, name: str, model: str, *, where: Filter = Filter(), limit: int | None = None,
             leave_one_out: bool | None = None, endpoint: str | None = None, anew: bool = False,
             batch: bool = False, probability: bool = False) -> Estimate:
    """Calls, tokens and cost of a run that is not started yet; cost is None where the model has no price.

    What equal calls have brought already is told apart and costs nothing, unless it is asked `anew`. In a `batch` it
    costs a share of the price. Raises UsageError where the filter leaves no trace.
    """
    version = judging.asking_for(judges.newest_prompt(store, name), probability)
    every, there = _wanted(store, version, model, where, limit, leave_one_out, endpoint)
    keys = [key for key in every if key not in there] if there and not anew else every
    without = judging.leaves_one_out(store, leave_one_out)
    asked, free = _asked(store, version, judging.asked(version, model, endpoint, without), keys, anew)
    cost = prices.cost(store, asked)
    calls, prompt, completion = (sum(one[place] for one in asked) for place in (1, 2, 3))
    return Estimate(calls, prompt, completion, cost * BATCH_SHARE if cost and batch else cost,
                    len(every) - len(keys) + free, _hidden(store, version, keys), pictures.wanted(version.parameters),
                    judging.asked_with(store, model, endpoint), tuple(judging.prompt(store, version).empty),
                    batch, len(every))


def in_order(store: Store, version: PromptVersion, model: str, where: Filter = Filter(), limit: int | None = None,
             leave_one_out: bool | None = None, endpoint: str | None = None) -> list[tuple[int, bool]]:
    """The traces of a run in its order, each with whether an equal verdict is there; UsageError where there is none."""
    keys, there = _wanted(store, version, model, where, limit, leave_one_out, endpoint)
    return [(key, key in there) for key in keys]


def _wanted(store: Store, version: PromptVersion, model: str, where: Filter, limit: int | None,
            leave_one_out: bool | None, endpoint: str | None) -> tuple[list[int], set[int]]:
    """The traces of a run, and those of them for which an equal verdict is there."""
    without = judging.leaves_one_out(store, leave_one_out)
    keys = runs.candidates(store, version.key, where, limit, without)
    if not keys:
        raise UsageError(chosen.nothing_left(where.said))
    return keys, set(reuse.reusable(store, judging.asked(version, model, endpoint, without), keys))


def _asked(store: Store, version: PromptVersion, asked: Asked, keys: list[int],
           anew: bool) -> tuple[list[tuple[str, int, int, int]], int]:
    """(model, calls, tokens of prompts, of replies) of each judge asked; traces for which a cascade asks neither."""
    if version.cascade is None:
        each, reply = tokens_of_a_judgement(store, version, keys)
        return [(asked.model, len(keys), round(each * len(keys)), round(reply * len(keys)))], 0
    found, (one, two) = expecting.expected(store, version, asked, keys, anew), halves(version)
    calls = ((asked.model, len(found.first), one, 1), (found.then_model, found.second, two, TOKENS_OF_A_VERDICT))
    some = _some(keys)
    return [(model, n, round(_tokens_of_a_prompt(store, half, some) * n), reply * n)
            for model, n, half, reply in calls], found.free


def _hidden(store: Store, version: PromptVersion, keys: list[int]) -> int:
    """How many of these traces hold a part that is no text and that this version does not show."""
    but = pictures.seen if pictures.wanted(version.parameters) else lambda part: False
    return len(traces.with_parts(store, keys, but))


def _unseen(n: int, shows: bool) -> str:
    what = "audio, files or pictures that cannot be sent" if shows else "pictures, audio or files"
    return (f"{counted(n, 'of the traces holds', 'of the traces hold')} {what}: the judge is told their type and size "
            "and does not see them. "
            ) if n else ""


def _empty(titles: tuple[str, ...]) -> str:
    return f" Not sent, for nothing stands there yet: {', '.join(titles)}." if titles else ""


def tokens_of_a_judgement(store: Store, version: PromptVersion, keys: list[int]) -> tuple[float, float]:
    """About how many tokens the prompt for one of these traces has, and the reply."""
    return _tokens_of_a_prompt(store, version, _some(keys)), _tokens_of_a_verdict(store, version.judge)


def _some(keys: list[int]) -> list[int]:
    return keys[:: max(1, len(keys) // _SAMPLE)][:_SAMPLE]


def _tokens_of_a_prompt(store: Store, version: PromptVersion, some: list[int]) -> float:
    prompt = judging.prompt(store, version)
    found = [judge.estimate_tokens(prompt.messages(traces.by_key(store, key))) for key in some]
    return mean(found) if found else 0


def _tokens_of_a_verdict(store: Store, name: str) -> float:
    newest = runs.newest(store, name)
    tokens = caps.spent(store, newest.id).completion_tokens if newest and newest.done > newest.reused else 0
    if tokens:
        return tokens / (newest.done - newest.reused)
    return 1 if judges.kind_of(store, name) == DECISION else TOKENS_OF_A_VERDICT  # a probability is one token


def check(store: Store, wanted: Caps, model: str) -> Caps:
    """The caps; UsageError for one that is not above 0, and where money is bounded and the model has no price."""
    caps.check(wanted)
    if wanted.cost is not None and model not in prices.every(store):
        raise UsageError(f"A cap on cost needs a price: Settings, Models has none of '{model}'. "
                         "Give one, or bound calls or tokens.")
    return wanted


def queued(store: Store, name: str, wanted: Caps = Caps(), **options: Any) -> Run:
    """A queued run of a judge's newest prompt within these caps; the options are those of `judging.start_run`.

    Where somebody else has just started the same, it is their run, with their caps.
    """
    with store.transaction():
        run = judging.start_run(store, name, **options)
        _check_models(store, run, wanted)
        caps.begin(store, run.id, wanted)
    return run


def put(store: Store, run: int, wanted: Caps) -> None:
    """New caps for a run, in place of the earlier ones."""
    _check_models(store, runs.get(store, run), wanted)
    caps.put(store, run, wanted)


def _check_models(store: Store, run: Run, wanted: Caps) -> None:
    """Of a cascade both models need a price where money is bounded."""
    for model in runner.models_of(judges.prompt_by_key(store, run.prompt), run.model, run.endpoint).values():
        check(store, wanted, model)


def raise_caps(store: Store, run: int, wanted: Caps) -> None:
    """New caps for a run that stopped, which then goes on in a process of its own."""
    put(store, run, wanted)
    judging.resume(store, run)


def words(found: Estimate, last: str = RETRIES) -> str:
    """An estimate in a sentence."""
    same = counted(found.reused, "verdict is", "verdicts are")
    taken = f"{same} taken over from earlier runs, which asked the same, at no cost. "
    if not found.calls:
        return taken + "Nothing is left to be asked." if found.reused else "No trace fits: nothing would be judged."
    cost = "no price in Settings, Models" if found.cost is None else f"cost {found.cost:,.4f}"
    if found.batch:
        cost += f", {_SHARE}" if found.cost is not None else ""
        last = "It is asked in batches and comes within a day." if last == RETRIES else last
    return (f"{taken if found.reused else ''}{_unseen(found.unseen, found.pictures)}About "
            f"{counted(found.calls, 'call')}, {counted(found.prompt_tokens, 'token')} of prompts and "
            f"{found.completion_tokens:,} of replies, {cost}. "
            f"{last}{_empty(found.empty)}{' ' if found.asked_with else ''}{found.asked_with}")


def stopped(work: Run | Suggestion | Job) -> bool:
    """Whether a cap stopped it: it goes on once that is raised."""
    return work.status == PAUSED and work.message.startswith("The cap")


def share(store: Store, model: str, wanted: Caps, spent: Spent) -> float | None:
    """How much of the cap that is nearest was spent, 0 to 1; None where nothing is bounded."""
    tokens = spent.prompt_tokens + spent.completion_tokens
    price = prices.every(store).get(model)
    cost = spent.cost(price) if price else None
    shares = [value / bound for bound, value in ((wanted.calls, spent.calls), (wanted.tokens, tokens),
                                                 (wanted.cost, cost)) if bound is not None and value is not None]
    return min(1.0, max(shares)) if shares else None
