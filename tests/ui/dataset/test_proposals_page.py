"""The page where inputs are written and decided on, on an empty and on a filled project, every button by its key."""

from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from lib.records import NEAR, Nearest
from lib.store import Store, jobs, prices
from lib.store.dataset import dimensions, generations, traces
from lib.ui import press_guard
from lib.ui.dataset import proposals
from lib.workflow.dataset import coverage, proposing
from tests.support.endpoint import completion, inputs
from tests.support.pages import fine, opened_page, press
from tests.support.running import written


@pytest.fixture
def open_page(db: Store, endpoint_env, monkeypatch: pytest.MonkeyPatch):
    """`open_page(choose="empty")`: the page as a visitor of that address sees it."""
    monkeypatch.setattr(press_guard, "SHOWN_AT_LEAST", 0)

    def open(**params: str) -> AppTest:
        return opened_page(monkeypatch, db, "dataset", **{"view": "Propose inputs", **params})

    return open


def shown(app: AppTest) -> str:
    kinds = ("markdown", "caption", "text", "header", "subheader", "error", "warning", "code")
    return "\n".join(str(found.value) for kind in kinds for found in app.get(kind))


@pytest.fixture
def three(db):
    """Three proposals, the second flagged."""
    generations.save(db, {"feature": "orders"}, "the prompt", "m", "embedded", ["one", "two", "three"],
                     nearest=[None, Nearest("to!", 0.9), Nearest("tree", 0.5)], assumptions="order 9 is not there",
                     system_information="order 1 exists")
    return db


def statuses(store: Store) -> list[str]:
    return [row["status"] for row in generations.proposed(store, status=None)]


def test_an_empty_project_is_warned_and_can_have_inputs_written_for_the_whole(open_page, db):
    app = open_page()
    assert all(said in shown(app) for said in ("experts write the inputs", "No dimensions yet", "No proposals wait"))
    assert "1 call," in shown(app) and "no price in Settings" in shown(app)


def test_the_page_has_no_box_or_button_for_an_output(open_page, three):
    app = open_page()
    labels = [found.label.casefold() for kind in ("button", "text_area", "text_input", "selectbox", "number_input")
              for found in app.get(kind)]
    assert labels and not any("output" in label or "answer" in label for label in labels)
    press(app, "accept_unflagged")
    assert traces.count(three, traces.Filter(answered=True)) == 0 < traces.count(three)


def test_one_after_the_other_is_decided_on(open_page, three):
    app = open_page()
    assert "order 9 is not there" in shown(app) and "order 1 exists" in shown(app) and "the prompt" in shown(app)
    app.text_area(key="proposal_text_1").input("one, edited")
    app = press(app, "accept_1")
    assert traces.get(three, "synthetic-1").input == "one, edited"
    assert "90% like this input" in shown(app) and "to!" in shown(app)
    app = press(app, "reject_2_2")
    assert generations.one(three, 2)["reason"] == proposals.REASONS[2] == "repeats another input"
    app.text_input(key="proposal_reason_3").input("too polite")
    app = press(app, "reject_other_3")
    assert statuses(three) == ["accepted", "rejected", "rejected"] and "No proposals wait" in shown(app)
    assert generations.one(three, 3)["reason"] == "too polite"
    assert "Accepted 1, 1 of them edited; rejected 2" in shown(app)


def test_an_empty_text_and_an_empty_reason_are_refused_in_a_sentence(open_page, three):
    app = open_page()
    assert "Say why" in shown(press(app, "reject_other_1"))
    app.text_area(key="proposal_text_1").input(" ")
    assert "An empty input cannot be accepted" in shown(press(app, "accept_1"))
    assert statuses(three) == ["proposed"] * 3


def test_a_press_that_comes_too_soon_decides_nothing(open_page, three, monkeypatch):
    monkeypatch.setattr(press_guard, "SHOWN_AT_LEAST", 3_600)
    app = open_page()
    for key in ("accept_1", "reject_0_1"):
        assert "came too soon" in press(app, key).toast[0].value
    assert statuses(three) == ["proposed"] * 3


def test_next_passes_one_by_and_comes_round(open_page, three):
    app = open_page()
    for before, now, text in ((1, 2, "two"), (2, 3, "three"), (3, 1, "one")):
        app = press(app, f"next_{before}")
        assert app.text_area(key=f"proposal_text_{now}").value == text


def test_all_that_are_not_flagged_are_accepted_at_once(open_page, three):
    app = press(open_page(), "accept_unflagged")
    assert statuses(three) == ["accepted", "proposed", "accepted"] and "1 proposal waits" in shown(app)


@pytest.mark.parametrize(("kind", "first"), [("flagged", "two"), ("not flagged", "one"), ("waiting", "one")])
def test_the_filter_stands_in_the_address(open_page, three, kind, first):
    app = open_page(proposals=kind)
    assert next(box.value for box in app.text_area if str(box.key).startswith("proposal_text")) == first


def test_a_value_of_another_combination_is_filtered_out(open_page, three):
    generations.save(three, {"feature": "search"}, "p", "m", "embedded", ["four"])
    app = open_page()
    fine(app.selectbox(key="proposals_of_proposed_None").select("feature: search").run())
    assert [box.value for box in app.text_area if str(box.key).startswith("proposal_text")] == ["four"]


def test_rejected_ones_are_listed_with_their_reason(open_page, three):
    generations.reject(three, 2, "not a user's words")
    app = open_page(proposals="rejected")
    assert "not a user's words" in app.dataframe[-1].value.to_string()


def test_opinions_are_asked_for_on_request_and_marked_as_such(open_page, three, endpoint_env):
    endpoint_env.plan = [completion('{"reason": "It is there.", "triggered": true}'), completion("?"), completion("?")]
    app = press(open_page(), "ask_opinions")
    assert "2 brought no opinion" in shown(app) and endpoint_env.calls == 3
    said = [row["opinion"] for row in generations.proposed(three)]
    assert sorted(said, key=str) == [None, None, "yes: It is there."]
    generations.keep_opinion(three, 1, "no: it is not")
    assert "The model's opinion" in shown(app := open_page()) and "no: it is not" in shown(app)


# ---- writing ----

@pytest.fixture
def described(db):
    """The template's dimensions."""
    coverage.start_from_template(db)
    return db


def test_a_link_from_the_map_picks_its_combination_once(open_page, described):
    app = open_page(combination='{"feature": "search", "scenario": "no match"}')
    assert app.multiselect(key="generate_values_feature").value == ["search"]
    assert "**1 combination chosen**; " in shown(app)
    app = fine(app.multiselect(key="generate_values_feature").set_value([]).run())
    assert "**1 combination chosen**" in shown(app)
    assert app.multiselect(key="generate_values_scenario").value == ["no match"]


@pytest.mark.parametrize("wrong", ["", "{", "[1]", '"x"', '{"feature": "nothing"}', '{"feature": ["search"]}', "null"])
def test_a_link_that_names_no_combination_is_passed_over(open_page, described, wrong):
    app = open_page(combination=wrong)
    assert app.multiselect(key="generate_values_feature").value == []


@pytest.mark.parametrize(("way", "n"), [("empty", 50), ("random", 50), ("pairwise", 20), ("hand", 1)])
def test_each_way_of_choosing_says_how_many_and_what_they_take(open_page, described, way, n):
    app = open_page(choose=way)
    if way == "hand":  # no value is picked: one call for the product, and 60 combinations to pick from
        assert "**No value is picked:**" in shown(app) and "60 combinations are possible" in shown(app)
        assert "1 call, " in shown(app)
        return
    found = int(shown(app).split(" combinations chosen**")[0].rsplit("**", 1)[1])
    assert found == n if way != "pairwise" else 20 <= found <= 26
    assert f"{found:,} calls" in shown(app)


def test_the_prompt_is_edited_saved_and_previewed_and_a_wrong_one_is_a_sentence(open_page, described):
    app = open_page(choose="random")
    app.text_area(key="generate_assumptions").input("order 9 is not there")
    app = fine(app.text_area(key="generate_template").input("Mine: {{ combination }}").run())
    assert "Mine: - feature (What the product does): " in shown(app)
    assert "order 9 is not there" not in "".join(found.value for found in app.code)
    press(app, "save_recipe")
    assert proposing.recipe(described) == proposing.Recipe("Mine: {{ combination }}", "", "order 9 is not there")
    app = fine(app.text_area(key="generate_template").input("{{ combination }} {{ nonsense }}").run())
    assert "'nonsense\\' is unknown" in shown(press(app, "save_recipe"))
    assert proposing.recipe(described).template == "Mine: {{ combination }}"


def test_a_job_s_errors_tokens_and_cost_are_shown(open_page, described, endpoint_env):
    prices.put(described, "test-model", 1_000_000, 0)
    endpoint_env.plan = {"value: b": completion("no list")}
    written(described, {"value": "a"}, {"value": "b"})
    app = open_page()
    assert "1 without an answer, 3 inputs came, 120 tokens, cost 100.0000" in str(app.get("progress")[0].proto)
    assert any("no list" in found.value.to_string() for found in app.dataframe)


def test_a_stopped_job_can_be_cancelled_or_resumed_by_its_buttons(open_page, db, endpoint_env):
    gate = Event()  # opens when the page was drawn: a job that is done has no such button
    endpoint_env.plan = lambda body: gate.wait() and inputs("one")
    job = proposing.start(db, [{}], 1, proposing.Recipe())
    press(open_page(), "cancel_job")
    gate.set()
    assert jobs.get(db, job.id).status == "cancelled"
    assert any(button.key == "resume_job" for button in open_page().button)


def test_five_hundred_proposals_and_ten_thousand_characters_are_shown(open_page, db):
    generations.save(db, {}, "p" * 10_000, "m", "embedded", ["long " * 2_000, *(f"input {n}" for n in range(600))])
    assert "601 proposals wait" in shown(open_page())


HOSTILE = "<script>alert(1)</script> ![x](http://evil.test/x.png) $x^2$ :green[PASS] {{ n }} {%"


def test_hostile_texts_are_shown_as_text(open_page, db):
    dimensions.add(db, HOSTILE)
    generations.save(db, {HOSTILE: HOSTILE}, HOSTILE, HOSTILE, "embedded", [HOSTILE], assumptions=HOSTILE,
                     nearest=[Nearest(HOSTILE, NEAR)], system_information=HOSTILE)
    generations.keep_opinion(db, 1, HOSTILE)
    app = open_page()
    for kind in ("markdown", "caption", "warning", "error", "header", "subheader"):
        assert not any("](http" in str(found.value) or ":green[P" in str(found.value) for found in app.get(kind))
    assert [found.value for found in app.text].count(HOSTILE) == 4  # near, assumptions, information, opinion
    press(app, "accept_1")
    assert traces.get(db, "synthetic-1").input == HOSTILE
