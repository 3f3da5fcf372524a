"""Where a model can be reached and which one is asked: the environment's endpoint, or the embedded model."""

import contextlib
import difflib
from dataclasses import dataclass
from urllib.parse import urlsplit

from lib.engine.runner import EMBEDDED, ENVIRONMENT
from lib.models import llm, local_model
from lib.records import Job, PromptVersion, Run, StoreError, UsageError
from lib.store import Store, projects, retirements


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
        return EndpointInfo(ENVIRONMENT, "Endpoint", "", False,
                            "Enter one on Settings, Models, or set OPENAI_API_KEY (and OPENAI_BASE_URL where wanted) "
                            "and start Plumbline again.", False)
    return EndpointInfo(ENVIRONMENT, f"Endpoint {endpoint.base_url}", endpoint.base_url, True, "", False)


def is_trial(run: Run | Job) -> bool:
    """Whether a run or an analysis is by the small embedded model, which is for trying the path."""
    small = local_model.bundled()
    return run.endpoint == EMBEDDED and small is not None and run.model == small.name


def models(store: Store, endpoint: str) -> list[llm.Model]:
    """The models an endpoint lists, whose last days are kept; of the embedded one without starting it."""
    if endpoint == EMBEDDED:
        return [llm.Model(id=local_model.find_weights(projects.setting(store, "gguf")).name)]
    reached = _reachable()
    found = llm.list_models(reached)
    with contextlib.suppress(StoreError):  # a full disk is no reason to list nothing
        retirements.note(store.program(), reached.base_url, [(model.id, model.shutdown_date) for model in found])
    return found


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
