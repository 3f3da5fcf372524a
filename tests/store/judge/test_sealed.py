"""The sealed test split: its pairs count nowhere until it is opened on purpose, and each look stands in a log."""


import pytest

from lib.records import DEV, TEST, Counts, UsageError
from lib.sampling.splits import FEW
from lib.store.dataset import coverage
from lib.store.judge import runs, splits, verdicts
from lib.store.review import draws
from lib.workflow import figures
from lib.workflow.dataset import exchange
from lib.workflow.judge import comparing, splitting
from tests.support.commands import CommandLine
from tests.support.removal.taking_out import take_out
from tests.support.splitting import fill, judged


@pytest.fixture
def many(db):
    fill(db)
    return db


@pytest.fixture
def cli(many) -> CommandLine:
    return CommandLine(many.path)


def test_pairs_of_the_test_split_count_nowhere(many):
    run, other = judged(many, TEST), judged(many, TEST, DEV)
    found = figures.agreement(many, run=run)
    # 60 traces: 12 train, 24 dev, 24 test, half of each pass.
    assert (found.counts, found.sealed) == (Counts(pass_fail=18, fail_fail=18), 24)
    assert not found.provisional and verdicts.left_out(many, run, "Ann").n == 0
    assert len(verdicts.pairs(many, run, "Ann", "all")) == 36
    (_, table, traces), (_, _, others) = verdicts.tables(many, "judge", [run, other], "Ann")
    assert table == verdicts.counts(many, other, "Ann") and traces == others and len(traces.split(",")) == 36
    assert {pair["judge_outcome"] for pair in verdicts.pairs(many, run, "Ann")} == {"fail"}, "no pass of the test split"
    compared = comparing.compare(many, run, other)
    assert (compared.n, compared.fixed, compared.broken) == (36, 12, 12)
    assert sum(map(len, draws.against_expert(many, run, ["Ann"], "judge_expert").values())) == 18
    cell, = coverage.cells(many, "topic", "tone", run=run)
    assert (cell.reviewed, cell.pairs, cell.agreeing) == (60, 36, 18)


def test_exported_verdicts_hold_the_sealed_ones_too_and_are_no_look(many):
    """As the guide says: whoever joins this file with the labels sees the test, and each row says its split."""
    run, (_, rows) = judged(many, TEST), exchange.EXPORTS["verdicts"].rows(many)
    found = [(row["outcome"] == "pass", row["split"] == TEST) for row in rows if row["run"] == run]
    assert len(found) == FEW and set(found) == {(True, True), (False, False)}
    assert splits.looks(many, "judge") == []


def test_verdicts_recorded_elsewhere_are_sealed_never_and_few_labels_seal_nothing(db):
    fill(db, FEW - 1)
    assert figures.agreement(db, "recorded").counts.n == FEW - 1
    found = figures.agreement(db, run=judged(db, TEST))
    assert (found.counts.n, found.sealed) == (FEW - 1, 0) and "59 labelled traces" in found.provisional
    assert figures.agreement(db, "recorded").provisional == ""
    fill(db)
    assert figures.agreement(db, "recorded").counts.n == FEW and figures.agreement(db, "judge").sealed == 23


def test_errors_of_the_test_split_are_listed_although_its_pairs_are_not(many):
    run = judged(many)
    many.execute("""update verdicts set outcome = null, error = 'refusal'
        where run = :run and trace in (select id from traces where split = 'test')""", run=run)
    assert len(verdicts.pairs(many, run, "Ann", "errors")) == 24 and verdicts.counts(many, run, "Ann").errors == 0


def test_runs_that_met_only_on_the_test_split_say_so(many):
    first, second = judged(many), judged(many)
    take_out(many, "verdicts", "run = :run and trace in (select id from traces where split <> 'test')",
             run=first)
    with pytest.raises(UsageError, match="24 labelled traces that both judged are of the sealed test split"):
        comparing.compare(many, first, second)
    found = figures.agreement(many, run=first)
    assert not found.validated and "24 pairs with labels of Ann are of the sealed test split" in found.why


def test_opening_is_logged_once_a_run_and_the_looks_of_a_judge_add_up(many):
    first, second, other = judged(many, TEST), judged(many, DEV), judged(many, judge="other")
    assert figures.test_agreement(many, runs.get(many, first)) is None
    found = splitting.open_test(many, first, " the last check ", token="press")
    assert found.counts == Counts(pass_pass=12, fail_pass=12) and found.sealed == 0
    assert splitting.open_test(many, first, "again") == found
    assert figures.agreement(many, run=first).counts.n == 36, "the other figures stay without them"
    splitting.open_test(many, other, "another judge")
    splitting.open_test(many, second, "a later version")
    assert [(look.run, look.version, look.reason) for look in splits.looks(many, "judge")] == [
        (first, 1, "the last check"), (second, 2, "a later version")]


@pytest.mark.parametrize(("run", "reason", "words"), [
    ("judge", " ", "Say why the test split is opened"), ("recorded", "why", "recorded elsewhere"),
    ("going", "why", "still under way"), ("empty", "why", "has judged no labelled trace of the test split")])
def test_what_cannot_be_opened_says_why_and_logs_nothing(many, run, reason, words):
    made = {"recorded": lambda: runs.newest(many, "recorded").id, "judge": lambda: judged(many),
            "going": lambda: judged(many, status="running"), "empty": lambda: judged(many)}[run]()
    if run == "empty":
        take_out(many, "verdicts", "run = :run", run=made)
    with pytest.raises(UsageError, match=words):
        splitting.open_test(many, made, reason)
    assert splits.looks(many, "judge" if run != "recorded" else "recorded") == []


def test_with_few_labels_there_is_nothing_to_open(db):
    fill(db, FEW - 1)
    with pytest.raises(UsageError, match="Nothing is sealed while fewer than 60"):
        splitting.open_test(db, judged(db), "why")


def test_the_command_line_says_what_is_sealed_opens_it_with_a_reason_and_counts_the_looks(many, cli):
    run = judged(many, TEST)
    assert "24 pairs of the test split are sealed" in cli("agreement", "--judge", "judge").stdout
    closed = cli.json("agreement", "--judge", "judge")
    assert (closed["sealed"], closed["looks"], closed["test"], closed["n"]) == (24, [], None, 36)
    opened = cli.json("agreement", "--run", run, "--open-test", "done with it")
    assert opened["test"]["n"] == 24 and opened["test"]["tpr"]["value"] == 1 and opened["test"]["tnr"]["value"] == 0
    assert opened["looks"][0]["reason"] == "done with it" and opened["n"] == 36
    said = cli("agreement", "--run", run).stdout
    assert "Test split, 24 pairs, TNR: 0 of 12 (0%)" in said and "too lenient" in said
    assert "look 1 of this judge" in said
    later = judged(many, TEST)
    assert "partly spent: 2 looks" in cli("agreement", "--run", later, "--open-test", "once more").stdout
    assert "Say why" in cli.refused("agreement", "--run", later, "--open-test", "")


def test_the_command_for_splits_shows_previews_and_draws(many, cli):
    assert cli("splits").stdout.splitlines()[2] == "test\t12 pass, 12 fail"
    shown = cli.json("splits")
    assert shown["sealed"] and shown["splits"]["train"] == {"pass": 6, "fail": 6} and shown["draws"] == []
    assert "0 traces would move" in cli("splits", "--preview", "--seed", 4).stdout
    many.execute("update traces set split = 'dev'")
    assert cli.json("splits", "--preview")["moved"] == 36 and cli.json("splits")["draws"] == []
    assert cli.json("splits", "--balance")["after"]["test"] == {"pass": 12, "fail": 12}
    assert "0 traces moved" in cli("splits", "--balance").stdout, "it is so already"
    assert "--seed goes with --balance" in cli.refused("splits", "--seed", 1)
