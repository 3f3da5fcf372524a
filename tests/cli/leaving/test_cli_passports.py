"""A judge written out, proved and brought back on the command line."""

import json
import re

import pytest

from lib.records import Circumstances
from lib.store.dataset.traces import Filter
from lib.store.judge import judges
from lib.store.review import labels
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support.commands import CommandLine
from tests.support.endpoint import prompt_of, verdict
from tests.support.running import execute
from tests.support.steps import add, row, say

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def cli(db, make_trace, endpoint_env) -> CommandLine:
    """Twelve dev traces that Ann labelled, two train traces whose labels are examples; a run that is right on ten."""
    dev = (row(make_trace(f"d{n}", split="dev"), Ann="pass" if n < 8 else "fail") for n in range(12))
    add(db, *dev, row(make_trace("e1", split="train"), Ann="pass"),
        row(make_trace("e2", split="train"), Ann="fail"))
    shown = [labels.current(db, name, "Ann").key for name in ("e1", "e2")]
    judging.save_prompt(db, JUDGE, judging.DEFAULT_TEMPLATE, shown, "test-model", {"temperature": 0}, "two examples")
    fails = re.compile(r"question of d(8|9|0|1)\b")
    endpoint_env.plan = lambda body: verdict("fail" if fails.search(prompt_of(body)) else "pass")
    execute(db, judging.start_run(db, JUDGE, where=Filter(split="dev")).id)
    return CommandLine(db.path)


def written(folder) -> dict:
    return json.loads((folder / "judge.json").read_text())


def test_a_judge_is_written_out_with_all_that_is_known_of_it(cli, db, tmp_path):
    done = cli("judge", "export", JUDGE, tmp_path / "out")
    assert sorted(file.name for file in (tmp_path / "out").iterdir()) == ["README.md", "judge.json", "judge.py"]
    found = written(tmp_path / "out")
    [figures] = found["figures"]
    assert (figures["pairs"], figures["counts"]) == (
        12, {"pass_pass": 6, "pass_fail": 2, "fail_pass": 2, "fail_fail": 2})
    assert (figures["tpr"]["value"], figures["tnr"]["value"]) == (0.75, 0.5) and figures["tnr"]["low"] < 0.5
    assert found["request"]["model"] == "test-model" and found["request"]["temperature"] == 0
    assert [one["critique"] for one in found["examples"]] == ["why pass", "why fail"]
    assert "not of a sealed test" in done.stderr and "No guardrail" in done.stderr and "Provisional" in done.stderr
    said = (tmp_path / "out" / "README.md").read_text()
    assert "TPR 6 of 8" in said and "must not be used for" in said and "small model" not in said


def test_its_request_is_what_a_run_sends(cli, db, tmp_path, endpoint_env):
    cli("judge", "export", JUDGE, tmp_path)
    asked = {call.body["messages"][0]["content"]: call.body for call in endpoint_env.ledger if "messages" in call.body}
    cli("judge", "prove", tmp_path, "--messages-only")
    body = next(iter(asked.values()))
    assert {name: value for name, value in body.items() if name != "messages"} == written(tmp_path)["request"]


def test_the_proof_compares_messages_and_verdicts_and_says_so(cli, db, tmp_path, endpoint_env):
    cli("judge", "export", JUDGE, tmp_path)
    before = endpoint_env.calls
    assert cli("judge", "prove", tmp_path, "--messages-only").stdout == "same messages 100 %\n"
    assert endpoint_env.calls == before
    assert cli("judge", "prove", tmp_path).stdout == "same messages 100 %, same verdicts 12 of 12\n"
    assert endpoint_env.calls == before + 12
    found = cli.json("judge", "prove", tmp_path, "--limit", 5)
    assert (found["traces"], found["same_messages"], found["asked"], found["same_verdicts"], found["holds"]) == (
        5, 5, 5, 5, True)


def test_a_file_that_was_edited_is_not_run(cli, tmp_path):
    cli("judge", "export", JUDGE, tmp_path)
    marker = tmp_path / "ran"
    (tmp_path / "judge.py").write_text(f"open({str(marker)!r}, 'w')\n")
    assert "nothing of it was run" in cli.refused("judge", "prove", tmp_path)
    assert not marker.exists()


def test_a_passport_whose_words_were_changed_does_not_prove(cli, tmp_path):
    cli("judge", "export", JUDGE, tmp_path)
    found = written(tmp_path)
    found["prompt"]["fills"]["question"] = "Is it polite?"
    found["check"]["messages"] = json.loads(json.dumps(found["check"]["messages"]).replace(
        "Did the AI achieve the desired outcome?", "Is it polite?"))
    (tmp_path / "judge.json").write_text(json.dumps(found))
    assert "fails its own check" in cli.refused("judge", "prove", tmp_path, "--messages-only")


def test_it_comes_back_as_what_it_was_and_twice_adds_nothing(cli, db, tmp_path):
    cli("judge", "export", JUDGE, tmp_path)
    done = cli("judge", "import", tmp_path)
    assert done.stdout == f"{JUDGE}, version 1 was here already\n" and done.stderr == ""
    again = cli("judge", "import", tmp_path, "--as", "copy")
    assert again.stdout == "copy, version 1\n" and again.stderr == ""
    made = judges.newest_prompt(db, "copy")
    assert [one.label.critique for one in made.examples] == ["why pass", "why fail"] and "version 1" in made.note
    assert (made.parameters, made.model) == ({"temperature": 0}, "test-model")


def test_it_says_what_its_figures_no_longer_vouch_for(cli, db, tmp_path):
    cli("judge", "export", JUDGE, tmp_path)
    say(db, "d3", "fail", critique="On second thought no.", circumstances=Circumstances(reason="seen again"))
    assert "hold here no more: the labels have changed since" in cli("judge", "import", tmp_path).stderr
    other = exchange.start_project(db, "Other", "Is it polite?")
    done = cli("judge", "import", tmp_path, project="Other")
    assert "2 examples stand in the text" in done.stderr and "another question" in done.stderr
    assert "are not in this project" in done.stderr
    made = judges.newest_prompt(other, JUDGE)
    assert not made.examples and "why pass" in made.template and "{{ trace }}" in made.template


def test_words_or_a_model_that_were_edited_come_back_without_the_figures(cli, tmp_path):
    cli("judge", "export", JUDGE, tmp_path)
    found = written(tmp_path)
    found["saved"]["template"] += "\nBe kind."
    (tmp_path / "judge.json").write_text(json.dumps(found))
    assert "Its figures hold for other words" in cli("judge", "import", tmp_path, "--as", "kind").stderr
    found["saved"] |= {"template": found["saved"]["template"].removesuffix("\nBe kind."), "model": "another"}
    (tmp_path / "judge.json").write_text(json.dumps(found))
    said = cli("judge", "import", tmp_path, "--as", "another").stderr
    assert "are of the model test-model, and the version names another" in said and "other words" not in said
    found["check"] = {"trace": "none"}
    (tmp_path / "judge.json").write_text(json.dumps(found))
    assert "Its figures hold for other words" in cli("judge", "import", tmp_path, "--as", "another").stderr


@pytest.mark.parametrize("text, said", [
    ("", "is no JSON"), ("[1]", "no passport of a judge"), ("{}", "passport is missing"), ('{"passport": 1}', "judge")])
def test_what_is_no_passport_is_refused_with_what_to_do(cli, tmp_path, text, said):
    (tmp_path / "judge.json").write_text(text)
    assert said in cli.refused("judge", "import", tmp_path)


def test_a_folder_without_one_or_with_another_judge_s_is_refused(cli, tmp_path):
    assert "There is no judge.json" in cli.refused("judge", "import", tmp_path / "none")
    cli("judge", "export", JUDGE, tmp_path)
    cli("judge", "import", tmp_path, "--as", "copy")
    assert f"holds the judge '{JUDGE}'" in cli.refused("judge", "export", "copy", tmp_path)
    assert "There is no judge 'none'" in cli.refused("judge", "export", "none", tmp_path / "x")
    assert "has no prompt version 9" in cli.refused("judge", "export", JUDGE, tmp_path, "--version", 9)


def chats(file) -> list[list[dict]]:
    return [json.loads(line)["messages"] for line in file.read_text().splitlines()]


def test_labels_leave_as_chats_to_tune_on_and_a_sealed_test_does_not(cli, db, make_trace, tmp_path):
    say(db, "d0", "pass", critique="")
    done = cli("judge", "tuning", JUDGE, tmp_path)
    assert re.findall(r"tuning-\w+.jsonl: \d+ \w+", done.stdout) == [
        "tuning-train.jsonl: 2 chats", "tuning-dev.jsonl: 11 chats"]
    assert done.stderr == "1 label without a critique left out\n"
    first, _ = chats(tmp_path / "tuning-train.jsonl")
    assert [one["role"] for one in first] == ["user", "assistant"]
    assert json.loads(first[1]["content"]) == {"critique": "why pass", "outcome": "pass"}
    # Its own label is no example of its chat, the other one is.
    assert "why fail" in first[0]["content"] and "why pass" not in first[0]["content"]
    cli("judge", "tuning", JUDGE, tmp_path, "--no-examples", "--split", "train")
    assert "why fail" not in chats(tmp_path / "tuning-train.jsonl")[0][0]["content"]
    add(db, *(row(make_trace(f"m{n}", split="test"), Ann="pass") for n in range(60)))
    assert "test split is sealed" in cli.refused("judge", "tuning", JUDGE, tmp_path, "--split", "test")


def test_a_judge_that_nobody_ran_leaves_and_says_what_it_lacks(db, make_trace, tmp_path):
    add(db, make_trace("t1"))
    judging.ensure_judge(db)
    done = CommandLine(db.path)("judge", "export", JUDGE, tmp_path)
    assert "never measured" in done.stderr and "No call before a model is named" in done.stderr
    assert (written(tmp_path)["figures"], written(tmp_path)["request"]["model"]) == ([], "")
