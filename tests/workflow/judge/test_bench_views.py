"""The bench as one record without a screen: versions, change, time left, one press of Run; the list of versions."""

from datetime import UTC, datetime, timedelta

import pytest

from lib.records import UsageError, Verdict
from lib.store.dataset.traces import Filter
from lib.store.judge import prompt_drafts, runs, verdicts
from lib.workflow.judge import judging, pace
from lib.workflow.judge.views import bench, differences, history
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def two(db, make_trace):
    """Twenty dev traces that Ann passed; version 1 is right on ten of them, version 2 on fifteen."""
    add(db, *(row(make_trace(f"d{n}", split="dev"), Ann="pass") for n in range(20)),
        row(make_trace("r", split="train")))
    found = [judging.save_prompt(db, JUDGE, f"Critique. {n} {{{{ trace }}}}", [], note=f"edit {n}") for n in (1, 2)]
    for version, right in zip(found, (10, 15), strict=True):
        ran(db, version, ["pass"] * right + ["fail"] * (20 - right))
    return found


def ran(store, version, outcomes, milliseconds=1_000) -> int:
    run = runs.create(store, version.key, "m", "environment", where=Filter(split="dev"), anew=True)
    for key, outcome in zip(runs.pending(store, run), outcomes, strict=False):
        verdicts.save(store, run, key, Verdict(outcome, "said", milliseconds=milliseconds))
    runs.set_status(store, run, "done")
    return run


def of(store, judge, number):
    return bench.of(store, judge, bench.known_of(store, judge), number)


def aged(store, run: int, seconds: float) -> None:
    """The verdicts of a run came evenly over the last so many seconds."""
    keys = [found[0] for found in store.rows("select id from verdicts where run = :run order by id", run=run)]
    for place, key in enumerate(keys):
        came = datetime.now(UTC) - timedelta(seconds=seconds * (1 - place / len(keys)))
        store.execute("update verdicts set created_at = :at where id = :key", key=key,
                      at=came.strftime("%Y-%m-%dT%H:%M:%S.%fZ")[:-4] + "Z")


def test_a_run_names_its_version_and_stands_against_the_version_before(db, two):
    found = of(db, JUDGE, "2")
    assert (found.version, found.newest, found.unrun) == (2, 2, False)
    # Five of twenty that were wrong are right.
    assert (found.change.version, found.change.run, found.change.fixed, found.change.broken) == (1, 1, 5, 0)
    assert found.change.words == "+25 points against version 1"
    assert found.runs["2"].startswith("2: version 2, m, dev, 20 traces, ")
    first = of(db, JUDGE, "1")
    assert first.change is None and first.version == 1
    judging.save_prompt(db, JUDGE, "Third. {{ trace }}", [])
    assert of(db, JUDGE, "2").unrun


def test_a_judge_that_was_not_run_or_has_no_prompt_says_so(db, make_trace):
    add(db, row(make_trace("t"), verdicts={"GPT-4": Verdict("pass")}, Ann="pass"))
    recorded = of(db, "GPT-4", "1")
    assert (recorded.newest, recorded.version, recorded.unrun, recorded.change) == (None, None, False, None)
    judging.save_prompt(db, JUDGE, "{{ trace }}", [])
    fresh = of(db, JUDGE, None)
    assert fresh.run is None and fresh.unrun and fresh.runs == {}


def test_the_time_left_is_by_the_run_s_own_pace_and_before_that_by_earlier_replies(db, two):
    run = runs.create(db, two[1].key, "m", "environment", where=Filter(split="dev"), anew=True, concurrency=2)
    # Twenty replies of a second, two at once: ten seconds.
    assert pace.left(db, runs.get(db, run)) == "about 10 seconds left, once it has begun"
    runs.set_status(db, run, "running")
    for key in runs.pending(db, run)[:4]:
        verdicts.save(db, run, key, Verdict("pass"))
    aged(db, run, 80)
    # Three more came in eighty seconds: of the sixteen that are left each takes 27 seconds.
    assert pace.left(db, runs.get(db, run)) == "about 7 minutes left"
    assert bench.moving(db, run, False).left == "" or bench.goes_on(db, runs.get(db, run))


def test_nothing_is_said_of_the_time_where_nothing_is_known(db, make_trace):
    add(db, row(make_trace("t", split="dev"), Ann="pass"))
    version = judging.save_prompt(db, JUDGE, "{{ trace }}", [])
    run = runs.create(db, version.key, "m", "environment")
    assert pace.left(db, runs.get(db, run)) == "time left: –, too few to tell"


def test_what_is_typed_is_saved_once_and_nothing_else_is(db, two):
    with pytest.raises(UsageError, match="Nothing has changed since version 2"):
        bench.save(db, JUDGE, 2)
    prompt_drafts.keep(db, two[1].key, prompt_drafts.Draft("New. {{ trace }}", note="why"))
    made = bench.save(db, JUDGE, 2)
    assert (made.number, made.template, made.note) == (3, "New. {{ trace }}", "why")
    assert not bench.typed_over(db, JUDGE, 2)


def test_one_press_runs_the_newest_version_on_labelled_dev_traces(db, two, endpoint_env):
    run, said = bench.on_dev(db, JUDGE, "token")
    assert (run.prompt, run.split, run.total, run.chosen) == (two[1].key, "dev", 20, {"split": "dev", "label": "any"})
    assert said.startswith("20 traces. ") and run.model == "test-model", "its last model is not listed any more"
    assert bench.on_dev(db, JUDGE, "token")[0].id == run.id


def test_the_list_of_versions_has_a_line_for_each_with_its_change(db, two):
    judging.save_prompt(db, JUDGE, "Third. {{ trace }}", [], note="edit 3")
    lines = history.of(db, JUDGE).lines
    assert [(one.version, one.note, one.state) for one in lines] == [
        (3, "edit 3", "not run"), (2, "edit 2", ""), (1, "edit 1", "")]
    assert [(one.change, one.against) for one in lines] == [(None, None), (25.0, 1), (None, None)]
    assert lines[1].took.traces == 20 and lines[1].point.counts.n == 20 and lines[0].took is None


def test_a_row_is_opened_only_where_a_list_would_hold_it(db, two):
    run = runs.get(db, 2)
    assert [row["trace_id"] for row in differences.rows(db, 2, "disagreements")] == [f"d{n}" for n in range(15, 20)]
    found = differences.opened(db, run, "d15")
    assert found.differs and (found.expert_outcome, found.verdict.outcome) == ("pass", "fail")
    assert not differences.opened(db, run, "d0").differs
    assert differences.opened(db, run, "r") is None and differences.opened(db, run, "no such") is None
