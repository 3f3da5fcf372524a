"""The corrected pass rate from a run's probabilities, beside the one from its verdicts: command line, JSON, record."""

import pytest

from lib.records import Decision, Verdict
from lib.records.decision import SYSTEM_ONE
from lib.store.dataset import traces
from lib.store.judge import runs, verdicts
from lib.workflow.errors import rates
from lib.workflow.judge import kinds
from tests.support.commands import CommandLine
from tests.support.steps import add, row

LABELLED, UNSEEN = 80, 120


def passes(n: int, one_in: int) -> bool:
    """Of the labelled every second fails, of the unseen every fourth."""
    return n % one_in != 0


def probability(passed: bool, n: int) -> float:
    """Too low by far and wrong on one in eight, passes and fails spread alike."""
    return round((0.26 if passed != (n % 8 in (3, 4) and n % 16 < 8) else 0.11) + (n % 5) * 0.02, 2)


@pytest.fixture
def run(db, make_trace):
    """A run with probabilities over labelled traces of dev and unlabelled ones of test."""
    return answered(db, make_trace, LABELLED, tells=True)


def answered(db, make_trace, labelled: int, tells: bool) -> int:
    add(db, *(row(make_trace(f"d{n}", split="dev"), Ann="pass" if passes(n, 2) else "fail") for n in range(labelled)),
        *(row(make_trace(f"u{n}", split="test")) for n in range(UNSEEN)))
    version = kinds.save(db, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not."))
    made = runs.create(db, version.key, "jev", "environment")
    for name, many, one_in in (("d", labelled, 2), ("u", UNSEEN, 4)):
        for n in range(many):
            p = probability(passes(n, one_in), n)
            verdicts.save(db, made, traces.key_of(db, f"{name}{n}"),
                          Verdict("pass" if p >= 0.2 else "fail", model="jev-1", p_pass=p if tells else None))
    runs.set_status(db, made, "done")
    return made


def test_it_stands_beside_the_one_from_verdicts_and_is_told_as_json(db, run):
    found = rates.corrected(db, "quick")
    likely = found.probable
    assert (likely.labelled, likely.unseen) == (LABELLED, UNSEEN)
    assert likely.rate.low < 0.75 < likely.rate.high  # three of four unseen pass; half of the labelled do
    assert abs(likely.rate.value - 0.75) < 0.1
    assert likely.rate.high - likely.rate.low < 1.25 * (found.corrected.high - found.corrected.low)
    cli = CommandLine(db.path)
    said = cli("rates", "--corrected", "--judge", "quick").stdout
    assert f"By its probabilities: {likely.rate.value:.0%}" in said and f"calibrated by {LABELLED} labels" in said
    told = cli.json("rates", "--corrected", "--judge", "quick")["by_probabilities"]
    assert told["n"] == UNSEEN and told["rate"]["value"] == pytest.approx(likely.rate.value)
    table = cli.json("rates", "--judge", "quick")["by_probabilities"]
    assert table == told  # the same traces: those of train and dev are seen


def test_the_expert_and_else_the_judge_are_added_up(db, run):
    both = rates.table(db, source="both", judge="quick").probable
    alone = rates.table(db, source="judge", judge="quick").probable
    part = UNSEEN / (UNSEEN + LABELLED)
    assert both.rate.value == pytest.approx(part * alone.rate.value + (1 - part) * 0.5)
    assert rates.table(db, source="expert").probable is None


def test_verdicts_without_a_probability_are_no_random_part_so_that_the_rate_is_refused(db, run):
    other = kinds.save(db, "quick", Decision(SYSTEM_ONE, "It helps a lot.", "It does not."))
    untold = runs.create(db, other.key, "jev", "environment")
    for name, many in (("d", LABELLED), ("u", UNSEEN)):
        for n in range(many):
            p = None if name == "u" and n < 8 else probability(passes(n, 2), n)  # 8 of 200
            verdicts.save(db, untold, traces.key_of(db, f"{name}{n}"), Verdict("pass", model="jev-1", p_pass=p))
    runs.set_status(db, untold, "done")
    found = rates.corrected(db, "quick", untold).probable
    assert found.rate.value is None and "4% of its verdicts have no probability" in found.text


@pytest.mark.parametrize("labelled,tells", [(12, True), (LABELLED, False)])
def test_too_few_labels_are_a_reason_and_without_probabilities_there_is_no_line(db, make_trace, labelled, tells):
    answered(db, make_trace, labelled, tells)
    found = rates.corrected(db, "quick").probable
    told = CommandLine(db.path).json("rates", "--corrected", "--judge", "quick")["by_probabilities"]
    if tells:
        assert found.rate.value is None and "not enough labels" in found.text
        assert told["rate"] is None and "there are 6 and 6" in told["why"]
    else:
        assert found is None and told is None
