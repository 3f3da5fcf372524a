"""A decision judge from the command line to the export: a real file, a real process, a loopback endpoint."""

import json

import pytest

from lib.store import open_store, projects
from lib.store.judge import judges
from tests.support.commands import CommandLine
from tests.support.endpoint import Answer, error
from tests.support.judge.decision_wires import decisions, system_one, token

ROOT = "/v1/systemone"
OURS = ("--pass", "It helps.", "--fail", "It does not.")


@pytest.fixture
def cli(tmp_path, monkeypatch, endpoint) -> CommandLine:
    """Six labelled traces, and an endpoint that the environment names."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    made, file = CommandLine(tmp_path / "plumbline.db"), tmp_path / "t.csv"
    file.write_text("id,input,output,Ann_label,Ann_critique\n" + "".join(
        f"t{n},input {n},output {n},{'pass' if n % 2 else 'fail'},because {n}\n" for n in range(6)))
    made("import", file)
    return made


def run(cli: CommandLine, name: str = "quick", *more: str) -> str:
    return cli("run", "--judge", name, "--split", "all", "--model", "test-model", *more).stderr


def exported(cli: CommandLine, tmp_path) -> list[dict]:
    cli("export", "verdicts", tmp_path / "v.jsonl")
    return [json.loads(line) for line in (tmp_path / "v.jsonl").read_text().splitlines()]


def test_a_run_keeps_probability_outcome_and_raw_answer_and_export_has_it(cli, endpoint, tmp_path):
    endpoint.others[ROOT] = system_one(lambda body: 0.5 if "output 1" in body["state"]["trace"] else 0.31)
    cli("judge-new", "quick", "--kind", "decision", "--wire", "systemone", *OURS)
    run(cli)
    found = {row["id"]: row for row in exported(cli, tmp_path)}
    assert len(found) == 6 and found["t0"]["probability"] == 0.31 and found["t0"]["outcome"] == "fail"
    assert found["t1"]["outcome"] == "pass"  # at .5 and above
    assert {row["model"] for row in found.values()} == {"jev-1.14.0"} and not found["t0"]["critique"]
    raw = json.loads(open_store(cli.path).value("select p_raw from verdicts v join traces t on t.id = v.trace "
                                                "where t.trace_id = 't0'"))
    assert raw == {"answer": {"type": "noul", "noul": 0.31}, "order": ["pass", "fail"]}


def test_the_same_is_not_bought_twice_and_another_order_is_another_question(cli, endpoint):
    endpoint.others["/v1/decisions"] = decisions(0.7)
    cli("judge-new", "quick", "--kind", "decision", "--wire", "openai", *OURS)
    run(cli)
    asked = len(endpoint.ledger)
    assert "6 taken over" in run(cli) and len([c for c in endpoint.ledger[asked:] if c.path.endswith("decisions")]) == 0
    cli("judge-new", "quick", "--kind", "decision", "--wire", "openai", *OURS, "--order", "fail,pass")
    assert "taken over" not in run(cli)
    store = projects.choose(open_store(cli.path), None)
    found = judges.prompts(store, "quick")
    taken = store.value("""select count(*) from verdicts
        where reused is not null and p_pass = 0.7 and p_raw is not null""")
    assert [one.decision.order for one in found] == [("fail", "pass"), ("pass", "fail")] and taken == 6


def test_errors_are_kept_by_their_kind_and_asked_again_by_resume(cli, endpoint, tmp_path):
    endpoint.others[ROOT] = lambda body: system_one(1.7 if "output 3" in body["state"]["trace"] else 0.9)(body)
    cli("judge-new", "quick", "--kind", "decision", "--wire", "systemone", *OURS)
    run(cli)
    wrong = [row for row in exported(cli, tmp_path) if row["error"]]
    assert [(row["id"], row["error"], row["probability"]) for row in wrong] == [("t3", "not a probability", None)]
    assert "1.7" in wrong[0]["raw"]
    endpoint.others[ROOT] = system_one(0.9)
    cli("resume", "1", "--errors")
    assert not [row for row in exported(cli, tmp_path) if row["error"]]


def test_a_model_of_another_kind_is_refused_before_a_call_or_stops_the_run_at_the_first(cli, endpoint):
    cli("judge-new", "quick", "--kind", "decision", "--wire", "systemone", *OURS)
    endpoint.others[ROOT] = Answer(501, {"error": {"code": 501, "message": "This model is not a decision model"}})
    said = cli("run", "--judge", "quick", "--split", "all", "--model", "test-model", "--concurrency", "1",
               code=1).output
    assert "is not a decision model" in said and cli.json("runs")["runs"][0]["status"] == "paused"
    endpoint.models = [{"id": "test-model", "architecture": {"output_modalities": ["text"]}},
                       {"id": "lev", "architecture": {"output_modalities": ["decisions"]}}]
    assert "Choose one of these: lev" in cli.refused("run", "--judge", "quick", "--model", "test-model")


def test_a_cap_on_calls_holds_and_a_refused_key_pauses(cli, endpoint):
    endpoint.plan = token(("pass", 0.9), ("fail", 0.1))
    cli("judge-new", "quick", "--kind", "decision", "--wire", "logprobs", *OURS)
    cli("run", "--judge", "quick", "--split", "all", "--model", "test-model", "--concurrency", "1", "--most-calls", "2",
        code=1)
    assert endpoint.calls == 2
    endpoint.plan = error(401)
    assert "OPENAI_API_KEY" in cli("resume", "1", "--most-calls", "9", code=1).output


def test_examples_are_shown_without_the_trace_itself(cli, endpoint):
    endpoint.plan = token(("pass", 0.9), ("fail", 0.1))
    cli("judge-new", "quick", "--kind", "decision", "--wire", "logprobs", *OURS, "--example", "t0", "--example", "t1")
    run(cli)
    lengths = sorted(len(call.body["messages"]) for call in endpoint.chats)
    assert lengths == [4, 4, 6, 6, 6, 6]  # t0 and t1 are judged by the prompt without themselves


@pytest.mark.parametrize("words,why", [
    ((), "--wire"), (("--wire", "logprobs", "--pass", "x"), "what fail means"),
    (("--wire", "logprobs", *OURS, "--order", "pass,pass"), "order"),
    (("--wire", "systemone", *OURS, "--path", "https://elsewhere/x"), "path from the host on"),
    (("--wire", "logprobs", *OURS, "--example", "t9"), "t9"),
    (("--wire", "logprobs", *OURS, "--mode", "m"), "--mode"),
])
def test_what_is_missing_or_does_not_fit_is_said(cli, words, why):
    assert why in cli.refused("judge-new", "quick", "--kind", "decision", *words)


def test_what_needs_words_is_refused_and_a_name_keeps_its_kind(cli, endpoint, tmp_path):
    cli("judge-new", "quick", "--kind", "decision", "--wire", "logprobs", *OURS)
    for words in (("suggest", "--judge", "quick"), ("judge", "export", "quick", tmp_path / "out")):
        assert "writes no critique" in cli.refused(*words), words
    assert "writes no critique" in cli.refused("run", "--judge", "quick", "--batch", "--model", "test-model")
    prompt = tmp_path / "p.txt"
    prompt.write_text("{{ trace }}")
    assert "placeholder" in cli.refused("judge-prompt", "new", "quick", prompt)  # instructions hold no trace
    cli("judge-prompt", "new", "bot", prompt)
    assert "another kind" in cli.refused("judge-new", "bot", "--kind", "decision", "--wire", "logprobs", *OURS)


def test_noise_measures_the_other_order_and_repeats(cli, endpoint):
    # pass first .6 each; fail first .5 on t0, t1, t2 -> .45: moves (3 x .15 + 3 x 0) / 6 = .075, three change sides
    def turned(body: dict) -> float:
        first = next(iter(body["questions"]["passes"]["criteria"]))
        return 0.6 if first == "true" or any(f"output {n}" in body["state"]["trace"] for n in (3, 4, 5)) else 0.45

    endpoint.others[ROOT] = system_one(turned)
    cli("judge-new", "quick", "--kind", "decision", "--wire", "systemone", *OURS)
    run(cli)
    cli("judge-new", "quick", "--kind", "decision", "--wire", "systemone", *OURS, "--order", "fail,pass")
    run(cli)
    cli("noise", "1", "--repeat", "1")
    cli("resume", "3")
    found = cli.json("noise", "1")["moved"]
    assert [(one["run"], one["version"], one["same_order"], one["traces"], round(one["mean"], 6), round(one["most"], 6),
             one["flips"]) for one in found] == [(2, 2, False, 6, 0.075, 0.15, 3), (3, 1, True, 6, 0.0, 0.0, 0)]
    assert "in the other order (run 2, version 2): the probability moves by 0.075" in cli("noise", "1").stdout
