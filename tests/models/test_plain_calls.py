"""No call tells of the machine it comes from: its system, its processor, its Python, its libraries."""

import asyncio
import platform

from lib.models import llm
from tests.support.ai_system import ask
from tests.support.endpoint import Answer, completion, error

EXPECTED = {"host", "accept", "accept-encoding", "authorization", "content-length", "content-type", "user-agent",
            "connection"}


def told(calls) -> set[str]:
    """Names of headers beside those that every call has; and no value that describes the machine."""
    values = " ".join(value for call in calls for value in call.headers.values()).lower()
    for word in (platform.python_version(), platform.system(), platform.machine(), "python", "stainless", "httpx",
                 "aiohttp", "openai"):
        assert word.lower() not in values
    assert {call.headers["user-agent"] for call in calls} == {"plumbline"}
    return {name for call in calls for name in call.headers} - EXPECTED


def test_a_completion_and_a_list_of_models_tell_the_product_alone(endpoint):
    reached = llm.Endpoint("environment", endpoint.url, "sk-1234567890")

    async def once():
        async with llm.Client(reached) as client:
            await client.complete([{"role": "user", "content": "x"}], model="m")

    asyncio.run(once())
    llm.list_models(reached)
    assert [call.path for call in endpoint.ledger] == ["/v1/chat/completions", "/v1/models"]
    assert told(endpoint.ledger) == set()


def test_a_refused_list_neither(endpoint):
    endpoint.models = error(401, "who?")
    for fault in (error(401, "who?"), Answer(200, "no list")):
        endpoint.models = fault
        try:
            llm.list_models(llm.Endpoint("environment", endpoint.url, "sk-1234567890"))
        except llm.LlmError:
            pass
    assert len(endpoint.ledger) == 2 and told(endpoint.ledger) == set()


def test_a_call_to_the_ai_system_neither(ai_system):
    ask("http", url=f"{ai_system.url}/ask", answer="$.answer")
    ai_system.plan = completion("hi")
    ask("openai", base_url=ai_system.url, model="m")
    assert len(ai_system.ledger) == 2 and told(ai_system.ledger) == set()


def test_the_account_is_told_where_the_operator_says_so(endpoint, monkeypatch):
    monkeypatch.setenv("OPENAI_ORG_ID", "org-1")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "proj-1")
    reached = llm.Endpoint("environment", endpoint.url, "sk-1234567890")

    async def once():
        async with llm.Client(reached) as client:
            await client.complete([{"role": "user", "content": "x"}], model="m")

    asyncio.run(once())
    assert {name: value for name, value in endpoint.ledger[0].headers.items() if name.startswith("openai")} == {
        "openai-organization": "org-1", "openai-project": "proj-1"}
