"""The bench without a browser: sections of the prompt, model and parameters, what stands beside the agreement."""

from dataclasses import replace

import pytest

from lib.prompting import pictures, sections
from lib.records import Circumstances, Verdict
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges, prompt_drafts, runs, verdicts
from lib.store.review import labels
from lib.workflow.judge import judging, versions
from tests.support.endpoint import completion, prompt_of
from tests.support.pages import bare, calm, click, field, said
from tests.support.running import ended
from tests.support.steps import add, row, say
from tests.support.trace_texts import texts

JUDGE = judging.DEFAULT_JUDGE
STRIP = ["Agreement", "TPR", "TNR", "Kappa", "Pairs"]
TITLES = ["Role", "Domain information", "Criteria", "Guidelines", "Examples", "Your task", "The trace to judge"]


@pytest.fixture
def first(db, make_trace):
    """A judge with one prompt version and one train label."""
    add(db, row(make_trace("t0", split="train"), Ann="pass"))
    judging.ensure_judge(db)
    return judges.newest_prompt(db, JUDGE)


@pytest.fixture
def judged(db, make_trace, first):
    """Thirty dev traces of two topics, judged: right on all of a, on half of b; three in ten are fails."""
    add(db, *(row(make_trace(f"d{n}", split="dev", dimensions={"topic": ("ab"[n % 2],)}),
                  Ann="fail" if n % 10 < 3 else "pass") for n in range(30)))
    run = runs.create(db, first.key, "m", "environment", where=Filter(split="dev"))
    for number in range(30):
        right, wrong = ("fail", "pass") if number % 10 < 3 else ("pass", "fail")
        verdicts.save(db, run, traces.key_of(db, f"d{number}"), Verdict(wrong if number % 4 == 1 else right, "said"))
    runs.set_status(db, run, "done")
    return run


def opened(app, *names: str):
    """The same page with these boxes open."""
    for name in names:
        app.session_state[f"{name}_open"] = True
    return calm(app.run())


def labels_of(app) -> list[str]:
    return [area.label for area in app.text_area]


def test_each_section_is_a_field_and_an_edit_changes_it_alone(visit, db, first):
    app = visit(db.path, "judge")
    assert labels_of(app) == TITLES
    calm(field(app.text_area, "Guidelines").input("- Be strict.").run())
    before, after = (sections.split(text) for text in (
        first.template, prompt_drafts.of_version(db, first.key).template))
    assert [(one.title, one.body) for one in after] == [
        (one.title, "- Be strict." if one.title == "Guidelines" else one.body) for one in before]
    again = visit(db.path, "judge")
    assert field(again.text_area, "Guidelines").value == "- Be strict."


def test_a_heading_typed_into_a_section_gets_a_field_of_its_own(visit, db, first):
    app = visit(db.path, "judge")
    app = calm(field(app.text_area, "Guidelines").input("- a\n\n## Exceptions\n- b").run())
    assert labels_of(app) == [*TITLES[:4], "Exceptions", *TITLES[4:]]
    assert [field(app.text_area, name).value for name in ("Guidelines", "Exceptions", "Your task")] == [
        "- a", "- b", sections.split(first.template)[5].body]


def test_the_one_text_and_the_sections_are_the_same_draft(visit, db, first):
    app = visit(db.path, "judge", one_text="true")
    assert labels_of(app) == ["Prompt"] and field(app.text_area, "Prompt").value == first.template
    field(app.text_area, "Prompt").input(first.template + "\n## More\nlast words").run()
    app = calm(field(app.toggle, "As one text").set_value(False).run())
    assert labels_of(app) == [*TITLES, "More"] and field(app.text_area, "More").value == "last words"


def test_a_prompt_without_headings_is_one_text_by_itself(visit, db, first):
    judges.save_prompt(db, JUDGE, "Judge this: {{ trace }}")
    app = visit(db.path, "judge")
    assert labels_of(app) == ["Prompt"] and "As one text" not in [one.label for one in app.toggle]


def test_what_is_put_into_the_draft_by_another_way_is_shown(visit, db, first):
    app = visit(db.path, "judge")
    versions.keep(db, first, replace(versions.draft(db, first), template="All new: {{ trace }}", note="drafted"))
    app = calm(app.run())
    assert field(app.text_area, "Prompt").value == "All new: {{ trace }}"
    assert field(app.text_input, "What did you change, and why?").value == "drafted"


@pytest.mark.parametrize("view", ["Agreement", "Prompt"])
def test_links_of_earlier_versions_open_the_bench(visit, db, first, view):
    app = visit(db.path, "judge", view=view)
    assert app.query_params["view"] == "Bench" and labels_of(app) == TITLES


def test_model_and_parameters_are_kept_as_typed_and_saved_with_the_version(visit, db, first):
    app = opened(visit(db.path, "judge"), "call_settings")
    app = calm(field(app.text_area, "Parameters of each call").input('{"temperature": 0,}').run())
    assert "The parameters are not JSON (line 1, column" in said(app)
    assert prompt_drafts.of_version(db, first.key).parameters == '{"temperature": 0,}'
    app = click(app, "Save")
    assert len(judges.prompts(db, JUDGE)) == 1
    prompt_drafts.keep(db, first.key, prompt_drafts.Draft(first.template, model=" m-1 ",
                                                         parameters='{"temperature": 0}'))
    click(calm(app.run()), "Save")
    made = judges.newest_prompt(db, JUDGE)
    assert (made.model, made.parameters) == ("m-1", {"temperature": 0})
    assert 'm-1 · {"temperature": 0}' in said(visit(db.path, "judge"))


@pytest.mark.parametrize(("text", "says"), [
    ("[1]", "no object of names and values"), ('{"model": "x"}', "'model' is not a parameter to choose"),
    ('{"x": NaN}', "not JSON"), ("[" * 100_000, "not JSON")])
def test_parameters_that_no_call_can_take_are_answered(text, says):
    with pytest.raises(judging.UsageError, match=says):
        versions.parameters(text)


def test_the_switch_for_pictures_is_a_parameter_of_the_draft(visit, db, first):
    prompt_drafts.keep(db, first.key, replace(versions.saved(first), parameters='{"temperature": 0}'))
    app = opened(visit(db.path, "judge"), "call_settings")
    assert not field(app.toggle, "Send pictures to the judge").value
    app = calm(field(app.toggle, "Send pictures to the judge").set_value(True).run())
    kept = prompt_drafts.of_version(db, first.key).parameters
    assert versions.parameters(kept) == {"temperature": 0, pictures.SWITCH: True}
    assert field(app.text_area, "Parameters of each call").value == kept
    app = calm(field(app.toggle, "Send pictures to the judge").set_value(False).run())
    assert field(app.text_area, "Parameters of each call").value == '{"temperature": 0}'
    app = calm(field(app.text_area, "Parameters of each call").input(kept).run())
    assert field(app.toggle, "Send pictures to the judge").value


def test_a_prompt_is_tried_as_it_stands_before_it_is_saved(visit, db, judged, endpoint_env):
    app = opened(visit(db.path, "judge"), "trial")
    calm(field(app.text_area, "Guidelines").input("- Be strict.").run())
    endpoint_env.plan = completion("<think>Hm.</think>" + '{"critique": "no year", "outcome": "Fail."}')
    app = click(app, "On 5 dev traces")
    assert "2 of 5 as the expert" in said(app) or "3 of 5 as the expert" in said(app)
    assert said(app).count("Read leniently: signs around the outcome.") == 5 and "Hm." in said(app)
    assert all("- Be strict." in prompt_of(call.body) for call in endpoint_env.chats) and endpoint_env.calls == 5
    app = click(app, "Try it on this trace")
    assert endpoint_env.calls == 6 and len(runs.every(db)) == 1
    app = calm(field(app.text_area, "Guidelines").input("- Be mild.").run())
    assert "the prompt has changed since" in said(app)


def test_nothing_is_estimated_before_the_starter_is_open(visit, db, judged, endpoint_env):
    app = visit(db.path, "judge")
    assert "calls, " not in said(app) and "Runs version" not in said(app)
    app = opened(app, "starter")
    assert "Runs version 1, the newest." in said(app) and "30 traces. About 30 calls, " in said(app)


def test_the_figures_stand_in_their_places_whether_one_outcome_is_rare_or_not(visit, db, judged):
    app = visit(db.path, "judge")
    # d1 d5 … d29 are wrong: eight of thirty, two of them (d1 and d21) fails that the judge passed.
    tiles = {tile.label: tile.value for tile in app.metric}
    assert [tile.label for tile in app.metric] == [*STRIP, "Errors"]
    assert (tiles["Pairs"], tiles["Agreement"], tiles["TPR"], tiles["TNR"]) == ("30", "73%", "71%", "7 of 9")
    words = said(app)
    assert ", flatters" in words and "Only 30% of the labels are fail" in words
    assert "The expert passed 70% of the pairs and failed 30%" in words
    assert "Of 21 traces the expert passed, the judge passed 15." in words
    assert "TPR is " in words, "what the figures ask for is said on dev, where it can be used"


def test_before_a_run_the_same_places_hold_a_dash(visit, db, first):
    app = visit(db.path, "judge")
    assert [(tile.label, tile.value) for tile in app.metric] == [*((name, "–") for name in STRIP[:4]), ("Pairs", "0")]
    assert "Version 1 has not been run" in said(app)


def test_the_strip_names_the_version_its_change_and_what_has_not_been_run(visit, db, judged, first):
    second = judges.save_prompt(db, JUDGE, first.template + "more")
    words = said(visit(db.path, "judge"))
    assert "Version 1, run 1**, done: 30 of 30 judged" in words and "version 2 has not been run" in words
    run = runs.create(db, second.key, "m", "environment", where=Filter(split="dev"))
    for number in range(30):
        verdicts.save(db, run, traces.key_of(db, f"d{number}"), Verdict("fail" if number % 10 < 3 else "pass", "said"))
    runs.set_status(db, run, "done")
    words = said(visit(db.path, "judge"))
    # Eight of thirty were wrong and none is now.
    assert "Version 2, run 2**, done: 30 of 30 judged · +27 points against version 1" in words
    assert "has not been run" not in words


def test_a_disagreement_opens_beside_the_prompt_and_leaves_what_is_typed(visit, db, judged, first):
    app = visit(db.path, "judge")
    rows = [one for one in app.button if (one.key or "").startswith("row_d")]
    assert [one.key for one in rows] == [f"row_d{n}" for n in range(1, 30, 4)] and "judge pass" in rows[0].label
    field(app.text_area, "Guidelines").input("- half a rule")
    app = calm(next(one for one in app.button if one.key == "row_d5").click().run())
    assert app.query_params["row"] == ["d5"] or app.query_params["row"] == "d5"
    assert "2 of 8: d5" in said(app) and "question of d5" in texts(app)
    assert field(app.text_area, "Guidelines").value == "- half a rule"
    assert "- half a rule" in prompt_drafts.of_version(db, first.key).template
    app = click(app, "Next")
    assert "3 of 8: d9" in said(app)
    app = click(app, "All")
    assert "row" not in app.query_params and "8 listed" in said(app)


def test_the_prompt_is_tried_on_the_row_that_is_open(visit, db, judged, endpoint_env):
    endpoint_env.plan = completion('{"critique": "no year", "outcome": "fail"}')
    app = visit(db.path, "judge", row="d1")
    calm(field(app.text_area, "Guidelines").input("- Be strict.").run())
    app = click(app, "Try the prompt on it")
    assert "- Be strict." in prompt_of(endpoint_env.chats[0].body) and "no year" in said(app)
    assert endpoint_env.calls == 1 and len(runs.every(db)) == 1


def test_run_saves_what_is_typed_and_runs_it_on_labelled_dev_traces(visit, db, judged, first, endpoint_env):
    endpoint_env.plan = completion('{"critique": "x", "outcome": "pass"}')
    app = visit(db.path, "judge")
    calm(field(app.text_area, "Guidelines").input("- Be strict.").run())
    app = click(app, "Run")
    run = ended(db, 2, runs, "run")
    made = judges.newest_prompt(db, JUDGE)
    assert (made.number, run.prompt, run.split, run.total) == (2, made.key, "dev", 30)
    assert "- Be strict." in made.template
    assert run.chosen == {"split": "dev", "label": "any"} and prompt_drafts.of_version(db, first.key) is None


def test_save_says_where_nothing_has_changed(visit, db, first):
    app = click(visit(db.path, "judge"), "Save")
    assert [bare(one.value) for one in app.toast] == ["Nothing has changed since version 1."] and not app.error
    assert len(judges.prompts(db, JUDGE)) == 1


def test_slices_and_baselines_stand_beside_it_once_they_are_opened(visit, db, judged):
    app = visit(db.path, "judge")
    assert "does not beat always pass" not in said(app)
    app = opened(app, "slices", "baselines")
    words = said(app)
    # Always pass is right on 21; only the judge on the 7 fails it fails, only always pass on the 6 passes it fails.
    assert "The judge does not beat always pass" in words and "on 7 of 30 pairs, only always pass on 6" in words
    assert "at least 5 of each outcome: there are 1 pass, 0 fail." in words
    assert "2 of 2 values have fewer than 20 pairs" in words and field(app.selectbox, "By").value == "topic"


def test_the_agreement_is_split_by_what_the_expert_knew(visit, db, judged):
    for n in range(0, 30, 3):
        before = labels.current(db, f"d{n}", "Ann")
        say(db, f"d{n}", before.outcome, circumstances=Circumstances("known"))
    app = opened(visit(db.path, "judge"), "slices")
    app = calm(field(app.selectbox, "By").set_value("(what the expert knew)").run())
    table = next(found.value for found in app.dataframe if "value" in found.value and "TPR" in found.value)
    assert list(table["value"]) == ["known", "unknown"] and list(table["n"]) == [10, 20]
    words = said(app)
    assert "No pair is with a label given without knowing a verdict: blind and known ones cannot be compared." in words
    assert "Known: given knowing a verdict." in words


def test_disagreements_say_what_is_missing_before_a_run(visit, db, first):
    assert "There is nothing to rule on" in said(visit(db.path, "judge", view="Disagreements"))


def test_a_ceiling_of_two_experts_is_named_with_its_kappa(visit, db, judged):
    add(db, *(row(traces.get(db, f"d{n}"), Bob="fail" if n % 10 < 2 else "pass") for n in range(20)))
    words = said(visit(db.path, "judge"))
    # Bob passes d2 and d12, which Ann failed: 18 of 20.
    assert "Ann and Bob agree on 90% of the 20 traces both labelled" in words and "kappa 0.74" in words
