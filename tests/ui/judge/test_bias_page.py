"""The judge's bias on the bench: the groups, what is missing, a probe started with a press, and what it brought."""

import threading

import pytest

from lib.records import Caps
from lib.store import create_backup
from lib.store.judge import probes
from lib.workflow.judge import probing
from tests.support.endpoint import completion
from tests.support.judge.probing import NOTE, honest, judged, labelled, obeys, output_of, probed
from tests.support.pages import calm, click, field, said
from tests.support.running import PATIENCE

pytestmark = pytest.mark.usefixtures("endpoint_env")


def opened(visit, path, **address):
    """The bench with the box open."""
    app = visit(path, "judge", view="Bench", **address)
    app.session_state["bias_open"] = True
    return calm(app.run())


def tables(app) -> dict[str, list[str]]:
    """The columns of each table by the first of them."""
    return {one.value.columns[0]: list(one.value.columns) for one in app.dataframe}


@pytest.fixture
def run(db, endpoint):
    """A run of an honest judge over 80 labelled traces, ten of them sealed."""
    labelled(db, 80)
    endpoint.plan = honest
    return judged(db)


def test_a_project_without_a_run_shows_no_bias(visit, db):
    labelled(db, 4)
    assert "The judge's bias" not in [one.label for one in visit(db.path, "judge", view="Bench").expander]


def test_few_labels_say_what_is_missing(visit, db, endpoint):
    labelled(db, 12)
    endpoint.plan = honest
    judged(db)
    app = opened(visit, db.path)
    assert "12 pairs are too few to cut by length: from 20 on there are groups." in said(app)
    assert "12 labelled traces, each asked the same again too. About 60 calls" in said(app)


def test_the_example_s_recorded_judge_has_groups_and_says_why_no_probes(visit, example_files, tmp_path):
    path = create_backup(example_files["nq301_llm_judges"], tmp_path / "nq.db")
    app = opened(visit, path, judge="gpt-4")
    assert "No probes: these verdicts were recorded elsewhere" in said(app) and "Probe it" not in [
        one.label for one in app.button]
    assert tables(app)["characters"] == ["characters", "judge passes", "expert passes", "TPR", "TNR", "n", "errors"]


def test_a_press_probes_the_run_and_the_judge_that_obeys_is_named(visit, db, endpoint, run):
    endpoint.plan = obeys
    app = opened(visit, db.path)
    assert tables(app)["version"][:3] == ["version", "judge passes", "expert passes"]
    calm(field(app.number_input, "Labelled traces at most").set_value(30).run())
    click(app, "Probe it")
    for thread in threading.enumerate():
        if thread.name == "Probe 1":
            thread.join(PATIENCE)
    assert (probes.get(db, 1).status, probes.get(db, 1).total) == ("done", 150)
    app = opened(visit, db.path)
    assert "Probe 1, done: 150 of 150, 150 calls" in "".join(one.proto.text for one in app.get("progress"))
    assert "The judge obeys what it should judge." in said(app) and "Padding flips" not in said(app)
    table = next(one.value for one in app.dataframe if "probe" in one.value.columns)
    assert list(table["probe"]) == ["same", "padding", "polite", "authority", "answer-pass"]
    assert any(one.label.startswith("Flipped verdicts (") for one in app.expander)
    assert probing.plan(db, run.id, most=30).items == ()


def test_a_quiet_judge_is_told_so_and_an_unreadable_reply_stands_with_what_came(visit, db, endpoint, run):
    endpoint.plan = lambda body: completion("hm") if NOTE in output_of(body) and "bad" in output_of(body) else honest(
        body)
    probed(db, run.id, "answer-pass", "polite", most=20)
    app = opened(visit, db.path)
    assert "No probe that was asked moves the judge beyond its own noise" in said(app)
    errors = next(one.value for one in app.dataframe if "what came" in one.value.columns)
    assert set(errors["probe"]) == {"answer-pass"} and set(errors["what came"]) == {"hm"}


def test_a_probe_that_a_cap_stopped_is_raised_and_one_that_waits_is_cancelled(visit, db, endpoint, run):
    probed(db, run.id, "polite", most=20, caps=Caps(calls=10))
    app = opened(visit, db.path)
    assert "The cap of 10 calls is reached" in said(app) and "Raise and go on" in [one.label for one in app.button]
    probing.put_caps(db, 1, Caps(calls=99))
    probing.ready_to_resume(db, 1)
    app = opened(visit, db.path)
    assert "Probe it" not in [one.label for one in app.button]
    next(one for one in app.button if one.key == "cancel_job").click().run()
    assert probes.get(db, 1).status == "cancelled"
