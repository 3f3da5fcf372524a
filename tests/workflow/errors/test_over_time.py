"""Rates over time: which trace is of which point, what is marked, and whether the system or the judge changed."""

import shlex

import pytest

from lib.records import Circumstances, UsageError, Verdict
from lib.records.rating import Tally
from lib.store.dataset import traces
from lib.store.judge import judges, runs, splits, verdicts
from lib.ui.drill_down import at_point
from lib.ui.errors.over_time import fails
from lib.workflow.errors import over_time, rates
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say
from tests.support.weeks import (
    FROZEN,
    MONDAYS,
    arrive,
    four_weeks,
    freeze,
    judge_all,
    judge_frozen,
    judge_week,
    lenient,
    strict,
)

STEADY, WORSE = (9, 18, 3), (5, 10, 15)  # answers well, well enough, wrongly: 90 % pass, then 50 %


@pytest.fixture
def plan(endpoint_env):
    """How the judge judges from now on."""
    def put(judge) -> None:
        endpoint_env.plan = judge

    return put


@pytest.fixture
def dated(db, make_trace):
    """Labels at the ends of two weeks and of a year, of three versions, one without a date, one with neither."""
    said = (("sunday", "2026-01-04T23:59:59Z", "v2", "pass"), ("monday", "2026-01-05T00:00:00Z", "v1", "fail"),
            ("zone", "2026-01-04T23:30:00-05:00", "v1", "pass"), ("april", "2026-04-30", "v1", "pass"),
            ("old", "2025-12-29T12:00:00Z", "a", "fail"), ("undated", None, "v3", "pass"), ("bare", None, None, "fail"))
    add(db, *(row(make_trace(name, created_at=at, system_version=version), Ann=outcome)
              for name, at, version, outcome in said))
    return db


def points(found: over_time.OverTime) -> list[tuple]:
    return [(point.name, point.first_day, point.cell.n, point.cell.fails) for point in found.points]


def told(found: over_time.OverTime) -> list[tuple[str, str, str]]:
    """(point, which way, whose it is) of every change."""
    return [(point.name, point.change.direction, point.whose.state) for point in found.changed]


def test_a_week_is_named_by_its_monday_in_utc_and_weeks_without_traces_are_no_points(dated):
    found = over_time.series(dated, "week")
    assert points(found) == [("2025-12-29", "2025-12-29", 2, 1), ("2026-01-05", "2026-01-05", 2, 1),
                             ("2026-04-27", "2026-04-27", 1, 0)]
    assert (found.without, found.overall.n, found.source_text) == (2, 7, "labels of Ann")


def test_months_go_by_their_first_day_and_versions_by_their_first_answer(dated):
    assert points(over_time.series(dated, "month")) == [
        ("2025-12", "2025-12-01", 1, 1), ("2026-01", "2026-01-01", 3, 1), ("2026-04", "2026-04-01", 1, 0)]
    versions = over_time.series(dated, "version")
    assert points(versions) == [("a", "2025-12-29", 1, 1), ("v2", "2026-01-04", 1, 0), ("v1", "2026-01-05", 3, 1),
                                ("v3", None, 1, 0)]
    assert versions.without == 1


@pytest.mark.parametrize("over", ["week", "month", "version"])
def test_each_point_leads_to_the_very_fails_it_counts(dated, over):
    found = over_time.series(dated, over)
    for point in found.points:
        where = at_point(fails(found), over_time.WORDS[over], point.name)
        assert traces.count(dated, where) == point.cell.fails, point.name


def test_labels_that_an_outcome_drew_are_left_out_and_said(dated, make_trace):
    add(dated, make_trace("drawn", created_at="2026-01-05"))
    say(dated, "drawn", "fail", circumstances=Circumstances(queue="judge_fails", unbiased=False))
    found = over_time.series(dated, "week")
    assert (found.overall.n, found.left_out.drawn) == (7, 1)
    assert over_time.left_out(found) == ["1 label left out: drawn by looking at an outcome",
                                         "2 outcomes in no point: their traces do not say when the AI answered"]


def test_a_system_that_got_worse_is_told_from_its_judge(db, plan):
    four_weeks(db, plan, lenient, lenient, (STEADY, STEADY, WORSE, WORSE))
    found = over_time.series(db, "week", "judge")
    assert points(found) == [(day, day, 30, n) for day, n in zip(MONDAYS, (3, 3, 15, 15), strict=True)]
    assert told(found) == [(MONDAYS[2], "lower", "did not move")]
    [changed] = found.changed
    assert changed.change.before == (54, 60) and changed.whose.again.n == FROZEN
    assert f"of {FROZEN} labelled traces read before and after, 0 turned" in changed.whose.words
    assert changed.whose.words.endswith("So the system changed, or what it is asked.")
    # The judge is right on all: what is corrected is what was observed.
    assert [round(1 - point.cell.corrected.value, 3) for point in found.points] == [0.9, 0.9, 0.5, 0.5]
    assert found.source_text.endswith("version 1 with test-model, the newest on each trace of 6 runs (1 to 6)")


def test_a_judge_that_moved_is_told_from_its_system(db, plan):
    four_weeks(db, plan, lenient, strict, (STEADY,) * 4)
    found = over_time.series(db, "week", "judge")
    assert told(found) == [(MONDAYS[2], "lower", "moved")]
    # One run by itself has one TPR and TNR: it passes 4 of 12 labelled passes and no fail, so half are passes.
    assert over_time.series(db, "week", "judge", run=5, seen=True).overall.corrected.value == pytest.approx(0.5)
    [changed] = found.changed
    # Of 12 labelled passes 8 are borderline: they fail now. Of each week 18 of 30 are: from 27 to 9 that pass.
    again = changed.whose.again
    assert (again.n, again.to_fail, again.to_pass, again.right.fixed, again.right.broken) == (FROZEN, 8, 0, 0, 8)
    assert "would shift by -60 points" in changed.whose.words and "moved by -60" in changed.whose.words
    assert changed.whose.words.endswith("The change may be the judge's.")
    assert {point.cell.corrected.why for point in found.points} == {found.overall.corrected.why}
    assert found.overall.corrected.why.startswith("the judge moved")


def test_where_the_labelled_set_was_read_once_the_command_to_read_it_again_is_given_and_tells(db, plan):
    four_weeks(db, plan, lenient, strict, (STEADY,) * 4, again=False)
    found = over_time.series(db, "week", "judge")
    assert told(found) == [(MONDAYS[2], "lower", "not known")]
    words = shlex.split(found.changed[0].whose.command)
    assert words[:3] == [".venv/bin/python", "-m", "lib"] and found.judge.command == found.changed[0].whose.command
    CommandLine(db.path)(*words[3:])
    assert told(over_time.series(db, "week", "judge")) == [(MONDAYS[2], "lower", "moved")]


def test_where_no_labelled_trace_was_read_before_labels_on_such_that_were_tell_it(db, plan):
    plan(lenient)
    freeze(db)
    for week, kind in enumerate((STEADY, STEADY, WORSE)):
        arrive(db, week, *kind)
        judge_week(db, week)
    judge_frozen(db), judge_frozen(db)
    found = over_time.series(db, "week", "judge")
    assert told(found) == [(MONDAYS[2], "lower", "not known")] and found.changed[0].whose.again.n == 0
    assert "Label more of the traces that it has read before" in found.changed[0].whose.words
    assert found.judge.state == "did not move"  # since the labelled ones were read first
    for n in range(10, 30):
        say(db, f"w0-{n}", "pass" if n < 20 else "fail")
    judge_frozen(db)
    assert told(over_time.series(db, "week", "judge")) == [(MONDAYS[2], "lower", "did not move")]


def test_a_verdict_that_was_taken_over_is_no_second_reading(db, plan):
    four_weeks(db, plan, lenient, lenient, (STEADY, STEADY, WORSE, WORSE), again=False)
    assert runs.get(db, judge_all(db)).reused == FROZEN + 120
    found = over_time.series(db, "week", "judge")
    assert told(found) == [(MONDAYS[2], "lower", "not known")] and found.changed[0].whose.again.n == 0


def test_points_that_one_run_read_changed_with_the_system(db, plan):
    plan(lenient)
    freeze(db)
    for week, kind in enumerate((STEADY, STEADY, WORSE)):
        arrive(db, week, *kind)
    run = judge_all(db)
    found = over_time.series(db, "week", "judge")
    assert told(found) == [(MONDAYS[2], "lower", "one run")]
    assert f"Run {run} read all of these traces" in found.changed[0].whose.words
    # With one run the figures are those of `rates` without --over.
    whole = rates.table(db, (), "judge").overall
    assert (found.overall.tally, found.overall.corrected) == (whole.tally, whole.corrected)


def test_a_change_of_labels_has_no_judge_in_it(db, make_trace):
    add(db, *(row(make_trace(f"{month}-{n}", created_at=f"2026-{month:02}-10"), Ann="fail" if n < fails else "pass")
              for month, fails in ((1, 2), (2, 12)) for n in range(30)))
    found = over_time.series(db, "month")
    assert told(found) == [("2026-02", "lower", "labels")] and found.judge is None
    assert over_time.words(found.changed[0].change) == (
        "lower than before by labels, 60% of 30 against 93% of 30 (p = 0.005)")
    assert found.points[0].cell.corrected is None


def test_verdicts_recorded_elsewhere_leave_it_open(db, make_trace):
    add(db, *(row(make_trace(f"{month}-{n}", created_at=f"2026-{month:02}-10"),
                  verdicts={"bot": Verdict("fail" if n < fails else "pass")})
              for month, fails in ((1, 2), (2, 12)) for n in range(30)))
    found = over_time.series(db, "month", "judge")
    assert told(found) == [("2026-02", "lower", "not known")] and "recorded elsewhere" in found.changed[0].whose.words
    assert found.changed[0].whose.command == "" and not found.validated


def test_labels_and_verdicts_count_together_and_are_tested_apart(db, plan):
    four_weeks(db, plan, lenient, lenient, (STEADY, STEADY, WORSE, WORSE))
    say(db, "w0-0", "fail")
    found = over_time.series(db, "week", "both")
    assert found.points[1].cell.tally == Tally(0, 1, 26, 3)
    # The label stands first among the points: what is labelled is of 2025, and of the first of the weeks.
    assert [point.name for point in found.points] == ["2025-06-02", *MONDAYS]
    assert [(point.change and point.change.of) for point in found.points] == [None, "labels", *["verdicts"] * 3]
    assert told(found)[-1] == (MONDAYS[2], "lower", "did not move")


def test_another_model_or_version_is_another_judge_and_is_said(db, plan):
    four_weeks(db, plan, lenient, lenient, (STEADY, STEADY, WORSE, WORSE))
    judges.save_prompt(db, "desired outcome", "Is {{ trace }} right? {{ question }}")
    arrive(db, 0, 3, 0, 0)
    run = judge_week(db, 3)
    found = over_time.series(db, "week", "judge")
    assert (found.rated.run, found.rated.runs, found.other_runs) == (run, (), 6)
    assert "6 runs of this judge not counted" in over_time.left_out(found)[-2]
    # The version before is at hand by its run; then that run alone counts.
    older = over_time.series(db, "week", "judge", run=1)
    assert points(older) == [(MONDAYS[0], MONDAYS[0], 30, 3)] and older.other_runs == 0
    assert older.judge.state == "did not move"


def test_labelled_traces_of_a_sealed_test_split_say_nothing_of_the_judge(db, make_trace):
    """60 labels seal the test split: 40 of dev stay, whose outcomes all stand."""
    add(db, *(row(make_trace(f"t{n}", input=f"question {n} of its own", split="test" if n < 20 else "dev",
                             created_at="2026-01-10"), Ann="pass" if n % 2 else "fail") for n in range(60)))
    prompt = judges.save_prompt(db, "judge", "{input}")
    for _ in range(2):
        run = runs.create(db, prompt.key, "m", "embedded", anew=True)
        for n in range(60):
            verdicts.save(db, run, traces.key_of(db, f"t{n}"), Verdict("pass" if n % 2 else "fail"))
    found = over_time.series(db, "month", "judge").judge
    assert (found.state, found.again.n) == ("did not move", 40)
    assert found.words.endswith("(20 labelled traces of the sealed test split are left out.)")


def test_the_opened_test_split_corrects_several_runs_where_it_holds_enough(db, make_trace):
    said = [("dev", "pass", "pass")] * 20 + [("dev", "fail", "fail")] * 20 + [
        ("test", one, one if place < 9 else other) for one, other in (("pass", "fail"), ("fail", "pass"))
        for place in range(12)]
    add(db, *(row(make_trace(f"t{place}", input=f"question {place} of its own", split=split, created_at="2026-01-10"),
                  Ann=label) for place, (split, label, _) in enumerate(said)))
    prompt = judges.save_prompt(db, "judge", "{input}")
    for half in (0, 1):
        run = runs.create(db, prompt.key, "m", "embedded", anew=True)
        runs.set_status(db, run, "done")
        for place, (*_, outcome) in list(enumerate(said))[half::2]:
            verdicts.save(db, run, traces.key_of(db, f"t{place}"), Verdict(outcome))
    closed = over_time.series(db, "month", "judge").overall
    splits.look(db, run, "ready")
    opened = over_time.series(db, "month", "judge").overall
    assert (closed.n, closed.fails) == (opened.n, opened.fails) == (24, 12)
    # TPR and TNR are 1 outside, 9/12 in the test split: its interval is the wider one.
    assert closed.corrected.high - closed.corrected.low < opened.corrected.high - opened.corrected.low


def test_what_cannot_be_is_refused(db, dated):
    with pytest.raises(UsageError, match="over day, week, month or version, not over 'hour'"):
        over_time.series(db, "hour")
    with pytest.raises(UsageError, match="No judge has a verdict yet"):
        over_time.series(db, "week", "judge")
    cli = CommandLine(db.path)
    assert "--by cannot go with --over: choose one cut" in cli.refused("rates", "--over", "week", "--by", "topic")
    assert "--corrected cannot go with --over" in cli.refused("rates", "--over", "week", "--corrected")
    assert "--seen cannot go with --source expert" in cli.refused("rates", "--over", "week", "--source", "expert",
                                                                  "--seen")
    assert "Invalid value for '--over'" in cli.refused("rates", "--over", "hour")
