"""System One as dev-double really serves it, over the embedded model. Run by `make test-decisions`."""

import asyncio
import json
import os
import socket
import subprocess
import urllib.request
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from lib.models import llm
from lib.models.decisions import door
from lib.models.llm import LlmError
from lib.prompting import decisions
from lib.records import Decision, PromptVersion, Trace
from lib.records.decision import SYSTEM_ONE
from tests.support import HOUSE
from tests.support.endpoint import Endpoint, error
from tests.support.running import comes, small_model

BIN = Path(os.environ.get("DECISIONS", HOUSE / ".venv-decisions")).resolve() / "bin"
TRACE = Trace("t", "What is the capital of France?", "The capital of France is Paris.")
ASKED = Decision(SYSTEM_ONE, "It is right.", "It is wrong.")


@contextmanager
def double(*words: str):
    """dev-double on a port of its own, as an endpoint."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([BIN / "dev-double", "serve", "--port", str(port), *words], stdout=subprocess.DEVNULL,
                               stderr=subprocess.DEVNULL)
    try:
        comes(lambda: _answers(f"http://127.0.0.1:{port}/openapi.json"), "dev-double")
        yield llm.Endpoint("double", f"http://127.0.0.1:{port}/v1", "k")
    finally:
        process.terminate()
        process.wait(30)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1):
            return True
    except OSError:
        return False


@pytest.fixture(scope="module")
def served():
    """dev-double over the small embedded model."""
    with small_model() as model, double("--base-url", model.base_url, "--model", llm.list_models(model)[0].id,
                                        "--api-key", model.api_key or "k") as endpoint:
        yield endpoint


def ask(endpoint: llm.Endpoint, asked: Decision = ASKED, trace: Trace = TRACE) -> door.Answer:
    async def once() -> door.Answer:
        async with llm.Client(endpoint, 120.0) as client:
            version = PromptVersion("quick", 1, decisions.DEFAULT_TEMPLATE, decision=asked)
            return await door.ask(client, decisions.DecisionPrompt(version, "Q?").asked(trace), wire=asked.wire,
                                  model="any")

    return asyncio.run(once())


@pytest.mark.parametrize("asked", [ASKED, replace(ASKED, choice=True), replace(ASKED, order=("fail", "pass"),
                                                                              choice=True)])
def test_its_answers_are_probabilities_or_errors_of_a_known_kind(served, asked):
    found = ask(served, asked)
    assert (found.p_pass is None) == bool(found.error) and found.error in (None, "low mass", "tie")
    assert found.p_pass is None or 0 <= found.p_pass <= 1
    assert json.dumps(found.raw) if found.p_pass is not None else found.said


def test_a_trace_too_large_for_it_is_refused_with_its_own_words(served):
    with pytest.raises(LlmError, match="64 KiB"):
        ask(served, trace=replace(TRACE, output="long " * 20_000))


@pytest.mark.parametrize(("status", "kind"), [(401, "auth"), (429, "rate_limit")])
def test_what_it_hides_in_a_fault_of_its_own_is_read_as_what_it_is(monkeypatch, status, kind):
    behind = Endpoint()
    behind.plan = error(status, "no")
    try:
        with double("--base-url", behind.url, "--model", "m", "--api-key", "wrong") as endpoint, \
                pytest.raises(LlmError) as raised:
            ask(endpoint)
    finally:
        behind.close()
    assert raised.value.kind == kind
