"""Drafts by a model, from start to a person's click: what is asked for, and what is taken into the draft of a prompt.

Nothing here saves a version of a prompt. Train critiques, dev differences, train and dev traces: never test.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from lib import guidelines, lint, suggesters
from lib.records import DEV, OUTCOMES, TRAIN, PromptVersion, Run, UsageError
from lib.records.suggestion import GUIDELINES, KINDS, REVISION, SEARCH, SEED, Rule, Suggestion
from lib.store import Store, critiques, judges, rules, suggestions
from lib.suggesters.drafting import critiques_for, differences_for
from lib.workflow import judging, versions
from lib.workflow.background import Background
from lib.workflow.figures import principal_name

MOST_SHOWN = 60  # critiques or differences in one prompt
TRAIN_TRACES, DEV_TRACES = 60, 40  # that a search tries candidates on
LEAST_CALLS = 20
SUGGESTIONS = Background("Suggestion", suggestions, suggesters.alive, lambda store, number: 0, "suggest")
start_process, ready_to_resume, resume = (SUGGESTIONS.start_process, SUGGESTIONS.ready_to_resume, SUGGESTIONS.resume)
cancel, settle, boot = SUGGESTIONS.cancel, SUGGESTIONS.settle, SUGGESTIONS.boot


def start(store: Store, version: PromptVersion, kind: str, *, endpoint: str | None = None, model: str | None = None,
          token: str | None = None, most: int = MOST_SHOWN, calls: int = 300, dev: int = DEV_TRACES,
          concurrency: int = 8) -> Suggestion:
    """A queued suggestion that starts from this version; whoever starts its process sets it going.

    `most` critiques or differences are shown; a search makes at most so many `calls` on at most `dev` dev traces.
    """
    if kind not in KINDS:
        raise UsageError(f"A suggestion is one of {', '.join(KINDS)}, not '{kind}'.")
    _check_criterion(store, version)
    expert, config = principal_name(store), {"most": most}
    if kind == GUIDELINES:
        _train_critiques(store, expert)
    if kind == REVISION:
        config["run"] = _differences(store, version, expert, 1)[0].id
    if kind == SEARCH:
        config = _search(store, version, expert, calls, dev, concurrency)
    chosen = judging.choice(store, endpoint, model, version)
    return suggestions.get(store, suggestions.create(store, version.key, kind, chosen.endpoint, chosen.model, config,
                                                     token))


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


def _search(store: Store, version: PromptVersion, expert: str, calls: int, dev: int, concurrency: int) -> dict:
    if calls < LEAST_CALLS:
        raise UsageError(f"A search needs {LEAST_CALLS} calls or more, not {calls}.")
    found = {split: _some(critiques.to_try(store, expert, split, version.key), most)
             for split, most in ((TRAIN, TRAIN_TRACES), (DEV, min(dev, calls // 2)))}
    for split, keys in found.items():
        if not keys:
            raise UsageError(f"No answered trace of the split '{split}' has a label of {expert} that counts and is no "
                             "example of this prompt: a search needs some of train and of dev.")
    return {**found, "calls": calls, "concurrency": concurrency}


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
        return f"{fit:,} of {there:,} complete critiques on train traces are shown to the model, both outcomes in turn."
    if kind == REVISION:
        run, fit, there = _differences(store, version, expert, most)
        return f"{fit:,} of {there:,} dev traces on which run {run.id} and {expert} differ are shown to the model."
    config = _search(store, version, expert, LEAST_CALLS * 100, DEV_TRACES, 1)
    return (f"{len(config[TRAIN]):,} train traces to learn from and {len(config[DEV]):,} dev traces to choose by; "
            "no test trace is read.")


def take_rules(store: Store, version: PromptVersion, chosen: Sequence[Rule]) -> str:
    """Adds these rules to the guidelines of the version's draft, with the labels behind them; the draft's text."""
    if not chosen:
        raise UsageError("Tick the rules to take first.")
    draft = versions.draft(store, version)
    template = guidelines.added(draft.template, [rule.text for rule in chosen])
    with store.transaction():
        known = rules.every(store, version.judge)
        for rule in chosen:
            before = known.get(rule.text, Rule(rule.text)).labels
            rules.link(store, version.judge, rule.text, [*before, *rule.labels])
        versions.keep(store, version, replace(draft, template=template))
    return template


def take(store: Store, version: PromptVersion, template: str) -> None:
    """Puts a proposed text in the place of the draft's; examples and note stay."""
    versions.keep(store, version, replace(versions.draft(store, version), template=template))


def remarks(store: Store, version: PromptVersion, template: str) -> list[lint.Remark]:
    """The known mistakes of a proposed text that the version itself does not make."""
    chosen = [one.label.key for one in version.examples]
    before = versions.remarks(store, version.template, chosen)
    return [one for one in versions.remarks(store, template, chosen) if one not in before]


def best(found: Suggestion) -> dict:
    """Of a search's candidates the one that agrees on most dev traces; of equals the earlier, so rather the start."""
    return max(found.result["candidates"], key=lambda one: one["agreeing"])
