"""How fast the embedded model is on this machine: asked once with a short text, and kept beside the fetched models.

The measure is a number of times as long as `guess` says, so that it holds for prompts of any length.
"""

import asyncio
import json
import os
from contextlib import suppress
from pathlib import Path
from time import monotonic
from typing import Any

from lib.models import local_model, model_files
from lib.models.llm import Client, Endpoint
from lib.models.local_model import Weights
from lib.records import OUTCOMES, PlumblineError

# The guess before anything was measured: tokens a second of the small model, all calls at once together. On two cores
# that others kept busy too, 5,355 were read and 615 written in 82 seconds; the guess says 130.
READ, WRITTEN = 60, 15
_TEXT = "A council met on Monday. It heard the plan for the road, asked who pays for it, and put off the vote. " * 12
_MOST = 60  # tokens of a reply
_SCHEMA = {"type": "object", "required": ["critique", "outcome"], "additionalProperties": False,
           "properties": {"critique": {"type": "string"}, "outcome": {"type": "string", "enum": list(OUTCOMES)}}}


def guess(prompt_tokens: float, completion_tokens: float) -> float:
    """Seconds that so many tokens take, as cautiously as one has to guess."""
    return prompt_tokens / READ + completion_tokens / WRITTEN


def known(weights: Weights) -> float | None:
    """How many times as long as the guess this model takes here; None where it was never measured."""
    found = _read().get(_name(weights))
    return found if isinstance(found, float) and found > 0 else None


def measure(weights: Weights) -> float:
    """Serves the model, asks it twice at once, and keeps how long that took; PlumblineError where it gives no reply."""
    with local_model.serving(weights) as endpoint:
        prompt, reply, seconds = asyncio.run(_asked(endpoint, weights.name))
    if not reply:
        raise PlumblineError(f"{weights.name} gives no reply: name another file in Settings, Models.")
    found = seconds / guess(prompt, reply)
    with suppress(OSError):  # a full disk is no reason to run nothing: it is measured again the next time
        model_files.folder().mkdir(parents=True, exist_ok=True)
        whole = _file().with_suffix(".new")
        whole.write_text(json.dumps(_read() | {_name(weights): found}))
        whole.replace(_file())
    return found


async def _asked(endpoint: Endpoint, model: str) -> tuple[int, int, float]:
    """Tokens read, tokens written, seconds: as many calls at once as a run makes."""
    async with Client(endpoint, local_model.TIMEOUT) as client:
        start = monotonic()
        # They differ from the first word on, else the second would find the first one's text read already.
        replies = await asyncio.gather(*(client.complete(
            [{"role": "user", "content": f"Text {number}. {_TEXT}Is this a good summary? Say why, then pass or fail."}],
            model=model, parameters={"max_tokens": _MOST, "seed": 1}, schema=_SCHEMA)
            for number in range(local_model.PARALLEL)))
        seconds = monotonic() - start
    return (sum(reply.prompt_tokens or 0 for reply in replies), sum(reply.completion_tokens or 0 for reply in replies),
            seconds)


def _file() -> Path:
    return model_files.folder() / "speed.json"


def _name(weights: Weights) -> str:
    """What the measure holds for: this file, worked out by so many threads."""
    threads = os.environ.get("PLUMBLINE_MODEL_THREADS") or os.cpu_count()
    return f"{weights.name} {weights.path.stat().st_size} {threads}"


def _read() -> dict[str, Any]:
    try:
        found = json.loads(_file().read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
