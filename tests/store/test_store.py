"""What the store keeps of labels, drafts, prompts, runs and verdicts, and what it counts."""

import sqlite3

import pytest

from lib.records import Counts, UsageError, Verdict
from lib.store import experts, projects
from lib.store.dataset import generations, traces
from lib.store.dataset.traces import Filter
from lib.store.errors import distributions, failure_modes
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from tests.support.steps import add, row, say


def judged(store, *, examples: tuple[int, ...] = (), **outcomes: str | None) -> int:
    """A run of a judge whose verdicts are `t1="pass"`, or an error for None; returns its number."""
    prompt = judges.save_prompt(store, "judge", "{input}", list(examples))
    run = runs.create(store, prompt.key, "model", "embedded")
    for trace, outcome in outcomes.items():
        verdicts.save(store, run, traces.key_of(store, trace),
                      Verdict(outcome, "says the judge", error=None if outcome else "refusal"))
    return run


@pytest.fixture
def three(db, make_trace):
    add(db, make_trace("t1"), make_trace("t2"), make_trace("t3"))
    return db


def test_a_label_is_what_was_said_of_what_was_seen(three):
    label = say(three, "t1", "fail", critique="invents a date")
    assert (label.trace, label.expert, label.outcome, label.critique) == ("t1", "Ann", "fail", "invents a date")
    assert label.created_at.endswith("Z") and label.complete
    assert three.value("select content_hash from labels") == traces.get(three, "t1").content_hash


def test_a_label_is_never_changed_only_succeeded(three):
    say(three, "t1", "fail")
    with pytest.raises(sqlite3.IntegrityError, match="never changed, only succeeded"):
        three.execute("update labels set outcome = 'pass'")
    say(three, "t1", "pass")
    assert [label.outcome for label in labels.history(three, "t1", "Ann")] == ["pass", "fail"]
    assert labels.current(three, "t1", "Ann").outcome == "pass"


def test_the_same_press_sent_twice_is_one_label(three):
    first = say(three, "t1", "pass", token="press 1")
    say(three, "t1", "fail", token="press 2")
    assert say(three, "t1", "pass", token="press 1") == first
    assert [label.outcome for label in labels.history(three, "t1")] == ["fail", "pass"]


def test_a_press_belongs_to_one_trace_and_one_expert(three):
    say(three, "t1", "pass", token="press")
    for trace, expert in (("t2", "Ann"), ("t1", "Bob")):
        with pytest.raises(UsageError, match="open the trace again"):
            say(three, trace, "fail", expert, token="press")
    assert labels.history(three, "t2") == [] and len(labels.history(three, "t1")) == 1


def test_two_experts_label_independently_and_the_first_is_principal(three):
    say(three, "t1", "pass", "Ann")
    say(three, "t1", "fail", "Bob")
    assert [labels.current(three, "t1", name).outcome for name in ("Ann", "Bob")] == ["pass", "fail"]
    assert experts.principal(three).name == "Ann"
    experts.make_principal(three, "Bob")
    assert [(expert.name, expert.is_principal) for expert in experts.every(three)] == [("Bob", True), ("Ann", False)]


def test_a_name_with_blanks_around_it_is_the_same_expert(three):
    assert say(three, "t1", "pass", " Ann ").expert == "Ann"
    assert [expert.name for expert in experts.every(three)] == ["Ann"]


@pytest.mark.parametrize(("trace", "outcome", "expert", "said"), [
    ("t9", "pass", "Ann", "There is no trace 't9'"), ("t1", "good", "Ann", "pass or fail, not 'good'"),
    ("t1", "pass", " ", "An expert needs a name")])
def test_a_label_that_fits_nothing_is_refused_and_leaves_nothing(three, trace, outcome, expert, said):
    with pytest.raises(UsageError, match=said):
        say(three, trace, outcome, expert)
    assert experts.every(three) == [] and three.value("select count(*) from labels") == 0


def test_a_draft_lasts_until_it_is_emptied_or_the_label_is_saved(three):
    labels.save_draft(three, "t1", "Ann", "half a thou")
    labels.save_draft(three, "t1", "Ann", "half a thought")
    labels.save_draft(three, "t2", "Ann", "another")
    assert (labels.draft(three, "t1", "Ann"), labels.draft(three, "t1", "Bob")) == (("half a thought", ""), None)
    say(three, "t1", "pass")
    labels.save_draft(three, "t2", "Ann", "")
    assert labels.draft(three, "t1", "Ann") is labels.draft(three, "t2", "Ann") is None


def test_the_tally_counts_each_trace_once_by_its_newest_label(three, make_trace):
    add(three, make_trace("t4", output=None))
    say(three, "t1", "pass")
    say(three, "t1", "fail", critique=" ")
    say(three, "t2", "pass")
    assert labels.tally(three, "Ann") == {"traces": 3, "labelled": 2, "pass": 1, "fail": 1, "complete": 1,
                                          "explained": 0}


def test_only_complete_newest_labels_of_the_split_can_be_examples(db, make_trace):
    add(db, *(make_trace(name, split="train") for name in ("t1", "t2", "t3")), make_trace("t4", split="test"))
    for name in ("t1", "t3", "t4"):
        say(db, name, "pass")
    say(db, "t2", "pass", critique="")
    say(db, "t3", "fail", critique="newer")
    assert [(found["trace_id"], found["critique"]) for found in labels.candidates(db, "Ann", "train")] == [
        ("t1", "because"), ("t3", "newer")]


def test_a_prompt_version_is_never_edited_only_succeeded(three):
    key = say(three, "t1", "pass").key
    first = judges.save_prompt(three, "judge", "one", [key], note="first")
    second = judges.save_prompt(three, "judge", "two")
    assert (first.number, second.number) == (1, 2)
    with pytest.raises(sqlite3.IntegrityError, match="never edited, only succeeded"):
        three.execute("update prompt_versions set template = 'x'")
    assert [version.template for version in judges.prompts(three, "judge")] == ["two", "one"]
    assert judges.newest_prompt(three, "judge") == second and judges.prompt_by_key(three, first.key) == first
    assert first.examples[0].label.critique == "because" and first.examples[0].trace.id == "t1"


def test_a_newer_label_does_not_change_an_example_shown(three):
    first = judges.save_prompt(three, "judge", "one", [say(three, "t1", "pass").key])
    say(three, "t1", "fail")
    assert judges.prompt_by_key(three, first.key).examples[0].label.outcome == "pass"


def test_a_judge_without_a_prompt_cannot_be_run(three):
    judges.recorded_run(three, "GPT-4")
    with pytest.raises(UsageError, match="recorded verdicts but no prompt"):
        judges.newest_prompt(three, "GPT-4")
    assert judges.every(three) == ["GPT-4"] and judges.with_prompt(three) == []


def test_a_run_freezes_its_traces_labelled_ones_first_and_leaves_out_its_examples(three, make_trace):
    example = say(three, "t1", "pass").key
    say(three, "t3", "fail")
    add(three, make_trace("t4", output=None))
    run = judged(three, examples=(example,))
    add(three, make_trace("t5"))
    assert [traces.by_key(three, key).id for key in runs.pending(three, run)] == ["t3", "t2"]


def test_a_run_counts_what_is_done_and_what_was_an_error(three):
    found = runs.get(three, judged(three, t1="pass", t2=None))
    assert (found.total, found.done, found.errors, found.status) == (3, 2, 1, "queued")
    assert [traces.by_key(three, key).id for key in runs.pending(three, found.id)] == ["t3"]


def test_a_press_of_run_sent_twice_is_one_run(three):
    prompt = judges.save_prompt(three, "judge", "one").key
    assert len({runs.create(three, prompt, "m", "embedded", token="press") for _ in range(2)}) == 1


@pytest.mark.parametrize(("options", "said"), [
    ({"where": Filter(split="holdout")}, "no split 'holdout'"), ({"concurrency": 0}, "Between 1 and 1,024"),
    ({"limit": 0}, "no trace to judge"),
    ({"where": Filter(label="any")}, "these choices leave none that has an output: labelled. Take one away")])
def test_a_run_that_cannot_be_is_refused_and_leaves_nothing(three, options, said):
    prompt = judges.save_prompt(three, "judge", "one").key
    with pytest.raises(UsageError, match=said):
        runs.create(three, prompt, "m", "embedded", **options)
    assert runs.every(three) == []


def test_a_status_moves_only_from_where_it_may_and_a_recorded_run_never(three):
    run, recorded = judged(three), judges.recorded_run(three, "GPT-4")
    assert runs.set_status(three, run, "running", only_from=("queued",))
    assert not runs.set_status(three, run, "done", only_from=("queued",))
    assert not runs.set_status(three, recorded, "running")
    assert (runs.status(three, run), runs.status(three, recorded)) == ("running", "recorded")


def test_a_second_verdict_on_the_same_trace_is_ignored_and_a_half_one_refused(three):
    run = judged(three, t1="pass")
    verdicts.save(three, run, traces.key_of(three, "t1"), Verdict("fail"))
    assert [found["outcome"] for found in verdicts.of_trace(three, "t1")] == ["pass"]
    for half in (Verdict(None), Verdict("pass", error="refusal")):
        with pytest.raises(sqlite3.IntegrityError):
            verdicts.save(three, run, traces.key_of(three, "t2"), half)


def test_agreement_counts_newest_labels_and_keeps_errors_apart(three):
    say(three, "t1", "fail")
    say(three, "t1", "pass")
    say(three, "t2", "fail")
    say(three, "t3", "fail")
    run = judged(three, t1="pass", t2="pass", t3=None)
    assert verdicts.counts(three, run, "Ann") == Counts(pass_pass=1, fail_pass=1, errors=1)
    assert [pair["trace_id"] for pair in verdicts.pairs(three, run, "Ann")] == ["t2"]


def test_an_example_never_counts_in_agreement_not_even_relabelled(three):
    example = say(three, "t1", "pass").key
    say(three, "t2", "pass")
    run = judged(three, examples=(example,), t1="pass", t2="fail")
    say(three, "t1", "fail")
    assert verdicts.counts(three, run, "Ann") == Counts(pass_fail=1)
    assert [pair["trace_id"] for pair in verdicts.pairs(three, run, "Ann", "all")] == ["t2"]


@pytest.mark.parametrize(("kind", "found"), [
    ("disagreements", ["t2", "t3"]), ("judge passed a fail", ["t2"]), ("judge failed a pass", ["t3"]),
    ("errors", ["t4"]), ("all", ["t1", "t2", "t3", "t4"])])
def test_pairs_are_listed_by_kind_with_both_critiques(three, make_trace, kind, found):
    add(three, make_trace("t4"))
    for trace, outcome in (("t1", "pass"), ("t2", "fail"), ("t3", "pass")):
        say(three, trace, outcome)
    run = judged(three, t1="pass", t2="pass", t3="fail", t4=None)
    pairs = verdicts.pairs(three, run, "Ann", kind)
    assert [pair["trace_id"] for pair in pairs] == found
    assert pairs[0]["judge_critique"] == "says the judge"


def test_two_experts_are_compared_on_what_both_labelled(three):
    for trace, expert, outcome in (("t1", "Ann", "pass"), ("t1", "Bob", "fail"), ("t2", "Ann", "fail"),
                                   ("t2", "Bob", "fail"), ("t3", "Ann", "pass")):
        say(three, trace, outcome, expert)
    assert verdicts.counts_between(three, "Ann", "Bob") == Counts(pass_fail=1, fail_fail=1)
    with pytest.raises(UsageError, match=r"no expert 'Cid'.* Ann, Bob"):
        verdicts.counts_between(three, "Ann", "Cid")


def test_failure_modes_count_the_fails_of_the_expert(three):
    add(three, row(traces.get(three, "t1"), Ann="fail"), row(traces.get(three, "t2"), Ann="fail"),
        row(traces.get(three, "t3"), Ann="pass"))
    failure_modes.give(three, "t1", ["invents", " too long ", "invents"])
    failure_modes.give(three, "t3", ["invents"])  # a pass: no fail to count
    failure_modes.add(three, "invents", "states what is not in the context")
    assert failure_modes.of_trace(three, "t1") == ["invents", "too long"]
    assert failure_modes.distribution(three, "Ann") == ({"invents": 1, "too long": 1}, 1, 1)
    failure_modes.give(three, "t1", [])  # none of them is an answer: the fail is coded
    assert failure_modes.distribution(three, "Ann") == ({"invents": 0, "too long": 0}, 1, 1)
    assert failure_modes.every(three)["invents"] == "states what is not in the context"


def test_failure_modes_are_read_in_the_order_the_fails_were_labelled(three):
    for trace in ("t3", "t1", "t2"):
        say(three, trace, "fail")
    failure_modes.give(three, "t3", ["b", "a"])
    failure_modes.give(three, "t1", ["b"])
    assert [sorted(modes) for modes in distributions.as_read(three, "Ann")] == [["a", "b"], ["b"]]
    assert failure_modes.next_uncoded(three, "Ann") == "t2"


def test_a_proposal_becomes_a_synthetic_trace_only_when_accepted(db, make_trace):
    generations.save(db, {"topic": "refunds"}, "p", "m", "embedded", ["one", "two"])
    first, second = (found["id"] for found in generations.proposed(db))
    add(db, make_trace(f"synthetic-{first}"))  # imported from the export of another file
    made = traces.get(db, generations.accept(db, first, "one, edited"))
    generations.reject(db, second, "nobody asks this")
    assert (made.input, made.output, made.source, made.dimensions) == (
        "one, edited", None, "synthetic", {"topic": ("refunds",)})
    assert generations.proposed(db) == [] and traces.count(db) == 2
    with pytest.raises(UsageError, match="decided already"):
        generations.accept(db, second, "two")


def test_settings_belong_to_the_whole_file(db):
    projects.set_setting(db, "model", "a")
    projects.set_setting(db, "model", "b")
    assert projects.setting(projects.create(db, "Other"), "model") == "b"
    projects.set_setting(db, "model", None)
    assert projects.setting(db, "model") is None
