"""The two example projects, figure by figure as their cards state them."""

import json
from dataclasses import replace

import pytest

from lib import readers
from lib.readers.mapping import LabelColumns
from lib.records import UsageError
from lib.store import experts, open_store, projects
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.errors import failure_modes
from lib.store.judge import judges, runs, verdicts
from lib.store.review import labels
from lib.workflow import figures
from lib.workflow.dataset import exchange
from lib.workflow.errors import rates
from lib.workflow.overview import process

NQ, MEETINGS = "nq301_llm_judges", "tofueval_meetings"


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """Both examples, opened in one file."""
    store = open_store(tmp_path_factory.mktemp("examples") / "plumbline.db")
    return {name: exchange.open_example(store, name, to_try=0) for name in exchange.EXAMPLES}


@pytest.fixture
def nq(opened):
    return opened[NQ]


@pytest.fixture
def meetings(opened):
    return opened[MEETINGS]


@pytest.mark.parametrize("name", exchange.EXAMPLES)
def test_every_example_travels_with_its_card_and_licence(name):
    example = exchange.EXAMPLES[name]
    assert example.file.is_file() and example.title and example.text and example.question.endswith("?")
    assert "icence" in example.card.read_text(encoding="utf-8")
    assert example.card.with_suffix(".LICENSE.txt").is_file()


@pytest.mark.parametrize("name", exchange.EXAMPLES)
def test_opening_an_example_twice_adds_nothing(opened, name):
    before = opened[name].value("select count(*) from traces"), opened[name].value("select count(*) from imports")
    assert exchange.open_example(opened[name], name) == opened[name]
    assert (opened[name].value("select count(*) from traces"),
            opened[name].value("select count(*) from imports")) == before


def test_an_unknown_example_is_named_with_those_there_are(opened):
    with pytest.raises(UsageError, match=f"Examples: {MEETINGS}, {NQ}"):
        exchange.open_example(opened[NQ], "mnist")


def test_the_search_answers_are_all_there_with_their_experts(nq):
    assert traces.count(nq) == 1490
    assert [expert.name for expert in experts.every(nq)] == ["adjudicated", "annotator1", "annotator2", "annotator3"]
    assert experts.principal(nq).name == "adjudicated"
    tally = labels.tally(nq, "adjudicated")
    assert (tally["labelled"], tally["pass"], tally["fail"]) == (1490, 816, 674)
    assert [labels.tally(nq, f"annotator{n}")["labelled"] for n in (1, 2, 3)] == [1490, 1483, 223]


@pytest.mark.parametrize(("judge", "n", "errors", "agreement", "kappa", "tpr", "tnr"), [
    ("gpt-4", 1488, 2, .8481, .6953, .8321, .8676),
    ("text-davinci-003", 1490, 0, .8376, .6745, .8174, .8620),
    ("BEM (classifier)", 1490, 0, .8060, .6157, .7341, .8932),
])
def test_the_recorded_judges_agree_as_the_card_says(nq, judge, n, errors, agreement, kappa, tpr, tnr):
    found = figures.agreement(nq, judge)
    assert (found.counts.n, found.counts.errors, found.validated) == (n, errors, True)
    assert {name: round(found.figures[name].value, 4) for name in ("agreement", "kappa", "tpr", "tnr")} == {
        "agreement": agreement, "kappa": kappa, "tpr": tpr, "tnr": tnr}


def test_the_pass_rates_of_judge_and_human_are_those_of_the_card(nq):
    # On the 1,488 pairs: judge .5161, human .5484
    counts = figures.agreement(nq, "gpt-4").counts
    assert round((counts.pass_pass + counts.fail_pass) / counts.n, 4) == .5161
    assert round((counts.pass_pass + counts.pass_fail) / counts.n, 4) == .5484


def test_the_annotators_agree_as_the_card_says(nq):
    found = figures.between(nq, "annotator1", "annotator2")
    assert (found.counts.n, found.counts.errors) == (1483, 0)
    assert (round(found.figures["agreement"].value, 4), round(found.figures["kappa"].value, 4)) == (.8685, .7347)


def test_the_two_verdicts_of_gpt4_that_cannot_be_read_keep_their_text(nq):
    rows = verdicts.pairs(nq, runs.newest(nq, "gpt-4").id, "adjudicated", "errors")
    assert len(rows) == 2 and all("cannot determine" in row["raw"] for row in rows)


def test_recorded_verdicts_keep_their_critiques(nq):
    wrong = verdicts.pairs(nq, runs.newest(nq, "gpt-4").id, "adjudicated", "judge passed a fail")
    assert wrong and all(row["judge_critique"] for row in wrong)


@pytest.mark.parametrize(("judge", "corrected"), [("gpt-4", .5134), ("text-davinci-003", .4756)])
def test_labels_on_half_the_questions_correct_the_other_half_as_the_card_says(tmp_path, judge, corrected):
    lines = exchange.EXAMPLES[NQ].file.read_text(encoding="utf-8").splitlines()
    halved = [json.dumps(item if item["question_id"] <= 150 else {**item, "human_label": None})
              for item in map(json.loads, lines)]
    store = projects.create(open_store(tmp_path / "half.db"), "Half")
    table = exchange.read_file("half.jsonl", "\n".join(halved).encode())
    exchange.import_table(store, table, replace(readers.guess(table), labels=(LabelColumns("human", "human_label"),)))
    assert round(rates.corrected(store, judge).corrected.value, 4) == corrected


def test_a_recorded_judge_has_no_prompt_and_the_first_judge_has(nq):
    assert set(judges.every(nq)) - set(judges.with_prompt(nq)) == {"gpt-4", "text-davinci-003", "BEM (classifier)"}
    assert len(judges.with_prompt(nq)) == 1


def test_an_opened_example_leaves_traces_to_try_the_desk_on(tmp_path):
    store = exchange.open_example(open_store(tmp_path / "plumbline.db"), NQ)
    assert traces.count(store) - labels.tally(store, "adjudicated")["labelled"] == exchange.TO_TRY == 12
    left = [row["trace_id"] for row in traces.listing(store, Filter(label="none", expert="adjudicated"), 50)]
    assert len(left) == 12 and len({one.split("-")[1] for one in left}) == 12
    assert exchange.open_example(store, NQ) == store and labels.tally(store, "adjudicated")["labelled"] == 1478


def test_the_meeting_summaries_are_all_there(meetings):
    assert traces.count(meetings) == 884
    assert labels.tally(meetings, "linguists") == {
        "traces": 884, "labelled": 884, "pass": 575, "fail": 309, "complete": 309, "explained": 309}
    overall = rates.table(meetings).overall
    assert (overall.n, overall.fails) == (884, 309)


def test_the_pass_rates_by_assistant_are_those_of_the_card(meetings):
    found = {cell.values[0]: round(1 - cell.rate.value, 3) for cell in rates.table(meetings, ("assistant",)).cells}
    assert found == {"Model-Extra": .698, "model_A": .633, "model_B": .564, "model_C": .644, "model_D": .718,
                     "model_E": .645}


def test_the_topic_categories_are_those_of_the_card(meetings):
    found = {cell.values[0]: cell.n for cell in rates.table(meetings, ("topic_category",)).cells}
    assert found == {"main": 649, "marginal": 235}


def test_every_fail_of_the_meetings_has_a_failure_mode(meetings):
    counts, coded, uncoded = failure_modes.distribution(meetings, "linguists")
    assert (coded, uncoded) == (309, 0) and sum(counts.values()) >= 309
    assert figures.modes(meetings).coded == 309


def test_no_label_of_an_example_is_shown_to_a_judge(opened):
    for store in opened.values():
        for key, in store.rows("select id from traces where project = :project order by id limit 50"):
            trace = traces.by_key(store, key)
            assert not {name for name in trace.context if "label" in name or "critique" in name or "annot" in name}


def test_the_process_map_says_what_is_done_and_what_is_now(opened):
    for store in opened.values():
        steps = process.steps(store)
        assert [step.number for step in steps] == list(range(1, 8))
        assert [step.state for step in steps].count("now") == 1
        assert all(step.title and step.text and step.action and step.page for step in steps)
        assert [step.state for step in steps[:2]] == ["done"] * 2
    assert process.next_step(process.steps(opened[NQ])).number == 3  # none of its fails has a critique
    assert "gpt-4 agrees on 85%" in process.steps(opened[NQ])[4].text
    assert "Not validated" in process.steps(opened[MEETINGS])[4].text
    assert process.next_step(process.steps(opened[MEETINGS])).text == (
        "Fix before you build a judge. 'Extrinsic Information' is in 56% of the coded fails.")
