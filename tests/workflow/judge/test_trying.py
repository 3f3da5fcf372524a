"""A prompt tried before it is saved: what the judge says of it now, nothing of which is kept or counted."""

from dataclasses import replace

import pytest

from lib.engine.runner import ENVIRONMENT
from lib.records import UsageError
from lib.store.judge import judges, runs
from lib.workflow.judge import judging, trying, versions
from tests.support.endpoint import error, prompt_of, verdict
from tests.support.steps import add, row, say


@pytest.fixture
def start(db, make_trace, endpoint_env):
    """Twenty labelled dev traces, a pass in four, and one of train that the prompt shows."""
    add(db, row(make_trace("shown", split="train"), Ann="pass"),
        *(row(make_trace(f"d{n:02}", split="dev"), Ann="fail" if n % 4 else "pass") for n in range(20)))
    judging.ensure_judge(db)
    return judges.newest_prompt(db, judging.DEFAULT_JUDGE)


def tried(db, start, names, **changed):
    draft = replace(versions.saved(start), **changed)
    return trying.on_traces(db, start, draft, ENVIRONMENT, "test-model", names)


def test_the_typed_prompt_is_asked_and_nothing_is_kept(db, start, endpoint):
    endpoint.plan = verdict("fail", "no year")
    found = tried(db, start, ["d00", "d01"], template="Be strict. {{ trace }}", parameters='{"seed": 3}')
    assert [(one.trace, one.verdict.outcome, one.expert) for one in found] == [("d00", "fail", "pass"),
                                                                               ("d01", "fail", "fail")]
    assert all(prompt_of(call.body).startswith("Be strict. ") and call.body["seed"] == 3 for call in endpoint.chats)
    assert runs.every(db) == [] and db.value("select count(*) from verdicts") == 0


def test_five_of_dev_are_passes_and_fails_and_none_that_the_prompt_shows(db, start):
    chosen = [trying.some_dev(db, versions.saved(start)) for _ in range(12)]
    assert all(len(set(names)) == 5 and all(name.startswith("d") for name in names) for names in chosen)
    assert all(2 <= sum(int(name[1:]) % 4 == 0 for name in names) <= 3 for names in chosen)
    assert len({tuple(names) for names in chosen}) > 1


def test_labels_without_a_critique_are_tried_too(db, make_trace):
    add(db, *(make_trace(f"d{n}", split="dev") for n in range(8)))
    for n in range(8):
        say(db, f"d{n}", "fail" if n % 2 else "pass", critique="It is wrong." if n % 2 else "")
    judging.ensure_judge(db)
    chosen = trying.some_dev(db, versions.saved(judges.newest_prompt(db, judging.DEFAULT_JUDGE)))
    assert sum(int(name[1:]) % 2 for name in chosen) in (2, 3)


def test_without_labels_five_that_have_an_output_are_tried(db, make_trace):
    judging.ensure_judge(db)
    draft = versions.saved(judges.newest_prompt(db, judging.DEFAULT_JUDGE))
    with pytest.raises(UsageError, match="No trace of the dev split"):
        trying.some_dev(db, draft)
    add(db, make_trace("a", split="dev"), make_trace("b", split="dev", output=None))
    assert trying.some_dev(db, draft) == ["a"]


def test_a_failed_call_is_an_error_beside_the_others(db, start, endpoint):
    endpoint.plan = {"question of d00": error(503, "down"), "": verdict("fail")}
    down, fine = tried(db, start, ["d00", "d01"])
    assert (down.verdict.outcome, down.verdict.error) == (None, "server") and "down" in down.verdict.raw
    assert fine.verdict.outcome == "fail"


@pytest.mark.parametrize(("name", "template", "said"), [
    ("nobody", "{{ trace }}", "nobody"), ("d00", "Judge well.", "no trace"), ("open", "{{ trace }}", "no output")])
def test_what_cannot_be_tried_says_why(db, start, make_trace, endpoint, name, template, said):
    add(db, make_trace("open", output=None))
    with pytest.raises(UsageError, match=said):
        tried(db, start, [name], template=template)
    assert endpoint.calls == 0


def test_a_sealed_test_trace_is_never_tried(db, start, make_trace, endpoint):
    add(db, *(row(make_trace(f"t{n}", split="test"), Ann="pass") for n in range(60)))
    with pytest.raises(UsageError, match="sealed"):
        tried(db, start, ["t1"])
    assert endpoint.calls == 0
