"""What starts a run, without a browser: which traces it reads, what stands there before, and a list taken over."""

from urllib.parse import parse_qs

import pytest

from lib.models import local_model
from lib.records import Verdict
from lib.sampling.queues import QueueItem
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, runs, verdicts
from lib.store.review import queues
from lib.ui import filters
from lib.workflow.judge import judging
from tests.support.pages import calm, click, field, said
from tests.support.running import ended
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE


@pytest.fixture
def ten(db, make_trace):
    """Six dev traces, three of them real and two labelled, four train ones, and the first judge."""
    add(db, *(row(make_trace(f"d{n}", split="dev", source="real" if n < 3 else "synthetic", system_version="v1",
                             dimensions={"topic": ("ab"[n % 2],)}), **({"Ann": "pass"} if n in (0, 4) else {}))
              for n in range(6)), *(make_trace(f"t{n}", split="train", source="real") for n in range(4)))
    judging.ensure_judge(db)
    return db


def forecast(app) -> str:
    """How many traces the run would read, as the page says before it is started."""
    return next(line for line in said(app).splitlines() if ". About" in line or "no trace to judge" in line)


def opened(app):
    app.session_state["starter_open"] = True
    return calm(app.run())


def test_dev_and_what_is_labelled_are_chosen_first(visit, ten, endpoint_env):
    app = visit(ten.path, "judge")
    assert field(app.selectbox, "Split").value == "dev" and field(app.checkbox, "only labelled traces").value
    assert forecast(app).startswith("2 traces. About 2 calls, ")
    app = calm(field(app.checkbox, "only labelled traces").set_value(False).run())
    assert forecast(app).startswith("6 traces. About 6 calls, ")
    app = calm(field(app.selectbox, "Split").set_value("all").run())
    assert forecast(app).startswith("10 traces. ")


def test_every_other_choice_narrows_what_is_counted_and_what_is_run(visit, ten, endpoint_env):
    app = visit(ten.path, "judge", run_labelled="false")
    for label, value, n in (("Source", "real", "3 traces"), ("Dimension", "topic", "3 traces"),
                            ("Value", "a", "2 traces"), ("System version", "v1", "2 traces")):
        app = calm(field(app.selectbox, label).set_value(value).run())
        assert forecast(app).startswith(f"{n}. ")
    app = calm(field(app.text_input, "Search").set_value("question of d2").run())
    assert forecast(app).startswith("1 trace. ")
    click(app, "Run these traces")
    run = ended(ten, 1, runs, "run")
    assert (run.split, run.total, run.done) == ("dev", 1, 1)
    assert run.chosen == {"split": "dev", "source": "real", "dimension": "topic", "value": "a", "system_version": "v1",
                          "search": "question of d2"}
    app = visit(ten.path, "judge")
    assert field(app.selectbox, "Run").options[0].startswith(
        "1: version 1, test-model, dev, real, system version v1, topic: a, with the text 'question of d2', 1 trace, ")


def test_choices_that_leave_nothing_are_named_before_the_press_and_after_it(visit, ten, endpoint_env):
    app = visit(ten.path, "judge", run_split="test", run_since="2030-01-01")
    says = "these choices leave none that has an output: test, labelled, since 2030-01-01. Take one away"
    assert says in forecast(app)
    app = click(app, "Run these traces")
    assert any(says in error.value.replace("\\", "") for error in app.error) and runs.every(ten) == []


def test_what_a_judge_has_judged_and_a_queue_drew_can_be_left_out(visit, ten, endpoint_env):
    run = runs.create(ten, judges.newest_prompt(ten, JUDGE).key, "m", "embedded")
    verdicts.save(ten, run, runs.pending(ten, run)[0], Verdict("pass"))
    queues.create(ten, {"random": 100}, [QueueItem("d4", "random", True), QueueItem("d5", "random", True)], seed=1)
    app = opened(visit(ten.path, "judge", run_labelled="false", run_unjudged=JUDGE))
    assert forecast(app).startswith("5 traces. ")
    app = calm(field(app.selectbox, "Queue").set_value("random").run())
    assert forecast(app).startswith("2 traces. ")


def test_a_list_of_the_dataset_page_is_taken_over_whole(visit, ten, endpoint_env):
    runs.create(ten, judges.newest_prompt(ten, JUDGE).key, "m", "embedded")  # else the starter is open anyway
    where = Filter(source="real", label="pass", combination='{"topic": "a"}')
    app = visit(ten.path, "judge", view="Bench", **filters.of_a_run(ten, where))
    assert (field(app.selectbox, "Split").value, field(app.selectbox, "Source").value) == ("all", "real")
    assert "Only labelled pass, topic: a" in said(app) and not [one for one in app.checkbox]
    assert forecast(app).startswith("1 trace. ") and "start" not in app.query_params
    app = click(app, "Show all")
    assert forecast(app).startswith("7 traces. ") and "run_other" not in app.query_params


def test_the_dataset_page_leads_there_with_its_filter(visit, ten, endpoint_env):
    queues.create(ten, {"random": 100}, [QueueItem("d0", "random", True)], seed=1)
    app = visit(ten.path, "dataset", split="dev", label="any", queue="Random")
    link = next(one for one in app.get("page_link") if one.proto.label == "Run a judge on these traces")
    assert parse_qs(link.proto.query_string) == {"view": ["Bench"], "start": ["yes"], "run_split": ["dev"],
                                                 "run_labelled": ["true"], "run_queue": ["Random"]}


@pytest.mark.parametrize("words", [{"run_other": "[1]"}, {"run_other": "{"}, {"run_other": '{"nobody": "knows"}'},
                                   {"run_other": '{"combination": "x"}'}, {"run_other": '{"transition": "[]"}'},
                                   {"run_since": "soon"}, {"run_queue": "none", "run_source": "7", "run_value": "x"}])
def test_a_link_that_says_nonsense_narrows_nothing(visit, ten, endpoint_env, words):
    app = visit(ten.path, "judge", view="Bench", run_split="all", run_labelled="false", start="yes", **words)
    assert forecast(app).startswith("10 traces. ")


def test_of_the_embedded_model_as_many_are_offered_as_it_does_in_two_minutes(visit, ten):
    model = local_model.find_weights().name
    run = runs.create(ten, judges.newest_prompt(ten, JUDGE).key, model, "embedded")
    for key in runs.pending(ten, run)[:3]:
        verdicts.save(ten, run, key, Verdict("pass", milliseconds=60_000))
    app = opened(visit(ten.path, "judge", run_labelled="false"))
    # A minute each and two at once: four in two minutes.
    assert field(app.number_input, "Traces at most").value == 4
    assert "The embedded model judges about 4 traces in two minutes on this machine." in said(app)
    assert forecast(app).startswith("4 traces. ") and forecast(app).endswith(" About 2 minutes on this machine.")
    app = calm(field(app.number_input, "Traces at most").set_value(5).run())
    app = calm(field(app.selectbox, "Source").set_value("real").run())
    assert field(app.number_input, "Traces at most").value == 5, "what was typed stays"
