"""Dimension values -> user inputs, proposed by a model through a client it is given.

A model writes inputs only, never the AI system's outputs; a person accepts each before it is a trace. Assumptions are
for reviewers and not for the model: a Brief has no place for them, so they cannot enter a prompt.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel, Field

from lib.models.llm import Client, LlmError, Reply
from lib.models.replies import parsed
from lib.prompting import texts
from lib.records import Dimension, UsageError

MOST = 50
_CURE = "ask for fewer inputs, or choose another model"
DEFAULT_TEMPLATE = texts.read("generate")
PLACEHOLDERS = {
    "question": "the project's question to the expert",
    "n": "how many inputs are wanted",
    "combination": "the dimension values with their descriptions and worked examples",
    "system_information": "what the AI system knows: an order number that exists, a contact list",
    "avoid": "earlier inputs, not to be repeated",
}
OPINION_SCHEMA = {
    "type": "object", "required": ["reason", "triggered"], "additionalProperties": False,
    "properties": {"reason": {"type": "string"}, "triggered": {"type": "boolean"}}}


@dataclass(frozen=True)
class Brief:
    """All that a model is told about the inputs it is to write."""

    combination: dict[str, str]
    n: int
    question: str
    dimensions: Sequence[Dimension] = ()
    system_information: str = ""
    avoid: Sequence[str] = ()
    template: str = DEFAULT_TEMPLATE


@dataclass(frozen=True)
class Proposals:
    """Inputs a model wrote, the prompt it was given and the reply they came in."""

    inputs: list[str]
    prompt: str
    reply: Reply


class _Inputs(BaseModel):
    inputs: list[str] = Field(min_length=1)


class _Opinion(BaseModel):
    triggered: bool
    reason: str


def check_template(template: str) -> None:
    """Refuses at save time what could not be rendered, or would leave the model without the combination."""
    if "combination" not in texts.check(template, PLACEHOLDERS):
        raise UsageError("The prompt does not say what to write about: put {{ combination }} into it.")


def render(brief: Brief) -> str:
    """The prompt a model gets, every value literally and once."""
    if not 1 <= brief.n <= MOST:
        raise UsageError(f"Between 1 and {MOST} inputs can be written at once, not {brief.n}.")
    return texts.fill(
        brief.template, question=brief.question, n=brief.n, combination=described(brief.combination, brief.dimensions),
        system_information=brief.system_information.strip() or "Nothing is known about it.",
        # A line each, whatever they hold; quoted and fenced, for they come from anywhere.
        avoid=texts.fenced("INPUTS", "\n".join(
            json.dumps(" ".join(text.split())[:200], ensure_ascii=False) for text in brief.avoid))
        if brief.avoid else "none yet")


def described(combination: dict[str, str], dimensions: Sequence[Dimension]) -> str:
    """The values with what the team wrote about them."""
    known = {dimension.name: dimension for dimension in dimensions}
    lines = [line for name, value in combination.items() for line in _value(name, value, known.get(name))]
    return "\n".join(lines) or "- no particular one"


def _value(name: str, value: str, dimension: Dimension | None) -> list[str]:
    about = f" ({dimension.description})" if dimension and dimension.description else ""
    found = next((one for one in dimension.values if one.name == value), None) if dimension else None
    lines = [f"- {name}{about}: {value}"]
    if found and found.description:
        lines.append(f"  It means: {found.description}")
    if found and found.example:
        lines.append(f"  For example: {found.example}")
    return lines


async def propose(client: Client, model: str, brief: Brief) -> Proposals:
    """Up to n inputs for one combination; LlmError where the reply cannot be read."""
    prompt = render(brief)
    reply = await client.complete([{"role": "user", "content": prompt}], model=model, schema=_schema(brief.n))
    return Proposals(_read(reply)[:brief.n], prompt, reply)


def _schema(n: int) -> dict:
    return {"type": "object", "required": ["inputs"], "additionalProperties": False, "properties": {
        "inputs": {"type": "array", "items": {"type": "string"}, "minItems": n, "maxItems": n}}}


def _read(reply: Reply) -> list[str]:
    found = [text.strip() for text in parsed(reply, _Inputs, "list of inputs", _CURE).inputs if text.strip()]
    if not found:
        raise LlmError("unreadable", "The model wrote empty inputs only. Try again, or choose another model.",
                       raw=reply.text)
    return found


async def opine(client: Client, model: str, brief: Brief, text: str) -> str:
    """A model's opinion on whether an input really triggers its combination: "yes: …" or "no: …"."""
    prompt = texts.fill(
        texts.read("opinion"), combination=described(brief.combination, brief.dimensions),
        input=texts.fenced("INPUTS", text),
        system_information=brief.system_information.strip() or "Nothing is known about it.")
    reply = await client.complete([{"role": "user", "content": prompt}], model=model, schema=OPINION_SCHEMA)
    found = parsed(reply, _Opinion, "opinion", _CURE)
    return f"{'yes' if found.triggered else 'no'}: {found.reason.strip()}"
