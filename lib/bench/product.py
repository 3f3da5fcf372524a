"""The product as it is measured: a file of its own with so many traces, and a judge run over them.

Knows the same verbs as the command `run`; measures nothing itself.
"""

import importlib
import os
from collections.abc import Callable

from lib.bench import Task
from lib.engine import runner
from lib.models import llm
from lib.prompting import judge
from lib.records import FAIL, PASS, ImportedRow, Label, PromptVersion, Run, Trace
from lib.store import Store, open_store, projects
from lib.store.dataset import imports
from lib.store.judge import runs
from lib.workflow.judge import judging

EXPERT, LABELLED = "Ann", 10  # one trace of so many has a label: an expert does not read thousands


def trace(number: int) -> Trace:
    """One of the traces that are judged."""
    said = "The plan can be changed in the settings, and the change holds from the next month on. "
    return Trace(f"b{number}", f"This is bench trace {number}. How can I change my plan?", said * 8)


def messages(number: int) -> list[dict[str, str]]:
    """What the product sends for a trace, for a floor to send the same."""
    version = PromptVersion("bench", 1, judge.DEFAULT_TEMPLATE)
    return judge.Prompt(version, projects.DEFAULT_QUESTION).messages(trace(number))


def filled(task: Task) -> Store:
    """The store of a task: its traces, every tenth with a label, and a judge; made where it is not there yet."""
    store = projects.choose(open_store(task.path), None)
    if not runs.every(store):
        imports.add_rows(store, "bench.csv", "csv", "{}", (_row(number) for number in range(task.traces)))
        judging.ensure_judge(store)
    return store


def _row(number: int) -> ImportedRow:
    outcome = PASS if (number // LABELLED % 2) ^ (number % 7 == 0) else FAIL
    label = Label(f"b{number}", EXPERT, outcome, "because")
    return ImportedRow(trace(number), number, () if number % LABELLED else (label,))


def prepared(task: Task) -> Callable[[], int]:
    """Makes the run ready, or finds it as it was left; returns a function that executes it and counts its verdicts."""
    os.environ.pop(llm.Endpoint.key_name, None)  # nobody's key is needed here
    os.environ[llm.Endpoint.url_name] = task.url
    store = filled(task)
    run = _run(store, task)
    importlib.import_module("aiohttp")  # as the floor has it before it is measured; a run loads it with its first call

    def execute() -> int:
        ended = runner.execute(store, run.id)
        return ended.done - ended.errors

    return execute


def _run(store: Store, task: Task) -> Run:
    left = next(iter(runs.every(store)), None)
    if left is not None:
        return judging.ready_to_resume(store, left.id)
    return judging.start_run(store, judging.DEFAULT_JUDGE, concurrency=task.concurrency)
