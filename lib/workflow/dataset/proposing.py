"""Step 2, inputs: which combinations, what the model is told, a job that writes, and an opinion on request.

A model writes inputs only. Each waits as a proposal until a person accepts it.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from typing import Any

from lib.engine import jobs, runner
from lib.models.llm import LlmError
from lib.prompting import generate, judge
from lib.records import Dimension, Estimate, Job, UsageError
from lib.records.words import counted
from lib.sampling import combinations
from lib.store import Store, prices, projects
from lib.store import jobs as stored_jobs
from lib.store.dataset import coverage, dimensions, generations
from lib.workflow import endpoints

BY_HAND, EMPTY, RANDOM, PAIRWISE = "by hand", "empty cells", "random", "pairwise"
WAYS = (BY_HAND, EMPTY, RANDOM, PAIRWISE)
PLACEHOLDERS, MOST = generate.PLACEHOLDERS, generate.MOST
MOST_COMBINATIONS = 1_000  # in one job: each is a call
TOKENS_OF_AN_INPUT = 40  # for the estimate, where nothing was written yet
OPINIONS_AT_ONCE = 8
Combination = dict[str, str]


@dataclass(frozen=True)
class Recipe:
    """What the team settles beside the combination; assumptions are for the reviewer and no model is told them."""

    template: str = generate.DEFAULT_TEMPLATE
    system_information: str = ""
    assumptions: str = ""


@dataclass(frozen=True)
class Writing:
    """What the part that has inputs written shows: dimensions with their values, the recipe as it was saved last."""

    offered: dict[str, tuple[str, ...]]
    recipe: Recipe


@dataclass(frozen=True)
class Chosen:
    """The combinations of a choice, and how many are possible."""

    wanted: tuple[Combination, ...]
    these: int  # possible ones of the values picked
    every: int  # of all values


@dataclass(frozen=True)
class Proposals:
    """The proposals of a choice, and how many wait, are flagged, were accepted, edited and rejected."""

    counts: dict[str, int]
    rows: tuple[dict[str, Any], ...]  # oldest first


@dataclass(frozen=True)
class Spent:
    """What a job has brought and taken so far; no cost where a price is not known."""

    asked: int  # inputs that its ended calls were asked for
    came: int
    tokens: int
    cost: float | None


def spent(store: Store, job: Job) -> Spent:
    """Of a job that writes inputs."""
    calls = generations.spent(store, job.id)
    return Spent((job.done - job.errors) * job.config.get("n", 0), generations.written_by(store, job.id),
                 sum(prompt + completion for _, _, prompt, completion in calls), prices.cost(store, calls))


def writing(store: Store) -> Writing:
    """What there is to write inputs for, and with what."""
    return Writing(offered(store), recipe(store))


def waiting(store: Store) -> int:
    """How many proposals nobody has decided on."""
    return generations.counts(store)["proposed"]


def proposals(store: Store, status: str, flagged: bool | None, limit: int) -> Proposals:
    """Those of a status, of one kind of them where `flagged` says which; at most `limit`."""
    return Proposals(generations.counts(store),
                     tuple(generations.proposed(store, status=status, flagged=flagged, limit=limit)))


def chosen(store: Store, way: str, picked: dict[str, Sequence[str]], known: dict[str, tuple[str, ...]], most: int,
           seed: int) -> Chosen:
    """The combinations that `choose` gives, with how many are possible of these values and of all that are known."""
    return Chosen(tuple(choose(store, way, picked, most, seed)), possible(store, picked), possible(store, known))


def offered(store: Store) -> dict[str, tuple[str, ...]]:
    """The dimensions and values that inputs can be written for: retired ones are not."""
    found = {one.name: tuple(value.name for value in one.values) for one in dimensions.described(store)}
    return {name: values for name, values in found.items() if values}


def choose(store: Store, way: str, picked: dict[str, Sequence[str]], most: int = 50,
           seed: int = 0) -> list[Combination]:
    """Up to `most` possible combinations of these values, chosen in one of WAYS; fewer where there are fewer."""
    if way not in WAYS:
        raise UsageError(f"Combinations are chosen in one of these ways: {', '.join(WAYS)}, not '{way}'.")
    if not 1 <= most <= MOST_COMBINATIONS:
        raise UsageError(f"Between 1 and {MOST_COMBINATIONS:,} combinations can be taken at once, not {most}.")
    _check(store, picked)
    never = coverage.impossible(store)
    if way == RANDOM:
        return combinations.sample(picked, never, most, seed)
    if way == PAIRWISE:
        return combinations.pairwise(picked, never)[:most]
    if way == EMPTY:
        counts = coverage.combination_counts(store, list(picked))
        return list(islice(combinations.empty(picked, never, counts), most))
    return list(islice(combinations.every(picked, never), most))


def _check(store: Store, picked: dict[str, Sequence[str]]) -> None:
    known = offered(store)
    for name, values in picked.items():
        if name not in known:
            raise UsageError(f"There is no dimension '{name}' with values. Those there are: "
                             f"{', '.join(known) or 'none yet'}.")
        for value in values:
            if value not in known[name]:
                raise UsageError(f"'{name}' has no value '{value}'. Its values: {', '.join(known[name])}.")


def possible(store: Store, picked: dict[str, Sequence[str]]) -> int:
    """How many combinations of these values are possible."""
    return combinations.count(picked, coverage.impossible(store))


def recipe(store: Store) -> Recipe:
    """The project's recipe as it was saved last."""
    return Recipe(**json.loads(projects.setting(store, _setting(store)) or "{}"))


def save_recipe(store: Store, changed: Recipe) -> None:
    """Keeps the recipe for the next job; UsageError where its template cannot be filled in."""
    generate.check_template(changed.template)
    projects.set_setting(store, _setting(store), json.dumps(asdict(changed)))


def _setting(store: Store) -> str:
    return f"recipe of project {store.project}"


def preview(store: Store, chosen: Recipe, combination: Combination, n: int) -> str:
    """The prompt a model would get for one combination, unsaved edits included."""
    generate.check_template(chosen.template)
    return generate.render(_brief(store, chosen, combination, n, dimensions.described(store, retired=True)))


def _brief(store: Store, chosen: Recipe, combination: Combination, n: int,
           known: Sequence[Dimension]) -> generate.Brief:
    return generate.Brief(combination, n, projects.current(store).question, known, chosen.system_information,
                          jobs.avoided(store, combination), chosen.template)


def estimate(store: Store, chosen: Recipe, wanted: Sequence[Combination], n: int, model: str = "") -> Estimate:
    """Calls and about how many tokens: of the first prompts, four characters a token."""
    first = [preview(store, chosen, combination, n) for combination in wanted[:5]]
    each = sum(judge.estimate_tokens([{"content": prompt}]) for prompt in first) // max(1, len(first))
    prompt, completion = each * len(wanted), TOKENS_OF_AN_INPUT * n * len(wanted)
    return Estimate(len(wanted), prompt, completion,
                    prices.cost(store, [(model, len(wanted), prompt, completion)]))


def start(store: Store, wanted: Iterable[Combination], n: int, chosen: Recipe, *, endpoint: str | None = None,
          model: str | None = None, concurrency: int = 8, token: str | None = None) -> Job:
    """A queued job with one call per combination; whoever starts its process, or executes it, sets it going."""
    items = [(None, {"combination": combination}) for combination in wanted]
    if not items:
        raise UsageError("No combination is chosen: choose values, or another way of choosing.")
    if len(items) > MOST_COMBINATIONS:
        raise UsageError(f"{counted(len(items), 'combination')} are too many for one job: take at most "
                         f"{MOST_COMBINATIONS:,}.")
    if not 1 <= n <= MOST:
        raise UsageError(f"Between 1 and {MOST} inputs can be written at once, not {n}.")
    save_recipe(store, chosen)
    found = endpoints.choice(store, endpoint, model)
    job = stored_jobs.create(store, "generate", items, config={"n": n, **asdict(chosen)}, endpoint=found.endpoint,
                             model=found.model, concurrency=concurrency, token=token)
    return stored_jobs.get(store, job)


def ask_opinions(store: Store, proposals: Sequence[int], endpoint: str | None = None,
                 model: str | None = None) -> list[str]:
    """Asks a model of each proposal whether it really triggers its scenario; keeps the answers, returns the errors."""
    store.check("generations")  # before the calls, which cost money
    found = [generations.one(store, proposal) for proposal in proposals]
    said = asyncio.run(_opinions(store, found, endpoints.choice(store, endpoint, model)))
    errors = []
    for row, opinion in zip(found, said, strict=True):
        if isinstance(opinion, LlmError):
            errors.append(f"Proposal {row['id']}: {opinion}")
        else:
            generations.keep_opinion(store, row["id"], opinion)
    return errors


async def _opinions(store: Store, rows: list[dict], chosen: endpoints.Choice) -> list[str | LlmError]:
    known, gate = dimensions.described(store, retired=True), asyncio.Semaphore(OPINIONS_AT_ONCE)

    async def ask(client, row: dict) -> str | LlmError:
        told = Recipe(system_information=row["system_information"])
        async with gate:
            try:
                return await generate.opine(client, chosen.model, _brief(store, told, row["combination"], 1, known),
                                            row["input"])
            except LlmError as error:
                return error

    async with runner.called(store, chosen.endpoint, OPINIONS_AT_ONCE) as client:
        return await asyncio.gather(*(ask(client, row) for row in rows))
