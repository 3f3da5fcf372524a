"""The method's verbs of two steps: the endpoint and model of a run, prompts, their examples, and answers by a file."""

import csv
import io

import pytest

from lib import readers
from lib.models import llm, local_model
from lib.records import DEV, TEST, TRAIN, UsageError, split_of
from lib.sampling.splits import FEW
from lib.store import projects
from lib.store.dataset import generations, traces
from lib.store.judge import judges
from lib.store.review import labels
from lib.workflow import endpoints
from lib.workflow.dataset import exchange
from lib.workflow.judge import judging
from tests.support.endpoint import inputs, prompt_of, verdict
from tests.support.running import add_traces, execute, queued, written
from tests.support.secrets import CANARY
from tests.support.steps import say


def of_split(split: str) -> str:
    """The id of a trace of this split among t0 to t29."""
    return next(f"t{number}" for number in range(30) if split_of(f"question {number}.") == split)


@pytest.fixture
def labelled(db):
    """Thirty traces, one of each split labelled with a critique."""
    add_traces(db, 30)
    for split in (TRAIN, DEV, TEST):
        say(db, of_split(split), "fail", critique=f"wrong in {split}")
    return db


# ---- the endpoint and the model ----

def test_without_a_key_the_embedded_model_is_chosen(db):
    chosen = endpoints.choice(db)
    assert (chosen.endpoint, chosen.model) == ("embedded", local_model.find_weights().name)
    first, second = endpoints.endpoints(db)
    assert first.ready and first.trial and not second.ready and "OPENAI_API_KEY" in second.why


def test_with_an_endpoint_in_the_environment_it_comes_first(db, endpoint_env):
    first, second = endpoints.endpoints(db)
    assert (first.name, first.address, first.ready, second.name) == (
        "environment", endpoint_env.url, True, "embedded")
    assert CANARY not in repr((first, second, endpoints.choice(db)))


def test_a_model_with_a_shutdown_date_is_avoided(db, endpoint_env):
    endpoint_env.models = [{"id": "dying", "shutdown_date": "2026-12-11"}, {"id": "lasting"}, {"id": "third"}]
    assert endpoints.choice(db).model == "lasting"
    endpoint_env.models = endpoint_env.models[:1]
    assert endpoints.choice(db).model == "dying"


def test_settings_choose_the_model_and_the_prompt_comes_before_them(db, endpoint_env):
    endpoint_env.models = [{"id": name} for name in ("one", "two", "three")]
    projects.set_setting(db, "model", "two")
    assert (endpoints.choice(db).model, endpoints.choice(db).note) == ("two", "chosen in Settings")
    prompt = judging.save_prompt(db, "judge", judging.DEFAULT_TEMPLATE, [], model="three")
    assert endpoints.choice(db, prompt=prompt).model == "three"
    assert endpoints.choice(db, model="one", prompt=prompt).model == "one"


def test_a_model_that_is_gone_is_not_chosen(db, endpoint_env):
    projects.set_setting(db, "model", "gone")
    prompt = judging.save_prompt(db, "judge", judging.DEFAULT_TEMPLATE, [], model="gone too")
    assert endpoints.choice(db, prompt=prompt).model == "test-model"


def test_no_model_of_a_paid_endpoint_is_chosen_without_being_asked_for(db, monkeypatch):
    listed = [llm.Model("one"), llm.Model("two", "2026-12-11")]
    monkeypatch.setenv("OPENAI_API_KEY", CANARY)
    with pytest.raises(UsageError, match=r"No model is chosen.*Listed: one, two"):
        endpoints._only_sensible(listed, endpoints.ENVIRONMENT)
    assert endpoints._only_sensible(listed[:1], endpoints.ENVIRONMENT)[0] == "one"
    with pytest.raises(UsageError, match="Listed: none"):
        endpoints._only_sensible([], endpoints.ENVIRONMENT)


def test_an_unknown_endpoint_is_named_with_those_there_are(db):
    with pytest.raises(UsageError, match="Endpoints: embedded, environment"):
        endpoints.choice(db, "moon")


# ---- prompts ----

@pytest.mark.parametrize("split", [DEV, TEST])
def test_an_example_of_a_split_that_measures_is_refused_once_labels_are_many(labelled, split):
    add_traces(labelled, FEW, first=30)
    for number in range(30, 30 + FEW):
        say(labelled, f"t{number}", "pass")
    [label] = labels.history(labelled, of_split(split))
    with pytest.raises(UsageError, match=f"is in the split '{split}': examples come from 'train'"):
        judging.save_prompt(labelled, "judge", judging.DEFAULT_TEMPLATE, [label.key])
    assert judges.every(labelled) == []


def test_an_example_without_a_critique_is_refused(labelled):
    label = say(labelled, of_split(TRAIN), "pass", critique=" ")
    with pytest.raises(UsageError, match="has no critique: an example teaches by its critique"):
        judging.save_prompt(labelled, "judge", judging.DEFAULT_TEMPLATE, [label.key])


def test_a_prompt_version_keeps_its_examples_in_order_and_is_numbered(labelled):
    first = say(labelled, of_split(TRAIN), "pass", critique="one")
    saved = judging.save_prompt(labelled, "judge", judging.DEFAULT_TEMPLATE, [first.key], note="why")
    again = judging.save_prompt(labelled, "judge", "{{ trace }}", [])
    assert (saved.number, again.number, saved.note, saved.examples[0].label.critique) == (1, 2, "why", "one")


@pytest.mark.parametrize(("template", "said"), [
    ("no trace here", "shows the model no trace"), ("{{ trace }} {{ nonsense }}", "nonsense"),
    ("{% for x in trace %}{% endfor %}", "more than a plain name"), ("{{ trace.upper() }}", "more than a plain name")])
def test_a_template_that_cannot_work_is_refused_when_it_is_saved(db, template, said):
    with pytest.raises(UsageError, match=said):
        judging.save_prompt(db, "judge", template, [])


def test_the_preview_is_what_the_model_gets(labelled, endpoint_env):
    [label] = labels.history(labelled, of_split(TRAIN))
    judging.save_prompt(labelled, "judge", judging.DEFAULT_TEMPLATE, [label.key])
    execute(labelled, judging.start_run(labelled, "judge", limit=1).id)
    sent = prompt_of(endpoint_env.chats[0].body)
    judged = traces.by_key(labelled, labelled.value("select trace from run_traces")).id
    [message] = judging.preview_prompt(labelled, judging.DEFAULT_TEMPLATE, [label.key], judged)
    nonce = sent.split("TRACE-")[1][:16]
    assert message["content"].replace("TRACE-preview", f"TRACE-{nonce}") == sent and "wrong in train" in sent
    assert judging.estimate_tokens([message]) == len(message["content"]) // 4 + 1


def test_a_project_has_its_first_judge_once(db):
    for _ in range(2):
        judging.ensure_judge(db)
    assert judges.with_prompt(db) == [judging.DEFAULT_JUDGE] and len(judges.prompts(db, judging.DEFAULT_JUDGE)) == 1


# ---- answers by a file ----

@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_answers_come_by_the_exported_file_filled_in(db, endpoint_env, ending):
    endpoint_env.plan = inputs("Where is it?", "Why?")
    written(db, {"feature": "orders"}, n=2)
    for row in generations.proposed(db):
        generations.accept(db, row["id"], row["input"])
    with pytest.raises(UsageError, match="no trace to judge"):
        queued(db, 0)
    result = import_back(db, ending, filled(exchange.export(db, "traces", ending), ending))
    assert (result.traces, result.answered, result.identical) == (0, 2, 0)
    trace = traces.get(db, "synthetic-1")
    assert (trace.output, trace.source, trace.dimensions) == ("answer to Where is it?", "synthetic",
                                                              {"feature": ("orders",)})
    endpoint_env.plan = verdict("pass")
    assert execute(db, queued(db, 0).id).done == 2


def filled(exported: bytes, ending: str) -> bytes:
    """The exported file with every output filled in, as a script of the team would do it."""
    if ending == "jsonl":
        lines = exported.decode().splitlines()
        return "\n".join(line.replace('"output": null', f'"output": "answer to {said}"') for line in lines
                         for said in [line.split('"input": "')[1].split('"')[0]]).encode()
    rows = list(csv.DictReader(io.StringIO(exported.decode("utf-8-sig"), newline="")))
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, rows[0].keys())
    writer.writeheader()
    writer.writerows({**row, "output": f"answer to {row['input']}"} for row in rows)
    return out.getvalue().encode()


def import_back(db, ending: str, data: bytes):
    table = exchange.read_file(f"answers.{ending}", data)
    return exchange.import_table(db, table, readers.guess(table))
