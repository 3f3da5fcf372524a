"""How a run comes to be asked in files: which model, through the service or written for another machine, and back."""

from pathlib import Path
from typing import Any

from lib.engine.runner import ENVIRONMENT
from lib.records import Caps, PromptVersion, Run, UsageError
from lib.store import Store
from lib.store.judge import judges, runs
from lib.store.judge.leaving import batches
from lib.store.judge.leaving.batches import FILES, SENT, SERVICE, STARTING, UPLOADED
from lib.workflow import endpoints
from lib.workflow.endpoints import Choice
from lib.workflow.judge import budget, kinds
from lib.workflow.judge.batches import sending


def choice(store: Store, version: PromptVersion, endpoint: str | None, model: str | None, batch: bool,
           into: Path | None) -> Choice:
    """The endpoint and model of a new run. UsageError for files without --batch or without a model."""
    if batch:
        kinds.need_text(version, "a batch")
    if into is None:
        chosen = endpoints.choice(store, endpoint, model, version)
        kinds.check_model(store, version, chosen)
        if batch:
            sending.check(chosen.endpoint)
        return chosen
    if not batch:
        raise UsageError("--into belongs to --batch: it names the folder of the batch files.")
    if not (named := model or version.model):
        raise UsageError("Name the model with --model: it is asked elsewhere, so no list of models is asked for it.")
    return Choice(ENVIRONMENT, named)


def queued(store: Store, name: str, wanted: Caps, batch: bool, into: Path | None, **options: Any) -> Run:
    """A queued run, as `budget.queued`, that is asked in files where `batch` says so.

    UsageError where somebody else has started the same call by call a moment ago: it is theirs.
    """
    if not batch:
        return budget.queued(store, name, wanted, **options)
    with store.transaction():
        before = set(runs.numbers(store))
        run = budget.queued(store, name, wanted, elsewhere=into is not None, **options)
        if run.id in before and not batches.way(store, run.id):
            raise UsageError(f"Run {run.id} asks the same already, call by call: wait for it, or cancel it first.")
        batches.begin(store, run.id, FILES if into else SERVICE)
    return run


def turn(store: Store, number: int, batch: bool) -> None:
    """Has a run that stopped, or is to ask for its errors again, asked the other way from now on."""
    if batch:
        kinds.need_text(judges.prompt_by_key(store, runs.get(store, number).prompt), "a batch")
        sending.check(runs.get(store, number).endpoint)
        batches.begin(store, number, SERVICE)
    elif batches.way(store, number):
        if any(file.status in (STARTING, SENT) for file in batches.files(store, number)):
            raise UsageError(f"A file of run {number} is at the service: 'resume {number}' waits for it, and "
                             f"'batch cancel {number}' ends it.")
        batches.live(store, number)


def settle(store: Store, number: int, file: int, batch: str | None) -> None:
    """Somebody has looked at the service for a batch of which nobody knew whether it was started: its id, or None.

    UsageError where nothing is unknown of this file.
    """
    found = next((one for one in batches.files(store, number) if one.number == file), None)
    if found is None or found.status != STARTING:
        raise UsageError(f"Of file {file} of run {number} nothing is unknown.")
    batches.move(store, found, SENT if batch else UPLOADED, batch=batch or "", message="")


def check_goes_on(store: Store, number: int) -> None:
    """UsageError for a run whose files run on another machine: nothing is asked from here."""
    if batches.way(store, number) == FILES:
        raise UsageError(f"Run {number} was written into files for another machine: 'batch read {number} FILE' brings "
                         f"the replies back, 'batch write {number} FOLDER' writes what is left once more. To ask the "
                         f"rest from here say 'resume {number} --batch' or 'resume {number} --live'.")
