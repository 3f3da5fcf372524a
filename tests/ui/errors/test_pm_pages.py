"""What to fix, fixes, insights and cycles as a visitor meets them: what is said, what a press stores, and once."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import DONE, Trace
from lib.store import cycles, jobs
from lib.store.errors import assertions, failure_modes, fixes, insights, mode_decisions, mode_history
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
    kinds = ("header", "subheader", "markdown", "caption", "text", "error", "warning", "info", "success")
    return bare("\n".join(str(found.value) for kind in kinds for found in app.get(kind)))


def at(app: AppTest, name: str) -> str | None:
    """A word of the address."""
    found = app.query_params.get(name)
    return found[0] if isinstance(found, list) else found


def labels(app: AppTest) -> list[str]:
    return [bare(link.proto.label) for link in app.get("page_link")]


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
    assert f"mode={mode_decisions.get(coded, HOSTILE).key}" in app.get("page_link")[1].proto.query_string
    assert [bare(link) for link in links] == ["1. late", f"2. {HOSTILE}"]
    assert not any("![x]" in link or ":red[" in link for link in links)
    assert "**2 failure modes** in 3 coded fails, 1 not yet" in text and "Name why 1 more fail failed" in labels(app)
    assert "**2** fails, 67% (12% to 98%)" in text and "**1** fail, 33% (2% to 88%)" in text
    assert "impact medium · fixed without a test · no decision yet · Maya · due 2020-01-01\n" in text
    assert "impact medium · open · no decision yet · nobody's · due 2020-01-01 :red[overdue]" in text


def test_the_page_of_one_is_where_the_address_says_and_a_decision_is_stored(visit, coded):
    app = visit("errors", view="What to fix", mode="late")
    assert [metric.value for metric in app.metric] == ["2 of 3", "2 of 12", "1"]
    assert "At least: 1 of these traces are fails" in shown(app)
    key = mode_decisions.get(coded, "late").key
    assert at(app, "mode") == str(key)
    app.selectbox(f"decision_{key}").set_value("write an assertion")
    app.selectbox(f"impact_{key}").set_value("high")
    app.text_input(f"owner_{key}").set_value("Maya")
    submit(app, "Save")
    decided = mode_decisions.get(coded, "late").decided
    assert (decided.decision, decided.impact, decided.owner) == ("write an assertion", "high", "Maya")
    assert "Decision: **write an assertion**" in shown(visit("errors", view="What to fix", mode="late"))


def test_a_link_survives_a_rename_and_says_what_became_of_a_failure_mode(visit, coded):
    late, hostile = (mode_decisions.get(coded, name).key for name in ("late", HOSTILE))
    app = visit("errors", view="Failure modes", mode=str(late))
    app.text_input(f"called_{late}").set_value("slow")
    app.text_area(f"defined_{late}").set_value("Later than a minute.")
    app = submit(app, "Save words")
    assert mode_decisions.get(coded, "slow").definition == "Later than a minute."
    for address in ({"view": "Failure modes", "mode": str(late)}, {"view": "What to fix", "mode": "late"},
                    {"view": "Failure modes", "failure_mode": "late"}, {"view": "What to fix", "mode": "slow"}):
        app = visit("errors", **address)
        assert ("“late” is called “slow” now." in shown(app)) == ("late" in address.values())
        assert app.header[0].value == "slow" and at(app, "mode") == str(late)
    for word in ("gone", "999"):
        text = shown(visit("errors", view="What to fix", mode=word))
        assert "There is no failure mode" in text and word in text and "1 not yet" in text
    mode_history.merge(coded, hostile, late)
    app = visit("errors", view="Failure modes", mode=str(hostile))
    assert f"“{HOSTILE}” was merged into “slow”." in shown(app) and app.header[0].value == "slow"
    mode_history.reject(coded, late)
    assert "“slow” was rejected and counts no more." in shown(visit("errors", view="Failure modes", mode=str(late)))
    waits = mode_history.propose(coded, "odd", "", [])
    assert "“odd” was proposed by a model" in shown(visit("errors", view="Failure modes", mode=str(waits)))


@pytest.mark.parametrize(("view", "now", "part"), [
    ("Pass rates", "Rates", None), ("Groups", "Name them", "Group them"), ("Codes", "Name them", "Name each fail"),
    ("Notes", "Name them", "Write notes"), ("Steps", "Failure modes", "Steps"), ("Fixes", "Failure modes", "Fixes"),
    ("Checks", "Failure modes", "Checks"), ("Failure modes", "Failure modes", "Facts")])
def test_links_of_earlier_versions_lead_to_the_right_place(visit, coded, view, now, part):
    app = visit("errors", view=view, mode="late")
    assert (at(app, "view"), at(app, "part")) == (now, part)
    if now == "Failure modes":
        assert at(app, "mode") == str(mode_decisions.get(coded, "late").key)


def test_a_link_that_only_cuts_rates_leads_to_them(visit, coded):
    assert at(visit("errors", over="month"), "view") == "Rates"
    assert at(visit("errors"), "view") == "What to fix"


def test_what_belongs_to_one_failure_mode_stands_under_it(visit, coded):
    late, hostile = (str(mode_decisions.get(coded, name).key) for name in ("late", HOSTILE))
    fixing.create(coded, "Answer sooner", ["late"], version="v2", control=0)
    assertions.add(coded, "soon", "latency", {"most": 10}, "late")
    for mode, there in ((late, True), (hostile, False), ("", True)):
        fixes_of = shown(visit("errors", view="Failure modes", mode=mode, part="Fixes"))
        checks_of = shown(visit("errors", view="Failure modes", mode=mode, part="Checks"))
        assert ("Answer sooner" in fixes_of, "**soon**" in checks_of) == (there, there)
        assert ("1 more is of other failure modes" in checks_of) == (mode == hostile and there)


def test_the_first_look_of_a_project_without_failure_modes_says_what_there_is(visit, db, make_trace):
    add(db, row(make_trace("t1"), Ann="fail"), row(make_trace("t2"), Ann="pass"))
    app = visit("errors")
    assert "1 fail, 1 of them with a critique or a note." in shown(app) and "Name failure modes" in labels(app)
    mode_history.propose(db, "odd", "", [])
    assert "A model has proposed 1 group" in shown(visit("errors"))


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
    assert "new is not set up here" in shown(app) and "1 new answer is still unread" in shown(app)


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
    assert "1 trace read by a person** in this cycle" in shown(visit("overview"))
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
        assert "Fix before you build a judge. 'late' is in 91% of the coded fails. 100% of 12" in text.replace("**", "")
