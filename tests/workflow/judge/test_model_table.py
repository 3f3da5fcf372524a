"""Models side by side on the same labelled traces: agreement, cost and time, tests against one, cheapest that holds."""

import pytest

from lib.records import Counts, UsageError, Verdict
from lib.sampling.splits import holds
from lib.statistics.costs import Candidate, cheapest
from lib.store import prices
from lib.store.dataset import traces
from lib.store.judge import decisions, judges, runs, verdicts
from lib.workflow.judge import model_table
from tests.support.commands import CommandLine
from tests.support.pages import field, said
from tests.support.steps import add, row

JUDGE = "judge"


@pytest.fixture
def two(db, make_trace):
    """Twenty dev traces, ten passes before ten fails, and one version with two models: strong is right on all.

    weak fails t0 to t3, which Ann passed, and brings no readable reply for t19.
    """
    add(db, *(row(make_trace(f"t{n}", split="dev"), Ann="pass" if n < 10 else "fail") for n in range(20)))
    judges.save_prompt(db, JUDGE, "{{ trace }}")
    ran(db, "strong", ["pass"] * 10 + ["fail"] * 10)
    ran(db, "weak", ["fail"] * 4 + ["pass"] * 6 + ["fail"] * 9 + [None], milliseconds=100)
    return db


def ran(store, model: str, outcomes, milliseconds: int = 500, tokens: int = 1_000, **options) -> int:
    """A done run of the newest version with these outcomes, in the order of its traces."""
    version = judges.newest_prompt(store, JUDGE)
    run = runs.create(store, version.key, model, "environment", address="http://a", anew=True,
                      limit=len(outcomes), **options)
    for key, outcome in zip(runs.pending(store, run), outcomes, strict=True):
        verdicts.save(store, run, key, Verdict(outcome, error=None if outcome else "timeout", prompt_tokens=tokens,
                                               completion_tokens=0, milliseconds=milliseconds))
    runs.set_status(store, run, "done")
    return run


def only(store, **options):
    [[found]] = model_table.measured(store, JUDGE).values()
    return model_table.table(store, found, **options)


def test_two_models_on_the_same_traces_are_tested_against_each_other(two):
    found = only(two)
    strong, weak = found.lines
    assert (strong.name, strong.counts, strong.p) == ("strong", Counts(10, 0, 0, 10), None)
    assert (weak.name, weak.counts) == ("weak", Counts(6, 4, 0, 9, 1))
    # Four of strong's right ones are wrong: 2 / 2^4 = 0.125. The error on t19 is neither fixed nor broken.
    assert (weak.fixed, weak.broken, weak.p) == (0, 4, 0.125)
    assert weak.against == "0 fixed, 4 broken, p = 0.125" and strong.against == "–"
    back = only(two, against="weak")
    assert (back.reference.name, back.lines[0].fixed, back.lines[0].broken) == ("weak", 4, 0)
    with pytest.raises(UsageError, match="'other' is not among these models: strong, weak"):
        only(two, against="other")


def test_money_and_seconds_stand_beside_it_for_a_hundred_traces(two):
    prices.put(two, "strong", 3, 0)
    strong, weak = only(two).lines
    # 20 × 1,000 × 3 / 1,000,000 = 0.06 for 20 traces, 0.3 for 100; 20 × 0.5 s = 10 s, 50 s for 100.
    assert (strong.each.cost, strong.each.seconds) == (pytest.approx(0.3), 50)
    assert (weak.each.cost, weak.why, weak.each.seconds) == (None, "no price of weak in Settings, Models", 10)


def test_only_the_newest_done_run_of_a_model_on_the_same_traces_stands_in_it(two):
    newer = ran(two, "strong", ["pass"] * 9 + ["fail"] * 11)
    few = ran(two, "third", ["pass"] * 5)
    going = ran(two, "weak", ["pass"] * 20)
    runs.set_status(two, going, "paused")
    [sets] = model_table.measured(two, JUDGE).values()
    assert [([run.id for run in one.runs], one.words) for one in sets] == [
        ([newer, 2], "all splits, 20 labelled traces"), ([few], "all splits, 5 labelled traces")]


def test_a_model_at_two_addresses_is_two_lines(two):
    version = judges.newest_prompt(two, JUDGE)
    run = runs.create(two, version.key, "weak", "embedded", anew=True)
    for key in runs.pending(two, run):
        verdicts.save(two, run, key, Verdict("pass"))
    runs.set_status(two, run, "done")
    assert [line.name for line in only(two).lines] == ["strong", "weak at http://a", "weak at embedded"]


def test_sealed_pairs_stand_in_no_figure(db, make_trace):
    add(db, *(row(make_trace(f"t{n}", split="test" if n % 2 else "dev"), Ann="pass" if n % 4 else "fail")
              for n in range(60)))
    judges.save_prompt(db, JUDGE, "{{ trace }}")
    for model in ("one", "two"):
        ran(db, model, ["pass"] * 60)
    found = only(db)
    assert [line.counts.n for line in found.lines] == [30, 30] and found.sealed == 30


def test_judges_recorded_elsewhere_stand_side_by_side_on_the_traces_they_share(db, make_trace):
    for n in range(6):
        told = {"one": Verdict("pass"), **({"two": Verdict("fail" if n == 5 else "pass")} if n else {})}
        add(db, row(make_trace(f"t{n}"), Ann="fail" if n == 5 else "pass", verdicts=told))
    add(db, row(make_trace("lone"), Ann="pass", verdicts={"three": Verdict("pass")}))
    found = model_table.recorded(db, "one")
    assert ([run.judge for run in found.runs], found.left) == (["one", "two"], ("three",))
    one, two = model_table.table(db, found).lines
    # t0, which two never judged, stands in neither.
    assert (one.counts, two.counts) == (Counts(4, 0, 1, 0), Counts(4, 0, 0, 1))
    assert (two.fixed, two.broken, two.p, two.each.cost, two.why) == (1, 0, 1, None, "recorded elsewhere")
    assert model_table.recorded(db, "nobody") is None
    said = CommandLine(db.path)("compare-models", "--judge", "one", project="Test")
    assert "two\tAgreement 5 of 5 (100%) (95 % interval 57% to 100%)" in said.stdout
    assert "left aside, for they share no labelled trace: three" in said.stderr


def test_the_target_is_held_where_tpr_and_tnr_are_both_above_it():
    # TPR 95 of 100; TNR 90, 91 of 100.
    assert holds(Counts(95, 5, 9, 91), 0.9) is True
    assert holds(Counts(95, 5, 10, 90), 0.9) is False
    assert holds(Counts(95, 5), 0.9) is None
    assert holds(Counts(75, 25, 25, 75), 0.7) is False  # below the least that is of use


@pytest.mark.parametrize(("models", "name", "says"), [
    ([("a", True, 2.0), ("b", True, 1.0), ("c", False, 0.1)], "b", "Cheapest that holds the target: b, cost 1.00"),
    ([("a", True, 1.0), ("b", True, 1.0)], "a", "Cheapest that hold the target: a and b"),
    ([("a", True, 2.0), ("b", True, None)], None, "cannot be told: the cost is not known of b (x)"),
    ([("a", False, 2.0), ("b", True, None)], "b", "Only b holds the target (cost not known: x)"),
    ([("a", False, 1.0), ("b", None, 1.0)], None, "No model holds the target. Of b that cannot be told"),
    ([("a", False, 1.0)], None, "No model holds the target.")])
def test_the_cheapest_that_holds_the_target_is_named_or_why_not(models, name, says):
    found = cheapest([Candidate(*one, why="x") for one in models])
    assert found[0] == name and says in found[1]


def test_the_command_line_shows_the_table(two):
    prices.put(two, "strong", 3, 0)
    cli = CommandLine(two.path)
    found = cli.json("compare-models", "--judge", JUDGE, "--against", "weak")
    assert (found["version"], found["reference"], found["cheapest"]) == (1, "weak", "strong")
    strong, weak = found["models"]
    assert (strong["holds_target"], weak["holds_target"], strong["fixed"], weak["errors"]) == (True, False, 4, 1)
    assert strong["per_100"]["cost"] == pytest.approx(0.3) and weak["why_no_cost"].startswith("no price")
    words = cli("compare-models", "--judge", JUDGE, "--version", 1).stdout
    assert "weak\tAgreement 15 of 19 (79%), 1 error (" in words and "0 fixed, 4 broken, p = 0.125" in words
    assert "Only strong holds the target (cost 0.3 per 100 traces). The target: TPR and TNR above 90%." in words
    assert "No run of version 2 that is done meets a label" in cli.refused(
        "compare-models", "--judge", JUDGE, "--version", 2)


def test_the_page_shows_the_table(visit, two):
    decisions.set_target(two, 0.6)
    app = visit(two.path, "judge", judge=JUDGE, view="Models")
    [table] = [found.value for found in app.dataframe]
    strong, weak = (dict(zip(table["figure"], table[name], strict=True)) for name in ("strong", "weak"))
    assert (strong["above 60%"], weak["above 60%"], weak["errors"]) == ("yes", "no", "1")
    assert strong["cost per 100"] == "– (no price of strong in Settings, Models)" and "retires" not in strong
    assert weak["against strong"] == "0 fixed, 4 broken, p = 0.125"
    assert "Only strong holds the target" in said(app) and "(and above 80%)" in said(app)
    field(app.selectbox, "Against").select("weak").run()
    assert "against weak" in list(app.dataframe[0].value["figure"]) and app.query_params["against"] == "weak"


def test_what_is_missing_is_said(visit, db, make_trace):
    judges.save_prompt(db, JUDGE, "{{ trace }}")
    assert "No expert yet" in said(visit(db.path, "judge", judge=JUDGE, view="Models"))
    add(db, row(make_trace("t1"), Ann="pass"))
    assert "No model measured yet" in said(visit(db.path, "judge", judge=JUDGE, view="Models"))
    assert traces.count(db) == 1
