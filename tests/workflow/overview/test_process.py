"""The process map on an empty, a growing and an example project, and where each judge stands."""

import pytest

from lib.records import Verdict
from lib.store.dataset.traces import Filter
from lib.store.errors import assertions, failure_modes, fixes, mode_decisions
from lib.workflow import figures
from lib.workflow.errors import fixing, going_on
from lib.workflow.judge import judging
from lib.workflow.overview import first_look, process
from tests.support.commands import IMPORT_MEETINGS, IMPORT_NQ, CommandLine
from tests.support.endpoint import verdict
from tests.support.running import add_traces, execute
from tests.support.steps import add, fresh, row, say

PAGES = ["settings", "dataset", "review", "errors", "judge", "errors", "errors"]


def states(store) -> list[str]:
    return [step.state for step in process.steps(store)]


def now(store) -> int:
    return process.next_step(process.steps(store)).number


def test_an_empty_project_begins_with_its_expert(db):
    assert states(db) == ["now"] + ["later"] * 6
    assert [step.page for step in process.steps(db)] == PAGES
    assert [step.text for step in process.steps(db)][:2] == ["Nobody is named yet.", "No traces yet."]


def test_the_map_moves_as_the_work_is_done(db, endpoint_env):
    add_traces(db, 40)
    assert states(db)[:2] == ["now", "done"]
    say(db, "t0", "pass")
    assert now(db) == 3
    for number in range(1, process.ENOUGH):
        say(db, f"t{number}", "fail" if number % 2 else "pass")
    assert now(db) == 4 and "0 of 15 fails have a failure mode" in process.steps(db)[3].text
    for place, number in enumerate(range(1, process.ENOUGH, 2)):
        assert now(db) == 4
        failure_modes.give(db, f"t{number}", [f"wrong {('year', 'name', 'place', 'sum')[place % 4]}"])
    assert now(db) == 5 and process.steps(db)[4].action == "Run the judge"
    run_until_it_agrees(db, endpoint_env)


def run_until_it_agrees(db, endpoint_env) -> None:
    judging.ensure_judge(db)
    endpoint_env.plan = verdict("pass")
    execute(db, judging.start_run(db, judging.DEFAULT_JUDGE, where=Filter(label="any")).id)
    assert now(db) == 5 and "agrees on 50% of 30 pairs" in process.steps(db)[4].text
    endpoint_env.plan = {f"question {number}.": verdict("fail") for number in range(1, 30, 2)} | {"": verdict("pass")}
    execute(db, judging.start_run(db, judging.DEFAULT_JUDGE, where=Filter(label="any"), anew=True).id)
    assert now(db) == 6 and "agrees on 100% of 30 pairs" in process.steps(db)[4].text


def test_the_last_steps_are_done_by_a_decision_and_by_something_that_tests_for_a_failure_mode(db):
    add_traces(db, 1)
    say(db, "t0", "fail")
    failure_modes.give(db, "t0", ["wrong year"])
    mode_decisions.decide(db, "wrong year", mode_decisions.Decision(decision="write an assertion"))
    assert states(db)[5:] == ["done", "later"]
    assertions.add(db, "a year", "regular expression", {"pattern": "20\\d\\d"}, "wrong year")
    assert states(db)[5:] == ["done", "done"] and process.steps(db)[6].text == "1 assertion, 0 special judges."


def test_fails_without_a_critique_are_no_third_step_done(db):
    add_traces(db, 40)
    for number in range(process.ENOUGH):
        say(db, f"t{number}", "fail" if number < 2 else "pass", critique="wrong year" if number else "")
    assert now(db) == 3
    assert process.steps(db)[2].text == "30 of 40 traces labelled, 2 failed; 1 of 2 fails have a critique."
    say(db, "t0", "fail", critique="wrong name")
    assert now(db) == 4


def test_an_error_that_is_everywhere_is_mended_before_a_judge_is_built(db):
    add_traces(db, 60)
    for number in range(40):
        say(db, f"t{number}", "fail" if number < 12 else "pass")
    for number in range(12):
        failure_modes.give(db, f"t{number}", ["wrong year" if number < 6 else f"wrong {number}"])
    step = process.steps(db)[3]
    assert now(db) == 4 and (step.view, step.action) == ("What to fix", "See what to fix")
    assert step.text == "Fix before you build a judge. 'wrong year' is in 50% of the coded fails."


def test_fixes_that_nobody_has_verified_are_no_fourth_step_done(db):
    add_traces(db, 31)
    for number in range(30):
        say(db, f"t{number}", "fail" if number < 4 else "pass")
    for number in range(4):
        failure_modes.give(db, f"t{number}", [f"wrong {number}"])
    assert states(db)[3] == "done" and process.steps(db)[3].text == (
        "4 of 4 fails have a failure mode; none is so common that it must be mended first.")
    fix = fixing.create(db, "Say the year", ["wrong 1"])
    step = process.steps(db)[3]
    assert (now(db), step.view) == (4, "What to fix")
    assert step.text == "4 of 4 fails have a failure mode; 1 fix is recorded and not verified yet."
    fixes.carry(db, fix.id, "v2")
    fixes.mark_verified(db, fix.id)
    assert states(db)[3] == "done"


def test_who_goes_on_with_a_reason_passes_a_step_that_is_not_done(db):
    add_traces(db, 40)
    for number in range(40):
        say(db, f"t{number}", "fail" if number < 12 else "pass")
    for number in range(12):
        failure_modes.give(db, f"t{number}", ["wrong year"])
    assert now(db) == 4
    going_on.keep(db.by("Bob"), "the fix is on its way")
    assert now(db) == 5 and states(db)[3] == "later"
    assert process.steps(db)[3].text.endswith("Bob goes on all the same: the fix is on its way")


def test_a_few_pairs_are_no_judge_in_line(db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), Ann="pass", verdicts={"good": Verdict("pass")}) for n in range(19)))
    assert process.steps(db)[4].state != "done"
    assert process.steps(db)[4].text == "good agrees on 100% of 19 pairs; fewer than 20 tell little."
    add(db, row(make_trace("one more"), Ann="pass", verdicts={"good": Verdict("pass")}))
    assert process.steps(db)[4].state == "done"


def test_the_overview_and_the_map_name_the_same_judge_by_its_newest_run_that_was_measured(db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), Ann="pass", verdicts={
        "good": Verdict("pass" if n else "fail"), "bad": Verdict("fail"), "odd": Verdict("pass")}) for n in range(4)))
    failure_modes.add(db, "rude")
    db.execute("update judges set failure_mode = (select id from failure_modes) where name = 'odd'")
    add(db, row(make_trace("unlabelled"), verdicts={"good": Verdict("fail")}))
    look = first_look.first_look(db)
    assert [one.judge for one in look.judges] == ["good", "bad", "odd"] and look.judges[0].agreement.counts.n == 4
    assert figures.best(look.judges).judge == "good" and look.steps[4].text.startswith("good agrees on 75% of 4 pairs")


def test_a_run_on_unlabelled_traces_takes_no_figure_away(db, endpoint_env):
    add_traces(db, 3)
    say(db, "t0", "pass")
    judging.ensure_judge(db)
    endpoint_env.plan = verdict("pass")
    first = execute(db, judging.start_run(db, judging.DEFAULT_JUDGE, where=Filter(label="any")).id)
    execute(db, judging.start_run(db, judging.DEFAULT_JUDGE, where=Filter(label="none")).id)
    [found] = figures.standing(db)
    assert found.agreement.run.id == first.id and found.measured


def test_the_best_of_several_judges_is_told(db, make_trace):
    add(db, *(row(make_trace(f"t{n}"), Ann="pass", verdicts={"good": Verdict("pass" if n else "fail"),
                                                             "bad": Verdict("fail")}) for n in range(4)))
    assert process.steps(db)[4].text == "good agrees on 75% of 4 pairs; the target is 90%."


def test_a_project_without_a_fail_need_not_code_any(db):
    add_traces(db, 31)
    for number in range(30):
        say(db, f"t{number}", "pass")
    assert states(db)[3] == "done" and process.steps(db)[3].text == "No fail yet."


def test_a_small_project_is_reviewed_when_all_of_it_is(db):
    add_traces(db, 2)
    say(db, "t0", "pass")
    assert states(db)[2] == "now"
    say(db, "t1", "pass")
    assert states(db)[2] == "done"


def test_traces_that_wait_for_an_answer_are_said(db, make_trace):
    add(db, make_trace("a", output=None), make_trace("b", output=None))
    assert states(db)[1] == "later" and "2 without an output yet" in process.steps(db)[1].text


@pytest.mark.parametrize(("words", "step", "text"), [
    (IMPORT_MEETINGS, 4, "Not validated: no verdict meets a label yet."),
    (IMPORT_NQ, 3, "gpt-4 agrees on 85% of 1,488 pairs, 2 errors; the target is 90%.")])
def test_the_examples_say_what_is_next(tmp_path, words, step, text):
    CommandLine(tmp_path / "plumbline.db")(*words)
    store = fresh(tmp_path / "plumbline.db").of(1)
    assert now(store) == step and text in process.steps(store)[4].text


def test_when_every_step_is_done_it_is_review_again(db):
    steps = [process.Step(number, "", "", "done", "", "", "") for number in range(1, 8)]
    assert process.next_step(steps).number == 3


def test_a_judge_is_validated_by_a_label_and_a_readable_verdict_on_one_trace(db, make_trace):
    add(db, row(make_trace("a"), verdicts={"bot": Verdict("pass")}),
        row(make_trace("b"), verdicts={"bot": Verdict(None, error="no outcome")}))
    say(db, "b", "fail")
    assert not figures.validated(db, "bot")
    [found] = figures.standing(db)
    assert found.agreement.counts.errors == 1 and "None of its readable verdicts" in found.why
    say(db, "a", "fail")
    [found] = figures.standing(db)
    assert found.validated and found.agreement.counts.fail_pass == 1 and found.why == ""


def test_labels_of_others_than_the_principal_validate_no_judge(db, make_trace):
    add(db, row(make_trace("a"), verdicts={"bot": Verdict("pass")}), make_trace("b"))
    say(db, "b", "pass", expert="Ann")
    say(db, "a", "pass", expert="Bob")
    assert not figures.validated(db, "bot")


def test_the_newest_run_with_a_verdict_is_the_one_that_counts(db, endpoint_env):
    add_traces(db, 2)
    say(db, "t0", "pass")
    judging.ensure_judge(db)
    first = execute(db, judging.start_run(db, judging.DEFAULT_JUDGE).id)
    second = judging.start_run(db, judging.DEFAULT_JUDGE, anew=True)
    assert figures.agreement(db, judging.DEFAULT_JUDGE).run.id == first.id
    execute(db, second.id)
    assert figures.agreement(db, judging.DEFAULT_JUDGE).run.id == second.id
