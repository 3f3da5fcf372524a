"""A project that holds something of everything, so that every verb finds what it writes on; and who works in it."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from lib.records import Trace, Verdict
from lib.records.people import ENGINEER, EXPERT, PM, VIEWER
from lib.sampling.queues import QueueItem
from lib.store import Store, create_backup, cycles, experts, open_store, people, projects, sign_offs
from lib.store.dataset import documents, generations, systems
from lib.store.errors import analyses, assertions, codings, failure_modes, insights, mode_history, notes, steps
from lib.store.judge import judges, probes, runs, suggestions, verdicts
from lib.store.review import criteria, labels, queues
from lib.workflow.errors import fixing
from lib.workflow.judge import judging
from tests.support.steps import add, row

WHO = {EXPERT: "Ann", ENGINEER: "Eve", PM: "Pia", VIEWER: "Vic"}  # Ann is the principal expert
SECOND = "Ben"  # another expert
FEATURE = {"feature": "refunds", "persona": "new"}
# What has to stand in the environment: the name of an endpoint that nobody calls here.
ENVIRONMENT = {"OPENAI_BASE_URL": "http://127.0.0.1:9/v1", "OPENAI_API_KEY": "none"}


@dataclass(frozen=True)
class World:
    """The file, its one project, and the numbers of what was put into it."""

    path: Path
    project: int
    run: int
    version: int
    wrong: int  # the verdict that differs from Ann's label on t1
    label: int  # Ann's on t1
    modes: tuple[int, int]
    proposed: int  # a failure mode that waits to be confirmed
    note: int
    fix: int
    proposals: tuple[int, ...]
    batch: int
    probe: int
    suggestion: int
    analysis: int
    cycle: int
    sign_off: int  # Eve has asked for other criteria

    def held(self, role: str | None, name: str | None = None) -> Store:
        """The file in the hands of who works in this role; of a named other person of that role."""
        store = open_store(self.path).of(self.project)
        if role is None and name is None:
            return store
        return store.by(WHO.get(role, "Ann") if name is None else name, role=role)


def build(path: Path) -> World:
    """The world in a fresh file, whole in that one file, so that it can be copied."""
    made = _built(path.with_name(f"{path.name}.made"))
    return replace(made, path=create_backup(open_store(made.path), path))


def _built(path: Path) -> World:
    store = projects.create(open_store(path), "World", "Did the AI help?")
    _traces(store)
    judging.ensure_judge(store)
    run = _judged(store)
    wrong = store.value("select v.id from verdicts v join traces t on t.id = v.trace where t.trace_id = 't1'")
    return World(path, store.project, run, judges.newest_prompt(store, judging.DEFAULT_JUDGE).key, wrong,
                 labels.current(store, "t1", "Ann").key, **_analysed(store), **_planned(store),
                 **_asked(store, run), **_team(store))


def _traces(store: Store) -> None:
    many = (row(Trace(f"t{n}", f"question {n}", f"answer {n}", split="dev" if n % 2 else "train", system_version="v1",
                      dimensions={name: (value,) for name, value in FEATURE.items()}), Ann="fail" if n % 3 else "pass")
            for n in range(24))
    both = row(Trace("both", "question of both", "answer to both"), Ann="pass", Ben="fail")
    rest = (Trace(f"open{n}", f"open question {n}", f"open answer {n}", split="test") for n in range(6))
    add(store, *many, both, *rest, Trace("waiting", "an input alone", output=None))
    for name, role in [*((WHO[role], role) for role in (EXPERT, ENGINEER, PM)), (SECOND, EXPERT), ("Bob", EXPERT)]:
        people.enter(store, name, role)
    experts.make_principal(store, "Ann")
    labels.save_draft(store, "open0", "Ann", "half a thought")
    documents.replace(store, "guide.md", [("Refunds", "Refunds take a week.")])


def _judged(store: Store) -> int:
    version = judges.newest_prompt(store, judging.DEFAULT_JUDGE)
    run = runs.create(store, version.key, "m", "environment")
    for key in runs.pending(store, run):
        verdicts.save(store, run, key, Verdict("pass", "It answers."))
    runs.set_status(store, run, "done")
    return run


def _analysed(store: Store) -> dict:
    for place, name in enumerate(("no date", "too long")):
        failure_modes.give(store, f"t{place + 1}", [name], "Ann")
    note = notes.save(store, "t1", "Ann", "It names no day.")
    proposed = mode_history.propose(store, "wrong tone", "It is rude.", [note])
    steps.add(store, "look it up")
    steps.add(store, "answer")
    steps.give(store, "t1", None, "answer")
    assertions.add(store, "short", "length", {"most": 1000}, reason="wanted now")
    insights.add(store, "product", "They ask twice.", "Ann")
    key = store.value("select id from traces where trace_id = 't4'")
    analysis = analyses.create(store, analyses.CODES, [(key, {})], config={"expert": "Ann", "modes": [], "offered": []},
                               endpoint="environment", model="m")
    modes = tuple(mode_history.by_name(store, name) for name in ("no date", "too long"))
    codings.save(store, analysis, key, modes)
    fix = fixing.create(store, "Dates", ["no date"], "Dates are asked for.", "v2").id
    return {"modes": modes, "proposed": proposed, "note": note, "fix": fix, "analysis": analysis}


def _planned(store: Store) -> dict:
    systems.add(store, "v2", "http", {"url": "http://127.0.0.1:9/answer"})
    made = generations.save(store, FEATURE, "Write inputs.", "m", "environment", ["one", "two", "three"])
    proposals = tuple(found[0] for found in store.rows("select id from proposals where generation = :made", made=made))
    items = [QueueItem(f"open{n}", "random", True, position=n, expert="Ann") for n in range(1, 4)]
    items.append(QueueItem("open4", "random", True, position=4))  # whoever claims it first
    return {"proposals": proposals, "batch": queues.create(store, {"random": 100}, items, 0),
            "cycle": cycles.begin(store, cycles.TRIGGERS[0], "the first")}


def _asked(store: Store, run: int) -> dict:
    key = store.value("select id from traces where trace_id = 't1'")
    version = runs.get(store, run).prompt
    return {"probe": probes.create(store, run, [(key, "longer")]),
            "suggestion": suggestions.create(store, version, "guidelines", "environment", "m", {
                "calls": 1, "tokens": None, "cost": None})}


def _team(store: Store) -> dict:
    criteria.save(store, "Name the day.", "nobody knew")
    eve = store.by("Eve")
    return {"sign_off": sign_offs.ask(eve, sign_offs.CRITERIA, "criteria", {
        "number": 1, "text": "Name the hour."}, "they ask for it").number}


@dataclass(frozen=True)
class Verb:
    """One way to write: who may, by the first letters x, e and p of expert, engineer and PM, and how it is done."""

    name: str
    who: str
    do: Callable[[World, Store], object]
    principal: bool = False  # of the principal expert alone: of all experts only Ann
    before: Callable[[World, Store], object] = lambda _, __: None  # what the operator does first

    def may(self, role: str) -> bool:
        """Whether this role may, says this list; the product's own table is not asked."""
        return {EXPERT: "x", ENGINEER: "e", PM: "p"}.get(role, "?") in self.who
