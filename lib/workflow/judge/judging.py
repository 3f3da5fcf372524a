"""Step 5: the judge's prompt, the endpoint it runs against, and runs as processes of their own."""

import difflib
from dataclasses import dataclass
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from lib import judge, llm, local_model, runner
from lib.records import DONE, QUEUED, RESUMABLE, RUNNING, TRAIN, Example, Job, PromptVersion, Run, Trace, UsageError
from lib.runner import EMBEDDED, ENVIRONMENT, address_of
from lib.splits import FEW
from lib.store import Store, judges, labels, projects, runs, splits, traces
from lib.store.reuse import Asked
from lib.workflow.background import Background

DEFAULT_JUDGE = "desired outcome"
DEFAULT_TEMPLATE = judge.DEFAULT_TEMPLATE
PLACEHOLDERS = judge.PLACEHOLDERS


@dataclass(frozen=True)
class EndpointInfo:
    """Where a model can be reached, and whether it can be now."""

    name: str
    title: str
    address: str
    ready: bool
    why: str  # what to do when it is not ready
    trial: bool  # the small embedded model: for trying the path


@dataclass(frozen=True)
class Choice:
    """The endpoint and model a run will use; `note` says how they were chosen."""

    endpoint: str
    model: str
    note: str = ""


def ensure_judge(store: Store) -> None:
    """Gives a project its first judge, with the default prompt, unless it has a judge with a prompt."""
    with store.transaction():
        if not judges.with_prompt(store):
            judges.save_prompt(store, DEFAULT_JUDGE, judge.DEFAULT_TEMPLATE,
                               note="The prompt every project starts with.")


def endpoints(store: Store) -> list[EndpointInfo]:
    """Both endpoints, the one used by default first."""
    ours, theirs = _embedded(store), _environment()
    return [theirs, ours] if theirs.ready else [ours, theirs]


def _embedded(store: Store) -> EndpointInfo:
    try:
        weights = local_model.find_weights(projects.setting(store, "gguf"))
    except UsageError as error:
        return EndpointInfo(EMBEDDED, "Embedded model", "on this machine", False, str(error), True)
    return EndpointInfo(EMBEDDED, f"Embedded model ({weights.name})", "on this machine", True, "", weights.small)


def _environment() -> EndpointInfo:
    endpoint = llm.environment_endpoint()
    if endpoint is None:
        return EndpointInfo(ENVIRONMENT, "Endpoint of the environment", "", False,
                            "Set OPENAI_API_KEY (and OPENAI_BASE_URL where wanted) and start Plumbline again.", False)
    return EndpointInfo(ENVIRONMENT, f"Endpoint {endpoint.base_url}", endpoint.base_url, True, "", False)


def is_trial(run: Run | Job) -> bool:
    """Whether a run or an analysis is by the small embedded model, which is for trying the path."""
    small = local_model.bundled()
    return run.endpoint == EMBEDDED and small is not None and run.model == small.name


def models(store: Store, endpoint: str) -> list[llm.Model]:
    """The models an endpoint lists; of the embedded one without starting it."""
    if endpoint == EMBEDDED:
        return [llm.Model(id=local_model.find_weights(projects.setting(store, "gguf")).name)]
    return llm.list_models(_reachable())


def _reachable() -> llm.Endpoint:
    endpoint = llm.environment_endpoint()
    if endpoint is None:
        raise UsageError("No endpoint is set: give OPENAI_API_KEY (and OPENAI_BASE_URL where wanted) "
                         "in the environment, or use the embedded model.")
    return endpoint


def choice(store: Store, endpoint: str | None = None, model: str | None = None,
           prompt: PromptVersion | None = None) -> Choice:
    """Fills in what is not named: the environment's endpoint where there is one, and a model it lists."""
    endpoint = endpoint or (ENVIRONMENT if llm.environment_endpoint() else EMBEDDED)
    if endpoint not in (EMBEDDED, ENVIRONMENT):
        raise UsageError(f"There is no endpoint '{endpoint}'. Endpoints: {EMBEDDED}, {ENVIRONMENT}.")
    if model:
        return Choice(endpoint, _known(store, endpoint, model))
    listed = models(store, endpoint)
    names = [found.id for found in listed]
    for wanted, note in ((prompt and prompt.model, "named by the prompt version"),
                         (projects.setting(store, "model"), "chosen in Settings")):
        if wanted in names:
            return Choice(endpoint, wanted, note)
    return Choice(endpoint, *_only_sensible(listed, endpoint))


def _known(store: Store, endpoint: str, model: str) -> str:
    """The model, unless the endpoint lists others only; some endpoints list none at all, and answer all the same."""
    try:
        names = [found.id for found in models(store, endpoint)]
    except llm.LlmError:
        return model
    if names and model not in names:
        near = difflib.get_close_matches(model, names, 12, 0.4) or names[:12]
        raise UsageError(f"The endpoint has no model '{model}'. Near to it: {', '.join(near)}.")
    return model


def _only_sensible(listed: list[llm.Model], endpoint: str) -> tuple[str, str]:
    if len(listed) == 1:
        return listed[0].id, "the only model listed"
    lasting = [model for model in listed if model.shutdown_date is None] or listed
    if lasting and endpoint == ENVIRONMENT and _costs_nothing():
        return lasting[0].id, f"the first of {len(listed)} listed"
    names = ", ".join(model.id for model in listed[:12]) or "none"
    raise UsageError(f"No model is chosen. Name one with --model, or choose it on the Judge page. Listed: {names}.")


def _costs_nothing() -> bool:
    return llm.is_this_machine(urlsplit(_reachable().base_url).hostname)


def save_prompt(store: Store, name: str, template: str, chosen: list[int], model: str | None = None,
                parameters: dict[str, Any] | None = None, note: str = "", parent: int | None = None) -> PromptVersion:
    """A new prompt version; `chosen` are label numbers, complete and of `example_split`, in order.

    `parent` is the key of the version it was made from; the newest one where it is not named.
    """
    judge.check_template(template)
    _check_examples(store, chosen, name)
    return judges.save_prompt(store, name, template, chosen, model, parameters, note, parent)


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


def _check_examples(store: Store, chosen: list[int], name: str) -> None:
    split = example_split(store)
    for example in labels.by_keys(store, chosen, name.strip()):
        if not example.label.complete:
            raise UsageError(f"The label on '{example.trace.id}' has no critique: an example teaches by its critique. "
                             "Write one on the Review page first.")
        if split and example.trace.split != split:
            raise UsageError(f"Trace '{example.trace.id}' is in the split '{example.trace.split}': examples come from "
                             f"'{split}', so that the judge is measured on traces its prompt has not shown.")


def preview_prompt(store: Store, template: str, chosen: list[int], trace_id: str,
                   name: str | None = None) -> list[dict[str, Any]]:
    """The messages a model would get for one trace, unsaved edits included."""
    judge.check_template(template)
    examples: tuple[Example, ...] = tuple(labels.by_keys(store, chosen, name))
    version = PromptVersion(judge="preview", number=0, template=template, examples=examples)
    trace: Trace = traces.get(store, trace_id)
    return judge.render(version, trace, projects.current(store).question, nonce="preview")


def estimate_tokens(messages: list[dict[str, Any]]) -> int:
    """About how many tokens a prompt has."""
    return judge.estimate_tokens(messages)


def start_run(store: Store, name: str, *, split: str | None = None, labelled_only: bool = False,
              limit: int | None = None, concurrency: int = 32, endpoint: str | None = None,
              model: str | None = None, token: str | None = None, leave_one_out: bool | None = None,
              anew: bool = False) -> Run:
    """A queued run of a judge's newest prompt; `start_process` or the command line sets it going.

    `leave_one_out`: the prompt's own examples are judged too, each without itself; None: where labels are few.
    `anew`: also what an earlier run has asked in the same words is asked again.
    """
    version = judges.newest_prompt(store, name)
    chosen = choice(store, endpoint, model, version)
    run = runs.create(store, version.key, chosen.model, chosen.endpoint, split=split, labelled_only=labelled_only,
                      limit=limit, concurrency=concurrency, parameters=version.parameters, token=token,
                      leave_one_out=leaves_one_out(store, leave_one_out), anew=anew,
                      address=address_of(chosen.endpoint))
    return runs.get(store, run)


def asked(version: PromptVersion, model: str, endpoint: str | None = None, leave_one_out: bool = False) -> Asked:
    """What a run of a prompt version would ask; the endpoint is the one used by default where none is named."""
    endpoint = endpoint or (ENVIRONMENT if llm.environment_endpoint() else EMBEDDED)
    return Asked(version.key, model, endpoint, version.parameters, leave_one_out, address_of(endpoint))


def ask_errors_again(store: Store, number: int) -> Run:
    """Queues a run again with all its errors, refused and unreadable replies too; what was read stays as it is."""
    RUNS.settle(store)
    found = runs.get(store, number)
    with store.transaction():
        again = runs.drop_errors(store, number) if found.status in (DONE, *RESUMABLE) else 0
        if not again:
            raise UsageError(f"Run {number} is {found.status}, with {found.errors:,} errors: "
                             "there is nothing to ask again.")
        runs.set_status(store, number, QUEUED, only_from=(DONE, *RESUMABLE))
    return runs.get(store, number)


def retry_errors(store: Store, number: int) -> None:
    """Asks again for all errors of a run that has ended, in a process of its own."""
    ask_errors_again(store, number)
    start_process(store, number)


RUNS = Background("Run", runs, runner.alive, runs.drop_unanswered, "resume",
                  partial(runs.numbers, status=RUNNING))
start_process, ready_to_resume, resume = RUNS.start_process, RUNS.ready_to_resume, RUNS.resume
cancel, settle, boot = RUNS.cancel, RUNS.settle, RUNS.boot
