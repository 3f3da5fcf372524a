"""An endpoint that echoes the key in any disguise, on every path a reply or a refusal can take: nothing keeps it."""

import asyncio
import json

import pytest

from lib.models import llm
from lib.models.replies import LlmError
from tests.support.endpoint import Answer
from tests.support.secrets import CANARY, DISGUISES, spellings
from tests.support.siege.echoes import PATHS


def everything(endpoint) -> str:
    """All that one call leaves behind."""
    async def once():
        async with llm.Client(llm.Endpoint("environment", endpoint.url, CANARY)) as client:
            return await client.converse([{"role": "user", "content": "x"}], model="m")
    try:
        return repr(asyncio.run(once()))
    except LlmError as raised:
        return repr((str(raised), raised.raw, raised.param, raised))


@pytest.mark.parametrize("name", DISGUISES)
def test_no_reply_and_no_refusal_holds_the_key_in_disguise(endpoint, name):
    said, wrong = f"your key is {DISGUISES[name](CANARY)} indeed", []
    for path, answer in PATHS.items():
        endpoint.plan = answer(said)
        kept = everything(endpoint)
        readings = (kept, kept.replace("\\\\", "\\"))
        wrong += [path for spelt in spellings(CANARY) for reading in readings if spelt.decode() in reading]
    assert wrong == [] and len(endpoint.chats) == len(PATHS)


def test_lists_of_models_neither(endpoint, monkeypatch):
    for disguise in DISGUISES.values():
        endpoint.models = Answer(200, json.dumps({"data": [{"id": disguise(CANARY), "owned_by": disguise(CANARY)}]}))
        listed = llm.list_models(llm.Endpoint("environment", endpoint.url, CANARY))
        assert not any(spelt.decode() in repr(listed) for spelt in spellings(CANARY))
