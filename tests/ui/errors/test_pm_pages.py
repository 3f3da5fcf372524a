"""What to fix, fixes, insights and cycles as a visitor meets them: what is said, what a press stores, and once."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import DONE, Trace
from lib.store import cycles, jobs
from lib.store.errors import failure_modes, fixes, insights, mode_decisions
from lib.store.review import queues
from lib.workflow.dataset import answering
from lib.workflow.errors import fixing
from lib.workflow.judge import judging
from tests.support.answering import execute, http_system, inputs
from tests.support.pages import bare, fine, opened_page, press
from tests.support.running import ended
from tests.support.steps import add, row, say

HOSTILE = "![x](http://evil.example/x.png) | :red[x] $x$"


@pytest.fixture
def visit(db, monkeypatch):
    """`visit("errors", view="Fixes")` opens a page on the project."""
    def open(page: str, **params: str) -> AppTest:
        return opened_page(monkeypatch, db, page, **params)

    return open


def shown(app: AppTest) -> str:
    kinds = ("subheader", "markdown", "caption", "text", "error", "warning", "info", "success")
    return bare("\n".join(str(found.value) for kind in kinds for found in app.get(kind)))


def submit(app: AppTest, label: str) -> AppTest:
    return fine(next(button for button in app.button if button.label == label).click().run())


@pytest.fixture
def coded(db, make_trace):
    """Twelve labels, four fails of which three are coded, one with a hostile name."""
    add(db, *(row(make_trace(f"t{n}", input=f"input {n}"), Ann="fail" if n < 4 else "pass") for n in range(12)))
    for n, mode in enumerate(("late", "late", HOSTILE)):
        failure_modes.give(db, f"t{n}", [mode])
    return db


def test_the_overview_ranks_and_marks(visit, coded):
    mode_decisions.decide(coded, "late", mode_decisions.Decision(status="fixed", owner="Maya", due_on="2020-01-01"))
    mode_decisions.decide(coded, HOSTILE, mode_decisions.Decision(due_on="2020-01-01"))
    app = visit("errors", view="What to fix")
    text = shown(app)
    assert "12 traces read by a person** so far" in text
    links = [link.proto.label for link in app.get("page_link") if "mode=" in link.proto.query_string]
    assert [bare(link) for link in links] == ["1. late", f"2. {HOSTILE}"]
    assert not any("![x]" in link or ":red[" in link for link in links)
    assert "**2** fails, 67% (12% to 98%)" in text and "**1** fails, 33% (2% to 88%)" in text
    assert "impact medium · fixed without a test · no decision yet · Maya · due 2020-01-01\n" in text
    assert "impact medium · open · no decision yet · nobody's · due 2020-01-01 :red[overdue]" in text


def test_the_page_of_one_is_where_the_address_says_and_a_decision_is_stored(visit, coded):
    app = visit("errors", view="What to fix", mode="late")
    assert [metric.value for metric in app.metric] == ["2 of 3", "2 of 12", "1"]
    assert "At least: 1 of these traces are fails" in shown(app)
    app.selectbox("decision_late").set_value("write an assertion")
    app.selectbox("impact_late").set_value("high")
    app.text_input("owner_late").set_value("Maya")
    submit(app, "Save")
    decided = mode_decisions.get(coded, "late").decided
    assert (decided.decision, decided.impact, decided.owner) == ("write an assertion", "high", "Maya")
    assert "decision: **write an assertion**" in shown(visit("errors", view="What to fix", mode="late"))


def test_an_unknown_mode_in_the_address_is_the_overview(visit, coded):
    assert "In order of frequency × impact" in shown(visit("errors", view="What to fix", mode="gone"))
    assert "66.7%" not in [metric.value for metric in visit("errors", view="What to fix", mode=HOSTILE).metric]


@pytest.mark.parametrize("view", ["What to fix", "Fixes"])
def test_without_failure_modes_the_way_to_them_is_shown(visit, db, make_trace, view):
    add(db, make_trace("t1"))
    assert "No failure mode yet" in shown(visit("errors", view=view))


def test_a_fix_from_the_form_to_verified(visit, db, ai_system):
    inputs(db, 3)
    for version in ("v1", "v2"):
        http_system(db, ai_system, version)
    execute(db, answering.start(db, "v1").id)
    for trace, outcome in (("i0", "fail"), ("i1", "fail"), ("i2", "pass")):
        say(db, trace, outcome)
    failure_modes.give(db, "i0", ["late"])
    failure_modes.give(db, "i1", ["late"])
    app = visit("errors", view="Fixes", mode="late")
    app.text_input("fix_title").set_value("Answer sooner")
    app = fine(app.selectbox("fix_version").set_value("v2").run())
    next(button for button in app.button if button.key == "add_fix").click().run()
    [fix] = fixes.every(db)
    assert (fix.title, fix.traces, fix.modes, fix.system_version) == ("Answer sooner", 3, ("late",), "v2")
    app = visit("errors", view="Fixes", fix="1")
    assert "3 of 3 inputs are not answered by the new version yet" in shown(app)
    press(app, "run_fix")
    ended(db, 2)
    assert jobs.get(db, 2).status == DONE
    assert "3 new answers are still unread" in shown(visit("errors", view="Fixes", fix="1"))
    for trace in ("i0@v2", "i1@v2", "i2@v2"):
        say(db, trace, "pass")
    app = visit("errors", view="Fixes", fix="1")
    assert [metric.value for metric in app.metric] == ["2", "0", "0", "1"]
    assert "2 fixed against 0 newly broken: chance alone could bring that." in shown(app)
    app = press(app, "verify_fix")
    assert "the expert has looked at every new answer" in shown(app)
    press(app, "reopen_fix")
    assert fixes.get(db, 1).status == "reopened"


def test_imported_answers_that_wait_nowhere_are_queued_by_a_press(visit, coded, make_trace):
    fixing.create(coded, "By hand", ["late"], version="new", control=0)
    add(coded, make_trace("n0", input="input 0", system_version="new"))
    app = press(visit("errors", view="Fixes"), "queue_fix")
    assert [item["trace"] for item in queues.listing(coded)] == ["n0"]
    assert "new is not set up here" in shown(app) and "1 new answers are still unread" in shown(app)


def test_an_insight_is_noted_once_with_the_trace_of_the_address(visit, coded):
    app = visit("overview", view="Insights", trace="t1", reviewer="Ann")
    app.text_area[0].set_value(HOSTILE)
    button = next(button for button in app.button if button.label == "Note it")
    app = fine(button.click().run())
    [noted] = insights.every(coded)
    assert (noted.kind, noted.text, noted.author, noted.traces) == ("product", HOSTILE, "Ann", ("t1",))
    assert HOSTILE in [text.value for text in app.text]
    refused = visit("overview", view="Insights", trace="unknown")
    refused.text_area[0].set_value("x")
    assert "There is no trace 'unknown'" in shown(submit(refused, "Note it")) and len(insights.every(coded)) == 1


def test_a_cycle_is_opened_closed_and_the_next_one_offered(visit, coded):
    add(coded, *(Trace(f"new{n}", f"fresh {n}", "out") for n in range(5)))
    app = visit("overview", view="Cycles")
    assert "No cycle is open" in shown(app) and "Only 5 unlabelled traces are left" in shown(app)
    app.number_input("cycle_fresh").set_value(0)
    app = press(app, "open_cycle")
    assert "say why" in shown(app) and cycles.every(coded) == []
    app.number_input("cycle_fresh").set_value(3)
    app = press(app, "open_cycle")
    [cycle] = cycles.every(coded)
    assert len(queues.listing(coded)) == 3 and (cycle.trigger, cycle.closed_at) == ("scheduled", None)
    say(coded, "new0", "pass")
    assert "1 traces read by a person** in this cycle" in shown(visit("overview"))
    app = press(visit("overview", view="Cycles"), f"close_cycle_{cycle.id}")
    assert cycles.every(coded)[0].closed_at and app.expander[0].label == "Open the next cycle"
    assert app.expander[0].proto.expanded


@pytest.mark.parametrize("page", ["overview", "review", "errors"])
def test_an_overdue_cycle_and_a_changed_model_are_said_where_people_work(visit, coded, page):
    assert "overdue" not in shown(visit(page))
    cycles.begin(coded, "incident", HOSTILE, "2020-01-01")
    assert f"A review cycle is overdue since 2020-01-01: incident, {HOSTILE}." in shown(visit(page))
    cycles.note_versions(coded, {"v1"}, {"v2"})
    assert "New version of the AI system: v2. A review cycle is open" in shown(visit(page))


def test_a_common_failure_is_said_before_a_judge_is_built(visit, coded):
    for n in range(4, 12):
        say(coded, f"t{n}", "fail")
        failure_modes.give(coded, f"t{n}", ["late"])
    judging.ensure_judge(coded)
    for page in ("overview", "errors", "judge"):
        text = shown(visit(page, **({"view": "What to fix"} if page == "errors" else {})))
        assert "Fix before you build a judge.** 'late' is in 91% of the coded fails. 100% of 12" in text
