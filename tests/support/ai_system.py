"""An AI system under test on loopback, any path of which answers; and one question put to a connector."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from lib import systems
from lib.models.replies import Answer as Answered
from lib.records import Trace
from tests.support.endpoint import Answer, Call, Endpoint

# The AI system's own key, which must turn up nowhere.
SECRET = "sk-SYSTEM-41c09d7be6a35f82"
SPELLED = "".join(f"\\u{ord(letter):04x}" for letter in SECRET)
TRACE = Trace("t1", 'Where is "order" 7?', None, dimensions={"persona": ("new",), "features": ("a", "b")},
              context={"orders": [7]})


class AiSystem(Endpoint):
    """The same server, whatever is called on it; by default it says the input back."""

    def __init__(self) -> None:
        """Listens at once."""
        super().__init__()
        self.plan = lambda body: Answer(body={"answer": f"said: {body.get('input')}"})
        self.url = self.url.removesuffix("/v1")

    def answer(self, call: Call) -> Answer:
        """Books the call and plans its answer."""
        with self._lock:
            self.ledger.append(call)
            return self._planned(self.plan, call.body)


@pytest.fixture
def ai_system() -> Iterator[AiSystem]:
    """An AI system on loopback."""
    server = AiSystem()
    yield server
    server.close()


def ask(kind: str, trace: Trace = TRACE, **values: Any) -> Answered:
    """One question to an AI system with this configuration, checked as it is when it is saved."""
    config = systems.check(kind, values, ["persona", "features"])

    async def once() -> Answered:
        async with systems.SYSTEMS[kind].opened(config, 2) as asked:
            return await asked(trace)

    return asyncio.run(once())
