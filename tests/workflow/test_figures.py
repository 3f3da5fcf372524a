"""Figures and the process map, from an empty project to a judge that was measured."""

import pytest

from lib.records import Counts, UsageError, Verdict
from lib.store.dataset import traces
from lib.store.judge import judges, runs, verdicts
from lib.workflow import figures
from lib.workflow.errors import rates
from lib.workflow.overview import process
from tests.support.steps import add, row, say


@pytest.fixture
def judged(db, make_trace):
    """Ann passes t1 and t2 and fails t3; GPT-4 passes t1 and t3, fails t2, and has no answer on t4."""
    said = {"t1": ("pass", "pass"), "t2": ("pass", "fail"), "t3": ("fail", "pass")}
    add(db, *(row(make_trace(name, dimensions={"topic": (name[1],)}), Ann=ann, verdicts={"GPT-4": Verdict(judge)})
              for name, (ann, judge) in said.items()),
        row(make_trace("t4"), verdicts={"GPT-4": Verdict(None, error="no outcome", raw="?")}))
    return db


def test_agreement_of_a_judge_comes_from_its_newest_run_and_the_principal(judged):
    found = figures.agreement(judged, "GPT-4")
    assert (found.expert, found.counts, found.validated) == ("Ann", Counts(1, 1, 1, 0), True)
    assert figures.agreement(judged, run=found.run.id).counts == found.counts


def test_a_judge_without_a_label_to_meet_is_not_validated(db, make_trace):
    add(db, row(make_trace(), verdicts={"GPT-4": Verdict("pass")}), row(make_trace("t2"), Ann="pass"))
    found = figures.agreement(db, "GPT-4")
    assert not found.validated and "on a trace that Ann has labelled" in found.why
    assert found.figures["agreement"].value is None and not figures.validated(db, "GPT-4")


def test_every_judge_has_a_standing_measured_or_not(judged):
    judges.save_prompt(judged, "judge", "x")
    assert [(found.judge, found.validated, bool(found.agreement)) for found in figures.standing(judged)] == [
        ("GPT-4", True, True), ("judge", False, False)]
    assert "has not been run yet" in figures.standing(judged)[1].why


def test_two_experts_without_a_common_trace_say_so(judged):
    say(judged, "t4", "pass", "Bob")
    found = figures.between(judged, "Ann", "Bob")
    assert (found.counts.n, found.why) == (0, "Ann and Bob have labelled no trace in common.")


def test_rates_name_their_source_and_whether_the_judge_was_validated(judged):
    expert, judge = rates.table(judged, ("topic",)), rates.table(judged, ("topic",), "judge")
    assert [(*cell.values, cell.n, cell.fails) for cell in expert.cells] == [("3", 1, 1), ("1", 1, 0), ("2", 1, 0)]
    assert [(*cell.values, cell.n, cell.fails) for cell in judge.cells] == [("2", 1, 1), ("1", 1, 0), ("3", 1, 0)]
    assert (expert.overall.n, judge.overall.n, judge.validated) == (3, 3, True)
    assert expert.source_text == "labels of Ann" and "verdicts of GPT-4" in judge.source_text


def test_the_rate_of_a_judge_is_corrected_by_its_own_errors(db, make_trace):
    # 10 passes and 10 fails with a label: TPR .9, TNR .8. Without one: 6 of 10 judged pass.
    pairs = [("pass", "pass")] * 9 + [("pass", "fail")] + [("fail", "fail")] * 8 + [("fail", "pass")] * 2
    add(db, *(row(make_trace(f"a{n}"), Ann=ann, verdicts={"GPT-4": Verdict(judge)})
              for n, (ann, judge) in enumerate(pairs)),
        *(row(make_trace(f"b{n}"), verdicts={"GPT-4": Verdict("pass" if n < 6 else "fail")}) for n in range(10)))
    # (.6 + .8 - 1) / (.9 + .8 - 1) = .4 / .7
    assert rates.corrected(db).corrected.value == pytest.approx(0.4 / 0.7)


@pytest.mark.parametrize(("ask", "said"), [
    (figures.agreement, "Say which judge or which run"),
    (lambda db: figures.agreement(db, "GPT-5"), "no judge 'GPT-5'. Judges of this project: GPT-4"),
    (lambda db: figures.agreement(db, run=99), "no run 99"),
    (lambda db: figures.agreement(db, "GPT-4", expert="Bob"), "no expert 'Bob'"),
    (lambda db: rates.table(db, ("mood",)), "no dimension 'mood'. Dimensions of this project: topic"),
    (lambda db: rates.table(db, source="crowd"), "'expert', 'judge' or 'both', not 'crowd'"),
    (lambda db: rates.table(db, expert="Bob"), "no expert 'Bob'"),
])
def test_what_does_not_exist_is_named_with_what_does(judged, ask, said):
    with pytest.raises(UsageError) as refused:
        ask(judged)
    assert said in str(refused.value)


@pytest.mark.parametrize(("ask", "said"), [
    (rates.table, "no expert yet: label a trace"),
    (lambda db: rates.table(db, source="judge"), "No judge has a verdict yet"),
    (figures.principal_name, "no expert yet"),
])
def test_an_empty_project_says_what_to_do_first(db, ask, said):
    with pytest.raises(UsageError, match=said):
        ask(db)
    assert figures.modes(db).modes == []


def test_a_judge_that_was_not_run_says_so(db):
    judges.save_prompt(db, "judge", "x")
    with pytest.raises(UsageError, match="has not been run yet"):
        figures.agreement(db, "judge")


def test_a_run_under_way_counts_what_it_has_so_far(judged):
    run = runs.create(judged, judges.save_prompt(judged, "judge", "x").key, "m", "embedded")
    for done, trace in enumerate(("t1", "t2"), 1):
        verdicts.save(judged, run, traces.key_of(judged, trace), Verdict("pass"))
        assert figures.agreement(judged, "judge").counts == Counts(pass_pass=done)


def test_of_several_judges_the_rates_ask_which(judged, make_trace):
    add(judged, row(make_trace("t9"), verdicts={"davinci": Verdict("pass")}))
    with pytest.raises(UsageError, match=r"name one with --judge \(GPT-4, davinci\)"):
        rates.table(judged, source="judge")


def states(store) -> list[str]:
    return [step.state for step in process.steps(store)]


def test_the_map_of_an_empty_project_begins_with_the_expert(db):
    assert states(db) == ["now", *["later"] * 6]
    assert process.next_step(process.steps(db)).page == "settings"


def test_the_map_moves_on_with_each_step_done(db, make_trace):
    add(db, make_trace("t1"), make_trace("t2"))
    say(db, "t1", "fail")
    assert states(db)[:3] == ["done", "done", "now"]
    say(db, "t2", "fail")
    assert process.next_step(process.steps(db)).title == "Fix obvious errors"
    add(db, *(row(traces.get(db, one), modes=("invents",)) for one in ("t1", "t2")))
    assert process.next_step(process.steps(db)).title == "Bring the judge into line"


def test_a_judge_on_the_map_is_not_validated_until_a_verdict_meets_a_label(judged, make_trace):
    assert "GPT-4 agrees on 33% of 3 pairs; the target is 90%." in process.steps(judged)[4].text
    add(judged, row(make_trace("t9"), Ann="pass"))
    assert process.steps(judged)[4].action == "Read the disagreements"
