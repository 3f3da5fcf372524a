"""A judge's version written out: judge.json, judge.py, a README, and adapters to other programs on request."""

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from lib.models import llm
from lib.models.habits import Habits
from lib.prompting import passport, pictures
from lib.prompting.judge import REPLY_SCHEMA, Prompt
from lib.records import Example, PromptVersion, Run, Trace, UsageError
from lib.store import Store, endpoint_habits, projects
from lib.store.judge import judges
from lib.workflow.judge import judging, kinds
from lib.workflow.judge.passport import measured, telling

_NO_MODEL = ("No call before a model is named: the version names none and was never run. Put one into judge.json, "
             "under request.")
FORM = 1  # of judge.json; a later product reads earlier forms
# Holds every part that a trace can have, so that its messages prove the whole way; nothing of it is anybody's.
CHECK = Trace(
    "check", "Is the library open on Sunday?", "[tool call] hours({\"day\": \"Sunday\"})\nYes, from 10 to 18.",
    [{"role": "user", "content": "Is the library open on Sunday?"},
     {"role": "assistant", "content": None, "tool_calls": [
         {"id": "1", "type": "function", "function": {"name": "hours", "arguments": "{\"day\": \"Sunday\"}"}}]},
     {"role": "tool", "tool_call_id": "1", "content": "10–18"}],
    {"source": "Öffnungszeiten"}, steps=[{"kind": "tool", "name": "hours", "input": {"day": "Sunday"},
                                          "output": "10–18", "depth": 0}])


def of(store: Store, name: str, number: int | None = None) -> dict[str, Any]:
    """What judge.json holds of a judge's version (None: the newest); UsageError where it has no prompt."""
    version = version_of(store, name, number)
    runs = measured.runs_of(store, version)
    prompt, told = prompt_of(store, version, runs), measured.agreements(store, runs)
    model = runs[0].model if runs else version.model
    habits = _habits(store, runs[0]) if runs else Habits()
    project = projects.current(store)
    return {
        "passport": FORM,
        "judge": _named(store, version),
        "project": {"name": project.name, "question": prompt.wording.same["question"]},
        "exported_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "prompt": {"template": prompt.wording.template, "pieces": prompt.wording.pieces, "fills": prompt.wording.same,
                   "pictures": prompt.wording.pictures},
        "saved": {"template": version.template, "criteria": prompt.criteria, "model": version.model,
                  "parameters": version.parameters},
        "examples": [_example(one) for one in version.examples],
        "reply_schema": REPLY_SCHEMA, "reply_format": habits.format,
        "request": llm.asked(model or "", habits.applied(pictures.sent(version.parameters)), habits.format,
                             REPLY_SCHEMA),
        "figures": told, "noise": measured.noise_of(store, runs), "looks_at_test": measured.looks(store, version.judge),
        "not_for": [*measured.not_for(store, version.judge, runs, told), *([] if model else [_NO_MODEL])],
        "check": {"trace": _plain(CHECK), "messages": prompt.messages(CHECK)},
    }


def _named(store: Store, version: PromptVersion) -> dict[str, Any]:
    return {"name": version.judge, "version": version.number, "note": version.note, "author": version.author,
            "created_at": version.created_at, "criterion": judges.special(store).get(version.judge, (None,))[0]}


def version_of(store: Store, name: str, number: int | None) -> PromptVersion:
    """A judge's version of this number, None for the newest; UsageError where there is none."""
    known = {one.number: one for one in judges.prompts(store, name)}
    if number is None:
        return judges.newest_prompt(store, name)
    if number not in known:
        numbers = ", ".join(map(str, sorted(known))) or "none"
        raise UsageError(f"Judge '{name}' has no prompt version {number}. Versions: {numbers}.")
    return known[number]


def refused(versions: Mapping[int, PromptVersion]) -> str:
    """Why none of these leaves as a file, as a sentence; "" where one does."""
    return next((said for one in versions.values() if (said := kinds.no_words(one, "an export as a file"))), "")


def prompt_of(store: Store, version: PromptVersion, runs: list[Run]) -> Prompt:
    """As its newest run has asked, since the figures are of that; where it has none, as a run would ask now."""
    kinds.need_text(version, "an export as a file")
    return Prompt(version, runs[0].question, runs[0].criteria) if runs else judging.prompt(store, version)


def _habits(store: Store, run: Run) -> Habits:
    return Habits.of(endpoint_habits.of(store, run.address).get(run.model, {}))


def _example(one: Example) -> dict[str, Any]:
    return {"trace": {"id": one.trace.id, **_plain(one.trace)}, "outcome": one.label.outcome,
            "critique": one.label.critique, "expert": one.label.expert, "content_hash": one.trace.content_hash}


def _plain(trace: Trace) -> dict[str, Any]:
    """What a judge is told of a trace, as plain data."""
    found = {name: getattr(trace, name) for name in ("input", "output", "messages", "context", "steps")}
    return {name: value for name, value in found.items() if value}


def files(found: dict[str, Any], adapters: tuple[str, ...] = ()) -> dict[str, str]:
    """File name -> text of all that leaves: the passport, the code, a README and the adapters asked for."""
    return {"judge.json": json.dumps(found, ensure_ascii=False, indent=1) + "\n", "judge.py": passport.code(),
            "README.md": telling.readme(found, adapters), **passport.adapters(adapters)}


def write(found: dict[str, Any], folder: Path, adapters: tuple[str, ...] = ()) -> list[str]:
    """Writes them into a folder, made where there is none; UsageError where another judge's passport stands there."""
    there = folder / "judge.json"
    try:
        if there.exists() and (name := json.loads(there.read_text("utf-8"))["judge"]["name"]) != found["judge"]["name"]:
            raise UsageError(f"{folder} holds the judge '{name}': name another folder.")
        folder.mkdir(parents=True, exist_ok=True)
        made = files(found, adapters)
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except (OSError, ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{folder} cannot be written to ({type(error).__name__}): name another folder.") from None
    return list(made)


def archive(found: dict[str, Any], adapters: tuple[str, ...] = ()) -> bytes:
    """The same files in one zip, for a page to hand out."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as zipped:
        for name, text in files(found, adapters).items():
            zipped.writestr(f"judge/{name}", text)
    return held.getvalue()
