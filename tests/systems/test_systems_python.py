"""An AI system that is a Python function: named in the environment alone, in a thread, with a deadline."""

import asyncio
import json
import subprocess
import sys

import pytest

from lib import systems
from lib.models.replies import LlmError
from lib.records import Trace, UsageError
from tests.support.ai_system import SECRET, TRACE, ask
from tests.support.running import HOUSE, PATIENCE


@pytest.fixture
def named(monkeypatch):
    """Names a function of tests.support.callables in the environment."""
    monkeypatch.setenv("SHOP_API_KEY", SECRET)
    return lambda name: monkeypatch.setenv("PLUMBLINE_CALLABLE", f"tests.support.callables:{name}")


def failure(timeout: float = 5) -> LlmError:
    with pytest.raises(LlmError) as caught:
        ask("python", timeout=timeout)
    return caught.value


def test_a_function_takes_the_input_and_returns_text(named):
    named("says")
    answer = ask("python")
    assert (answer.output, answer.messages, answer.context) == (f"said: {TRACE.input}", None, {})
    assert answer.log.keys() == {"milliseconds"}


def test_one_that_takes_two_gets_what_is_known_and_may_return_more(named):
    named("knows")
    answer = ask("python")
    assert answer.output == f"{TRACE.input} for new" and answer.context == {"found": {"orders": [7]}}
    assert answer.messages[0] == {"role": "user", "content": TRACE.input} and answer.log["steps"] == 3


def test_one_that_is_awaited_runs_on_one_loop_for_all_calls(named):
    named("awaited")
    config = systems.check("python", {}, [])

    async def both() -> list:
        async with systems.SYSTEMS["python"].opened(config, 2) as asked:
            return await asyncio.gather(*(asked(Trace(str(n), "x", None)) for n in range(5)))

    assert len({answer.output for answer in asyncio.run(both())}) == 1


@pytest.mark.parametrize(("name", "kind", "said"), [
    ("raises", "exception", r"raised ValueError: no .* with \[key\]"), ("leaves", "exception", "SystemExit: 3"),
    ("stops", "exception", "StopIteration"), ("unreachable", "connection", "gone"),
    ("returns_none", "unreadable", "it returned NoneType"), ("returns_bad_messages", "unreadable", "chat format")])
def test_every_fault_has_a_kind_and_a_sentence(named, name, kind, said):
    named(name)
    found = failure()
    assert found.kind == kind
    with pytest.raises(LlmError, match=said):
        raise found


def test_what_it_raises_is_kept_with_its_lines_and_without_a_secret(named):
    named("raises")
    found = failure()
    assert "tests/support/callables.py" in found.raw and "[key]" in found.raw and SECRET not in found.raw


@pytest.mark.parametrize("name", ["hangs", "hangs_awaited"])
def test_one_that_hangs_is_left_behind_at_the_deadline(named, name):
    named(name)
    assert str(failure(timeout=0.2)) == "The callable gave no answer within 0.2 s."


def test_one_that_hangs_does_not_hold_up_the_end_of_the_process(named):
    named("hangs")
    code = "from tests.systems.test_systems_python import failure; print(failure(0.2).kind)"
    done = subprocess.run([sys.executable, "-c", code], cwd=HOUSE, capture_output=True, text=True, timeout=PATIENCE,
                          check=True)
    assert done.stdout == "timeout\n"


def test_whatever_it_tells_can_be_kept(named):
    named("returns_what_no_json_holds")
    answer = ask("python")
    assert answer.output == "half \\ud83d" and json.loads(json.dumps(answer.log))["5"] == {"a": [1, 2]}
    assert answer.log["when"].startswith("<object")


@pytest.mark.parametrize(("name", "said"), [
    ("missing", "cannot be imported: AttributeError"), ("NOT_CALLABLE", "is no function"),
    ("says.nothing", "cannot be imported")])
def test_one_that_is_not_there_is_named_before_any_call(named, name, said):
    named(name)
    with pytest.raises(UsageError, match=said):
        ask("python")


def test_a_module_that_is_not_there_says_how_it_is_found(monkeypatch):
    monkeypatch.setenv("PLUMBLINE_CALLABLE", "no.such.module:answer")
    with pytest.raises(UsageError, match=r"No module named 'no'\. Put its folder into PYTHONPATH"):
        ask("python")


@pytest.mark.parametrize("name", ["", "os", "os:system; x", "a b:c"])
def test_without_a_name_there_is_no_such_kind(monkeypatch, name):
    monkeypatch.setenv("PLUMBLINE_CALLABLE", name)
    with pytest.raises(UsageError, match="No callable is named"):
        systems.check("python", {}, [])


def test_what_is_stored_never_runs(named):
    """A version remembers what it was added for; whatever stands there, only the environment's function is run."""
    named("says")
    assert systems.check("python", {}, [])["callable"] == "tests.support.callables:says"
    with pytest.raises(UsageError, match=r"is for os:getcwd, and .* names tests\.support\.callables:says"):
        systems.check("python", {"callable": "os:getcwd"}, [])

    async def opened() -> None:
        async with systems.SYSTEMS["python"].opened({"callable": "os:getcwd", "timeout": 5.0}, 1):
            pass

    with pytest.raises(UsageError, match="is for os:getcwd"):
        asyncio.run(opened())
