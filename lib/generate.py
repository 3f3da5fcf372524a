"""Dimension values -> user inputs, proposed by a model through a client it is given.

A model writes inputs only, never the AI system's outputs; a person accepts each before it is a trace.
"""

import json
from dataclasses import dataclass

from pydantic import BaseModel, Field, ValidationError

from lib import prompts
from lib.llm import Client, LlmError, Reply
from lib.records import UsageError

MOST = 50


class _Inputs(BaseModel):
    inputs: list[str] = Field(min_length=1)


@dataclass(frozen=True)
class Proposals:
    """Inputs a model wrote, the prompt it was given and the reply they came in."""

    inputs: list[str]
    prompt: str
    reply: Reply


async def propose(client: Client, *, model: str, combination: dict[str, str], n: int, question: str,
                  avoid: list[str]) -> Proposals:
    """Up to n inputs for one value of each dimension; LlmError where the reply cannot be read."""
    if not 1 <= n <= MOST:
        raise UsageError(f"Between 1 and {MOST} inputs can be written at once, not {n}.")
    prompt = prompts.fill(
        prompts.read("generate"), question=question, n=n,
        combination="\n".join(f"- {name}: {value}" for name, value in combination.items()) or "- no particular one",
        avoid="\n".join(f"- {text[:200]}" for text in avoid) or "- none yet")
    reply = await client.complete([{"role": "user", "content": prompt}], model=model, schema=_schema(n))
    return Proposals(_read(reply, avoid)[:n], prompt, reply)


def _schema(n: int) -> dict:
    return {"type": "object", "required": ["inputs"], "additionalProperties": False, "properties": {
        "inputs": {"type": "array", "items": {"type": "string"}, "minItems": n, "maxItems": n}}}


def _read(reply: Reply, avoid: list[str]) -> list[str]:
    try:
        start, end = reply.text.index("{"), reply.text.rindex("}") + 1
        found = _Inputs.model_validate(json.loads(reply.text[start:end])).inputs
    except (ValueError, ValidationError, RecursionError):
        reason = "refused" if reply.refusal else "gave no list of inputs that can be read"
        raise LlmError("unreadable", f"The model {reason}. Try again, ask for fewer inputs, or choose another model.",
                       raw=reply.refusal or reply.text) from None
    known, fresh = {"", *map(_alike, avoid)}, []
    for text in found:
        if _alike(text) not in known:
            known.add(_alike(text))
            fresh.append(text.strip())
    if not fresh:
        raise LlmError("unreadable", "The model only repeated earlier inputs. Try again, or choose another model.")
    return fresh


def _alike(text: str) -> str:
    """What makes two inputs the same: not their case, nor the blanks in them."""
    return " ".join(text.split()).casefold()
