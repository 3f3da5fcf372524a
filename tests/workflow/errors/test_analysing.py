"""Groups and codes from a loopback model, and what a person makes of them: nothing bought twice, or counted unseen."""

import re
import threading

import pytest

from lib.records import CANCELLED, DONE, INTERRUPTED, PAUSED, Counts, UsageError
from lib.statistics import metrics
from lib.store.errors import analyses, codings, failure_modes, mode_history, notes
from lib.store.review import labels
from lib.workflow.errors import analysing, naming
from tests.support.coding import KINDS, by_kind, executed, fails, groups
from tests.support.endpoint import completion, error, prompt_of
from tests.support.running import PATIENCE, Gate, command
from tests.support.steps import fresh, say

pytestmark = pytest.mark.usefixtures("endpoint_env")
MODEL = {"model": "test-model"}


@pytest.fixture
def thirty(db, endpoint):
    """Thirty noted fails, and a model that groups by kind."""
    endpoint.plan = by_kind
    fails(db, 30)
    return db


@pytest.fixture
def coded(db, endpoint):
    """Nine fails, three of each kind, nobody has coded; the kinds are confirmed failure modes."""
    endpoint.plan = by_kind
    fails(db, 9, noted=False)
    for kind in KINDS:
        mode_history.create(db, f"wrong {kind}")
    return db


def test_a_fail_without_a_word_is_asked_for_first_and_never_more_than_there_are(db, endpoint):
    fails(db, 40, noted=False)
    for number in range(1, 41):
        say(db, f"t{number}", "fail", critique="its year is wrong" if number > 20 else "")
    for number in range(1, 6):
        notes.save(db, f"t{number}", "Ann", "the year is wrong")
    assert analysing.said(db) == analysing.Said(5, 20, 40) and analysing.said(db).missing == 5
    with pytest.raises(UsageError, match="5 more of the 40 fails need a note or a critique"):
        analysing.start_groups(db, **MODEL)
    assert endpoint.calls == 0 and analyses.every(db) == []
    assert [analysing.Said(3, 5, fails).missing for fails in (8, 11, 29, 30, 900)] == [0, 3, 21, 22, 22]


def test_a_small_project_is_grouped_by_its_notes_and_its_critiques(db, endpoint):
    fails(db, 4, noted=False)
    for number in range(1, 5):
        say(db, f"t{number}", "fail", critique=f"the year of {number} is wrong" if number % 2 else "the name is wrong")
    notes.save(db, "t1", "Pia", "the tone is wrong")
    endpoint.plan = by_kind
    assert analysing.said(db).few and not analysing.said(db).missing
    ended = executed(db, analysing.start_groups(db, **MODEL))
    assert (ended.status, endpoint.calls) == (DONE, 1)
    behind = {group.row["name"]: [(one["trace_id"], one["text"]) for one in group.behind]
              for group in naming.groups(db).waiting}
    assert behind == {"wrong tone": [("t1", "the tone is wrong")], "wrong year": [("t3", "the year of 3 is wrong")],
                      "wrong name": [("t2", "the name is wrong"), ("t4", "the name is wrong")]}
    mode_history.confirm(db, mode_history.by_name(db, "wrong name"))
    assert failure_modes.distribution(db, "Ann")[0] == {"wrong name": 2}


def test_groups_become_failure_modes_that_wait_with_their_notes(thirty, endpoint):
    ended = executed(thirty, analysing.start_groups(thirty, **MODEL))
    assert (ended.status, ended.errors, endpoint.calls) == (DONE, 0, 1)
    assert failure_modes.unconfirmed(thirty) == [f"wrong {kind}" for kind in sorted(KINDS)]
    assert failure_modes.distribution(thirty, "Ann") == ({}, 0, 30)
    behind = mode_history.notes_behind(thirty, mode_history.by_name(thirty, "wrong year"))
    assert len(behind) == 10 and all("the year" in note["text"] for note in behind)
    assert analyses.outcome(thirty, ended.id) == {
        "told": "Groups of notes proposed: 3.", "calls": 1, "prompt_tokens": 100, "completion_tokens": 20}


def test_what_a_model_invents_is_dropped_and_said(thirty, endpoint):
    failure_modes.add(thirty, "wrong name")
    endpoint.plan = [completion("no JSON"), groups(("wrong year", [1, 99]), ("wrong name", [2]), ("void", [77]))]
    ended = executed(thirty, analysing.start_groups(thirty, **MODEL))
    assert endpoint.calls == 2  # what nobody can read is asked for once more
    assert failure_modes.unconfirmed(thirty) == ["wrong year"]
    told = analyses.outcome(thirty, ended.id)["told"]
    assert told == ("Groups of notes proposed: 1. Named as a failure mode that a person has decided on already: 1. "
                    "Cited numbers that belong to no note, dropped: 2. Groups without a note behind them, dropped: 1.")


def test_the_newest_notes_alone_are_sent(db, endpoint):
    endpoint.plan = by_kind
    fails(db, 30)
    notes.save(db, "t30", "Ann", "the tone of trace 30 is far too short")
    executed(db, analysing.start_groups(db, **MODEL))
    [call] = endpoint.chats
    assert "far too short" in prompt_of(call.body) and "the year of trace 30" not in prompt_of(call.body)


def test_two_presses_are_one_analysis(thirty, endpoint):
    first = analysing.start_groups(thirty, token="t", **MODEL)
    assert analysing.start_groups(thirty, token="t", **MODEL).id == first.id
    with pytest.raises(UsageError, match=f"Analysis {first.id} is under way"):
        analysing.start_groups(thirty, token="other", **MODEL)
    executed(thirty, first)
    assert endpoint.calls == 1 and len(analyses.every(thirty)) == 1


def proposed(store) -> dict[str, tuple[int, int, int, int]]:
    return {row["name"]: (row["proposed"], row["waiting"], row["confirmed"], row["rejected"])
            for row in codings.counts(store)}


def test_every_fail_is_asked_once_with_the_modes_and_nothing_counts_before_a_person_confirms(coded, endpoint):
    ended = executed(coded, analysing.start_codes(coded, **MODEL))
    assert (ended.status, ended.total, endpoint.calls) == (DONE, 9, 9)
    assert proposed(coded) == {f"wrong {kind}": (3, 3, 0, 0) for kind in sorted(KINDS)}
    assert failure_modes.distribution(coded, "Ann")[1:] == (0, 9)
    year = mode_history.by_name(coded, "wrong year")
    first = codings.waiting(coded, year)[0]["trace_id"]
    assert codings.decide(coded, "rejected", year, [first], "Ann") == 1
    assert codings.decide(coded, "confirmed", year, None, "Ann") == 2
    assert codings.decide(coded, "confirmed", None, None, "Ann") == 6
    assert failure_modes.distribution(coded, "Ann") == ({"wrong name": 3, "wrong tone": 3, "wrong year": 2}, 9, 0)
    assert proposed(coded)["wrong year"] == (3, 0, 2, 1) and codings.waiting(coded) == []
    assert {row[0] for row in coded.rows("select source from trace_failure_modes")} == {"model"}


def test_a_fail_is_looked_at_once_nothing_waits_on_it(coded, endpoint):
    endpoint.plan = completion('{"reason": "all", "failure_modes": [1, 2, 3]}')
    executed(coded, analysing.start_codes(coded, most=1, **MODEL))
    year, name, tone = (mode_history.by_name(coded, f"wrong {kind}") for kind in KINDS)
    codings.decide(coded, "confirmed", year)
    assert failure_modes.next_uncoded(coded, "Ann") == "t1"
    codings.decide(coded, "rejected", name)
    codings.decide(coded, "rejected", tone)
    assert failure_modes.next_uncoded(coded, "Ann") == "t2"


def test_a_fail_with_none_waits_for_a_persons_word_too(coded, endpoint):
    endpoint.plan = completion('{"reason": "none fits", "failure_modes": []}')
    executed(coded, analysing.start_codes(coded, **MODEL))
    assert codings.without(coded, "Ann") == 9 and failure_modes.distribution(coded, "Ann")[1:] == (0, 9)
    assert codings.agree_none(coded, "Ann", "Ann") == 9 and codings.without(coded, "Ann") == 0
    assert failure_modes.distribution(coded, "Ann")[1:] == (9, 0)


def test_codes_given_by_hand_measure_the_model_and_seen_ones_do_not(coded):
    # By hand, blind: t1, t2 (of name and tone) as the model will say; t3, of the year, the person calls a tone too.
    failure_modes.give(coded, "t1", ["wrong name"], "Ann")
    failure_modes.give(coded, "t2", ["wrong tone"], "Ann")
    failure_modes.give(coded, "t3", ["wrong year", "wrong tone"], "Ann")
    executed(coded, analysing.start_codes(coded, again=True, **MODEL))
    codings.decide(coded, "confirmed", None, None, "Ann")
    failure_modes.give(coded, "t4", ["wrong tone"], "Ann")  # after it saw what was proposed for it
    analysis, rows, left_out = analysing.agreement(coded)
    found = {row.name: (row.both, row.person, row.model, row.neither) for row in rows}
    assert found == {"wrong name": (1, 0, 0, 2), "wrong tone": (1, 1, 0, 1), "wrong year": (1, 0, 0, 2)}
    assert left_out == 6 and analysis.total == 9
    tone = next(row for row in rows if row.name == "wrong tone")
    # 2 of 3 the same; by chance (2·1 + 1·2) / 9 = 4/9: kappa = (2/3 - 4/9) / (5/9) = 0.4
    assert tone.share == metrics.wilson(2, 3) and tone.kappa.value == pytest.approx(0.4)
    assert tone.kappa == metrics.kappa(Counts(1, 1, 0, 1))


def test_agreement_without_hand_codes_is_a_dash_with_its_reason(coded):
    assert analysing.agreement(coded) == (None, [], 0)
    executed(coded, analysing.start_codes(coded, **MODEL))
    rows = analysing.agreement(coded)[1]
    assert {(row.share.value, row.kappa.value) for row in rows} == {(None, None)}
    assert all("no fail was coded" in row.share.why and row.share.why == row.kappa.why for row in rows)


def test_proposals_follow_a_merge_and_a_fail_decided_by_hand_waits_no_more(coded):
    executed(coded, analysing.start_codes(coded, **MODEL))
    year, name = (mode_history.by_name(coded, f"wrong {kind}") for kind in ("year", "name"))
    mode_history.merge(coded, year, name)
    assert proposed(coded) == {"wrong name": (6, 6, 0, 0), "wrong tone": (3, 3, 0, 0)}
    failure_modes.give(coded, "t1", ["wrong name"], "Ann")
    assert proposed(coded)["wrong name"] == (6, 5, 0, 0)
    found = {row.name: (row.both, row.person, row.model, row.neither) for row in analysing.agreement(coded)[1]}
    assert found == {"wrong name": (1, 0, 0, 0), "wrong tone": (0, 0, 0, 1)}


def test_without_a_confirmed_mode_or_an_open_fail_nothing_is_asked(db, endpoint):
    fails(db, 2, noted=False)
    with pytest.raises(UsageError, match="No failure mode is confirmed"):
        analysing.start_codes(db, **MODEL)
    mode_history.create(db, "wrong year")
    for trace in ("t1", "t2"):
        failure_modes.give(db, trace, [], "Ann")
    with pytest.raises(UsageError, match="No fail waits"):
        analysing.start_codes(db, **MODEL)
    assert analysing.estimate_codes(db, "test-model", again=True).calls == 2 and endpoint.calls == 0


def test_the_estimate_counts_the_calls_and_their_prompts(coded):
    found = analysing.estimate_codes(coded, "test-model", most=4)
    assert found.calls == 4 and found.prompt_tokens > 4 * 100 and found.cost is None


def test_an_endpoint_that_is_down_pauses_and_resuming_buys_nothing_twice(coded, endpoint):
    endpoint.plan = {"wrong year": error(503), "wrong tone": error(503), "wrong name": by_kind(
        {"messages": [{"content": "1. wrong year: -\nOutput: -"}]})}
    started = analysing.start_codes(coded, **MODEL)
    assert executed(coded, started).status == PAUSED
    answered, endpoint.plan = sum(call.body is not None for call in endpoint.chats), by_kind
    kept = started.total - len(analyses.pending(coded, started.id))
    analysing.ready_to_resume(coded, started.id)
    ended = executed(coded, started)
    assert ended.status == DONE and ended.errors == 0 and answered > 0
    times = [re.search(r"question (\d+)", prompt_of(call.body))[1] for call in endpoint.chats[answered:]]
    assert len(times) == len(set(times)) and len(times) >= 9 - kept


def test_a_killed_process_is_noticed_and_goes_on(coded, endpoint):
    come = threading.Event()
    held = threading.Event()

    def plan(body):
        come.set()
        return Gate(by_kind(body), held)

    endpoint.plan = plan
    started = analysing.start_codes(coded, **MODEL)
    with command(coded, "analyse", "--queued", started.id) as process:
        assert come.wait(PATIENCE)
        process.kill()
        process.communicate(timeout=PATIENCE)
    held.set()
    endpoint.plan = by_kind
    store = fresh(coded.path).of(coded.project)
    assert analysing.settle(store) == [started.id] and analyses.get(store, started.id).status == INTERRUPTED
    with command(store, "analyse", started.id) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert f"analysis {started.id}: done, 9 of 9 calls made, 0 errors" in said and process.returncode == 0
    assert len(codings.waiting(store)) == 9


def test_a_cancelled_analysis_makes_no_call(coded, endpoint):
    started = analysing.start_codes(coded, **MODEL)
    analysing.cancel(coded, started.id)
    assert executed(coded, started).status == CANCELLED and endpoint.calls == 0


def test_the_critique_and_the_note_reach_the_model_and_a_label_since_changed_counts_no_more(coded, endpoint):
    notes.save(coded, "t1", "Ann", "the clerk's name is swapped")
    say(coded, "t2", "pass")
    started = analysing.start_codes(coded, **MODEL)
    assert started.total == 8
    executed(coded, started)
    prompt = next(text for text in map(prompt_of, (call.body for call in endpoint.chats)) if "question 1\n" in text)
    assert labels.current(coded, "t1", "Ann").critique in prompt and "the clerk's name is swapped" in prompt
