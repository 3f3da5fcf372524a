"""A replacement for a model: exactly the labelled traces again, a margin chosen before, and the answer."""

import json

import pytest

from lib.records import DONE, QUEUED, UsageError, Verdict
from lib.store import projects
from lib.store.dataset import traces
from lib.store.judge import judges, replacements, runs
from lib.store.review import criteria
from lib.workflow.judge import judging, replacing
from tests.support import ownership
from tests.support.commands import CommandLine
from tests.support.endpoint import Endpoint, error, refusal, verdict
from tests.support.pages import click, field, said
from tests.support.running import add_traces, asked, execute, judged
from tests.support.steps import add, row, say

FIRST = judging.DEFAULT_JUDGE


def number_of(body: dict) -> int:
    """Which trace a call is about: question 7. is 7."""
    return int(asked(body).split()[1].rstrip("."))


def plan(endpoint: Endpoint, wrong: dict[str, range], refused: tuple[int, ...] = ()):
    """Each model passes all but some: Ann passed every trace, so on these it is wrong."""
    def judge(body: dict):
        number = number_of(body)
        if body["model"] == "new-model" and number in refused:
            return refusal()
        return verdict("fail" if number in wrong.get(body["model"], ()) else "pass")

    endpoint.plan, endpoint.models = judge, [{"id": "old-model"}, {"id": "new-model"}, {"id": "third"}]


@pytest.fixture
def old(db, endpoint_env):
    """A run over ten traces, of which Ann has labelled eight; the old model is wrong on none."""
    plan(endpoint_env, {"new-model": range(6)})
    add_traces(db, 10)
    judging.ensure_judge(db)
    for number in range(8):
        say(db, f"t{number}", "pass")
    run = execute(db, judging.start_run(db, FIRST, model="old-model").id).id
    add_traces(db, 2, first=10)  # labelled later, and no part of the old run
    say(db, "t10", "pass")
    endpoint_env.ledger.clear()
    return run


def inputs(store, run: int) -> list[str]:
    return [traces.by_key(store, key).id for key in runs.pending(store, run)]


def test_it_is_run_on_exactly_the_labelled_traces_of_the_old_run(db, old, endpoint_env):
    made = replacing.start(db, old, "new-model", 10)
    assert (made.status, made.model, made.prompt, made.total) == (
        QUEUED, "new-model", runs.get(db, old).prompt, 8)
    assert inputs(db, made.id) == [f"t{number}" for number in range(8)]
    judging.save_prompt(db, FIRST, "NEWER {{ trace }}", [])
    execute(db, made.id)
    assert judged(endpoint_env) == {f"question {number}.": 1 for number in range(8)}
    assert {call.body["model"] for call in endpoint_env.chats} == {"new-model"}


def test_six_of_eight_broken_is_worse_and_two_are_not_enough_to_tell(db, old, endpoint_env):
    made = execute(db, replacing.start(db, old, "new-model").id)
    [found] = replacing.of_run(db, old)
    # Six broken, none fixed: p = 2 / 2^6 = 0.03125; 6 of 8 points less.
    assert (found.answer, found.found.broken, found.found.p, found.difference.value) == ("worse", 6, 0.03125, -0.75)
    assert replacing.of_run(db, made.id) == [found]
    assert f"new-model (run {made.id}) in place of old-model (run {old}): worse. On 8 labelled traces it agrees 75 " \
        "points less often (95 % interval " in replacing.words(found)
    plan(endpoint_env, {"third": range(2)})
    execute(db, replacing.start(db, old, "third").id)
    assert replacing.of_run(db, old)[0].answer == "not enough labels to tell"


def test_many_equal_verdicts_are_the_same_and_a_wide_margin_needs_fewer(db, endpoint_env):
    plan(endpoint_env, {"new-model": range(2), "old-model": range(2)})
    add_traces(db, 20)
    judging.ensure_judge(db)
    for number in range(20):
        say(db, f"t{number}", "pass")
    old = execute(db, judging.start_run(db, FIRST, model="old-model").id).id
    execute(db, replacing.start(db, old, "new-model", 17).id)
    [found] = replacing.results(db, FIRST)
    # Nothing flipped of 20: 3.84 / 23.84 = 16.1 points.
    assert (found.answer, found.found.unchanged, found.difference.high) == ("same", 20, pytest.approx(0.1611, abs=1e-4))
    assert "agrees as often (95 % interval -16 to +16 points)" in replacing.words(found)


def test_the_margin_is_chosen_before_and_never_changed(db, old):
    made = replacing.start(db, old, "new-model", 10)
    assert replacing.start(db, old, "new-model", 10) == made and len(runs.every(db)) == 2
    with pytest.raises(UsageError, match=r"A margin of 10 points was chosen for run 2 on .* not changed afterwards"):
        replacing.start(db, old, "new-model", 20)
    [kept] = replacements.of(db, old)
    assert (kept.margin, replacing.of_run(db, old)[0].answer) == (pytest.approx(0.1), None)
    assert "queued, 0 of 8 judged. The margin of ± 10 points was chosen on" in replacing.words(
        replacing.of_run(db, old)[0])


def test_more_errors_than_the_margin_allows_tell_nothing(db, old, endpoint_env):
    plan(endpoint_env, {}, refused=(0, 1))
    made = execute(db, replacing.start(db, old, "new-model", 20).id)
    [found] = replacing.of_run(db, old)
    assert (made.errors, found.many_errors, found.answer) == (2, True, "not enough labels to tell")
    assert (f"2 of the replacement's replies cannot be read or never came, more than the margin allows: 'resume "
            f"{made.id} --errors' asks again for them.") in replacing.words(found)
    assert "On 6 labelled traces (2 errors left out) it agrees" in replacing.words(found)


def test_what_cannot_be_tried_is_said(db, old, make_trace):
    with pytest.raises(UsageError, match="is of old-model itself"):
        replacing.start(db, old, "old-model")
    with pytest.raises(UsageError, match="has no model 'none'"):
        replacing.start(db, old, "none")
    with pytest.raises(UsageError, match="A margin lies above 0"):
        replacing.start(db, old, "new-model", 0)
    with pytest.raises(UsageError, match="No replacement was tried for run 1"):
        replacing.of_run(db, old)
    runs.set_status(db, old, "running")
    with pytest.raises(UsageError, match="wait for its end"):
        replacing.start(db, old, "new-model")
    add(db, row(make_trace("x"), verdicts={"GPT-4": Verdict("pass")}))
    with pytest.raises(UsageError, match="recorded elsewhere"):
        replacing.start(db, runs.newest(db, "GPT-4").id, "new-model")
    other = judges.save_prompt(db, "other", "{{ trace }}")
    unlabelled = runs.create(db, other.key, "old-model", "environment", limit=10)
    db.execute("delete from run_traces where run = :run and trace in (select trace from labels)", run=unlabelled)
    runs.set_status(db, unlabelled, DONE)
    with pytest.raises(UsageError, match="judged no trace with a label of Ann"):
        replacing.start(db, unlabelled, "new-model")


def test_sealed_test_traces_are_not_asked_for(db, make_trace, endpoint_env):
    plan(endpoint_env, {})
    add(db, *(row(make_trace(f"t{n}", input=f"question {n}.", split="test" if n % 3 == 0 else "dev"), Ann="pass")
              for n in range(60)))
    judging.ensure_judge(db)
    old = execute(db, judging.start_run(db, FIRST, model="old-model").id)
    made = replacing.start(db, old.id, "new-model")
    assert (made.total, replacements.sealed(db, old.id, "Ann")) == (40, 20)
    assert {traces.by_key(db, key).split for key in runs.pending(db, made.id)} == {"dev"}


def test_what_the_new_model_said_before_is_not_bought_again(db, old, endpoint_env):
    execute(db, judging.start_run(db, FIRST, model="new-model", limit=3).id)
    assert replacing.start(db, old, "new-model").reused == 3
    projects.ask(db, "Another question?")
    # Equal verdicts are those on the question of the old run; the project asks another one now.
    assert replacing.start(db, old, "third").question == runs.get(db, old).question


def test_it_asks_by_the_criteria_of_the_old_run_and_takes_over_nothing_from_newer_ones(db, endpoint_env):
    plan(endpoint_env, {})
    add_traces(db, 3)
    say(db, "t0", "pass")
    judging.save_prompt(db, FIRST, "{{ criteria }} {{ trace }}", [])
    criteria.save(db, "Old criteria.", "first")
    old = execute(db, judging.start_run(db, FIRST, model="old-model").id)
    criteria.save(db, "New criteria.", "changed")
    execute(db, judging.start_run(db, FIRST, model="new-model").id)
    made = replacing.start(db, old.id, "new-model")
    assert (made.criteria, made.reused) == ("Old criteria.", 0)


def test_the_command_line_tries_it_and_shows_it_again(db, old, endpoint_env):
    cli = CommandLine(db.path)
    result = cli("replace-model", old, "--model", "new-model", "--margin", 10)
    assert f"new-model (run 2) in place of old-model (run {old}): worse." in result.stdout
    assert endpoint_env.calls == 8
    again = cli.json("replace-model", old)
    assert json.loads(json.dumps(again))["replacements"][0] | {"margin_chosen": "", "difference": ""} == {
        "old_run": old, "old_model": "old-model", "new_run": 2, "new_model": "new-model", "status": "done",
        "margin_points": 10, "margin_chosen": "", "answer": "worse", "difference": "", "not_worse_by_the_margin": False,
        "fixed": 0, "broken": 6, "unchanged": 2, "n": 8, "p": 0.03125, "errors": {"old": 0, "new": 0}}
    assert cli("replace-model", old).stdout == result.stdout and endpoint_env.calls == 8
    assert "was chosen for run 2" in cli.refused("replace-model", old, "--model", "new-model", "--margin", 20)
    assert "--margin and --endpoint go with --model" in cli.refused("replace-model", old, "--margin", 20)


def test_a_replacement_that_stopped_is_gone_on_with(db, old, endpoint_env):
    endpoint_env.plan = error(401)
    cli = CommandLine(db.path)
    assert "paused, 0 of 8 judged" in cli("replace-model", old, "--model", "new-model", code=1).stdout
    plan(endpoint_env, {})
    found = cli.json("replace-model", old, "--model", "new-model")
    assert found["replacements"][0]["status"] == DONE


def test_the_page_tries_it_with_one_press(visit, db, old, monkeypatch):
    started = []
    monkeypatch.setattr(judging, "start_process", lambda store, number: started.append(number))
    app = visit(db.path, "judge", judge=FIRST, view="Models", replace=str(old))
    assert field(app.selectbox, "Model").value == "new-model"  # the first that is not the old one
    field(app.number_input, "Margin, in points of agreement").set_value(10.0).run()
    assert "About 8 calls" in said(app)
    app = click(app, "Run it on the labelled traces")
    assert started == [2] and replacements.of(db, old)[0].margin == pytest.approx(0.1)
    assert "queued, 0 of 8 judged. The margin of ± 10 points" in said(app)
    execute(db, 2)
    app = visit(db.path, "judge", judge=FIRST, view="Models")
    assert f"new-model (run 2) in place of old-model (run {old}): worse." in said(app)
    [table] = [found.value for found in app.dataframe]
    assert list(table) == ["figure", "old-model", "new-model"]


def test_replacements_of_another_project_are_neither_shown_nor_changed(db, old):
    replacing.start(db, old, "new-model")
    other = projects.create(db, "Other")
    say_there(other)
    assert ownership.public(replacements) == {
        "replacements.labelled", "replacements.sealed", "replacements.queue", "replacements.of", "replacements.every",
        "replacements.over"}
    assert (replacements.of(other, old), replacements.every(other, FIRST), replacements.labelled(other, old, "Ann"),
            replacements.sealed(other, old, "Ann")) == ([], [], [], 0)
    with pytest.raises(UsageError, match="no run 1 in this project"):
        replacements.queue(other, old, "m", "environment", "", 0.05, "Ann")
    with pytest.raises(UsageError, match="no run 1 in this project"):
        replacements.over(other, old, "m", "environment", "", [1])


def say_there(store) -> None:
    add_traces(store, 1)
    say(store, "t0", "pass")
