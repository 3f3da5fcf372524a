"""Step 2: the AI system under test answers inputs, a version of it at a time.

Nothing here falls back on a judge's or a generator's model: without a version there is no answer.
"""

from dataclasses import dataclass
from typing import Any

from lib import systems as connectors
from lib.records import Job, UsageError
from lib.store import Store, jobs
from lib.store.dataset import answers, systems, traces
from lib.store.dataset.systems import System
from lib.store.dataset.traces import Filter

named_callable, within, for_others = connectors.named_callable, connectors.within, connectors.for_others
MOST_AT_ONCE = 8  # calls, unless told otherwise: an AI system in the making is no data centre


def kinds() -> list[connectors.Connector]:
    """The kinds of AI system that can be added here; a Python function only where the environment names one."""
    return [found for name, found in connectors.SYSTEMS.items() if name != "python" or named_callable()]


def add_system(store: Store, version: str, kind: str, values: dict[str, Any]) -> System:
    """A new version of the AI system; UsageError where its configuration does not fit, or would store a secret."""
    config = connectors.check(kind, values, list(traces.dimensions(store)))
    return systems.add(store, version, kind, config)


def address(system: System) -> str:
    """Where a version is called, so that it stands on the screen before anything is sent."""
    return next((str(system.config[name]) for name in ("base_url", "url", "callable") if system.config.get(name)), "")


@dataclass(frozen=True)
class Answers:
    """The versions of the AI system, and what the newest job of answers has brought: how many, of which version."""

    systems: tuple[System, ...]
    version: str = ""
    came: int = 0


def look(store: Store) -> Answers:
    """What the view shows besides the job itself."""
    newest = next(iter(jobs.every(store, "answer")), None)
    if newest is None:
        return Answers(tuple(systems.every(store)))
    version = str(newest.config.get("version", ""))
    return Answers(tuple(systems.every(store)), version,
                   traces.count(store, Filter(system_version=version, answered=True)) if version else 0)


def waiting(store: Store, version: str, where: Filter = Filter(), again: bool = False) -> int:
    """How many inputs a job would have answered."""
    return len(answers.to_answer(store, where, version, again))


def start(store: Store, version: str, where: Filter = Filter(), *, again: bool = False, limit: int | None = None,
          concurrency: int = MOST_AT_ONCE, token: str | None = None) -> Job:
    """A queued job in which a version answers what has no answer; `again`: what this version has not answered.

    The same token sent twice is one job. Raises UsageError where nothing waits.
    """
    system = systems.get(store, version)
    with store.transaction():
        found = answers.to_answer(store, where, version, again, limit)
        if not found and not jobs.known(store, token):
            raise UsageError(f"Every input was answered by {version} already." if again else
                             "No input waits for an answer. To have answered ones answered again, say so.")
        job = jobs.create(store, "answer", [(key, {}) for key in found], system=system.id, concurrency=concurrency,
                          config={"version": version, "again": again}, token=token)
    return jobs.get(store, job)
