"""The view Queue: what the sliders give, what cannot be drawn and why, one press one batch, and the files."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import Verdict
from lib.store import experts
from lib.store.review import labels, queues
from lib.workflow.dataset import exchange
from tests.support.pages import fine, opened_page
from tests.support.steps import add, row, say


@pytest.fixture
def open_page(db, monkeypatch):
    """The view as Ann sees it, after what the test has put into the project."""
    def open(**address: str) -> AppTest:
        experts.add(db, "Ann")
        return opened_page(monkeypatch, db, "review", view="Queue", **address)

    return open


@pytest.fixture
def thirty(db, make_trace):
    """t0 to t29 with two dimensions and a judge that failed the first ten."""
    add(db, *(row(make_trace(f"t{n}", dimensions={"topic": (f"v{n % 2}",), "tone": (f"w{n % 3}",)}),
                  verdicts={"judge": Verdict("fail" if n < 10 else "pass")}) for n in range(30)))
    return db


def share(app: AppTest, **shares: int) -> AppTest:
    for name, percent in shares.items():
        app.slider(key=f"queue_share_{name}").set_value(percent)
    return fine(app.run())


def draw(app: AppTest) -> AppTest:
    return fine(app.button(key="queue_draw").click().run())


def given(app: AppTest) -> list[str]:
    """The numbers beside the sliders, unbiased queues first."""
    return [found.value.strip("*") for found in app.markdown if found.value.strip("*").isdecimal()]


def said(app: AppTest) -> str:
    return "\n".join(str(found.value) for kind in ("caption", "info", "success", "error", "markdown")
                     for found in app.get(kind))


def test_without_judge_and_dimensions_their_sliders_are_closed_with_the_reason(open_page, db, make_trace):
    add(db, make_trace("t1"))
    app = open_page()
    closed = {slider.label for slider in app.slider if slider.disabled}
    assert closed == {"Stratified", "Least reviewed", "Judge says fail", "Judge and expert disagree",
                      "Judge's runs disagree", "Judge is unsure", "Users' feedback"}
    assert "Not yet: no users' feedback is imported yet." in said(app)
    assert said(app).count("Not yet: no judge has been run yet.") == 3 and "no dimension is described yet" in said(app)


def test_the_numbers_follow_the_sliders_before_anything_is_drawn(open_page, thirty):
    app = open_page()
    assert given(app) == ["25", *["0"] * 11]
    share(app, random=50, judge_fails=50)
    # Behind the four unbiased queues stand what stands out and one of each group.
    assert given(app) == ["12", *["0"] * 5, "13", *["0"] * 5]
    share(app, random=0)
    assert given(app)[0] == "3" and "Random is raised to 3 of 25" in said(app)
    assert thirty.value("select count(*) from batches") == 0


def test_a_press_draws_one_batch_says_what_came_and_shows_what_waits(open_page, thirty):
    app = open_page()
    app.number_input(key="queue_size").set_value(8)
    share(app, random=0, judge_fails=100)
    draw(app)
    assert "is drawn: Random 1, Judge says fail 7." in said(app)
    assert "Random was raised to 1 of 8" in said(app) and len(queues.listing(thirty, "Ann")) == 8
    shown = app.dataframe[-1].value
    assert list(shown["position"]) == list(range(1, 9)) and "queue" not in shown, "why may tell what the judge said"
    app.toggle(key="why").set_value(True).run()
    assert set(fine(app).dataframe[-1].value["queue"]) == {"Random", "Judge says fail"}
    assert "is drawn" not in said(app)


def test_reviewers_overlap_and_what_waits_for_each(open_page, thirty):
    experts.add(thirty, "Bob")
    app = open_page()
    app.multiselect(key="queue_reviewers").set_value(["Ann", "Bob"]).run()
    app.number_input(key="queue_size").set_value(10)
    app.number_input(key="queue_overlap_2").set_value(4)
    draw(app)
    assert len(queues.listing(thirty, "Bob")) == 10 and len(queues.listing(thirty)) == 14
    app.selectbox(key="for").select("everybody").run()
    assert list(fine(app).dataframe[-1].value["for"]).count("anybody") == 6
    say(thirty, queues.listing(thirty, "Ann")[0]["trace"], "pass")
    app.selectbox(key="for").select("Ann").run()
    assert "1 of 10 done" in said(fine(app))


def test_what_a_queue_needs_besides_is_asked_when_it_is_in_the_mix(open_page, thirty):
    app = open_page()
    assert {box.label for box in app.selectbox} >= {"Waiting for"} and not app.text_input
    share(app, coverage=50, similar=50)
    assert {"Least reviewed: rows", "and columns"} <= {box.label for box in app.selectbox}
    draw(app)
    assert "Say which trace the others should be similar to" in said(app)
    app.text_input(key="queue_anchor").set_value("t5")
    draw(app)
    assert "Batch 1 is drawn" in said(app)


def test_a_batch_is_taken_back(open_page, thirty):
    app = draw(open_page())
    fine(app.button(key="queue_take_back").click().run())
    assert "Nothing waits" in said(app) and queues.listing(thirty) == []


def test_nothing_left_is_said(open_page, thirty):
    for n in range(30):
        say(thirty, f"t{n}", "pass")
    app = draw(open_page())
    assert "Nothing is left to draw" in said(app) and "Nothing waits" in said(app)


def test_a_name_in_a_sentence_is_shown_and_never_obeyed(open_page, thirty):
    name = "![x](http://evil.example/x.png)"
    for n in range(30):
        say(thirty, f"t{n}", "pass", name)
    app = open_page()
    app.multiselect(key="queue_reviewers").set_value([name]).run()
    draw(app)
    assert "labelled by \\!\\[x\\]" in app.error[0].value and "![x](" not in said(app)


def test_the_page_offers_the_queue_as_files_and_the_import_takes_them_back(open_page, thirty):
    app = draw(open_page())
    assert {found.label for found in app.get("download_button")} >= {".csv", ".jsonl", ".xlsx"}
    data = exchange.export(thirty, "queue", "csv").replace(b",Ann,,,,,queue:", b",Ann,pass,because,,,queue:", 1)
    table = exchange.read_file("back.csv", data)
    assert exchange.import_table(thirty, table, exchange.readers.guess(table)).labels == 1
    trace = next(iter(thirty.rows("select t.trace_id from labels l join traces t on t.id = l.trace")))[0]
    assert labels.current(thirty, trace, "Ann").circumstances.queue == "random"
