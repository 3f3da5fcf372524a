"""An endpoint that echoes the key in any disguise, on every path a reply or a refusal can take: nothing keeps it."""

import asyncio
import json

import pytest

from lib.models import llm
from lib.models.replies import LlmError
from tests.support.endpoint import Answer, completion, error, verdict
from tests.support.secrets import CANARY, DISGUISES, spellings

PATHS = {
    "a verdict": lambda said: verdict("fail", said), "prose": lambda said: completion(f"No: {said}"),
    "a refusal": lambda said: completion(None, refusal=said), "a cut reply": lambda said: completion(said, "length"),
    "a model's name": lambda said: Answer(body={**verdict("pass").body, "model": said}),
    "a tool": lambda said: completion("x", tool_calls=[{"function": {"arguments": said}}]),
    "thoughts": lambda said: completion(f"<think>{said}</think>fine"),
    "a page": lambda said: Answer(200, f"<!doctype html>{said}", {"Content-Type": "text/html"}),
    "a page that fails": lambda said: Answer(502, f"<title>{said}</title>"),
    "no choices": lambda said: Answer(body={"choices": [], "said": said}),
    "an error inside": lambda said: Answer(body={"error": {"message": said, "code": said}}),
    **{str(status): lambda said, status=status: error(status, said, code=said, param=said)
       for status in (400, 401, 402, 403, 404, 422, 429, 500, 503)}}


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
