"""Every page without a browser: on no file, an empty project and both examples, and what its forms store."""

import sqlite3

import pytest

from lib.records import Verdict
from lib.store import create_backup, experts, open_store, projects
from lib.store.dataset import traces
from lib.store.judge import judges
from lib.ui import frame
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support.pages import calm, click, field, said
from tests.support.steps import add, row, say

PAGES = ("overview", "dataset", "review", "judge", "errors", "settings")
HEADINGS = {"dataset": "Dataset", "judge": "Judge", "errors": "Error analysis", "settings": "Settings"}
VIEWS = {"dataset": ("Traces", "Import", "Dimensions", "Coverage", "Propose inputs", "Export"),
         "review": ("Desk", "Queue", "Reviewers", "Consistency", "When to stop"),
         "judge": ("Bench", "Disagreements", "Versions", "Splits"),
         "overview": ("Where we are", "Insights", "Cycles", "Sign-offs"), "settings": ("Experts", "Project", "Models"),
         "errors": ("What to fix", "Failure modes", "Name them", "Rates", "Notes", "Groups", "Codes", "Steps", "Fixes",
                    "Checks", "Pass rates")}
LOOKS = [(page, view) for page in PAGES for view in VIEWS.get(page, (None,))]


@pytest.fixture
def nq(example_files, tmp_path):
    """The NQ example: two annotators, recorded verdicts."""
    return create_backup(example_files["nq301_llm_judges"], tmp_path / "nq.db")


@pytest.fixture
def empty(tmp_path):
    return exchange.start_project(open_store(tmp_path / "empty.db"), "Empty", "Did the AI help?").path


@pytest.mark.parametrize("page", PAGES)
def test_without_a_file_every_page_offers_the_examples_and_a_first_project(visit, tmp_path, page):
    app = visit(tmp_path / "none.db", page)
    assert [app.title[0].value] == ([HEADINGS[page]] if page in HEADINGS else [page.capitalize()])
    assert all(example.title in said(app) for example in exchange.EXAMPLES.values())


def test_the_first_visit_opens_an_example(visit, tmp_path):
    app = visit(tmp_path / "none.db", "overview")
    click(app, "Open this example")
    assert traces.count(open_store(tmp_path / "none.db").of(1)) == 884


def test_the_first_visit_starts_a_project_with_its_first_judge(visit, tmp_path):
    app = visit(tmp_path / "none.db", "judge")
    field(app.text_input, "Name of your AI product").input("Ours")
    click(app, "Start a project")
    store = open_store(tmp_path / "none.db").of(1)
    assert projects.current(store).name == "Ours" and judges.with_prompt(store)


@pytest.mark.parametrize(("page", "view"), LOOKS)
def test_every_view_of_an_empty_project_says_what_is_missing(visit, empty, page, view):
    app = visit(empty, page, view=view)
    heading = said(app).splitlines()[0]
    assert heading == HEADINGS.get(page, "Review" if page == "review" else "Empty")


@pytest.mark.parametrize(("page", "text"), [
    ("overview", "No traces yet"), ("dataset", "No traces yet"), ("review", "Nothing to review yet"),
    ("errors", "No traces yet"), ("judge", "Not run yet")])
def test_an_empty_project_says_the_next_thing_to_do(visit, empty, page, text):
    assert text in said(visit(empty, page))


@pytest.mark.parametrize("page", PAGES)
def test_the_example_fills_every_page(visit, example, page):
    example_of = exchange.EXAMPLES["tofueval_meetings"]
    first = {"overview": example_of.title, "review": example_of.question}
    for view in VIEWS.get(page, (None,)):
        assert said(visit(example, page, view=view)).splitlines()[0] == first.get(page, HEADINGS.get(page))


@pytest.mark.parametrize(("page", "view"), LOOKS)
def test_the_example_with_recorded_verdicts_fills_every_view(visit, nq, page, view):
    visit(nq, page, view=view)


def test_a_judge_that_was_never_measured_is_marked_wherever_its_numbers_stand(visit, db, make_trace):
    add(db, row(make_trace("t1", dimensions={"topic": ("a",)}), verdicts={"GPT-4": Verdict("pass")}))
    say(db, "t1", "pass", expert="Bob")
    add(db, make_trace("t2"))
    experts.add(db, "Ann")
    experts.make_principal(db, "Ann")
    pages = [("overview", {}), ("judge", {"judge": "GPT-4"}), ("errors", {"from": "judge", "judge": "GPT-4"})]
    assert all("not validated" in said(visit(db.path, page, **params)) for page, params in pages)
    say(db, "t1", "fail", expert="Ann")
    # The project's own judge, which the overview lists too, has still met no label.
    assert not any("not validated" in said(visit(db.path, page, **params)) for page, params in pages[1:])


def test_figures_of_a_measured_judge_stand_with_interval_and_counts(visit, nq):
    app = visit(nq, "judge", judge="gpt-4")
    tiles = {tile.label: tile.value for tile in app.metric}
    assert tiles["Pairs"] == "1,488" and tiles["Errors"] == "2"
    assert "95 %" in said(app)


def test_a_newer_file_is_a_sentence_and_stays_as_it_is(visit, example):
    with sqlite3.connect(example) as connection:
        connection.execute("pragma user_version = 9999")
    connection.close()
    before = example.read_bytes()
    for page in PAGES:
        assert "newer Plumbline" in said(visit(example, page))
    assert example.read_bytes() == before


def test_a_file_that_is_none_is_a_sentence(visit, tmp_path):
    (tmp_path / "letter.db").write_text("Dear reader, " * 100)
    assert "is not a SQLite file" in said(visit(tmp_path / "letter.db", "review"))


@pytest.mark.parametrize("params", [
    {"trace": "no such"}, {"view": "no such"}, {"judge": "no such"}, {"run": "no such"}, {"page": "-3"},
    {"page": "9" * 30}, {"label": "no such"}, {"dimension": "no such", "value": "x"}, {"project": "999"},
    {"version": "-1"}, {"by": "no such"}, {"from": "no such"}, {"in_run": "x"}, {"combination": "{"}, {"cell": "[1]"},
    {"since": "2026-02-31"}, {"until": "soon"}, {"view": "Failure modes", "cut": "month", "point": "soon"},
    {"view": "Failure modes", "mode": "9" * 30, "part": "no such"}, {"view": "Name them", "group": "no such"}],
    ids=str)
def test_an_address_with_a_word_that_is_unknown_is_answered(visit, example, params):
    for page in PAGES:
        visit(example, page, **params)


def test_a_filter_in_the_address_narrows_the_table(visit, example):
    app = visit(example, "dataset", label="fail", dimension="assistant", value="model_A")
    found = traces.count(open_store(example).of(1), traces.Filter(label="fail", dimension="assistant", value="model_A"))
    assert 0 < found < 309 and f"{found:,} traces" in said(app)


def test_a_prompt_is_saved_as_a_new_version_and_the_old_one_stays(visit, example):
    store = open_store(example).of(1)
    app = visit(example, "judge", one_text="true")
    first = judges.newest_prompt(store, judging.DEFAULT_JUDGE)
    field(app.text_area, "Prompt").input(first.template + "\nBe strict.")
    field(app.text_input, "What did you change, and why?").input("stricter")
    click(app, "Save")
    saved = judges.prompts(store, judging.DEFAULT_JUDGE)
    assert [version.template for version in saved] == [first.template + "\nBe strict.", first.template]
    assert saved[0].note == "stricter"


def test_an_unknown_placeholder_is_a_sentence_and_nothing_is_saved(visit, example):
    app = visit(example, "judge", one_text="true")
    field(app.text_area, "Prompt").input("Judge {{ nothing_known }}: {{ trace }}")
    app = click(app, "Save")
    assert "nothing_known" in "".join(error.value for error in app.error).replace("\\", "")
    assert len(judges.prompts(open_store(example).of(1), judging.DEFAULT_JUDGE)) == 1


def test_settings_add_experts_and_crown_one(visit, db):
    experts.add(db, "Ann")
    app = visit(db.path, "settings")
    field(app.text_input, "Name of somebody else who works here").input("Bob")
    app = click(app, "Add")
    assert experts.principal(db).name == "Ann"
    calm(next(button for button in app.button if button.key == "do_principal_Bob").click().run())
    assert experts.principal(db).name == "Bob" and len(experts.every(db)) == 2


def test_an_empty_name_or_question_is_a_sentence(visit, db):
    app = visit(db.path, "settings")
    assert "needs a name" in said(click(app, "Add"))
    app = visit(db.path, "settings", view="Project")
    field(app.text_input, "The one question the expert answers with pass or fail").input(" ")
    assert "cannot be empty" in said(click(app, "Save"))


def test_plain_hides_every_mark_of_markdown():
    assert frame.plain("![a](b) $x$ :red[c] <i>\r\n# d") == (
        r"\!\[a\]\(b\) \$x\$ \:red\[c\] \<i\>" + "  \n" + r"\# d")
