"""What the work of every kind of suggestion has in common: its row, and its client that counts what is paid."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from lib.engine.runner import called, most_calls
from lib.engine.stored_work import StoredWork
from lib.engine.worker_pool import Clock
from lib.models.budget import Budget
from lib.models.llm import Client
from lib.models.replies import LlmError, Reply
from lib.prompting.judge import estimate_tokens
from lib.prompting.suggest import Setting
from lib.records import FAILED, PAUSED, RUNNING, UNANSWERED, Spent
from lib.records.suggestion import Suggestion
from lib.store import Store, experts, prices, projects
from lib.store.judge import judges, suggestions
from lib.store.review import criteria


def setting_of(store: Store) -> Setting:
    """What every question to a model begins with in this project."""
    written = criteria.newest(store)
    return Setting(projects.current(store).question, written.text if written else "")


class Paying:
    """A client that books each call on its suggestion, whatever it brings, and makes none beyond its caps."""

    def __init__(self, client: Client, store: Store, suggestion: Suggestion, moved: Callable[[], None]) -> None:
        """`suggestion` as it stands: what was paid before it was stopped counts too."""
        self.client, self.store, self.number, self.moved = client, store, suggestion.id, moved
        self.budget = Budget(suggestion.caps, suggestion.spent, prices.every(store).get(suggestion.model))

    async def complete(self, messages: list[dict[str, Any]], **options: Any) -> Reply:
        """As the client's own; LlmError of the kind "cap" where one is reached."""
        # What wants a reply of the same form is of a kind. A first reflection is many times as long as a judgement.
        kind, expected = str(options.get("schema")), Spent(0, estimate_tokens(messages))
        with self.budget.call(kind, expected) as paid:
            tokens = Spent()
            try:
                reply = await self.client.complete(messages, **options)
                tokens = Spent(0, reply.prompt_tokens or 0, reply.completion_tokens or 0)
                paid(tokens)
                return reply
            finally:
                suggestions.spend(self.store, self.number, Spent(1).plus(tokens))
                self.moved()


class SuggestionWork(StoredWork):
    """One suggestion is one key; a kind adds `call`, which returns what is kept as its result.

    A result that stands for an error is an LlmError: it ends the suggestion with its sentence.
    """

    rows, noun, listed_by = suggestions, "suggestion", "suggestions"
    workers = 1

    def __init__(self, store: Store, suggestion: Suggestion, clock: Clock, moved: Callable[[], None]) -> None:
        """Reads nothing and calls nobody yet; `moved` is called at each call that was paid."""
        super().__init__(store, suggestion.id)
        self.suggestion, self.clock, self.moved = suggestion, clock, moved

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """The prompt version it starts from, what every question begins with, and the endpoint."""
        self.version = judges.prompt_by_key(self.store, self.suggestion.prompt)
        self.principal = experts.principal(self.store)
        self.setting = setting_of(self.store)
        self.at_once = most_calls(self.suggestion.endpoint, self.suggestion.config.get("concurrency", 1))
        async with called(self.store, self.suggestion.endpoint, self.at_once) as client:
            self.client = Paying(client, self.store, self.suggestion, self.moved)
            yield

    def pending(self) -> list[int]:
        """The one key."""
        return [0]

    def failed(self, error: LlmError) -> LlmError:
        """An error is kept as it is: its sentence."""
        return error

    def unread(self, result: Any) -> bool:
        """A reply that cannot be used is asked for once more."""
        return isinstance(result, LlmError) and result.kind == "unreadable"

    def hopeless(self, result: Any) -> None:
        """Never: with one key, whoever does not answer ends the work in `keep`."""

    def keep(self, key: int, result: Any, attempts: int) -> None:
        """Stores the result; an error ends the work with its sentence, or pauses it where nobody answered."""
        if not isinstance(result, LlmError):
            suggestions.keep_result(self.store, self.suggestion.id, result)
        elif result.kind in UNANSWERED:
            self.pause(result)
        else:
            self.set_status(FAILED, str(result), (RUNNING,))

    def pause(self, error: LlmError) -> None:
        """Pauses the suggestion, because nobody answers; it can be resumed."""
        self.set_status(PAUSED, f"the endpoint does not answer ({str(error)[:200]}). Resume when it does.", (RUNNING,))
