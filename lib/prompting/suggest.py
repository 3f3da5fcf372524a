"""Critiques or differences -> guidelines or a changed prompt, proposed by a model through a client it is given.

Knows what the model is told and what of its reply may be used. What it reads is fenced as material; what it writes
is a draft for a person.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field

from lib.models.llm import Client, LlmError, Reply
from lib.models.replies import parsed
from lib.prompting import guidelines, judge, texts
from lib.records import UsageError
from lib.records.suggestion import Critique, Difference, Rule
from lib.records.words import counted

MOST_RULES = 30
MOST_TOKENS = 24_000  # of critiques or differences in one prompt
OF_A_TRACE = 700  # characters of an input or an output that are shown
LONGEST_PROMPT = 60_000  # characters
_CURE = "show fewer critiques, or choose another model"
_STRING, _NUMBERS = {"type": "string"}, {"type": "array", "items": {"type": "integer"}}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(properties), "additionalProperties": False, "properties": properties}


GUIDELINES_SCHEMA = _object(guidelines={"type": "array", "items": _object(rule=_STRING, critiques=_NUMBERS)})
REVISION_SCHEMA = _object(why=_STRING, prompt=_STRING)
REFLECTION_SCHEMA = _object(why=_STRING, guidelines={"type": "array", "items": _STRING})


@dataclass(frozen=True)
class Setting:
    """What every question to the model begins with: the project's question and, where there are any, its criteria."""

    question: str
    criteria: str = ""


@dataclass(frozen=True)
class Guidelines:
    """Rules with the labels that justify them, and what of the reply was dropped."""

    rules: tuple[Rule, ...]
    unknown: int  # numbers of critiques that were never shown
    unjustified: tuple[str, ...]  # rules that named no critique that was shown


@dataclass(frozen=True)
class Revision:
    """A changed prompt that can be used, and why it was changed so."""

    template: str
    why: str


class _Rule(BaseModel):
    rule: str
    critiques: list[Any] = Field(default_factory=list)


class _Rules(BaseModel):
    guidelines: list[_Rule] = Field(min_length=1)


class _Revision(BaseModel):
    why: str = ""
    prompt: str


class _Reflection(BaseModel):
    guidelines: list[str] = Field(min_length=1)


def within_budget(by_outcome: Sequence[Sequence[Any]], most: int, tokens: int = MOST_TOKENS) -> list[Any]:
    """Up to `most` critiques or differences, taken from each group in turn, as long as their texts fit."""
    turns = [one for place in range(max(map(len, by_outcome), default=0)) for group in by_outcome
             if place < len(group) for one in [group[place]]]
    chosen: list[Any] = []
    for one in turns:
        tokens -= judge.estimate_tokens([{"content": _material(len(chosen) + 1, one)}])
        if len(chosen) == most or (tokens < 0 and chosen):
            break
        chosen.append(one)
    return chosen


def _material(number: int, one: Critique | Difference) -> str:
    shown = f"Input:\n{one.input[:OF_A_TRACE]}\n\nOutput:\n{one.output[:OF_A_TRACE]}"
    if isinstance(one, Critique):
        return f"Critique {number}, {one.outcome}: {one.critique}\n\n{shown}"
    noted = f"\n\nNoted: {one.note}" if one.note else ""
    return (f"Trace {number}. The expert says {one.expert_outcome}: {one.expert_critique}\n\nThe judge said "
            f"{one.judge_outcome}: {one.judge_critique}{noted}\n\n{shown}")


def _fenced(found: Sequence[Critique | Difference]) -> str:
    name = "CRITIQUE" if found and isinstance(found[0], Critique) else "DIFFERENCE"
    return "\n\n".join(f"{number}.\n{texts.fenced(name, _material(number, one))}"
                       for number, one in enumerate(found, 1)) or "None."


def _criteria(setting: Setting) -> str:
    return f"What pass and fail mean here:\n{texts.fenced('CRITERIA', setting.criteria)}" if setting.criteria else ""


def _rules(rules: str) -> str:
    return texts.fenced("GUIDELINES", rules) if rules.strip() else "None yet."


async def ask_guidelines(client: Client, model: str, setting: Setting, template: str,
                         shown: Sequence[Critique]) -> Guidelines:
    """Rules out of critiques, each with those that justify it; LlmError where the reply cannot be used."""
    return _read_rules(await _asked(client, model, guidelines_prompt(setting, template, shown), GUIDELINES_SCHEMA),
                       shown)


def guidelines_prompt(setting: Setting, template: str, shown: Sequence[Critique]) -> str:
    """The prompt that asks for rules out of critiques."""
    return texts.fill(texts.read("guidelines"), question=setting.question, criteria=_criteria(setting),
                      n=MOST_RULES, rules=_rules("\n".join(guidelines.rules(template))), critiques=_fenced(shown))


async def _asked(client: Client, model: str, prompt: str, schema: dict[str, Any]) -> Reply:
    return await client.complete([{"role": "user", "content": prompt}], model=model, schema=schema)


def _read_rules(reply: Reply, shown: Sequence[Critique]) -> Guidelines:
    found: dict[str, dict[int, None]] = {}
    unknown = 0
    for one in parsed(reply, _Rules, "guidelines", _CURE).guidelines[:MOST_RULES]:
        text = guidelines.tidy(one.rule)
        known = [n for n in one.critiques if type(n) is int and 1 <= n <= len(shown)]
        unknown += len(one.critiques) - len(known)
        if text:
            found.setdefault(text, {}).update(dict.fromkeys(shown[n - 1].label for n in known))
    kept = tuple(Rule(text, tuple(labels)) for text, labels in found.items() if labels)
    if not kept:
        raise LlmError("unreadable", "The model wrote no guideline that names a critique it was shown. Try again, or "
                                     "choose another model.", raw=reply.text)
    return Guidelines(kept, unknown, tuple(text for text, labels in found.items() if not labels))


async def ask_revision(client: Client, model: str, setting: Setting, template: str,
                       shown: Sequence[Difference]) -> Revision:
    """A changed prompt; LlmError where the reply cannot be read, or the prompt could not be used."""
    return _read_revision(await _asked(client, model, revision_prompt(setting, template, shown), REVISION_SCHEMA),
                          template)


def revision_prompt(setting: Setting, template: str, shown: Sequence[Difference]) -> str:
    """The prompt that asks for a changed prompt."""
    return texts.fill(texts.read("revision"), question=setting.question, criteria=_criteria(setting),
                      prompt=texts.fenced("PROMPT", template), differences=_fenced(shown))


def _read_revision(reply: Reply, template: str) -> Revision:
    found = parsed(reply, _Revision, "changed prompt", _CURE)
    if problem := unusable(template, found.prompt):
        raise LlmError("unreadable", f"The model's draft cannot be used: {problem}", raw=reply.text)
    return Revision(found.prompt, found.why.strip())


def unusable(old: str, new: str) -> str:
    """Why a proposed prompt cannot stand in the place of the old one; "" where it can."""
    if len(new) > LONGEST_PROMPT:
        return f"it has {counted(len(new), 'character')}, and {LONGEST_PROMPT:,} are the most."
    try:
        judge.check_template(new)
    except UsageError as error:
        return str(error)
    return "" if guidelines.same_placeholders(old, new) else "it does not show what the prompt showed, each as often."


async def ask_reflection(client: Client, model: str, setting: Setting, rules: str,
                         shown: Sequence[Difference]) -> list[str]:
    """Better guidelines out of what the judge got wrong with these; LlmError where the reply cannot be used."""
    reply = await _asked(client, model, reflection_prompt(setting, rules, shown), REFLECTION_SCHEMA)
    found = [guidelines.tidy(text) for text in parsed(reply, _Reflection, "guidelines", _CURE).guidelines[:MOST_RULES]]
    if not any(found):
        raise LlmError("unreadable", "The model wrote empty guidelines only.", raw=reply.text)
    return [text for text in dict.fromkeys(found) if text]


def reflection_prompt(setting: Setting, rules: str, shown: Sequence[Difference]) -> str:
    """The prompt that asks for better guidelines."""
    return texts.fill(texts.read("reflection"), question=setting.question, rules=_rules(rules), n=MOST_RULES,
                      differences=_fenced(shown))
