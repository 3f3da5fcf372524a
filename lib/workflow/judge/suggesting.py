"""Drafts by a model, from start to a person's click: what is asked for, and what is taken into the draft of a prompt.

Nothing here saves a version of a prompt. Train critiques, dev differences, train and dev traces: never test.
"""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from lib.engine import suggesters
from lib.engine.suggesters.drafting import critiques_for, differences_for
from lib.engine.suggesters.forecast import of_a_proposal
from lib.prompting import guidelines, lint
from lib.records import (
    DEV,
    OUTCOMES,
    QUEUED,
    RUNNING,
    TRAIN,
    Caps,
    Estimate,
    Example,
    PromptVersion,
    Run,
    UsageError,
)
from lib.records.suggestion import AT_ONCE, GUIDELINES, KINDS, REVISION, SEARCH, SEED, Rule, Suggestion
from lib.records.words import counted
from lib.store import Store, prices
from lib.store.judge import judges, rules, suggestions
from lib.store.review import critiques, labels
from lib.workflow import endpoints
from lib.workflow.background import Background
from lib.workflow.figures import principal_name
from lib.workflow.judge import budget, kinds, versions

MOST_SHOWN = 60  # critiques or differences in one prompt
TRAIN_TRACES, DEV_TRACES = 60, 40  # that a search tries candidates on
LEAST_CALLS = 20
FIRST_CAPS = {SEARCH: Caps(calls=300)}  # where nobody says otherwise; a draft of one call needs none
_LAST = {SEARCH: "Retries are among them; it ends sooner where it agrees on every dev trace."}
SUGGESTIONS = Background("Suggestion", suggestions, suggesters.alive, lambda store, number: 0, "suggest")
start_process, ready_to_resume, resume = (SUGGESTIONS.start_process, SUGGESTIONS.ready_to_resume, SUGGESTIONS.resume)
cancel, settle, boot = SUGGESTIONS.cancel, SUGGESTIONS.settle, SUGGESTIONS.boot


def start(store: Store, version: PromptVersion, kind: str, *, endpoint: str | None = None, model: str | None = None,
          token: str | None = None, **options: Any) -> Suggestion:
    """A queued suggestion that starts from this version; whoever starts its process sets it going.

    The options are those of `asked_for`. Where the same is under way, it is that one, with its caps.
    """
    config = asked_for(store, version, kind, **options)
    chosen = endpoints.choice(store, endpoint, model, version)
    budget.check(store, _caps_in(config), chosen.model)
    return suggestions.get(store, suggestions.create(store, version.key, kind, chosen.endpoint, chosen.model, config,
                                                     token))


def asked_for(store: Store, version: PromptVersion, kind: str, *, wanted: Caps | None = None, most: int = MOST_SHOWN,
              dev: int = DEV_TRACES, concurrency: int = 8) -> dict[str, Any]:
    """What is stored with a suggestion: what it is drawn from and its caps, `FIRST_CAPS` where none are named.

    `most` critiques or differences are shown; a search tries candidates on at most `dev` dev traces.
    """
    if kind not in KINDS:
        raise UsageError(f"A suggestion is one of {', '.join(KINDS)}, not '{kind}'.")
    kinds.need_text(version, "a suggestion")
    _check_criterion(store, version)
    expert, config = principal_name(store), {"most": most}
    wanted = FIRST_CAPS.get(kind, Caps()) if wanted is None else wanted
    if kind == GUIDELINES:
        _train_critiques(store, expert)
    if kind == REVISION:
        config["run"] = _differences(store, version, expert, 1)[0].id
    if kind == SEARCH:
        config = _search(store, version, expert, wanted, dev, concurrency)
    return {**config, **asdict(wanted)}


def _caps_in(config: dict[str, Any]) -> Caps:
    return Caps(config["calls"], config["tokens"], config["cost"])


def _check_criterion(store: Store, version: PromptVersion) -> None:
    if version.judge in judges.special(store):
        raise UsageError("A model drafts from the expert's labels, and this judge has a failure mode of its own as its "
                         "criterion: edit its prompt by hand.")


def _train_critiques(store: Store, expert: str) -> int:
    there = critiques.count_of_train(store, expert)
    if not there:
        raise UsageError(f"{expert} has written no critique on a trace of the train split yet: guidelines are drawn "
                         "from those alone. Review train traces first.")
    return there


def _differences(store: Store, version: PromptVersion, expert: str, most: int) -> tuple[Run, int, int]:
    """The newest run that judged dev traces, how many of its differences fit, and how many there are."""
    judged = versions.with_verdicts(store, version)
    found = next((run for run in judged if critiques.judged_on_dev(store, run.id)), None)
    if found is None:
        raise UsageError(f"Version {version.number} has judged no dev trace yet: run it on the dev split first.")
    some, there = differences_for(store, found.id, expert, most)
    if not there:
        raise UsageError(f"Run {found.id} of version {version.number} differs from {expert} on no dev trace that "
                         "counts: there is nothing to draw a revision from.")
    return found, len(some), there


def _search(store: Store, version: PromptVersion, expert: str, wanted: Caps, dev: int, concurrency: int) -> dict:
    _check_bounded(wanted)
    if wanted.calls is not None:
        if wanted.calls < LEAST_CALLS:
            raise UsageError(f"A search needs {LEAST_CALLS} calls or more, not {wanted.calls}.")
        dev = min(dev, wanted.calls // 2)
    found = {split: _some(critiques.to_try(store, expert, split, version.key), most)
             for split, most in ((TRAIN, TRAIN_TRACES), (DEV, dev))}
    for split, keys in found.items():
        if not keys:
            raise UsageError(f"No answered trace of the split '{split}' has a label of {expert} that counts and is no "
                             "example of this prompt: a search needs some of train and of dev.")
    return {**found, "concurrency": concurrency}


def _check_bounded(wanted: Caps) -> None:
    if wanted == Caps():
        raise UsageError("A search goes on until a cap stops it: bound its calls, its tokens or its cost.")


def _some(by_outcome: dict[str, list[int]], most: int) -> list[int]:
    """So many of both outcomes, as even as they come, the same ones each time."""
    draw = random.Random(SEED)
    mixed = [draw.sample(by_outcome[outcome], len(by_outcome[outcome])) for outcome in OUTCOMES]
    turns = [group[place] for place in range(max(map(len, mixed))) for group in mixed if place < len(group)]
    return sorted(turns[:most])


def shown(store: Store, kind: str, version: PromptVersion, most: int = MOST_SHOWN) -> str:
    """What a suggestion would be drawn from, in a sentence; UsageError where there is nothing."""
    _check_criterion(store, version)
    expert = principal_name(store)
    if kind == GUIDELINES:
        there = _train_critiques(store, expert)
        fit = len(critiques_for(store, expert, most))
        return (f"Shown to the model: {fit:,} of {counted(there, 'complete critique')} on train traces, both outcomes "
                "in turn.")
    if kind == REVISION:
        run, fit, there = _differences(store, version, expert, most)
        return (f"Shown to the model: {fit:,} of {counted(there, 'dev trace')} on which run {run.id} and {expert} "
                "differ.")
    config = _search(store, version, expert, Caps(LEAST_CALLS * 100), DEV_TRACES, 1)
    return (f"{counted(len(config[TRAIN]), 'train trace')} to learn from and {counted(len(config[DEV]), 'dev trace')} "
            "to choose by; no test trace is read.")


def estimate(store: Store, version: PromptVersion, kind: str, model: str, **options: Any) -> Estimate:
    """About what a suggestion takes; a search as much as its caps allow. The options are those of `asked_for`."""
    config = asked_for(store, version, kind, **options)
    one = of_a_proposal(store, version, kind, principal_name(store), config)
    prompt, completion = float(one.prompt_tokens), float(one.completion_tokens)
    if kind == SEARCH:
        # A round judges its train traces with the old guidelines, reflects once, and judges them with the new ones.
        judged = budget.tokens_of_a_judgement(store, version, [*config[TRAIN], *config[DEV]])
        prompt, completion = ((2 * AT_ONCE * each + once) / (2 * AT_ONCE + 1)
                              for each, once in zip(judged, (prompt, completion), strict=True))
    allowed = _allowed(store, budget.check(store, _caps_in(config), model), model, prompt, completion)
    calls = allowed if kind == SEARCH else 1
    prompts, replies = round(calls * prompt), round(calls * completion)
    return Estimate(calls, prompts, replies, prices.cost(store, [(model, calls, prompts, replies)]))


def forecast(store: Store, version: PromptVersion, kind: str, model: str, **options: Any) -> str:
    """The estimate in a sentence."""
    return budget.words(estimate(store, version, kind, model, **options), _LAST.get(kind, budget.RETRIES))


def _allowed(store: Store, wanted: Caps, model: str, prompt: float, completion: float) -> int:
    """About how many calls of so many tokens the caps allow; UsageError where that is none."""
    cost = prices.cost(store, [(model, 1, prompt, completion)])
    found = [int(bound / each) for bound, each in ((wanted.calls, 1), (wanted.tokens, prompt + completion),
                                                   (wanted.cost, cost)) if bound is not None and each]
    if not min(found, default=1):
        raise UsageError(f"A call takes about {prompt + completion:,.0f} tokens: the caps allow none. Raise them.")
    return min(found, default=1)


def raise_caps(store: Store, number: int, wanted: Caps) -> None:
    """New caps for a suggestion that stopped, which then goes on in a process of its own."""
    put_caps(store, number, wanted)
    resume(store, number)


def put_caps(store: Store, number: int, wanted: Caps) -> None:
    """New caps for a suggestion, in place of the earlier ones; what was spent counts."""
    found = suggestions.get(store, number)
    if found.kind == SEARCH:
        _check_bounded(wanted)
    suggestions.put_caps(store, number, budget.check(store, wanted, found.model))


@dataclass(frozen=True)
class Drafts:
    """What a model was asked to draft for a version, of one kind: newest first, by number as an address has it."""

    made: dict[str, Suggestion]

    @property
    def going(self) -> Suggestion | None:
        """The one that is being written."""
        return next((one for one in self.made.values() if one.status in (RUNNING, QUEUED)), None)


def drafts(store: Store, version: PromptVersion, kind: str) -> Drafts:
    """Those of one kind."""
    return Drafts({str(one.id): one for one in suggestions.every(store, version.key, kind)})


@dataclass(frozen=True)
class Watched:
    """How far a draft is, and what was paid for it; no cost where a price is not known."""

    draft: Suggestion
    cost: float | None
    share: float | None  # of its caps


def watched(store: Store, number: int) -> Watched:
    """How a draft stands now."""
    settle(store)
    found = suggestions.get(store, number)
    paid = prices.cost(store, [(found.model, found.calls, found.prompt_tokens, found.completion_tokens)])
    return Watched(found, paid, budget.share(store, found.model, found.caps, found.spent))


def behind(store: Store, numbers: Sequence[int]) -> list[Example]:
    """The labels behind a rule, with their traces, in this order."""
    return labels.by_keys(store, list(numbers))


def take_rules(store: Store, version: PromptVersion, chosen: Sequence[Rule]) -> str:
    """Adds these rules to the guidelines of the version's draft, with the labels behind them; returns its text."""
    if not chosen:
        raise UsageError("Tick the rules to take first.")
    draft = versions.draft(store, version)
    template = guidelines.added(draft.template, [rule.text for rule in chosen])
    with store.transaction():
        _link(store, version, chosen)
        versions.keep(store, version, replace(draft, template=template))
    return template


def _link(store: Store, version: PromptVersion, chosen: Sequence[Rule]) -> None:
    known = rules.every(store, version.judge)
    for rule in chosen:
        before = known.get(rule.text, Rule(rule.text)).labels
        rules.link(store, version.judge, rule.text, [*before, *rule.labels])


def take(store: Store, version: PromptVersion, template: str, chosen: Sequence[Rule] = ()) -> None:
    """Puts a proposed text in the place of the draft's, with the labels behind its rules; examples and note stay."""
    with store.transaction():
        _link(store, version, chosen)
        versions.keep(store, version, replace(versions.draft(store, version), template=template))


def remarks(store: Store, version: PromptVersion, template: str) -> list[lint.Remark]:
    """The known mistakes of a proposed text that the version itself does not make."""
    chosen = [one.label.key for one in version.examples]
    before = versions.remarks(store, version.template, chosen)
    return [one for one in versions.remarks(store, template, chosen) if one not in before]


def justified(candidate: dict[str, Any]) -> list[Rule]:
    """The rules of a search's candidate that the search wrote, each with the critiques it was shown for them."""
    return [Rule(one["text"], tuple(one["labels"])) for one in candidate.get("rules", ())]


def best(found: Suggestion) -> dict:
    """Of a search's candidates the one that agrees on most dev traces; of equals the earlier, so rather the start."""
    return max(found.result["candidates"], key=lambda one: one["agreeing"])
