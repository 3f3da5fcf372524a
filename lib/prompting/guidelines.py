"""The guidelines of a prompt: the lines "- …" of its section "Guidelines", read, added, taken out, replaced.

Pure. A rule is one line of plain text: nothing in it can open a placeholder or a section.
"""

import re
from collections import Counter
from collections.abc import Sequence

from lib.prompting import sections
from lib.records import UsageError

TITLE = "Guidelines"
TRIAL = "without the rule: "  # begins the note of a version that tries one away
LONGEST = 600  # characters of a rule
_MARK = re.compile(r"^(?:[-*•#]+ )+")
_OPENING = re.compile(r"\{(?=[{%#])")
_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_NOT_BEFORE = re.compile(r"\{\{\s*(?:examples|trace|input|output|context)\s*\}\}")


def tidy(text: str) -> str:
    """A rule as it may stand in a prompt: one line, no mark before it, nothing a template would act on."""
    line = _MARK.sub("", " ".join(text.split()) + " ")
    return _OPENING.sub("{ ", line)[:LONGEST].strip()


def rules(template: str) -> list[str]:
    """The rules of a prompt in order; none where it has no such section."""
    found, place = _find(template)
    return [line[2:].strip() for line in found[place].body.splitlines() if _is_rule(line)] if place >= 0 else []


def _is_rule(line: str) -> bool:
    return line.startswith("- ") and bool(line[2:].strip())


def section(template: str) -> str:
    """All that stands in the section, rules and other lines; "" where there is none."""
    found, place = _find(template)
    return found[place].body if place >= 0 else ""


def added(template: str, texts: Sequence[str]) -> str:
    """The prompt with these rules below its own; one that stands there already is not added again."""
    have = rules(template)
    new = [text for text in dict.fromkeys(map(tidy, texts)) if text and text not in have]
    return replaced(template, "\n".join([*filter(None, [section(template)]), *(f"- {text}" for text in new)]))


def without(template: str, rule: str) -> str:
    """The prompt without the line of this rule; UsageError where it has no such line."""
    if rule not in rules(template):
        raise UsageError("This rule does not stand in the saved version: save the draft as a version first.")
    lines = section(template).splitlines()
    place = next(at for at, line in enumerate(lines) if _is_rule(line) and line[2:].strip() == rule)
    return replaced(template, "\n".join([*lines[:place], *lines[place + 1:]]))


def replaced(template: str, body: str) -> str:
    """The prompt with another text in this section, which is made where there is none."""
    found, place = _find(template)
    if place >= 0:
        return sections.edited(found, place, body)
    # Before the first section that shows something: what is the same in every call comes first.
    at = next((at for at, one in enumerate(found) if _NOT_BEFORE.search(one.body + one.head)), len(found))
    before, after = sections.join(found[:at]), sections.join(found[at:])
    gap = "\n\n" if before and not before.endswith("\n\n") else ""
    return f"{before}{gap}## {TITLE}\n{body}\n\n{after}"


def same_placeholders(old: str, new: str) -> bool:
    """Whether a prompt shows what another one shows, each as often."""
    return Counter(_PLACEHOLDER.findall(old)) == Counter(_PLACEHOLDER.findall(new))


def _find(template: str) -> tuple[list[sections.Section], int]:
    found = sections.split(template)
    return found, next((at for at, one in enumerate(found) if one.title.casefold() == TITLE.casefold()), -1)
