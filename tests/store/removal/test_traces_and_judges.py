"""Traces and judges deleted: what hangs on them, what is mended, what was spent; archives; what is refused."""

import pytest

from lib.records import UsageError, Verdict
from lib.store import Store, people, sign_offs
from lib.store.dataset import answers, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes, notes
from lib.store.judge import costs, judges, prompt_drafts, runs, verdicts
from lib.store.removal import log
from lib.store.review import draws, labels, queues
from lib.workflow.judge import judging
from lib.workflow.overview import removing
from tests.support.steps import add, row


@pytest.fixture
def four(db, make_trace) -> Store:
    """Four traces, two of one session, labelled by Ann."""
    add(db, *(row(make_trace(f"t{n}", session="s" if n < 3 else None), Ann="fail") for n in range(1, 5)))
    return db


def deleted(store: Store, *ids: str) -> removing.Look:
    thing = removing.of_traces(store, [traces.key_of(store, one) for one in ids])
    seen = removing.look(store, thing)
    assert removing.remove(store, seen, thing.typed) is None
    assert store.rows("pragma foreign_key_check") == []
    return seen


def ran(store: Store, judge: str = "judge", *, status: str = "done", tokens: int = 10) -> int:
    prompt = judges.prompts(store, judge)[0] if judge in judges.every(store) else judging.save_prompt(
        store, judge, "Good? {{input}} {{output}}", [])
    run = _run(store, prompt.key, status)
    for key in traces.keys(store):
        store.execute("insert into run_traces (run, position, trace) values (:run, :key, :key)", run=run, key=key)
        verdicts.save(store, run, key, Verdict("pass", "fine", prompt_tokens=tokens, completion_tokens=1))
    return run


def _run(store: Store, prompt: int, status: str) -> int:
    return store.execute("""insert into runs (judge, prompt_version, model, endpoint, status)
        select judge, id, 'm', 'environment', :status from prompt_versions where id = :prompt""", prompt=prompt,
                         status=status)


def test_a_trace_goes_with_everything_that_was_said_of_it(four):
    run = ran(four)
    notes.save(four, "t1", "Ann", "rude in the greeting")
    failure_modes.give(four, "t1", ["rude"], "Ann")
    labels.save_draft(four, "t1", "Bob", "half a critique")
    seen = deleted(four, "t1")
    assert (seen.hanging.counts["verdicts"], seen.hanging.counts["notes"], seen.hanging.counts["drafts"]) == (1, 1, 1)
    assert seen.hanging.counts["codes"] == 1 and failure_modes.listing(four, "Ann")[0]["fails"] == 0
    assert seen.hanging.labels == {"Ann": 1} and traces.count(four) == 3
    assert four.value("select count(*) from verdicts where run = :run", run=run) == 3
    assert log.every(four)[0].words.startswith("traces t1 deleted: 1 trace")


def test_money_spent_on_a_deleted_trace_stays_in_the_sums(four):
    run = ran(four, tokens=10)
    before = costs.of(four)[run]
    deleted(four, "t1", "t2")
    after = costs.of(four)[run]
    assert (after.calls, after.prompt_tokens) == (before.calls, before.prompt_tokens) == (4, 40)


def test_what_is_left_alone_shares_nothing_and_who_was_third_is_first(four, make_trace):
    add(four, make_trace("t5", session="s"))
    assert four.value("select count(*) from tied_traces") == 3
    deleted(four, "t1")
    first = traces.key_of(four, "t2")
    assert [tuple(one) for one in four.rows("select trace, session from tied_traces order by trace")] == [
        (first, first), (traces.key_of(four, "t5"), first)]
    deleted(four, "t5")
    assert four.value("select count(*) from tied_traces") == 0


def test_the_earliest_answer_that_stays_is_the_root_of_the_others(four):
    for version in ("v2", "v3"):
        key = answers._beside(four, traces.get(four, "t1"), traces.get(four, "t1").__class__(
            id="t1", input="question of t1", output=version, system_version=version), "{}")
        assert key == f"t1@{version}"
    deleted(four, "t1")
    assert [one["system_version"] for one in answers.of_input(four, "t1@v3")] == ["v2", "v3"]
    assert four.value("select answers from traces where trace_id = 't1@v2'") is None


def test_an_example_leaves_its_prompt_and_an_equal_run_takes_nothing_over(four):
    key = labels.current(four, "t1", "Ann").key
    judges.save_prompt(four, "judge", "Good? {{input}} {{output}}", [key])
    version = judges.newest_prompt(four, "judge").key
    prompt_drafts.keep(four, version, prompt_drafts.Draft("Better? {{input}}", (key,), "", None, None))
    run = ran(four)
    seen = deleted(four, "t1")
    assert seen.hanging.counts["examples"] == 1 and any("lose these examples" in note for note in seen.notes)
    assert judges.newest_prompt(four, "judge").examples == ()
    assert four.value("select lost_examples from runs where id = :run", run=run) == 1
    assert prompt_drafts.of_version(four, version).examples == ()


def test_a_place_in_a_queue_that_a_deleted_label_answered_waits_again(db, make_trace):
    from lib.sampling.queues import QueueItem
    from lib.store.dataset import imported, imports

    add(db, make_trace("t1"))
    queues.create(db, {"random": 100}, [QueueItem("t1", "random", True, 0, 1, None)], 0)
    imports.add_rows(db, "labels.csv", "csv", "{}", [row(make_trace("t1"), Ann="fail")])
    assert queues.next_open(db, "Ann") is None
    thing = removing.of_import(db, imported.every(db)[0].number)
    removing.remove(db, removing.look(db, thing), "labels.csv")
    assert queues.next_open(db, "Ann").trace == "t1"


def test_a_judge_goes_with_its_runs_and_the_log_keeps_what_was_spent(four):
    ran(four)
    other = ran(four, "other")
    thing = removing.of_judge(four, "judge")
    seen = removing.look(four, thing)
    counts = seen.hanging.counts
    assert (counts["runs"], counts["verdicts"], counts["prompt_versions"]) == (1, 4, 1)
    removing.remove(four, seen, "judge")
    assert judges.every(four) == ["other"] and list(costs.of(four)) == [other]
    spent = log.every(four)[0].detail["spent"]
    assert spent == [{"model": "m", "calls": 4, "tokens_in": 40, "tokens_out": 4}]
    assert any("spent on it, and kept in the log: 4 calls of m" in line for line in seen.lines)


def test_a_verdict_taken_over_from_a_deleted_judge_is_still_not_paid_for(four):
    first, second = ran(four), ran(four, "other")
    four.execute("""update verdicts set reused = (select f.id from verdicts f where f.run = :first
        and f.trace = verdicts.trace), prompt_tokens = null, completion_tokens = null, attempts = 0
        where run = :second""", first=first, second=second)
    before = costs.of(four)[second]
    removing.remove(four, removing.look(four, removing.of_judge(four, "judge")), "judge")
    assert costs.of(four)[second] == before and before.calls == 0


@pytest.mark.parametrize("status", ["queued", "running"])
def test_what_is_being_judged_is_not_deleted(four, status):
    run = ran(four, status=status)
    for thing in (removing.of_judge(four, "judge"), removing.of_traces(four, [1]), removing.of_project(four)):
        with pytest.raises(UsageError, match=f"run {run} is at work on it"):
            removing.look(four, thing)
    assert four.value("select count(*) from leaving") == 0


def test_a_sign_off_on_a_deleted_trace_goes_with_it(four):
    for trace in ("t1", "t2"):
        sign_offs.ask(four.by("Bob"), sign_offs.ADJUDICATION, trace, {
            "trace": trace, "outcome": "pass", "critique": "c"}, "why")
    assert deleted(four, "t1").hanging.counts["sign_offs"] == 1
    assert [one.subject for one in sign_offs.waiting(four)] == ["t2"]


def test_archived_traces_are_in_no_list_queue_run_or_figure_until_they_are_back(four):
    from lib.sampling.queues import QueueItem

    queues.create(four, {"random": 100}, [QueueItem("t1", "random", True, 0, 1, "Bob")], 0)
    run = ran(four)
    keys = [traces.key_of(four, "t1")]
    assert removing.archive_traces(four, keys) == (1, 1) and removing.archive_traces(four, keys) == (0, 0)
    assert (traces.count(four), traces.answered(four), traces.archived(four)) == (3, 3, 1)
    assert traces.count(four, Filter(label="any")) == 3 and traces.count(four, Filter(archived="yes")) == 1
    prompt = judges.newest_prompt(four, "judge").key
    assert keys[0] not in runs.candidates(four, prompt) and runs.candidates(four, prompt, Filter(archived="yes")) == []
    assert verdicts.counts(four, run, "Ann").n == 3 and labels.tally(four, "Ann")["labelled"] == 3
    assert queues.next_open(four, "Bob") is None and keys[0] not in draws.open_traces(four, ["Bob"])
    assert len(labels.history(four, "t1")) == 1
    assert removing.bring_back_traces(four, keys) == 1
    assert verdicts.counts(four, run, "Ann").n == 4 and traces.count(four) == 4
    assert [one.kind for one in log.every(four)] == ["brought back", "archived"]


def test_a_judge_is_renamed_archived_and_brought_back(four):
    run = ran(four)
    judges.rename(four, "judge", " tone ")
    assert judges.every(four) == ["tone"] and runs.get(four, run).judge == "tone"
    judges.archive(four, "tone")
    assert judges.every(four) == judges.with_prompt(four) == [] and judges.archived(four) == ["tone"]
    judging.ensure_judge(four)
    assert judges.every(four, archived=True) == ["tone"]
    judges.bring_back(four, "tone")
    assert judges.every(four) == ["tone"]
    judges.add(four, "other")
    with pytest.raises(UsageError, match="There is a judge 'other' already"):
        judges.rename(four, "tone", "other")


def test_what_waits_for_a_retired_person_goes_back_to_nobody(four, make_trace):
    from lib.sampling.queues import QueueItem

    add(four, make_trace("n1"), make_trace("n2"))
    people.enter(four, "Bob", "expert")
    queues.create(four, {"random": 100}, [QueueItem("n1", "random", True, 0, 1, "Bob"),
                                          QueueItem("n2", "random", True, 0, 2, "Bob"),
                                          QueueItem("n2", "random", True, 0, 3, None)], 0)
    assert people.retire(four, "Bob") == 2
    waiting = queues.listing(four)
    assert [(one["trace"], one["expert"]) for one in waiting] == [("n1", None), ("n2", None)]
    assert people.log(four)[0].words == "Bob retired, and 2 places in queues went back to nobody"
