"""The command line's inputs: generate and proposals, against the loopback endpoint, with exit codes."""

import pytest

from lib.records import DimensionValue
from lib.store import jobs, projects
from lib.store.dataset import coverage, dimensions, generations, traces
from lib.workflow.dataset import proposing
from tests.support.commands import CommandLine
from tests.support.endpoint import completion, error, inputs, prompt_of
from tests.support.running import PATIENCE, command
from tests.support.steps import add


@pytest.fixture
def cli(db, endpoint_env) -> CommandLine:
    """Two features and three scenarios, one pair of them impossible."""
    for name, values in (("feature", ["search", "orders"]), ("scenario", ["match", "no match", "unclear"])):
        dimensions.add(db, name)
        for value in values:
            dimensions.put_value(db, name, DimensionValue(value))
    coverage.mark_impossible(db, {"feature": "orders", "scenario": "unclear"})
    return CommandLine(db.path)


def written_for(db) -> list[dict[str, str]]:
    """The combinations that have proposals, each once."""
    found = [row["combination"] for row in generations.proposed(db)]
    return [one for number, one in enumerate(found) if one not in found[:number]]


def test_named_values_are_written_for_and_it_says_how_it_ended(cli, db, endpoint_env):
    result = cli("generate", "--combination", "feature=search", "--combination", "scenario=no match", "--n", 2)
    assert result.stdout == "job 1: done, 1 of 1 call made, 0 errors\n"
    assert "job 1: 1 combination, 2 inputs each, model test-model" in result.stderr
    assert written_for(db) == [{"feature": "search", "scenario": "no match"}] and traces.count(db) == 0
    assert "- feature: search\n- scenario: no match" in prompt_of(endpoint_env.chats[0].body)


def test_several_values_of_a_dimension_are_combined_and_an_impossible_pair_is_left_out(cli, db):
    cli("generate", "--combination", "feature=orders", "--combination", "scenario=match",
        "--combination", "scenario=unclear")
    assert written_for(db) == [{"feature": "orders", "scenario": "match"}]


def test_without_a_combination_inputs_are_written_for_the_whole(cli, db):
    cli("generate", "--n", 1)
    assert written_for(db) == [{}]


@pytest.mark.parametrize(("words", "n"), [(["--empty"], 4), (["--empty", "--most", 2], 2), (["--random", 3], 3),
                                          (["--pairwise"], 5), (["--random", 9, "--combination", "feature=search"], 3)])
def test_each_way_of_choosing(cli, db, make_trace, words, n):
    add(db, make_trace("t1", dimensions={"feature": ("search",), "scenario": ("match",)}))
    cli("generate", *words, "--n", 1)
    found = written_for(db)
    assert len(found) == n and {"feature": "orders", "scenario": "unclear"} not in found
    assert all(one.keys() == {"feature", "scenario"} for one in found)


def test_a_seed_draws_the_same_again(cli, db):
    for seed in (5, 5, 6):
        cli("generate", "--random", 2, "--seed", seed, "--n", 1)
    drawn = [[row["item"]["combination"] for row in jobs.items(db, job)] for job in (1, 2, 3)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_the_prompt_is_the_one_saved_on_the_page(cli, db, endpoint_env):
    proposing.save_recipe(db, proposing.Recipe("MINE {{ combination }}"))
    cli("generate", "--combination", "feature=search")
    assert prompt_of(endpoint_env.chats[0].body) == "MINE - feature: search"


@pytest.mark.parametrize(("words", "said"), [
    (["--empty", "--pairwise"], "Name one of --empty, --random and --pairwise"),
    (["--combination", "feature"], "takes NAME=VALUE, not 'feature'"),
    (["--combination", "tone=rude"], "no dimension 'tone' with values. Those there are: feature, scenario"),
    (["--empty", "--combination", "tone=rude"], "no dimension 'tone'"),
    (["--combination", "feature=flying"], "'feature' has no value 'flying'. Its values: search, orders"),
    (["--n", 0], "'--n'"), (["--n", 51], "'--n'"), (["--random", 0], "'--random'"),
    (["--model", "none such"], "no model"),
    (["--combination", "feature=orders", "--combination", "scenario=unclear"], "No combination is chosen")])
def test_what_makes_no_sense_is_refused_before_any_call(cli, db, endpoint_env, words, said):
    assert said in cli.refused("generate", *words)
    assert endpoint_env.calls == 0 and jobs.every(db) == []


def test_a_job_with_an_error_is_done_and_one_that_pauses_exits_with_1(cli, endpoint_env):
    endpoint_env.plan = completion("no list")
    assert "done, 1 of 1 call made, 1 error" in cli("generate").stdout
    endpoint_env.plan = error(401)
    assert "paused, 0 of 1" in cli("generate", code=1).stdout
    assert "Correct OPENAI_API_KEY" in cli("jobs").stdout


def test_it_works_as_a_process_of_its_own(cli, db):
    with command(db, "generate", "--pairwise", "--n", 1) as process:
        said, _ = process.communicate(timeout=PATIENCE)
    assert "job 1: done, 5 of 5 calls made, 0 errors" in said and process.returncode == 0


def test_proposals_are_listed_decided_on_and_counted(cli, db, endpoint_env):
    endpoint_env.plan = inputs("Where is it?", "where is it", "Cancel\tmy order", "=1+1")
    cli("generate", "--combination", "feature=orders", "--n", 4)
    result = cli("proposals")
    assert "1\tfeature: orders\t-\t-\tWhere is it?\n" in result.stdout
    assert "2\tfeature: orders\t100% like another\t-\twhere is it\n" in result.stdout
    assert "3\tfeature: orders\t-\t-\tCancel my order\n" in result.stdout
    assert "4 wait, 1 of them flagged" in result.stderr
    assert cli("proposals", "--reject", 3, "nobody writes tabs").stdout == "3 rejected\n"
    assert cli("proposals", "--accept-unflagged").stdout == "2 accepted\n"
    assert cli("proposals", "--accept", 2).stdout == "synthetic-2\n"
    found = cli.json("proposals", "--status", "rejected")
    assert found["counts"] == {"proposed": 0, "flagged": 0, "accepted": 3, "edited": 0, "rejected": 1}
    assert [row["reason"] for row in found["proposals"]] == ["nobody writes tabs"]
    assert traces.count(db, traces.Filter(source="synthetic", answered=False)) == 3


@pytest.mark.parametrize(("words", "said"), [
    (["--accept", 99], "no proposal 99"), (["--reject", 99, "x"], "no proposal 99"), (["--reject", 1, " "], "Say why"),
    (["--status", "lost"], "'--status'"), (["--limit", 0], "'--limit'")])
def test_a_decision_that_cannot_be_is_refused(cli, db, words, said):
    cli("generate", "--n", 1)
    assert said in cli.refused("proposals", *words)
    assert generations.counts(db)["proposed"] == 1


def test_all_decisions_of_one_command_or_none(cli, db):
    cli("generate", "--n", 1)
    cli.refused("proposals", "--accept", 1, "--reject", 1, "both")
    assert generations.counts(db)["proposed"] == 1


def test_another_project_s_proposals_are_out_of_reach(cli, db):
    cli("generate", "--n", 1)
    projects.create(db, "Other")
    assert cli("proposals", project="Other").stdout == ""
    assert "no proposal 1" in cli.refused("proposals", "--accept", 1, project="Other")
