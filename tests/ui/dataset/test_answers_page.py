"""The view where the AI system answers: versions, a job as a real process, its errors, and nothing sent unseen."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import DONE
from lib.store import jobs
from lib.store.dataset import systems, traces
from lib.workflow.dataset import answering
from tests.support.ai_system import SECRET
from tests.support.answering import answered, execute, http_system, inputs
from tests.support.endpoint import html
from tests.support.pages import fine, opened_page, press
from tests.support.running import ended
from tests.support.steps import say


@pytest.fixture
def open_page(db, endpoint_env, monkeypatch):
    """The view as a visitor sees it."""
    def open() -> AppTest:
        return opened_page(monkeypatch, db, "dataset", view="Get outputs")

    return open


def shown(app: AppTest) -> str:
    return "\n".join(str(found.value) for kind in ("markdown", "caption", "text", "error", "warning")
                     for found in app.get(kind))




def test_without_a_version_one_can_be_added_and_no_model_answers_in_its_place(open_page, db, endpoint_env, ai_system):
    inputs(db, 2)
    app = open_page()
    assert "neither the judge's nor the generator's model" in shown(app)
    assert [button.key for button in app.button if button.key == "start_answers"] == []
    assert app.get("button_group")[-1].options == ["OpenAI-compatible endpoint", "HTTP endpoint"]
    fields = {field.key: field for field in (*app.text_input, *app.text_area)}
    assert fields["system_openai_base_url"].value == ""  # the judge's own address is not filled in
    fields["system_openai_version"].set_value("v1")
    app = press(app, "add_system")
    assert "Address is missing" in shown(app) and systems.every(db) == [] and endpoint_env.calls == 0


def test_a_version_added_by_the_form_stores_no_secret(open_page, db, monkeypatch):
    monkeypatch.setenv("SHOP_KEY", SECRET)
    app = open_page()
    for key, value in {"version": "v1", "base_url": "http://127.0.0.1:9/v1", "key_variable": "SHOP_KEY",
                       "model": "shop"}.items():
        app.text_input(f"system_openai_{key}").set_value(value)
    app = press(app, "add_system")
    [system] = systems.every(db)
    assert (system.kind, system.config["key_variable"], system.config["timeout"]) == ("openai", "SHOP_KEY", 120.0)
    assert SECRET not in repr(system) + shown(app)
    app.text_input("system_openai_key_variable").set_value("sk-1234567890")
    app.text_input("system_openai_version").set_value("v2")
    assert "The key itself is never stored" in shown(press(app, "add_system")) and len(systems.every(db)) == 1


def test_a_press_has_inputs_answered_by_a_process_of_its_own(open_page, db, ai_system):
    inputs(db, 3)
    http_system(db, ai_system, "v1")
    app = open_page()
    assert f"3 wait. They are sent to {ai_system.url}/v1" in shown(app)
    press(app, "start_answers")
    [job] = jobs.every(db)
    ended(db, job.id)
    assert jobs.get(db, job.id).status == DONE and len(answered(db)) == 3
    assert "0 wait" in shown(open_page())


def test_answered_ones_are_answered_again_by_a_newer_version(open_page, db, ai_system):
    inputs(db, 3)
    for version in ("v1", "v2"):
        http_system(db, ai_system, version)
    execute(db, answering.start(db, "v1").id)
    say(db, "i1", "fail")
    app = open_page()
    app = fine(app.radio("answer_which").set_value("also what other versions have answered").run())
    app = fine(app.selectbox("answer_label").set_value("fail").run())
    assert "1 waits" in shown(app)
    press(app, "start_answers")
    ended(db, jobs.every(db)[0].id)
    assert traces.get(db, "i1@v2").output == "said: input 1." and traces.count(db) == 4


def test_errors_are_listed_with_what_came_and_a_stopped_job_can_go_on(open_page, db, ai_system):
    inputs(db, 4)
    http_system(db, ai_system, "v1")
    plan, ai_system.plan = ai_system.plan, lambda body: html()
    execute(db, answering.start(db, "v1", concurrency=1).id)
    app = open_page()
    assert "not one answer has come" in shown(app).replace("\\", "")
    [errors] = [table.value for table in app.dataframe if "what came" in table.value]
    assert list(errors["id"]) == ["i0", "i1", "i2"] and "Please log in" in errors["what came"][0]
    ai_system.plan = plan
    press(app, "resume_job")
    ended(db, 1)
    assert jobs.get(db, 1).status == DONE and answered(db) == ["i3"]


def test_a_job_that_waits_can_be_cancelled(open_page, db, ai_system):
    inputs(db, 2)
    http_system(db, ai_system, "v1")
    app = open_page()
    answering.start(db, "v1")
    press(fine(app.run()), "cancel_job")
    assert jobs.get(db, 1).status == "cancelled" and ai_system.ledger == []


def test_a_python_function_is_offered_only_where_the_environment_names_one(open_page, db, monkeypatch):
    monkeypatch.setenv("PLUMBLINE_CALLABLE", "tests.support.callables:says")
    app = open_page()
    app = fine(app.get("button_group")[-1].set_value("python").run())
    assert "tests.support.callables:says" in shown(app).replace("\\", "")
    assert not [field for field in app.text_input if field.key == "system_python_callable"]
    app.text_input("system_python_version").set_value("p1")
    press(app, "add_system")
    assert systems.get(db, "p1").config["callable"] == "tests.support.callables:says"
