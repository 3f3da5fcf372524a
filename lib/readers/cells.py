"""One cell at a time: text, names, messages, moments. Raises DataError that says where and what to do."""

import json
from datetime import datetime
from typing import Any

from lib.readers.files.json_file import parse
from lib.readers.moments import instant_of
from lib.records import DataError
from lib.records.parts import ends as ends
from lib.records.parts import said as said

ROLES = ("system", "developer", "user", "assistant", "tool", "function")


def text(cell: Any) -> str:
    """A cell as text; nested JSON as compact JSON; nothing as the empty text."""
    if isinstance(cell, str):
        return cell
    if cell is None:
        return ""
    return json.dumps(cell, ensure_ascii=False) if isinstance(cell, (dict, list, bool)) else str(cell)


def answer(cell: Any) -> str | None:
    """An output; an empty cell means that the AI system has not answered yet."""
    found = text(cell)
    return found if found.strip() else None


def names(cell: Any) -> tuple[str, ...]:
    """One or several names: a list, JSON text of a list, or a single name."""
    if isinstance(cell, str):
        if not cell.startswith("["):
            return (cell,) if cell.strip() else ()
        try:
            cell = parse(cell, "")
        except DataError:
            return (cell,)
    parts = cell if isinstance(cell, list) else [cell]
    return tuple(dict.fromkeys(name for part in parts if (name := text(part)).strip()))


def as_object(cell: Any) -> dict[str, Any] | None:
    """A JSON object, given as such or as text; None where it is something else."""
    if isinstance(cell, str) and cell.lstrip().startswith("{"):
        try:
            cell = parse(cell, "")
        except DataError:
            return None
    return cell if isinstance(cell, dict) else None


def moment(cell: Any, where: str) -> str | None:
    """A time as ISO 8601 in UTC, from ISO 8601 or Unix seconds; no zone means UTC."""
    found = instant(cell, where)
    return found.isoformat().replace("+00:00", "Z") if found else None


def instant(cell: Any, where: str) -> datetime | None:
    """The same as a point in time, which can be compared."""
    found = text(cell).strip()
    if not found:
        return None
    try:
        return instant_of(found)
    except (ValueError, OverflowError, OSError):
        raise DataError(f"{where}: '{found[:40]}' is not a time. Write it like 2026-11-24T16:00:00Z "
                        "or as Unix seconds.") from None


def messages(cell: Any, where: str) -> list[dict[str, Any]] | None:
    """A conversation in OpenAI's chat format, tool calls included, kept whole."""
    if cell in (None, []) or (isinstance(cell, str) and not cell.strip()):
        return None
    found = parse(cell, where) if isinstance(cell, str) else cell
    if isinstance(found, dict) and isinstance(found.get("messages"), list):
        found = found["messages"]
    if not isinstance(found, list):
        raise DataError(f"{where}: expected a list of messages like [{{\"role\": \"user\", \"content\": …}}].")
    for number, message in enumerate(found, 1):
        _check_message(message, f"{where}, message {number}")
    return found


def steps(cell: Any, where: str) -> list[dict[str, Any]] | None:
    """The steps of a trace: a list of objects, given as such or as JSON text."""
    if cell in (None, []) or (isinstance(cell, str) and not cell.strip()):
        return None
    found = parse(cell, where) if isinstance(cell, str) else cell
    if not isinstance(found, list) or not all(isinstance(step, dict) for step in found):
        raise DataError(f"{where}: expected a list of steps, each an object.")
    return found


def _check_message(message: Any, where: str) -> None:
    if not isinstance(message, dict) or message.get("role") not in ROLES:
        raise DataError(f"{where}: expected an object with a role, one of {', '.join(ROLES)}.")
    if not isinstance(message.get("content"), (str, list, type(None))):
        raise DataError(f"{where}: the content must be text, a list of parts or null.")
