"""Review cycles: what opens one by itself and how often, the traces read in each, the sample that is never nothing."""

from datetime import date

import pytest

from lib.records import UsageError
from lib.store import cycles, experts
from lib.store.dataset import systems
from lib.store.errors import insights
from lib.store.judge import judges, runs
from lib.store.review import queues
from lib.workflow.dataset import exchange
from lib.workflow.overview import cycles as verbs
from tests.support.steps import add, say


def reasons(store) -> list[str]:
    return [cycle.reason for cycle in cycles.every(store)]


def brought(store, *versions: str) -> None:
    """Imports a trace of each version."""
    lines = [f"{version}{number},in {version} {number},out,{version}" for number, version in enumerate(versions)]
    table = exchange.read_file("t.csv", "\n".join(["id,input,output,system_version", *lines]).encode())
    exchange.import_table(store, table, exchange.readers.guess(table))


def test_a_new_version_of_the_ai_system_opens_one_but_not_the_first_and_none_twice(db):
    systems.add(db, "v1", "http", {})
    brought(db, "v1")
    assert reasons(db) == []
    systems.add(db, "v2", "http", {})
    brought(db, "v2", "v1", "v3")
    brought(db, "v2", "v3")
    systems.add(db, "v3", "http", {})
    assert reasons(db) == ["New version of the AI system: v3", "New version of the AI system: v2"]
    assert {cycle.trigger for cycle in cycles.every(db)} == {"model change"}
    brought(db, *(f"w{number}" for number in range(6)))
    assert reasons(db)[0] == "New versions of the AI system: w0, w1, w2 and 3 more" and len(reasons(db)) == 3


def test_a_first_import_of_many_versions_opens_none(db):
    brought(db, "v1", "v2", "v3")
    assert reasons(db) == []


def test_a_model_new_to_a_judge_opens_one_once(db, make_trace):
    add(db, make_trace("t1"))
    prompts = {name: judges.save_prompt(db, name, "x").key for name in ("strict", "other")}
    judges.recorded_run(db, "strict")
    for judge, model in (("strict", "a"), ("strict", "a"), ("other", "b"), ("strict", "b"), ("strict", "a"),
                         ("strict", "b"), ("other", "b")):
        run = runs.create(db, prompts[judge], model, "environment", token=f"{len(runs.every(db))}")
        runs.set_status(db, run, "done")
    assert reasons(db) == ["Judge strict runs with a new model: b"]


def test_traces_read_are_those_anybody_has_labelled_since_it_was_opened(db, make_trace):
    add(db, *(make_trace(f"t{n}") for n in range(4)))
    say(db, "t0", "pass")
    assert verbs.headline(db).read == 1 and verbs.headline(db).cycle is None
    cycle = verbs.begin(db, "incident", "a complaint", fresh=2)
    db.execute("update cycles set opened_at = '2026-01-01T00:00:00Z'")
    later = verbs.begin(db, "scheduled", "soon", fresh=2)
    db.execute("update cycles set opened_at = '9999-01-01T00:00:00Z' where id = :id", id=later.id)
    assert verbs.headline(db).read == 0  # in the one opened last
    cycles.close(db, later.id)
    say(db, "t1", "pass")
    say(db, "t1", "fail")
    say(db, "t2", "fail", expert="Bob")
    assert (verbs.headline(db).cycle.id, verbs.headline(db).read) == (cycle.id, 3)


def test_a_cycle_begins_with_fresh_random_traces_for_the_principal(db, make_trace):
    add(db, *(make_trace(f"t{n}", input=f"input {n}") for n in range(5)))
    say(db, "t0", "pass")
    verbs.begin(db, "scheduled", fresh=3)
    assert {(item["queue"], item["expert"], item["unbiased"]) for item in queues.listing(db)} == {("random", "Ann", 1)}
    assert verbs.begin(db, "scheduled", fresh=3).id == 1 and len(queues.listing(db)) == 3  # pressed twice: one cycle
    verbs.begin(db, "incident", fresh=100)
    assert len(queues.listing(db)) == 4 and verbs.open_for_the_principal(db) == 0
    assert verbs.begin(db, "incident", "again", fresh=5).id == 3  # nothing left to draw is no reason not to open


def test_nobody_reads_nothing_without_a_reason(db):
    experts.add(db, "Ann")
    with pytest.raises(UsageError, match="say why"):
        verbs.begin(db, "scheduled", " ", fresh=0)
    assert verbs.begin(db, "scheduled", "holidays", fresh=0).reason == "holidays"
    for wrong, sentence in (({"trigger": "whim"}, "by 'whim'"), ({"trigger": "incident", "fresh": -1}, "0 to 5,000"),
                            ({"trigger": "incident", "due_on": "soon"}, "no date")):
        with pytest.raises(UsageError, match=sentence):
            verbs.begin(db, **wrong)
    assert len(cycles.every(db)) == 1


def test_it_is_overdue_the_day_after_and_not_once_it_is_closed(db):
    experts.add(db, "Ann")
    cycle = verbs.begin(db, "scheduled", due_on="2020-01-24", fresh=1)
    assert [cycle.overdue(date(2020, 1, day)) for day in (24, 25)] == [False, True]
    assert verbs.urgent(db) == [cycle]
    assert not cycles.close(db, cycle.id).overdue(date(2027, 1, 1)) and verbs.urgent(db) == []
    with pytest.raises(UsageError, match="no open cycle"):
        cycles.close(db, cycle.id)


def test_an_insight_is_stored_once_and_found_by_text_author_and_trace(db, make_trace):
    add(db, make_trace("t-7"))
    for _ in range(2):
        insights.add(db, "user", "They paste whole e-mails", "Maya", ["t-7", "t-7"], token="one press")
    insights.add(db, "AI", "It never says no")
    assert [one.kind for one in insights.every(db)] == ["AI", "user"]
    for search in ("E-MAILS", "maya", "t-7"):
        assert [one.traces for one in insights.every(db, search)] == [("t-7",)]
    assert insights.every(db, kind="product") == [] == insights.every(db, "nothing like it")
    for wrong in ({"kind": "gossip", "text": "x"}, {"kind": "AI", "text": " "}, {"kind": "AI", "text": "x",
                                                                                "linked": ["unknown"]}):
        with pytest.raises(UsageError):
            insights.add(db, **wrong)
    assert len(insights.every(db)) == 2


def test_the_log_goes_to_a_file_as_texts(db):
    insights.add(db, "AI", "=1+1\n![x](http://evil.example/x.png)", "[a](javascript:x)")
    text = verbs.insight_file(db, "md").decode()
    assert "![" not in text and "](" not in text and "javascript" in text
    assert ",'=1+1" in verbs.insight_file(db, "csv").decode().replace('"', "")
    with pytest.raises(UsageError, match="Endings: md"):
        verbs.insight_file(db, "doc")
