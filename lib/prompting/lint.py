"""Known mistakes of a judge's prompt, each said in a sentence or two. It advises and never stops anybody.

Pure. Works on the text as it is typed, which may not be a valid template yet.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from lib.prompting import critique_hints
from lib.records import OUTCOMES, Example
from lib.records.words import counted

LEAK = 60  # characters in a row that no two texts share by chance
LONG_TEXT = 400  # characters of fixed text after the trace that are worth moving before it
_BLOCK = 16  # of a text one block is looked up every so many characters: each stretch of LEAK holds a whole one
_STEP = LEAK - _BLOCK + 1
_WORDY = 4  # letters and digits in a block; a line of dashes is nobody's text
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_OF_TRACE = ("trace", "input", "output", "context")
_SHAPE = re.compile(r"\{[^{}]{0,400}\}")
_REASON, _DECISION = re.compile(r"critique|reason|explanation|rationale", re.I), re.compile(r"outcome|verdict", re.I)
_OUTCOME_FIRST = re.compile(
    r"\b(?:first|begin with|start with)\b(?:(?!critique|reason|explanation|rationale)[^.\n]){0,40}"
    r"\b(?:outcome|verdict|pass or fail)\b"
    r"|\b(?:outcome|verdict|pass or fail)\b[^.\n]{0,40}\b(?:then|followed by|before)\b[^.\n]{0,40}"
    r"\b(?:critique|reason|explanation|rationale)", re.I)
TOO_SHORT = {critique_hints.NOTHING, critique_hints.RESTATES, critique_hints.SHORT}


@dataclass(frozen=True)
class Remark:
    """A known mistake: its short name, and what to do about it."""

    name: str
    text: str


@dataclass(frozen=True)
class Seen:
    """What the lint must know besides the prompt: values a dimension has, and what the expert saw beside a trace."""

    dimensions: Mapping[str, Sequence[str]]
    surroundings: Sequence[str] = ()


def remarks(template: str, examples: Sequence[Example], seen: Seen,
            unseen: Iterable[tuple[str, str, str, str]] = ()) -> list[Remark]:
    """Every known mistake that this prompt makes. `unseen` are (id, split, input, output) of dev and test traces."""
    used = _PLACEHOLDER.findall(template)
    found = [_no_examples(examples, used), _terse(examples), *_one_sided(examples, seen.dimensions),
             _missing(used, seen.surroundings), *_leaks(template, unseen), _stable_first(template), _order(template)]
    return [Remark(*one) for one in found if one]


def _no_examples(examples: Sequence[Example], used: Collection[str]) -> tuple[str, str] | None:
    if examples and "examples" not in used:
        return "examples not shown", (f"{counted(len(examples), 'example is', 'examples are')} chosen, but the prompt "
                                      f"has no {{{{ examples }}}}: the judge never reads them.")
    if not examples:
        return "no critiques", "No example is chosen: the judge learns most from the expert's own critiques."
    return None


def _terse(examples: Sequence[Example]) -> tuple[str, str] | None:
    short = [str(place) for place, one in enumerate(examples, 1)
             if TOO_SHORT & set(critique_hints.hints(one.label.outcome, one.label.critique))]
    if not short:
        return None
    return "terse critiques", (f"Too short to teach by: the critique of example {', '.join(short)}. Choose one that "
                               "says what decides, or have the expert write it out.")


def _one_sided(examples: Sequence[Example], dimensions: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    if not examples:
        return []
    found, outcomes = [], {one.label.outcome for one in examples}
    for outcome in OUTCOMES:
        if outcome not in outcomes:
            found.append(("one outcome",
                          f"No example is a {outcome}: a judge that sees one outcome tends to repeat it."))
    narrow = [name for name, values in dimensions.items() if len(set(values)) > 1 and len(
        {value for one in examples for value in one.trace.dimensions.get(name, ())}) < 2]
    if narrow:
        found.append(("few situations", f"The examples show fewer than two values of {_listed(narrow)}."))
    return found


def _missing(used: Collection[str], surroundings: Sequence[str]) -> tuple[str, str] | None:
    lacks = [] if "trace" in used else [name for name in surroundings
                                        if name == "conversation" or "context" not in used]
    if not lacks:
        return None
    return "missing context", (f"The expert saw {_listed(lacks)} beside the input and output; this prompt does not "
                               "show it to the judge. {{ trace }} holds everything.")


def _listed(names: Sequence[str], most: int = 6) -> str:
    return ", ".join(names[:most]) + (f" and {len(names) - most} more" if len(names) > most else "")


def _leaks(template: str, unseen: Iterable[tuple[str, str, str, str]]) -> list[tuple[str, str]]:
    quotes: dict[str, list[tuple[str, str]]] = {}
    blocks = {template[at:at + _BLOCK] for at in range(len(template) - _BLOCK + 1)}
    blocks = {block for block in blocks if sum(map(str.isalnum, block)) >= _WORDY}
    for trace, split, *texts in unseen:
        quote = next((found for text in texts if (found := quoted(template, text, blocks))), "")
        if quote:
            quotes.setdefault(quote, []).append((trace, split))
    return [("unseen text", f"“{quote[:80]}…” stands in {_traces(where)}: a judge that was shown it is not measured "
                            "on it. Take it out, or take an example from train.")
            for quote, where in list(quotes.items())[:3]]


def _traces(where: list[tuple[str, str]]) -> str:
    (trace, split), others = where[0], len(where) - 1
    return f"the {split} trace {trace}" + (f" and {others:,} others" if others else "")


def quoted(template: str, text: str, blocks: Collection[str]) -> str:
    """The first stretch of at least LEAK characters that both texts hold, else ''; `blocks` are the template's."""
    for start in range(0, len(text) - _BLOCK + 1, _STEP):
        block = text[start:start + _BLOCK]
        if block in blocks:
            place = template.find(block)
            while place >= 0:
                found = _stretch(template, place, text, start)
                if len(found) >= LEAK:
                    return found.strip()
                place = template.find(block, place + 1)
    return ""


def _stretch(template: str, place: int, text: str, start: int) -> str:
    """What both have in common around one common block."""
    before = 0
    while before < min(place, start) and template[place - before - 1] == text[start - before - 1]:
        before += 1
    after = _BLOCK
    while place + after < len(template) and start + after < len(text) and (
            template[place + after] == text[start + after]):
        after += 1
    return text[start - before:start + after]


def _stable_first(template: str) -> tuple[str, str] | None:
    places = [found.end() for found in _PLACEHOLDER.finditer(template) if found[1] in _OF_TRACE]
    rest = template[min(places):] if places else ""
    fixed = len(_PLACEHOLDER.sub("", rest).strip())
    if "examples" not in _PLACEHOLDER.findall(rest) and fixed < LONG_TEXT:
        return None
    return "stable text not first", ("What is the same in every call stands after the trace. Put the trace last: an "
                                     "endpoint then reads the beginning once and reuses it, which is faster and "
                                     "cheaper.")


def _order(template: str) -> tuple[str, str] | None:
    fixed = _PLACEHOLDER.sub("", template)
    if not _REASON.search(fixed):
        return "no critique asked for", ("The prompt asks for no critique: have the judge write one first, and the "
                                         "outcome follows from it.")
    shapes = [(_DECISION.search(shape), _REASON.search(shape)) for shape in _SHAPE.findall(fixed)]
    if any(decision and reason and decision.start() < reason.start() for decision, reason in shapes) or (
            _OUTCOME_FIRST.search(fixed)):
        return "outcome first", ("The prompt asks for the outcome before the critique: a judge then argues for what it "
                                 "has already said. Ask for the critique first.")
    return None
