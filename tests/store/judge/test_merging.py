"""What a merge does to the rows: cut off it leaves nothing, other projects stay, awkward histories come out right."""

import shutil

import pytest

from lib.records import Circumstances, StoreError, Verdict
from lib.store import experts, people, projects, sign_offs
from lib.store.dataset import imported, tables, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import notes
from lib.store.judge import judges, rulings, runs, splits, verdicts
from lib.store.judge.leaving import merging
from lib.store.review import labels, repeats, reveals
from lib.store.roles import RoleError
from tests.support.judge.copies import copy, everything
from tests.support.running import add_traces, outcomes
from tests.support.steps import add, row, say

PROMPT = "{{ input }} {{ output }}"


@pytest.fixture
def parted(db):
    """(our file, a copy of it), each of ten traces, with Ann's label on the first and a judge."""
    add_traces(db, 10)
    say(db, "t0", "pass", token="first")
    judges.save_prompt(db, "judge", PROMPT)
    return db, copy(db, "other")


def ran(store, *said: str, **options) -> int:
    """A run over the first traces with these outcomes; a word that is none is an error."""
    version = judges.newest_prompt(store, "judge")
    run = runs.create(store, version.key, "m", "environment", limit=len(said), **options)
    for key, word in zip(runs.pending(store, run), said, strict=True):
        verdicts.save(store, run, key, Verdict(word) if word in ("pass", "fail") else Verdict(None, error=word))
    runs.set_status(store, run, "done")
    return run


def test_cut_off_in_the_middle_it_leaves_nothing_and_the_next_one_brings_all(parted):
    ours, other = parted
    say(other, "t1", "fail")
    ran(other, "pass", "fail")
    before = everything(ours)
    # Refused behind everything else, as on a full disk.
    ours.execute("create trigger no_room before insert on verdicts begin select raise(abort, 'disk is full'); end")
    with pytest.raises(StoreError, match="Nothing was half written"):
        merging.merge(ours, other.path)
    assert everything(ours) == before
    ours.execute("drop trigger no_room")
    assert merging.merge(ours, other.path).added == 4


def test_a_killed_merge_leaves_a_folder_that_the_next_one_takes_away(parted):
    ours, other = parted
    say(other, "t1", "fail")
    left = ours.path.with_name(f"{ours.path.name}.merging")
    left.mkdir()
    shutil.copy(other.path, left / "copy.db")
    assert merging.merge(ours, other.path).labels == 1 and not left.exists()


def test_other_projects_of_both_files_stay_as_they_are(parted):
    ours, other = parted
    beside = projects.create(ours, "Beside", "Did it?")
    add_traces(beside, 3)
    say(beside, "t0", "fail")
    say(other, "t1", "fail")
    assert merging.merge(ours, other.path).labels == 1
    assert [labels.tally(store, "Ann")["labelled"] for store in (ours, beside)] == [2, 1]
    assert traces.count(beside) == 3


def test_repeats_adjudications_and_the_judge_s_being_known_come_along(parted):
    ours, other = parted
    say(other, "t0", "fail", circumstances=Circumstances(purpose="repeat", mode="blind"), token="r")
    say(other, "t1", "fail", token="a", circumstances=Circumstances(
        "known", "adjudication", "agreed", 7.5, "better", True, "random", False, True))
    reveals.add(other, "t2", "Ann")
    assert merging.merge(ours, other.path).labels == 2
    assert labels.current(ours, "t0", "Ann").outcome == "pass", "a repeat succeeds nothing"
    assert labels.history(ours, "t1")[0].circumstances == labels.history(other, "t1")[0].circumstances
    assert reveals.known(ours, "t2", "Ann")


def test_older_labels_stand_in_the_history_where_their_time_puts_them(parted):
    ours, other = parted
    after(other, "t0", "fail", critique="theirs", token="a")
    after(other, "t0", "pass", critique="repeated", token="b", circumstances=Circumstances(purpose="repeat"))
    after(ours, "t0", "pass", critique="ours", token="c", earlier=other)
    assert merging.merge(ours, other.path).labels == 2
    assert [one.critique for one in labels.history(ours, "t0", "Ann")] == ["ours", "repeated", "theirs", "because"]
    assert labels.current(ours, "t0", "Ann").critique == "ours"
    assert [(pair.first.critique, pair.second.critique) for pair in repeats.pairs(ours, "Ann")] == [
        ("theirs", "repeated")]
    assert [row["critique"] for row in tables.labels(ours)[1]] == ["because", "theirs", "repeated", "ours"]


def test_what_was_said_after_an_adjudication_in_a_copy_is_not_independent(parted):
    ours, _ = parted
    say(ours, "t0", "fail", expert="Ben", token="ben")
    between = verdicts.counts_between(ours, "Ann", "Ben")
    after(ours, "t0", "pass", expert="Ben", token="a", circumstances=Circumstances(purpose="adjudication"))
    apart = copy(ours, "apart")
    after(apart, "t0", "pass", expert="Ben", token="b")
    after(ours, "t0", "pass", expert="Ben", token="c", earlier=apart, circumstances=Circumstances(
        purpose="adjudication"))
    assert merging.merge(ours, apart.path).labels == 1
    assert verdicts.counts_between(ours, "Ann", "Ben") == between and between.n == 1


def test_labels_that_were_edited_in_the_copy_are_listed_and_ours_counts(parted):
    ours, _ = parted
    add(ours, row(traces.Trace("i", "asked", "said"), Ann="pass"))
    edited = copy(ours, "edited")
    edited.execute("drop trigger labels_are_append_only")
    edited.execute("update labels set outcome = 'fail'")
    edited.execute("update labels set token = null where token <> 'first'")
    ours.execute("drop trigger labels_are_append_only")  # as of a label that an import brought, which has none
    ours.execute("update labels set token = null where token <> 'first'")
    found = merging.merge(ours, edited.path)
    assert found.conflicts[0] == ("label of Ann on t0: pass here, fail in the copy, where the same label was edited; "
                                  "ours stays")
    assert found.conflicts[1].endswith("both stay, and ours, pass, counts") and found.labels == 1
    assert [labels.current(ours, name, "Ann").outcome for name in ("t0", "i")] == ["pass", "pass"]
    assert [one.outcome for one in labels.history(ours, "i")] == ["pass", "fail"]
    assert merging.merge(ours, edited.path).labels == 0


def after(store, name: str, outcome: str, earlier=None, **said) -> None:
    """A label that is newer than all of its trace, here and in the file named."""
    newest = max(one.created_at for file in (store, earlier or store) for one in labels.history(file, name))
    while store.value("select strftime('%Y-%m-%dT%H:%M:%fZ')") <= newest:
        pass
    say(store, name, outcome, **said)


def test_people_are_found_under_their_earlier_names_and_what_they_were_called_stays(parted):
    ours, other = parted
    say(other, "t1", "fail", expert="Bobby")
    say(ours, "t2", "pass", expert="Robert")
    say(ours, "t3", "pass", expert="Bobby")
    people.merge(ours, "Bobby", "Robert")
    assert merging.merge(ours, other.path).labels == 1
    [label] = labels.history(ours, "t1")
    assert (label.expert, label.given_as) == ("Robert", "Bobby")
    assert merging.merge(ours, other.path).added == 0


def test_verdicts_that_were_taken_over_stay_so_and_runs_from_before_are_not_doubled(parted):
    ours, _ = parted
    ran(ours, "pass", "fail", "pass")
    other = copy(ours, "later")
    again = runs.create(other, judges.newest_prompt(other, "judge").key, "m", "environment", limit=3)
    assert runs.get(other, again).reused == 3
    found = merging.merge(ours, other.path)
    assert (found.runs, found.verdicts, found.conflicts) == (1, 3, ())
    came = runs.every(ours)[0]
    assert (came.reused, came.status, outcomes(ours, came.id)) == (3, "interrupted", outcomes(other, again))
    assert ours.value("select count(*) from verdicts v join verdicts w on w.id = v.reused and w.run <> v.run") == 3


def test_two_verdicts_of_one_run_on_one_trace_are_listed_and_ours_stays(parted):
    ours, _ = parted
    run = ran(ours, "timeout", "fail")
    other = copy(ours, "later")
    runs.drop_unanswered(other, run)
    verdicts.save(other, run, traces.key_of(other, "t0"), Verdict("pass"))
    assert merging.merge(ours, other.path).conflicts == (
        f"run {run}, trace t0: timeout here, pass in the copy; ours stays",)
    assert outcomes(ours, run)[0][:3] == ("t0", None, "timeout")


def test_recorded_verdicts_come_into_the_one_run_that_holds_them(parted, make_trace):
    ours, other = parted
    add(ours, row(make_trace("a"), verdicts={"gpt": Verdict("pass")}))
    add(other, row(make_trace("b"), verdicts={"gpt": Verdict("fail")}), row(make_trace("a")))
    found = merging.merge(ours, other.path)
    assert (found.traces, found.runs, found.verdicts) == (1, 0, 1)
    assert [one[:2] for one in outcomes(ours, runs.newest(ours, "gpt").id)] == [("a", "pass"), ("b", "fail")]


def test_looks_at_the_test_come_along_once(parted):
    ours, other = parted
    run = ran(other, "pass")
    splits.look(other, run, "the release", "look")
    assert merging.merge(ours, other.path).runs == 1
    assert [look.reason for look in splits.looks(ours, "judge")] == ["the release"]
    merging.merge(ours, other.path)
    assert len(splits.looks(ours, "judge")) == 1


def test_a_version_whose_examples_wait_for_a_sign_off_comes_once_they_are_agreed_to(parted):
    ours, other = parted
    example = say(other, "t1", "fail", critique="too short")
    judges.save_prompt(other, "judge", PROMPT + "!", [example.key])
    ran(other, "pass", where=Filter(search="question 2"))
    first = merging.merge(ours.by("Eve"), other.path)
    assert (first.waiting, first.versions, first.runs) == (1, 0, 0) and "merge again afterwards" in first.conflicts[0]
    [asked] = sign_offs.waiting(ours)
    imported.take_labels(ours, asked.detail["import"])
    sign_offs.decide(ours.by("Ann"), asked.number, sign_offs.AGREED)
    second = merging.merge(ours.by("Eve"), other.path)
    assert (second.waiting, second.versions, second.runs, second.verdicts) == (0, 1, 1, 1)
    assert judges.newest_prompt(ours, "judge").examples[0].label.critique == "too short"


def test_shards_are_put_together_only_where_all_are_done_in_the_same_words(parted):
    ours, other = parted
    parts = [traces.count(ours, Filter(shard=f"{part}/2")) for part in (1, 2)]
    ran(ours, *["pass"] * parts[0], where=Filter(shard="1/2"))
    two = copy(other, "two")
    half = runs.create(two, judges.newest_prompt(two, "judge").key, "m", "environment", where=Filter(shard="2/2"))
    verdicts.save(two, half, runs.pending(two, half)[0], Verdict("pass"))
    another = copy(other, "another")
    judges.save_prompt(another, "judge", PROMPT + "!")
    ran(another, *["pass"] * parts[1], where=Filter(shard="2/2"))
    assert [merging.merge(ours, store.path).joined for store in (two, another)] == [(), ()]
    ran(other, *["fail"] * parts[1], where=Filter(shard="2/2"))
    [joined] = merging.merge(ours, other.path).joined
    assert (runs.get(ours, joined).total, runs.get(ours, joined).chosen) == (10, {})
    assert merging.merge(other, ours.path).joined == () and runs.newest(other, "judge").total == 10


def test_an_expert_s_role_merges_nothing_and_a_pm_s_brings_all(parted):
    ours, other = parted
    say(other, "t1", "fail", expert="Bob")
    with pytest.raises(RoleError):
        merging.merge(ours.by("Ann", role="expert"), other.path)
    assert merging.merge(ours.by("Pat", role="PM"), other.path).labels == 1 and experts.principal(ours).name == "Ann"


def test_rulings_and_notes_come_along_once_and_the_newest_counts(parted):
    ours, other = parted
    run = ran(ours, "fail")
    other = copy(ours, "second")
    verdict, label = (ours.value(f"select max(id) from {table}") for table in ("verdicts", "labels"))
    rulings.add(other, verdict, label, "borderline", "said in the copy", token="theirs")
    notes.save(other, "t0", "Ben", "a note of the copy")
    other.execute("update notes set created_at = '2020-01-01T00:00:00.000Z'")
    other.execute("update rulings set created_at = '2020-01-01T00:00:00.000Z'")
    notes.save(ours, "t0", "Ann", "a newer note here")
    rulings.add(ours, verdict, label, "judge wrong", "newer, here")
    found = merging.merge(ours, other.path)
    assert (found.rulings, found.notes, found.left_out) == (1, 1, {})
    assert [one["text"] for one in notes.history(ours, "t0")] == ["a newer note here", "a note of the copy"]
    assert rulings.case(ours, run, "Ann", "t0").ruling.note == "newer, here"
    assert [row[0] for row in ours.rows("select note from rulings order by id")] == ["said in the copy", "newer, here"]
    assert merging.merge(ours, other.path).added == 0 and ours.value("select min(id) from notes") > 0
    assert ours.rows("pragma foreign_key_check") == []
