"""Answers of the AI system in the store: in place, again by a newer version, labels untouched, inputs out and in."""

import json
import threading

import pytest

from lib.records import DONE, PAUSED, SYNTHETIC, UsageError
from lib.store import jobs
from lib.store.dataset import answers, systems, traces
from lib.store.dataset.traces import Filter
from lib.store.review import labels
from lib.workflow.dataset import answering, exchange
from tests.support.answering import answered, execute, http_system, inputs
from tests.support.endpoint import Answer, error, html
from tests.support.running import PATIENCE, Gate
from tests.support.steps import add, say


@pytest.fixture
def project(db, ai_system, make_trace):
    """Four inputs without an answer and one with, and a version that answers."""
    inputs(db, 4)
    add(db, make_trace("old", system_version="v0"))
    http_system(db, ai_system, "v1")
    return db


def test_an_unanswered_trace_is_answered_in_place(project, ai_system):
    ended = execute(project, answering.start(project, "v1").id)
    assert (ended.status, ended.total, ended.done, ended.errors) == (DONE, 4, 4, 0)
    found = traces.get(project, "i2")
    assert (found.output, found.system_version, found.context, found.split, found.source) == (
        "said: input 2.", "v1", {"order": 2}, traces.get(project, "i2").split, SYNTHETIC)
    assert found.created_at.endswith("Z") and found.assumptions == "order 2 exists"
    assert project.value("select content_hash from traces where trace_id = 'i2'") == found.content_hash
    [log] = [answer["log"] for answer in answers.of_input(project, "i2")]
    assert log["attempts"] == 1 and log["milliseconds"] >= 0 and log["job"] == ended.id
    assert traces.get(project, "old").output == "answer to old" and len(ai_system.ledger) == 4


def test_an_answer_by_a_newer_version_stands_beside_the_old_one(project, ai_system):
    execute(project, answering.start(project, "v1").id)
    label = say(project, "i1", "fail")
    before = project.row("select * from traces where trace_id = 'i1'")
    http_system(project, ai_system, "v2")
    ended = execute(project, answering.start(project, "v2", Filter(label="fail"), again=True).id)
    assert (ended.total, ended.done) == (1, 1)
    assert tuple(project.row("select * from traces where trace_id = 'i1'")) == tuple(before)
    assert labels.history(project, "i1") == [label] and labels.history(project, "i1@v2") == []
    old, new = traces.get(project, "i1"), traces.get(project, "i1@v2")
    assert (new.system_version, new.output) == ("v2", "said: input 1.")
    for name in ("input", "context", "dimensions", "source", "split", "assumptions"):
        assert getattr(new, name) == getattr(old, name)
    assert [answer["trace_id"] for answer in answers.of_input(project, "i1@v2")] == ["i1", "i1@v2"]
    assert project.value("select answers from traces where trace_id = 'i1@v2'") == old.key


def test_the_same_version_answers_an_input_once(project, ai_system):
    execute(project, answering.start(project, "v1", again=True).id)
    calls = len(ai_system.ledger)
    assert calls == 5 and traces.get(project, "old@v1").output == "said: question of old"
    with pytest.raises(UsageError, match="Every input was answered by v1 already"):
        answering.start(project, "v1", again=True)
    with pytest.raises(UsageError, match="No input waits for an answer"):
        answering.start(project, "v1")
    key = traces.key_of(project, "old")
    assert answers.save(project, key, "v1", answers.Answer("another")) is None
    assert traces.count(project) == 6 and len(ai_system.ledger) == calls


def test_a_third_version_points_to_the_first_trace_too(project, ai_system):
    for version in ("v2", "v3"):
        http_system(project, ai_system, version)
        execute(project, answering.start(project, version, Filter(search="old"), again=True).id)
    assert [answer["trace_id"] for answer in answers.of_input(project, "old@v3")] == ["old", "old@v2", "old@v3"]
    assert answering.waiting(project, "v3", Filter(search="@v2"), again=True) == 0


def test_an_id_that_is_taken_is_not_overwritten(project, ai_system, make_trace):
    add(project, make_trace("old@v1", input="another input"))
    execute(project, answering.start(project, "v1", Filter(search="question of old"), again=True).id)
    assert traces.get(project, "old@v1").input == "another input"
    assert traces.get(project, "old@v1-again").system_version == "v1"


def test_two_jobs_over_the_same_inputs_call_once_and_store_once(project, ai_system):
    first, second = (answering.start(project, "v1", concurrency=1) for _ in range(2))
    plan, arrived, go_on = ai_system.plan, threading.Event(), threading.Event()
    ai_system.plan = lambda body: plan(body) if arrived.is_set() else (arrived.set(), Gate(plan(body), go_on))[1]
    slow = threading.Thread(target=execute, args=(project, first.id))
    slow.start()
    assert arrived.wait(PATIENCE)
    execute(project, second.id)
    go_on.set()
    slow.join()
    assert jobs.get(project, first.id).done == jobs.get(project, second.id).done == 4
    assert len(ai_system.ledger) == 5 and len(answered(project)) == 5  # the call under way was made already
    assert traces.count(project) == 5


def test_an_output_that_was_imported_meanwhile_is_kept(project, ai_system, make_trace):
    job = answering.start(project, "v1", limit=1)
    add(project, make_trace("i0", input="input 0.", output="by hand"))
    execute(project, job.id)
    assert traces.get(project, "i0").output == "by hand" and traces.get(project, "i0@v1").output == "said: input 0."


def test_a_conversation_stays_whole(db, ai_system, make_trace):
    talk = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "yes?"},
            {"role": "user", "content": "where?"}]
    add(db, make_trace("c", input="where?", output=None, messages=talk))
    http_system(db, ai_system, "v1", body='{"input": {{ input }}, "all": {{ messages }}}')
    execute(db, answering.start(db, "v1").id)
    assert ai_system.ledger[0].body["all"] == talk
    assert traces.get(db, "c").messages == [*talk, {"role": "assistant", "content": "said: where?"}]


def test_one_bad_answer_never_ends_the_job(project, ai_system):
    plan = ai_system.plan
    ai_system.plan = lambda body: html() if body["input"] == "input 1." else plan(body)
    ended = execute(project, answering.start(project, "v1", concurrency=1).id)
    assert (ended.status, ended.done, ended.errors) == (DONE, 4, 1)
    [item] = jobs.items(project, ended.id, errors_only=True)
    assert (item["trace_id"], item["error"], item["attempts"]) == ("i1", "unreadable", 2)
    assert "Please log in" in item["raw"] and traces.get(project, "i1").output is None
    log = json.loads(project.value("select log from traces where trace_id = 'i1'"))
    assert (log["error"], log["attempts"], log["system_version"]) == ("unreadable", 2, "v1")
    assert answering.waiting(project, "v1") == 1  # the next job tries it again


def test_a_version_that_never_answers_is_not_called_for_every_input(db, ai_system):
    inputs(db, 50)
    http_system(db, ai_system, "wrong", answer="$.reply")
    ended = execute(db, answering.start(db, "wrong", concurrency=1).id)
    assert ended.status == PAUSED and "not one answer has come (The reply holds no answer at $.reply" in ended.message
    assert len(ai_system.ledger) == 6 and ended.done == 3


def test_a_job_pauses_where_the_ai_system_is_down_and_resumes(project, ai_system):
    plan, ai_system.plan = ai_system.plan, lambda body: error(503, "restarting")
    ended = execute(project, answering.start(project, "v1", concurrency=1).id)
    assert ended.status == PAUSED and "the AI system does not answer" in ended.message and ended.errors == 3
    ai_system.plan = plan
    assert execute(project, ended.id, resumed=True).status == DONE and len(answered(project)) == 5


def test_nothing_is_answered_by_the_judges_model(db, endpoint_env):
    inputs(db, 1)
    with pytest.raises(UsageError, match=r"no version 'v1' of the AI system\. Versions: none yet"):
        answering.start(db, "v1")
    assert endpoint_env.ledger == [] and traces.get(db, "i0").output is None


def test_a_version_is_never_edited(project, ai_system):
    with pytest.raises(UsageError, match="There is a version 'v1' already"):
        http_system(project, ai_system, "v1", answer="$.other")
    with pytest.raises(UsageError, match="needs a name"):
        http_system(project, ai_system, " ")
    assert [system.version for system in systems.every(project)] == ["v1"]


def test_what_waits_can_be_narrowed(project):
    split = traces.get(project, "i0").split
    count = sum(traces.get(project, f"i{n}").split == split for n in range(4))
    assert answering.waiting(project, "v1", Filter(split=split)) == count
    assert answering.start(project, "v1", limit=2).total == 2


def test_the_same_press_twice_is_one_job_even_when_nothing_is_left(project, ai_system):
    first = answering.start(project, "v1", token="press")
    execute(project, first.id)
    assert answering.start(project, "v1", token="press").id == first.id


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_inputs_go_out_and_outputs_come_in_by_id(project, ending):
    before = {trace: traces.get(project, trace) for trace in ("i0", "i3")}
    table = exchange.read_file(f"inputs.{ending}", exchange.export(project, "inputs", ending))
    assert len(table.rows) == 4 and "old" not in repr(table.rows)
    filled = [{"id": f"i{n}", "input": f"input {n}.", "output": f"by hand {n}"} for n in range(4)]
    file = "\n".join(map(json.dumps, filled)).encode()
    back = exchange.read_file("back.jsonl", file)
    result = exchange.import_table(project, back, exchange.readers.guess(back))
    assert (result.traces, result.answered) == (0, 4)
    for name, old in before.items():
        new = traces.get(project, name)
        assert new.output == f"by hand {name[1:]}" and (new.context, new.dimensions) == (old.context, old.dimensions)
    again = exchange.import_table(project, back, exchange.readers.guess(back))
    assert again.added == 0


def test_what_the_ai_system_looked_up_joins_the_context(db, monkeypatch):
    inputs(db, 1)
    monkeypatch.setenv("PLUMBLINE_CALLABLE", "tests.support.callables:knows")
    answering.add_system(db, "p1", "python", {})
    execute(db, answering.start(db, "p1").id)
    assert traces.get(db, "i0").context == {"order": 0, "found": {"order": 0}}


def test_an_answer_no_json_holds_is_an_answer_all_the_same(project, ai_system):
    ai_system.plan = Answer(200, '{"answer": "half \\ud83d", "m": [{"role": "user", "content": "x", "n": NaN}]}')
    http_system(project, ai_system, "odd", messages="$.m")
    assert execute(project, answering.start(project, "odd", limit=1).id).errors == 0
    assert traces.get(project, "i0").output == "half \\ud83d" and traces.get(project, "i0").messages[0]["n"] == "nan"
