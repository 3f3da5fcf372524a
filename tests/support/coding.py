"""Short words for tests of root causes: fails with notes, and an endpoint that groups notes and names modes."""

import json
import re
from typing import Any

from lib.engine.jobs import analysing as work
from lib.records import Job, Trace
from lib.store import Store
from lib.store.dataset import traces
from lib.store.errors import analyses, codings, mode_history, notes
from tests.support.endpoint import Answer, completion, prompt_of
from tests.support.running import FakeClock
from tests.support.steps import add, row

KINDS = ("year", "name", "tone")


def fails(store: Store, count: int, noted: bool = True) -> None:
    """Fails t1, t2 … of Ann, about a year, a name or a tone in turn, each with a note that says which."""
    add(store, *(row(Trace(f"t{number}", f"question {number}", f"wrong {KINDS[number % 3]}"), Ann="fail")
                 for number in range(1, count + 1)))
    for number in range(1, count + 1 if noted else 1):
        notes.save(store, f"t{number}", "Ann", f"the {KINDS[number % 3]} of trace {number} is wrong")


def groups(*found: tuple[str, list[int]]) -> Answer:
    """A reply that names groups with the numbers of their notes."""
    return completion(json.dumps({"groups": [
        {"name": name, "definition": f"a wrong {name}", "notes": numbers} for name, numbers in found]}))


def by_kind(body: dict[str, Any]) -> Answer:
    """Groups notes by the kind they name; of a fail, names the failure modes whose name its output holds."""
    prompt = prompt_of(body)
    lines = re.findall(r"^(\d+)\. (.*)$", prompt, re.M)
    if "<NOTES-" in prompt:
        return groups(*((f"wrong {kind}", [int(number) for number, text in lines if f"the {kind} " in text])
                        for kind in KINDS))
    output = prompt[prompt.index("Output:"):]
    return completion(json.dumps({"reason": "by its words", "failure_modes": [
        int(number) for number, text in lines if text.split(":")[0] in output]}))


def executed(store: Store, started: Job) -> Job:
    """An analysis executed to its end, without waiting."""
    return work.execute(store, started.id, clock=FakeClock())


def everywhere(store: Store, texts: dict[str, str]) -> None:
    """A note on every fail, groups a model proposes of them, and codes it proposes for fails nobody has coded."""
    written = [notes.save(store, f"{name}-{text}", text, text) for name, text in texts.items()]
    for text in texts.values():
        mode_history.propose(store, f"{text} proposed", text, written)
    add(store, row(Trace("uncoded", texts["image"], texts["image"]), Ann="fail"))
    uncoded, modes = traces.key_of(store, "uncoded"), [mode_history.by_name(store, text) for text in texts.values()]
    analysis = analyses.create(store, "codes", [(uncoded, {})], config={"modes": modes}, endpoint=texts["image"],
                               model=texts["script"])
    analyses.set_status(store, analysis, "paused", texts["image"])
    codings.save(store, analysis, uncoded, modes)
