"""The views Notes, Groups and Codes without a browser: what they show, and what their buttons do."""

import pytest
from streamlit.testing.v1 import AppTest

from lib.store import experts
from lib.store.errors import analyses, codings, failure_modes, mode_history, notes
from lib.ui import press_guard
from lib.workflow.errors import analysing
from tests.support.coding import KINDS, by_kind, executed, fails
from tests.support.pages import fine, opened_page, press
from tests.support.steps import add, say

HOSTILE = "**bold** $x^2$ ![](http://127.0.0.1:9/x.png) <img src=x> :red[a]\n# title"


@pytest.fixture
def open_page(db, endpoint_env, monkeypatch):
    """`open_page("Codes", codes="agreement")`: a view as a visitor of that address sees it."""
    monkeypatch.setattr(press_guard, "SHOWN_AT_LEAST", 0)
    endpoint_env.plan = by_kind

    def open(view: str, **params: str) -> AppTest:
        return opened_page(monkeypatch, db, "errors", view=view, **params)

    return open


def shown(app: AppTest) -> str:
    kinds = ("markdown", "caption", "text", "header", "subheader", "error", "warning", "success")
    return "\n".join(str(found.value) for kind in kinds for found in app.get(kind)).replace("\\", "")


def pick(app: AppTest, label: str, value: str) -> AppTest:
    return fine(next(box for box in app.selectbox if box.label == label).set_value(value).run())


def where(app: AppTest, name: str) -> str:
    found = app.query_params.get(name, "")
    return found[0] if isinstance(found, list) else found


@pytest.mark.parametrize("view", ["Notes", "Groups", "Codes"])
def test_a_project_without_fails_says_what_to_do(open_page, db, make_trace, view):
    add(db, make_trace("t1"))
    assert "No fail yet" in shown(open_page(view))
    say(db, "t1", "pass")
    assert view == "Groups" or "No fail yet" in shown(open_page(view))


@pytest.mark.parametrize(("view", "params"), [
    ("Notes", {}), ("Groups", {}), ("Codes", {}), ("Codes", {"codes": "proposals of a model"}),
    ("Codes", {"codes": "agreement"}), ("Failure modes", {})])
def test_hostile_texts_are_shown_and_never_obeyed(open_page, db, make_trace, view, params):
    add(db, make_trace("t1", input=HOSTILE, dimensions={HOSTILE: (HOSTILE,)}))
    say(db, "t1", "fail", critique=HOSTILE)
    notes.save(db, "t1", HOSTILE, HOSTILE)
    for name in (HOSTILE, f"{HOSTILE} 2"):
        failure_modes.add(db, name, HOSTILE)
    mode_history.rename(db, mode_history.by_name(db, HOSTILE), f"{HOSTILE} 3")
    mode_history.propose(db, "proposed", HOSTILE, [1])
    executed(db, analysing.start_codes(db, model="test-model"))
    codings.save(db, 1, 1, [1, 2])
    app = open_page(view, **params)
    kinds = ("markdown", "caption", "header", "subheader", "error", "warning", "success")
    texts = [str(found.value) for kind in kinds for found in app.get(kind)]
    texts += [button.label for button in app.button] + [expander.label for expander in app.expander]
    for text in texts:
        bare = text.replace("\\\\", "")
        assert all(mark not in bare.replace(f"\\{mark[0]}", "") for mark in ("**bold**", "$x", "![](", "<img", ":red["))


def test_notes_count_and_lead_to_the_fail_that_waits(open_page, db, make_trace):
    fails(db, 3, noted=False)
    notes.save(db, "t1", "Ann", "no year")
    app = open_page("Notes")
    assert "1 of 3 fails have a note, 2 more a critique, which counts as one. 0" in shown(app)
    assert where(app, "trace") == "t2"
    assert "Notes on this trace" not in [one.label for one in app.expander]
    app.text_input(key="jump_to_fail").set_value("t1").run()
    assert where(app, "trace") == "t1" and "no year" in shown(app)
    for trace in ("t2", "t3"):
        notes.save(db, trace, "Ann", "no name")
    app = open_page("Notes")
    assert "Every one of these fails has a note." in shown(app)
    assert where(press(app, "fails_again"), "trace") == "t1"


def test_a_dimension_narrows_the_notes_and_the_codes(open_page, db, make_trace):
    add(db, make_trace("t1", dimensions={"topic": ("tax",)}), make_trace("t2", dimensions={"topic": ("food",)}))
    for trace in ("t1", "t2"):
        say(db, trace, "fail")
    assert where(open_page("Notes", dimension="topic", value="food"), "trace") == "t2"
    assert where(open_page("Codes", dimension="topic", value="food"), "trace") == "t2"


def test_a_small_project_may_be_grouped_once_every_fail_has_words(open_page, db):
    fails(db, 11, noted=False)
    for number in range(1, 12):
        say(db, f"t{number}", "fail", critique="" if number < 4 else "because")
    app = open_page("Groups")
    assert "0 of 11 fails have a note, 8 more a critique, which counts as one. 3 more, and a model may" in shown(app)
    assert next(button for button in app.button if button.key == "ask_groups").disabled
    for number in range(1, 4):
        notes.save(db, f"t{number}", "Ann", "no year")
    app = open_page("Groups")
    assert "11 are few: from 30 on groups show more." in shown(app)
    assert not next(button for button in app.button if button.key == "ask_groups").disabled


def test_a_person_decides_on_each_group(open_page, db):
    fails(db, 30)
    executed(db, analysing.start_groups(db, model="test-model"))
    app = open_page("Groups")
    assert "Proposed, not confirmed: 3" in shown(app) and "not confirmed" in shown(app)
    assert "t3: the year of trace 3 is wrong" in shown(app)
    assert "Groups of notes proposed: 3" in app.get("progress")[0].text.replace("\\", "")
    ids = {name: mode_history.by_name(db, name) for name in ("wrong year", "wrong name", "wrong tone")}
    app = press(app, f"confirm_{ids['wrong year']}")
    app = press(app, f"reject_{ids['wrong name']}")
    app = fine(app.selectbox(key=f"into_{ids['wrong tone']}").set_value("wrong year").run())
    app = press(app, f"merge_{ids['wrong tone']}")
    assert failure_modes.distribution(db, "Ann") == ({"wrong year": 20}, 20, 10)
    app = press(app, f"apart_{ids['wrong tone']}")
    app = press(app, f"again_{ids['wrong name']}")
    assert failure_modes.distribution(db, "Ann")[0] == {"wrong year": 10, "wrong name": 10}
    assert failure_modes.unconfirmed(db) == ["wrong tone"]  # as it was before the merge


def test_a_mode_is_made_renamed_and_described_by_hand_and_stays_in_view(open_page, db):
    fails(db, 2)
    app = open_page("Groups")
    app.text_input(key="new_mode_name").set_value("wrong year")
    app = fine(next(button for button in app.button if button.label == "Add").click().run())
    mode = mode_history.by_name(db, "wrong year")
    app.text_input(key=f"name_{mode}").set_value("invented year")
    app.selectbox(key=f"kind_{mode}").set_value("specification")
    app.selectbox(key=f"impact_{mode}").set_value("high")
    app = fine(next(button for button in app.button if button.label == "Save").click().run())
    found = mode_history.get(db, mode)
    assert (found["name"], found["kind"], found["impact"]) == ("invented year", "specification", "high")
    assert where(app, "group") == str(mode) and "renamed from “wrong year”" in shown(app)
    app.text_input(key="new_mode_name").set_value("invented year")
    app = fine(next(button for button in app.button if button.label == "Add").click().run())
    assert "already: merge the two" in shown(app)


def test_a_fail_gets_modes_by_key_or_name_and_the_next_one_comes(open_page, db):
    fails(db, 3)
    for kind in KINDS:
        mode_history.create(db, f"wrong {kind}")
    app = press(open_page("Codes"), "toggle_0")
    app = press(press(press(app, "toggle_1"), "toggle_2"), "toggle_1")
    assert where(app, "trace") == "t1" and failure_modes.of_trace(db, "t1") == []
    app = press(app, "save_codes")
    assert failure_modes.of_trace(db, "t1") == ["wrong name", "wrong year"] and where(app, "trace") == "t2"
    app = press(app, "save_codes")  # none of them is an answer
    app.multiselect[0].set_value(["brand new"])
    app = press(fine(app.run()), "save_codes")
    assert failure_modes.of_trace(db, "t3") == ["brand new"]
    assert "3 fails coded, 0 not yet" in shown(open_page("Codes"))
    assert failure_modes.distribution(db, "Ann") == (
        {"brand new": 1, "wrong name": 1, "wrong year": 1, "wrong tone": 0}, 3, 0)


def test_a_press_too_soon_codes_nothing(open_page, db, monkeypatch):
    fails(db, 2)
    app = open_page("Codes")
    monkeypatch.setattr(press_guard, "SHOWN_AT_LEAST", 3_600)
    app = press(app, "save_codes")
    assert failure_modes.distribution(db, "Ann")[1] == 0 and where(app, "trace") == "t1"


def test_proposals_are_confirmed_one_by_one_or_all_of_one_mode(open_page, db):
    fails(db, 9)
    for kind in KINDS:
        mode_history.create(db, f"wrong {kind}")
    executed(db, analysing.start_codes(db, model="test-model"))
    app = open_page("Codes", codes="proposals of a model", proposed_mode="wrong year")
    app = press(press(app, "confirmed_one"), "rejected_one")
    assert failure_modes.of_trace(db, "t3") == ["wrong year"] and failure_modes.of_trace(db, "t6") == []
    app = press(app, "confirm_mode")
    assert failure_modes.distribution(db, "Ann")[0]["wrong year"] == 2
    app = press(app, "confirm_all")
    assert failure_modes.distribution(db, "Ann") == ({"wrong name": 3, "wrong tone": 3, "wrong year": 2}, 9, 0)
    assert "Every proposal is decided on." in shown(app)


def test_agreement_says_what_it_counts(open_page, db):
    fails(db, 3)
    mode_history.create(db, "wrong year")
    assert "Nothing to compare yet" in shown(open_page("Codes", codes="agreement"))
    failure_modes.give(db, "t3", ["wrong year"], "Ann")
    executed(db, analysing.start_codes(db, again=True, model="test-model"))
    app = open_page("Codes", codes="agreement")
    table = app.dataframe[0].value
    assert table.iloc[0].to_dict() == {
        "failure mode": "wrong year", "fails": 1, "both name it": 1, "only the person": 0, "only the model": 0,
        "neither": 0, "the same (95 % interval)": "1 of 1 (21% to 100%)",
        "kappa (95 % interval)": "– (not defined: person or model says the same of every fail)"}


def test_asking_starts_one_analysis_and_its_process(open_page, db, monkeypatch):
    started = []
    monkeypatch.setattr(analysing, "start_process", lambda store, number: started.append(number))
    fails(db, 30)
    app = press(open_page("Groups"), "ask_groups")
    assert started == [1] and [one.kind for one in analyses.every(db)] == ["groups"]
    app = press(app, "ask_groups")
    assert started == [1] and "Analysis 1 is under way" in shown(app)
    experts.add(db, "Bob")
    mode_history.create(db, "wrong year")
    press(open_page("Codes", codes="proposals of a model"), "ask_codes")
    assert started == [1, 2] and [one.kind for one in analyses.every(db)] == ["codes", "groups"]
