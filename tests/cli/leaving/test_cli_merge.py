"""Shards judged by copies of one file and merged back: the figures of one machine, once each, conflicts listed."""

import re
import sqlite3
import threading
from contextlib import closing
from dataclasses import asdict

import pytest

from lib.records import Circumstances, Verdict
from lib.schema import SCHEMA_VERSION
from lib.store import experts, projects
from lib.store.dataset import traces
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from lib.workflow import figures
from lib.workflow.judge import judging
from lib.workflow.judge.views import bench
from tests.support.commands import CommandLine
from tests.support.endpoint import error, prompt_of, verdict
from tests.support.judge.copies import added, copy, everything, merge
from tests.support.running import PATIENCE, add_traces, command, outcomes
from tests.support.steps import add, row, say

JUDGE = judging.DEFAULT_JUDGE
RUN = ("run", "--judge", JUDGE, "--split", "all", "--model", "test-model")
NAMES = [f"t{number}" for number in range(300)]


def says(body):
    """One in seven fails, one in fifty cannot be read."""
    number = int(re.findall(r"question (\d+)\.", prompt_of(body))[-1])
    broken = error(400, "no", code="content_filter")
    return broken if number % 50 == 49 else verdict("fail" if number % 7 == 0 else "pass", f"about {number}")


@pytest.fixture
def cli(db, endpoint_env) -> CommandLine:
    """300 traces, the first judge, and a label of Ann's, who is principal."""
    endpoint_env.plan = says
    add_traces(db, 300)
    judging.ensure_judge(db)
    say(db, "t0", "fail", token="first")
    return CommandLine(db.path)


def parted(store, of: int) -> list[list[str]]:
    """The ids of the traces of each shard."""
    return [[traces.by_key(store, key).id for key in traces.keys(store, traces.Filter(shard=f"{part}/{of}"))]
            for part in range(1, of + 1)]


def test_shards_are_disjoint_are_the_whole_and_stay_what_they_are_when_traces_are_added(cli, db):
    parts = parted(db, 8)
    assert sorted(name for part in parts for name in part) == sorted(NAMES)
    assert all(20 <= len(part) <= 60 for part in parts)
    add_traces(db, 100, first=300)
    later = parted(db, 8)
    assert [[name for name in part if name in set(NAMES)] for part in later] == parts


def test_a_shard_is_said_with_the_run_in_its_record_and_beside_its_figures(cli, db):
    part = parted(db, 3)[1]
    done = cli(*RUN, "--shard", " 2/3 ")
    assert f"run 1: {len(part)} traces, shard 2/3, model test-model" in done.stderr
    found = runs.get(db, 1)
    assert found.chosen == {"shard": "2/3"} and found.total == len(part)
    assert {name for name, *_ in outcomes(db, 1)} == set(part)
    say(db, part[0], "pass")
    assert "of a part alone: shard 2/3\n" in cli("agreement", "--run", 1).stdout
    assert cli.json("agreement", "--run", 1)["shard"] == "2/3"
    assert "test-model, shard 2/3, " in bench.known_of(db, JUDGE).titles["1"]
    for wrong in ("3", "0/3", "4/3", "1/x", "1/99999"):
        assert "is no shard: write which part of how many, for instance 3/8" in cli.refused(*RUN, "--shard", wrong)


def test_three_copies_judge_a_shard_each_and_come_together_as_one_machine_would_have_judged(cli, db):
    parts, colleagues = parted(db, 3), [copy(db, name) for name in ("one", "two", "three")]
    alone = copy(db, "alone")
    for number, (part, other) in enumerate(zip(parts, colleagues, strict=True), 1):
        CommandLine(other.path)(*RUN, "--shard", f"{number}/3", "--limit", 1_000)
        for store in (other, alone):
            for place, name in enumerate(part[:20]):
                say(store, name, "fail" if place % 4 == 0 else "pass", critique=f"{number}: {name}",
                    token=f"{number} {name}", circumstances=Circumstances("blind", seconds=place, queue="random"))
            say(store, part[30], "pass", expert=f"Bob {number}")
    CommandLine(alone.path)(*RUN)
    before = everything(db)
    look = merge(db, colleagues[0], "--dry-run")
    assert added(look) == {"labels": 21, "runs": 1, "verdicts": len(parts[0])} and everything(db) == before
    came = [merge(db, other) for other in colleagues]
    assert [added(found) for found in came] == [
        {"labels": 21, "runs": 1, "verdicts": len(part)} | ({"joined": 1} if part is parts[-1] else {})
        for part in parts]
    assert [found["conflicts"] for found in came] == [[], [], []]
    mine, theirs = figures.agreement(db, JUDGE), figures.agreement(alone, JUDGE)
    assert mine.run.id == came[-1]["joined"][0] and mine.run.chosen == {}
    assert (mine.counts, mine.figures, mine.left_out) == (theirs.counts, theirs.figures, theirs.left_out)
    assert mine.counts.n + mine.sealed >= 55 and mine.counts.errors == theirs.counts.errors
    assert (mine.sealed, mine.provisional) == (theirs.sealed, theirs.provisional)
    assert outcomes(db, mine.run.id) == outcomes(alone, theirs.run.id)
    assert [asdict(one) | {"key": 0, "created_at": ""} for name in parts[1] for one in labels.history(db, name)] == [
        asdict(one) | {"key": 0, "created_at": ""} for name in parts[1] for one in labels.history(alone, name)]
    stored = everything(db)
    assert [added(merge(db, other)) for other in colleagues] == [{}, {}, {}] and everything(db) == stored
    assert db.rows("pragma foreign_key_check") == [] and db.value("pragma integrity_check") == "ok"


def test_what_was_put_together_is_paid_for_once_and_a_part_can_be_asked_for_its_errors_again(cli, db, endpoint_env):
    other = copy(db, "other")
    cli(*RUN, "--shard", "1/2")
    CommandLine(other.path)(*RUN, "--shard", "2/2")
    asked = endpoint_env.calls
    [joined] = merge(db, other)["joined"]
    spent = {run["id"]: run["spent"]["calls"] for run in cli.json("runs")["runs"]}
    assert spent[joined] == 0 and sum(spent.values()) == asked == 300
    assert "6 errors" in cli("runs").stdout.splitlines()[0] and "300/300" in cli("runs").stdout.splitlines()[0]
    endpoint_env.plan = lambda body: verdict("pass")
    cli("resume", 1, "--errors")
    assert runs.get(db, 1).errors == 0 and runs.get(db, joined).errors == 6
    assert cli(*RUN).stderr.count("taken over from earlier runs") == 2, "a run over all takes the rest over too"


def test_two_labels_of_one_expert_stay_both_and_the_newer_counts_whichever_comes_in_last(cli, db):
    one, two = copy(db, "one"), copy(db, "two")
    say(one, "t1", "pass", critique="first", token="a")
    say(one, "t2", "fail", critique="first", token="b")
    # Given within one millisecond, neither would be the newer one.
    while two.value("select strftime('%Y-%m-%dT%H:%M:%fZ')") <= labels.current(one, "t2", "Ann").created_at:
        pass
    say(two, "t2", "pass", critique="second", token="c")
    say(two, "t1", "fail", critique="second", token="d")
    newer = copy(two, "newer")
    assert merge(two, one)["conflicts"] == [
        said for name, there, here in (("t1", "pass", "fail"), ("t2", "fail", "pass"))
        for said in [f"label of Ann on {name}: {here} here ({time(two, name, here)}), {there} in the copy "
                     f"({time(one, name, there)}); both stay, and the newer, {here}, counts"]]
    assert len(merge(one, newer)["conflicts"]) == 2
    for store in (one, two):
        assert {name: [label.critique for label in labels.history(store, name)] for name in ("t1", "t2")} == {
            "t1": ["second", "first"], "t2": ["second", "first"]}
        assert [labels.current(store, name, "Ann").outcome for name in ("t1", "t2")] == ["fail", "pass"]
        assert labels.tally(store, "Ann") == labels.tally(newer, "Ann")
    assert added(merge(two, one)) == added(merge(one, two)) == {}


def time(store, name: str, outcome: str) -> str:
    return next(label.created_at[:19] for label in labels.history(store, name) if label.outcome == outcome)


def test_a_trace_with_other_content_and_a_version_with_other_words_are_listed_and_not_overwritten(cli, db, make_trace):
    other = copy(db, "other")
    add(db, make_trace("x", output="ours"))
    add(other, row(make_trace("x", output="theirs"), Ann="pass"), row(make_trace("y", dimensions={"topic": ("tax",)}),
                                                                      Ann="fail"), make_trace("z"))
    judges.save_prompt(db, JUDGE, "ours {{ input }} {{ output }}")
    examples = [labels.current(other, name, "Ann").key for name in ("t0", "y")]
    theirs = judges.save_prompt(other, JUDGE, judging.DEFAULT_TEMPLATE + "\nBe strict.", examples, note="strict")
    judges.save_prompt(other, JUDGE, "nobody ran this {{ input }} {{ output }}")
    run = runs.create(other, theirs.key, "test-model", "environment", where=traces.Filter(search="question 1"))
    verdicts.save(other, run, traces.key_of(other, "t1"), Verdict("fail", "no"))
    found = merge(db, other)
    assert added(found) == {"traces": 1, "labels": 1, "versions": 1, "runs": 1, "verdicts": 1}
    assert found["conflicts"] == [
        "trace x: the copy has other content under this id; ours stays, and what the copy says of its own is left out",
        f"version 2 of judge {JUDGE}: the copy has other words under this number; they are version 3 here"]
    assert found["left_out"] == {
        "new traces that nobody has labelled or judged (import their file)": 1,
        "labels on traces that have other content here": 1, "prompt versions that no run is of": 1}
    assert traces.get(db, "x").output == "ours" and traces.get(db, "y").dimensions == {"topic": ("tax",)}
    newest = judges.newest_prompt(db, JUDGE)
    assert (newest.number, newest.note, [one.trace.id for one in newest.examples]) == (3, "strict", ["t0", "y"])
    [came] = runs.every(db, JUDGE)
    assert (came.status, came.done, came.prompt) == ("interrupted", 1, newest.key)
    assert added(merge(db, other)) == {}


def test_a_run_that_both_know_gets_the_verdicts_it_lacks_and_ends(cli, db, endpoint_env):
    cli(*RUN, "--limit", 10, "--most-calls", 4, "--concurrency", 1, code=1)
    other = copy(db, "other")
    CommandLine(other.path)("resume", 1, "--most-calls", 100)
    assert added(merge(db, other)) == {"verdicts": 6}
    assert (runs.get(db, 1).status, runs.get(db, 1).done) == ("done", 10)
    assert outcomes(db, 1) == outcomes(other, 1)


def test_labels_in_the_principal_s_name_wait_where_somebody_else_merges(cli, db):
    other = copy(db, "other")
    say(other, "t1", "fail", critique="Ann's")
    say(other, "t2", "pass", expert="Bob")
    said = cli("--as", "Eve", "merge", other.path).stdout
    assert "1 label, 0 verdicts" in said and "1 label in the principal's name must wait for a sign-off" in said
    assert labels.current(db, "t1", "Ann") is None and labels.current(db, "t2", "Bob").outcome == "pass"
    assert added(merge(db, other)) == {"labels": 1}, "the operator, who names nobody, acts for the principal"
    assert labels.current(db, "t1", "Ann").critique == "Ann's" and experts.principal(db).name == "Ann"


def test_a_merge_is_taken_back_like_an_import(cli, db):
    other = copy(db, "other")
    say(other, "t1", "fail", expert="Bob")
    CommandLine(other.path)(*RUN, "--limit", 5)
    merge(db, other)
    [listed] = [one for one in cli.json("imports", "list")["imports"] if one["file"] == "other.db"]
    cli("imports", "take-back", listed["number"], "--confirm", "other.db")
    assert labels.history(db, "t1") == [] and runs.get(db, 1).done == 0
    assert db.rows("pragma foreign_key_check") == []


def test_another_project_of_the_copy_is_named_and_merged_by_its_own_name(cli, db):
    shop = projects.create(db, "Shop", "Did it?")
    other = copy(db, "other")
    add_traces(other.of(shop.project), 1)
    say(other.of(shop.project), "t0", "pass", expert="Cleo")
    assert merge(db, other)["elsewhere"] == ["Shop"]
    assert added(merge(db, other, project="Shop")) == {"traces": 1, "labels": 1}
    projects.create(db, "Only here", "Did it?")
    assert "other.db has no project 'Only here'. Its projects: " in cli.refused(
        "merge", other.path, project="Only here")


def test_an_older_copy_is_brought_up_on_a_copy_of_its_own_and_others_are_refused(cli, db, tmp_path):
    assert "There is no file" in cli.refused("merge", tmp_path / "nowhere.db")
    assert "is the file itself" in cli.refused("merge", db.path)
    (tmp_path / "text.db").write_text("no database")
    assert "is not a SQLite file; it was left as it is" in cli.refused("merge", tmp_path / "text.db", code=1)
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as foreign:
        foreign.execute("create table x (y)")
    assert "belongs to another program" in cli.refused("merge", tmp_path / "foreign.db", code=1)
    newer = copy(db, "newer").path
    set_version(newer, SCHEMA_VERSION + 1)
    assert "was written by a newer Plumbline" in cli.refused("merge", newer, code=1)
    older = copy(db, "older")
    say(older, "t1", "fail")
    with closing(sqlite3.connect(older.path)) as file:
        file.execute("drop table trace_columns")
        file.execute("delete from _sqlite_migrations where name like '022%'")
        file.commit()
    set_version(older.path, 21)
    held = older.path.read_bytes()
    assert added(merge(db, older.path)) == {"labels": 1}
    assert older.path.read_bytes() == held
    assert not list(db.path.parent.glob("*.merging*"))


def test_killed_at_any_moment_it_has_stored_all_or_nothing(cli, db):
    other = copy(db, "other")
    for name in NAMES[1:200]:
        say(other, name, "pass")
    CommandLine(other.path)(*RUN)
    working, before = db.path.with_name(f"{db.path.name}.merging"), everything(db)
    ends = command(db, "merge", other.path), command(db, "merge", other.path)
    ends[0].communicate(timeout=PATIENCE), ends[1].communicate(timeout=PATIENCE)
    assert sorted(end.returncode for end in ends) in ([0, 0], [0, 2]), "two at once: one waits its turn, or is told to"
    whole = everything(db)
    assert whole["labels"] == before["labels"] + 199 and whole["verdicts"] == 300
    say(other, "t250", "pass")
    killed = command(db, "merge", other.path)
    while not (working / "copy.db").exists() and killed.poll() is None:
        threading.Event().wait(0.002)
    killed.kill()
    killed.communicate(timeout=PATIENCE)
    assert db.value("select count(*) from labels") in (whole["labels"], whole["labels"] + 1)
    merge(db, other)
    assert db.value("select count(*) from labels") == whole["labels"] + 1 and not working.exists()
    assert db.value("pragma integrity_check") == "ok"


def set_version(path, number: int) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute(f"pragma user_version = {number}")
        file.commit()
        file.execute("pragma wal_checkpoint(truncate)")
