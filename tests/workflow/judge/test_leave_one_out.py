"""With few labels a trace that is an example is judged too, by the prompt without it, and its pair counts for now."""

import pytest

from lib.records import DEV, TRAIN, Counts, Trace, UsageError
from lib.sampling.splits import FEW
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from lib.workflow import figures
from lib.workflow.judge import budget, comparing, judging, versions
from tests.support.endpoint import fenced, prompt_of
from tests.support.running import execute
from tests.support.steps import add, row, say


@pytest.fixture
def few(db, endpoint_env):
    """Six labelled traces, t0 to t5, of which t5 asks what t0 asks; t0 (dev) and t1 are examples of the prompt."""
    add(db, *(row(Trace(f"t{n}", f"question {n % 5}.", f"answer {n}.", split=DEV if n % 5 == 0 else TRAIN),
                  Ann="fail" if n % 2 else "pass") for n in range(6)))
    judging.save_prompt(db, "judge", judging.DEFAULT_TEMPLATE, [keys(db)["t0"], keys(db)["t1"]])
    return db


def keys(store) -> dict[str, int]:
    """Trace -> its label."""
    return {found["trace_id"]: found["label"] for found in labels.candidates(store, "Ann", None)}


def grow(store) -> None:
    """So many more labels that they are few no more."""
    add(store, *(row(Trace(f"more{n}", f"another {n}", "a", split=TRAIN), Ann="pass") for n in range(FEW - 6)))


def shown(endpoint) -> dict[str, set[str]]:
    """Judged output -> the outputs of the examples that its prompt showed."""
    found = {}
    for call in endpoint.chats:
        prompt, trace = prompt_of(call.body), fenced(prompt_of(call.body))
        judged = trace.split("Output:\n")[1].strip()
        found[judged] = {f"answer {n}." for n in range(6) if f"answer {n}." in prompt.replace(trace, "")}
    return found


def test_each_trace_is_judged_by_the_prompt_without_its_own_label_and_without_one_of_an_equal_input(few, endpoint):
    run = execute(few, judging.start_run(few, "judge").id)
    assert run.leave_one_out and run.total == run.done == 6
    both, second = {"answer 0.", "answer 1."}, {"answer 1."}
    assert shown(endpoint) == {"answer 0.": second, "answer 1.": {"answer 0."}, "answer 2.": both, "answer 3.": both,
                               "answer 4.": both, "answer 5.": second}
    found = figures.agreement(few, "judge")
    assert found.counts.n == 6 and "Provisional: 6 labelled traces" in found.provisional
    assert len(verdicts.pairs(few, run.id, "Ann", "all")) == 6


def test_without_it_the_examples_are_neither_judged_nor_counted(few, endpoint):
    run = execute(few, judging.start_run(few, "judge", leave_one_out=False).id)
    assert not run.leave_one_out and run.total == 4 and figures.agreement(few, "judge").counts.n == 4
    assert budget.estimate(few, "judge", "m").calls == 6
    assert budget.estimate(few, "judge", "m", leave_one_out=False).calls == 4


def test_once_labels_are_many_a_label_in_the_prompt_counts_no_more_and_examples_come_from_train(few, endpoint):
    one = execute(few, judging.start_run(few, "judge").id)
    other = execute(few, judging.start_run(few, "judge", anew=True).id)
    assert comparing.compare(few, one.id, other.id).n == 6
    grow(few)
    # t5 is of dev and asks what t0 asks, which is an example: judged without it, it counts; t0 and t1 do not.
    assert figures.agreement(few, "judge").counts.n == 4 and comparing.compare(few, one.id, other.id).n == 4
    with pytest.raises(UsageError, match="'t0' is in the split 'dev': examples come from 'train'"):
        judging.save_prompt(few, "judge", judging.DEFAULT_TEMPLATE, [keys(few)["t0"]])
    with pytest.raises(UsageError, match="Leave-one-out is for fewer than 60"):
        judging.start_run(few, "judge", leave_one_out=True)
    assert not judging.start_run(few, "judge").leave_one_out


def test_any_split_lends_examples_while_labels_are_few(few):
    assert judging.example_split(few) is None
    assert {label for label in versions.suggest(few, 6)} == set(keys(few).values())
    grow(few)
    assert judging.example_split(few) == TRAIN
    assert not {keys(few)["t0"], keys(few)["t5"]} & set(versions.suggest(few, 60))


def test_a_label_given_anew_does_not_make_its_trace_unshown(few, endpoint):
    say(few, "t0", "fail")
    run = execute(few, judging.start_run(few, "judge", leave_one_out=False).id)
    assert run.total == 4 and "t0" not in {pair["trace_id"] for pair in verdicts.pairs(few, run.id, "Ann", "all")}


def test_the_command_line_chooses(few, endpoint):
    from tests.support.commands import CommandLine

    cli = CommandLine(few.path)
    cli("run", "--judge", "judge", "--split", "all", "--no-leave-one-out")
    assert not runs.newest(few, "judge").leave_one_out and runs.newest(few, "judge").total == 4
    cli("run", "--judge", "judge", "--split", "all")
    found = cli.json("agreement", "--judge", "judge")
    assert found["provisional"] and found["n"] == 6 and "Provisional" in cli("agreement", "--judge", "judge").stdout
    assert judges.newest_prompt(few, "judge").number == 1
    assert verdicts.measured(few, found["run"], "Ann").sealed == Counts()
