"""A cascade: the band chosen on dev, the second judge asked in it alone, one run as of any judge, the expert asked."""

import csv
import json

import pytest

from lib.records import UsageError, split_of
from lib.statistics import coverage_risk, metrics
from lib.statistics.coverage_risk import Answer
from lib.store import experts, open_store, prices, projects
from lib.store.dataset import traces
from lib.store.judge import judges, runs
from lib.store.judge.fits import seconds
from lib.store.judge.reuse import halves
from lib.workflow.judge import judging
from tests.support.commands import CommandLine
from tests.support.endpoint import error, verdict
from tests.support.judge.copies import added, copy, merge
from tests.support.judge.decision_wires import system_one

ROOT, TRACES = "/v1/systemone", 200
OURS = ("--pass", "It helps.", "--fail", "It does not.")


def says(n: int) -> float:
    """Sure and right on four of five; on the fifth near .5, and there wrong half the time."""
    if n % 5:
        return 0.97 - n % 7 / 100 if n % 2 else 0.03 + n % 7 / 100
    return 0.52 + n % 3 / 100


def number(text: str) -> int:
    return int(text.split("output ")[1].split()[0].split("<")[0])


@pytest.fixture
def cli(tmp_path, monkeypatch, endpoint) -> CommandLine:
    """Labelled traces of all splits; odd ones pass. Two judges: quick says a probability, careful is always right."""
    monkeypatch.setenv("OPENAI_BASE_URL", endpoint.url)
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    made, file = CommandLine(tmp_path / "plumbline.db"), tmp_path / "t.csv"
    with file.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["id", "input", "output", "Ann_label", "Ann_critique"])
        for n in range(TRACES):
            rows.writerow([f"t{n}", f"input {n}", f"output {n} .", "pass" if n % 2 else "fail", f"because {n}"])
    made("import", file)
    endpoint.others[ROOT] = system_one(lambda body: says(number(body["state"]["trace"])))
    endpoint.plan = lambda body: verdict("pass" if number(body["messages"][-1]["content"]) % 2 else "fail", "so it is")
    made("judge-new", "quick", "--kind", "decision", "--wire", "systemone", *OURS)
    template = tmp_path / "careful.txt"
    template.write_text("Judge this. {{ trace }}")
    made("judge-prompt", "new", "careful", template)
    for name in ("quick", "careful"):
        run(made, name, "dev")
    return made


def run(cli: CommandLine, name: str, split: str = "all", *more: str, code: int = 0) -> str:
    return cli("run", "--judge", name, "--split", split, "--model", "test-model", *more, code=code).output


def exported(cli: CommandLine, tmp_path, judge: str = "both") -> dict[str, dict]:
    cli("export", "verdicts", tmp_path / "v.jsonl")
    rows = map(json.loads, (tmp_path / "v.jsonl").read_text().splitlines())
    return {row["id"]: row for row in rows if row["judge"] == judge}


def of_split(split: str) -> list[int]:
    return [n for n in range(TRACES) if split_of(f"input {n}") == split]


def test_the_band_is_chosen_on_dev_and_asks_the_second_judge_in_it_alone(cli, endpoint, tmp_path):
    dev = of_split("dev")
    made = cli.json("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    unsure = [n for n in dev if not n % 5]
    assert made["n"] == len(dev) and made["alone"] <= 0.8 * len(dev) < made["alone"] + len(unsure)
    assert made["agreement"]["value"] == 1 and made["agreement"]["low"] < 1
    assert made["whole"]["value"] == 1 == made["second"]["value"] > made["left"]["value"]
    assert made["band"][0] < 0.5 < 0.54 < made["band"][1]
    before = len(endpoint.ledger)
    said = run(cli, "both")
    found = exported(cli, tmp_path)
    assert len(found) == TRACES and all(row["outcome"] == ("pass" if int(name[1:]) % 2 else "fail")
                                        for name, row in found.items())
    inside = {name for name, row in found.items() if made["band"][0] <= row["probability"] <= made["band"][1]}
    assert {name for name, row in found.items() if row["decided_by"] == "second"} == inside
    assert {row["critique"] for name, row in found.items() if name in inside} == {"so it is"}
    # What either has said of dev alone is not asked again.
    elsewhere = TRACES - len(dev)
    chats = [call for call in endpoint.ledger[before:] if call.path.endswith("completions")]
    assert len([call for call in endpoint.ledger[before:] if call.path == ROOT]) == elsewhere
    assert len(chats) == len({name for name in inside if int(name[1:]) not in dev})
    assert "200" in said


def test_figures_and_show_are_of_one_judge_and_the_second_run_asks_nothing(cli, endpoint):
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    run(cli, "both", "dev")
    asked = len(endpoint.chats)
    assert "taken over" in run(cli, "both", "dev") and len(endpoint.chats) == asked
    shown = cli.json("cascade", "show", "both")
    dev = len(of_split("dev"))
    assert sum(shown["decided"].values()) == dev and shown["agreement"]["second"]["value"] == 1
    assert shown["agreement"]["first"]["n"] + shown["agreement"]["second"]["n"] == dev
    assert "decided" in cli("cascade", "show", "both").stdout
    store = projects.choose(open_store(cli.path), None)
    version = judges.newest_prompt(store, "both")
    assert version.cascade.first == "quick" and version.decision and version.model == "test-model"


def test_what_the_cascade_asks_is_estimated_and_capped_as_one(cli, endpoint):
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    before = len([c for c in endpoint.ledger if c.path == ROOT or c.path.endswith("completions")])
    cli("run", "--judge", "both", "--split", "train", "--concurrency", "1", "--most-calls", "7", code=1)
    after = len([c for c in endpoint.ledger if c.path == ROOT or c.path.endswith("completions")])
    assert after - before == 7
    number = cli.json("runs")["runs"][0]["id"]
    cli("resume", str(number), "--most-calls", "900")
    assert cli.json("runs")["runs"][0]["status"] == "done"


def test_an_error_of_either_judge_is_an_error_and_is_asked_again(cli, endpoint, tmp_path):
    made = cli.json("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    plan, endpoint.plan = endpoint.plan, verdict("maybe")
    run(cli, "both", "train")
    wrong = [row for row in exported(cli, tmp_path).values() if row["error"]]
    assert wrong and not any(row["decided_by"] or row["outcome"] for row in wrong)
    endpoint.plan = plan
    cli("resume", str(cli.json("runs")["runs"][0]["id"]), "--errors")
    assert not [row for row in exported(cli, tmp_path).values() if row["error"]]
    assert made["share"] <= 0.8


def test_another_model_than_the_band_was_chosen_on_gives_no_verdict(cli, endpoint, tmp_path):
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    endpoint.others[ROOT] = system_one(0.99, body={"model": "jev-2"})
    run(cli, "both", "train", code=1)
    rows = exported(cli, tmp_path).values()
    assert {row["error"] for row in rows} == {"other model"} and "jev-2 answered" in next(iter(rows))["raw"]
    endpoint.models = [{"id": "test-model"}, {"id": "jev-9"}]
    said = cli.refused("run", "--judge", "both", "--model", "jev-9")
    assert "leave the model out" in said


def test_the_widest_share_at_an_agreement_and_none_where_none_reaches_it(cli):
    made = cli.json("cascade", "new", "both", "--first", "quick", "--then", "careful", "--target", "0.9")
    assert made["agreement"]["low"] >= 0.9 and made["alone"] < made["n"]
    assert "decides nothing alone yet" in cli.refused(
        "cascade", "new", "both", "--first", "quick", "--then", "careful", "--target", "0.99")


def test_the_expert_is_asked_what_lies_in_the_band_with_a_share_at_random(cli, tmp_path):
    file = tmp_path / "more.csv"
    file.write_text("id,input,output\n" + "".join(f"u{n},more {n},output {n} .\n" for n in range(100)))
    cli("import", file)
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    assert "judged nothing yet" in cli.refused("cascade", "queue", "both")
    run(cli, "both")
    assert "18 traces of the band and 2 at random" in cli("cascade", "queue", "both", "--most", 20, "--seed", 7).stdout
    waits = cli.json("queue", "list")["items"]
    assert {row["trace"][0] for row in waits} == {"u"}
    by = {queue: [row for row in waits if row["queue"] == queue] for queue in ("unsure", "random")}
    assert all(not int(row["trace"][1:]) % 5 for row in by["unsure"]) and not any(row["unbiased"]
                                                                                  for row in by["unsure"])
    assert len(by["random"]) == 2 and all(row["unbiased"] for row in by["random"])


@pytest.mark.parametrize("words,why", [
    (("--first", "careful", "--then", "quick", "--share", ".8"), "gives no probability"),
    (("--first", "quick", "--then", "quick", "--share", ".8"), "answers with a probability"),
    (("--first", "quick", "--then", "nobody", "--share", ".8"), "no judge 'nobody'"),
    (("--first", "quick", "--then", "careful", "--share", "1"), "between 0 and 1"),
    (("--first", "quick", "--then", "careful"), "Name either"),
    (("--first", "quick", "--then", "careful", "--share", ".8", "--target", ".9"), "Name either"),
    (("--first", "quick", "--then", "careful", "--share", ".8", "--at-random", "0"), "at random"),
])
def test_what_cannot_be_a_cascade_is_said(cli, words, why):
    assert why in cli.refused("cascade", "new", "both", *words)
    assert "both" not in [one["name"] for one in cli.json("judges")["judges"]]


def test_a_cascade_is_made_anew_and_not_edited(cli):
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    store = projects.choose(open_store(cli.path), None)
    with pytest.raises(UsageError, match="cascade of two judges"):
        judging.save_prompt(store, "both", "Other words.", [])
    assert "its threshold is that of 'quick'" in cli.refused("threshold", "both")
    assert "no cascade" in cli.refused("cascade", "new", "quick", "--first", "quick", "--then", "careful", "--share",
                                       ".8")
    assert "cascade" in cli.refused("judge-new", "both", "--kind", "decision", "--wire", "systemone", *OURS)
    run(cli, "both", "dev")
    number = cli.json("runs")["runs"][0]["id"]
    assert "belongs to the model" in cli.refused("replace-model", number, "--model", "other")
    again = cli.json("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.6")
    assert again["version"] == 2 and again["share"] <= 0.6


def test_a_table_needs_no_cascade_and_takes_recorded_verdicts(cli, tmp_path):
    file = tmp_path / "again.csv"
    file.write_text("id,input,output,gpt,why\n" + "".join(
        f"t{n},input {n},output {n} .,{'pass' if n % 2 else 'fail'},so\n" for n in range(TRACES)))
    cli("import", file, "--verdict", "gpt=gpt:why")
    found = cli.json("cascade", "table", "--first", "quick", "--then", "gpt")
    assert found["rows"][0]["share"] == 1 and found["rows"][-1]["share"] < 0.2
    assert all(row["second"]["value"] == 1 for row in found["rows"][1:])
    assert "alone on" in cli("cascade", "table", "--first", "quick").stdout


def test_a_copy_that_is_merged_brings_the_cascade_and_who_decided(cli, tmp_path):
    here = projects.choose(open_store(cli.path), None)
    there = copy(here, "copy")
    elsewhere = CommandLine(there.path)
    elsewhere("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    run(elsewhere, "both", "train")
    found = exported(elsewhere, tmp_path)
    merge(here, there)
    assert judges.newest_prompt(here, "both").cascade == judges.newest_prompt(there, "both").cascade
    assert {name: (row["outcome"], row["decided_by"], row["probability"])
            for name, row in exported(cli, tmp_path).items()} == {
        name: (row["outcome"], row["decided_by"], row["probability"]) for name, row in found.items()}
    assert added(merge(here, there)) == {}


def test_money_is_bounded_by_the_dearer_price_and_needs_both(cli):
    store = projects.choose(open_store(cli.path), None)
    judging.save_prompt(store, "careful", "Judge this. {{ trace }}", [], "dear-model")
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    prices.put(store, "test-model", 1, 1)
    assert "has none of 'dear-model'" in cli.refused("run", "--judge", "both", "--split", "train", "--most-cost", 1)
    prices.put(store, "dear-model", 1000, 1000)
    said = run(cli, "both", "train", "--most-cost", 1, "--concurrency", 1, code=1)
    assert "cap of 1.00 in cost" in said


def test_another_project_sees_nothing_of_a_cascade(cli):
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    run(cli, "both", "dev")
    ours = projects.choose(open_store(cli.path), None)
    other = projects.create(ours, "Other")
    experts.add(other, "Ann")
    version, number = judges.newest_prompt(ours, "both"), runs.newest(ours, "both").id
    half = halves.asked(version, {"first": "test-model", "second": "test-model"}, "environment",
                        runs.get(ours, number).address, False)["first"]
    alike, key = halves.runs_of(ours, half), runs.get(ours, number)
    trace = traces.key_of(ours, f"t{of_split('dev')[0]}")
    assert alike and key and halves.said(ours, alike, trace) and halves.known(ours, alike, [trace])
    assert halves.runs_of(other, half) == [] and halves.said(other, alike, trace) is None
    assert halves.known(other, alike, [trace]) == {} == seconds.decided(other, number)
    assert seconds.right(ours, "careful", "Ann") and not seconds.right(other, "careful", "Ann")
    assert seconds.agreed(other, number, "Ann") == {} == seconds.asked_second(other, number)
    assert seconds.judged(other, number) == set() == seconds.shown(other, "both")


def answers(*of: tuple[float, bool]) -> list[Answer]:
    return [Answer(distance, right) for distance, right in of]


def test_coverage_and_risk_by_hand():
    some = answers((4, True), (3, True), (2, False), (1, True), (1, False))
    row = coverage_risk.at_share(some, 0.6)
    assert (row.alone, row.agreement.value, row.left.value, row.within) == (3, 2 / 3, 0.5, 1.5)
    assert row.agreement == metrics.wilson(2, 3) and row.by_expert == metrics.wilson(4, 5)
    assert row.whole.value is None and row.second.value is None
    assert coverage_risk.at_share(some, 0.8).alone == 3  # the two of distance 1 are told apart by nothing
    assert coverage_risk.at_share(some, 1).alone == 5 and coverage_risk.at_target(some, 0.99) is None
    many = answers(*((50 - n, n < 40) for n in range(50)))
    best = coverage_risk.at_target(many, 0.9)
    assert best.agreement.low >= 0.9 and coverage_risk.at_share(many, (best.alone + 1) / 50).agreement.low < 0.9
    assert coverage_risk.curve([]) == []


def test_a_band_holds_what_lies_within_it_on_the_logit_scale():
    low, high = coverage_risk.band(coverage_risk.distance(0.9, 0.74), 0.74)
    assert high == pytest.approx(0.9) and coverage_risk.distance(low, 0.74) == pytest.approx(
        coverage_risk.distance(high, 0.74))
    assert coverage_risk.band(-1, 0.5) == (1.0, 0.0) and coverage_risk.band(50, 0.5) == (0.0, 1.0)
    assert coverage_risk.distance(0, 0.5) == pytest.approx(coverage_risk.distance(1, 0.5))  # two decimals hold 0 and 1


def test_a_cap_of_a_refused_key_pauses_and_keeps_what_came(cli, endpoint):
    cli("cascade", "new", "both", "--first", "quick", "--then", "careful", "--share", "0.8")
    endpoint.plan = error(401)
    run(cli, "both", "train", "--concurrency", "1", code=1)
    found = cli.json("runs")["runs"][0]
    assert found["status"] == "paused" and "OPENAI_API_KEY" in found["message"]
