"""The search as work for the worker pool: gepa in a thread, its calls made by workers of this process's loop.

Every reply is kept the moment it came, so a search that goes on takes the same course and buys none of them twice.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any

from lib.engine.suggesters.work import SuggestionWork
from lib.engine.worker_pool import WorkerPool
from lib.models.replies import LlmError
from lib.prompting import guidelines, judge, suggest
from lib.records import RUNNING, UNANSWERED, Trace, Verdict
from lib.records.suggestion import Difference
from lib.records.words import counted
from lib.store.judge import suggestions
from lib.store.review import critiques

_UNREAD = ("unreadable", "no outcome", "two verdicts")
_KEPT = ("outcome", "critique", "error")
_IDLE = 50  # rounds in a row that ask nothing new: there is nothing left to try
Call = Callable[[], Awaitable[Any]]


class _Enough(BaseException):
    """Ends the search from within; not an Exception, for gepa would take that for a fault and go on."""


class Searching(SuggestionWork):
    """A search: candidates for the guidelines, each with the counts of its agreement on dev."""

    async def call(self, key: int) -> dict[str, Any]:
        """Runs the search to its end, whatever that is; what was found is kept on the way already."""
        from lib.prompting import search  # here, not above: it takes a tenth of a second that no other kind needs

        config, expert = self.suggestion.config, self.principal.name
        self.train, self.dev = ([search.Tried(*critiques.labelled(self.store, one, expert)) for one in config[name]]
                                for name in ("train", "dev"))
        self.known = suggestions.replies(self.store, self.suggestion.id)
        self.loop, self.step = asyncio.get_running_loop(), _Step(self)
        self.pool = WorkerPool(self.step, self.clock, lambda: None)
        self.found: list[dict[str, Any]] = []
        self.reflections = self.idle = 0
        self.met: set[str] = set()  # asked in this process or before: a search that goes on asks it all once more
        self.behind: dict[str, dict[int, None]] = {}  # rule -> labels whose critiques were shown when it was written
        tools = search.Tools(self._judged, self._reflected, self._measured, self._stopped)
        await asyncio.to_thread(self._search, search.run, tools)
        return self._result()

    def _search(self, run: Callable[..., None], tools: Any) -> None:
        try:
            run(self.version.template, self.train, self.dev, tools)
        except _Enough:
            if self.pool.end:
                self.set_status(*self.pool.end, only_from=(RUNNING,))

    def _stopped(self) -> bool:
        """Whether there is no more to be had: nobody who wants it, nothing new to ask, or nothing left to agree on."""
        self.idle += 1
        return (self.idle > _IDLE or self.status() != RUNNING
                or any(one["agreeing"] == len(self.dev) for one in self.found))

    def _result(self) -> dict[str, Any]:
        return {"candidates": self.found, "train": len(self.train), "dev": len(self.dev),
                "reflections": self.reflections}

    def _measured(self, template: str, verdicts: Sequence[Verdict]) -> None:
        pairs = list(zip(self.dev, verdicts, strict=True))
        self.found.append({"template": template, "rules": self._justified(template),
                           "agreeing": sum(said.outcome == one.label.outcome for one, said in pairs),
                           "errors": sum(said.outcome is None for said in verdicts)})
        self.client.budget.kept = "The search stopped there, and the best so far is kept"
        suggestions.keep_result(self.store, self.suggestion.id, self._result())
        self.say(f"{counted(len(self.found), 'candidate')} tried on dev")

    def _justified(self, template: str) -> list[dict[str, Any]]:
        """The rules of a candidate that a reflection wrote, each with the labels it was shown then."""
        return [{"text": rule, "labels": list(self.behind[rule])} for rule in guidelines.rules(template)
                if rule in self.behind]

    def _judged(self, template: str, traces: Sequence[Trace]) -> list[Verdict]:
        prompt = judge.Prompt(replace(self.version, template=template), self.setting.question, self.setting.criteria)
        asked = [_hash("judge", template, trace.content_hash, str(trace.key)) for trace in traces]

        def call(trace: Trace) -> Call:
            return lambda: judge.judge_trace(self.client, prompt, trace, self.suggestion.model)

        self._make({one: call(trace) for one, trace in zip(asked, traces, strict=True)},
                   lambda error: Verdict(None, error=error.kind))
        return [Verdict(**self.known[one]) for one in asked]

    def _reflected(self, rules: str, shown: Sequence[Difference]) -> list[str]:
        asked = _hash("reflect", rules, *(str(asdict(one)) for one in shown))
        fit = suggest.within_budget([shown], len(shown))
        self._make({asked: lambda: suggest.ask_reflection(
            self.client, self.suggestion.model, self.setting, rules, fit)}, lambda _: [])
        self.reflections += 1
        self._link(rules, self.known[asked], {one.trace for one in fit})
        return self.known[asked]

    def _link(self, before: str, rules: Sequence[str], shown: set[str]) -> None:
        """What a reflection writes comes of the critiques it was shown; a rule that it kept does not."""
        behind = [one.label.key for one in self.train if one.trace.id in shown and one.label.critique.strip()]
        for rule in rules:
            if f"- {rule}" not in before.splitlines():
                self.behind.setdefault(rule, {}).update(dict.fromkeys(behind))

    def _make(self, calls: dict[str, Call], instead: Callable[[LlmError], Any]) -> None:
        """Makes the calls without a reply with a worker pool, from gepa's thread; ends the search where it cannot."""
        if calls.keys() - self.met:
            self.met, self.idle = self.met | calls.keys(), 0
        self.step.calls = {asked: call for asked, call in calls.items() if asked not in self.known}
        self.step.asked, self.step.instead = list(self.step.calls), instead
        if self.step.calls:
            # One pool for all steps: a signal between two of them is heeded at the next.
            asyncio.run_coroutine_threadsafe(self.pool.run(), self.loop).result()
        if any(asked not in self.known for asked in calls):
            raise _Enough

    def took(self, asked: str, answer: Any) -> None:
        """A reply, or what stands for one that nobody could use."""
        self.known[asked] = {name: getattr(answer, name) for name in _KEPT} if isinstance(answer, Verdict) else answer
        suggestions.keep_reply(self.store, self.suggestion.id, asked, self.known[asked])


class _Step:
    """Calls that do not depend on each other, as work for the worker pool; what they are for is up to the search."""

    def __init__(self, search: Searching) -> None:
        self.search, self.workers = search, search.at_once
        self.status, self.set_status, self.say = search.status, search.set_status, search.say
        self.asked: list[str] = []
        self.calls: dict[str, Call] = {}
        self.instead: Callable[[LlmError], Any]

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        yield

    def pending(self) -> list[int]:
        return list(range(len(self.asked)))

    async def call(self, key: int) -> Any:
        return await self.calls[self.asked[key]]()

    def failed(self, error: LlmError) -> Any:
        return error if error.kind in UNANSWERED else self.instead(error)

    def unread(self, result: Any) -> bool:
        return result == [] or (isinstance(result, Verdict) and result.error in _UNREAD)

    def hopeless(self, result: Any) -> None:
        """Never: the search is paused where a call fails."""

    def keep(self, key: int, result: Any, attempts: int) -> None:
        if isinstance(result, LlmError):
            self.search.pause(result)
        else:
            self.search.took(self.asked[key], result)


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode("utf-8", "backslashreplace")).hexdigest()
