"""The probability of a written verdict's outcome: found at its word, beside a verdict that stays, or said to lack."""

import json
from math import log

import pytest

from lib.models.replies import Reply
from lib.prompting import likelihood
from lib.records import Verdict
from tests.support.commands import CommandLine
from tests.support.endpoint import Answer, completion, error

HELD = {"pass": 0.6, "fail": 0.3}


def token(text: str, **tops: float) -> dict:
    return {"token": text, "logprob": 0.0, "top_logprobs": [
        {"token": one, "logprob": log(share)} for one, share in (tops or {text: 0.9, "other": 0.1}).items()]}


def told(*tokens: dict, outcome: str = "pass") -> float | None:
    return likelihood.told(Verdict(outcome, "fine"), Reply("", tokens=list(tokens))).p_pass


@pytest.mark.parametrize("tokens", [
    (token('{"critique": "fine", "'), token("outcome"), token('": "'), token("pass", **HELD), token('"}')),
    (token('{"critique": "fine", "outcome":'), token(' "pass', **{' "pass': 0.6, ' "fail': 0.3}), token('"}')),
    (token('{"outcome": "'), token("p", p=0.55, f=0.2, fail=0.1, **{"pass": 0.05}), token('ass"}')),
    # In its critique it quotes a verdict, in the middle of a token.
    (token('{"critique": "It says \\"outcome\\": \\"fail\\"", "outcome": "'), token("pass", **HELD), token('"}')),
    (token("It is fine.\n"), token("Outcome"), token(":"), token(" pass", **{" pass": 0.6, " Fail": 0.3})),
    # Two spellings of pass are one: .4 + .2.
    (token('{"outcome": "'), token("pass", **{"pass": 0.4, "PASS": 0.2, "fail": 0.3}), token('"}')),
])
def test_it_is_read_at_the_word_of_the_outcome_however_the_reply_is_cut_into_tokens(tokens):
    assert told(*tokens) == pytest.approx(2 / 3)


@pytest.mark.parametrize("tokens", [
    (), (token("It is fine."),), (token('{"outcome": "'), token("fail", **HELD), token('"}')),
    (token('{"outcome": "'), token("pass", **{"pass": 0.2, "maybe": 0.7}), token('"}')),  # too little on the two words
    (token('{"outcome": "'), {"token": "pass", "logprob": 0.0}, token('"}')),  # no alternatives
    (token('{"outcome": "'), {"token": "pass", "top_logprobs": [{"token": "pass", "logprob": 1.7}] * 2}, token('"}')),
    (token('{"outcome": "'), {"token": "pass", "top_logprobs": ["pass", "fail"]}), ("no object",),
])
def test_what_cannot_be_read_is_no_probability_and_no_error(tokens):
    found = likelihood.told(Verdict("pass", "fine"), Reply("", tokens=list(tokens)))
    assert found == Verdict("pass", "fine")
    assert likelihood.told(Verdict("pass", "fine"), Reply("", tokens="none")).p_pass is None


def written(share: float, outcome: str = "pass") -> Answer:
    made = completion(json.dumps({"critique": "because", "outcome": outcome}))
    made.body["choices"][0]["logprobs"] = {"content": [
        token('{"critique": "because", "outcome": "'), token(outcome, **{"pass": share, "fail": 1 - share}),
        token('"}')]}
    return made


@pytest.fixture
def cli(tmp_path, monkeypatch, endpoint) -> CommandLine:
    """Eighty labelled traces and a judge that writes."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    made, file, prompt = CommandLine(tmp_path / "plumbline.db"), tmp_path / "t.csv", tmp_path / "p.txt"
    file.write_text("id,input,output,Ann_label,Ann_critique\n" + "".join(
        f"t{n},input {n},output {n},{'pass' if n % 2 else 'fail'},because {n}\n" for n in range(80)))
    prompt.write_text("Judge it. {{ trace }}")
    made("import", file)
    made("judge-prompt", "new", "bot", prompt)
    return made


def run(cli: CommandLine, *more: str) -> str:
    return cli("run", "--judge", "bot", "--split", "all", "--model", "test-model", *more).stderr


def exported(cli: CommandLine, tmp_path) -> list[dict]:
    cli("export", "verdicts", tmp_path / "v.jsonl")
    return [json.loads(line) for line in (tmp_path / "v.jsonl").read_text().splitlines()]


def test_a_run_asks_for_it_on_request_and_the_verdict_stays_as_written(cli, endpoint, tmp_path):
    endpoint.plan = lambda body: written(0.9 - int("output 2" in str(body)) * 0.5)
    run(cli)
    assert not any("logprobs" in call.body for call in endpoint.chats)
    asked = len(endpoint.chats)
    assert "taken over" not in run(cli, "--probability")  # without one an equal verdict does not do
    assert all(call.body["logprobs"] is True and call.body["top_logprobs"] == 20 for call in endpoint.chats[asked:])
    found = {row["id"]: row for row in exported(cli, tmp_path) if row["run"] == 2}
    assert found["t1"]["probability"] == pytest.approx(0.9) and found["t2"]["probability"] == pytest.approx(0.4)
    assert {row["outcome"] for row in found.values()} == {"pass"} and found["t2"]["critique"] == "because"
    assert "80 taken over" in run(cli, "--probability")


def test_an_endpoint_that_tells_none_or_refuses_is_said_and_the_run_goes_on(cli, endpoint, tmp_path):
    assert "80 of 80 verdicts of run 1 without a probability" in run(cli, "--probability")
    endpoint.plan = lambda body: (error(400, "logprobs is not supported", param="logprobs") if "logprobs" in body
                                  else error(400, "top_logprobs is not supported", param="top_logprobs")
                                  if "top_logprobs" in body else written(0.9))
    assert "80 of 80 verdicts of run 2 without a probability" not in run(cli, "--probability", "--anew")
    assert not [row for row in exported(cli, tmp_path) if row["error"]]


def test_threshold_says_how_far_it_can_be_believed_and_moves_no_outcome(cli, endpoint):
    assert "--probability" in cli.refused("threshold", "bot")
    endpoint.plan = lambda body: written(0.95 if any(f"output {n}\n" in str(body["messages"][-1]["content"])
                                                     for n in range(1, 80, 2)) else 0.6)
    run(cli, "--probability")
    found = cli.json("threshold", "bot")
    assert found["runs"] == [] and found["dev"]["auc"]["value"] > 0.9
    assert "It writes its verdicts, and they stay as they are" in " ".join(found["said"])
    assert len(cli.json("runs")["runs"]) == 1


def test_what_does_not_go_together_is_refused(cli, endpoint):
    assert "batch" in cli.refused("run", "--judge", "bot", "--probability", "--batch", "--model", "test-model")
    cli("judge-new", "quick", "--kind", "decision", "--wire", "logprobs", "--pass", "x", "--fail", "y")
    assert "already" in cli.refused("run", "--judge", "quick", "--probability", "--model", "test-model")
