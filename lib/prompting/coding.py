"""Notes -> groups, a fail -> its failure modes, and a fail -> a note, by a model through a client it is given.

A model cites notes and failure modes by their numbers; a number that was not given to it is dropped and counted. What
it proposes waits for a person. For a note of its own it is not told what people have noted.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import BaseModel

from lib.models.llm import Client, LlmError, Reply
from lib.models.replies import parsed
from lib.prompting import judge, texts
from lib.records import Trace, visible

MOST_NOTES = 300  # in one call: a model that reads more of them at once cites them badly
_OF_A_NOTE, _OF_A_NAME, _OF_A_DEFINITION = 600, 80, 600  # characters
_OF_ITS_NOTE = 2_000  # characters of a model's own note: no more is kept
_NUMBERS = {"type": "array", "items": {"type": "integer"}}
GROUPS_SCHEMA = {
    "type": "object", "required": ["groups"], "additionalProperties": False, "properties": {"groups": {
        "type": "array", "items": {
            "type": "object", "required": ["name", "definition", "notes"], "additionalProperties": False,
            "properties": {"name": {"type": "string"}, "definition": {"type": "string"}, "notes": _NUMBERS}}}}}
# The reason comes first, so that the choice follows from it.
CODES_SCHEMA = {
    "type": "object", "required": ["reason", "failure_modes"], "additionalProperties": False,
    "properties": {"reason": {"type": "string"}, "failure_modes": _NUMBERS}}

NOTE_SCHEMA = {"type": "object", "required": ["note"], "additionalProperties": False,
               "properties": {"note": {"type": "string"}}}


@dataclass(frozen=True)
class Group:
    """A failure mode as a model proposes it, with the places of the notes behind it, from 0."""

    name: str
    definition: str
    notes: tuple[int, ...]


@dataclass(frozen=True)
class Grouping:
    """The groups of a reply; `dropped` counts cited numbers that no note has, `empty` groups without any note."""

    groups: list[Group]
    dropped: int
    empty: int
    reply: Reply


@dataclass(frozen=True)
class Named:
    """The places of the failure modes a model named for one fail, from 0; `dropped` counts numbers none has."""

    modes: tuple[int, ...]
    dropped: int
    reply: Reply


@dataclass(frozen=True)
class Noted:
    """What a model notes on one fail."""

    text: str
    reply: Reply


class _Group(BaseModel):
    name: str
    definition: str = ""
    notes: list[int] = []


class _Groups(BaseModel):
    groups: list[_Group]


class _Codes(BaseModel):
    failure_modes: list[int]


class _Note(BaseModel):
    note: str


def groups_prompt(question: str, notes: Sequence[str]) -> str:
    """The prompt that asks for groups, every note on a line of its own under its number, fenced as material."""
    lines = "\n".join(f"{number}. {_line(text, _OF_A_NOTE)}" for number, text in enumerate(notes, 1))
    return texts.fill(texts.read("groups"), question=question, n=len(notes), notes=texts.fenced("NOTES", lines))


def codes_prompt(question: str, modes: Sequence[tuple[str, str]], trace: Trace, critique: str) -> str:
    """The prompt that asks which of these (name, definition) apply to a fail; what people wrote is fenced."""
    lines = "\n".join(f"{number}. {_line(name, _OF_A_NAME)}: {_line(definition, _OF_A_DEFINITION) or 'no definition'}"
                      for number, (name, definition) in enumerate(modes, 1))
    return texts.fill(
        texts.read("codes"), question=question, failure_modes=texts.fenced("MODES", lines),
        critique=texts.fenced("CRITIQUE", critique.strip() or "nothing"),
        trace=texts.fenced("TRACE", judge.told(trace)))


def note_prompt(question: str, criteria: str, trace: Trace, critique: str) -> str:
    """The prompt that asks for a model's own note on a fail; `criteria`: the team's, or ''."""
    said = f"The team says of it:\n{texts.fenced('CRITERIA', criteria)}" if criteria.strip() else ""
    return texts.fill(
        texts.read("note"), question=question, criteria=said,
        critique=texts.fenced("CRITIQUE", critique.strip() or "nothing"),
        trace=texts.fenced("TRACE", judge.told(trace)))


def _line(text: str, longest: int) -> str:
    return " ".join(text.split())[:longest]


async def group(client: Client, model: str, question: str, notes: Sequence[str]) -> Grouping:
    """Groups of these notes; LlmError where the reply cannot be read or holds no group with a note."""
    reply = await client.complete([{"role": "user", "content": groups_prompt(question, notes)}], model=model,
                                  schema=GROUPS_SCHEMA)
    found = read_groups(reply, len(notes))
    if not found.groups:
        raise LlmError("unreadable", "The model made no group that has a note behind it. Try again, or choose another "
                                     "model.", raw=reply.text)
    return found


def read_groups(reply: Reply, n: int) -> Grouping:
    """The groups of a reply to n notes; groups of one name are one group."""
    cited: dict[str, tuple[str, dict[int, None]]] = {}
    dropped = 0
    for one in parsed(reply, _Groups, "list of groups").groups:
        known = [number - 1 for number in one.notes if 1 <= number <= n]
        dropped += len(one.notes) - len(known)
        name = _line(one.name, _OF_A_NAME)
        kept = cited.setdefault(name, (_line(one.definition, _OF_A_DEFINITION), {}))
        kept[1].update(dict.fromkeys(known))
    groups = [Group(name, definition, tuple(sorted(notes))) for name, (definition, notes) in cited.items()
              if name and notes]
    return Grouping(groups, dropped, len(cited) - len(groups), reply)


async def name_modes(client: Client, model: str, question: str, modes: Sequence[tuple[str, str]], trace: Trace,
                     critique: str) -> Named:
    """Which of these failure modes a model sees in one fail; LlmError where the reply cannot be read."""
    reply = await client.complete([{"role": "user", "content": codes_prompt(question, modes, trace, critique)}],
                                  model=model, schema=CODES_SCHEMA)
    return read_codes(reply, len(modes))


def read_codes(reply: Reply, n: int) -> Named:
    """The failure modes of a reply, each once, of n that were offered."""
    cited = parsed(reply, _Codes, "list of failure modes").failure_modes
    known = tuple(dict.fromkeys(number - 1 for number in cited if 1 <= number <= n))
    return Named(known, sum(not 1 <= number <= n for number in cited), reply)


async def note(client: Client, model: str, question: str, criteria: str, trace: Trace, critique: str) -> Noted:
    """What a model notes on one fail; LlmError where it refused, or wrote nothing that can be read."""
    reply = await client.complete([{"role": "user", "content": note_prompt(question, criteria, trace, critique)}],
                                  model=model, schema=NOTE_SCHEMA)
    if reply.refusal:
        raise LlmError("refusal", "The model refused to write a note on this trace.", raw=reply.refusal)
    if not (text := _line(visible(parsed(reply, _Note, "note").note), _OF_ITS_NOTE)):
        raise LlmError("unreadable", "The model wrote an empty note.", raw=reply.text)
    return Noted(text, reply)
