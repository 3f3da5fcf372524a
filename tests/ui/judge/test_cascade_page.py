"""The cascade on the bench: how far a judge can be left alone, a cascade by a press, who decided, the expert asked."""

import pytest

from lib.records import Decision, Verdict
from lib.records.decision import SYSTEM_ONE
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from lib.store.review import queues
from lib.workflow.judge import cascades, judging, kinds
from tests.support.pages import calm, click, said
from tests.support.steps import add, row

N = 40


@pytest.fixture
def judged(db, make_trace):
    """Forty labelled dev traces: sure and right but for every fifth, which is .52; a second judge is always right."""
    add(db, *(row(make_trace(f"d{n}", split="dev"), Ann="pass" if n % 2 else "fail") for n in range(N)))
    add(db, *(row(make_trace(f"u{n}", split="dev")) for n in range(20)))
    judging.ensure_judge(db)
    for version, sure in ((kinds.save(db, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not.")), True),
                          (judges.newest_prompt(db, judging.DEFAULT_JUDGE), False)):
        run = runs.create(db, version.key, "m", "environment", where=Filter(split="dev", label="any"))
        for n in range(N):
            p = (0.9 if n % 2 else 0.1) if n % 5 else 0.52
            outcome = ("pass" if p >= 0.5 else "fail") if sure else "pass" if n % 2 else "fail"
            verdicts.save(db, run, traces.key_of(db, f"d{n}"), Verdict(outcome, "so", model="m", p_pass=p if sure else
                                                                       None))
        runs.set_status(db, run, "done")
    return db


def opened(visit, judged):
    app = visit(judged.path, "judge", judge=str(next(
        number for number, name in judges.numbers(judged).items() if name == "quick")))
    app.session_state["cascade_open"] = True
    return calm(app.run())


def test_the_share_is_looked_at_and_the_cascade_made_by_a_press(visit, judged):
    app = opened(visit, judged)
    assert "Alone on 80% of 40 labelled traces of dev at 100%" in said(app)
    app = calm(app.selectbox(key="cascade_then").set_value(judging.DEFAULT_JUDGE).run())
    app = calm(app.select_slider(key="cascade_share").set_value(0.6).run())
    click(app, "Make the cascade")
    made = judges.newest_prompt(judged, f"quick, then {judging.DEFAULT_JUDGE}").cascade
    assert made.share <= 0.6 and made.then == judging.DEFAULT_JUDGE and made.first == "quick"


def test_without_an_answer_on_dev_it_says_what_to_do(visit, db, make_trace):
    add(db, row(make_trace("d0", split="dev"), Ann="pass"))
    kinds.save(db, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not."))
    run = runs.create(db, judges.newest_prompt(db, "quick").key, "m", "environment", where=Filter(split="dev"))
    verdicts.save(db, run, traces.key_of(db, "d0"), Verdict(None, error="refusal"))
    runs.set_status(db, run, "done")
    app = opened(visit, db)
    assert "has answered nothing yet" in " ".join(one.value for one in app.error)


def test_a_cascade_says_who_decided_and_asks_the_expert(visit, judged):
    version, _, _ = cascades.make(judged, "both", "quick", judging.DEFAULT_JUDGE, share=0.8)
    run = runs.create(judged, version.key, "m", "environment")
    for n in range(N):
        by = "first" if n % 5 else "second"
        verdicts.save(judged, run, traces.key_of(judged, f"d{n}"), Verdict(
            "pass" if n % 2 else "fail", p_pass=0.52 if by == "second" else 0.9, decided_by=by))
    for n in range(20):
        verdicts.save(judged, run, traces.key_of(judged, f"u{n}"), Verdict("pass", p_pass=0.51, decided_by="second"))
    runs.set_status(judged, run, "done")
    app = visit(judged.path, "judge", judge=str(next(
        number for number, name in judges.numbers(judged).items() if name == "both")))
    assert "Who decides" in [one.value for one in app.header] and "decides alone below" in said(app)
    shown = next(one.value for one in app.dataframe if "decided" in one.value.columns)
    assert list(shown["decided"]) == [32, 28] and shown["agreement"][0].startswith("100%")
    click(app, "Ask the expert")
    waits = queues.listing(judged, "Ann")
    assert {one["queue"] for one in waits} == {"random", "unsure"} and {one["trace"][0] for one in waits} == {"u"}
