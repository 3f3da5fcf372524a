"""What a judge must beat: always pass and a local classifier, on the same pairs, never on rows it was fitted on."""

import math

import pytest

from lib.records import Verdict
from lib.statistics import baselines
from lib.statistics.baselines import Item
from lib.store.dataset import traces
from lib.store.judge import baselines as stored
from lib.store.judge import judges, runs, verdicts
from lib.workflow.judge import baselines as work
from tests.support.commands import CommandLine
from tests.support.steps import add, row

WORDS = "alpha beta gamma delta epsilon zeta eta theta iota kappa".split()


def item(number: int, good: bool) -> Item:
    """An output that repeats its context where it is good, and says something else where it is not."""
    source = f"{WORDS[number % 10]} {WORDS[(number + 3) % 10]} on day {number}"
    return Item(f"what about {WORDS[number % 10]}?", source if good else f"nothing known of {number + 500}", source,
                "pass" if good else "fail")


def test_the_classifier_learns_what_tells_passes_from_fails_and_fits_the_same_each_time():
    train, new = ([item(number, number % 3 > 0) for number in numbers] for numbers in (range(60), range(60, 90)))
    first, again = baselines.fitted(train), baselines.fitted(train)
    assert first(new) == again(new) == [one.label for one in new]
    assert first([]) == []


def test_texts_without_a_word_are_judged_by_their_overlaps():
    train = [Item("", "" if number % 2 else "!?", "", "pass" if number % 2 else "fail") for number in range(20)]
    assert set(baselines.fitted(train)(train)) <= {"pass", "fail"}


def test_overlaps_are_shares_of_different_words_pairs_and_numbers():
    found = baselines.overlaps(Item("Is it red?", "It is red 7", "it is blue 7", "pass"))
    # Words it, is, red, 7. Of these the input has it, is, red and the context it, is, 7. Of the pairs it-is, is-red,
    # red-7 the sources have it-is alone (the input has is-it and it-red). The one number stands in the context. Of
    # the context's it, is, blue, 7 the output has all but blue.
    assert found == [math.log1p(4), math.log1p(4), 4 / 8, 3 / 4, 3 / 4, 1 / 3, 1.0, 3 / 4]


@pytest.mark.parametrize(("passes", "fails", "says"), [(0, 0, "0 pass, 0 fail"), (30, 4, "30 pass, 4 fail"),
                                                       (9, 5, "")])
def test_too_few_labels_of_either_outcome_are_said(passes, fails, says):
    found = baselines.why_not([item(n, True) for n in range(passes)] + [item(n, False) for n in range(fails)])
    assert says in found and bool(found) == bool(says)


@pytest.fixture
def judged(db, make_trace):
    """Forty train labels, thirty dev ones, and a judge that is right on twenty-nine of those, with no reply on one."""
    def trace(name, number, split):
        made = item(number, number % 3 > 0)
        return row(make_trace(name, input=made.input, output=made.output, context={"source": made.context},
                              split=split), Ann=made.label)

    add(db, *(trace(f"t{n}", n, "train") for n in range(40)), *(trace(f"d{n}", n, "dev") for n in range(40, 70)))
    key = judges.save_prompt(db, "judge", "{{ trace }}").key
    run = runs.create(db, key, "m", "environment")
    for number in range(70):
        name = f"{'t' if number < 40 else 'd'}{number}"
        verdicts.save(db, run, traces.key_of(db, name), Verdict(None, error="timeout") if number == 69 else Verdict(
            "pass" if number % 3 > 0 else "fail"))
    runs.set_status(db, run, "done")
    return db, run


def test_all_are_measured_on_the_judges_readable_pairs_outside_train(judged):
    db, run = judged
    found = work.measured(db, run)
    judge, always, local = found.lines
    assert found.train == 40 and found.whole and {line.counts.n for line in found.lines} == {29}
    assert {one[5] for one in stored.measured(db, run, "Ann")} == {f"d{n}" for n in range(40, 69)}
    # Of 40 to 68 every third is a fail: 42, 45 … 66, which are nine.
    assert (always.counts.pass_pass, always.counts.fail_pass) == (20, 9)
    assert judge.figures["agreement"].value == 1.0 and local.figures["kappa"].value == 1.0
    assert (always.against.fixed, always.against.broken) == (9, 0) and always.beaten and not local.beaten


def test_the_sentence_says_whether_the_judge_is_worth_its_price(judged):
    db, run = judged
    _, always, local = work.measured(db, run).lines
    assert work.verdict(always) == ("The judge beats always pass. Only the judge is right on 9 of 29 pairs, only "
                                      "always pass on 0 (p = 0.004, exact test by groups of traces that share an input "
                                      "or a session).")
    assert "does not beat the local classifier: as far as these pairs tell, it is not worth" in work.verdict(local)


def test_what_is_missing_is_said_and_no_figure_is_nought(db, make_trace):
    add(db, *(row(make_trace(f"t{n}", split="train"), Ann="pass", verdicts={"bot": Verdict("pass")})
              for n in range(8)))
    run = runs.newest(db, "bot").id
    found = work.measured(db, run)
    assert {line.why for line in found.lines} == {"No pair of this run is outside the split 'train': run the judge on "
                                                  "dev."}
    assert found.lines[1].figures["agreement"].value is None
    add(db, row(make_trace("d", split="dev"), Ann="fail", verdicts={"bot": Verdict("fail")}))
    found = work.measured(db, run)
    assert [line.counts.n for line in found.lines] == [1, 1, 0]
    assert "8 pass, 0 fail" in work.verdict(found.lines[2])


def test_the_mark_moves_with_labels_and_verdicts_and_else_stays(judged, make_trace):
    db, run = judged
    first = work.mark(db, run)
    assert first == work.mark(db, run) != work.mark(db, run, every=True)
    add(db, row(make_trace("more", split="train"), Ann="fail"))
    assert work.mark(db, run) != first


def test_the_command_prints_judge_and_baselines_on_the_same_pairs(judged):
    cli = CommandLine(judged[0].path)
    found = cli.json("baselines", "--judge", "judge")
    assert (found["run"], found["train"], found["n"]) == (judged[1], 40, 29)
    assert [line["name"] for line in found["lines"]] == ["judge", "always pass", "the local classifier"]
    assert found["lines"][1]["tnr"]["value"] == 0 and found["lines"][1]["beaten"] is True
    assert "The judge beats always pass" in cli("baselines", "--run", judged[1]).stdout
    assert "Name one of" in cli.refused("baselines")
