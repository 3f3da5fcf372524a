"""The real embedded model: one server for all tests here, called through the door like any other endpoint."""

import asyncio
import json
import socket
import subprocess
import sys
from dataclasses import replace
from functools import partial

import pytest

from lib.models import llm, local_model, local_speed, model_files
from lib.prompting import generate, judge, reading
from lib.records import OUTCOMES, PromptVersion, Trace, UsageError
from tests.support import HOUSE
from tests.support.running import small_model

TRACE = Trace("t", "What is the capital of France?", "The capital of France is London.")
SEEDED = PromptVersion("judge", 1, judge.DEFAULT_TEMPLATE, parameters={"seed": 1})  # the same reply every time
LONG = "The council met and talked about the road. " * 2000


@pytest.fixture(scope="module")
def served():
    """The endpoint, with one thread: other tests need the other processor."""
    with small_model() as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def name(served) -> str:
    return llm.list_models(served)[0].id


def ask(endpoint: llm.Endpoint, name: str, text: str = "Say hello.", **options) -> llm.Reply:
    async def go() -> llm.Reply:
        async with llm.Client(endpoint, timeout=240) as client:
            return await client.complete([{"role": "user", "content": text}], model=name, **options)

    return asyncio.run(go())


def test_it_listens_on_this_machine_alone(served):
    host, port = served.base_url.removeprefix("http://").removesuffix("/v1").split(":")
    assert host == "127.0.0.1"
    others = {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None, socket.AF_INET)} - {"127.0.0.1"}
    for other in others:
        with pytest.raises(OSError), socket.create_connection((other, int(port)), timeout=1):
            pass


def test_it_lists_its_one_model(served):
    [model] = llm.list_models(served)
    assert model.id == local_model.find_weights().name
    assert "SmolLM2" in model.id


def test_a_wrong_key_is_refused(served, name):
    stranger = llm.Endpoint("stranger", served.base_url, "another-key-altogether")
    with pytest.raises(llm.LlmError) as caught:
        ask(stranger, name)
    assert caught.value.kind == "auth"


def test_its_key_is_new_each_time_and_shows_nowhere(served):
    assert len(served.api_key) > 20 and served.api_key not in repr(served)


def test_a_judgement_is_a_valid_verdict(served, name):
    async def go():
        async with llm.Client(served, timeout=240) as client:
            return await judge.judge_trace(client, judge.Prompt(SEEDED, "Is the answer right?"), TRACE, name)

    found = asyncio.run(go())
    assert found.outcome in OUTCOMES and found.error is None
    assert found.prompt_tokens > 100 and found.completion_tokens > 5


def test_a_text_that_would_never_end_is_ended_and_the_outcome_still_comes(served, name):
    reply = ask(served, name, "Write a very long critique, at least five thousand words.", schema=judge.REPLY_SCHEMA,
                parameters={"logit_bias": [[token, False] for token in ('"', '."', '",')], "seed": 1})
    found = json.loads(reply.text)
    assert reply.finish_reason == "stop" and found["outcome"] in OUTCOMES
    assert len(found["critique"]) == local_model.LONGEST_TEXT


def test_inputs_are_proposed(served, name):
    async def go():
        async with llm.Client(served, timeout=240) as client:
            client.complete = partial(client.complete, parameters={"seed": 1})
            return await generate.propose(client, name, generate.Brief({"persona": "a tourist"}, 2, "Did it help?"))

    assert 1 <= len(asyncio.run(go()).inputs) <= 2


def test_a_prompt_beyond_the_context_is_named(served, name):
    with pytest.raises(llm.LlmError) as caught:
        ask(served, name, LONG)
    assert caught.value.kind == "context_length"
    assert "Shorten the prompt" in str(caught.value)


def test_too_few_tokens_end_in_length_and_no_verdict(served, name):
    reply = ask(served, name, schema=judge.REPLY_SCHEMA, parameters={"max_tokens": 3})
    assert reply.finish_reason == "length"
    assert reading.verdict(reply).error == "length"


def test_the_same_seed_gives_the_same_reply(served, name):
    first, second = (ask(served, name, parameters={"seed": 5, "max_tokens": 12, "temperature": 0.8}) for _ in range(2))
    assert first.text == second.text and first.completion_tokens == 12


def test_it_stops_when_the_block_ends():
    code = ("from lib.models import llm, local_model\n"
            "with local_model.serving(local_model.find_weights(), api_key='a-key-of-my-own') as endpoint:\n"
            "    assert len(llm.list_models(endpoint)) == 1 and endpoint.api_key == 'a-key-of-my-own'\n"
            "try:\n    llm.list_models(endpoint, timeout=5)\n"
            "except llm.LlmError as fault:\n    print(fault.kind)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.strip(), done.returncode) == ("connection", 0), done.stderr


@pytest.mark.parametrize(("content", "said"), [
    (None, "There is no file"), (b"", "not a whole .gguf file"), (b"GGUF" + bytes(100), "not a whole .gguf file"),
    (b"x" * 2_000_000, "not a whole .gguf file")])
def test_a_named_file_that_is_no_model_is_refused_before_it_is_loaded(tmp_path, monkeypatch, content, said):
    named = tmp_path / "model.gguf"
    if content is not None:
        named.write_bytes(content)
    monkeypatch.setenv("PLUMBLINE_GGUF", str(named))
    with pytest.raises(UsageError, match=said):
        local_model.find_weights()


def test_a_file_that_only_begins_like_a_model_is_refused_with_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_GGUF_FOLDERS", str(tmp_path))
    garbage = tmp_path / "garbage.gguf"
    garbage.write_bytes(b"GGUF" + bytes(range(256)) * 8000)
    code = ("import sys\nfrom pathlib import Path\nfrom lib.models import local_model\n"
            "from lib.records import UsageError\n"
            f"weights = local_model.find_weights({str(garbage)!r})\n"
            "try:\n    with local_model.serving(weights): pass\n"
            "except UsageError as fault:\n    print(fault)\n")
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert "cannot be loaded" in done.stdout and done.returncode == 0, done.stderr


def test_the_environment_comes_before_settings_and_settings_before_what_was_fetched(tmp_path, monkeypatch):
    small = local_model.find_weights()
    assert small.small
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path))
    paths = [model_files.fetched(), tmp_path / "settings.gguf", tmp_path / "environment.gguf"]
    for path in paths:
        path.write_bytes(b"GGUF" + bytes(local_model.SMALLEST))
    found = [local_model.find_weights(), local_model.find_weights(str(paths[1]))]
    monkeypatch.setenv("PLUMBLINE_GGUF", str(paths[2]))
    found.append(local_model.find_weights(str(paths[1])))
    assert [(weights.path, weights.small) for weights in found] == [(path, False) for path in paths]


def test_traces_of_the_example_end_with_a_verdict_however_long(served, name):
    example = HOUSE / "data" / "examples" / "tofueval_meetings.jsonl"
    traces = sorted((Trace(row["id"], row["input"], row["output"], context={"key points": row["reference_key_points"]})
                     for row in map(json.loads, example.read_text(encoding="utf-8").splitlines())),
                    key=lambda trace: len(judge.told(trace)))

    async def go():
        async with llm.Client(served, timeout=240) as client:
            prompt = judge.Prompt(SEEDED, "Is all of it supported?")
            return [await judge.judge_trace(client, prompt, trace, name)
                    for trace in (traces[0], traces[-1])]  # the shortest and the longest: all others are between

    assert {verdict.error for verdict in asyncio.run(go())} == {None}


def test_the_speed_of_the_model_is_measured_here_and_kept_for_this_file(tmp_path, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_MODELS", str(tmp_path / "models"))
    weights = local_model.find_weights()
    assert local_speed.known(weights) is None
    found = local_speed.measure(weights)
    # Between a thousandth and a hundred times the guess is any machine there is.
    assert 0.001 < found < 100 and local_speed.known(weights) == found
    other = replace(weights, name="another")
    assert local_speed.known(other) is None
