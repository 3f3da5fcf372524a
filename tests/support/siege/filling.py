"""A project whose every word attacks, and the addresses of every page and view that shows it."""

from lib.records import REPEAT, Circumstances, Trace, Verdict
from lib.store import Store, cycles, experts
from lib.store.dataset import documents, generations
from lib.store.errors import failure_modes, fixes, insights, mode_decisions
from lib.store.judge import runs, verdicts
from lib.store.review import labels, pins
from lib.workflow.judge import judging
from tests.support import coding
from tests.support.steps import add, row

VIEWS = [("", {}), *(("dataset", {"view": view}) for view in (
    "Traces", "Import", "Dimensions", "Coverage", "Propose inputs", "Reference", "Export")),
    *(("review", {"view": view}) for view in ("Queue", "Reviewers", "Consistency", "When to stop")),
    ("judge", {"view": "Bench", "kind": "all"}), ("judge", {"view": "Bench", "one_text": "true"}),
    ("judge", {"view": "Disagreements", "ruling": "all"}),
    ("judge", {"view": "Versions", "changes": "all"}),
    ("judge", {"view": "Models"}), ("judge", {"view": "Splits"}), ("errors", {"view": "Checks"}),
    ("dataset", {"view": "Get outputs"}),
    ("errors", {"view": "Pass rates", "from": "expert"}), ("errors", {"view": "Pass rates", "from": "judge"}),
    ("errors", {"view": "What to fix"}), ("errors", {"view": "Fixes"}), ("", {"view": "Insights"}),
    ("", {"view": "Cycles"}), ("errors", {"view": "Failure modes"}),
    ("errors", {"view": "Failure modes", "cut": "month"}), ("errors", {"view": "Steps"}),
    *(("errors", {"view": view}) for view in ("Notes", "Groups", "Codes")),
    ("errors", {"view": "Codes", "codes": "proposals of a model"}),
    ("settings", {"view": "Experts"}), ("settings", {"view": "Project"}),
    ("settings", {"view": "Models"})]


def fill(store: Store, texts: dict[str, str]) -> Store:
    """Every attack in every field that takes text."""
    for number, (name, text) in enumerate(texts.items()):
        trace = Trace(f"{name}-{text}", text, text, context={text: text, "list": [text], "deep": {text: [text]}},
                      dimensions={"topic": (text,), texts["image"]: (text, "other"), texts["dress"]: (text,)},
                      system_version=text, created_at="2026-01-01")
        add(store, row(trace, Ann="fail", verdicts={texts["image"]: Verdict("pass", text)}, modes=(text,)))
        labels.save(store, trace.id, texts["image"], "pass", text)
        labels.save(store, trace.id, "Ann", "fail" if number % 2 else "pass", text)
        labels.save(store, trace.id, "Ann", "pass", text, circumstances=Circumstances(purpose=REPEAT))
        failure_modes.add(store, text, text)
    chat = [{"role": texts["image"], "content": texts["script"]},
            {"role": "assistant", "content": None, "tool_calls": [
                {"function": {"name": texts["image"], "arguments": texts["script"]}}]},
            {"role": "tool", "content": [{"type": "text", "text": texts["image"]}]}]
    add(store, Trace("chat", texts["image"], None, messages=chat))
    experts.describe(store, "Ann", texts["image"], texts["image"])
    documents.replace(store, texts["image"], [(text, text) for text in texts.values()])
    pins.replace(store, [*list(texts.values())[:15], "list", "deep"])
    _judged(store, texts)
    _learnt(store, texts)
    coding.everywhere(store, texts)
    return store


def _learnt(store: Store, texts: dict[str, str]) -> None:
    """A fix of every failure mode whose new answers attack, insights, and an overdue cycle."""
    fails = fixes.fails_with(store, "Ann", list(failure_modes.every(store)))
    fixes.create(store, texts["image"], texts["script"], texts["onerror"], list(failure_modes.every(store)), fails)
    for text in texts.values():
        insights.add(store, "AI", text, texts["image"], [f"image-{texts['image']}"])
        mode_decisions.decide(store, text.strip(), mode_decisions.Decision(owner=texts["image"], due_on="2020-01-01"))
    for text in (texts["dress"], texts["image"]):
        cycles.begin(store, "incident", text, "2020-01-01")
    cycles.close(store, cycles.current(store).id)


def _judged(store: Store, texts: dict[str, str]) -> None:
    for said in (Verdict("fail", texts["image"]), Verdict(None, error="unreadable", raw=texts["image"])):
        # The second version differs from the first in every way: text, examples, parameters, note.
        shown = [row["label"] for row in labels.candidates(store, "Ann", "train")] if said.error else []
        words = texts["script" if said.error else "image"]
        prompt = judging.save_prompt(store, texts["script"], f"{words}\n{{{{ trace }}}}", shown, words,
                                     {texts["image"]: words}, texts["image"])
        run = runs.create(store, prompt.key, texts["image"], "environment")
        for key in runs.pending(store, run):
            verdicts.save(store, run, key, said)
        runs.set_status(store, run, "paused", texts["image"])
    generations.save(store, {"topic": texts["image"]}, "p", texts["image"], "embedded", list(texts.values()))
