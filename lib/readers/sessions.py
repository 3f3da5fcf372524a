"""Several traces of one session become one trace, where that is wished: the conversation whole in order of time.

Pure. Left apart they stay tied by their session. What was said of a part is no word on the whole: it is left out
and counted.
"""

from dataclasses import replace
from typing import Any

from lib.readers.cells import instant
from lib.readers.table import Unread
from lib.records import ImportedRow, Trace
from lib.records.parts import ends

Message = dict[str, Any]


def joined(rows: list[ImportedRow]) -> tuple[list[ImportedRow], list[Unread]]:
    """(one row for each session and for each trace without one, what could not be kept, with its count)."""
    groups: dict[tuple[bool, str], list[ImportedRow]] = {}
    for row in rows:
        key = (True, row.trace.session) if row.trace.session else (False, row.trace.id)
        groups.setdefault(key, []).append(row)
    made, labels, verdicts, modes, of_users = [], 0, 0, 0, 0
    for group in groups.values():
        if len(group) == 1:
            made.append(group[0])
            continue
        made.append(_one(group))
        labels += sum(len(row.labels) for row in group)
        verdicts += sum(len(row.verdicts) for row in group)
        modes += sum(len(row.failure_modes) for row in group)
        of_users += sum(len(row.feedback) for row in group)
    why = "it was said of one part of a session, not of the whole; import the traces apart to keep it"
    return made, [Unread(what, n, why) for what, n in (
        ("labels of parts", labels), ("verdicts of parts", verdicts), ("failure modes of parts", modes),
        ("users' feedback of parts", of_users)) if n]


def _one(group: list[ImportedRow]) -> ImportedRow:
    parts = [row.trace for row in group]
    if all(part.created_at for part in parts):  # else the file's order is all that is known
        parts.sort(key=lambda part: instant(part.created_at, ""))
    last, messages = parts[-1], _conversation(parts)
    trace = replace(
        last, id=f"session {last.session}", input=last.input, output=last.output, messages=messages,
        context=_context(parts), dimensions=_dimensions(parts), created_at=parts[0].created_at,
        assumptions="\n".join(dict.fromkeys(part.assumptions for part in parts if part.assumptions)),
        steps=[step for part in parts for step in part.steps or []] or None)
    return ImportedRow(trace, min(row.line for row in group))


def _conversation(parts: list[Trace]) -> list[Message]:
    """A part that begins with what was said before adds what is new; any other is said after it."""
    whole: list[Message] = []
    for part in parts:
        said = part.messages or _turns(part)
        same = next((n for n in range(min(len(whole), len(said)), 0, -1)
                     if whole[-n] == said[0] and whole[-n:] == said[:n]), 0)
        # The system's instruction stands once where every part repeats it.
        head = [] if same else _again(whole, said)
        whole += said[same + len(head):]
        asked, answered = ends(said)
        if part.output and answered != part.output and asked:
            whole.append({"role": "assistant", "content": part.output})
    return whole


def _again(whole: list[Message], said: list[Message]) -> list[Message]:
    known = [message for message in whole if message["role"] in ("system", "developer")]
    found = []
    for message in said:
        if message not in known:
            break
        found.append(message)
    return found


def _turns(part: Trace) -> list[Message]:
    turns = [{"role": "user", "content": part.input}]
    return turns + ([{"role": "assistant", "content": part.output}] if part.output else [])


def _dimensions(parts: list[Trace]) -> dict[str, tuple[str, ...]]:
    names = dict.fromkeys(name for part in parts for name in part.dimensions)
    return {name: tuple(dict.fromkeys(value for part in parts for value in part.dimensions.get(name, ())))
            for name in names}


def _context(parts: list[Trace]) -> dict[str, Any]:
    """What all parts say alike once; what differs by the part's id."""
    names = dict.fromkeys(name for part in parts for name in part.context)
    made: dict[str, Any] = {}
    for name in names:
        values = [(part.id, part.context[name]) for part in parts if name in part.context]
        alike = all(value == values[0][1] for _, value in values)
        made[name] = values[0][1] if alike else dict(values)
    return made
