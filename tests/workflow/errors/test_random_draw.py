"""The second figure beside a corrected rate: only of traces that the random queue drew labels from."""

import pytest

from lib.records import Circumstances, Verdict
from lib.store.dataset import traces
from lib.store.judge import verdicts
from lib.store.review import queues
from lib.workflow.errors import rates
from lib.workflow.review import queueing
from tests.support.commands import CommandLine
from tests.support.steps import add, row, say

RANDOM = Circumstances(queue="random")


def judged(make_trace, names) -> list:
    """The judge passes all but every fourth."""
    return [row(make_trace(name, input=f"question {name}"), verdicts={"judge": Verdict("pass" if n % 4 else "fail")})
            for n, name in enumerate(names)]


@pytest.fixture
def drawn(db, make_trace):
    """Of 100 judged traces Ann labelled 5 before any draw, then 30 that the random queue drew: she agrees."""
    add(db, *judged(make_trace, [f"t{n}" for n in range(100)]))
    for n in range(5):
        say(db, f"t{n}", "pass" if n % 4 else "fail")
    queueing.draw(db, ["Ann"], 30, {"random": 100}, seed=3)
    while (item := queues.next_open(db, "Ann")) is not None:
        say(db, item.trace, "pass" if int(item.trace[1:]) % 4 else "fail", circumstances=RANDOM)
    return db


def test_it_is_of_what_the_draw_was_open_to_and_rests_on_what_it_drew(drawn):
    found = rates.corrected(drawn, "judge")
    # 95 were open: 2 of the 5 labelled before are judged fail, so 23 of the 95 are.
    assert (found.two_phase.drawn, found.two_phase.judged, found.two_phase.later) == (30, 95, 0)
    assert found.two_phase.rate.value == pytest.approx(72 / 95)
    assert found.two_phase.rate.low < 72 / 95 < found.two_phase.rate.high


def test_what_was_stored_after_the_draw_is_counted_apart(drawn, make_trace):
    add(drawn, *(make_trace(f"n{n}", input=f"new {n}") for n in range(7)))
    for n in range(7):
        verdicts.save(drawn, 1, traces.key_of(drawn, f"n{n}"), Verdict("fail"))
    found = rates.corrected(drawn, "judge")
    assert (found.two_phase.drawn, found.two_phase.judged, found.two_phase.later, found.unlabelled) == (30, 95, 7, 72)
    assert found.two_phase.rate.value == pytest.approx(72 / 95)
    assert "7 traces were stored after the draw: it says nothing of them" in CommandLine(drawn.path)(
        "rates", "--corrected", "--judge", "judge", project="Test").stdout


def test_labels_that_no_random_queue_drew_give_no_second_figure(db, make_trace):
    add(db, *judged(make_trace, [f"t{n}" for n in range(60)]))
    for n in range(40):
        say(db, f"t{n}", "pass" if n % 4 else "fail")
    found = rates.corrected(db, "judge")
    assert found.two_phase.rate.value is None and "there are 0" in found.two_phase.rate.why
    assert found.corrected.value is not None


def test_the_command_line_says_what_it_rests_on(drawn):
    cli = CommandLine(drawn.path)
    said = cli("rates", "--corrected", "--judge", "judge", project="Test").stdout
    assert "Two-phase: 76% (95 % interval" in said and "of 95 traces, 30 of them labelled. It rests on" in said
    assert rates.table(drawn, source="judge").two_phase.text in said
    told = cli.json("rates", "--corrected", "--judge", "judge", project="Test")["two_phase"]
    assert (told["n_drawn"], told["n"], told["n_later"], told["why"]) == (30, 95, 0, "")
    assert told["rate"]["low"] < told["rate"]["value"] < told["rate"]["high"]
