"""The proof of an exported judge: dev traces through the file that left and through the product, compared.

One call a trace: its reply is read by both, so that what differs is never the model's own noise.
"""

import asyncio
import importlib.util
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from lib.engine import runner
from lib.models.llm import Client, LlmError
from lib.models.replies import Reply
from lib.prompting import judge as words
from lib.prompting import passport, pictures, reading
from lib.prompting.judge import REPLY_SCHEMA, Prompt
from lib.records import DEV, PromptVersion, Trace, UsageError
from lib.store import Store
from lib.store.dataset import traces
from lib.store.dataset.traces import Filter
from lib.store.judge import judges
from lib.workflow import endpoints
from lib.workflow.judge.passport import exporting, measured
from lib.workflow.judge.passport import reading as passports

_SECONDS = 60  # for the file's own check


@dataclass(frozen=True)
class Proof:
    """How many dev traces were compared, on how many messages and verdicts are the same, and where they are not."""

    traces: int
    same_messages: int
    asked: int = 0  # of them; the rest was not answered
    same_verdicts: int = 0
    unanswered: tuple[str, ...] = ()  # why not, a sentence each
    left_out: int = 0  # dev traces that the prompt shows as examples
    differing: tuple[str, ...] = ()  # ids

    @property
    def holds(self) -> bool:
        """Whether nothing differs, and something was compared."""
        return bool(self.traces) and self.same_messages == self.traces and self.same_verdicts == self.asked

    @property
    def sentence(self) -> str:
        """The proof in one line."""
        share = f"{100 * self.same_messages / self.traces:.3g} %" if self.traces else "of none"
        verdicts = f", same verdicts {self.same_verdicts} of {self.asked}" if self.asked or self.unanswered else ""
        return f"same messages {share}{verdicts}"


def prove(store: Store, folder: Path, most: int = 100, *, ask: bool = True, endpoint: str | None = None,
          model: str | None = None) -> Proof:
    """Compares the file in a folder with the product on at most so many dev traces; `ask` also asks a model.

    UsageError for a folder whose code is not the product's own, or whose judge this project has not.
    """
    found = passports.read(folder)
    file = _checked(folder)
    version = _version(store, found)
    prompt = exporting.prompt_of(store, version, measured.runs_of(store, version))
    dev, left_out = _dev(store, version, most)
    module = _loaded(file)
    messages = {trace.id: module.messages(_plain(trace)) for trace in dev}
    differing = [trace.id for trace in dev if prompt.messages(trace) != messages[trace.id]]
    if not ask:
        return Proof(len(dev), len(dev) - len(differing), left_out=left_out, differing=tuple(differing))
    chosen = endpoints.choice(store, endpoint, model or found.saved.model, version)
    said = asyncio.run(_asked(store, prompt, module, chosen, dev))
    read = {name: pair for name, pair in said.items() if not isinstance(pair, str)}
    wrong = [name for name, (ours, theirs) in read.items() if ours != theirs]
    return Proof(len(dev), len(dev) - len(differing), len(read), len(read) - len(wrong),
                 tuple(dict.fromkeys(pair for pair in said.values() if isinstance(pair, str))), left_out,
                 tuple(dict.fromkeys([*differing, *wrong])))


def _checked(folder: Path) -> Path:
    """The code in a folder, run only where it is the product's own, and once by a bare Python for its own check."""
    file = folder / "judge.py"
    if not file.is_file() or file.read_text(encoding="utf-8", errors="replace") != passport.code():
        raise UsageError(f"{file} is not the code that this Plumbline writes: it was edited, or another version wrote "
                         "it. Export the judge again; nothing of it was run.")
    done = subprocess.run([sys.executable, "-I", "-S", str(file.resolve())], capture_output=True, text=True,
                          timeout=_SECONDS, check=False)
    if done.returncode:
        raise UsageError(f"{file} fails its own check: {done.stdout.strip() or done.stderr.strip()[-300:]}")
    return file


def _loaded(file: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("exported_judge", file.resolve())
    module = importlib.util.module_from_spec(spec)
    # A frozen record looks its own module up while it is made.
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules[spec.name]
    return module


def _version(store: Store, found: passports.Passport) -> PromptVersion:
    known = judges.prompts(store, found.judge.name) if found.judge.name in judges.every(store, archived=True) else []
    same = next((one for one in known if one.template == found.saved.template
                 and one.parameters == found.saved.parameters and len(one.examples) == len(found.examples)), None)
    if same is None:
        raise UsageError(f"This project has no version of “{found.judge.name}” with this prompt: import the passport "
                         "first, or name the project it comes from with --project.")
    return same


def _dev(store: Store, version: PromptVersion, most: int) -> tuple[list[Trace], int]:
    shown = {one.trace.id for one in version.examples}
    listed = [row["trace_id"] for row in traces.listing(store, Filter(split=DEV, answered=True), most + len(shown))]
    taken = [name for name in listed if name not in shown]
    if not taken:
        raise UsageError("No trace of the dev split has an output yet: there is nothing to compare on.")
    return [traces.get(store, name) for name in taken[:most]], len(listed) - len(taken)


def _plain(trace: Trace) -> dict[str, Any]:
    return {name: getattr(trace, name) for name in ("input", "output", "messages", "context", "steps")}


async def _asked(store: Store, prompt: Prompt, module: ModuleType, chosen: endpoints.Choice,
                 dev: list[Trace]) -> dict[str, Any]:
    """Trace -> (what the product reads in its reply, what the file reads), or the sentence why there is no reply."""
    calls = runner.most_calls(chosen.endpoint, 16)
    at_once = asyncio.Semaphore(calls)

    async def one(client: Client, trace: Trace) -> Any:
        async with at_once:
            try:
                reply = await client.complete(module.messages(_plain(trace)), model=chosen.model, schema=REPLY_SCHEMA,
                                              parameters=pictures.sent(prompt.version.parameters))
            except LlmError as error:
                return str(error)
        ours = reading.verdict(reply, lambda: words.told(trace))
        theirs = module.read(_body(reply), _plain(trace))
        return (ours.outcome, ours.critique, ours.error), (theirs.outcome, theirs.critique, theirs.error)

    async with runner.called(store, chosen.endpoint, calls) as client:
        return dict(zip([trace.id for trace in dev], await asyncio.gather(*(one(client, trace) for trace in dev)),
                        strict=True))


def _body(reply: Reply) -> dict[str, Any]:
    """The completion as it came."""
    return {"model": reply.model, "choices": [{"message": reply.message, "finish_reason": reply.finish_reason}]}
