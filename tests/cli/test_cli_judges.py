"""Judges and their prompts on the command line, two runs compared, and the corrected rate: one object, or a refusal."""

import pytest
from click.testing import CliRunner

from lib.cli.main import main
from lib.store import open_store, projects
from lib.store.dataset import traces
from lib.store.judge import judges
from tests.support.commands import CommandLine
from tests.support.steps import say

PROMPT = "{{ question }}\n{{ examples }}\n{{ trace }}\nOutcome: pass or fail."


@pytest.fixture
def cli(tmp_path) -> CommandLine:
    """Of 40 traces Ann labelled 20: 12 pass, 8 fail. bot errs on 2 and 1 of them, old on 3 and 3; both judged all.

    Of the 20 without a label bot passed 11.
    """
    bot = ["pass"] * 10 + ["fail"] * 2 + ["pass"] + ["fail"] * 7 + ["pass"] * 11 + ["fail"] * 9
    old = ["fail"] * 3 + ["pass"] * 9 + ["pass"] * 3 + ["fail"] * 4 + ["unsure"] + ["fail"] * 20
    label = ["pass"] * 12 + ["fail"] * 8 + [""] * 20
    file, made = tmp_path / "t.csv", CommandLine(tmp_path / "plumbline.db")
    file.write_text("id,input,output,Ann_label,bot,old\n" + "".join(
        f"t{n},input {n},output {n},{label[n]},{bot[n]},{old[n]}\n" for n in range(40)))
    made("import", file, "--verdict", "old=old", "--verdict", "bot=bot")
    return made


def runs_of(cli: CommandLine) -> dict[str, int]:
    return {run["judge"]: run["id"] for run in cli.json("runs")["runs"]}


def test_two_runs_are_compared(cli):
    run = runs_of(cli)
    # Fixed: t0 to t2 and t13, t14. Broken: t10, t11. The last labelled fail is an error of old.
    assert cli.json("compare", run["old"], run["bot"]) == {
        "first": run["old"], "second": run["bot"], "fixed": 5, "broken": 2, "unchanged": 12, "n": 19,
        "p": 2 * (1 + 7 + 21) / 2**7, "errors": {"first": 1, "second": 0},
        "within_noise": None, "p_without_noise": None, "test": "exact McNemar test", "ties": ""}
    said = cli("compare", run["old"], run["bot"]).stdout
    assert "on 19 labelled traces: 5 fixed, 2 broken, 12 unchanged\nExact McNemar test: p = 0.453\n" in said


def test_a_comparison_without_runs_or_labels_in_common_is_refused(cli):
    assert "There is no run 9" in cli.refused("compare", 9, 9)
    assert "There is no expert 'Zoe'" in cli.refused("compare", *runs_of(cli).values(), "--expert", "Zoe")


@pytest.fixture
def enough(cli, tmp_path) -> CommandLine:
    """The same, and 12 passes and 8 fails more, on which bot errs on 2 and 1 again."""
    bot = ["pass"] * 10 + ["fail"] * 2 + ["pass"] + ["fail"] * 7
    file = tmp_path / "more.csv"
    file.write_text("id,input,output,Ann_label,bot\n" + "".join(
        f"m{n},more {n},output {n},{'pass' if n < 12 else 'fail'},{bot[n]}\n" for n in range(20)))
    cli("import", file, "--verdict", "bot=bot")
    return cli


def test_with_fewer_than_ten_passes_and_ten_fails_nothing_is_corrected(cli):
    found = cli.json("rates", "--judge", "bot", "--corrected")
    assert found["corrected"] is None and found["why"].endswith("there are 12 and 8")
    whole = cli.json("rates", "--judge", "bot")["overall"]
    assert whole["corrected_failure_rate"] is None and whole["why_not_corrected"] == found["why"]


def test_the_corrected_rate_is_one_object(enough):
    cli, found = enough, enough.json("rates", "--judge", "bot", "--corrected")
    # TPR 20/24, TNR 14/16, observed 11/20: (.55 + .875 - 1) / (.8333 + .875 - 1) = .425 / .70833 = .6
    assert (found["n_labelled"], found["n_unlabelled"], found["observed"]["value"]) == (40, 20, 0.55)
    assert found["corrected"]["value"] == pytest.approx(0.6)
    assert found["corrected"]["low"] < 0.6 < found["corrected"]["high"] and found["why"] == ""
    assert (found["judge"], found["run"], found["expert"]) == ("bot", runs_of(cli)["bot"], "Ann")
    assert cli.json("rates", "--run", found["run"], "--corrected", "--expert", "Ann") == found


def test_the_corrected_rate_in_words(enough):
    said = enough("rates", "--judge", "bot", "--corrected").stdout
    assert said.startswith("Pass rate of 20 traces without a label, by verdicts of bot, run ")
    assert "\nObserved: 55% (95 % interval 34% to 74%)\nCorrected: 60% (95 % interval " in said
    assert "Corrected by 40 pairs with a label of Ann:\nTPR: 83% " in said


def test_a_corrected_rate_that_would_mean_nothing_is_null_with_its_reason(cli, tmp_path):
    file = tmp_path / "more.csv"
    rows = [("a", "pass", "fail"), ("b", "fail", "pass"), ("c", "", "pass")]
    file.write_text("id,input,output,Ann_label,contrary,lonely\n" + "".join(
        f"{name},{name},{name},{label},{said},{'pass' if name == 'a' else ''}\n" for name, label, said in rows))
    cli("import", file, "--verdict", "contrary=contrary", "--verdict", "lonely=lonely")
    found = cli.json("rates", "--judge", "contrary", "--corrected")
    assert found["corrected"] is None and "it takes 10 passes and 10 fails of the expert" in found["why"]
    assert (found["n_labelled"], found["n_unlabelled"], found["observed"]["value"]) == (2, 1, 1.0)
    found = cli.json("rates", "--judge", "lonely", "--corrected")
    assert found["corrected"] is None and "there are 1 and 0" in found["why"]
    assert (found["n_unlabelled"], found["observed"]["value"]) == (0, None)
    assert "Corrected: – (not defined: not enough labels" in cli("rates", "--judge", "lonely", "--corrected").stdout


def test_a_corrected_rate_without_an_expert_says_who_is_missing(tmp_path):
    file, cli = tmp_path / "t.csv", CommandLine(tmp_path / "plumbline.db")
    file.write_text("input,output,bot\na,A,pass\n")
    cli("import", file, "--verdict", "bot=bot")
    found = cli.json("rates", "--corrected")
    assert (found["expert"], found["corrected"], found["why"]) == (None, None, "nobody has labelled a trace yet")
    assert (found["n_labelled"], found["n_unlabelled"]) == (0, 1)


def test_to_name_a_judge_is_to_ask_for_its_rates(cli):
    assert cli.json("rates", "--judge", "bot") == cli.json("rates", "--source", "judge", "--judge", "bot")
    assert cli.json("rates")["source"] == "labels of Ann"


def test_how_many_more_labels_are_needed_is_computed(cli):
    found = cli.json("agreement", "--judge", "bot", "--plus-minus", 5)
    # Below 20 labels of an outcome a share of .9 is assumed; half the Wilson interval of .9 is .05 from 141 on.
    assert found["needed"] == {"plus_minus": 5, **{outcome: {
        "have": n, "needed": 141, "more": 141 - n, "share": 0.9,
        "half_width": found["needed"][outcome]["half_width"]} for outcome, n in (("pass", 12), ("fail", 8))}}
    assert "pass: 129 more for ± 5 points, 141 in all (TPR 90%, assumed)" in cli(
        "agreement", "--judge", "bot", "--plus-minus", 5).stdout
    assert "needed" not in cli.json("agreement", "--judge", "bot")
    assert "is not in the range" in cli.refused("agreement", "--judge", "bot", "--plus-minus", 0)


def test_judges_are_listed_with_their_version_and_agreement(cli):
    found = {judge["name"]: judge for judge in cli.json("judges")["judges"]}
    assert found.keys() == {"desired outcome", "old", "bot"}
    assert (found["bot"]["version"], found["bot"]["runs"], found["bot"]["validated"], found["bot"]["n"]) == (
        None, 1, True, 20)
    assert found["bot"]["agreement"]["value"] == 17 / 20
    fresh = found["desired outcome"]
    assert (fresh["version"], fresh["runs"], fresh["validated"], fresh["agreement"]) == (1, 0, False, None)
    assert "has not been run yet" in fresh["why"]
    assert "bot\trecorded\tbot\t1 run\tvalidated\t85% of 20\n" in cli("judges").stdout


def test_a_prompt_comes_back_as_it_was_given(cli, tmp_path):
    file = tmp_path / "prompt.txt"
    file.write_text(PROMPT)
    assert "desired outcome, version 2, 0 examples: stricter" in cli(
        "judge-prompt", "new", "desired outcome", file, "--note", "stricter").stdout
    shown = cli("judge-prompt", "show", "desired outcome")
    assert shown.stdout == PROMPT and "version 2" in shown.stderr
    assert cli("judge-prompt", "show", "desired outcome", "--version", 1).stdout != PROMPT
    found = cli.json("judge-prompt", "show", "desired outcome")
    assert (found["version"], found["template"], found["note"], found["examples"]) == (2, PROMPT, "stricter", [])
    assert [judge["version"] for judge in cli.json("judges")["judges"]] == [None, None, 2]


def test_the_next_version_keeps_the_examples_unless_told_otherwise(cli, tmp_path):
    store = projects.choose(open_store(cli.path), None)
    known = say(store, traces.listing(store, traces.Filter(split="train"))[0]["trace_id"], "pass").key
    judges.save_prompt(store, "desired outcome", PROMPT, [known], "m", {"temperature": 0})
    file = tmp_path / "prompt.txt"
    file.write_text(PROMPT + "\n")
    cli("judge-prompt", "new", "desired outcome", file)
    kept = judges.newest_prompt(store, "desired outcome")
    assert ([example.label.key for example in kept.examples], kept.model, kept.parameters) == (
        [known], "m", {"temperature": 0})
    cli("judge-prompt", "new", "desired outcome", file, "--no-examples", "--parameters", '{"pictures": true}')
    assert cli.json("judge-prompt", "show", "desired outcome")["parameters"] == {"pictures": True}
    assert "'pictures' is true" in cli.refused("judge-prompt", "new", "desired outcome", file, "--parameters",
                                               '{"pictures": 1}')
    assert judges.newest_prompt(store, "desired outcome").examples == ()


def test_a_prompt_is_read_from_standard_input_and_a_new_name_is_a_new_judge(cli):
    made = CliRunner().invoke(main, ["--db", str(cli.path), "judge-prompt", "new", "tone", "-"], input=PROMPT)
    assert made.exit_code == 0 and made.stdout == "tone, version 1, 0 examples (a new judge)\n"
    assert cli.json("judge-prompt", "show", "tone")["template"] == PROMPT


@pytest.mark.parametrize(("text", "said"), [
    (b"{{ trace }} {{ secret }}", "'secret' is unknown"), (b"no placeholder", "shows the model no trace"),
    (b"{{ trace.key }}", "more than a plain name"), (b"\xff\xfe{{ trace }}", "cannot be read as text")])
def test_a_prompt_that_could_not_be_rendered_is_refused_and_nothing_is_saved(cli, tmp_path, text, said):
    file = tmp_path / "prompt.txt"
    file.write_bytes(text)
    assert said in cli.refused("judge-prompt", "new", "tone", file)
    assert "tone" not in [judge["name"] for judge in cli.json("judges")["judges"]]


@pytest.mark.parametrize(("words", "said"), [
    (["show", "nobody"], "There is no judge 'nobody'. Judges of this project: old, bot, desired outcome."),
    (["show", "bot"], "has recorded verdicts but no prompt"),
    (["show", "desired outcome", "--version", 7], "has no prompt version 7. Versions: 1."),
    (["new", "tone", "/nowhere/prompt.txt"], "cannot be read as text"),
    (["new", " ", "/dev/null"], "The prompt shows the model no trace")])
def test_what_does_not_exist_is_named(cli, words, said):
    assert said in cli.refused("judge-prompt", *words)
