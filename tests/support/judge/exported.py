"""A judge that has run over traces with every kind of reply, and has left: what each adapter is tried on."""

import json
import os
import re
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lib.records import Trace
from lib.store import Store
from lib.store.dataset.traces import Filter
from lib.store.review import labels
from lib.workflow.judge import judging
from tests.support import HOUSE
from tests.support.commands import CommandLine
from tests.support.endpoint import Endpoint, completion, error, prompt_of, refusal, verdict
from tests.support.running import execute
from tests.support.steps import add, row

JUDGE = judging.DEFAULT_JUDGE
CRITIQUE = {"pass": "It helps: 10–18 Uhr.", "fail": "It names no „source“.\nNot one."}
REPLIES = {
    "passes": verdict("pass", CRITIQUE["pass"]), "fails": verdict("fail", CRITIQUE["fail"]),
    "unreadable": completion("I would say maybe."), "refused": refusal("I cannot help with that."),
    "broken": replace(error(500, "the server broke"), headers={"x-should-retry": "false"})}
# What a program that hosts the judge has to make of them: an outcome with its critique, or an error that says this.
VERDICTS = {name: {"outcome": outcome, "critique": CRITIQUE[outcome]}
            for name, outcome in (("passes", "pass"), ("fails", "fail"))}
ERRORS = {"unreadable": "unreadable", "refused": "refusal", "broken": "500|InternalServerError"}
PROGRAMS = HOUSE / "tests" / "adapters"
PATIENCE = 300  # seconds: some of these programs take half a minute to start


@dataclass(frozen=True)
class Left:
    """The folder a judge has left into, the requests of Plumbline's own run by trace, and the endpoint of both."""

    folder: Path
    ours: Mapping[str, list[dict[str, Any]]]
    endpoint: Endpoint

    @property
    def sent(self) -> dict[str, list[dict[str, Any]]]:
        """The requests that came since, by trace, as the endpoint got them."""
        return by_trace(self.endpoint)

    @property
    def same(self) -> bool:
        """Whether each trace was asked about in Plumbline's own messages, to the byte, with the same parameters."""
        return {name: {_told(body) for body in bodies} for name, bodies in self.sent.items()} == {
            name: {_told(bodies[0])} for name, bodies in self.ours.items()}

    def told(self, python: Path | str, program: str, **environment: str) -> dict[str, dict[str, Any]]:
        """What a program makes of each trace: its outcome and critique, or its error, by trace."""
        self.endpoint.ledger.clear()
        (self.folder / "traces.json").write_text(json.dumps(asked()), encoding="utf-8")
        done = subprocess.run(
            [str(python), str(PROGRAMS / program)], cwd=self.folder, capture_output=True, text=True,
            timeout=PATIENCE, check=False, env={**os.environ, "HOME": str(self.folder), "TZ": "UTC",
                                                "PYTHONPATH": str(self.folder), "PYTHONUTF8": "1", **environment})
        assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
        return json.loads(done.stdout.splitlines()[-1])


def _told(body: dict[str, Any]) -> tuple[str, str]:
    """The messages as they were sent, and the rest of a request in the order of its names."""
    rest = {name: value for name, value in body.items() if name != "messages"}
    return json.dumps(body["messages"]), json.dumps(rest, sort_keys=True)


def asked() -> list[dict[str, str]]:
    """The five traces, with signs that a careless encoding changes."""
    return [{"id": name, "input": f"Which of them {name}?\n<b>„Öl“</b> 🙂",
             "output": f"That one {name}.\r\n\tTotal: 1 000 € {{{{ input }}}}"} for name in REPLIES]


def _talk(one: dict[str, str]) -> list[dict[str, Any]]:
    return [{"role": "user", "content": one["input"]}, {"role": "assistant", "content": one["output"]}]


def is_error(trace: str, told: dict[str, Any]) -> bool:
    """Whether this is an error of the trace's kind, and no verdict."""
    return "outcome" not in told and re.search(ERRORS[trace], told["error"]) is not None


def by_trace(endpoint: Endpoint) -> dict[str, list[dict[str, Any]]]:
    """All requests so far by the trace they are about."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in REPLIES}
    for call in endpoint.chats:
        [name] = [name for name in REPLIES if f"Which of them {name}?" in prompt_of(call.body)]
        found[name].append(call.body)
    return found


def leave(store: Store, endpoint: Endpoint, folder: Path, *adapters: str, talks: bool = False) -> Left:
    """A judge with two examples runs over the five traces, then `judge export --with` writes it into the folder.

    `talks`: each trace is a conversation of one turn.
    """
    add(store, *(row(Trace(**one, split="dev", messages=_talk(one) if talks else None)) for one in asked()),
        row(Trace("e1", "What is a pass?", "This.", split="train"), Ann="pass"),
        row(Trace("e2", "What is a fail?", "That.", split="train"), Ann="fail"))
    shown = [labels.current(store, name, "Ann").key for name in ("e1", "e2")]
    judging.save_prompt(store, JUDGE, judging.DEFAULT_TEMPLATE, shown, "test-model", {"temperature": 0}, "to leave")
    endpoint.plan = {f"Which of them {name}?": reply for name, reply in REPLIES.items()}
    execute(store, judging.start_run(store, JUDGE, where=Filter(split="dev")).id)
    ours = by_trace(endpoint)
    CommandLine(store.path)("judge", "export", JUDGE, folder,
                            *(word for name in adapters for word in ("--with", name)))
    return Left(folder, ours, endpoint)
