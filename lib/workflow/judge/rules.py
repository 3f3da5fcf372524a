"""The rules of a prompt: which critiques justify each, and what the judge does without one of them."""

from dataclasses import dataclass

from lib.prompting import guidelines
from lib.records import DEV, TRAIN, PromptVersion, Run, UsageError
from lib.records.suggestion import Rule
from lib.store import Store, experts
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs
from lib.store.judge import rules as stored
from lib.store.review import labels
from lib.workflow import endpoints
from lib.workflow.judge import judging, versions


@dataclass(frozen=True)
class Standing:
    """A rule of the draft: the labels behind it, and the trial without it where there was one."""

    rule: Rule
    saved: bool  # it stands in the version itself, not in the draft alone
    trial: PromptVersion | None
    run: Run | None


@dataclass(frozen=True)
class Rules:
    """What the panel of rules shows: each rule of the draft, and the train critiques that may justify one."""

    rules: tuple[Standing, ...]
    offered: dict[int, str]  # number of a label -> its outcome and the beginning of its critique


def panel(store: Store, version: PromptVersion) -> Rules:
    """All that the panel shows before one of its critiques is opened."""
    principal = experts.principal(store)
    rows = labels.candidates(store, principal.name, TRAIN) if principal else []
    return Rules(tuple(of_draft(store, version)), {
        row["label"]: f"{row['outcome']}: {row['critique'][:90]} (label {row['label']})" for row in rows})


def of_draft(store: Store, version: PromptVersion) -> list[Standing]:
    """Every rule of the draft in order, with its critiques and its trial."""
    known = stored.every(store, version.judge)
    saved, trials = guidelines.rules(version.template), _trials(store, version)
    return [Standing(known.get(text, Rule(text)), text in saved, *trials.get(text, (None, None)))
            for text in guidelines.rules(versions.draft(store, version).template)]


def _trials(store: Store, version: PromptVersion) -> dict[str, tuple[PromptVersion, Run | None]]:
    """Rule -> the newest version made from this one without that line, and its newest run."""
    children = [one for one in judges.prompts(store, version.judge) if one.parent == version.key]
    by_prompt: dict[int, Run] = {}
    for run in runs.every(store, version.judge) if children else ():
        by_prompt.setdefault(run.prompt, run)
    found: dict[str, tuple[PromptVersion, Run | None]] = {}
    for text in guidelines.rules(version.template) if children else ():
        less = guidelines.without(version.template, text)
        made = next((one for one in children if one.template == less and _shown(one) == _shown(version)), None)
        if made:
            found[text] = made, by_prompt.get(made.key)
    return found


def _shown(version: PromptVersion) -> list[int]:
    return [one.label.key for one in version.examples]


def link(store: Store, version: PromptVersion, text: str, critiques: list[int]) -> None:
    """Names the labels that justify a rule, in place of those named before."""
    stored.link(store, version.judge, text, critiques)


def try_without(store: Store, version: PromptVersion, text: str) -> Run:
    """A version without the line of this rule, and a queued run of it on dev by the model of the newest run.

    The same rule again gives the version and the run there are already; whoever starts its process sets it going.
    """
    less = guidelines.without(version.template, text)
    newest = next((run for run in runs.every(store, version.judge) if run.prompt is not None), None)
    if newest is None:
        raise UsageError("There is nothing to compare with yet: run this version on the dev split first.")
    chosen = endpoints.choice(store, newest.endpoint, newest.model)
    with store.transaction():
        made, run = _trials(store, version).get(text, (None, None))
        if made is None:
            made = judging.save_prompt(store, version.judge, less, _shown(version), version.model, version.parameters,
                                       guidelines.TRIAL + text, version.key)
        return run or runs.get(store, runs.create(
            store, made.key, chosen.model, chosen.endpoint, where=Filter(split=DEV, label="any"),
            parameters=made.parameters, concurrency=newest.concurrency, leave_one_out=judging.leaves_one_out(store)))
