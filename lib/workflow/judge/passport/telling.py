"""The README that goes with an exported judge: how it is called, how far it can be trusted, what it is not for."""

from typing import Any

from lib.records.words import counted
from lib.workflow.judge.passport import measured

_USE = """```python
from openai import OpenAI
from judge import judge

found = judge({"input": "…", "output": "…"}, OpenAI().chat.completions.create)
found.outcome   # "pass", "fail", or None: then found.error names the kind of error
found.critique  # why
```

- `messages(trace)` gives the messages of one call, `request(trace)` the whole body, for a client of your own.
- `read(reply, trace)` reads the text or the completion that came. It never guesses: a reply without one clear verdict
  is an error of a named kind, and an error is neither a pass nor a fail.
- A trace is a dict with `input` and `output`; `context`, `messages` and `steps` where there are some.
- `python judge.py` checks that this copy makes the messages that Plumbline made.
"""


def readme(found: dict[str, Any], adapters: tuple[str, ...] = ()) -> str:
    """The text of README.md for a passport."""
    judge = found["judge"]
    return "\n".join(filter(None, (
        f"# The judge “{judge['name']}”, version {judge['version']}\n",
        f"It answers one question of a trace, with pass or fail and a critique: {found['project']['question']}\n",
        f"Its one criterion: {judge['criterion']}\n" if judge["criterion"] else "",
        "## Use\n", "`judge.py` needs Python 3.11 or newer and nothing else; `judge.json` stands beside it.\n", _USE,
        _beside(adapters), "## How far it can be trusted\n", *_figures(found), "\n## What it must not be used for\n",
        *(f"- {one}" for one in found["not_for"]), ""))) + "\n"


def _beside(adapters: tuple[str, ...]) -> str:
    return "\n".join(["Adapters, each with its use in its first lines:", *(f"- `{one}_judge.py`" for one in adapters),
                      ""]) if adapters else ""


def _figures(found: dict[str, Any]) -> list[str]:
    rows = [f"- {measured.sentence(one)} (run {one['run']}, model {one['model']})" for one in found["figures"]]
    if noise := found["noise"]:
        rows.append(f"- Asked the same again it contradicted itself on {noise['contradicted']} of {noise['repeated']} "
                    "traces.")
    if looks := found["looks_at_test"]:
        rows.append(f"- Its sealed test was opened {counted(len(looks), 'time')}, the last time on "
                    f"{looks[-1]['at'][:10]}.")
    return rows or ["Not validated: its agreement with an expert was never measured."]
