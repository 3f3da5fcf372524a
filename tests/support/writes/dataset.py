"""What writes traces, dimensions, inputs and the AI system's answers."""

from lib.readers import guess
from lib.records import DimensionValue, Trace
from lib.store import Store, projects
from lib.store.dataset import answers, coverage, dimensions, documents, generations, imports, listed, sources, systems
from lib.store.dataset.coverage import mark_impossible, mark_possible
from lib.store.dataset.imports import ImportResult
from lib.store.dataset.sources import notes, pulls
from lib.store.dataset.traces import Filter
from lib.workflow.dataset import answering, bulk, exchange, proposing, reference
from lib.workflow.dataset import coverage as mapping
from tests.support.writes.world import FEATURE, Verb, World

_CSV = b"input,output,Ben\nwhat now,wait,pass\nwhat then,ask,fail\n"


def _import(_: World, store: Store) -> None:
    table = exchange.read_file("more.csv", _CSV)
    assert exchange.import_table(store, table, guess(table).with_expert("Ben", "Ben")).added


def _returned(world: World, store: Store) -> None:
    table = exchange.read_file("labels.csv", exchange.export(world.held(None), "inputs", "csv").replace(
        b"an input alone,", b"an input alone,now answered", 1))
    exchange.import_table(store, table, guess(table))


def _pulled(_: World, store: Store) -> None:
    """A pull was begun, brought a trace, and what was said of it is about to be sent."""
    key = _source(store)
    pulls.keep(store, pulls.create(store, key, {}), "", 1, ImportResult(), {})
    sources.came(store, key, [("t1", "")])
    notes.begin(store, key, [{"identifier": "x", "trace": store.value("select id from traces where trace_id = 't1'")}])


def _source(store: Store) -> int:
    return sources.add(store, "app", "phoenix", "http://127.0.0.1:9", "shop", {"id": "1"}, []).key


VERBS = (
    Verb("make a source known", "ep", lambda _, store: _source(store)),
    Verb("pull from a source", "ep", _pulled),
    Verb("take a source away", "ep", lambda _, store: sources.remove(store, "app"),
         before=lambda _, store: _source(store)),
    Verb("import a file with traces and labels", "ep", _import),
    Verb("import outputs that come back", "ep", _returned),
    Verb("insert a trace", "ep", lambda _, store: imports.insert_trace(store, Trace("new", "in", "out"))),
    Verb("start a project", "ep", lambda _, store: exchange.start_project(store, "Another")),
    Verb("open an example", "ep", lambda _, store: exchange.open_example(store, "nq301_llm_judges")),
    Verb("change the question", "ep", lambda _, store: projects.ask(store, "Did it work?")),
    Verb("add a dimension", "ep", lambda _, store: dimensions.add(store, "tone")),
    Verb("change a dimension", "ep", lambda _, store: dimensions.change(store, "feature", "part", "of the product")),
    Verb("retire a dimension", "ep", lambda _, store: dimensions.retire(store, "feature")),
    Verb("drop a value", "ep", lambda _, store: dimensions.drop(store, "feature", "unused"),
         before=lambda _, store: dimensions.put_value(store, "feature", DimensionValue("unused"))),
    Verb("put a value", "ep", lambda _, store: dimensions.put_value(store, "feature", DimensionValue("tone"))),
    Verb("rename a value", "ep", lambda _, store: dimensions.put_value(store, "feature", DimensionValue("money"),
                                                                       "refunds")),
    Verb("give a value", "ep", lambda _, store: dimensions.give(store, "feature", "refunds", ["open1"])),
    Verb("give a value to rows", "ep", lambda world, store: bulk.give(store, [world.held(None).value(
        "select id from traces where trace_id = 'open1'")], "feature", "refunds")),
    Verb("choose columns", "xep", lambda _, store: listed.choose(store, ["id", "input"])),
    Verb("put traces into a queue", "xep", lambda world, store: bulk.queue(store, [world.held(None).value(
        "select id from traces where trace_id = 't1'")], "Zoe", "press")),
    Verb("give a value to what a filter leaves", "ep", lambda _, store: mapping.give(store, "feature", "refunds",
                                                                                     Filter(split="test"))),
    Verb("begin with sample dimensions", "ep", lambda _, store: mapping.start_from_template(store)),
    Verb("call a combination impossible", "ep", lambda _, store: mark_impossible(store, FEATURE, "never")),
    Verb("call a combination possible", "ep", lambda _, store: mark_possible(store, FEATURE),
         before=lambda _, store: mark_impossible(store, FEATURE)),
    Verb("rename in combinations", "ep", lambda _, store: coverage.rename(store, "feature", "part"),
         before=lambda _, store: mark_impossible(store, FEATURE)),
    Verb("add a reference file", "ep", lambda _, store: reference.add(store, [("more.md", b"# Dates\n\nA day.")])),
    Verb("replace a reference file", "ep", lambda _, store: reference.add(store, [("guide.md", b"# Refunds\n\nOne.")])),
    Verb("remove a reference file", "ep", lambda _, store: documents.remove(store, "guide.md")),
    Verb("accept a proposed input", "ep", lambda world, store: generations.accept(store, world.proposals[0], "one")),
    Verb("accept all proposed inputs", "ep", lambda world, store: generations.accept_all(store, world.proposals)),
    Verb("reject a proposed input", "ep", lambda world, store: generations.reject(store, world.proposals[0], "no")),
    Verb("reopen a proposed input", "ep", lambda world, store: generations.reopen(store, world.proposals[0]),
         before=lambda world, store: generations.reject(store, world.proposals[0], "no")),
    Verb("keep an opinion on a proposed input", "ep", lambda world, store: generations.keep_opinion(
        store, world.proposals[0], "yes")),
    Verb("keep generated inputs", "e", lambda _, store: generations.save(store, FEATURE, "p", "m", "environment",
                                                                         ["four"])),
    Verb("save the recipe of inputs", "e", lambda _, store: proposing.save_recipe(store, proposing.recipe(store))),
    Verb("have inputs written", "e", lambda _, store: proposing.start(store, [FEATURE], 2, proposing.recipe(store),
                                                                      endpoint="environment", model="m")),
    Verb("add a version of the AI system", "e", lambda _, store: answering.add_system(
        store, "v3", "http", {"url": "http://127.0.0.1:9/answer", "body": '{"q": "{{ input }}"}', "answer": "$.a"})),
    Verb("store a version of the AI system", "e", lambda _, store: systems.add(store, "v4", "http", {})),
    Verb("have inputs answered", "e", lambda _, store: answering.start(store, "v2")),
    Verb("note on an answer", "ep", lambda _, store: answers.note(store, store.value(
        "select id from traces where output is null"), {"error": "late"})),
)
