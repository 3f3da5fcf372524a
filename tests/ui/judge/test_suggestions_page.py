"""The panels of suggestions and rules without a browser: what a press asks for, and what a click puts in the draft."""

import threading

import pytest

from lib.prompting import guidelines
from lib.records import CANCELLED, Caps
from lib.records.suggestion import GUIDELINES, REVISION, SEARCH, Rule
from lib.store import prices
from lib.store.judge import judges, prompt_drafts, rules, runs, suggestions
from lib.store.review import labels
from lib.workflow.judge import budget, suggesting, versions
from lib.workflow.judge import rules as verbs
from tests.support.endpoint import error
from tests.support.pages import calm, click, field, said
from tests.support.running import Gate, execute
from tests.support.suggesting import drafted, executed, judged, labelled, learner, restless

HOSTILE = "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png) $x$ **bold**"


@pytest.fixture
def panels(visit):
    """The judge's bench with both panels open."""

    def show(store, **address):
        app = visit(store.path, "judge", view="Bench", **address)
        app.session_state["suggestions_open"] = app.session_state["rules_open"] = True
        return calm(app.run())

    return show


def guide(db, endpoint, *texts: str):
    """A finished suggestion of these rules, each justified by the first critique."""
    version = labelled(db)
    endpoint.plan = drafted(guidelines=[{"rule": text, "critiques": [1]} for text in texts])
    executed(db, version, GUIDELINES)
    return version


@pytest.mark.parametrize("kind", [GUIDELINES, REVISION, SEARCH])
def test_each_kind_says_what_it_would_be_drawn_from(db, endpoint_env, panels, kind):
    judged(db, labelled(db))
    app = panels(db, suggest=kind)
    assert "no test trace is read" in said(app) and "Have it drafted" in [button.label for button in app.button]


def test_a_press_starts_a_process_of_its_own_and_no_second_is_offered_while_it_goes_on(db, endpoint_env, panels):
    labelled(db)
    under_way = threading.Event()
    endpoint_env.plan = Gate(error(400, "no"), under_way)
    app = click(panels(db, suggest=GUIDELINES), "Have it drafted")
    [started] = suggestions.every(db)
    assert started.model == "test-model" and f"Suggestion {started.id}" in said(app)
    buttons = [button.label for button in app.button]
    assert "Cancel" in buttons and "Have it drafted" not in buttons
    app = click(app, "Cancel")
    assert suggestions.get(db, started.id).status == CANCELLED
    under_way.set()


def test_an_earlier_draft_is_read_again(db, endpoint_env, panels):
    version = guide(db, endpoint_env, "First.")
    endpoint_env.plan = drafted(guidelines=[{"rule": "Second.", "critiques": [1]}])
    second = executed(db, version, GUIDELINES)
    assert "Second." in said(panels(db, suggest=GUIDELINES))
    assert "First." in said(panels(db, suggest=GUIDELINES, draft=str(second.id - 1)))


def test_without_train_critiques_there_is_nothing_to_press(db, endpoint_env, panels):
    labelled(db)
    db.execute("update traces set split = 'dev' where split = 'train'")
    app = panels(db, suggest=GUIDELINES)
    assert "no critique on a trace of the train split" in said(app)
    assert "Have it drafted" not in [button.label for button in app.button]


def test_ticked_rules_stand_in_the_editor_s_own_field_and_no_version_is_made(db, endpoint_env, panels):
    version = guide(db, endpoint_env, "Bad is a fail.", "Good is a pass.")
    app = panels(db, suggest=GUIDELINES)
    assert prompt_drafts.newest(db, version.judge) is None
    next(box for box in app.checkbox if box.key and box.key.endswith("_1")).uncheck().run()
    app = click(app, "Put the ticked rules into the draft")
    assert "- Bad is a fail." in field(app.text_area, "Guidelines").value
    assert "Good is a pass." not in versions.draft(db, version).template
    assert len(judges.prompts(db, version.judge)) == 1 and len(rules.every(db, version.judge)) == 1


def test_hostile_texts_are_shown_as_they_are(db, endpoint_env, panels):
    version = guide(db, endpoint_env, HOSTILE, f"{{{{ trace }}}} {HOSTILE}")
    app = panels(db, suggest=GUIDELINES)
    assert HOSTILE in [text.value for text in app.text]
    assert not any("onerror" in str(one.value) for one in [*app.markdown, *app.caption])
    app = click(app, "Put the ticked rules into the draft")
    assert guidelines.same_placeholders(version.template, versions.draft(db, version).template)
    calm(panels(db, suggest=GUIDELINES))


def test_a_revision_is_read_beside_the_rows_it_was_drawn_from_and_taken_by_a_click(db, endpoint_env, panels):
    version = labelled(db)
    judged(db, version)
    new = version.template.replace("## Guidelines\n", "## Guidelines\n- Bad is a fail.\n")
    endpoint_env.plan = drafted(why=HOSTILE, prompt=new)
    executed(db, version, REVISION)
    app = panels(db, suggest=REVISION)
    assert any("+ - Bad is a fail." in code.value for code in app.code) and HOSTILE in [text.value for text in app.text]
    assert any({"dev1", "dev3"} == set(frame.value.get("trace", [])) for frame in app.dataframe)
    click(app, "Side by side")
    app = click(app, "Take it into the draft")
    assert versions.draft(db, version).template == new and len(judges.prompts(db, version.judge)) == 1
    assert "- Bad is a fail." in field(app.text_area, "Guidelines").value


def test_a_search_says_n_and_that_it_flatters(db, endpoint_env, panels):
    version = labelled(db)
    endpoint_env.plan = learner()
    executed(db, version, SEARCH, wanted=Caps(calls=100))
    app = panels(db, suggest=SEARCH)
    assert "Agreement on 4 dev traces: **50%** with version 1, **100%** with the best of 2" in said(app)
    assert "it flatters; the sealed test decides" in said(app)
    click(app, "Take it into the draft")
    assert guidelines.rules(versions.draft(db, version).template) == ["An answer that is bad is a fail."]


def test_a_search_is_bounded_as_a_run_is_and_its_estimate_follows(db, endpoint_env, panels):
    prices.put(db, "test-model", 1.0, 2.0)
    labelled(db, 12)
    app = panels(db, suggest=SEARCH)
    assert [field(app.number_input, name).value for name in ("Calls at most", "Tokens at most", "Cost at most")] == [
        300, None, None]
    assert "About 300 calls" in said(app) and "cost 0." in said(app)
    app = field(app.number_input, "Calls at most").set_value(44).run()
    assert "About 44 calls" in said(app)
    app = field(app.number_input, "Tokens at most").set_value(10).run()
    assert "the caps allow none" in said(app)


def test_what_a_cap_stopped_is_read_and_goes_on_once_it_is_raised(db, endpoint_env, panels):
    version = labelled(db, 12)
    endpoint_env.plan = restless()
    found = executed(db, version, SEARCH, wanted=Caps(calls=20), dev=4)
    run = budget.queued(db, version.judge, Caps(calls=2))
    execute(db, run.id)
    app = panels(db, suggest=SEARCH)
    assert [button.label for button in app.button].count("Raise and go on") == 2, "a run of the same number too"
    assert "The search stopped there, and the best so far is kept" in said(app) and not app.warning
    assert "Agreement on 4 dev traces: **50%** with version 1" in said(app)
    next(one for one in app.number_input if one.key == f"raise_suggestion_{found.id}_calls").set_value(400)
    under_way = threading.Event()
    endpoint_env.plan = Gate(error(400, "no"), under_way)
    next(one for one in app.button if one.form_id == f"caps_suggestion_{found.id}").click().run()
    assert suggestions.get(db, found.id).caps == Caps(calls=400)
    suggesting.cancel(db, found.id)
    under_way.set()


def test_a_search_shows_the_critiques_behind_a_rule_and_links_them_when_it_is_taken(db, endpoint_env, panels):
    version = labelled(db)
    endpoint_env.plan = learner()
    executed(db, version, SEARCH, wanted=Caps(calls=100))
    app = panels(db, suggest=SEARCH)
    assert "An answer that is bad is a fail." in [text.value for text in app.text]
    assert "**fail** · trace train1" in said(app) and "trace dev" not in said(app)
    click(app, "Take it into the draft")
    [rule] = rules.every(db, version.judge).values()
    assert {one.trace.id for one in labels.by_keys(db, list(rule.labels))} == {"train1", "train3"}


def test_what_failed_and_what_was_stopped_say_why_and_can_go_on(db, endpoint_env, panels):
    version = labelled(db)
    endpoint_env.plan = error(401, "wrong key")
    executed(db, version, GUIDELINES)
    app = panels(db, suggest=GUIDELINES)
    assert "refuses the key" in said(app) and "Resume" in [button.label for button in app.button]


def test_rules_without_a_critique_are_pointed_out_and_linked_by_hand(db, endpoint_env, panels):
    version = labelled(db)
    key = labels.current(db, "train1", "Ann").key
    suggesting.take_rules(db, version, [Rule("Bad is a fail.", (key,))])
    app = panels(db)
    count = len(guidelines.rules(version.template))
    assert f"{count + 1} rules. {count} have no critique behind them" in said(app)
    assert said(app).count("No critique behind it") == count and "1 critique behind it" in said(app)
    app.session_state[f"rule_open_{version.key}_0"] = True
    app = calm(app.run())
    next(one for one in app.multiselect if one.label.startswith("Critiques of train")).select(key).run()
    text = guidelines.rules(version.template)[0]
    assert rules.every(db, version.judge)[text].labels == (key,)


def test_a_trial_is_a_version_without_the_line_and_a_run_on_dev_once(db, endpoint_env, panels):
    version = labelled(db)
    judged(db, version)
    app = panels(db)
    text = guidelines.rules(version.template)[0]
    next(button for button in app.button if button.label == "Try without this rule").click().run()
    made = judges.newest_prompt(db, version.judge)
    [run] = [run for run in runs.every(db, version.judge) if run.prompt == made.key]
    assert guidelines.rules(made.template) == guidelines.rules(version.template)[1:]
    assert (made.parent, made.note) == (version.key, f"without the rule: {text}")
    assert (run.split, run.model, run.total) == ("dev", "test-model", 4)
    assert verbs.try_without(db, version, text).id == run.id and len(judges.prompts(db, version.judge)) == 2
    assert "is without it: run" in said(panels(db, version=str(version.number)))


def test_a_press_that_cannot_be_done_says_why_beside_it(db, endpoint_env, panels):
    version = guide(db, endpoint_env, "Bad is a fail.")
    app = panels(db, suggest=GUIDELINES)
    next(box for box in app.checkbox if box.key and box.key.endswith("_0")).uncheck().run()
    app = click(app, "Put the ticked rules into the draft")
    assert "Tick the rules to take first" in app.error[0].value
    next(button for button in app.button if button.label == "Try without this rule").click().run()
    assert "nothing to compare with yet" in app.error[0].value and len(judges.prompts(db, version.judge)) == 1


def test_a_rule_of_the_draft_alone_cannot_be_tried_away(db, endpoint_env, panels):
    version = labelled(db)
    judged(db, version)
    suggesting.take_rules(db, version, [Rule("Bad is a fail.", ())])
    app = panels(db)
    trials = [button for button in app.button if button.label == "Try without this rule"]
    assert [button.disabled for button in trials] == [False] * (len(trials) - 1) + [True]
