"""Checks in a process of their own: what hangs, grows or ends it is not checked and says why, and the others go on."""

import os
import subprocess
import sys
import threading

import pytest

from lib.assertions import Answered, Checked, bounded
from lib.records import FAIL, PASS, UsageError
from tests.support import HOUSE
from tests.support.errors.odd_checks import CHILD
from tests.support.sources import imported, name_of, sources


@pytest.fixture(autouse=True)
def odd(monkeypatch):
    """A process that knows the kind "odd", with little time; none is left over for, or from, another test."""
    monkeypatch.setattr(bounded, "CHILD", CHILD)
    monkeypatch.setattr(bounded, "SECONDS", 0.3)
    yield
    bounded._spare.give(None)


def tried(*outputs: str, kind: str = "odd", **config) -> list[Checked]:
    with bounded.bounded(kind, config) as check:
        return list(check(Answered(output) for output in outputs))


@pytest.mark.parametrize(("deed", "why"), [
    ("spin", "more than 0.3 seconds of the processor"), ("grow", "more than 1,000 MB of memory"),
    ("leave", "ended by itself on it (exit code 7)"), ("crash", "ended by itself on it (SIGSEGV)")])
def test_what_did_not_finish_could_not_be_checked_and_the_others_go_on(deed, why):
    found = tried("a", deed, "b", deed, "c")
    assert [one.outcome for one in found] == [PASS, None, PASS, None, PASS]
    assert why in found[1].detail and found[1].ended and found[1].slow and not found[2].ended


def test_one_that_waits_for_ever_is_ended_by_the_clock(monkeypatch):
    monkeypatch.setattr(bounded, "PATIENCE", 3.0)
    found = tried("wait", "b")
    assert (found[0].outcome, found[0].detail, found[1].outcome) == (None, "It took more than 3 seconds.", PASS)


def test_an_exception_of_a_library_is_of_that_output_alone_and_what_it_prints_is_no_reply():
    found = tried("raise", "print", "b")
    assert [one.outcome for one in found] == [None, PASS, PASS]
    assert found[0].detail == "The check broke off on this output (KeyError: 'nothing')." and not found[0].ended


@pytest.mark.parametrize("deed", ["spin", "grow", "leave"])
def test_settings_that_end_the_process_are_refused_in_a_sentence(deed):
    with pytest.raises(UsageError, match=r"No check gets ready with these settings\..*Make them simpler"):
        tried("a", ready=deed)
    assert tried("a")[0].outcome == PASS


def test_one_process_serves_many_outputs_and_the_next_batch():
    first, second = tried(*["a"] * 500), tried(*["a"] * 500)
    assert len({one.detail for one in first + second}) == 1 and len(first + second) == 1_000


def test_a_batch_that_was_left_early_leaves_no_reply_to_the_next_one():
    with bounded.bounded("contains", {"text": "x"}) as check:
        assert next(check(Answered("x") for _ in range(1_000))).outcome == PASS
    assert [one.outcome for one in tried("a", "x", kind="contains", text="x")] == [FAIL, PASS]


def test_a_process_that_ended_while_it_waited_is_replaced():
    number = int(tried("a")[0].detail.split()[-1])
    os.kill(number, 9)
    assert tried("a")[0].outcome == PASS


def test_several_people_check_at_once():
    found: dict[int, list[Checked]] = {}
    threads = [threading.Thread(target=lambda n=n: found.update({n: tried("x", str(n), kind="contains", text=str(n))}))
               for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [[one.outcome for one in found[n]] for n in range(6)] == [[FAIL, PASS]] * 6


def test_texts_of_every_kind_come_whole_and_one_too_long_is_not_sent():
    odd = "\ud83d \u2028 \x00 \n é \U0001f600"
    found = tried(odd, "a" * 1_000_001, "a" * 1_000_000 + odd[:0], odd, kind="contains", text=odd)
    assert [one.outcome for one in found] == [PASS, None, FAIL, PASS]
    assert found[1].detail == "The output has more than 1,000,000 characters." and not found[1].ended


def test_no_secret_of_the_server_is_in_reach_of_a_check(monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-canary")
    bounded._spare.give(None)
    number = int(tried("a")[0].detail.split()[-1])
    environment = subprocess.run(["ps", "eww", "-o", "args=", "-p", str(number)], capture_output=True, text=True,
                                 check=True).stdout
    assert "PYTHONPATH=" in environment and "sk-canary" not in environment


def test_the_process_ends_with_whoever_started_it():
    said = subprocess.run([sys.executable, "-c", f"""
import os
from lib.assertions import Answered, bounded
bounded.CHILD = {CHILD!r}
with bounded.bounded("odd", {{}}) as check:
    print(next(check([Answered("a")])).detail.split()[-1], flush=True)
os._exit(0)
"""], cwd=HOUSE, capture_output=True, text=True, check=True).stdout
    number = int(said)
    with pytest.raises(ProcessLookupError):
        while True:
            os.kill(number, 0)


def test_nothing_else_checks_in_its_own_process():
    users = {name_of(path) for path in sources() for _, name in imported(path) if name == "lib.assertions.checker"}
    assert users == {"lib/assertions/child.py"}
