"""The worker pool on work of any kind, kept in memory here: what it calls, how it waits, and when it stops."""

import threading
from contextlib import asynccontextmanager

import pytest
from filelock import FileLock

from lib.engine import worker_pool
from lib.models.replies import LlmError
from lib.records import (
    CANCELLED,
    DONE,
    FAILED,
    INTERRUPTED,
    PAUSED,
    QUEUED,
    RUNNING,
    PlumblineError,
    UsageError,
)
from tests.support.running import FakeClock


class Errand:
    """Work whose calls follow a plan: key -> what its calls meet, one after the other; else an answer."""

    def __init__(self, folder, keys: int = 10, workers: int = 1, **plan) -> None:
        self.lock, self.busy, self.workers = folder / "errand.lock", "Somebody is at it.", workers
        self.keys, self.plan = list(range(keys)), {int(key[1:]): list(met) for key, met in plan.items()}
        self.now, self.message, self.said = QUEUED, "", []
        self.called, self.kept, self.open = [], {}, False
        self.at_call = lambda key: None

    def status(self):
        return self.now

    def set_status(self, status, message="", only_from=()):
        if only_from and self.now not in only_from:
            return False
        self.now, self.message = status, message
        return True

    def say(self, text):
        self.said.append(text)

    @asynccontextmanager
    async def opened(self):
        self.open = True
        yield
        self.open = False

    def pending(self):
        return [key for key in self.keys if key not in self.kept]

    async def call(self, key):
        assert self.open
        self.called.append(key)
        self.at_call(key)
        met = self.plan.get(key)
        found = met.pop(0) if met else "answer"
        if isinstance(found, Exception):
            raise found
        return found

    def failed(self, error):
        return f"{error.kind}: {error}" if error.kind == "bad_request" else error.kind

    def unread(self, result):
        return result == "unreadable"

    def hopeless(self, result):
        kind, _, said = result.partition(": ")
        return None if kind in ("answer", "unreadable") else worker_pool.hopeless(kind, said)

    def keep(self, key, result, attempts):
        self.kept[key] = (result, attempts)


def execute(work: Errand, clock: FakeClock | None = None) -> Errand:
    worker_pool.execute(work, clock=clock or FakeClock())
    return work


def lost(times: int = 99) -> list[LlmError]:
    return [LlmError("connection", "gone") for _ in range(times)]


def test_every_key_is_called_once_in_order_and_kept(tmp_path):
    work = execute(Errand(tmp_path))
    assert work.called == work.keys and set(work.kept.values()) == {("answer", 1)}
    assert (work.now, work.message, work.open, work.lock.exists()) == (DONE, "", False, False)


def test_what_is_kept_already_is_not_called(tmp_path):
    work = Errand(tmp_path)
    work.kept = {key: ("old", 1) for key in range(7)}
    assert execute(work).called == [7, 8, 9]


def test_no_answer_is_tried_again_a_bounded_number_of_times(tmp_path):
    work = execute(Errand(tmp_path, k2=lost(2), k5=lost()))
    assert work.kept[2] == ("answer", 3) and work.kept[5] == ("connection", worker_pool.TRIES) and work.now == DONE
    assert work.said[-1] == "" and "waiting 1 s: gone" in work.said


def test_a_reply_nobody_can_read_is_asked_for_once_more(tmp_path):
    work = execute(Errand(tmp_path, k1=["unreadable"], k2=["unreadable"] * 9, k3=[LlmError("unreadable", "x")] * 9))
    assert [work.kept[key] for key in (1, 2, 3)] == [("answer", 2), ("unreadable", 2), ("unreadable", 2)]


@pytest.mark.parametrize("kind", ["quota", "auth", "model_not_found", "parameter", "address"])
def test_what_every_call_would_meet_pauses_at_once(tmp_path, kind):
    work = execute(Errand(tmp_path, k3=[LlmError(kind, "correct this")]))
    assert (work.now, work.message, work.called) == (PAUSED, "correct this", [0, 1, 2, 3]) and 3 not in work.kept


def test_where_nobody_answers_it_pauses_and_goes_on_later(tmp_path):
    work = execute(Errand(tmp_path, **{f"k{key}": lost() for key in range(4, 10)}))
    assert work.now == PAUSED and work.message.startswith("the endpoint does not answer")
    assert sorted(work.kept) == list(range(4 + worker_pool.HOPELESS))
    work.plan, work.now = {}, QUEUED
    assert execute(work).now == DONE and sorted(work.kept) == work.keys


@pytest.mark.parametrize(("said", "most"), [
    (lambda key: "no such thing", worker_pool.SAME_REFUSAL), (lambda key: f"{key} tokens too many", 5),
    (lambda key: "odd"[key % 3:], 30)])
def test_the_same_refusal_again_and_again_pauses_and_others_do_not(tmp_path, said, most):
    plan = {f"k{key}": [LlmError("bad_request", said(key))] for key in range(30)}
    work = execute(Errand(tmp_path, keys=30, **plan))
    assert len(work.kept) == most and work.now == (DONE if most == 30 else PAUSED)
    assert most == 30 or "5 in a row ended in the same error, bad_request" in work.message


def test_one_answer_between_begins_the_count_anew(tmp_path):
    plan = {f"k{key}": lost() for key in (1, 2, 4, 5, 7, 8)}
    assert execute(Errand(tmp_path, **plan)).now == DONE


def slowly() -> list[LlmError]:
    return [LlmError("rate_limit", "slowly", retry_after=30)]


def called_at(work: Errand) -> list[tuple[int, float]]:
    """(key, time) of each call of the work, executed to its end."""
    clock, calls = FakeClock(), []
    work.at_call = lambda key: calls.append((key, clock.now()))
    execute(work, clock)
    return calls


def test_one_that_is_turned_away_goes_back_and_frees_its_place(tmp_path):
    work = Errand(tmp_path, workers=3, k0=slowly())
    calls = called_at(work)
    assert [key for key, at in calls if at == 0] == work.keys and calls[-1][0] == 0 and calls[-1][1] >= 30
    assert (work.now, work.kept[0], work.said) == (DONE, ("answer", 2), [])


def test_where_none_gets_through_all_wait_and_nobody_new_is_sent_first(tmp_path):
    work = Errand(tmp_path, workers=3, k0=slowly(), k1=slowly())
    calls = called_at(work)
    assert [key for key, at in calls if at == 0] == [0, 1] and min(at for _, at in calls if at) >= 30
    assert calls[2][0] in (0, 1)
    assert work.now == DONE and work.said == ["waiting 30 s: slowly", ""]


@pytest.mark.parametrize(("asked", "most"), [(10**9, worker_pool.LONGEST_WAIT), (0, 0), (None, 1)])
def test_a_wait_has_bounds(tmp_path, asked, most):
    clock = FakeClock()
    execute(Errand(tmp_path, k9=[LlmError("rate_limit", "slowly", retry_after=asked)]), clock)
    assert most <= clock.now() <= most * 1.25 + 1


def test_cancelled_work_makes_no_new_call_and_keeps_what_was_under_way(tmp_path):
    work = Errand(tmp_path)
    work.at_call = lambda key: key == 4 and work.set_status(CANCELLED, "enough")
    execute(work)
    assert (work.now, work.message, work.called, len(work.kept)) == (CANCELLED, "enough", [0, 1, 2, 3, 4], 5)


def test_a_cancel_is_noticed_in_the_middle_of_a_wait(tmp_path):
    work = Errand(tmp_path, k0=[LlmError("rate_limit", "slowly", retry_after=100)])
    clock = FakeClock(at_sleep=lambda: clock.now() > 5 and work.set_status(CANCELLED))
    assert execute(work, clock).now == CANCELLED and clock.now() < 8 and work.kept == {}


@pytest.mark.parametrize("status", [DONE, CANCELLED, PAUSED, INTERRUPTED, FAILED])
def test_work_that_is_not_queued_is_left_as_it_is(tmp_path, status):
    work = Errand(tmp_path)
    work.now = status
    assert execute(work).called == [] and work.now == status


def test_queued_work_marked_while_it_waits_for_the_lock_goes_on(tmp_path):
    """The end of an earlier process, which held the lock, was taken for this one's."""
    work, waiting = Errand(tmp_path), threading.Event()
    work.status = lambda: (work.now, waiting.set())[0]
    with FileLock(work.lock):
        thread = threading.Thread(target=execute, args=(work,))
        thread.start()
        waiting.wait()
        work.now = INTERRUPTED
    thread.join()
    assert work.now == DONE


def test_work_whose_process_is_gone_goes_on(tmp_path):
    work = Errand(tmp_path)
    work.now = RUNNING
    assert not worker_pool.alive(work.lock) and execute(work).now == DONE


def test_a_second_one_is_refused_while_the_first_is_at_it(tmp_path):
    work, seen = Errand(tmp_path), []

    def second(key: int) -> None:
        if key == 3:
            other = threading.Thread(target=lambda: seen.append(_refusal(work)))
            other.start()
            other.join()
            seen.append(worker_pool.alive(work.lock))

    work.at_call = second
    assert execute(work).now == DONE and seen == ["Somebody is at it.", True]


def _refusal(work: Errand) -> str:
    with pytest.raises(PlumblineError) as caught:
        worker_pool.execute(work)
    return str(caught.value)


def test_what_cannot_be_opened_pauses_with_the_sentence_and_raises_it(tmp_path):
    work = Errand(tmp_path)

    @asynccontextmanager
    async def shut():
        raise UsageError("Set SHOP_KEY.")
        yield

    work.opened = shut
    with pytest.raises(UsageError, match="Set SHOP_KEY"):
        execute(work)
    assert (work.now, work.message, work.called) == (PAUSED, "Set SHOP_KEY.", [])


def test_a_fault_of_ours_is_said_and_raised(tmp_path):
    with pytest.raises(ZeroDivisionError):
        execute(work := Errand(tmp_path, k2=[ZeroDivisionError()]))
    assert (work.now, work.message) == (FAILED, "stopped by a fault of Plumbline: ZeroDivisionError")
    assert sorted(work.kept) == [0, 1]
