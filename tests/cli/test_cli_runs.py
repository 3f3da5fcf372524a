"""The command line's runs: run, resume and runs against the loopback endpoint, and the embedded model served."""

import os
import re
import signal
import subprocess
import sys
from urllib.request import Request, urlopen

import pytest

from lib.models import llm, local_model
from lib.sampling.queues import QueueItem
from lib.store.judge import runs
from lib.store.review import queues
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.endpoint import default_plan, error, prompt_of, refusal
from tests.support.running import PATIENCE, add_traces, execute, judged, nth_call
from tests.support.steps import add, row, say

FIRST = judging.DEFAULT_JUDGE
RUN = ("run", "--judge", FIRST, "--split", "all")


@pytest.fixture
def cli(db) -> CommandLine:
    """Ten traces, three of them labelled, and the first judge."""
    add_traces(db, 10)
    judging.ensure_judge(db)
    for number in (1, 5, 7):
        say(db, f"t{number}", "pass")
    return CommandLine(db.path)


def test_a_run_judges_all_and_says_how_it_ended(cli, endpoint_env):
    result = cli(*RUN, "--concurrency", 2)
    assert result.stdout == "run 1: done, 10 of 10 judged, 0 errors\n"
    assert "run 1: 10 traces, model test-model" in result.stderr
    [found] = cli.json("runs")["runs"]
    assert (found["status"], found["done"], found["total"], found["endpoint"], found["concurrency"]) == (
        "done", 10, 10, "environment", 2)
    assert "1\tdesired outcome\ttest-model\tdone\t10/10\t0 errors" in cli("runs").stdout
    assert cli.json("agreement", "--run", 1)["n"] == 3


def test_a_limit_takes_labelled_traces_first(cli, endpoint_env):
    cli(*RUN, "--limit", 3)
    assert judged(endpoint_env) == {f"question {number}.": 1 for number in (1, 5, 7)}


def test_a_cap_ends_a_run_with_exit_code_1_and_a_higher_one_lets_it_go_on(cli, endpoint_env):
    stopped = cli(*RUN, "--most-calls", 4, code=1)
    assert "run 1: paused, 4 of 10 judged, 0 errors. The cap of 4 calls is reached." in stopped.stdout
    assert "done, 10 of 10 judged" in cli("resume", 1, "--most-calls", 20).stdout
    assert endpoint_env.calls == 10


def test_a_split_and_labelled_narrow_a_run(cli, db, endpoint_env):
    cli(*RUN, "--labelled")
    assert endpoint_env.calls == 3
    cli(*RUN, "--split", "dev")
    assert runs.get(db, 2).total == db.value("select count(*) from traces where split = 'dev'") > 0


def test_dev_is_run_where_no_split_is_named(cli, db, endpoint_env):
    said = cli("run", "--judge", FIRST).stderr
    dev = db.value("select count(*) from traces where split = 'dev'")
    assert 0 < dev == runs.get(db, 1).total < 10 and runs.get(db, 1).chosen == {"split": "dev"}
    assert said.index(f"{dev} traces. About {dev} calls, ") < said.index(f"run 1: {dev} traces, model test-model")


def test_a_dry_run_says_what_it_would_take_and_starts_nothing(cli, endpoint_env):
    said = cli(*RUN, "--search", "question 7.", "--dry-run").stdout
    assert said.startswith("1 trace. About 1 call, ") and "on this machine" not in said
    assert (endpoint_env.calls, cli.json("runs")["runs"]) == (0, [])
    said = cli(*RUN, "--limit", 3, "--endpoint", "embedded", "--dry-run").stdout
    assert said.startswith("3 traces. ") and re.search(r"About (a|\d+) (seconds|minutes?) on this machine\.", said)


def test_every_choice_of_the_dataset_page_narrows_a_run(cli, db, make_trace, endpoint_env):
    one = make_trace("real one", source="real", system_version="v2", dimensions={"topic": ("tax", "law")},
                     created_at="2026-11-03T09:00:00Z")
    add(db, row(one, Ann="fail", modes=("invents",)), make_trace("another", source="synthetic"))
    queues.create(db, {"random": 100}, [QueueItem("real one", "random", True)], seed=1)
    words = ("--source", "real", "--since", "2026-11-03", "--until", "2026-11-03", "--system-version", "v2",
             "--dimension", "topic=tax", "--failure-mode", "invents", "--queue", "random", "--unjudged", FIRST,
             "--search", "of real")
    assert cli(*RUN, *words, "--labelled").stdout == "run 1: done, 1 of 1 judged, 0 errors\n"
    assert runs.get(db, 1).chosen == {
        "source": "real", "since": "2026-11-03", "until": "2026-11-03", "system_version": "v2", "dimension": "topic",
        "value": "tax", "failure_mode": "invents", "queue": "random", "unjudged": FIRST, "search": "of real",
        "label": "any"}
    assert "these choices leave none that has an output: labelled, real, since 2026-11-03, until 2026-11-03" in (
        cli.refused(*RUN, *words, "--labelled")), "it is judged now"
    assert [one["trace_id"] for one in cli.json("traces", *words[:-4], "--search", "of real")["traces"]] == ["real one"]
    assert cli.json("traces", "--unjudged", FIRST)["total"] == 11 and cli.json("traces")["total"] == 12


@pytest.mark.parametrize(("words", "said"), [
    (["--dimension", "none=x"], "no dimension 'none'"), (["--failure-mode", "none"], "no failure mode 'none'"),
    (["--unjudged", "none"], "no judge 'none'"), (["--since", "soon"], "'soon' is no date"),
    (["--queue", "none"], "Invalid value for '--queue'")])
def test_a_choice_that_does_not_exist_is_named(cli, endpoint_env, words, said):
    assert said in cli.refused(*RUN, *words) and said in cli.refused("traces", *words)


def test_of_several_judges_the_named_one_runs(cli, db, endpoint_env):
    judging.save_prompt(db, "strict", "BE STRICT {{ trace }}", [])
    judging.save_prompt(db, "mild", "BE MILD {{ trace }}", [])
    cli("run", "--judge", "strict", "--limit", 2)
    cli("run", "--judge", "mild", "--limit", 2)
    assert [prompt_of(call.body)[:7] for call in endpoint_env.chats] == ["BE STRI"] * 2 + ["BE MILD"] * 2
    assert [run["judge"] for run in cli.json("runs")["runs"]] == ["mild", "strict"]
    assert "Judges of this project: desired outcome, strict, mild." in cli.refused("run", "--judge", "just")


def test_the_newest_prompt_version_runs(cli, db, endpoint_env):
    judging.save_prompt(db, FIRST, "NEWER {{ trace }}", [])
    cli(*RUN, "--limit", 1)
    assert prompt_of(endpoint_env.chats[0].body).startswith("NEWER")


def test_a_judge_with_recorded_verdicts_only_cannot_be_run(cli, endpoint_env, tmp_path):
    file = tmp_path / "recorded.csv"
    file.write_text("id,input,output,verdict\nx,a,A,pass\n")
    cli("import", file, "--verdict", "gpt=verdict")
    assert "no prompt, so it cannot be run. Judges with a prompt: desired outcome." in cli.refused(
        "run", "--judge", "gpt")


def test_an_unknown_model_is_refused_with_those_listed_and_a_known_one_is_taken(cli, endpoint_env):
    said = cli.refused(*RUN, "--model", "text-model")
    assert "has no model 'text-model'. Near to it: test-model, old-model." in said
    assert endpoint_env.calls == 0 and cli.json("runs")["runs"] == []
    cli(*RUN, "--model", "old-model", "--limit", 1)
    assert endpoint_env.chats[0].body["model"] == "old-model"


def test_an_endpoint_that_lists_no_models_takes_the_named_one(cli, endpoint_env):
    endpoint_env.models = error(404)
    cli(*RUN, "--model", "any-model", "--limit", 1)
    assert endpoint_env.chats[0].body["model"] == "any-model"


def test_without_an_endpoint_it_says_what_to_set(cli):
    said = cli.refused(*RUN, "--endpoint", "environment")
    assert "No endpoint is set: give OPENAI_API_KEY" in said


@pytest.mark.parametrize("words", [["--concurrency", "0"], ["--concurrency", "1025"], ["--limit", "0"],
                                   ["--split", "moon"], ["--endpoint", "moon"]])
def test_impossible_options_are_bad_usage(cli, endpoint_env, words):
    assert "Invalid value" in cli.refused(*RUN, *words)


def test_a_split_without_a_trace_is_bad_usage(endpoint_env, tmp_path):
    cli, file = CommandLine(tmp_path / "one.db"), tmp_path / "one.csv"
    file.write_text("input,output\nwhy,because\n")
    cli("import", file)
    [split] = {row["split"] for row in cli.json("traces")["traces"]}
    other = next(name for name in ("train", "dev", "test") if name != split)
    assert f"no trace to judge: these choices leave none that has an output: {other}. Take" in cli.refused(
        *RUN, "--split", other)


def test_a_paused_run_exits_with_1_says_why_and_is_resumed(cli, endpoint_env):
    endpoint_env.plan = nth_call(4, lambda: setattr(endpoint_env, "plan", error(401, "expired")))
    result = cli(*RUN, "--concurrency", 1, code=1)
    assert result.stdout.startswith("run 1: paused, 4 of 10 judged, 0 errors. The endpoint refuses the key.")
    endpoint_env.plan = default_plan
    assert cli("resume", 1).stdout == "run 1: done, 10 of 10 judged, 0 errors\n"
    assert set(judged(endpoint_env).values()) == {1, 2} and endpoint_env.calls == 11
    assert "Run 1 is done: there is nothing to resume." in cli.refused("resume", 1)


def test_error_verdicts_are_counted_and_the_job_is_done(cli, endpoint_env):
    endpoint_env.plan = {"question 5.": refusal()}
    assert "done, 10 of 10 judged, 1 error" in cli(*RUN).stdout
    assert cli.json("agreement", "--judge", FIRST)["errors"] == 1


def test_a_done_run_with_errors_says_how_they_are_asked_for_again(cli, endpoint_env):
    endpoint_env.plan = {"question 5.": refusal()}
    cli("run", "--judge", FIRST, "--split", "all")
    assert ("Run 1 is done, with 1 error: there is nothing to resume. 'resume 1 --errors' asks again for what ended in "
            "an error.") in cli.refused("resume", 1)
    endpoint_env.plan = default_plan
    assert cli("resume", 1, "--errors").stdout == "run 1: done, 10 of 10 judged, 0 errors\n"
    assert endpoint_env.calls == 11


def test_runs_marks_a_run_whose_process_is_gone(cli, db, endpoint_env):
    run = judging.start_run(db, FIRST)
    runs.set_status(db, run.id, "running")
    [found] = cli.json("runs")["runs"]
    assert (found["status"], found["message"]) == ("interrupted", "its process ended before the run did")


def test_a_second_run_is_another_run(cli, db, endpoint_env):
    cli(*RUN)
    assert "10 taken over from earlier runs" in cli(*RUN).stderr and endpoint_env.calls == 10
    cli(*RUN, "--anew")
    assert [run["id"] for run in cli.json("runs")["runs"]] == [3, 2, 1] and endpoint_env.calls == 20
    assert execute(db, 1) == runs.get(db, 1)


def test_a_run_against_the_embedded_model_ends(cli):
    result = cli(*RUN, "--limit", 1, "--endpoint", "embedded")
    assert "done, 1 of 1 judged" in result.stdout
    [found] = cli.json("runs")["runs"]
    assert (found["endpoint"], found["model"]) == ("embedded", local_model.find_weights().name)


def test_serve_model_serves_on_this_machine_until_ctrl_c():
    with subprocess.Popen([sys.executable, "-m", "lib", "serve-model", "--port", "0", "--api-key", "a-key-of-ours"],
                          cwd=HOUSE, env=os.environ, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE) as process:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:") and address.endswith("/v1")
        assert [model.id for model in llm.list_models(llm.Endpoint("served", address, "a-key-of-ours"))] == [
            local_model.find_weights().name]
        request = Request(f"{address}/completions", b'{"prompt": "One, two,", "max_tokens": 2}',
                          {"Authorization": "Bearer a-key-of-ours", "Content-Type": "application/json"})
        assert b'"text"' in urlopen(request, timeout=PATIENCE).read()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0 and "Traceback" not in said
