"""Short words for tests of suggestions: a labelled project with a run on dev, and a model that drafts as it is told."""

import json
from collections.abc import Callable
from itertools import count
from typing import Any

from lib.engine import suggesters
from lib.records import PromptVersion, Trace, Verdict
from lib.records.suggestion import Suggestion
from lib.store import Store
from lib.store.dataset import traces
from lib.store.judge import judges, runs, verdicts
from lib.workflow.judge import judging, suggesting
from tests.support.endpoint import Answer, completion, fenced, prompt_of, verdict
from tests.support.running import FakeClock
from tests.support.steps import add, row

TEST_CANARY = "CANARY-of-the-sealed-test"


def labelled(store: Store, each: int = 4) -> PromptVersion:
    """So many traces of every split, pass and fail in turn, labelled by Ann; the first version of the judge."""
    add(store, *(row(Trace(f"{split}{n}", f"{split} question {n}.", f"{split} answer {n}, {('good', 'bad')[n % 2]}."
                           + (f" {TEST_CANARY}" if split == "test" else ""), split=split),
                     Ann=("pass", "fail")[n % 2]) for split in ("train", "dev", "test") for n in range(each)))
    judging.ensure_judge(store)
    return judges.newest_prompt(store, judging.DEFAULT_JUDGE)


def judged(store: Store, version: PromptVersion, outcome: str = "pass") -> int:
    """A run of this version that says the same of every trace of every split."""
    run = runs.create(store, version.key, "test-model", "environment")
    for key in runs.pending(store, run):
        verdicts.save(store, run, key, Verdict(outcome, f"judged {traces.by_key(store, key).id}"))
    runs.set_status(store, run, "done")
    return run


def executed(store: Store, version: PromptVersion, kind: str, **options: Any) -> Suggestion:
    """A suggestion, started and executed here and now."""
    found = suggesting.start(store, version, kind, **options)
    return suggesters.execute(store, found.id, clock=FakeClock())


def asks_for(body: dict[str, Any], name: str) -> bool:
    """Whether a request wants a reply with this field."""
    return name in body.get("response_format", {}).get("json_schema", {}).get("schema", {}).get("properties", {})


def drafted(**fields: Any) -> Answer:
    """A draft as it should be."""
    return completion(json.dumps(fields))


def learner(word: str = "bad") -> Callable[[dict[str, Any]], Answer]:
    """Passes everything until its guidelines name this word; from then on it fails the traces that hold it."""

    def plan(body: dict[str, Any]) -> Answer:
        if asks_for(body, "guidelines"):
            return drafted(why="because", guidelines=[f"An answer that is {word} is a fail."])
        prompt = prompt_of(body)
        knows = f"that is {word} is a fail" in prompt
        return verdict("fail" if knows and word in fenced(prompt) else "pass")

    return plan


def restless() -> Callable[[dict[str, Any]], Answer]:
    """Passes everything and proposes another rule each time: a search with it ends at a cap alone."""
    rules = count()

    def plan(body: dict[str, Any]) -> Answer:
        return drafted(why="", guidelines=[f"Rule {next(rules)}."]) if asks_for(body, "guidelines") else verdict("pass")

    return plan
