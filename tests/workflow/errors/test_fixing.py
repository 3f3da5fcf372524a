"""A fix from the fails it is of to a new version's answers and the expert's look, on a real AI system on loopback."""

import pytest

from lib.records import PASS, UsageError
from lib.sampling import queues
from lib.store import jobs
from lib.store.dataset import traces
from lib.store.errors import failure_modes, fixes, mode_decisions, mode_history
from lib.store.review import draws, labels
from lib.store.review import queues as stored
from lib.workflow.dataset import answering, exchange
from lib.workflow.errors import fixing, what_to_fix
from lib.workflow.review import reviewing
from tests.support.answering import execute, http_system, inputs
from tests.support.endpoint import Answer
from tests.support.steps import add, row, say

FAILED, PASSED = ("i0", "i1", "i2", "i3"), ("i4", "i5", "i6")


@pytest.fixture
def answered(db, ai_system):
    """v1 answered seven inputs; Ann failed four of them for one reason and passed three."""
    inputs(db, 7)
    http_system(db, ai_system, "v1")
    execute(db, answering.start(db, "v1").id)
    for trace in FAILED:
        say(db, trace, "fail", critique="It misses the date, which is the point.")
        failure_modes.give(db, trace, ["date missed"])
    for trace in PASSED:
        say(db, trace, "pass")
    return db


@pytest.fixture
def fixed(answered, ai_system):
    """The fix that v2 carries, its inputs answered."""
    http_system(answered, ai_system, "v2")
    ai_system.plan = lambda body: Answer(body={"answer": f"dated: {body.get('input')}"})
    fix = fixing.create(answered, "Ask for the date", ["date missed"], version="v2")
    assert execute(answered, fixing.run(answered, fix.id, token="press").id).errors == 0
    return fix


def look(store, outcomes: dict[str, str]) -> None:
    """Ann labels the new answers as the desk does."""
    for trace, outcome in outcomes.items():
        place = reviewing.Place(from_queue=True)
        reviewing.decide(store, "Ann", reviewing.Decision(f"{trace}@v2", outcome, "why", f"token {trace}"), place)


def test_a_fix_takes_the_fails_and_ten_passes_of_the_same_version(answered):
    fix = fixing.create(answered, "Ask for the date", ["date missed"], control=2)
    names = [traces.by_key(answered, key).id for key in fixes.traces_of(answered, fix.id)]
    assert names[:4] == list(FAILED) and len(names) == 6 and set(names[4:]) < set(PASSED)
    assert fix.status == "open" and mode_decisions.get(answered, "date missed").decided.status == "in work"
    assert fixing.create(answered, "Few", ["date missed"], most=1, control=0).traces == 1


def test_recorded_twice_it_is_one_fix(answered):
    first = fixing.create(answered, "Ask for the date", ["date missed"], "more", "v2")
    assert fixing.create(answered, " Ask for the date ", ["date missed"], "more", "v2").id == first.id
    assert len(fixes.every(answered)) == 1


@pytest.mark.parametrize(("words", "sentence"), [
    ({"modes": []}, "Name at least one failure mode"), ({"modes": ["unknown"]}, "no failure mode 'unknown'"),
    ({"title": "  "}, "needs a title"), ({"version": "v1"}, "answers of v1 itself"),
    ({"modes": ["never met"]}, "No fail has these failure modes")])
def test_what_cannot_be_a_fix_is_refused_in_a_sentence(answered, words, sentence):
    failure_modes.add(answered, "never met")
    with pytest.raises(UsageError, match=sentence):
        fixing.create(answered, **{"title": "Fix", "modes": ["date missed"], **words})
    assert fixes.every(answered) == []


def test_each_answer_waits_for_the_expert_at_once_and_for_no_rate(answered, fixed):
    waiting = stored.listing(answered, "Ann")
    assert sorted(item["trace"] for item in waiting) == [f"{trace}@v2" for trace in (*FAILED, *PASSED)]
    assert {(item["queue"], item["unbiased"]) for item in waiting} == {(queues.FIX, 0)}
    assert draws.open_traces(answered, ["Ann"]) == []
    assert [item["trace"] for item in waiting] != sorted(item["trace"] for item in waiting)  # the order tells nothing
    look(answered, {"i0": "pass"})
    circumstances = labels.current(answered, "i0@v2", "Ann").circumstances
    assert (circumstances.queue, circumstances.unbiased) == ("fix", False)
    assert fixing.queue(answered, fixed.id) == 0  # all others wait already


def test_before_and_after_are_counted_on_the_same_inputs_with_the_exact_test(answered, fixed):
    """3 of 4 fails pass now, 1 of 3 passes fails: McNemar's p of 3 against 1 is 2 × (1 + 4) / 16 = 0.625."""
    look(answered, {"i0": "pass", "i1": "pass", "i2": "pass", "i3": "fail", "i4": "fail", "i5": "pass"})
    found = fixing.effect(answered, fixed.id)
    assert (found.fixed, found.still_failing, found.broken, found.still_passing) == (3, 1, 1, 1)
    assert (found.unread, found.unanswered, found.read, found.p) == (1, 0, 6, 0.625)
    assert (found.before.value, found.after.value) == (2 / 6, 4 / 6)
    assert "chance alone could bring that" in fixing.reading(found)


def test_only_the_experts_look_verifies_and_an_opened_failure_reopens(answered, fixed):
    look(answered, {trace: PASS for trace in (*FAILED, "i4", "i5")})
    with pytest.raises(UsageError, match="1 new answer is still unread"):
        fixing.verify(answered, fixed.id)
    assert fixes.get(answered, fixed.id).status == "fixed"
    look(answered, {"i6": PASS})
    assert fixing.verify(answered, fixed.id).fixed == 4
    assert fixes.get(answered, fixed.id).status == "verified"
    [mode] = what_to_fix.ranking(answered)
    assert mode.status == "fixed" and mode.untested
    fixes.reopen(answered, fixed.id)
    assert fixes.get(answered, fixed.id).status == "reopened" and not what_to_fix.ranking(answered)[0].untested
    fixes.carry(answered, fixed.id, "v3")
    assert fixes.get(answered, fixed.id).status == "fixed"  # what v2 showed says nothing of v3


def test_a_press_sent_twice_is_one_job_and_nothing_is_asked_for_again(answered, fixed, ai_system):
    calls = len(ai_system.ledger)
    assert fixing.run(answered, fixed.id, token="press").id == jobs.every(answered, "answer")[0].id
    with pytest.raises(UsageError, match="v2 has answered all of these"):
        fixing.run(answered, fixed.id)
    assert len(ai_system.ledger) == calls == 14


def test_answers_by_import_count_where_the_input_is_the_same(answered):
    fix = fixing.create(answered, "By hand", ["date missed"], version="by hand", control=0)
    with pytest.raises(UsageError, match="'by hand' is not set up here"):
        fixing.run(answered, fix.id)
    data = b"id,input,output,version\nn0,input 0.,new,by hand\nn1,input 1.,new,by hand\nn9,other,new,by hand\n"
    table = exchange.read_file("new.csv", data)
    exchange.import_table(answered, table, exchange.readers.guess(table))
    found = fixing.effect(answered, fix.id)
    assert [row.answer for row in found.rows] == ["n0", "n1", None, None]
    assert (found.unread, found.unanswered) == (2, 2)
    # Drawn as random ones they would count in a rate, although they were chosen for having failed.
    assert [(item["trace"], item["unbiased"]) for item in stored.listing(answered, "Ann")] == [("n1", 0), ("n0", 0)]
    assert fixing.queue(answered, fix.id) == 0 and len(draws.open_traces(answered, ["Ann"])) == 1


def test_a_merged_failure_mode_takes_its_fixes_with_it(answered):
    fixing.create(answered, "Ask", ["date missed"])
    into = failure_modes.add(answered, "dates")
    mode_history.merge(answered, mode_history.by_name(answered, "date missed"), into)
    [fix] = fixes.every(answered)
    assert fix.modes == ("dates",) and what_to_fix.page(answered, "dates").fixes == ["1: Ask (open)"]


def test_a_common_failure_is_fixed_before_a_judge_is_built(db, make_trace):
    """Of 20 labels 11 are fails, 10 of them coded; 4 of the 10 share a mode, and 3 another."""
    assert fixing.pervasive(db) == []
    add(db, *(row(make_trace(f"t{n}", input=f"input {n}"), Ann="fail" if n < 11 else "pass") for n in range(20)))
    assert fixing.pervasive(db) == ["55% of 20 labelled traces fail."]
    for n in range(10):
        failure_modes.give(db, f"t{n}", ["often" if n < 4 else "at the bound" if n < 7 else f"rare {n}"])
    assert fixing.pervasive(db) == ["'often' is in 40% of the coded fails.", "55% of 20 labelled traces fail."]
    mode_decisions.decide(db, "often", mode_decisions.Decision(status="fixed"))
    assert fixing.pervasive(db) == ["55% of 20 labelled traces fail."]
