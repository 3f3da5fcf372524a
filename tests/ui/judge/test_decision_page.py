"""Decision judges on the bench: made and edited in a form, their probabilities read, the threshold moved and used."""

from dataclasses import replace

import pytest

from lib.records import Decision, Verdict
from lib.records.decision import LOGPROBS, SYSTEM_ONE, likely
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import fits, judges, runs, verdicts
from lib.workflow.judge import fitting, judging, kinds, versions
from tests.support.pages import calm, click, field, said
from tests.support.steps import add, row

PER_SPLIT = 80


def probability(n: int) -> float:
    """Too low by far, and wrong on one in eight."""
    high = (n % 2 == 0) != (n % 8 == 7)
    return round((0.26 if high else 0.11) + (n % 5) * 0.02, 2)


@pytest.fixture
def judged(db, make_trace):
    """Traces of train and dev, every second one a pass, and the probabilities of one version."""
    add(db, *(row(make_trace(f"{split}{n}", split=split), Ann="fail" if n % 2 else "pass")
              for split in ("train", "dev") for n in range(PER_SPLIT)))
    judging.ensure_judge(db)
    version = kinds.save(db, "quick", Decision(SYSTEM_ONE, "It helps.", "It does not."))
    for split in ("train", "dev"):
        run = runs.create(db, version.key, "jev", "environment", where=Filter(split=split))
        for n in range(PER_SPLIT):
            verdicts.save(db, run, traces.key_of(db, f"{split}{n}"),
                          Verdict("fail", p_pass=probability(n), model="jev-1"))
        runs.set_status(db, run, "done")
    return db


def opened(visit, db, judge: str = "quick"):
    return visit(db.path, "judge", judge=str(next(
        number for number, name in judges.numbers(db).items() if name == judge)))


def test_the_level_is_said_first_and_a_threshold_is_looked_at_before_it_is_used(visit, judged):
    version = judges.newest_prompt(judged, "quick")
    app = opened(visit, judged)
    assert "its probabilities are too low" in said(app) and "cut at .5" in said(app)
    before = len(runs.every(judged))
    app = calm(app.select_slider(key="miss_cost").set_value(5.0).run())
    assert "where a missed fail costs 5" in said(app) and fits.in_force(judged, version.key, "jev-1") is None
    assert len(runs.every(judged)) == before
    app = click(app, "Use this threshold")
    made = fits.in_force(judged, version.key, "jev-1")
    assert made.miss_cost == 5 and made.method == "platt" and len(runs.every(judged)) == before + 2
    app = calm(app.run())
    assert f"In force is the threshold {made.threshold:.3f}, this one" in said(app)
    shown = next(one.value for one in app.dataframe if "at .5" in one.value.columns)
    assert list(shown["on dev"]) == ["Kappa", "TPR", "TNR", "Agreement", "Brier", "AUC"]


def test_a_threshold_is_void_for_another_version_and_said_to_be(visit, judged):
    fitting.fit(judged, "quick")
    version = kinds.save(judged, "quick", Decision(SYSTEM_ONE, "It helps a lot.", "It does not."))
    run = runs.create(judged, version.key, "jev", "environment", where=Filter(split="dev"))
    verdicts.save(judged, run, traces.key_of(judged, "dev0"), Verdict("fail", p_pass=0.3, model="jev-1"))
    runs.set_status(judged, run, "done")
    assert "learnt for version 1, answered by jev-1, is void here" in said(opened(visit, judged))


def test_a_judge_is_made_in_the_form_and_its_next_version_there_too(visit, judged):
    app = opened(visit, judged)
    app.session_state["new_judge_open"] = True
    app = calm(app.run())
    app = calm(app.segmented_control(key="new_judge_kind").set_value("decision").run())
    field(app.text_input, "Name").input("second")
    app.selectbox(key="new_judge_wire").set_value(LOGPROBS)
    app.text_area(key="new_judge_pass").input("Good.")
    app = calm(click(app, "Add a judge"))
    assert "Say what pass means and what fail means" in " ".join(one.value for one in app.error)
    app.text_area(key="new_judge_fail").input("Bad.")
    click(app, "Add a judge")
    made = judges.newest_prompt(judged, "second").decision
    assert (made.wire, made.passes, made.fails) == (LOGPROBS, "Good.", "Bad.")
    app = opened(visit, judged, "second")
    start = judges.newest_prompt(judged, "second")
    versions.keep(judged, start, replace(versions.draft(judged, start), parameters='{"temperature": 0.5}'))
    app = calm(app.text_area(key=f"asked_{start.key}_pass").input("Better.").run())
    click(app, "Save")
    next_one = judges.newest_prompt(judged, "second")
    assert (next_one.number, next_one.decision.passes, next_one.decision.wire) == (2, "Better.", LOGPROBS)
    assert next_one.parameters == {"temperature": 0.5} and next_one.parent == start.key
    app = calm(opened(visit, judged, "second").text_area(key=f"asked_{next_one.key}_fail").input(" ").run())
    app = calm(click(app, "Save"))
    assert "Say what pass means and what fail means" in " ".join(one.value for one in app.error)
    assert judges.newest_prompt(judged, "second").number == 2


def test_what_writes_no_words_offers_nothing_that_needs_them(visit, judged):
    app = opened(visit, judged)
    boxes = [one.label for one in app.expander]
    assert "Have a model draft it" not in boxes and "Rules, and the critiques behind them" not in boxes
    assert "The prompt as the model gets it" in boxes and "gives no critique" in said(app)
    assert not any("No critique asked for" in one.value for one in app.caption)
    app.session_state["preview_open"] = True
    app = calm(app.run())
    assert any("Does the output pass?" in one.value for one in app.code)
    assert "Have a model draft it" in [one.label for one in opened(visit, judged, judging.DEFAULT_JUDGE).expander]


def test_a_verdict_says_its_probability_and_no_reason(visit, judged):
    run = max(one.id for one in runs.every(judged) if one.split == "dev")
    assert [likely("fail", 0.268), likely("pass", 1.0), likely("pass", None)] == ["fail, .27", "pass, 1.00", "pass"]
    app = visit(judged.path, "judge", run=str(run), judge=str(next(
        number for number, name in judges.numbers(judged).items() if name == "quick")))
    assert any("judge fail, " in button.label.replace("\\", "") for button in app.button)
    [pair] = [one for one in verdicts.pairs(judged, run, "Ann", "all", 500) if one["trace_id"] == "dev0"]
    assert pair["probability"] == probability(0)


def test_versions_say_why_none_leaves_as_a_file(visit, judged):
    app = visit(judged.path, "judge", view="Versions", judge=str(next(
        number for number, name in judges.numbers(judged).items() if name == "quick")))
    assert "an export as a file takes only judges that write their verdict" in said(app)


def test_before_any_answer_it_says_what_to_run(visit, judged):
    kinds.save(judged, "quick", Decision(SYSTEM_ONE, "It helps much.", "It does not."))
    assert "has answered nothing yet" in said(opened(visit, judged))
