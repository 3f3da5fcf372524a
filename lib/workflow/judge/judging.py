"""Step 5: the judge's prompt, the endpoint it runs against, and runs as processes of their own."""

from dataclasses import replace
from functools import partial
from typing import Any

from lib.engine import runner
from lib.engine.runner import EMBEDDED, ENVIRONMENT, address_of
from lib.models import llm
from lib.models.habits import Habits
from lib.prompting import asking, decisions, judge, likelihood
from lib.records import (
    DONE,
    QUEUED,
    RESUMABLE,
    RUNNING,
    TRAIN,
    Decision,
    Example,
    PromptVersion,
    Run,
    Trace,
    UsageError,
)
from lib.records.words import counted
from lib.sampling.splits import FEW
from lib.store import Store, endpoint_habits, projects
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, splits
from lib.store.judge.fits import probabilities
from lib.store.judge.reuse import Asked
from lib.store.review import criteria, labels
from lib.workflow import endpoints
from lib.workflow.background import Background
from lib.workflow.endpoints import Choice

ELSEWHERE = "batch files"  # in the place of an address
DEFAULT_JUDGE = "desired outcome"
DEFAULT_TEMPLATE = judge.DEFAULT_TEMPLATE
PLACEHOLDERS = judge.PLACEHOLDERS


def ensure_judge(store: Store) -> None:
    """Gives a project its first judge, with the default prompt, unless it has a judge with a prompt."""
    with store.transaction():
        if not judges.with_prompt(store, archived=True):
            judges.save_prompt(store, DEFAULT_JUDGE, judge.DEFAULT_TEMPLATE,
                               note="The prompt every project starts with.")


def save_prompt(store: Store, name: str, template: str, chosen: list[int], model: str | None = None,
                parameters: dict[str, Any] | None = None, note: str = "", parent: int | None = None,
                decision: Decision | None = None) -> PromptVersion:
    """A new prompt version; `chosen` are label numbers, complete and of `example_split`, in order.

    `parent` is the key of the version it was made from; the newest one where it is not named. A decision judge is
    asked as its newest version is, unless a `decision` says otherwise.
    """
    before = _decision(store, name.strip())
    decision = decision or before
    (decisions if decision else judge).check_template(template)
    check_examples(store, chosen, name)
    return judges.save_prompt(store, name, template, chosen, model, parameters, note, parent, decision)


def _decision(store: Store, name: str) -> Decision | None:
    """How the newest version of a judge asks for a probability: its next one asks the same way; None for text."""
    known = judges.prompts(store, name)[:1] if name in judges.every(store, archived=True) else []
    if known and known[0].cascade:
        raise UsageError(f"'{name}' is a cascade of two judges: edit one of the two, then make it anew by "
                         "'cascade new'.")
    return known[0].decision if known else None


def example_split(store: Store) -> str | None:
    """The split whose labels may be shown as examples; None, any of them, while labels are few."""
    return TRAIN if splits.enough(store) else None


def example_rule(store: Store) -> str:
    """Which labels may be examples, and whether they count, in words."""
    if example_split(store):
        return f"Examples come from the split {TRAIN}, and a trace shown here never counts in this version's agreement."
    return (f"With fewer than {FEW} labelled traces any of them may be one: a run judges it by the prompt without it, "
            "and the pair counts provisionally.")


def leaves_one_out(store: Store, wanted: bool | None = None) -> bool:
    """Whether a new run judges its prompt's own examples, each without itself: as wanted, else where labels are few."""
    few = not splits.enough(store)
    if wanted and not few:
        raise UsageError(f"Leave-one-out is for fewer than {FEW} labelled traces: with more, examples come from "
                         f"'{TRAIN}' and never count.")
    return few if wanted is None else wanted


def check_examples(store: Store, chosen: list[int], name: str) -> None:
    """UsageError where one of these labels may not be shown as an example in a judge's prompt, with the reason."""
    split = example_split(store)
    for example in labels.by_keys(store, chosen, name.strip()):
        if not example.label.complete:
            raise UsageError(f"The label on '{example.trace.id}' has no critique: an example teaches by its critique. "
                             "Write one on the Review page first.")
        if split and example.trace.split != split:
            raise UsageError(f"Trace '{example.trace.id}' is in the split '{example.trace.split}': examples come from "
                             f"'{split}', so that the judge is measured on traces its prompt has not shown.")


def placeholders_of(version: PromptVersion) -> dict[str, str]:
    """What the prompt of a version may hold, with what each stands for."""
    return decisions.PLACEHOLDERS if version.decision else PLACEHOLDERS


def preview_prompt(store: Store, template: str, chosen: list[int], trace_id: str,
                   name: str | None = None, decision: Decision | None = None) -> list[dict[str, Any]]:
    """The messages a model would get for one trace, unsaved edits included."""
    (decisions if decision else judge).check_template(template)
    examples: tuple[Example, ...] = tuple(labels.by_keys(store, chosen, name))
    version = PromptVersion(judge="preview", number=0, template=template, examples=examples, decision=decision)
    trace: Trace = traces.get(store, trace_id)
    return prompt(store, version).messages(trace)


def prompt(store: Store, version: PromptVersion) -> asking.AnyPrompt:
    """A version as a run started now would send it, with today's question and criteria."""
    words = version.template + (version.cascade.template if version.cascade else "")
    known = criteria.newest(store) if "criteria" in judge.placeholders(words) else None
    return asking.prepared(version, projects.current(store).question, known.text if known else "")


def estimate_tokens(messages: list[dict[str, Any]]) -> int:
    """About how many tokens a prompt has."""
    return judge.estimate_tokens(messages)


def start_run(store: Store, name: str, *, where: Filter = Filter(), limit: int | None = None, concurrency: int = 32,
              endpoint: str | None = None, model: str | None = None, token: str | None = None,
              leave_one_out: bool | None = None, anew: bool = False, elsewhere: bool = False,
              probability: bool = False) -> Run:
    """A queued run of a judge's newest prompt on what the filter leaves; then `start_process` sets it going.

    `leave_one_out`: the prompt's own examples are judged too, each without itself; None: where labels are few.
    `anew`: also what an earlier run has asked in the same words is asked again. `elsewhere`: by a machine that is not
    reached from here, whose model is taken as it is named. `probability`: that of each outcome is asked for. UsageError
    for an archived judge.
    """
    if name in judges.archived(store):
        raise UsageError(f"The judge {name} is archived and is not run: bring it back on Judge, Versions, first.")
    version = asking_for(judges.newest_prompt(store, name), probability)
    model = model or (version.model if version.cascade else None)
    chosen = Choice(ENVIRONMENT, model) if elsewhere and model else endpoints.choice(store, endpoint, model, version)
    if version.cascade and chosen.model != version.model:
        raise UsageError(f"The cascade {name} was chosen on probabilities of {version.model}: leave the model out. "
                         "For another one judge dev with it, then make the cascade anew by 'cascade new'.")
    run = runs.create(store, version.key, chosen.model, chosen.endpoint, where=where, limit=limit,
                      concurrency=concurrency, parameters=version.parameters, token=token,
                      leave_one_out=leaves_one_out(store, leave_one_out), anew=anew,
                      address=ELSEWHERE if elsewhere else address_of(chosen.endpoint))
    return runs.get(store, run)


def asking_for(version: PromptVersion, probability: bool) -> PromptVersion:
    """The version as a run asks it, for the probability of each written outcome too; UsageError where it tells one."""
    if not probability:
        return version
    if version.cascade:
        raise UsageError(f"'{version.judge}' is a cascade, whose judges ask as their own versions say: leave "
                         "--probability out.")
    if version.decision:
        raise UsageError(f"'{version.judge}' answers with a probability already: leave --probability out.")
    return replace(version, parameters=likelihood.with_probability(version.parameters))


def untold(store: Store, number: int) -> str:
    """How many verdicts of a run that asked for probabilities have none, in a sentence; "" where all have one."""
    run = runs.get(store, number)
    if not likelihood.asked(run.parameters):
        return ""
    outcomes, without = probabilities.told(store, number)
    return (f"{without:,} of {counted(outcomes, 'verdict')} of run {number} without a probability: the endpoint tells "
            "no log-probabilities of the outcome's word there, or too little of them lies on pass and fail. The "
            "verdicts stand as they are.") if without else ""


def asked(version: PromptVersion, model: str, endpoint: str | None = None, leave_one_out: bool = False) -> Asked:
    """What a run of a prompt version would ask; the endpoint is the one used by default where none is named."""
    endpoint = _endpoint(endpoint)
    return Asked(version.key, model, endpoint, version.parameters, leave_one_out, address_of(endpoint))


def _endpoint(named: str | None) -> str:
    return named or (ENVIRONMENT if llm.environment_endpoint() else EMBEDDED)


def asked_with(store: Store, model: str, endpoint: str | None = None) -> str:
    """How a model is asked otherwise than a prompt version says, by its own earlier answers; "" where it is not."""
    known = endpoint_habits.of(store, address_of(_endpoint(endpoint))).get(model)
    return Habits.of(known).words if known else ""


def ask_errors_again(store: Store, number: int) -> Run:
    """Queues a run again with all its errors, refused and unreadable replies too; what was read stays as it is."""
    RUNS.settle(store)
    found = runs.get(store, number)
    with store.transaction():
        again = runs.drop_errors(store, number) if found.status in (DONE, *RESUMABLE) else 0
        if not again:
            raise UsageError(f"Run {number} is {found.status}, with {counted(found.errors, 'error')}: there is nothing "
                             "to ask again.")
        runs.set_status(store, number, QUEUED, only_from=(DONE, *RESUMABLE))
    return runs.get(store, number)


def retry_errors(store: Store, number: int) -> None:
    """Asks again for all errors of a run that has ended, in a process of its own."""
    ask_errors_again(store, number)
    start_process(store, number)


RUNS = Background("Run", runs, runner.alive, runs.drop_unanswered, "resume",
                  partial(runs.numbers, status=RUNNING), "--errors")
start_process, ready_to_resume, resume = RUNS.start_process, RUNS.ready_to_resume, RUNS.resume
cancel, settle, boot = RUNS.cancel, RUNS.settle, RUNS.boot
