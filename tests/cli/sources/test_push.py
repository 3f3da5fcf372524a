"""Pushing to each kind of source: a dry run first, each thing once, under our own names, nothing of others touched."""

import pytest

from lib.store import open_store, projects
from lib.store.dataset.sources import notes
from lib.workflow.dataset.sources import pulling, pushing
from tests.support.commands import CommandLine
from tests.support.platforms import Refusal
from tests.support.platforms.known import KINDS, known, store_of
from tests.support.steps import say


@pytest.fixture
def filled(source_cli, platforms):
    """(the command line, a platform) of a kind: pulled, and two traces labelled by Bo, one of the test split."""

    def make(kind):
        cli = source_cli
        platform = platforms(kind)
        known(cli, platform)
        cli("source", "pull", "app")
        store = store_of(cli)
        store.execute("update traces set split = case when input = 'question 3?' then 'test' else 'dev' end")
        for number in (2, 3):
            say(store, trace(store, number), "fail", expert="Bo", critique=f"why {number}")
        return cli, platform

    return make


def trace(store, number):
    return store.value("select trace_id from traces where input = :input", input=f"question {number}?")


@pytest.mark.parametrize("kind", KINDS)
def test_a_push_sends_each_label_once_and_only_what_changed(filled, kind):
    cli, platform = filled(kind)
    assert "With --yes 1 note would be" in cli("source", "push", "app", "--labels").stdout and platform.said == {}
    found = cli.json("source", "push", "app", "--labels", "--yes", "--address", "http://plumb.example")
    assert found["counts"]["labels"] == {"new": 1, "changed": 0, "same": 0, "held_back": 1} and found["sent"] == 1
    assert len(platform.said) == 1
    assert "http://plumb.example/dataset?project=1&trace=" in str(platform.said)
    before = len(platform.calls)
    assert cli.json("source", "push", "app", "--labels", "--yes")["sent"] == 0 and len(platform.calls) == before
    say(store_of(cli), trace(store_of(cli), 2), "pass", expert="Bo", critique="now right")
    assert cli.json("source", "push", "app", "--labels", "--yes")["counts"]["labels"]["changed"] == 1
    assert len(platform.said) == 1 and "now right" in str(platform.said) and "why 2" not in str(platform.said)


@pytest.mark.parametrize("kind", KINDS)
def test_what_we_pushed_never_comes_back(filled, kind):
    cli, _ = filled(kind)
    cli("source", "push", "app", "--labels", "--yes")
    store = store_of(cli)
    before = [store.value("select count(*) from labels"), store.value("select count(*) from verdicts")]
    pull = cli.json("source", "pull", "app")
    assert (pull["labels"], pull["verdicts"]) == (0, 0)
    assert [store.value("select count(*) from labels"), store.value("select count(*) from verdicts")] == before


def test_labels_of_the_test_split_leave_only_where_that_is_asked_for(filled):
    cli, platform = filled("phoenix")
    cli("source", "push", "app", "--labels", "--yes")
    assert "why 3" not in str(platform.said)
    cli("source", "push", "app", "--labels", "--yes", "--test")
    assert "why 3" in str(platform.said)


def test_what_came_from_there_is_not_pushed_back(filled):
    cli, platform = filled("phoenix")
    cli("source", "push", "app", "--labels", "--verdicts", "quality", "--yes", "--test")
    assert {one["metadata"]["by"] for one in platform.said.values()} == {"Bo"}


def test_verdicts_carry_the_judge_and_failure_modes_their_name(filled, tmp_path):
    cli, platform = filled("phoenix")
    store = store_of(cli)
    file = tmp_path / "more.csv"
    file.write_text(f"id,input,output,judges.Strict.verdict,judges.Strict.critique,failure_modes\n"
                    f"{trace(store, 2)},question 2?,answer 2,fail,no source,invented\n")
    cli("import", file)
    found = cli.json("source", "push", "app", "--verdicts", "Strict", "--failure-modes", "--yes")
    assert (found["counts"]["verdicts"]["new"], found["counts"]["failure modes"]["new"]) == (1, 1)
    said = {one["name"]: one for one in platform.said.values()}
    assert said["plumbline verdict of Strict"]["annotator_kind"] == "LLM"
    assert said["plumbline verdict of Strict"]["result"]["label"] == "fail"
    assert said["plumbline verdict of Strict"]["metadata"]["by"].startswith("Strict, ")
    assert said["plumbline failure mode"]["result"]["label"] == "invented"


@pytest.mark.parametrize("kind", KINDS)
def test_a_push_that_broke_off_is_finished_and_nothing_stands_twice(filled, kind):
    cli, platform = filled(kind)
    store = store_of(cli)
    plan = pushing.plan(store, "app", pushing.Chosen(labels=True, test=True))
    pushing.send(store, plan)
    # As a kill between the answer and the note of it leaves them.
    store.execute("update source_notes set hash = '', remote = ''")
    assert len(platform.said) == 2
    assert cli.json("source", "push", "app", "--labels", "--yes", "--test")["sent"] == 2
    assert len(platform.said) == 2
    assert all(hash for hash, _ in notes.pushed(store, 1).values())


def test_two_files_of_ours_do_not_overwrite_each_other(filled, platforms, tmp_path):
    cli, platform = filled("phoenix")
    cli("source", "push", "app", "--labels", "--yes")
    other = CommandLine(tmp_path / "other.db")
    known(other, platform)
    pulled = projects.choose(open_store(other.path), None)
    pulling.execute(pulled, pulling.begin(pulled, "app").id)
    pulled.execute("update traces set split = 'dev'")
    say(pulled, trace(pulled, 2), "pass", expert="Bo", critique="theirs")
    other("source", "push", "app", "--labels", "--yes")
    assert len(platform.said) == 2


def test_a_refused_push_says_why_and_keeps_nothing_as_sent(filled):
    cli, platform = filled("phoenix")
    platform.refusals.append(Refusal(403))
    assert "refuses the key" in cli("source", "push", "app", "--labels", "--yes", code=1).output
    assert cli.json("source", "push", "app", "--labels")["counts"]["labels"]["new"] == 1


def test_nothing_chosen_is_said(filled):
    cli, _ = filled("phoenix")
    assert "Say what is pushed" in cli.refused("source", "push", "app")
    assert "no run or judge 'nobody'" in cli.refused("source", "push", "app", "--verdicts", "nobody")
