"""What of a judge's prompt is not sent: hints to its writer, and sections that hold nothing yet.

Pure. Whatever its writer has put into a section is sent; only what the templates came with is known here.
"""

import re

from lib.prompting import sections, texts
from lib.prompting.sections import Section

_PLACEHOLDER = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_HINT = re.compile(r"(?:- )?Write here what\b")
_TEMPLATES = ("judge", "special")
# What leads into examples or criteria and says nothing without them.
_LEADS = {"This is how the expert judged other traces.", "This is what the expert found in other traces.",
          "What pass and fail mean here, as the expert has decided case by case:"}


def _hints() -> set[str]:
    return {line.strip() for name in _TEMPLATES for line in texts.read(name).splitlines() if _HINT.match(line)}


HINTS = _hints()


def sent(template: str, there: dict[str, bool]) -> str:
    """The template without hints and empty sections; `there` says of examples and criteria whether there are any."""
    kept = []
    for part in sections.split(template):
        body = _without_hints(part.body)
        if not _is_empty(part, body, there):
            kept.append(part.head + body + part.tail)
    return "".join(kept)


def empty(template: str, there: dict[str, bool]) -> list[str]:
    """The titles of the sections that are not sent."""
    return [part.title for part in sections.split(template) if _is_empty(part, _without_hints(part.body), there)]


def _without_hints(body: str) -> str:
    lines = body.split("\n")
    kept = [line for line in lines if line.strip() not in HINTS]
    return body if len(kept) == len(lines) else "\n".join(kept).strip()


def _is_empty(part: Section, body: str, there: dict[str, bool]) -> bool:
    """Whether nothing of a section would teach the model anything; what stands before the first heading stays."""
    if not part.head.strip():
        return False
    used = _PLACEHOLDER.findall(body)
    if any(there.get(name, True) for name in used):
        return False
    rest = [line.strip() for line in _PLACEHOLDER.sub("", body).splitlines()]
    return all(not line or line in _LEADS for line in rest)
